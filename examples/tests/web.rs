//! The shop, as a browser meets it: the program runs on its own, and this is the browser.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{Method, StatusCode};
use openpayments::transport::{Effect, Request, Response, Transport};
use openpayments::transport_reqwest::{ReqwestTransport, Trust};
use openpayments_sandbox::{Approve, Sandbox};
use url::Url;

/// The program; it stops when this is dropped.
struct Shop {
    program: Child,
    home: Url,
}

impl Shop {
    fn open(settings: &[(&str, &str)]) -> Self {
        let this = std::env::current_exe().unwrap();
        let profile = this.ancestors().nth(2).unwrap();
        let program = profile.join("examples").join("web").with_extension(std::env::consts::EXE_EXTENSION);
        assert!(program.exists(), "{} is not built: run `cargo build --examples`", program.display());
        let mut program = Command::new(program)
            .envs([("WEB_LISTEN", "127.0.0.1:0"), ("WEB_APPROVE", "auto"), ("RUST_LOG", "off")])
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let home = line.trim().rsplit(' ').next().unwrap().parse().unwrap();
        Self { program, home }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// A browser without a script: it keeps cookies and follows redirects when told to.
struct Browser {
    transport: Arc<dyn Transport>,
    home: Url,
    cookies: Vec<String>,
}

impl Browser {
    fn at(shop: &Shop) -> Self {
        let transport = ReqwestTransport::builder().trust(Trust::Nobody).build().unwrap();
        Self { transport: Arc::new(transport), home: shop.home.clone(), cookies: Vec::new() }
    }

    async fn send(&mut self, method: Method, to: &str, form: &str) -> Response {
        let request = http::Request::builder()
            .method(method)
            .uri(self.home.join(to).unwrap().as_str())
            .header(COOKIE, self.cookies.join("; "))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::copy_from_slice(form.as_bytes()))
            .unwrap();
        let answer = self.transport.send(Request::new(request, Effect::Write)).await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let name = pair.split('=').next().unwrap();
            self.cookies.retain(|old| !old.starts_with(&format!("{name}=")));
            self.cookies.push(pair.to_owned());
        }
        answer
    }

    async fn get(&mut self, to: &str) -> Response {
        self.send(Method::GET, to, "").await
    }

    /// The page's text.
    async fn page(&mut self, to: &str) -> String {
        let answer = self.get(to).await;
        assert_eq!(answer.status(), StatusCode::OK, "{to}");
        String::from_utf8(answer.body().to_vec()).unwrap()
    }

