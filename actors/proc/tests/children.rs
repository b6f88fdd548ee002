//! Children on the real drivers: their output, their ends, what they leave behind.

use std::{
    ffi::CString,
    future::Future,
    rc::Rc,
    time::{Duration, Instant},
};

use dx_proc::{Command, Limits, Stdio, Stream, Strings, run_to_end};
use dx_reactor::Reactor;

fn shell(script: &str, descriptors: &[Stdio]) -> Command {
    let word = |word: &str| CString::new(word).unwrap();
    Command {
        path: word("/bin/sh"),
        arguments: Rc::new(Strings::from_iter(["sh", "-c", script])),
        environment: Rc::new(Strings::from_iter(["PATH=/usr/bin:/bin"])),
        descriptors: descriptors.to_vec(),
        ..Command::default()
    }
}

/// Runs `body` on a reactor of each real driver.
fn on_each_driver<F: Future<Output = ()> + 'static>(body: impl Fn(Reactor) -> F) {
    for kind in [dx_driver::DriverKind::Uring, dx_driver::DriverKind::Epoll] {
        let Ok((driver, _)) = dx_driver::probe_and_open(Some(kind)) else {
            eprintln!("{kind:?} is not to be had here");
            continue;
        };
        let reactor = Reactor::new(driver);
        reactor.block_on(body(reactor.clone())).unwrap();
        reactor.shutdown().unwrap();
    }
}

#[test]
fn what_a_child_reads_comes_back_and_its_end_is_told() {
    on_each_driver(|reactor| async move {
        let command = shell("cat; exit 3", &[Stdio::PipeIn, Stdio::PipeOut, Stdio::Null]);
        let (mut child, ends) = command.start().unwrap();
        let mut ends = ends.into_iter().map(|end| end.map(|end| Stream::new(&reactor, end)));
        let (input, output) = (ends.next().unwrap().unwrap(), ends.next().unwrap().unwrap());
        let bytes = vec![7; 300_000];
        let sent = bytes.clone();
        reactor.spawn(async move {
            input.write_all(sent, 0).await.unwrap();
        });
        let mut received = Vec::new();
        loop {
            let chunk = output.read().await.unwrap();
            if chunk.is_empty() {
                break;
            }
            received.extend(chunk);
        }
        assert!(received == bytes);
        assert_eq!(child.ended(&reactor).await.unwrap().code, Some(3));
    });
}

#[test]
fn a_reader_that_leaves_is_told_of_by_an_error() {
    on_each_driver(|reactor| async move {
        let (mut child, ends) = shell("exit 0", &[Stdio::PipeIn]).start().unwrap();
        let input = Stream::new(&reactor, ends.into_iter().next().unwrap().unwrap());
        child.ended(&reactor).await.unwrap();
        let error = input.write_all(vec![0; 100_000], 0).await.unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EPIPE));
    });
}

#[test]
fn a_closed_stream_ends_its_reads() {
    on_each_driver(|reactor| async move {
        let (mut child, ends) =
            shell("read line", &[Stdio::PipeIn, Stdio::PipeOut]).start().unwrap();
        let mut ends = ends.into_iter().map(|end| Stream::new(&reactor, end.unwrap()));
        let (input, output) = (ends.next().unwrap(), std::rc::Rc::new(ends.next().unwrap()));
        let closing = std::rc::Rc::clone(&output);
        let sleeper = reactor.clone();
        reactor.spawn(async move {
            sleeper.sleep(Duration::from_millis(5)).await;
            closing.close();
        });
        let error = output.read().await.unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ECANCELED));
        input.close();
        child.ended(&reactor).await.unwrap();
    });
}

#[test]
fn limits_end_a_child_that_blocks_its_parent() {
    let limits = |time, output_bytes| Limits { time, output_bytes, signal: libc::SIGKILL };
    let pipes = [Stdio::Null, Stdio::PipeOut, Stdio::Null];
    let start = Instant::now();
    let late = run_to_end(
        &shell("exec sleep 10", &pipes),
        Vec::new(),
        limits(Some(Duration::from_millis(20)), None),
    );
    let late = late.unwrap();
    assert!(late.timed_out && start.elapsed() < Duration::from_secs(5));
    assert_eq!(late.ended.signal, Some(libc::SIGKILL));
    let loud =
        run_to_end(&shell("exec yes", &pipes), Vec::new(), limits(None, Some(1000))).unwrap();
    assert_eq!(loud.overflowed, Some(1));
    let echo = shell("cat", &[Stdio::PipeIn, Stdio::PipeOut, Stdio::Null]);
    let echoed = run_to_end(&echo, vec![Some(b"input".to_vec())], limits(None, None)).unwrap();
    assert_eq!(echoed.output[1].as_deref(), Some(&b"input"[..]));
}
