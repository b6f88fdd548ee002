//! Requests that become WebSockets: their connections leave the network actor.

use std::rc::Rc;

use dx_client::Connection;
use dx_compat_web::websocket::Sockets;
use dx_net::{Detached, NetMessage};
use dx_ops::{Call, Exception, Value};
use dx_reactor::Reactor;
use dx_ring::Key;

use super::{ExchangeName, Serve};

/// A socket that waits for its connection.
pub(super) struct Upgrade {
    reactor: Reactor,
    sockets: Rc<Sockets>,
    number: u32,
    greeting: Vec<u8>,
}

/// `serveUpgrade(shard, exchange, generation, socket, head)`: the exchange's connection goes to
/// the socket, which greets with the head.
pub(super) fn upgrade(call: &mut Call<'_>) -> Result<Value, Exception> {
    let word = |index| call.arguments.number(index) as u32;
    let key = Key { index: word(1), generation: word(2) };
    let head = call.expect_string(4, "head")?;
    let serve = call.host.state::<Serve>();
    let upgrade = Upgrade {
        reactor: call.host.reactor().clone(),
        sockets: call.host.state(),
        number: word(3),
        greeting: head.chars().map(|unit| u8::try_from(unit).unwrap_or(b'?')).collect(),
    };
    serve.upgrades.borrow_mut().insert((word(0), key), upgrade);
    serve.with_port(word(0), |port| port.send(NetMessage::Detach(key)));
    Ok(Value::Undefined)
}

impl Serve {
    /// The connection has come, or is gone.
    pub(super) fn detached(&self, name: ExchangeName, detached: Option<Box<Detached>>) {
        let Some(upgrade) = self.upgrades.borrow_mut().remove(&name) else { return };
        let connection = detached.map(|detached| {
            let Detached { socket, received, session } = *detached;
            let session = session.map(Into::into);
            (Connection::adopt(&upgrade.reactor, socket, session), received)
        });
        let Upgrade { reactor, sockets, number, greeting } = upgrade;
        sockets.attach(&reactor, number, connection, greeting);
    }
}
