//! Your own HTTP client: only `openpayments-api` and `openpayments-model`, over hyper with nothing on top. The calls are
//! values that become requests and read answers; tokens, ids, hosts and time are yours.
use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use openpayments::api::directory::ListAspsps;
use openpayments::api::token::{ClientCredentialsGrant, Credentials};
use openpayments::api::{CallContext, Operation};
use openpayments::model::aspsp::AspspSummary;
use openpayments::model::identifier::RequestId;
use openpayments::model::{Context, Product, ScopeSet};
use openpayments_sandbox::Sandbox;
use secrecy::ExposeSecret as _;
use tokio::net::TcpStream;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let sandbox = Sandbox::start().await?;
    let credentials = Credentials::new(sandbox.client_id(), sandbox.client_secret().expose());
    let host = sandbox.api_url().authority();
    for bank in banks(host, &credentials).await? {
        println!("{} {}", bank.bic_fi, bank.name.trim());
    }
    Ok(())
}

// ANCHOR: own
/// The Swedish banks.
pub(crate) async fn banks(host: &str, credentials: &Credentials) -> anyhow::Result<Vec<AspspSummary>> {
    let context = CallContext::directory(Context::Private);
    let scopes = ScopeSet::new(Product::AspspInformation, Context::Private);
    let token = call(host, &ClientCredentialsGrant::new(credentials, &scopes), &context, None).await?;

    let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.secret.expose_secret()))?;
    // So that nothing that prints requests prints it.
    bearer.set_sensitive(true);
    let filter = openpayments::api::directory::Filter::default().country("SE");
    call(host, &ListAspsps::matching(filter), &context, Some(bearer)).await
}

/// One call: a request from the operation, two headers of ours, the bytes there and back, and the answer read.
async fn call<O: Operation>(
    host: &str,
    operation: &O,
    context: &CallContext,
    bearer: Option<HeaderValue>,
) -> anyhow::Result<O::Output> {
    let id = RequestId::new(uuid::Uuid::new_v4());
    let mut request = operation.request(&context.clone().request_id(id))?;
    if let Some(bearer) = bearer {
        request.headers_mut().insert(AUTHORIZATION, bearer);
    }
    let answer = send(host, request).await?;
    println!("{} {} {} {id}", O::METHOD, O::PATH, answer.status());
    // `O::RESEND` says whether it may be sent again when no answer comes. Never guess that from the verb.
    Ok(O::response(&answer)?)
}
// ANCHOR_END: own

/// HTTP/1.1 over a connection of its own. In earnest: TLS, a deadline, and a bound on the answer (`O::LARGEST_ANSWER`).
async fn send(host: &str, mut request: Request<Bytes>) -> anyhow::Result<Response<Bytes>> {
    request.headers_mut().insert(HOST, HeaderValue::from_str(host)?);
    let stream = TcpStream::connect(host).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (head, body) = sender.send_request(request.map(Full::new)).await?.into_parts();
    Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
}
