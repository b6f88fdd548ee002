//! Questions to name servers: which are asked, how often, and what JavaScript is told.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    future::{Future, poll_fn},
    hash::{BuildHasher as _, RandomState},
    net::{IpAddr, SocketAddr},
    pin::pin,
    rc::Rc,
    task::{Poll, Waker},
    time::Duration,
};

use dx_dns::{Data, Kind, Record, Response, ResponseCode, write_query};
use dx_ops::{Call, Deferred, Exception, Value};
use dx_reactor::Reactor;

use super::exchange::{Unanswered, ask};

const RESOLVER_SETTINGS: &str = "/etc/resolv.conf";
const PORT: u16 = 53;

/// `dnsSystemServers()`: the addresses of `/etc/resolv.conf`; this machine where it names none.
pub(super) fn system_servers(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let settings = std::fs::read_to_string(RESOLVER_SETTINGS).unwrap_or_default();
    let named = settings.lines().filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let is_server = words.next() == Some("nameserver");
        words.next().filter(|_| is_server).filter(|server| server.parse::<IpAddr>().is_ok())
    });
    let mut servers: Vec<Value> = named.map(Value::from).collect();
    if servers.is_empty() {
        servers.push(Value::from("127.0.0.1"));
    }
    Ok(Value::Array(servers))
}

/// The questions of a channel that wait for their answers, to be told of a cancellation.
#[derive(Default)]
struct Channels {
    cancelled: RefCell<HashMap<u32, Vec<Rc<Cancel>>>>,
    questions: Cell<u64>,
    random: RandomState,
}

#[derive(Default)]
struct Cancel {
    is_cancelled: Cell<bool>,
    waker: Cell<Option<Waker>>,
}

impl Channels {
    /// A number that others cannot guess.
    fn next_id(&self) -> u16 {
        self.questions.set(self.questions.get().wrapping_add(1));
        self.random.hash_one(self.questions.get()) as u16
    }

    fn enter(&self, channel: u32) -> Rc<Cancel> {
        let cancel = Rc::new(Cancel::default());
        self.cancelled.borrow_mut().entry(channel).or_default().push(Rc::clone(&cancel));
        cancel
    }

    fn leave(&self, channel: u32, cancel: &Rc<Cancel>) {
        let mut cancelled = self.cancelled.borrow_mut();
        if let Some(waiting) = cancelled.get_mut(&channel) {
            waiting.retain(|known| !Rc::ptr_eq(known, cancel));
            if waiting.is_empty() {
                cancelled.remove(&channel);
            }
        }
    }
}

/// `dnsCancel(channel)`: its questions end with `ECANCELLED`.
pub(super) fn cancel(call: &mut Call<'_>) -> Result<Value, Exception> {
    let channels = call.host.state::<Channels>();
    let waiting = channels.cancelled.borrow_mut().remove(&(call.arguments.number(0) as u32));
    for cancel in waiting.unwrap_or_default() {
        cancel.is_cancelled.set(true);
        if let Some(waker) = cancel.waker.take() {
            waker.wake();
        }
    }
    Ok(Value::Undefined)
}

/// Whom to ask, and how patiently.
struct Plan {
    servers: Vec<SocketAddr>,
    local: Vec<SocketAddr>,
    timeout: Duration,
    tries: u32,
}

fn addresses(text: &str) -> Vec<SocketAddr> {
    let whole = |item: &str| item.parse().ok();
    let bare = |item: &str| item.parse().ok().map(|address: IpAddr| (address, PORT).into());
    text.split(',').filter_map(|item| whole(item).or_else(|| bare(item))).collect()
}

/// `dnsQuery(name, kind, servers, timeoutMilliseconds, tries, channel, localAddresses)`: records,
/// or the name of the error. Lists are parted by commas.
pub(super) fn query(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let name = call.expect_string(0, "hostname")?;
    let kind = call.expect_string(1, "rrtype")?;
    let plan = Plan {
        servers: addresses(&call.arguments.string(2).unwrap_or_default()),
        timeout: Duration::from_millis(call.arguments.number(3).max(1.0) as u64),
        tries: (call.arguments.number(4) as u32).max(1),
        local: addresses(&call.arguments.string(6).unwrap_or_default()),
    };
    let channels = call.host.state::<Channels>();
    let question = Kind::from_name(&kind).map(|kind| write_query(channels.next_id(), &name, kind));
    let question = match question {
        Some(Ok(question)) => question,
        Some(Err(_)) => return answer(deferred, Err("EBADNAME")),
        None => return answer(deferred, Err("EBADQUERY")),
    };
    let channel = call.arguments.number(5) as u32;
    let reactor = call.host.reactor().clone();
    call.host.spawn(async move {
        let cancel = channels.enter(channel);
        let answered = unless_cancelled(&cancel, ask_all(&reactor, &plan, &question)).await;
        channels.leave(channel, &cancel);
        // A deferred that is settled twice cannot be; there is nothing to fail here.
        let _ = answer(deferred, answered);
    });
    Ok(())
}

