//! One request and its response, on a connection or two.

use std::{
    future::{Future, poll_fn},
    path::PathBuf,
    pin::{Pin, pin},
    rc::Rc,
    task::Poll,
};

use bytes::Bytes;
use dx_coding::Coding;
use dx_http::{
    BodyLength, HeadScratch, LAST_CHUNK, Limits, MAX_HEADERS, Method, ParsedResponse, ResponseHead,
    parse_response, write_chunk,
};
use dx_tls::ClientSettings as TlsSettings;

use crate::{
    HEAD_BYTES_MAX,
    client::Client,
    connection::{Chunk, Connection},
    content::{Receiving, Step},
    error::{ClientError, Malformed},
    flow::Flow,
    http2,
    route::Route,
};

/// Interim responses before a final one at most.
pub(crate) const INTERIM_MAX: u32 = 32;

/// Content up to this size goes out in one send with the head.
const JOINED_BYTES_MAX: usize = 64 * 1024;

/// Times a request is sent again where a server has not looked at it, as Bun.
const REPEATS_MAX: u32 = 5;

/// Which versions of HTTP are offered to a server by ALPN.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Versions {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2, else HTTP/1.1.
    Either,
    /// HTTP/2 or nothing.
    Http2,
}

/// Where a request goes.
#[derive(Clone, Debug)]
pub struct Target {
    /// A name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// TLS, where it is spoken.
    pub tls: Option<Rc<TlsSettings>>,
    /// A socket of the file system in place of host and port.
    pub path: Option<PathBuf>,
    /// Whom to ask in its place.
    pub proxy: Option<Proxy>,
    /// What is offered where TLS is spoken; without it, HTTP/1.1 alone.
    pub versions: Versions,
}

/// A proxy. What is sent to it in the clear names its target in full, unless it is to be tunnelled;
/// what goes through TLS always is.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// A name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// TLS to the proxy itself.
    pub tls: Option<Rc<TlsSettings>>,
    /// Header lines of the CONNECT request, each with its line end.
    pub fields: Vec<u8>,
    /// Whether it is asked to connect to the target also where that speaks no TLS.
    pub tunnels: bool,
}

/// The content of a request.
#[derive(Clone, Debug)]
pub enum Content {
    /// None, or all of it. Shared, so that it can be sent again.
    Whole(Bytes),
    /// Pieces given to the flow; whether they are sent as chunks, else as they are.
    Pieces {
        /// The head announces chunks.
        chunked: bool,
    },
}

/// A request, its head as it is sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where it goes.
    pub target: Target,
    /// Decides whether the response has content.
    pub method: Method,
    /// Request line and header lines with the empty one.
    pub head: Vec<u8>,
    /// The content.
    pub content: Content,
    /// Whether the connection may be used again.
    pub keep_alive: bool,
    /// Whether codings of the response's content are undone.
    pub decode: bool,
    /// The owner wants to see the server's certificates first ([`Flow::inspect`]); such an
    /// exchange has a connection of its own.
    pub inspects: bool,
    /// Whether the request asks for an upgrade, so that 101 is an answer.
    pub upgrade: bool,
    /// Whether what follows a 101 is content of the response and of the request, up to the end of
    /// the connection; else the connection waits in the flow for its owner.
    pub raw: bool,
    /// Nanoseconds of silence allowed; 0: any.
    pub silence_ns: u64,
}

/// The head of a response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// 200 to 999, or 101.
    pub status: u16,
    /// Status line without its version, then `name:value` lines, each ended by a line feed, and
    /// an empty one.
    pub text: Vec<u8>,
    /// The whole content, where it has come with the head.
    pub whole: Option<Vec<u8>>,
    /// How long the content will be, where that is known and nothing is decoded.
    pub length: Option<u64>,
}

/// A parsed head, and what came behind it.
struct Received {
    head: ResponseHead,
    text: Vec<u8>,
    coding: Option<Coding>,
    chunk: Chunk,
}

/// Runs one exchange to its end. `on_head` is called once, unless the answer is an error.
pub(crate) async fn run<F: FnOnce(Head)>(
    client: &Client,
    request: &Request,
    flow: &Flow,
    on_head: F,
) -> Result<(), ClientError> {
    let mut on_head = Some(on_head);
    let mut repeats = 0;
    loop {
        let route = if request.inspects {
            let connection = client.connect(&request.target).await?;
            flow.show(connection.certificates()).await?;
            client.private_route(connection, &request.target)?
        } else {
            client.route(&request.target).await?
        };
        flow.active_ns.set(client.reactor().now_ns());
        let connection = match route {
            Route::Http1(connection) => connection,
            Route::Http2(session) => {
                match http2::attempt(request, flow, &session, &mut on_head).await {
                    Err(Failure::BeforeResponse(_))
                        if repeats < REPEATS_MAX && is_repeatable(request) =>
                    {
                        repeats += 1;
                        continue;
                    }
                    Err(Failure::BeforeResponse(error) | Failure::Final(error)) => {
                        return Err(error);
                    }
                    Ok(()) => return Ok(()),
                }
            }
        };
        let reused = connection.uses.get() > 0;
        if request.keep_alive {
            connection.keep_alive();
        }
        match attempt(request, flow, &connection, &mut on_head).await {
            // The server closed a pooled connection while the request was on its way.
            Err(Failure::BeforeResponse(_)) if reused && is_repeatable(request) => {}
            Err(Failure::BeforeResponse(error) | Failure::Final(error)) => return Err(error),
            Ok(Outcome::Over { reusable }) => {
                if reusable && !request.inspects {
                    client.give_back(&request.target, connection);
                }
                return Ok(());
            }
            Ok(Outcome::Upgraded(head, rest)) => {
                flow.keep_upgraded((connection, rest));
                if let Some(on_head) = on_head.take() {
                    on_head(head);
                }
                return Ok(());
            }
        }
    }
}

