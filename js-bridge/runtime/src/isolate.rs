//! An isolate: one machine, its extensions, and the functions native code calls.

use std::{
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
};

use dx_jsc::{Context, Global, Local, Vm};
use dx_ops::{Extension, Host};
use dx_reactor::Reactor;

use crate::{
    convert::Outcome,
    core::{Core, Entry, Late},
    engine_timers::EngineTimers,
    limits::Limits,
    native,
};

/// What an isolate is made from.
#[derive(Clone, Debug, Default)]
pub struct IsolateOptions {
    /// The API crates' extensions, in the order in which they are searched.
    pub extensions: Vec<Extension>,
    /// The globals of all extensions, the runtime's own [`crate::EXTENSION`] first, as
    /// [`dx_ops::globals_text`] makes them; gathered when the isolate is made where not given.
    pub globals: Option<&'static str>,
    /// Whether `process.exit` ends the process at once; otherwise it ends the isolate's loop.
    pub ends_process: bool,
    /// What the program may use.
    pub limits: Limits,
    /// Ends the program, from any thread, once it is set: JavaScript that runs is terminated.
    pub interrupt: Option<Arc<AtomicBool>>,
}

/// A JavaScript shard's isolate. Made on the thread it stays on; one a thread.
pub struct Isolate {
    pub(crate) core: Rc<Core>,
    pub(crate) vm: Vm,
}

impl Isolate {
    /// An isolate on `reactor`.
    ///
    /// # Errors
    /// A message when the thread has an isolate already or the prelude does not evaluate.
    pub fn new(reactor: Reactor, options: IsolateOptions) -> Result<Self, String> {
        let vm = Vm::new().ok_or("this thread has an isolate already")?;
        let host = Rc::new(Host::new(reactor));
        let limits = options.limits;
        let interrupt = options.interrupt.clone();
        let core = Rc::new(Core::new(Rc::clone(&host), options));
        host.attach(Rc::clone(&core.queue) as Rc<dyn dx_ops::Settle>);
        core.align_clock();
        limits.watch(&vm, &core.queue, &core.turn_start, interrupt);
        let ran = Rc::clone(&core.engine_timers_ran);
        host.reactor().add_source(Box::new(EngineTimers { main: vm.main_context(), ran }));
        vm.enter(|context| {
            bootstrap(context, &core).map_err(|error| {
                let text = context.to_string(error).unwrap_or_default();
                format!("the prelude failed: {text}")
            })
        })?;
        Ok(Self { core, vm })
    }

    /// The shard's host, through which API crates reach the event loop.
    #[must_use]
    pub fn host(&self) -> &Rc<Host> {
        &self.core.host
    }

    /// Evaluates a classic script and runs the nextTicks and microtasks that follow it. What it
    /// throws is reported as uncaught.
    pub fn run_script(&self, source: &str, url: &str) {
        self.core.turn_start.mark();
        self.vm.enter(|context| {
            if let Err(error) = context.evaluate(source, url, 1) {
                self.report(context, error);
            }
            self.after_callback(context);
        });
    }

    /// Evaluates a classic script and gives its value as text, for tests and tools.
    ///
    /// # Errors
    /// What it throws, as text.
    pub fn evaluate_to_text(&self, source: &str) -> Result<String, String> {
        self.vm.enter(|context| {
            // Whoever asks may look at what a program that has ended left behind.
            if self.core.queue.is_terminated() {
                context.stop_terminating();
            }
            let outcome = context.evaluate(source, "evaluate.js", 1);
            self.after_callback(context);
            let text = |value: Local<'_>| context.to_string(value).unwrap_or_default();
            outcome.map(text).map_err(text)
        })
    }

    /// Requires a prelude module and calls its function `export` with strings. What it throws is
    /// reported as uncaught.
    pub fn call_prelude(&self, module: &str, export: &str, arguments: &[&str]) {
        self.core.turn_start.mark();
        self.vm.enter(|context| {
            let outcome = self.try_call_prelude(context, module, export, arguments);
            // What a program has queued goes before the news of its failure, as in Bun.
            self.after_callback(context);
            if let Err(error) = outcome {
                self.report(context, error);
                self.after_callback(context);
            }
        });
    }

