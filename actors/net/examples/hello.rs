//! The HTTP stack without an engine: every request gets the same reply through the record path.
//!
//! `hello PORT` serves until killed; `/static` is answered by the native router. The engine-free
//! path's processor time and instruction count a request are measured on it. `DX_DRIVER` chooses
//! the driver.

use std::{net::SocketAddr, sync::Arc};

use bytes::Bytes;
use dx_driver::{DriverKind, ListenOptions, probe_and_open};
use dx_net::{
    HttpShard, RecordKind, RouteTarget, Router, Site, SiteSettings, StaticResponse, word,
    write_record,
};
use dx_reactor::Reactor;
use dx_ring::Key;

fn site() -> Site {
    let headers = vec![(b"content-type".to_vec(), b"text/plain;charset=utf-8".to_vec())];
    let body = Bytes::from_static(b"Hello, World!");
    let fixed = StaticResponse::new(200, Vec::new(), headers, body).expect("a valid response");
    let mut router = Router::default();
    router.add(b"/static", None, 0).expect("a valid pattern");
    Site {
        number: 0,
        settings: SiteSettings {
            body_bytes_max: 1 << 27,
            idle_timeout_s: 10,
            tls: None,
            is_local: false,
        },
        router,
        targets: vec![RouteTarget::Static(Arc::new(fixed))],
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(3000);
    let (driver, reason) = probe_and_open(DriverKind::from_environment()?)?;
    eprintln!("driver: {reason}");
    let reactor = Reactor::new(driver);
    let mut shard = HttpShard::new(reactor.clone(), 0);
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let options = ListenOptions { backlog: 1024, reuse_port: false, ipv6_only: false };
    shard.listen(address, &options, Arc::new(site()))?;
    let headers: &[(&[u8], &[u8])] = &[(b"content-type", b"text/plain;charset=utf-8")];
    let mut records = Vec::new();
    loop {
        reactor.turn(None)?;
        while let Some(event) = reactor.next_event() {
            shard.handle(event);
        }
        let batch = shard.take_batch();
        for arrival in &batch.arrivals {
            let (index, generation) = (arrival[word::EXCHANGE], arrival[word::GENERATION]);
            let key = Key { index, generation };
            write_record(&mut records, key, RecordKind::Whole, 200, headers, b"Hello, World!");
        }
        shard.recycle(batch);
        shard.apply(&records, &mut []);
        records.clear();
        shard.flush();
    }
}
