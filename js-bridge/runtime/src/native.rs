//! What bootstrap.js gets: loading prelude modules, making operations, looking into the engine.

use std::rc::Rc;

use dx_jsc::{Context, Invocation, Local, NativeResult, PromiseState};
use dx_ops::{Arguments, Call, Deferred, Op, OpKind, PreludeModule, Settle, Value, key_of};

use crate::{
    arguments::EngineArguments,
    call_limits,
    convert::Outcome,
    core::Core,
    isolate::{Listed, keep_late, member_lists},
    realms,
};

/// What modules take from the language: see core.js.
const VITAL: [(&str, &[&str]); 9] = [
    (
        "Array.prototype",
        &[
            "concat", "filter", "flatMap", "forEach", "includes", "indexOf", "join", "map", "pop",
            "push", "slice", "sort",
        ],
    ),
    ("Function.prototype", &["apply", "bind", "call"]),
    ("Map.prototype", &["delete", "get", "has", "set"]),
    ("Set.prototype", &["add", "has"]),
    ("WeakSet.prototype", &["add", "has"]),
    (
        "Object",
        &[
            "assign",
            "defineProperties",
            "defineProperty",
            "entries",
            "freeze",
            "fromEntries",
            "getOwnPropertyNames",
            "getPrototypeOf",
            "keys",
            "setPrototypeOf",
        ],
    ),
    ("Reflect", &["apply", "construct", "get", "ownKeys"]),
    ("RegExp.prototype", &["exec", "test"]),
    ("String.prototype", &["replace", "slice", "split", "startsWith"]),
];

/// Values that describe one of them: owner, name and value.
const VITAL_WIDTH: usize = 3;

/// Room for all of them.
const VITAL_VALUES_MAX: usize = 160;

/// What core.js takes from the global object.
const LANGUAGE: [&str; 7] =
    ["Promise", "Error", "TypeError", "Map", "WeakSet", "Reflect", "Symbol"];

/// The object `native` of bootstrap.js.
pub(crate) fn first_object<'vm>(context: Context<'vm>, core: &Rc<Core>) -> Outcome<'vm> {
    let native = context.object();
    let drain = context.function("drainMicrotasks", drain_microtasks);
    context.set(native, "drainMicrotasks", drain)?;
    let for_core = Rc::clone(core);
    let evaluate = context.function("evaluateCore", move |invocation| {
        let (context, given) = (invocation.context, invocation.argument(0));
        let exports = context.get(given, "exports")?;
        let this = context.object();
        context.set(this, "given", given)?;
        context.set(this, "exports", exports)?;
        context.set(this, "native", native_object(context, &for_core)?)?;
        evaluate_core(context, this)?;
        keep_late(context, &for_core, exports)?;
        Ok(context.undefined())
    });
    context.set(native, "evaluateCore", evaluate)?;
    context.set(native, "vital", vital(context)?)?;
    let language = context.object();
    for name in LANGUAGE {
        context.set(language, name, context.get(context.global(), name)?)?;
    }
    context.set(native, "language", language)?;
    Ok(native)
}

/// Owner, name and value of what is [`VITAL`], three by three.
fn vital<'vm>(context: Context<'vm>) -> Outcome<'vm> {
    let mut values = [context.undefined(); VITAL_VALUES_MAX];
    let mut places = values.chunks_exact_mut(VITAL_WIDTH);
    let mut count = 0;
    for (path, names) in VITAL {
        let owner = path.split('.').try_fold(context.global(), |at, name| context.get(at, name))?;
        for (name, place) in names.iter().zip(places.by_ref()) {
            place.copy_from_slice(&[owner, context.string(name), context.get(owner, name)?]);
            count += VITAL_WIDTH;
        }
    }
    context.array_of(&values[..count])
}

fn drain_microtasks<'vm>(invocation: &mut Invocation<'vm>) -> NativeResult<'vm> {
    let drained = invocation.context.drain_microtasks();
    Ok(invocation.context.boolean(drained))
}

/// The object `native` of core.js.
fn native_object<'vm>(context: Context<'vm>, core: &Rc<Core>) -> Outcome<'vm> {
    let native = context.object();
    let for_load = Rc::clone(core);
    let load = context.function("load", move |invocation| load(invocation, &for_load));
    context.set(native, "load", load)?;
    let for_operations = Rc::clone(core);
    let make =
        context.function("makeOps", move |invocation| make_operations(invocation, &for_operations));
    context.set(native, "makeOps", make)?;
    let drain = context.function("drainMicrotasks", drain_microtasks);
    context.set(native, "drainMicrotasks", drain)?;
    context.set(native, "state", context.shared_array(core.state.cells())?)?;
    context.set(native, "engine", engine_object(context, core)?)?;
    let for_builtins = Rc::clone(core);
    let builtins =
        context.function("builtins", move |invocation| builtins(invocation, &for_builtins));
    context.set(native, "builtins", builtins)?;
    let for_members = Rc::clone(core);
    let members = context.function("members", move |invocation| {
        let context = invocation.context;
        let lists = context.array()?;
        let members = member_lists(context, &for_members, Listed::OF_BUN);
        for (index, list) in (0..).zip(members) {
            context.set_index(lists, index, list)?;
        }
        Ok(lists)
    });
    context.set(native, "members", members)?;
    let for_globals = Rc::clone(core);
    let module_of = context.function("moduleOf", move |invocation| {
        let context = invocation.context;
        let wanted = context.to_string(invocation.argument(0))?;
        let found = for_globals.global_words().find(|(name, _)| *name == wanted);
        Ok(found.map_or(context.undefined(), |(_, module)| context.string(module)))
    });
    context.set(native, "moduleOf", module_of)?;
    Ok(native)
}