    /// Runs a program that is a single module without imports or exports: `code` is an expression
    /// whose value is the module's function, `declared` whether its file is declared to be an ES
    /// module. What it throws is reported as uncaught. Answers whether the engine takes the code.
    pub fn run_alone(&self, id: &str, code: String, declared: bool) -> bool {
        self.core.turn_start.mark();
        self.vm.enter(|context| {
            let body = self.core.to_local(context, code.into());
            let Ok(body) = body.and_then(|code| context.evaluate_string(code, id)) else {
                return false;
            };
            let arguments = [context.string(id), body, context.boolean(declared)];
            let outcome = context.call(self.entry().run_alone.get(context), &arguments);
            self.after_callback(context);
            if let Err(error) = outcome {
                self.report(context, error);
                self.after_callback(context);
            }
            true
        })
    }

    fn try_call_prelude<'vm>(
        &self,
        context: Context<'vm>,
        module: &str,
        export: &str,
        arguments: &[&str],
    ) -> Outcome<'vm> {
        let require = self.core.late(context)?.require.get(context);
        let module = context.call(require, &[context.string(module)])?;
        let function = context.get(module, export)?;
        // Strings of the call are kept by an array, because a list of any length has no place
        // on the stack.
        let list = context.array()?;
        for (index, argument) in (0..).zip(arguments) {
            context.set_index(list, index, context.string(argument))?;
        }
        context.call(function, &[list])
    }

    pub(crate) fn entry(&self) -> &Entry {
        match self.core.entry.get() {
            Some(entry) => entry,
            None => unreachable!("set while the isolate is made"),
        }
    }

    /// Reports an exception that nothing caught.
    pub(crate) fn report<'vm>(&self, context: Context<'vm>, error: Local<'vm>) {
        if self.core.queue.is_terminated() {
            return;
        }
        let reported = self
            .core
            .late(context)
            .and_then(|late| context.call(late.report_uncaught.get(context), &[error]));
        if let Err(second) = reported {
            let text = context.to_string(second).unwrap_or_default();
            eprintln!("error: {text}");
            self.core.host.exit(1);
        }
    }
}

impl Drop for Isolate {
    fn drop(&mut self) {
        self.core.queue.clear();
    }
}

fn bootstrap<'vm>(context: Context<'vm>, core: &Rc<Core>) -> Result<(), Local<'vm>> {
    let given = context.object();
    let exports = context.object();
    context.set(given, "exports", exports)?;
    context.set(given, "native", native::first_object(context, core)?)?;
    native::evaluate_bootstrap(context, given)?;
    let entry = |name: &str| -> Result<Global, Local<'vm>> {
        Ok(context.get(exports, name)?.protect(context))
    };
    let _ = core.entry.set(Entry {
        need: entry("need")?,
        run_alone: entry("runAlone")?,
        run_ticks: entry("runTicks")?,
    });
    let on_rejection = context.get(exports, "onUnhandledRejection")?;
    context.set_unhandled_rejection_callback(on_rejection)?;
    install_globals(context, core, context.get(exports, "installGlobals")?)
}

/// Keeps what core.js exports for native code.
pub(crate) fn keep_late<'vm>(
    context: Context<'vm>,
    core: &Core,
    exports: Local<'vm>,
) -> Result<(), Local<'vm>> {
    let entry = |name: &str| -> Result<Global, Local<'vm>> {
        Ok(context.get(exports, name)?.protect(context))
    };
    let _ = core.late.set(Late {
        require: entry("require")?,
        settle: entry("settle")?,
        invoke: entry("invoke")?,
        run_ticks: entry("runTicks")?,
        process_rejections: entry("processRejections")?,
        report_uncaught: entry("reportUncaught")?,
        run_timers: entry("runTimers")?,
        run_immediates: entry("runImmediates")?,
        make_error: entry("makeError")?,
        before_exit: entry("beforeExit")?,
        exit_event: entry("exitEvent")?,
    });
    Ok(())
}

/// Names that are handed to JavaScript at once; until they are in an array, they lie on the stack.
const NAMES_A_CALL: usize = 128;

/// Has `install` define the globals, those that are enumerable first.
fn install_globals<'vm>(
    context: Context<'vm>,
    core: &Core,
    install: Local<'vm>,
) -> Result<(), Local<'vm>> {
    for (wanted, is_shown) in [(Listed::Shown, true), (Listed::Hidden, false)] {
        let mut names = core.global_words().map(|(name, _)| name);
        let mut names = names.by_ref().filter(|name| Listed::of(name).0 == wanted).peekable();
        while names.peek().is_some() {
            let mut values = [context.undefined(); NAMES_A_CALL];
            let mut count = 0;
            for (place, name) in values.iter_mut().zip(names.by_ref()) {
                *place = context.string(name);
                count += 1;
            }
            let names = context.array_of(&values[..count])?;
            context.call(install, &[names, context.boolean(is_shown)])?;
        }
    }
    Ok(())
}

