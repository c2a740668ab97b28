use std::net::IpAddr;

use axum::response::Response;

use super::*;
use crate::server::Peer;

const ACCESS: &str = "made-up-access-token";

fn bench() -> Bench {
    Bench::with(Sandbox::builder().beyond_loopback("sandbox.test", ACCESS))
}

/// What somebody at this address is answered.
async fn ask(bench: &Bench, from: &str, host: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = axum::http::Request::builder().uri(path).header("host", host);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    let address: IpAddr = from.parse().unwrap();
    request.extensions_mut().insert(Peer { address, certificate: None });
    bench.front.answer(request).await
}

fn told<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

#[tokio::test]
async fn b1_from_beyond_this_machine_every_page_and_call_wants_the_access_token() {
    let bench = bench();
    let document = ask(&bench, "127.0.0.1", "localhost", "/openapi.json", &[]).await;
    assert_eq!(document.status(), 200);
    let pages = ["/", "/live.js", "/bankid", "/connect/authorize", "/connect/token", "/openapi.json"];
    let calls = ["/psd2/consent/v1/consents", "/psd2/aspspinformation/v1/countries", "/nowhere"];
    for path in pages.iter().chain(&calls) {
        for headers in [
            &[][..],
            &[("x-sandbox-access", "another-access-token")],
            &[("cookie", "sandbox_access=another-access-token")],
            &[("authorization", "Bearer made-up-access-token")],
        ] {
            let answer = ask(&bench, "192.0.2.7", "sandbox.test", path, headers).await;
            assert_eq!(answer.status(), 403, "{path} {headers:?}");
        }
        let api = [("x-sandbox-access", ACCESS)];
        assert_ne!(ask(&bench, "192.0.2.7", "sandbox.test", path, &api).await.status(), 403, "{path}");
    }
}

#[tokio::test]
async fn b1_this_machine_needs_no_token_and_what_a_tunnel_hands_on_does() {
    let bench = bench();
    for (from, host, status) in [
        ("127.0.0.1", "localhost", 200),
        ("::1", "[::1]:8780", 200),
        ("::ffff:127.0.0.1", "127.0.0.1", 200),
        ("127.0.0.1", "sandbox.test", 403),
        ("192.0.2.7", "localhost", 403),
    ] {
        assert_eq!(ask(&bench, from, host, "/", &[]).await.status(), status, "{from} {host}");
    }
}

#[tokio::test]
async fn b1_a_browser_brings_the_token_once_and_keeps_it_where_no_script_reads_it() {
    let bench = bench();
    let first = format!("/bankid?autostarttoken=x&access={ACCESS}&redirect=null");
    let entered = ask(&bench, "192.0.2.7", "sandbox.test:8780", &first, &[]).await;
    assert_eq!(entered.status(), 303);
    assert_eq!(told(&entered, "location"), "/bankid?autostarttoken=x&redirect=null");
    assert_eq!(told(&entered, "cache-control"), "no-store");
    let kept = told(&entered, "set-cookie");
    assert_eq!(kept, "sandbox_access=made-up-access-token; HttpOnly; SameSite=Lax; Path=/");
    let cookie = format!("theme=dark; {}", kept.split(';').next().unwrap());
    let next = ask(&bench, "192.0.2.7", "sandbox.test", "/", &[("cookie", &cookie)]).await;
    assert_eq!(next.status(), 200);
    let wrong = ask(&bench, "192.0.2.7", "sandbox.test", "/?access=another-access-token", &[]).await;
    assert_eq!((wrong.status().as_u16(), told(&wrong, "set-cookie")), (403, ""));
}

#[tokio::test]
async fn b9_entering_never_leads_to_another_host() {
    let path = format!("http://sandbox.test//evil.example/?access={ACCESS}");
    let entered = ask(&bench(), "192.0.2.7", "sandbox.test", &path, &[]).await;
    assert_eq!(told(&entered, "location"), "/evil.example/");
}

#[tokio::test]
async fn b1_the_control_api_stays_on_loopback_whatever_is_brought() {
    let bench = bench();
    let bearer = format!("Bearer {}", bench.platform.control_token.expose());
    let headers = [("x-sandbox-access", ACCESS), ("authorization", &bearer)];
    let path = format!("/{}state", crate::http::CONTROL);
    assert_eq!(ask(&bench, "192.0.2.7", "sandbox.test", &path, &headers).await.status(), 403);
    let near = ask(&bench, "127.0.0.1", "localhost", &path, &headers).await;
    assert_eq!(near.status(), 200, "{path}");
}
