//! Where faults strike a request: between the router and its handler, before it acts and after.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

use super::routes::{self, Route};
use super::{MOST_BODY, header as header_of};
use crate::clock::Clock;
use crate::fault::{CannedAnswer, Effect, End, Met, TOKEN_CALL};
use crate::platform::Platform;
use crate::server::Cut;

/// How a request went, on its way back to the record.
#[derive(Clone, Debug, Default)]
pub(super) struct Passage {
    /// The path with its ids left as names.
    pub(super) template: String,
    /// The faults that struck.
    pub(super) faults: Vec<&'static str>,
    /// The status of the answer that a fault lost before the platform could make one.
    pub(super) unanswered: bool,
    /// What a second delivery was answered, which nobody saw.
    pub(super) second: Option<StatusCode>,
    /// Whether the answer carries a request id that is not its own.
    pub(super) foreign_id: bool,
}

/// The calls that can be struck.
#[derive(Clone, Debug)]
pub(super) struct Targets {
    platform: Arc<Platform>,
    routes: Arc<[Route]>,
}

impl Targets {
    pub(super) fn new(platform: Arc<Platform>) -> Self {
        Self { platform, routes: routes::all().into() }
    }

    fn met(&self, method: &Method, template: &str) -> Option<Met<'_>> {
        if method == Method::POST && template == routes::TOKEN {
            return Some(TOKEN_CALL);
        }
        let route = self.routes.iter().find(|route| route.method == *method && route.path == template)?;
        Some(Met { operation: route.id, method: route.method.as_str(), path: &route.path, bank: None })
    }
}

pub(super) async fn strike(
    State(targets): State<Targets>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let Some(matched) = matched else {
        return next.run(request).await;
    };
    let template = matched.as_str().to_owned();
    let met = targets.met(request.method(), &template);
    let effects = met.map_or_else(Vec::new, |met| {
        let bank = header_of(request.headers(), "x-bicfi");
        targets.platform.faults.strike(&Met { bank, ..met })
    });
    let mut passage = Passage { template, ..Passage::default() };
    passage.faults = effects.iter().map(Effect::name).collect();
    let mut response = through(&targets.platform.clock, &effects, &mut passage, request, next).await;
    response.extensions_mut().insert(passage);
    response
}

async fn through(
    clock: &Clock,
    effects: &[Effect],
    passage: &mut Passage,
    request: Request,
    next: Next,
) -> Response {
    let version = request.version();
    for effect in effects {
        match effect {
            Effect::DelayRequest(by) => clock.pass(*by).await,
            Effect::LoseRequest { end } => {
                passage.unanswered = true;
                return cut(Response::default(), Cut::After { bytes: 0, end: *end });
            }
            Effect::GoAway => {
                passage.unanswered = true;
                return cut(Response::default(), go_away(version, Cut::BEFORE_ALL));
            }
            Effect::AnswerInstead(answer) => return canned(Response::default(), answer),
            _ => {}
        }
    }
    let mut response = deliver(effects.contains(&Effect::DeliverTwice), passage, request, next).await;
    for effect in effects {
        response = match effect {
            Effect::DelayAnswer(by) => {
                clock.pass(*by).await;
                response
            }
            Effect::LoseAnswer { end } => cut(response, Cut::After { bytes: 0, end: *end }),
            Effect::GoAwayAfterwards => cut(response, go_away(version, Cut::AFTER_ALL)),
            Effect::CutHead { bytes, end } => cut(response, Cut::After { bytes: *bytes, end: *end }),
            Effect::CutBody { bytes, end } => cut_body(response, *bytes, *end, version),
            Effect::Drip { bytes, every } => drip(response, *bytes, *every, clock.clone()).await,
            Effect::AnswerAfterwards(answer) => canned(response, answer),
            Effect::WrongRequestId => {
                passage.foreign_id = true;
                response
            }
            _ => response,
        };
    }
    response
}

/// Hands the request to its handler, once or twice; the answer is the first one.
async fn deliver(twice: bool, passage: &mut Passage, request: Request, next: Next) -> Response {
    if !twice {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    // It has been read before, so that reading it again cannot fail.
    let body = axum::body::to_bytes(body, MOST_BODY).await.unwrap_or_default();
    let copy = Request::from_parts(parts.clone(), Body::from(body.clone()));
    let response = next.clone().run(copy).await;
    let again = next.run(Request::from_parts(parts, Body::from(body))).await;
    passage.second = Some(again.status());
    response
}

fn cut(mut response: Response, cut: Cut) -> Response {
    response.extensions_mut().insert(cut);
    response
}

/// HTTP/1.1 knows no such frame; its connections end without a word.
fn go_away(version: Version, last_stream: u32) -> Cut {
    if version == Version::HTTP_2 {
        Cut::GoAway { last_stream }
    } else {
        Cut::After { bytes: 0, end: End::Close }
    }
}

fn cut_body(response: Response, bytes: usize, end: End, version: Version) -> Response {
    let length = response.body().size_hint().exact().unwrap_or_default();
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let bytes = bytes.min(length.saturating_sub(1));
    if version != Version::HTTP_2 {
        return cut(response, Cut::InBody { bytes, end });
    }
    // There is no empty line in HTTP/2: the stream of this answer alone is reset, and others on the connection go on.
    let (parts, body) = response.into_parts();
    let pieces = stream::unfold(Some(body), move |body| async move {
        let whole = axum::body::to_bytes(body?, usize::MAX).await.unwrap_or_default();
        Some((Ok::<_, std::io::Error>(whole.slice(..bytes.min(whole.len()))), None))
    });
    let broken = stream::iter([Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))]);
    let body = Body::from_stream(futures_util::StreamExt::chain(pieces, broken));
    Response::from_parts(parts, body)
}

/// The same answer, its body a little at a time.
async fn drip(response: Response, bytes: usize, every: Duration, clock: Clock) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let pieces = stream::unfold((whole, clock), move |(mut rest, clock): (Bytes, Clock)| async move {
        if rest.is_empty() {
            return None;
        }
        clock.pass(every).await;
        let piece = rest.split_to(bytes.min(rest.len()));
        Some((Ok::<_, std::convert::Infallible>(piece), (rest, clock)))
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}

/// The canned answer over the platform's own, whose other headers stay.
fn canned(response: Response, answer: &CannedAnswer) -> Response {
    let (mut parts, _) = response.into_parts();
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        parts.headers.remove(name);
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut told = (status, Body::from(answer.body.clone())).into_response();
    // Without a header of its own a canned body has no type at all.
    told.headers_mut().clear();
    *told.extensions_mut() = parts.extensions;
    told.headers_mut().extend(parts.headers);
    for (name, value) in &answer.headers {
        // Both were found fit to be sent when the fault was scripted.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value)) {
            told.headers_mut().insert(name, value);
        }
    }
    told
}
