//! What all pages share, which path leads to which page, and the headers that every answer has.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use openpayments::prelude::*;
use openpayments::sca::{SealKey, SessionStore};
use openpayments::store::{Payments, SealedStore, Sessions, SqliteStore, Store};
use url::Url;

use crate::errand::{Customer, Errands};
use crate::failure::Failure;
use crate::signing::Signings;
use crate::{accounts, shop, signing};

/// The running shop. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub client: Client,
    /// What the shop's customers have begun.
    pub errands: Arc<Errands>,
    /// Where their signatures are kept between two requests.
    pub sessions: Arc<dyn SessionStore>,
    /// What was sent to be paid, each once.
    pub payments: Payments,
    /// What they are sealed with there, since they name people.
    pub key: SealKey,
    /// The signatures that this process follows now.
    pub signings: Arc<Signings>,
    /// The shop's own address.
    pub home: Url,
    /// The local platform's address, for a hint on every page.
    pub sandbox: Option<Url>,
}

impl App {
    /// A shop that keeps what was begun in this folder.
    pub async fn open(
        client: Client,
        home: Url,
        sandbox: Option<Url>,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        let key = crate::key::of(folder)?;
        let file = Arc::new(SqliteStore::open(folder.join("shop.sqlite"))?);
        let store: Arc<dyn Store> = Arc::new(SealedStore::new(file, key.clone()));
        Ok(Self {
            client,
            errands: Arc::new(Errands::open(Arc::clone(&store)).await?),
            sessions: Arc::new(Sessions::in_store(Arc::clone(&store))),
            payments: Payments::in_store(store),
            key,
            signings: Arc::default(),
            home,
            sandbox,
        })
    }

    /// A handle for the customer's bank. The address says that the customer sits in front of the page right now.
    pub fn bank(&self, customer: &Customer, visitor: &Visitor) -> Result<Bank, Failure> {
        let mut psu = Psu::new().id(PsuId::parse(&customer.psu)?).ip_address(visitor.address.ip());
        let agent = visitor.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        if let Some(agent) = agent {
            psu = psu.user_agent(agent)?;
        }
        let bank = self.client.bank(customer.bic.clone(), Context::Private).psu(psu);
        Ok(bank.redirect_preferred(customer.by_redirect))
    }
}

/// The customer's browser: where it is, and what it said.
pub struct Visitor {
    pub address: SocketAddr,
    pub headers: HeaderMap,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let ConnectInfo(address) =
            parts.extensions.get().copied().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
        Ok(Self { address, headers: parts.headers.clone() })
    }
}

pub fn routes(app: App) -> Router {
    Router::new()
        .route("/", get(shop::goods))
        .route("/pay/{item}", get(shop::banks))
        .route("/pay/{item}/{bic}", get(shop::form).post(shop::pay))
        .route("/connect", get(accounts::banks))
        .route("/connect/{bic}", get(accounts::form).post(accounts::connect))
        .route("/accounts", get(accounts::overview))
        .route("/accounts/{number}", get(accounts::transactions))
        .route("/disconnect", post(accounts::disconnect))
        .route("/sign/{purpose}", get(signing::page))
        .route("/sign/{purpose}/events", get(signing::events))
        .route("/sign/{purpose}/choose", post(signing::choose))
        .route("/sign/{purpose}/again", post(signing::again))
        .route("/sign/{purpose}/cancel", post(signing::cancel))
        .route("/callback", get(signing::callback))
        .route("/style.css", get(async || asset("text/css", include_str!("assets/style.css"))))
        .route("/sign.js", get(async || asset("text/javascript", include_str!("assets/sign.js"))))
        .fallback(|State(app): State<App>| async move { Failure::NotFound.page(&app) })
        .layer(middleware::from_fn(same_site))
        .layer(middleware::from_fn(guarded))
        .with_state(app)
}

fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=300")], text)
}

/// A form counts only when a page of ours sent it. Browsers say so; the cookie's `SameSite` is the second lock.
async fn same_site(request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site").map(|site| site.as_bytes().to_vec());
    let ours = site.is_none_or(|site| site == b"same-origin" || site == b"none");
    if request.method().is_safe() || ours {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

/// Nothing but our own style, our own script and pictures we made ourselves; and nothing for other sites to see.
async fn guarded(request: Request, next: Next) -> Response {
    const HEADERS: [(HeaderName, &str); 4] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    // What shows accounts and payments is kept by nobody.
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
