//! The platform as a client meets it, without sockets: requests in, answers out, a clock that stands.

mod access;
mod accounts;
mod baskets;
mod cancellations;
mod consents;
mod control;
mod deltas;
mod directory;
mod faults;
mod guards;
mod kyc;
mod live;
mod pages;
mod payments;
mod pictures;
mod quirks;
mod random;
mod redirect;
mod reset;
mod services;
mod tokens;
mod transcript;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use serde_json::{Value, json};
use url::Url;

use super::Front;
use crate::platform::Platform;
use crate::sandbox::{Builder, Sandbox};
use crate::secret::ClientCredentials;
use crate::settings::Approve;

pub(super) const CALLBACK: &str = "http://127.0.0.1:9/callback";
pub(super) const PSU: &str = "99990101000";
pub(super) const REQUEST_ID: &str = "7f3f1f0e-58a6-4d3e-8f39-1f3a3d9f0c11";

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text))
    }

    /// A string member of the body.
    pub(super) fn get(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no {name}: {}", self.text)).to_owned()
    }

    /// The first message's code.
    pub(super) fn code(&self) -> String {
        self.json()["tppMessages"][0]["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Status and code, as refusals are told.
    pub(super) fn refusal(&self) -> (u16, String) {
        (self.status, self.code())
    }
}

/// A platform and its client.
pub(super) struct Bench {
    pub(super) platform: Arc<Platform>,
    pub(super) front: Front,
    pub(super) client: ClientCredentials,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::with(Sandbox::builder())
    }

    pub(super) fn manual() -> Self {
        Self::with(Sandbox::builder().approve(Approve::Manual))
    }

    pub(super) fn with(builder: Builder) -> Self {
        let moment = "2026-03-02T10:00:00Z".parse().unwrap();
        let builder = builder.frozen_at(moment).redirect_uri(&Url::parse(CALLBACK).unwrap());
        let (platform, client) = builder.platform(Url::parse("http://localhost/").unwrap()).unwrap();
        let front = Front::new(Arc::clone(&platform));
        Self { platform, front, client }
    }

    pub(super) fn advance(&self, milliseconds: u64) {
        self.platform.clock.advance(Duration::from_millis(milliseconds));
    }

    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = axum::http::Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request = request.header("host", "localhost");
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.front.answer(request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        assert!(status < 500, "never a fault of the server: {method} {path} {status}");
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, headers, text: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// The status alone, whatever it is.
    pub(super) async fn unjudged(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = axum::http::Request::builder().method(method).uri(path).header("host", "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.front.answer(request.body(Body::empty()).unwrap()).await.status().as_u16()
    }

    pub(super) async fn form(&self, path: &str, headers: &[(&str, &str)], pairs: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.send("POST", path, &all, &body).await
    }

    /// Logs a person in on the bank's page; the path of the page after it.
    pub(super) async fn log_in(&self, visit: &str, psu: &str) -> String {
        let answer = self.form(visit, &[], &[("psu", psu), ("decision", "login")]).await;
        assert_eq!(answer.status, 302, "{}", answer.text);
        answer.header("location").to_owned()
    }

    pub(super) async fn token_answer(&self, scope: &str) -> Answer {
        let secret = self.client.secret.expose().to_owned();
        let pairs = [
            ("client_id", self.client.id.as_str()),
            ("client_secret", secret.as_str()),
            ("grant_type", "client_credentials"),
            ("scope", scope),
        ];
        self.form("/connect/token", &[], &pairs).await
    }

    /// A caller with a token for `scope` at `bank`.
    pub(super) async fn caller(&self, scope: &str, bank: &str) -> Caller<'_> {
        let token = self.token_answer(scope).await.get("access_token");
        let headers = [
            ("authorization", format!("Bearer {token}")),
            ("x-request-id", REQUEST_ID.to_owned()),
            ("x-bicfi", bank.to_owned()),
            ("psu-id", PSU.to_owned()),
            ("psu-ip-address", "192.0.2.7".to_owned()),
            ("psu-user-agent", "test/1".to_owned()),
            ("content-type", "application/json".to_owned()),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Caller { bench: self, headers }
    }

    pub(super) async fn accounts_caller(&self, bank: &str) -> Caller<'_> {
        self.caller("accountinformation private", bank).await
    }

    pub(super) async fn payments_caller(&self, bank: &str) -> Caller<'_> {
        self.caller("paymentinitiation private", bank).await
    }
}

/// A client with its usual headers.
#[derive(Clone)]
pub(super) struct Caller<'a> {
    pub(super) bench: &'a Bench,
    pub(super) headers: Vec<(String, String)>,
}

impl Caller<'_> {
    /// The same with one header set, or left out when `value` is empty.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.retain(|(known, _)| known != name);
        if !value.is_empty() {
            other.headers.push((name.to_owned(), value.to_owned()));
        }
        other
    }

    pub(super) async fn call(&self, method: &str, path: &str, body: &str) -> Answer {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.bench.send(method, path, &headers, body).await
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, "").await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path, &body.to_string()).await
    }

    /// Creates a consent for everything; its path.
    pub(super) async fn consent(&self) -> String {
        let answer = self.post("/psd2/consent/v1/consents", &consent_body()).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.header("location").to_owned()
    }

    /// Starts an authorisation of the resource and chooses a method; the authorisation's path and the answer.
    pub(super) async fn choose(&self, resource: &str, method: &str) -> (String, Answer) {
        let started = self.call("POST", &format!("{resource}/authorisations"), "").await;
        assert_eq!(started.status, 201, "{}", started.text);
        let path = started.header("location").to_owned();
        let body = json!({ "authenticationMethodId": method });
        let answer = self.call("PUT", &path, &body.to_string()).await;
        (path, answer)
    }

    pub(super) async fn sca_status(&self, authorisation: &str) -> String {
        self.get(authorisation).await.get("scaStatus")
    }

    pub(super) async fn consent_status(&self, consent: &str) -> String {
        self.get(&format!("{consent}/status")).await.get("consentStatus")
    }

    pub(super) async fn payment_status(&self, payment: &str) -> String {
        self.get(&format!("{payment}/status")).await.get("transactionStatus")
    }

    /// A consent at SEB that the simulated PSU has signed; a caller with its `Consent-ID`.
    pub(super) async fn with_valid_consent(&self) -> Self {
        let consent = self.consent().await;
        self.choose(&consent, "mbid").await;
        self.bench.advance(1200);
        assert_eq!(self.consent_status(&consent).await, "valid");
        self.with("consent-id", last(&consent))
    }
}

pub(super) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

pub(super) fn consent_body() -> Value {
    json!({
        "access": {},
        "recurringIndicator": true,
        "validUntil": "2026-05-01",
        "frequencyPerDay": 4,
        "combinedServiceIndicator": false,
    })
}
