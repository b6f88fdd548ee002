//! Connections that leave the shard: an upgrade makes them speak another protocol, and whoever
//! speaks it gets the socket with what has come on it.

use dx_ring::Key;

use crate::{
    arrival::{Detached, Notice},
    connection::Closing,
    shard::HttpShard,
};

impl HttpShard {
    /// Lets the connection of an exchange go, once nothing of it is in flight; a notice brings
    /// it. Nothing of a reply may have been written.
    pub(crate) fn detach(&mut self, exchange: Key) {
        let key = self.exchanges.get(exchange).map(|exchange| exchange.connection);
        let connection = key.and_then(|key| Some((key, self.connections.get_mut(key)?)));
        let Some((key, connection)) = connection.filter(|(_, state)| {
            state.closing == Closing::No && state.exchanges.front() == Some(&exchange)
        }) else {
            self.batch.notices.push(Notice::Detached { exchange, detached: None });
            return;
        };
        connection.detaching = Some(exchange);
        if connection.receiving {
            self.stop_receiving(key);
        }
        self.reactor.hurry_sends();
        self.finish_detaching(key);
    }

    /// Lets a connection go that nothing keeps any more.
    pub(crate) fn finish_detaching(&mut self, key: Key) {
        let ready = self.connections.get(key).is_some_and(|state| {
            state.detaching.is_some() && !state.receiving && !state.sending && state.out.is_empty()
        });
        if !ready {
            return;
        }
        let Some(connection) = self.connections.remove(key) else {
            return;
        };
        for exchange in connection.exchanges.iter().chain(&connection.uploading) {
            self.exchanges.remove(*exchange);
        }
        let Some(exchange) = connection.detaching else {
            return;
        };
        let session = connection.secured.map(|secured| secured.into_session());
        let (socket, received) = (connection.socket, connection.input);
        let detached = Some(Box::new(Detached { socket, received, session }));
        self.batch.notices.push(Notice::Detached { exchange, detached });
        self.left(connection.listener);
    }

    /// Says that a connection which is to leave is gone instead.
    pub(crate) fn fail_detaching(&mut self, key: Key) {
        let state = self.connections.get_mut(key);
        if let Some(exchange) = state.and_then(|state| state.detaching.take()) {
            self.batch.notices.push(Notice::Detached { exchange, detached: None });
        }
    }
}