/// How an attempt ended.
enum Outcome {
    /// The response is complete; whether the connection can be used again.
    Over { reusable: bool },
    /// The connection speaks another protocol from now on; what has come in it.
    Upgraded(Head, Vec<u8>),
}

pub(crate) enum Failure {
    /// Not a byte of a response has come, or the server says it has not looked at the request.
    BeforeResponse(ClientError),
    Final(ClientError),
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Final(error)
    }
}

fn is_repeatable(request: &Request) -> bool {
    matches!(request.content, Content::Whole(_))
}

/// Sends the request and receives the response.
async fn attempt<F: FnOnce(Head)>(
    request: &Request,
    flow: &Flow,
    connection: &Connection,
    on_head: &mut Option<F>,
) -> Result<Outcome, Failure> {
    let mut sending = begin(request, flow, connection);
    let mut received = {
        let reading = pin!(read_head(request, connection));
        beside(&mut sending, reading).await?
    };
    let chunk = std::mem::replace(&mut received.chunk, Chunk::END);
    let length = received.head.body;
    let mut content = Receiving::new(length, received.coding, chunk);
    if received.head.status == 101 && !request.raw {
        let head = Head { status: 101, text: received.text, whole: None, length: None };
        return Ok(Outcome::Upgraded(head, content.rest()));
    }
    let ended = tell_head(&received, &mut content, flow, on_head)?;
    let exactly = match ended {
        Some(exactly) => exactly,
        None => {
            let receiving =
                pin!(async { content.run(connection, flow).await.map_err(Failure::Final) });
            beside(&mut sending, receiving).await?
        }
    };
    let sent = match sending {
        None => connection.sent().await.is_ok(),
        // A server that answers before it has read everything wants no more of it.
        Some(upload) => upload.sent == Some(true),
    };
    let goes_on = received.head.keep_alive && request.keep_alive;
    let reusable = exactly && sent && goes_on && length != BodyLength::UntilClose;
    Ok(Outcome::Over { reusable })
}

/// Hands the head over, with the content where all of it has come; then says how it ended.
fn tell_head<F: FnOnce(Head)>(
    received: &Received,
    content: &mut Receiving,
    flow: &Flow,
    on_head: &mut Option<F>,
) -> Result<Option<bool>, ClientError> {
    let mut first = Vec::new();
    let step = content.step(&mut first);
    let text = received.text.clone();
    let status = received.head.status;
    let Some(on_head) = on_head.take() else { return Ok(None) };
    if let Ok(Step::Ended(exactly)) = step {
        on_head(Head { status, text, whole: Some(first), length: None });
        return Ok(Some(exactly));
    }
    let length = match received.head.body {
        BodyLength::Length(length) if received.coding.is_none() => Some(length),
        _ => None,
    };
    flow.expect(length);
    on_head(Head { status, text, whole: None, length });
    flow.receive(|out| *out = first);
    step.map(|_| None)
}

pub(crate) type Sending<'flow> = Pin<Box<dyn Future<Output = Result<(), ClientError>> + 'flow>>;

/// A request on its way out, beside the response on its way in.
pub(crate) struct Upload<'flow> {
    pub(crate) future: Sending<'flow>,
    /// Whether all of it was sent, once that is known.
    pub(crate) sent: Option<bool>,
}

/// Starts to send the request; `None` where one send does it and nobody has to wait.
fn begin<'flow>(
    request: &'flow Request,
    flow: &'flow Flow,
    connection: &'flow Connection,
) -> Option<Upload<'flow>> {
    if let Content::Whole(content) = &request.content
        && connection.is_plain()
        && content.len() <= JOINED_BYTES_MAX
    {
        let mut bytes = Vec::with_capacity(request.head.len() + content.len());
        bytes.extend_from_slice(&request.head);
        bytes.extend_from_slice(content);
        connection.start_send(bytes);
        return None;
    }
    connection.uses.set(connection.uses.get() + 1);
    Some(Upload { future: Box::pin(send(request, flow, connection)), sent: None })
}

