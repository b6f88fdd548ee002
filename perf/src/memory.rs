//! Memory: of a server nobody has called yet, after some traffic, and with 10,000 connections.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

use crate::{
    cases::ROUTES,
    client, contenders,
    options::Options,
    process::Server,
    record::{Record, Results},
};

/// The section's name in the records.
pub(crate) const SECTION: &str = "memory";
/// Idle connections held open; below the usual limit of descriptors, half of which are ours.
pub(crate) const CONNECTIONS: usize = 10_000;
/// Requests before the memory after traffic is read.
const REQUESTS: usize = 20_000;
/// Time in which a server settles.
const SETTLE: Duration = Duration::from_millis(500);

fn resident_mib(server: &Server) -> f64 {
    thread::sleep(SETTLE);
    server.memory_kib("VmRSS").unwrap_or(0.0) / 1024.0
}

/// Opens the connections; each has one request answered where `called`.
fn open(server: &Server, called: bool) -> io::Result<Vec<TcpStream>> {
    let request = ROUTES[0].request();
    let mut buffer = [0; 4096];
    (0..CONNECTIONS)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address)?;
            if called {
                stream.set_read_timeout(Some(Duration::from_secs(10)))?;
                stream.write_all(&request)?;
                if stream.read(&mut buffer)? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Ok(stream)
        })
        .collect()
}

/// Measures the main pair once; memory does not vary as times do.
pub(crate) fn run(options: &Options, results: &mut Results) -> io::Result<()> {
    for contender in contenders::main_pair(options) {
        let server = contender.start()?;
        let idle = resident_mib(&server);
        client::send(server.address, &ROUTES[0].request(), REQUESTS, 16)?;
        let used = resident_mib(&server);
        drop(server);
        let mut values = vec![("idle_mib".to_owned(), idle), ("used_mib".to_owned(), used)];
        for (name, called) in [("silent_mib", false), ("called_mib", true)] {
            let server = contender.start()?;
            client::send(server.address, &ROUTES[0].request(), REQUESTS, 16)?;
            let before = resident_mib(&server);
            let connections = open(&server, called)?;
            values.push((name.to_owned(), resident_mib(&server) - before));
            drop(connections);
        }
        eprintln!("memory  {:4} {values:?}", contender.name);
        results.add(Record {
            section: SECTION,
            contender: contender.name.to_owned(),
            case: "hello".to_owned(),
            round: 0,
            values,
        })?;
    }
    Ok(())
}
