//! One question to one name server: over UDP, and over TCP where the answer does not fit.

use std::{
    future::{Future, poll_fn},
    io,
    net::{SocketAddr, UdpSocket},
    os::fd::IntoRawFd,
    pin::pin,
    task::Poll,
    time::Duration,
};

use dx_dns::{Malformed, Response};
use dx_driver::{Descriptor, DriverKind, Operation, Outgoing, Payload};
use dx_reactor::{Reactor, Steps};

/// Why a server has not answered.
pub(super) enum Unanswered {
    TimedOut,
    Unreachable,
    Malformed,
}

impl From<io::Error> for Unanswered {
    fn from(_: io::Error) -> Self {
        Self::Unreachable
    }
}

impl From<Malformed> for Unanswered {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// A descriptor closed when the exchange is over.
struct Open {
    reactor: Reactor,
    descriptor: Descriptor,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.reactor.close(self.descriptor);
    }
}

/// Asks `server` and waits for the answer for at most `patience`.
pub(super) async fn ask(
    reactor: &Reactor,
    server: SocketAddr,
    local: Option<SocketAddr>,
    question: &[u8],
    patience: Duration,
) -> Result<Response, Unanswered> {
    let mut sleeping = pin!(reactor.sleep(patience));
    let mut asking = pin!(ask_both_ways(reactor, server, local, question));
    poll_fn(|context| {
        if let Poll::Ready(answer) = asking.as_mut().poll(context) {
            return Poll::Ready(answer);
        }
        sleeping.as_mut().poll(context).map(|()| Err(Unanswered::TimedOut))
    })
    .await
}

async fn ask_both_ways(
    reactor: &Reactor,
    server: SocketAddr,
    local: Option<SocketAddr>,
    question: &[u8],
) -> Result<Response, Unanswered> {
    let response = ask_by_datagram(reactor, server, local, question).await?;
    if response.is_truncated {
        return ask_by_stream(reactor, server, question).await;
    }
    Ok(response)
}

/// Whether a message is the answer to a question: others may know the port.
fn answers(message: &[u8], question: &[u8]) -> bool {
    message.len() > 2 && message[..2] == question[..2]
}

async fn ask_by_datagram(
    reactor: &Reactor,
    server: SocketAddr,
    local: Option<SocketAddr>,
    question: &[u8],
) -> Result<Response, Unanswered> {
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => ([0, 0, 0, 0], 0).into(),
        SocketAddr::V6(_) => ([0_u16; 8], 0).into(),
    };
    let local = local.filter(|local| local.is_ipv4() == server.is_ipv4()).unwrap_or(any);
    let socket = UdpSocket::bind(local)?;
    socket.connect(server)?;
    let waits_itself = reactor.with_driver(|driver| driver.kind() == DriverKind::Uring);
    socket.set_nonblocking(!waits_itself)?;
    let descriptor = Descriptor(socket.into_raw_fd());
    let open = Open { reactor: reactor.clone(), descriptor };
    let bytes = Outgoing::Owned(question.to_vec());
    let sending = Operation::Send { socket: open.descriptor, bytes, from: 0 };
    reactor.operate(sending).await.result?;
    let mut receiving = reactor.steps(Operation::Receive { socket: open.descriptor });
    loop {
        let message = receive(&mut receiving).await?;
        if answers(&message, question) {
            return Ok(Response::parse(&message)?);
        }
    }
}

async fn receive(receiving: &mut Steps) -> Result<Vec<u8>, Unanswered> {
    let Some(completion) = receiving.next().await else {
        return Err(Unanswered::Unreachable);
    };
    completion.result?;
    match completion.payload {
        Payload::Lease(lease) => Ok(lease.to_vec()),
        _ => Ok(Vec::new()),
    }
}

/// A message over a stream has its length before it (RFC 1035 section 4.2.2).
async fn ask_by_stream(
    reactor: &Reactor,
    server: SocketAddr,
    question: &[u8],
) -> Result<Response, Unanswered> {
    let descriptor = reactor.with_driver(|driver| driver.socket(server))?;
    let open = Open { reactor: reactor.clone(), descriptor };
    let connecting = Operation::Connect { socket: descriptor, address: server };
    reactor.operate(connecting).await.result?;
    let length = (question.len() as u16).to_be_bytes();
    let bytes = Outgoing::Owned([length.as_slice(), question].concat());
    reactor.operate(Operation::Send { socket: descriptor, bytes, from: 0 }).await.result?;
    let mut receiving = reactor.steps(Operation::Receive { socket: open.descriptor });
    let mut received = Vec::new();
    loop {
        let chunk = receive(&mut receiving).await?;
        if chunk.is_empty() {
            return Err(Unanswered::Malformed);
        }
        received.extend_from_slice(&chunk);
        let Some((length, message)) = received.split_first_chunk::<2>() else { continue };
        let Some(message) = message.get(..u16::from_be_bytes(*length).into()) else { continue };
        return Ok(Response::parse(message)?);
    }
}