/// `builtins()`: names that programs import and the modules behind them, two by two.
fn builtins<'vm>(invocation: &mut Invocation<'vm>, core: &Core) -> NativeResult<'vm> {
    let context = invocation.context;
    let list = context.array()?;
    let pairs = core.extensions.iter().flat_map(|extension| extension.builtins);
    for (index, (name, module)) in (0..).zip(pairs) {
        context.set_index(list, index * 2, context.string(name))?;
        context.set_index(list, index * 2 + 1, context.string(module))?;
    }
    Ok(list)
}

/// The module `runtime/engine`: what no JavaScript can find out by itself.
fn engine_object<'vm>(context: Context<'vm>, core: &Rc<Core>) -> Outcome<'vm> {
    let engine = context.object();
    let state = context.function("promiseState", |invocation| {
        let context = invocation.context;
        let (state, result) = context.promise_state(invocation.argument(0));
        let state = match state {
            PromiseState::Pending => "pending",
            PromiseState::Fulfilled => "fulfilled",
            PromiseState::Rejected => "rejected",
            PromiseState::Unknown => "unknown",
        };
        let pair = context.array()?;
        context.set_index(pair, 0, context.string(state))?;
        context.set_index(pair, 1, result)?;
        Ok(pair)
    });
    context.set(engine, "promiseState", state)?;
    let handled = context.function("isPromiseHandled", |invocation| {
        let context = invocation.context;
        Ok(context.boolean(context.is_promise_handled(invocation.argument(0))))
    });
    context.set(engine, "isPromiseHandled", handled)?;
    let target = context.function("proxyTarget", |invocation| {
        let context = invocation.context;
        let target = context.proxy_target(invocation.argument(0));
        Ok(target.unwrap_or(context.undefined()))
    });
    context.set(engine, "proxyTarget", target)?;
    let zone = context.function("setTimeZone", |invocation| {
        let context = invocation.context;
        context.set_time_zone(&context.to_string(invocation.argument(0))?);
        Ok(context.undefined())
    });
    context.set(engine, "setTimeZone", zone)?;
    let handler = context.function("proxyHandler", |invocation| {
        let context = invocation.context;
        let handler = context.proxy_handler(invocation.argument(0));
        Ok(handler.unwrap_or(context.undefined()))
    });
    context.set(engine, "proxyHandler", handler)?;
    // For the module registry: a script in a string of the engine, to its value.
    let evaluate = context.function("evaluate", |invocation| {
        let url = invocation.context.to_string(invocation.argument(1))?;
        invocation.context.evaluate_string(invocation.argument(0), &url)
    });
    context.set(engine, "evaluate", evaluate)?;
    let collect = context.function("collectGarbage", |invocation| {
        invocation.context.collect_garbage();
        Ok(invocation.context.undefined())
    });
    context.set(engine, "collectGarbage", collect)?;
    let give_back = context.function("returnMemory", |invocation| {
        invocation.context.return_memory();
        dx_sys::heap::return_memory();
        Ok(invocation.context.undefined())
    });
    context.set(engine, "returnMemory", give_back)?;
    let statistics = context
        .function("memoryStatistics", |invocation| Ok(invocation.context.memory_statistics()));
    context.set(engine, "memoryStatistics", statistics)?;
    context.set(engine, "heapStatistics", context.function("heapStatistics", heap_statistics))?;
    let for_addons = Rc::clone(core);
    let addons = context
        .function("napi", move |invocation| dx_napi::natives(invocation.context, &for_addons.host));
    context.set(engine, "napi", addons)?;
    call_limits::install(context, engine, core)?;
    realms::install(context, engine)?;
    Ok(engine)
}

fn heap_statistics<'vm>(invocation: &mut Invocation<'vm>) -> NativeResult<'vm> {
    let context = invocation.context;
    let statistics = context.heap_statistics();
    let object = context.object();
    for (name, figure) in
        [("size", statistics.size), ("capacity", statistics.capacity), ("extra", statistics.extra)]
    {
        context.set(object, name, context.number(figure as f64))?;
    }
    Ok(object)
}