/// The members of `Bun` of each kind that is `wanted`: names and modules in turn, separated by
/// spaces.
pub(crate) fn member_lists<'vm, const N: usize>(
    context: Context<'vm>,
    core: &Core,
    wanted: [Listed; N],
) -> [Local<'vm>; N] {
    let mut lists = [const { String::new() }; N];
    for (name, module) in core.global_words() {
        let (listed, name) = Listed::of(name);
        if let Some(index) = wanted.iter().position(|&kind| kind == listed) {
            let list = &mut lists[index];
            let separator = if list.is_empty() { "" } else { " " };
            for part in [separator, name, " ", module] {
                list.push_str(part);
            }
        }
    }
    lists.map(|list| context.string(&list))
}

/// Where a global is defined, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Listed {
    /// On the global object, enumerable.
    Shown,
    /// On the global object, not enumerable, as in Bun: the language's own, URLs, streams, the
    /// console.
    Hidden,
    /// On `Bun`, enumerable and writable, as most are.
    OfBun,
    /// On `Bun`, enumerable and not writable.
    FixedOfBun,
    /// On `Bun`, writable and not enumerable.
    HiddenOfBun,
    /// On `Bun`, neither.
    HiddenFixedOfBun,
}

/// The members of `Bun` that cannot be written.
const FIXED_MEMBERS: [&str; 14] = [
    "Cookie",
    "CookieMap",
    "JSONL",
    "ModuleGraph",
    "WebView",
    "dns",
    "env",
    "fetch",
    "isMainThread",
    "isStandaloneExecutable",
    "plugin",
    "revision",
    "semver",
    "version",
];

/// What the names of more hidden globals begin with.
const HIDDEN_FAMILIES: [&str; 7] =
    ["Readable", "Writable", "Transform", "ByteL", "Count", "Disposable", "AsyncDisposable"];

impl Listed {
    /// The members of `Bun`, in the order in which the bootstrap takes the lists.
    pub(crate) const OF_BUN: [Self; 4] =
        [Self::OfBun, Self::FixedOfBun, Self::HiddenOfBun, Self::HiddenFixedOfBun];

    /// The list that a global belongs to, and its name there.
    fn of(name: &str) -> (Self, &str) {
        if let Some(member) = name.strip_prefix("Bun.") {
            let listed = match member {
                "origin" | "version_with_sha" => Self::HiddenFixedOfBun,
                "cwd" | "jest" | "registerMacro" => Self::HiddenOfBun,
                _ if FIXED_MEMBERS.contains(&member) => Self::FixedOfBun,
                _ => Self::OfBun,
            };
            return (listed, member);
        }
        let hidden = ["console", "URL", "URLSearchParams", "URIError", "WebAssembly"]
            .contains(&name)
            || HIDDEN_FAMILIES.iter().any(|family| name.starts_with(family))
            || is_error_of_the_language(name);
        (if hidden { Self::Hidden } else { Self::Shown }, name)
    }
}

/// One word before `Error`; the errors of building and resolving are Bun's.
fn is_error_of_the_language(name: &str) -> bool {
    let Some(word) = name.strip_suffix("Error") else { return false };
    let one_word = word.bytes().skip(1).all(|byte| byte.is_ascii_lowercase())
        && word.bytes().next().is_none_or(|byte| byte.is_ascii_uppercase());
    one_word && !word.starts_with("Build") && !word.starts_with("Resolve")
}

#[cfg(test)]
mod tests {
    use super::Listed;

    #[test]
    fn globals_are_listed_where_bun_has_them() {
        let cases = [
            ("fetch", Listed::Shown),
            ("console", Listed::Hidden),
            ("URLPattern", Listed::Shown),
            ("ReadableStream", Listed::Hidden),
            ("AsyncDisposableStack", Listed::Hidden),
            ("Error", Listed::Hidden),
            ("AggregateError", Listed::Hidden),
            ("BuildError", Listed::Shown),
            ("DOMException", Listed::Shown),
            ("MyOwnError", Listed::Shown),
        ];
        for (name, expected) in cases {
            assert_eq!(Listed::of(name), (expected, name), "{name}");
        }
        assert_eq!(Listed::of("Bun.serve"), (Listed::OfBun, "serve"));
        assert_eq!(Listed::of("Bun.version"), (Listed::FixedOfBun, "version"));
        assert_eq!(Listed::of("Bun.cwd"), (Listed::HiddenOfBun, "cwd"));
        assert_eq!(Listed::of("Bun.origin"), (Listed::HiddenFixedOfBun, "origin"));
    }
}
