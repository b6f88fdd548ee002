//! A request and its response as one stream of a session.

use std::{future::poll_fn, pin::pin, rc::Rc};

use dx_coding::Coding;
use dx_http::{BodyLength, Method};
use dx_http2::hpack::Fields;

use super::{session::Session, stream::Stream, translate};
use crate::{
    connection::Chunk,
    content::{Receiving, Source as _, Step},
    error::{ClientError, Http2Fault},
    exchange::{Content, Failure, Head, Request, Upload, beside},
    flow::Flow,
};

/// Sends the request and receives the response.
pub(crate) async fn attempt<F: FnOnce(Head)>(
    request: &Request,
    flow: &Flow,
    session: &Rc<Session>,
    on_head: &mut Option<F>,
) -> Result<(), Failure> {
    let translated = translate::request(&request.head, &request.target.host);
    let translated = translated.ok_or(ClientError::Request)?;
    let is_bare = matches!(&request.content, Content::Whole(content) if content.is_empty());
    let stream = Stream::open(session, translated.fields, is_bare)?;
    let is_withheld = translated.is_withheld;
    let mut sending = (!is_bare).then(|| Upload {
        future: Box::pin(send(request, flow, &stream, is_withheld)),
        sent: None,
    });
    let fields = {
        let reading = pin!(async { stream.head().await.map_err(early) });
        beside(&mut sending, reading).await?
    };
    let Some(mut content) = tell_head(request, &fields, &stream, flow, on_head)? else {
        return Ok(());
    };
    let receiving = pin!(async { content.run(&stream, flow).await.map_err(Failure::Final) });
    beside(&mut sending, receiving).await.map(drop)
}

/// A request that was refused has not been looked at. One whose connection ended may have been.
fn early(error: ClientError) -> Failure {
    match error {
        ClientError::Http2(Http2Fault::Refused) => Failure::BeforeResponse(error),
        _ => Failure::Final(error),
    }
}

/// Hands the head over; what is left to be received, unless all of it has come.
fn tell_head<F: FnOnce(Head)>(
    request: &Request,
    fields: &Fields,
    stream: &Stream,
    flow: &Flow,
    on_head: &mut Option<F>,
) -> Result<Option<Receiving>, ClientError> {
    let status = translate::status_of(fields).unwrap_or_default();
    let text = translate::head_text(status, fields);
    let has_content = request.method != Method::Head && !matches!(status, 204 | 304);
    let coding = match request.decode && has_content {
        true => translate::value_of(fields, b"content-encoding").and_then(Coding::from_field),
        false => None,
    };
    let (come, is_all) = stream.come();
    let is_decoded = coding.is_some();
    let chunk = Chunk::Owned(come, 0);
    let mut content = Receiving::new(BodyLength::UntilClose, coding, chunk);
    let mut first = Vec::new();
    let step = content.step(&mut first);
    let on_head = on_head.take();
    if is_all && step == Ok(Step::Hungry) {
        content.finish_coding()?;
        if let Some(on_head) = on_head {
            on_head(Head { status, text, whole: Some(first), length: None });
        }
        return Ok(None);
    }
    let length = translate::value_of(fields, b"content-length")
        .filter(|_| has_content && !is_decoded)
        .and_then(|value| std::str::from_utf8(value).ok()?.parse().ok());
    flow.expect(length);
    if let Some(on_head) = on_head {
        on_head(Head { status, text, whole: None, length });
    }
    flow.receive(|out| *out = first);
    step.map(|_| Some(content))
}

async fn send(
    request: &Request,
    flow: &Flow,
    stream: &Stream,
    is_withheld: bool,
) -> Result<(), ClientError> {
    if is_withheld && !stream.continued().await {
        return stream.send(&[], true).await;
    }
    let Content::Whole(content) = &request.content else {
        while let Some(piece) = poll_fn(|context| flow.poll_piece(context)).await? {
            stream.send(&piece, false).await?;
            flow.active_ns.set(stream.active_ns());
        }
        return stream.send(&[], true).await;
    };
    stream.send(content, true).await
}
