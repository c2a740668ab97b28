//! The sandbox's pages, as people use them. Skipped, and saying so, where there is no Chromium; `OPENPAYMENTS_PICTURES` names
//! a folder for pictures of them.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;

use openpayments_browser_tests::{Browser, Page, Screen, installed};
use openpayments_sandbox::{Approve, Sandbox};
use serde_json::{Value, json};
use url::Url;

const SCREENS: [Screen; 2] = [Screen { width: 390, dark: true }, Screen { width: 1280, dark: false }];

/// Takes pictures, where a folder for them is named.
struct Camera {
    width: u32,
    folder: Option<PathBuf>,
}

impl Camera {
    /// Looks at the page: it fits the screen.
    fn take(&self, page: &mut Page, of: &str) {
        let fits = page.read("document.documentElement.scrollWidth <= innerWidth").unwrap();
        assert_eq!(fits, json!(true), "{of} is wider than {}", self.width);
        if let Some(folder) = &self.folder {
            page.picture(&folder.join(format!("{of}-{}.png", self.width))).unwrap();
        }
    }
}

/// Walks `journey` on each screen, on a sandbox of its own; whatever a page did wrong fails it.
#[expect(clippy::print_stderr, reason = "a test that was skipped says so")]
async fn on_each_screen(journey: fn(&Sandbox, &mut Page, &Camera)) {
    if installed().is_none() {
        eprintln!("skipped: no Chromium on this machine");
        return;
    }
    let browser = Browser::start().unwrap();
    for screen in SCREENS {
        let sandbox = Sandbox::builder().approve(Approve::Manual).start().await.unwrap();
        sandbox.register_redirect_uri(&sandbox.auth_url().join("back").unwrap());
        let mut page = Page::new(&browser, sandbox.auth_url().as_str(), screen).unwrap();
        let folder = std::env::var_os("OPENPAYMENTS_PICTURES").map(PathBuf::from);
        page.open("/").unwrap();
        journey(&sandbox, &mut page, &Camera { width: screen.width, folder });
        assert_eq!(page.problems(), [""; 0], "{screen:?}");
        sandbox.stop().await;
    }
}

/// A consent up to the chosen method, asked for by the page itself: the answer to that choice and the path of its status.
fn consent(sandbox: &Sandbox, page: &mut Page, bank: &str, method: &str) -> Value {
    let script = format!(
        r#"(async () => {{
            const token = await (await fetch("/connect/token", {{ method: "POST", body: new URLSearchParams({{
                client_id: {id}, client_secret: {secret}, grant_type: "client_credentials",
                scope: "accountinformation private" }}) }})).json();
            const headers = {{ "Authorization": "Bearer " + token.access_token, "X-Request-ID": crypto.randomUUID(),
                "X-BicFi": {bank}, "PSU-ID": "99990101000", "PSU-IP-Address": "192.0.2.7", "PSU-User-Agent": "test/1",
                "Content-Type": "application/json" }};
            const call = (method, path, body) => fetch(path, {{ method, headers, body: body && JSON.stringify(body) }});
            const until = new Date(Date.now() + 30 * 86400000).toISOString().slice(0, 10);
            const made = await call("POST", "/psd2/consent/v1/consents", {{ access: {{}}, recurringIndicator: true,
                validUntil: until, frequencyPerDay: 4, combinedServiceIndicator: false }});
            const consent = made.headers.get("location");
            const begun = await call("POST", consent + "/authorisations");
            const authorisation = begun.headers.get("location");
            const chosen = await call("PUT", authorisation, {{ authenticationMethodId: {method} }});
            window.status_of = async () => (await (await call("GET", authorisation)).json()).scaStatus;
            return {{ consent, authorisation, chosen: await chosen.json() }};
        }})()"#,
        id = json!(sandbox.client_id()),
        secret = json!(sandbox.client_secret().expose()),
        bank = json!(bank),
        method = json!(method),
    );
    page.read(&script).unwrap()
}

