//! What bootstrap.js gets: loading prelude modules, making operations, looking into the engine.

use std::rc::Rc;

use dx_jsc::{Context, Invocation, Local, NativeResult, PromiseState};
use dx_ops::{Arguments, Call, Deferred, Op, OpKind, PreludeModule, Settle, Value, key_of};

use crate::{
    arguments::EngineArguments,
    call_limits,
    convert::Outcome,
    core::Core,
    isolate::{Listed, global_lists},
    realms,
};

/// The object `native` of bootstrap.js.
pub(crate) fn native_object<'vm>(context: Context<'vm>, core: &Rc<Core>) -> Outcome<'vm> {
    let native = context.object();
    let for_load = Rc::clone(core);
    let load = context.function("load", move |invocation| load(invocation, &for_load));
    context.set(native, "load", load)?;
    let for_operations = Rc::clone(core);
    let make =
        context.function("makeOps", move |invocation| make_operations(invocation, &for_operations));
    context.set(native, "makeOps", make)?;
    let drain = context.function("drainMicrotasks", |invocation| {
        let context = invocation.context;
        let drained = context.drain_microtasks();
        Ok(context.boolean(drained))
    });
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
        let members = global_lists(context, &for_members, Listed::OF_BUN);
        for (index, list) in (0..).zip(members) {
            context.set_index(lists, index, list)?;
        }
        Ok(lists)
    });
    context.set(native, "members", members)?;
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
    let module = &dx_prelude::BOOTSTRAP;
    let url = format!("dx:{}", module.name);
    #[cfg(feature = "prelude-from-disk")]
    if let Some(body) = body_from_disk(module) {
        let source = format!("\"use strict\"; {{ const {{ exports, native }} = this;{body}\n}}");
        return context.evaluate_with_this(&source, this, &url);
    }
    context.evaluate_with_this(module.source, this, &url)
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
