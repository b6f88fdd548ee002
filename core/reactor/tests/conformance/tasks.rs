//! Tasks.

use std::{
    cell::{Cell, RefCell},
    ffi::CString,
    future::poll_fn,
    net::SocketAddr,
    rc::Rc,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use dx_driver::{Descriptor, ListenOptions, Operation, Outgoing, Payload, Token};
use dx_reactor::{Event, Reactor, TASK_POLLS_MAX, TICK_NS};

fn listen(reactor: &Reactor) -> (Descriptor, SocketAddr) {
    let options = ListenOptions { backlog: 64, reuse_port: false, ipv6_only: false };
    reactor.with_driver(|driver| {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = driver.listen(any, &options).unwrap();
        (listener, driver.local_address(listener).unwrap())
    })
}

async fn connect(reactor: &Reactor, address: SocketAddr) -> Descriptor {
    let socket = reactor.with_driver(|driver| driver.socket(address).unwrap());
    reactor.operate(Operation::Connect { socket, address }).await.result.unwrap();
    socket
}

async fn send(reactor: &Reactor, socket: Descriptor, bytes: &'static [u8]) {
    let bytes = Outgoing::Shared(Bytes::from_static(bytes));
    reactor.operate(Operation::Send { socket, bytes, from: 0 }).await.result.unwrap();
}

async fn close(reactor: &Reactor, descriptor: Descriptor) {
    reactor.operate(Operation::Close { descriptor }).await.result.unwrap();
}

/// Sends back what comes, until the peer ends.
async fn echo(reactor: Reactor, socket: Descriptor) {
    let mut receive = reactor.steps(Operation::Receive { socket });
    while let Some(completion) = receive.next().await {
        let Payload::Lease(lease) = completion.payload else { continue };
        let bytes = Outgoing::Owned(lease.to_vec());
        reactor.operate(Operation::Send { socket, bytes, from: 0 }).await.result.unwrap();
    }
    close(&reactor, socket).await;
}

pub(crate) fn a_task_serves_and_another_calls(reactor: &Reactor) {
    let (listener, address) = listen(reactor);
    let server = reactor.clone();
    reactor.spawn(async move {
        let mut accept = server.steps(Operation::Accept { listener });
        while let Some(completion) = accept.next().await {
            let Payload::Socket(socket) = completion.payload else { continue };
            server.spawn(echo(server.clone(), socket));
        }
    });
    let client = reactor.clone();
    let answer = reactor.block_on(async move {
        let socket = connect(&client, address).await;
        let mut receive = client.steps(Operation::Receive { socket });
        receive.start();
        send(&client, socket, b"hello").await;
        let completion = receive.next().await.unwrap();
        let Payload::Lease(lease) = completion.payload else { panic!("no lease") };
        let answer = lease.to_vec();
        drop(receive);
        close(&client, socket).await;
        answer
    });
    assert_eq!(answer.unwrap(), b"hello");
    assert!(reactor.statistics().polls > 0);
    reactor.shutdown().unwrap();
    dx_sys::close(listener.0).unwrap();
}

pub(crate) fn tasks_sleep_side_by_side(reactor: &Reactor) {
    let order = Rc::new(RefCell::new(Vec::new()));
    for milliseconds in [30, 10, 20] {
        let (sleeper, order) = (reactor.clone(), order.clone());
        reactor.spawn(async move {
            sleeper.sleep(Duration::from_millis(milliseconds)).await;
            order.borrow_mut().push(milliseconds);
        });
    }
    let start = reactor.clock_ns();
    while reactor.tasks() > 0 {
        reactor.turn(None).unwrap();
    }
    assert_eq!(*order.borrow(), [10, 20, 30]);
    assert!(reactor.clock_ns() - start >= 29 * TICK_NS);
}

pub(crate) fn another_thread_wakes_a_task(reactor: &Reactor) {
    for _ in 0..50 {
        let done = Arc::new(AtomicBool::new(false));
        let waker: Arc<Mutex<Option<Waker>>> = Arc::default();
        let (task_done, task_waker) = (done.clone(), waker.clone());
        let thread = std::thread::spawn(move || {
            loop {
                let waker = waker.lock().unwrap().take();
                if let Some(waker) = waker {
                    done.store(true, Ordering::Release);
                    return waker.wake();
                }
                std::thread::yield_now();
            }
        });
        reactor
            .block_on(poll_fn(move |context| {
                if task_done.load(Ordering::Acquire) {
                    return Poll::Ready(());
                }
                *task_waker.lock().unwrap() = Some(context.waker().clone());
                Poll::Pending
            }))
            .unwrap();
        thread.join().unwrap();
    }
}

pub(crate) fn a_woken_task_runs_once(reactor: &Reactor) {
    let polls = Rc::new(Cell::new(0));
    let stored: Rc<RefCell<Option<Waker>>> = Rc::default();
    let (task_polls, task_stored) = (polls.clone(), stored.clone());
    reactor.spawn(poll_fn(move |context| {
        task_polls.set(task_polls.get() + 1);
        *task_stored.borrow_mut() = Some(context.waker().clone());
        if task_polls.get() == 3 { Poll::Ready(()) } else { Poll::Pending }
    }));
    for expected in 1..4 {
        reactor.turn(Some(Duration::ZERO)).unwrap();
        reactor.turn(Some(Duration::ZERO)).unwrap();
        assert_eq!(polls.get(), expected);
        let waker = stored.borrow().clone().unwrap();
        waker.wake_by_ref();
        waker.wake_by_ref();
        waker.wake();
    }
    // A waker whose task has ended wakes nobody, not even the slot's next task.
    assert_eq!(reactor.tasks(), 0);
    let again = polls.clone();
    reactor.spawn(poll_fn(move |_| {
        again.set(again.get() + 1);
        Poll::Pending
    }));
    reactor.turn(Some(Duration::ZERO)).unwrap();
    stored.borrow_mut().take().unwrap().wake();
    reactor.turn(Some(Duration::ZERO)).unwrap();
    assert_eq!(polls.get(), 4);
}

pub(crate) fn a_task_that_never_rests_does_not_starve_the_shard(reactor: &Reactor) {
    reactor.spawn(poll_fn(|context| {
        context.waker().wake_by_ref();
        Poll::<()>::Pending
    }));
    reactor.set_timer(reactor.clock_ns() + 5 * TICK_NS, Token::new(1, 0, 0));
    let event = loop {
        reactor.turn(None).unwrap();
        if let Some(event) = reactor.next_event() {
            break event;
        }
    };
    assert!(matches!(event, Event::Timer(_)));
    let statistics = reactor.statistics();
    assert!(statistics.polls <= (2 * statistics.turns + 2) * TASK_POLLS_MAX);
}

/// Opens a file, drops the future in the middle, and sees that the descriptor is closed again.
pub(crate) fn a_dropped_future_cancels_and_closes(reactor: &Reactor) {
    let lowest_free = || {
        let file = std::fs::File::open("/dev/null").unwrap();
        std::os::fd::AsRawFd::as_raw_fd(&file)
    };
    for _ in 0..20 {
        let path = CString::new("/proc/self/status").unwrap();
        let mut opening = reactor.steps(Operation::Open { path, flags: libc::O_RDONLY, mode: 0 });
        opening.start();
        drop(opening);
    }
    while reactor.with_driver(|driver| driver.in_flight()) > 0 {
        reactor.turn(Some(Duration::from_millis(10))).unwrap();
    }
    // Other cases run beside this one; twenty lost descriptors would still show.
    let before = std::fs::read_dir("/proc/self/fd").unwrap().count();
    assert!(lowest_free() >= 0 && before < 400, "{before} descriptors");
    let held = std::fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter(|target| target.to_string_lossy().ends_with("/status"))
        .count();
    assert_eq!(held, 0);
    let sleeper = reactor.clone();
    let mut sleep = Box::pin(async move { sleeper.sleep(Duration::from_secs(3600)).await });
    let polled = sleep.as_mut().poll(&mut std::task::Context::from_waker(Waker::noop()));
    assert!(polled.is_pending() && reactor.timers() == 1);
    drop(sleep);
    assert_eq!(reactor.timers(), 0);
}

pub(crate) fn a_dropped_accept_closes_what_it_brought(reactor: &Reactor) {
    let (listener, address) = listen(reactor);
    let mut accept = reactor.steps(Operation::Accept { listener });
    accept.start();
    let mut client = std::net::TcpStream::connect(address).unwrap();
    for _ in 0..3 {
        reactor.turn(Some(Duration::from_millis(5))).unwrap();
    }
    drop(accept);
    while reactor.with_driver(|driver| driver.in_flight()) > 0 {
        reactor.turn(Some(Duration::from_millis(10))).unwrap();
    }
    client.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    assert_eq!(std::io::Read::read(&mut client, &mut [0; 8]).unwrap(), 0);
    dx_sys::close(listener.0).unwrap();
}

pub(crate) fn completions_of_the_shard_and_of_tasks_are_kept_apart(reactor: &Reactor) {
    let (listener, address) = listen(reactor);
    let accept = Token::new(7, 3, 9);
    reactor.submit(accept, Operation::Accept { listener });
    let client = reactor.clone();
    let socket = reactor.block_on(async move { connect(&client, address).await }).unwrap();
    let accepted = loop {
        if let Some(Event::Completion(completion)) = reactor.next_event() {
            break completion;
        }
        reactor.turn(None).unwrap();
    };
    assert_eq!(accepted.token, accept);
    let Payload::Socket(far) = accepted.payload else { panic!("no socket") };
    reactor.cancel(accept);
    let closer = reactor.clone();
    reactor
        .block_on(async move {
            for descriptor in [socket, far, listener] {
                close(&closer, descriptor).await;
            }
        })
        .unwrap();
    while let Some(event) = reactor.next_event() {
        assert!(matches!(event, Event::Completion(last) if last.token == accept && !last.more));
    }
}

pub(crate) fn shutdown_ends_tasks_in_the_middle(reactor: &Reactor) {
    struct Dropped(Rc<Cell<u32>>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let (listener, address) = listen(reactor);
    let dropped = Rc::new(Cell::new(0));
    for _ in 0..10 {
        let (client, guard) = (reactor.clone(), Dropped(dropped.clone()));
        reactor.spawn(async move {
            let _guard = guard;
            let socket = connect(&client, address).await;
            client.operate(Operation::Receive { socket }).await;
            unreachable!("nobody sends");
        });
    }
    for _ in 0..5 {
        reactor.turn(Some(Duration::from_millis(5))).unwrap();
    }
    assert_eq!((reactor.tasks(), dropped.get()), (10, 0));
    reactor.shutdown().unwrap();
    assert_eq!((reactor.tasks(), dropped.get()), (0, 10));
    assert_eq!(reactor.with_driver(|driver| driver.in_flight()), 0);
    dx_sys::close(listener.0).unwrap();
}

pub(crate) fn tasks_spawn_tasks(reactor: &Reactor) {
    fn tree(reactor: Reactor, depth: u32, count: Rc<Cell<u32>>) {
        let child = reactor.clone();
        reactor.spawn(async move {
            count.set(count.get() + 1);
            if depth > 0 {
                tree(child.clone(), depth - 1, count.clone());
                tree(child, depth - 1, count);
            }
        });
    }
    let count = Rc::new(Cell::new(0));
    tree(reactor.clone(), 11, count.clone());
    while reactor.tasks() > 0 {
        reactor.turn(Some(Duration::ZERO)).unwrap();
    }
    assert_eq!(count.get(), (1 << 12) - 1);
}

pub(crate) fn files_are_read_by_tasks(reactor: &Reactor) {
    let reader = reactor.clone();
    let bytes = reactor.block_on(async move {
        let path = CString::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
        let opened = reader.operate(Operation::Open { path, flags: libc::O_RDONLY, mode: 0 });
        let file = Descriptor(opened.await.result.unwrap() as i32);
        let into = Vec::with_capacity(1 << 16);
        let read = reader.operate(Operation::Read { file, offset: 0, into }).await;
        close(&reader, file).await;
        let Payload::Incoming(bytes) = read.payload else { panic!("no buffer") };
        bytes
    });
    assert!(bytes.unwrap().starts_with(b"[package]\nname = \"dx-reactor\""));
}