/// `load(name)`: the module's function and the index of its extension, or `undefined`.
fn load<'vm>(invocation: &mut Invocation<'vm>, core: &Core) -> NativeResult<'vm> {
    let context = invocation.context;
    let name = context.to_string(invocation.argument(0))?;
    let key = key_of(&name);
    let found = (0..).zip(&core.extensions).find_map(|(index, extension)| {
        let mut modules = extension.modules.iter();
        let module = modules.find(|module| module.key == key && module.name == name)?;
        Some((index, module))
    });
    let Some((index, module)) = found else { return Ok(context.undefined()) };
    let function = evaluate(context, module)?;
    let pair = context.array()?;
    context.set_index(pair, 0, function)?;
    context.set_index(pair, 1, context.number(f64::from(index)))?;
    Ok(pair)
}

/// Evaluates a prelude module's source to its function.
pub(crate) fn evaluate<'vm>(context: Context<'vm>, module: &PreludeModule) -> Outcome<'vm> {
    let url = format!("dx:{}", module.name);
    #[cfg(feature = "prelude-from-disk")]
    if let Some(body) = body_from_disk(module) {
        let source = format!("(function (require, module, exports, ops) {{{body}\n}})");
        return context.evaluate(&source, &url, 1);
    }
    context.evaluate_static(module.source, &url)
}

/// Evaluates the script of [`dx_prelude::BOOTSTRAP`], with `this` as its `this`.
pub(crate) fn evaluate_bootstrap<'vm>(context: Context<'vm>, this: Local<'vm>) -> Outcome<'vm> {
    evaluate_block(context, &dx_prelude::BOOTSTRAP, this)
}

/// The same of [`dx_prelude::CORE`].
fn evaluate_core<'vm>(context: Context<'vm>, this: Local<'vm>) -> Outcome<'vm> {
    evaluate_block(context, &dx_prelude::CORE, this)
}

fn evaluate_block<'vm>(
    context: Context<'vm>,
    module: &PreludeModule,
    this: Local<'vm>,
) -> Outcome<'vm> {
    let url = format!("dx:{}", module.name);
    #[cfg(feature = "prelude-from-disk")]
    if let Some(body) = body_from_disk(module)
        && let Some((head, _)) = module.source.split_once(';')
        && let Some((names, _)) = module.source[head.len() + 1..].split_once(';')
    {
        let source = format!("{head};{names};{body}\n}}");
        return context.evaluate_with_this(&source, this, &url);
    }
    context.evaluate_static_with_this(module.source, this, &url)
}

/// The module's file below `$DX_PRELUDE_ROOT`, where that is set and the file exists.
#[cfg(feature = "prelude-from-disk")]
fn body_from_disk(module: &PreludeModule) -> Option<String> {
    let root = std::path::PathBuf::from(std::env::var_os("DX_PRELUDE_ROOT")?);
    std::fs::read_to_string(root.join(module.path)).ok()
}

/// `makeOps(extension)`: name, whether asynchronous, function; three by three.
fn make_operations<'vm>(invocation: &mut Invocation<'vm>, core: &Rc<Core>) -> NativeResult<'vm> {
    let context = invocation.context;
    let index = context.as_number(invocation.argument(0)).unwrap_or(f64::NAN) as usize;
    let made = context.array()?;
    let Some(extension) = core.extensions.get(index) else { return Ok(made) };
    for (index, operation) in (0..).zip(extension.ops) {
        let asynchronous = matches!(operation.kind, OpKind::Async(_));
        context.set_index(made, index * 3, context.string(operation.name))?;
        context.set_index(made, index * 3 + 1, context.boolean(asynchronous))?;
        context.set_index(made, index * 3 + 2, operation_function(context, core, operation))?;
    }
    Ok(made)
}

fn operation_function<'vm>(context: Context<'vm>, core: &Rc<Core>, operation: &Op) -> Local<'vm> {
    let core = Rc::clone(core);
    match operation.kind {
        OpKind::Sync(run) => context.function(operation.name, move |invocation| {
            let context = invocation.context;
            let mut arguments = EngineArguments { invocation, queue: &core.queue, offset: 0 };
            let answer = run(&mut Call { arguments: &mut arguments, host: &core.host });
            if core.queue.must_halt() {
                context.terminate_soon();
            }
            if let &Ok(Value::Latin1Of { argument, start, end }) = &answer {
                let bytes = arguments.bytes(argument).and_then(|bytes| bytes.get(start..end));
                return Ok(context.latin1(bytes.unwrap_or_default()));
            }
            core.answer(context, answer)
        }),
        OpKind::Async(run) => context.function(operation.name, move |invocation| {
            let context = invocation.context;
            let id = context.as_number(invocation.argument(0)).unwrap_or(0.0) as u32;
            core.queue.begin();
            let deferred = Deferred::new(id, Rc::clone(&core.queue) as Rc<dyn Settle>);
            let mut arguments = EngineArguments { invocation, queue: &core.queue, offset: 1 };
            let mut call = Call { arguments: &mut arguments, host: &core.host };
            if let Err(exception) = run(&mut call, deferred) {
                core.queue.retract(id);
                return Err(core.error(context, &exception));
            }
            Ok(context.undefined())
        }),
    }
}