    /// Sends a form and says where it leads.
    async fn post(&mut self, to: &str, form: &str) -> String {
        let form = format!("{form}&order={}", uuid::Uuid::new_v4());
        let answer = self.send(Method::POST, to, &form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", String::from_utf8_lossy(answer.body()));
        leads_to(&answer)
    }
}

fn leads_to(answer: &Response) -> String {
    answer.headers().get(LOCATION).unwrap().to_str().unwrap().to_owned()
}

const BY_CODE: &str = "psu=199002092386&way=other-device";
const AT_BANK: &str = "psu=199002092386&way=bank-page";
const FROM: &str = "&account=SE4550000000058398257466";

/// The address behind the button that leads to the bank.
fn link(page: &str) -> String {
    let start = page.split("id=\"redirect\"").nth(1).unwrap().split("href=\"").nth(1).unwrap();
    start.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&")
}

/// Goes where the bank sends the browser, until it is back at the shop.
async fn through_the_bank(browser: &mut Browser, link: &str) -> String {
    let mut at = Url::parse(link).unwrap();
    while at.path() != "/callback" {
        let request = http::Request::get(at.as_str()).body(Bytes::new()).unwrap();
        let answer = browser.transport.send(Request::new(request, Effect::Read)).await.unwrap();
        at = at.join(&leads_to(&answer)).unwrap();
    }
    at.to_string()
}

#[tokio::test]
async fn a_cup_is_paid_by_scanning_a_code() {
    let shop = Shop::open(&[]);
    let mut browser = Browser::at(&shop);
    assert!(browser.page("/").await.contains("Stoneware cup"));
    assert!(browser.page("/pay/cup").await.contains("/pay/cup/ESSESESS"));
    assert_eq!(browser.post("/pay/cup/ESSESESS", &format!("{BY_CODE}{FROM}")).await, "/sign/pay");
    // The stream ends with the signature.
    let events = browser.page("/sign/pay/events").await;
    assert!(events.contains("event: qr\ndata: {\"image\":\"data:image/svg+xml"), "{events}");
    assert!(events.contains("event: end\ndata: {\"next\":\"proceed\",\"outcome\":\"completed\""), "{events}");
    assert!(browser.page("/sign/pay").await.contains("Thank you"));
}

#[tokio::test]
async fn a_bank_is_connected_on_its_page_and_disconnected_again() {
    let shop = Shop::open(&[]);
    let mut browser = Browser::at(&shop);
    assert_eq!(leads_to(&browser.get("/accounts").await), "/connect");
    let sign = browser.post("/connect/NDEASESS", AT_BANK).await;
    let page = loop {
        let page = browser.page(&sign).await;
        if page.contains("id=\"redirect\" class=\"button\" href") {
            break page;
        }
    };
    let back = through_the_bank(&mut browser, &link(&page)).await;
    assert_eq!(leads_to(&browser.get(&back).await), "/sign/connect");
    // A reload of the callback, as browsers do after a restart, does no harm.
    assert_eq!(leads_to(&browser.get(&back).await), "/sign/connect");
    browser.page("/sign/connect/events").await;
    assert!(browser.page("/accounts").await.contains("0413 5130"), "the account's number");
    assert!(browser.page("/accounts/0").await.contains("SEK"));
    assert_eq!(browser.get("/accounts/9").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(browser.post("/disconnect", "").await, "/connect");
    assert_eq!(leads_to(&browser.get("/accounts").await), "/connect");
}

#[tokio::test]
async fn who_refuses_pays_nothing_and_who_is_late_may_sign_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::open(&settings(&sandbox));
    let mut browser = Browser::at(&shop);
    browser.post("/pay/beans/ESSESESS", &format!("psu=99990101001&way=other-device{FROM}")).await;
    browser.page("/sign/pay/events").await;
    assert!(browser.page("/sign/pay").await.contains("Not signed"));
    browser.post("/pay/beans/ESSESESS", &format!("psu=99990101004&way=other-device{FROM}")).await;
    sandbox.clock().advance(std::time::Duration::from_mins(10));
    browser.page("/sign/pay/events").await;
    assert!(browser.page("/sign/pay").await.contains("Try again"));
    assert_eq!(browser.post("/sign/pay/again", "").await, "/sign/pay");
    assert!(browser.page("/sign/pay").await.contains("Sign at SEB"));
    assert!(sandbox.ledger().bookings().is_empty());
}

#[tokio::test]
async fn o8_another_browser_sees_nothing_and_another_site_sends_nothing() {
    let shop = Shop::open(&[]);
    let mut browser = Browser::at(&shop);
    browser.post("/pay/cup/ESSESESS", &format!("{BY_CODE}{FROM}")).await;
    let mut stranger = Browser::at(&shop);
    assert!(stranger.page("/sign/pay").await.contains("Go back to where you began"));
    assert_eq!(stranger.get("/sign/pay/events").await.status(), StatusCode::NO_CONTENT);
    let forged = http::Request::post(shop.home.join("/sign/pay/cancel").unwrap().as_str())
        .header(COOKIE, browser.cookies.join("; "))
        .header("sec-fetch-site", "cross-site")
        .body(Bytes::new())
        .unwrap();
    let answer = browser.transport.send(Request::new(forged, Effect::Write)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    browser.page("/sign/pay/events").await;
    assert!(browser.page("/sign/pay").await.contains("Thank you"));
}

#[tokio::test]
async fn who_gives_up_can_begin_again_at_once() {
    let sandbox = Sandbox::builder().approve(Approve::Manual).start().await.unwrap();
    let shop = Shop::open(&settings(&sandbox));
    let mut browser = Browser::at(&shop);
    browser.post("/pay/cup/ESSESESS", &format!("{BY_CODE}{FROM}")).await;
    // Back, and pay for something else: the first signature is given up.
    browser.post("/pay/kettle/ESSESESS", &format!("{BY_CODE}{FROM}")).await;
    assert_eq!(browser.post("/sign/pay/cancel", "").await, "/sign/pay");
    browser.page("/sign/pay/events").await;
    assert!(browser.page("/sign/pay").await.contains("Cancelled. Nothing was signed."));
    assert!(sandbox.ledger().bookings().is_empty());
}

/// The customer signs whatever his app shows, until the shop thanks him.
async fn signs_all(sandbox: &Sandbox, browser: &mut Browser) {
    while !browser.page("/sign/pay").await.contains("Thank you") {
        for order in sandbox.orders() {
            let _ = sandbox.approve(&order.id);
        }
    }
}

/// How many payments of the shop's customers will leave their accounts.
fn paid(sandbox: &Sandbox) -> usize {
    sandbox.clock().advance(std::time::Duration::from_hours(72));
    sandbox.ledger().bookings().len()
}

#[tokio::test]
async fn who_begins_anew_and_signs_what_was_first_pays_once() {
    let sandbox = Sandbox::builder().approve(Approve::Manual).start().await.unwrap();
    let shop = Shop::open(&settings(&sandbox));
    let mut browser = Browser::at(&shop);
    let order = format!("&order={}", uuid::Uuid::new_v4());
    let first = format!("{BY_CODE}{FROM}{order}");
    // In another app: a new order of the same person would end the first one by itself.
    let other_person = format!("psu=199001012384&way=other-device{FROM}{order}");
    for form in [&first, &other_person] {
        let answer = browser.send(Method::POST, "/pay/cup/ESSESESS", form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", String::from_utf8_lossy(answer.body()));
    }
    // The same cup once more, from the shop's front: another order, and the one before is given up with it.
    browser.post("/pay/cup/ESSESESS", &format!("{BY_CODE}{FROM}")).await;
    assert!(sandbox.orders().len() > 1, "they may all still be signed in the app");
    signs_all(&sandbox, &mut browser).await;
    for order in sandbox.orders() {
        let _ = sandbox.approve(&order.id);
    }
    assert_eq!(paid(&sandbox), 1);
}

#[tokio::test]
async fn an_order_that_is_paid_is_not_paid_again_by_another_person() {
    let sandbox = Sandbox::builder().approve(Approve::Manual).start().await.unwrap();
    let shop = Shop::open(&settings(&sandbox));
    let mut browser = Browser::at(&shop);
    let order = format!("&order={}", uuid::Uuid::new_v4());
    browser.send(Method::POST, "/pay/cup/ESSESESS", &format!("{BY_CODE}{FROM}{order}")).await;
    signs_all(&sandbox, &mut browser).await;
    let other = format!("psu=199001012384&way=other-device{FROM}{order}");
    let answer = browser.send(Method::POST, "/pay/cup/ESSESESS", &other).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    assert!(String::from_utf8_lossy(answer.body()).contains("You have paid already"));
    assert_eq!(paid(&sandbox), 1);
}

#[tokio::test]
async fn a_shop_that_is_killed_goes_on_where_it_was() {
    let sandbox = Sandbox::builder().approve(Approve::Manual).start().await.unwrap();
    let state = tempfile::tempdir().unwrap();
    let kept = [("WEB_STATE", state.path().to_str().unwrap())];
    let settings = [&settings(&sandbox)[..], &kept[..]].concat();
    let shop = Shop::open(&settings);
    let mut browser = Browser::at(&shop);
    browser.post("/connect/ESSESESS", BY_CODE).await;
    browser.page("/sign/connect").await;
    drop(shop);
    // Signed while nobody was there.
    let order = sandbox.orders().remove(0).id;
    sandbox.approve(&order).unwrap();
    let shop = Shop::open(&settings);
    browser.home = shop.home.clone();
    browser.page("/sign/connect/events").await;
    assert!(browser.page("/accounts").await.contains("href=\"/accounts/0\""));
    drop(shop);
    let shop = Shop::open(&settings);
    browser.home = shop.home.clone();
    assert!(browser.page("/accounts").await.contains("href=\"/accounts/0\""), "the consent is still known");
}

fn settings(sandbox: &Sandbox) -> [(&'static str, &str); 4] {
    [
        ("OPENPAYMENTS_AUTH_URL", sandbox.auth_url().as_str()),
        ("OPENPAYMENTS_API_URL", sandbox.api_url().as_str()),
        ("OPENPAYMENTS_CLIENT_ID", sandbox.client_id()),
        ("OPENPAYMENTS_CLIENT_SECRET", sandbox.client_secret().expose()),
    ]
}
