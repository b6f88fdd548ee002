//! The floor server: `floor PORT [CONNECTIONS]` answers HTTP requests without reading them, and
//! ends by itself after so many connections have closed (for ever, where none are given).
//!
//! Measures what the kernel and the driver cost, for others to be compared with. The length of a
//! request is learned from the first one of each connection (up to its blank line); from then on
//! every so many bytes received are answered with a fixed response, all those of one receive in
//! one send. `DX_DRIVER` chooses the driver.

use std::{collections::VecDeque, net::SocketAddr};

use bytes::Bytes;
use dx_driver::{
    Descriptor, Driver, DriverKind, LastSeen, ListenOptions, Moderation, Operation, Outgoing, Pace,
    Payload, Token, probe_and_open,
};

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain;charset=utf-8\r\n\
    Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 13\r\n\r\nHello, World!";

/// Responses prepared for one send; more than this many requests in one receive take several.
const BATCH_MAX: usize = 256;

const ACCEPT: u8 = 0;
const RECEIVE: u8 = 1;
const SEND: u8 = 2;
const CLOSE: u8 = 3;

#[derive(Default, Clone, Copy)]
struct Connection {
    request_bytes: usize,
    bytes_left: usize,
    seen: LastSeen,
}

struct Server {
    driver: Box<dyn Driver>,
    connections: Vec<Connection>,
    responses: Bytes,
    moderation: Moderation,
}

impl Server {
    fn accepted(&mut self, socket: Descriptor) {
        let index = socket.0 as usize;
        if self.connections.len() <= index {
            self.connections.resize(index + 1, Connection::default());
        }
        self.connections[index] = Connection::default();
        self.driver.submit(Token::new(RECEIVE, 0, index as u32), Operation::Receive { socket });
    }

    fn received(&mut self, socket: Descriptor, bytes: &[u8]) {
        let connection = &mut self.connections[socket.0 as usize];
        self.moderation.received(&mut connection.seen);
        if connection.request_bytes == 0 {
            let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
            connection.request_bytes = end.map_or(bytes.len(), |end| end + 4);
        }
        let total = connection.bytes_left + bytes.len();
        connection.bytes_left = total % connection.request_bytes;
        let mut count = total / connection.request_bytes;
        while count > 0 {
            let batch = count.min(BATCH_MAX);
            count -= batch;
            let bytes = Outgoing::Shared(self.responses.slice(..batch * RESPONSE.len()));
            let token = Token::new(SEND, count as u32, socket.0 as u32);
            self.driver.submit_unhurried(token, Operation::Send { socket, bytes, from: 0 });
        }
    }

    fn run(&mut self, mut connections: u64) -> std::io::Result<()> {
        let mut completions = VecDeque::new();
        while connections > 0 {
            self.driver.wait(None, &mut completions)?;
            while let Some(completion) = completions.pop_front() {
                let socket = Descriptor(completion.token.index() as i32);
                match (completion.token.kind(), completion.payload) {
                    (ACCEPT, Payload::Socket(socket)) => self.accepted(socket),
                    (RECEIVE, Payload::Lease(lease)) => self.received(socket, &lease),
                    (RECEIVE, _) => {
                        connections = connections.saturating_sub(1);
                        let token = Token::new(CLOSE, 0, socket.0 as u32);
                        self.driver.submit(token, Operation::Close { descriptor: socket });
                    }
                    _ => {}
                }
            }
            if let Some(patience) = self.moderation.review(self.driver.now_ns()) {
                self.driver.set_patience(patience);
            }
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::args().nth(1).ok_or("usage: floor PORT [CONNECTIONS]")?.parse()?;
    let connections = std::env::args().nth(2).map_or(Ok(u64::MAX), |count| count.parse())?;
    let (mut driver, reason) = probe_and_open(DriverKind::from_environment()?)?;
    let options = ListenOptions { backlog: 4096, reuse_port: false, ipv6_only: false };
    let listener = driver.listen(SocketAddr::from(([127, 0, 0, 1], port)), &options)?;
    eprintln!("{} on {}", reason, driver.local_address(listener)?);
    driver.submit(Token::new(ACCEPT, 0, 0), Operation::Accept { listener });
    let responses = Bytes::from(RESPONSE.repeat(BATCH_MAX));
    let (connections_seen, moderation) = (Vec::new(), Moderation::new(Pace::ANSWERS));
    Server { driver, connections: connections_seen, responses, moderation }.run(connections)?;
    Ok(())
}