/// Where a client sends the browser for the bank's page.
fn to_bank(sandbox: &Sandbox, begun: &Value) -> String {
    let back = sandbox.auth_url().join("back").unwrap();
    let template = begun.pointer("/chosen/_links/scaOAuth/href").and_then(Value::as_str).unwrap();
    let encoded: String = url::form_urlencoded::byte_serialize(back.as_str().as_bytes()).collect();
    template
        .replace("[CLIENT_ID]", sandbox.client_id())
        .replace("[TPP_REDIRECT_URI]", &encoded)
        .replace("[TPP_STATE]", "one%20%26%20two")
}

fn query(page: &mut Page) -> Vec<(String, String)> {
    let address = page.read("location.href").unwrap();
    Url::parse(address.as_str().unwrap()).unwrap().query_pairs().into_owned().collect()
}

fn has(pairs: &[(String, String)], name: &str, value: &str) -> bool {
    pairs.iter().any(|(key, is)| key == name && is == value)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_logs_in_at_the_bank_and_comes_back_with_a_code() {
    on_each_screen(|sandbox, page, camera| {
        let begun = consent(sandbox, page, "NDEASESS", "mbid");
        page.open(&to_bank(sandbox, &begun)).unwrap();
        page.until("document.body.innerText.includes('All your accounts, balances and transactions')")
            .unwrap();
        camera.take(page, "bank");
        page.click("button[value=approve]").unwrap();
        page.until("location.pathname === '/back'").unwrap();
        let pairs = query(page);
        assert!(
            has(&pairs, "state", "one & two") && pairs.iter().any(|(name, _)| name == "code"),
            "{pairs:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_who_refuses_comes_back_with_an_error() {
    on_each_screen(|sandbox, page, _| {
        let begun = consent(sandbox, page, "NDEASESS", "mbid");
        page.open(&to_bank(sandbox, &begun)).unwrap();
        page.click("button[value=refuse]").unwrap();
        page.until("location.pathname === '/back'").unwrap();
        let pairs = query(page);
        assert!(has(&pairs, "state", "one & two") && has(&pairs, "error", "access_denied"), "{pairs:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bankid_opened_by_its_link_runs_down_and_signs() {
    on_each_screen(|sandbox, page, camera| {
        let begun = consent(sandbox, page, "ESSESESS", "mbid_same_device");
        let token = begun.pointer("/chosen/challengeData/data/0").and_then(Value::as_str).unwrap();
        page.open(&format!("/bankid/?autostarttoken={token}&redirect=null")).unwrap();
        page.until("+document.querySelector('.timer span').textContent < +document.querySelector('.timer').dataset.seconds").unwrap();
        camera.take(page, "bankid");
        page.click("button[value=sign]").unwrap();
        page.until("document.querySelector('[role=status]').textContent.includes('ll done')").unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_qr_frame_opens_a_page_that_says_so() {
    on_each_screen(|sandbox, page, camera| {
        let begun = consent(sandbox, page, "ESSESESS", "mbid_animated_qr_token");
        let frame = begun.pointer("/chosen/challengeData/data/0").and_then(Value::as_str).unwrap();
        let frame = frame.to_owned();
        sandbox.clock().advance(std::time::Duration::from_secs(5));
        page.open(&frame).unwrap();
        page.until("document.querySelector('h1').textContent === 'Scan again'").unwrap();
        camera.take(page, "stale");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dashboard_follows_what_happens() {
    on_each_screen(|sandbox, page, camera| {
        consent(sandbox, page, "ESSESESS", "mbid");
        page.until("document.querySelector('.orders a').textContent.includes('SEB: All your accounts')")
            .unwrap();
        page.read("document.querySelector('.orders a').focus()").unwrap();
        camera.take(page, "dashboard");
        let order = sandbox.orders().first().unwrap().id.clone();
        sandbox.approve(&order).unwrap();
        page.until("!document.querySelector('.orders') && document.body.innerText.includes('valid')")
            .unwrap();
    })
    .await;
}
