//! Operations, handles, batches, async context, limits, the engine's own timers, teardown.

mod support;

use std::time::{Duration, Instant};

use dx_runtime::Limits;
use support::{isolate, run, run_with};

#[test]
fn evaluates_and_reports() {
    let isolate = isolate(Limits::default());
    assert_eq!(isolate.evaluate_to_text("1 + 1"), Ok("2".to_owned()));
    assert!(isolate.evaluate_to_text("null.x").is_err());
    let text = "\u{e9} \u{20ac} \u{1f600}";
    assert_eq!(isolate.evaluate_to_text(&format!("'{text}'")), Ok(text.to_owned()));
}

#[test]
fn operations_answer_and_throw() {
    let (lines, code) = run("
        log(ops.echo('a\\xe9\\u20ac'));
        log(ops.kinds(undefined, null, true, 1, 1n, 'x', Symbol(), log, new Uint8Array(1), [], {}));
        try { ops.echo(1) } catch (error) { log(error.name, error.message) }
        try { ops.fill(1) } catch (error) { log(error instanceof TypeError, error.code) }
        try { ops.panic() } catch (error) { log(error.message) }
        const bytes = new Uint8Array(8); ops.fill(bytes.subarray(2, 5), 7);
        ops.fill(new DataView(bytes.buffer, 6, 1), 9); log(bytes);
        ops.later('p').then(log);
        ops.later(2).catch(error => log(error.constructor.name));
        ops.abandon().catch(error => log(error.message));
        ops.never().then(log);");
    assert_eq!(
        lines,
        "aé€\n\
         Undefined,Null,Boolean,Number,BigInt,String,Symbol,Function,Bytes,Array,Object\n\
         TypeError The text must be a string\n\
         true ERR_NO_BYTES\n\
         A native operation panicked: on purpose\n\
         0,0,7,7,7,0,9,0\n\
         TypeError\n\
         The operation was abandoned before it finished\n\
         p"
    );
    assert_eq!(code, 0);
}

#[test]
fn strings_of_every_width_and_length_arrive_whole() {
    let (lines, _) = run("
        for (const length of [0, 1, 2, 1000, 16383, 16384, 3000000]) {
            for (const unit of [0x61, 0xe9, 0x20ac]) {
                const text = ops.text(length, unit);
                const same = text === String.fromCharCode(unit).repeat(length);
                if (!same || ops.echo(text) !== text) log('differs', length, unit);
            }
        }
        let kept = ops.text(20000, 0x62) + 'x';
        engine.collectGarbage();
        log(kept.length, kept.endsWith('bx'), kept.indexOf('x'));");
    assert_eq!(lines, "20001 true 20000");
}

#[test]
fn many_operations_settle_in_order() {
    let (lines, _) = run("
        const order = [];
        const all = Array.from({ length: 500 }, (_, index) =>
            ops.later(String(index)).then(text => order.push(Number(text))));
        Promise.all(all).then(() => log(order.length, order.every((each, at) => each === at)));");
    assert_eq!(lines, "500 true");
}

#[test]
fn native_code_calls_and_feeds() {
    let (lines, code) = run("
        ops.callLater((...given) => { log(...given); process.nextTick(() => log('tick')) });
        ops.callLater(() => { log('second') });
        ops.feed(count => {
            log('batch', count);
            Promise.resolve().then(() => log('micro', count));
        });");
    let wanted = "1 two\ntick\nsecond\nbatch 1\nmicro 1\nbatch 2\nmicro 2\nbatch 3\nmicro 3";
    assert_eq!((lines.as_str(), code), (wanted, 0));
}

#[test]
fn async_context_follows_callbacks_and_reactions() {
    let (lines, _) = run("
        asyncContext.enable();
        function within(value, run) {
            const saved = asyncContext.current;
            asyncContext.current = value;
            try { run() } finally { asyncContext.current = saved }
        }
        const note = place => () => log(place, asyncContext.current);
        within('a', () => {
            setTimeout(note('timer'), 1);
            setImmediate(note('immediate'));
            process.nextTick(note('tick'));
            queueMicrotask(note('microtask'));
            Promise.resolve().then(note('then')).finally(note('finally'));
            Promise.reject(1).catch(note('catch'));
            ops.later('x').then(note('operation'));
        });
        within('b', () => Promise.resolve().then(note('then')));
        queueMicrotask(note('outside'));
        note('main')();");
    let mut lines: Vec<_> = lines.lines().collect();
    assert_eq!(lines.remove(0), "main undefined");
    lines.sort_unstable();
    let wanted = [
        "catch a",
        "finally a",
        "immediate a",
        "microtask a",
        "operation a",
        "outside undefined",
        "then a",
        "then b",
        "tick a",
        "timer a",
    ];
    assert_eq!(lines, wanted);
}

#[test]
fn the_engines_own_timers_run() {
    let (lines, code) = run("
        const registry = new FinalizationRegistry(held => found.add(held));
        const found = new Set();
        (function () { for (let i = 0; i < 500; i++) registry.register({ i }, i) })();
        let rounds = 0;
        const interval = setInterval(() => {
            engine.collectGarbage();
            if (found.size <= 400 && ++rounds < 200) return;
            log(found.size > 400);
            clearInterval(interval);
        }, 2);
        const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
        WebAssembly.compile(empty).then(module => log(module instanceof WebAssembly.Module));");
    assert_eq!((lines.as_str(), code), ("true\ntrue", 0));
}

#[test]
fn a_program_over_its_time_is_ended_while_others_go_on() {
    let other = std::thread::spawn(|| {
        run("let n = 0; const i = setInterval(() => { if (++n === 40) clearInterval(i) }, 5);
             setTimeout(() => log('other done'), 300)")
    });
    let start = Instant::now();
    let limits = Limits { time: Some(Duration::from_millis(100)), heap_bytes: None };
    let (lines, code) = run_with(
        limits,
        "
        log('begins');
        setTimeout(() => log('never'), 1);
        try { for (;;) {} } catch { log('caught') } finally { log('finally') }",
    );
    assert_eq!((lines.as_str(), code), ("begins", 1));
    assert!(start.elapsed() < Duration::from_secs(20), "took {:?}", start.elapsed());
    assert_eq!(other.join().expect("the other isolate lives"), ("other done".to_owned(), 0));
}

#[test]
fn microtasks_without_end_are_ended_too() {
    // Without the engine's exported function, microtasks only run where no limit reaches.
    if std::env::var_os("DX_ENGINE_FAST").is_some_and(|value| value == "0") {
        return;
    }
    let limits = Limits { time: Some(Duration::from_millis(100)), heap_bytes: None };
    let endless = "log('begins'); (async () => { for (;;) await null })()";
    assert_eq!(run_with(limits, endless), ("begins".to_owned(), 1));
}

#[test]
fn a_program_over_its_heap_is_ended() {
    let limits = Limits { time: None, heap_bytes: Some(150 << 20) };
    let (lines, code) = run_with(
        limits,
        "
        log('begins');
        const kept = [];
        for (let i = 0; i < 100000000; i++) kept.push({ i, text: 'x' + i, more: [i, i, i] });
        log('never')",
    );
    assert_eq!((lines.as_str(), code), ("begins", 1));
}

#[test]
fn a_modest_program_keeps_within_its_limits() {
    let limits = Limits { time: Some(Duration::from_secs(20)), heap_bytes: Some(200 << 20) };
    let (lines, code) = run_with(
        limits,
        "
        let sum = 0;
        for (let i = 0; i < 3e7; i++) sum += [i].length;
        log(sum)",
    );
    assert_eq!((lines.as_str(), code), ("30000000", 0));
}

#[test]
fn isolates_come_and_go_on_one_thread_and_on_many() {
    for _ in 0..3 {
        let isolate = isolate(Limits::default());
        isolate
            .run_script("ops.never(); setInterval(() => {}, 1); ops.later('x').then(log)", "x.js");
        let _ = isolate.turn();
    }
    let threads: Vec<_> = (0..3)
        .map(|number| {
            let source = format!("setTimeout(() => log({number}), 5)");
            std::thread::spawn(move || run(&source))
        })
        .collect();
    for (number, thread) in threads.into_iter().enumerate() {
        assert_eq!(thread.join().expect("an isolate a thread"), (number.to_string(), 0));
    }
}
