//! An application that asks the platform, from a tab of its own.

use openpayments_browser_tests::{Browser, Page, Screen};
use openpayments_sandbox::Sandbox;
use serde_json::{Value, json};
use url::Url;

/// The person that every request names.
pub(crate) const PSU: &str = "99990101000";

pub(crate) struct Client {
    tab: Page,
    id: String,
    secret: String,
    back: Url,
    /// Whether it wants people sent to the bank, where the bank leaves it the choice.
    pub(crate) prefers_redirect: bool,
}

/// A signature that has begun: what the person is to be shown now.
pub(crate) struct Begun {
    bank: &'static str,
    path: String,
    chosen: Value,
}

impl Client {
    pub(crate) fn new(browser: &Browser, sandbox: &Sandbox) -> Self {
        let mut tab = Page::new(browser, sandbox.auth_url().as_str(), Screen::ALL[0]).unwrap();
        tab.open("/bankid").unwrap();
        Self {
            tab,
            id: sandbox.client_id().to_owned(),
            secret: sandbox.client_secret().expose().to_owned(),
            back: sandbox.auth_url().join("back").unwrap(),
            prefers_redirect: false,
        }
    }

    /// One call; the body of its answer, with the address of what it made as `location`.
    pub(crate) fn call(&mut self, bank: &str, method: &str, path: &str, body: &Value) -> Value {
        let product =
            if path.contains("/paymentinitiation/") { "paymentinitiation" } else { "accountinformation" };
        let script = format!(
            r#"(async () => {{
                const form = {{ client_id: {id}, client_secret: {secret}, grant_type: "client_credentials", scope: "{product} private" }};
                const token = await (await fetch("/connect/token", {{ method: "POST", body: new URLSearchParams(form) }})).json();
                const headers = {{ "Authorization": "Bearer " + token.access_token, "X-Request-ID": crypto.randomUUID(),
                    "X-BicFi": {bank}, "PSU-ID": "{PSU}", "PSU-IP-Address": "192.0.2.7", "PSU-User-Agent": "test/1",
                    "Content-Type": "application/json"{redirect} }};
                const body = {body};
                const answer = await fetch({path}, {{ method: {method}, headers, body: body && JSON.stringify(body) }});
                const text = await answer.text();
                if (!answer.ok) throw new Error(text);
                return {{ ...(text ? JSON.parse(text) : {{}}), location: answer.headers.get("location") }};
            }})()"#,
            redirect = if self.prefers_redirect { r#", "TPP-Redirect-Preferred": "true""# } else { "" },
            id = json!(self.id),
            secret = json!(self.secret),
            bank = json!(bank),
            path = json!(path),
            method = json!(method),
        );
        self.tab.read(&script).unwrap()
    }

    /// Makes something; its path.
    pub(crate) fn make(&mut self, bank: &str, path: &str, body: &Value) -> String {
        self.call(bank, "POST", path, body)["location"].as_str().unwrap().to_owned()
    }

    /// So many days from now.
    pub(crate) fn day(&mut self, days: u32) -> Value {
        let day = format!("new Date(Date.now() + {days} * 86400000).toISOString().slice(0, 10)");
        self.tab.read(&day).unwrap()
    }

    /// A consent for everything; its path.
    pub(crate) fn consent(&mut self, bank: &str) -> String {
        self.consent_for(bank, &json!({}))
    }

    pub(crate) fn consent_for(&mut self, bank: &str, access: &Value) -> String {
        let until = self.day(30);
        let body = json!({
            "access": access, "recurringIndicator": true, "validUntil": until, "frequencyPerDay": 4,
            "combinedServiceIndicator": false,
        });
        self.make(bank, "/psd2/consent/v1/consents", &body)
    }

    /// Has it signed by `method`. `of` is its path, or that of its cancellation with `/cancellation-authorisations`.
    pub(crate) fn sign(&mut self, bank: &'static str, of: &str, method: &str) -> Begun {
        let all = if of.ends_with("authorisations") { of.to_owned() } else { format!("{of}/authorisations") };
        let path = self.make(bank, &all, &Value::Null);
        let chosen = self.call(bank, "PUT", &path, &json!({ "authenticationMethodId": method }));
        Begun { bank, path, chosen }
    }

    /// The status that the client sees.
    pub(crate) fn sca_status(&mut self, begun: &Begun) -> String {
        let answer = self.call(begun.bank, "GET", &begun.path, &Value::Null);
        answer["scaStatus"].as_str().unwrap().to_owned()
    }

    /// What the app is opened by now: its token, or the frame of this second.
    pub(crate) fn challenge(&mut self, begun: &Begun) -> String {
        let answer = self.call(begun.bank, "GET", &begun.path, &Value::Null);
        answer["challengeData"]["data"][0].as_str().unwrap().to_owned()
    }

    /// Where to send the browser for the bank's page.
    pub(crate) fn to_bank(&self, begun: &Begun) -> String {
        let template = begun.chosen["_links"]["scaOAuth"]["href"].as_str().unwrap();
        let back: String = url::form_urlencoded::byte_serialize(self.back.as_str().as_bytes()).collect();
        template
            .replace("[CLIENT_ID]", &self.id)
            .replace("[TPP_REDIRECT_URI]", &back)
            .replace("[TPP_STATE]", "one%20%26%20two")
    }
    /// Exchanges the code that the person brought, which is what makes the signature count.
    pub(crate) fn redeem(&mut self, begun: &Begun, code: &str) {
        let word =
            ["consent", "basket"].into_iter().find(|word| begun.path.contains(word)).unwrap_or("payment");
        let mut parts = begun.path.rsplit('/');
        let (authorisation, of) = (parts.next().unwrap(), parts.nth(1).unwrap());
        let form = json!({
            "client_id": self.id, "client_secret": self.secret, "grant_type": "authorization_code", "code": code,
            "redirect_uri": self.back.as_str(),
        });
        let script = format!(
            r#"fetch("/connect/token", {{ method: "POST", body: new URLSearchParams({form}),
                headers: {{ "x-{word}id": "{of}", "x-{word}authorisationid": "{authorisation}" }} }}).then(answer => answer.status)"#
        );
        assert_eq!(self.tab.read(&script).unwrap(), json!(200));
        assert_eq!(self.sca_status(begun), "finalised");
    }
}