fn answer(deferred: Deferred, answered: Answered) -> Result<(), Exception> {
    deferred.settle(Ok(match answered {
        Ok(records) => Value::Array(records.into_iter().map(describe).collect()),
        Err(code) => Value::from(code),
    }));
    Ok(())
}

type Answered = Result<Vec<Record>, &'static str>;

async fn unless_cancelled(cancel: &Cancel, asking: impl Future<Output = Answered>) -> Answered {
    let mut asking = pin!(asking);
    poll_fn(|context| {
        if cancel.is_cancelled.get() {
            return Poll::Ready(Err("ECANCELLED"));
        }
        cancel.waker.set(Some(context.waker().clone()));
        asking.as_mut().poll(context)
    })
    .await
}

/// Asks the servers in turn, and all of them again with twice the patience.
async fn ask_all(reactor: &Reactor, plan: &Plan, question: &[u8]) -> Answered {
    let mut failure = "ECONNREFUSED";
    for attempt in 0..plan.tries {
        let patience = plan.timeout.saturating_mul(1 << attempt.min(16));
        for server in &plan.servers {
            let same_family = |local: &&SocketAddr| local.is_ipv4() == server.is_ipv4();
            let local = plan.local.iter().find(same_family).copied();
            match ask(reactor, *server, local, question, patience).await {
                Ok(response) => match outcome(response) {
                    Err(code @ ("ESERVFAIL" | "ENOTIMP" | "EREFUSED")) => failure = code,
                    settled => return settled,
                },
                Err(Unanswered::Malformed) => return Err("EBADRESP"),
                Err(Unanswered::TimedOut) => failure = "ETIMEOUT",
                Err(Unanswered::Unreachable) => failure = "ECONNREFUSED",
            }
        }
    }
    Err(failure)
}

fn outcome(response: Response) -> Answered {
    match response.code {
        ResponseCode::NoError if response.answers.is_empty() => Err("ENODATA"),
        ResponseCode::NoError => Ok(response.answers),
        ResponseCode::FormatError => Err("EFORMERR"),
        ResponseCode::ServerFailure => Err("ESERVFAIL"),
        ResponseCode::NameError => Err("ENOTFOUND"),
        ResponseCode::NotImplemented => Err("ENOTIMP"),
        ResponseCode::Refused => Err("EREFUSED"),
        ResponseCode::Other(_) => Err("EBADRESP"),
    }
}

fn text(bytes: Vec<u8>) -> Value {
    String::from_utf8(bytes).map_or_else(|error| Value::Latin1(error.into_bytes()), Value::String)
}

/// Kind, seconds, and what the record says, in the order of its fields.
fn describe(record: Record) -> Value {
    let word = |number: u16| Value::from(u32::from(number));
    let byte = |number: u8| Value::from(u32::from(number));
    let (kind, fields) = match record.data {
        Data::A(address) => (Kind::A, vec![address.to_string().into()]),
        Data::Aaaa(address) => (Kind::Aaaa, vec![address.to_string().into()]),
        Data::Ns(name) => (Kind::Ns, vec![name.into()]),
        Data::Cname(name) => (Kind::Cname, vec![name.into()]),
        Data::Ptr(name) => (Kind::Ptr, vec![name.into()]),
        Data::Mx { priority, exchange } => (Kind::Mx, vec![word(priority), exchange.into()]),
        Data::Txt(texts) => (Kind::Txt, texts.into_iter().map(text).collect()),
        Data::Srv { priority, weight, port, name } => {
            (Kind::Srv, vec![word(priority), word(weight), word(port), name.into()])
        }
        Data::Soa { name, host, numbers } => {
            let names = [name.into(), host.into()];
            (Kind::Soa, names.into_iter().chain(numbers.map(Value::from)).collect())
        }
        Data::Naptr { order, preference, texts, replacement } => {
            let mut fields = vec![word(order), word(preference)];
            fields.extend(texts.map(text));
            fields.push(replacement.into());
            (Kind::Naptr, fields)
        }
        Data::Tlsa { usage, selector, matching, data } => {
            (Kind::Tlsa, vec![byte(usage), byte(selector), byte(matching), Value::Bytes(data)])
        }
        Data::Caa { critical, tag, value } => {
            (Kind::Caa, vec![byte(critical), text(tag), text(value)])
        }
    };
    let head = [Value::from(kind.name()), Value::from(record.ttl_seconds)];
    Value::Array(head.into_iter().chain(fields).collect())
}