async fn send(request: &Request, flow: &Flow, connection: &Connection) -> Result<(), ClientError> {
    let closed = |error: std::io::Error| ClientError::of_connection(&error);
    match &request.content {
        Content::Whole(content) if content.len() <= JOINED_BYTES_MAX => {
            let mut bytes = request.head.clone();
            bytes.extend_from_slice(content);
            connection.write(bytes).await.map_err(closed)
        }
        Content::Whole(content) => {
            connection.write(request.head.clone()).await.map_err(closed)?;
            connection.write_shared(content).await.map_err(closed)
        }
        Content::Pieces { chunked } => {
            connection.write(request.head.clone()).await.map_err(closed)?;
            while let Some(piece) = poll_fn(|context| flow.poll_piece(context)).await? {
                let bytes = if *chunked { in_chunk(&piece) } else { piece };
                connection.write(bytes).await.map_err(closed)?;
                flow.active_ns.set(connection.active_ns.get());
            }
            if *chunked {
                connection.write(LAST_CHUNK.to_vec()).await.map_err(closed)?;
            }
            Ok(())
        }
    }
}

fn in_chunk(piece: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(piece.len() + 32);
    write_chunk(&mut bytes, piece);
    bytes
}

/// Runs `reading` to its end while the request goes out beside it. A request that cannot be sent
/// is not yet a failure: the server may have answered and closed.
pub(crate) async fn beside<R>(
    sending: &mut Option<Upload<'_>>,
    mut reading: Pin<&mut impl Future<Output = Result<R, Failure>>>,
) -> Result<R, Failure> {
    poll_fn(|context| {
        if let Some(upload) = sending.as_mut().filter(|upload| upload.sent.is_none())
            && let Poll::Ready(result) = upload.future.as_mut().poll(context)
        {
            upload.sent = Some(result.is_ok());
            if result == Err(ClientError::Upload) {
                return Poll::Ready(Err(Failure::Final(ClientError::Upload)));
            }
        }
        reading.as_mut().poll(context)
    })
    .await
}

/// Reads up to the end of the final head.
async fn read_head(request: &Request, connection: &Connection) -> Result<Received, Failure> {
    let limits = Limits { head_bytes: HEAD_BYTES_MAX, headers: MAX_HEADERS };
    let mut scratch = HeadScratch::new();
    let mut before: Vec<u8> = Vec::new();
    let mut anything = false;
    let mut interim = 0;
    loop {
        let read = connection.read().await;
        let early = |error| match anything {
            true => Failure::Final(error),
            false => Failure::BeforeResponse(error),
        };
        let chunk = read.map_err(|error| early(ClientError::of_connection(&error)))?;
        if chunk.is_empty() {
            return Err(early(ClientError::Closed));
        }
        anything = true;
        let mut input = match before.is_empty() {
            true => chunk,
            false => {
                before.extend_from_slice(&chunk);
                Chunk::Owned(std::mem::take(&mut before), 0)
            }
        };
        loop {
            match parse_response(&input, request.method, &limits, &mut scratch) {
                ParsedResponse::Partial => {
                    before = input.to_vec();
                    break;
                }
                ParsedResponse::Reject(rejection) => {
                    return Err(ClientError::Malformed(Malformed::of_head(rejection)).into());
                }
                ParsedResponse::Complete(head) if is_interim(&head) => {
                    interim += 1;
                    if interim > INTERIM_MAX {
                        return Err(ClientError::Malformed(Malformed::Head).into());
                    }
                    input.advance(head.head_len as usize);
                }
                ParsedResponse::Complete(head) => {
                    return finish_head(request, head, &scratch, input);
                }
            }
        }
    }
}

fn is_interim(head: &ResponseHead) -> bool {
    head.status < 200 && head.status != 101
}

fn finish_head(
    request: &Request,
    mut head: ResponseHead,
    scratch: &HeadScratch,
    mut chunk: Chunk,
) -> Result<Received, Failure> {
    if head.status == 101 && !request.upgrade {
        return Err(ClientError::Malformed(Malformed::Upgrade).into());
    }
    let mut text = Vec::with_capacity(head.head_len as usize);
    text.extend_from_slice(&head.status.to_string().into_bytes());
    text.push(b' ');
    text.extend_from_slice(head.reason.of(&chunk));
    text.push(b'\n');
    for (name, value) in scratch.iter(&chunk) {
        text.extend_from_slice(name);
        text.push(b':');
        text.extend_from_slice(value);
        text.push(b'\n');
    }
    text.push(b'\n');
    if head.status == 101 && request.raw {
        head.body = BodyLength::UntilClose;
    }
    let coding = match request.decode && head.body != BodyLength::None {
        true => scratch.find(&chunk, "content-encoding").and_then(Coding::from_field),
        false => None,
    };
    chunk.advance(head.head_len as usize);
    Ok(Received { head, text, coding, chunk })
}
