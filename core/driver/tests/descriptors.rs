//! Running out of descriptors, in a process of its own because the limit is the process's.

use std::{
    collections::VecDeque,
    net::{SocketAddr, TcpStream},
    os::fd::AsRawFd,
};

use dx_driver::{
    Completion, Driver, DriverKind, ListenOptions, Operation, Payload, Token, probe_and_open,
};
use dx_sys::limit;

const OPTIONS: ListenOptions = ListenOptions { backlog: 16, reuse_port: false, ipv6_only: false };

fn next(driver: &mut dyn Driver, seen: &mut VecDeque<Completion>) -> Completion {
    loop {
        if let Some(completion) = seen.pop_front() {
            return completion;
        }
        driver.wait(None, seen).unwrap();
    }
}

fn accept_without_descriptors(mut driver: Box<dyn Driver>) {
    let listener = driver.listen(SocketAddr::from(([127, 0, 0, 1], 0)), &OPTIONS).unwrap();
    let address = driver.local_address(listener).unwrap();
    let mut seen = VecDeque::new();
    // Whatever the driver opens for itself, it opens now.
    driver.wait(Some(std::time::Duration::ZERO), &mut seen).unwrap();
    let clients: Vec<_> = (0..4).map(|_| TcpStream::connect(address).unwrap()).collect();
    let lowest_free = std::fs::File::open("/dev/null").unwrap().as_raw_fd() as u64;
    let before = limit::raise_open_files().unwrap();
    limit::set_open_files(lowest_free).unwrap();
    let accept = Token::new(1, 1, 1);
    driver.submit(accept, Operation::Accept { listener });
    let refused = next(&mut *driver, &mut seen);
    limit::set_open_files(before).unwrap();
    assert!(!refused.more && refused.token == accept);
    assert_eq!(refused.result.unwrap_err().raw_os_error(), Some(libc::EMFILE));
    driver.submit(accept, Operation::Accept { listener });
    for client in clients {
        let completion = next(&mut *driver, &mut seen);
        let Payload::Socket(socket) = completion.payload else { panic!("no socket") };
        dx_sys::close(socket.0).unwrap();
        drop(client);
    }
    driver.shutdown(&mut seen).unwrap();
    assert_eq!(driver.in_flight(), 0);
    dx_sys::close(listener.0).unwrap();
}

#[test]
fn accepting_backs_off_and_recovers() {
    for kind in [DriverKind::Uring, DriverKind::Epoll] {
        match probe_and_open(Some(kind)) {
            Ok((driver, _)) => accept_without_descriptors(driver),
            Err(error) => eprintln!("{kind:?} skipped: {error}"),
        }
    }
}
