//! The bank's pages in a redirect: log in, see, decide, come back.

use openpayments_browser_tests::Key;
use serde_json::{Value, json};
use url::Url;

use crate::client::{Begun, PSU};
use crate::orders::{baskets, bulk, domestic, payment, periodic};
use crate::walk::{Scene, on_each_screen};

/// Signs everything by redirect.
const NORDEA: &str = "NDEASESS";
/// Takes baskets.
const SEB: &str = "ESSESESS";
/// Has a cancellation signed.
const SWEDBANK: &str = "SWEDSESS";

impl Scene {
    /// The client sends the person to the bank to sign `of`.
    fn go_to_bank(&mut self, bank: &'static str, of: &str) -> Begun {
        let begun = self.client.sign(bank, of, "mbid");
        self.page.open(&self.client.to_bank(&begun)).unwrap();
        self.page.until("document.querySelector('h1').textContent === 'Log in'").unwrap();
        begun
    }

    /// Logs in as the person whom the client named.
    fn log_in(&mut self) {
        self.page.click("button[value=login]").unwrap();
        self.page.until("document.querySelector('button[value=approve]')").unwrap();
    }

    /// Everything of `texts` is on the page.
    fn sees(&mut self, texts: &[&str]) {
        let page = self.page.read("document.body.innerText").unwrap();
        for text in texts {
            assert!(page.as_str().unwrap().contains(text), "{text} is not on {page:#}");
        }
    }

    /// Presses the button and is back with the client; the query of the address.
    fn decide(&mut self, decision: &str) -> Vec<(String, String)> {
        self.page.click(&format!("button[value={decision}]")).unwrap();
        self.is_back()
    }

    fn is_back(&mut self) -> Vec<(String, String)> {
        self.page.until("location.pathname === '/back'").unwrap();
        let address = self.page.read("location.href").unwrap();
        let pairs: Vec<_> =
            Url::parse(address.as_str().unwrap()).unwrap().query_pairs().into_owned().collect();
        assert_eq!(item(&pairs, "state"), "one & two", "as the client sent it");
        pairs
    }

    /// Approves, and the client gets a code that is good.
    fn approves(&mut self, begun: &Begun) {
        let pairs = self.decide("approve");
        self.client.redeem(begun, item(&pairs, "code"));
    }
}

fn item<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_logs_in_sees_who_may_see_what_and_comes_back_with_a_code() {
    on_each_screen(|scene| {
        let consent = scene.client.consent(NORDEA);
        let begun = scene.go_to_bank(NORDEA, &consent);
        scene.sees(&["Nordea", "Made-up Fintech AB"]);
        scene.page.look("bank-login").unwrap();
        scene.log_in();
        scene.sees(&[
            "Let Made-up Fintech AB see your accounts",
            PSU,
            "All your accounts, balances and transactions",
            "4 times a day without you",
            "Until",
        ]);
        scene.page.look("bank-consent").unwrap();
        scene.approves(&begun);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_account_of_a_consent_is_shown_with_its_rights() {
    on_each_screen(|scene| {
        let number = |iban: &str| json!({ "iban": iban });
        let (one, two) = (number("SE3750000000054400047881"), number("SE2550000000054400047903"));
        let access = json!({ "accounts": [one, two], "balances": [one, two], "transactions": [two] });
        let consent = scene.client.consent_for(NORDEA, &access);
        let begun = scene.go_to_bank(NORDEA, &consent);
        scene.log_in();
        let parts = scene.page.read("[...document.querySelectorAll('.parts li')].map(one => one.innerText)");
        let parts = parts.unwrap();
        let parts: Vec<&str> = parts.as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let [first, second] = parts.as_slice() else { panic!("{parts:?}") };
        assert!(
            first.starts_with("SE37 5000 0000 0544 0004 7881") && first.ends_with("number, balance"),
            "{first}"
        );
        assert!(second.starts_with("SE25") && second.ends_with("number, balance, transactions"), "{second}");
        scene.page.look("bank-consent-accounts").unwrap();
        scene.approves(&begun);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_is_shown_in_full_and_refused() {
    on_each_screen(|scene| {
        let path = scene.client.make(NORDEA, &domestic("payments"), &payment(NORDEA, "12.50"));
        let begun = scene.go_to_bank(NORDEA, &path);
        scene.log_in();
        scene.sees(&[
            "Pay 12.50 SEK to Påhittade Caféet",
            "Made-up Fintech AB",
            "SE25 5000 0000 0544 0004 7903",
            "41351300039",
            "Two buns",
        ]);
        scene.page.look("bank-payment").unwrap();
        let pairs = scene.decide("refuse");
        assert_eq!((item(&pairs, "error"), item(&pairs, "code")), ("access_denied", ""));
        assert_eq!(scene.client.sca_status(&begun), "failed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standing_order_and_each_order_of_a_bulk_are_shown() {
    on_each_screen(|scene| {
        let start = scene.client.day(3);
        let path =
            scene.client.make(NORDEA, &domestic("periodic-payments"), &periodic(NORDEA, "100.00", &start));
        let begun = scene.go_to_bank(NORDEA, &path);
        scene.log_in();
        scene.sees(&["Pay regularly 100.00 SEK", "Monthly", start.as_str().unwrap(), "Further notice"]);
        scene.page.look("bank-periodic").unwrap();
        scene.approves(&begun);
        let body = bulk(
            NORDEA,
            &[("1.00", "Påhittade Caféet"), ("2.50", "Hittepå & Söner"), ("300.00", "Tredje Exemplet AB")],
        );
        let path = scene.client.make(NORDEA, &domestic("bulk-payments"), &body);
        let begun = scene.go_to_bank(NORDEA, &path);
        scene.log_in();
        let orders = [
            "1.00 SEK to Påhittade Caféet",
            "2.50 SEK to Hittepå & Söner",
            "300.00 SEK to Tredje Exemplet AB",
        ];
        scene.sees(&orders);
        scene.sees(&["Pay 3 recipients, 303.50 SEK", "SE25 5000 0000 0544 0004 7903", "Two buns"]);
        scene.page.look("bank-bulk").unwrap();
        scene.approves(&begun);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_basket_shows_all_it_holds_and_a_cancellation_that_it_is_one() {
    on_each_screen(|scene| {
        scene.client.prefers_redirect = true;
        let paths = ["3.00", "4.25"]
            .map(|amount| scene.client.make(SEB, &domestic("payments"), &payment(SEB, amount)));
        let ids: Vec<&str> = paths.iter().filter_map(|path| path.rsplit('/').next()).collect();
        let basket = scene.client.make(SEB, &baskets(), &json!({ "paymentIds": ids }));
        let begun = scene.go_to_bank(SEB, &basket);
        scene.log_in();
        scene.sees(&["Sign 2 payments, 7.25 SEK at once", "Pay 3.00 SEK to", "Pay 4.25 SEK to", "SE37 5000"]);
        scene.page.look("bank-basket").unwrap();
        scene.approves(&begun);
        scene.client.prefers_redirect = false;
        let mut body = payment(SWEDBANK, "5.00");
        // Of another day, so that it can be cancelled.
        body["requestedExecutionDate"] = scene.client.day(1);
        let path = scene.client.make(SWEDBANK, &domestic("payments"), &body);
        let begun = scene.go_to_bank(SWEDBANK, &path);
        scene.log_in();
        scene.approves(&begun);
        scene.client.call(SWEDBANK, "DELETE", &path, &Value::Null);
        let begun = scene.go_to_bank(SWEDBANK, &format!("{path}/cancellation-authorisations"));
        scene.log_in();
        scene.sees(&["Cancel a payment: 5.00 SEK", "Cancel this payment"]);
        scene.page.look("bank-cancellation").unwrap();
        scene.approves(&begun);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_person_does_not_get_in() {
    on_each_screen(|scene| {
        let consent = scene.client.consent(NORDEA);
        let path = scene.client.make(NORDEA, &domestic("payments"), &payment(NORDEA, "12.50"));
        for of in [consent, path] {
            let begun = scene.go_to_bank(NORDEA, &of);
            scene.page.read("document.querySelector('#psu').focus()").unwrap();
            scene.page.write("199002092386").unwrap();
            scene.page.click("button[value=login]").unwrap();
            scene.page.until("document.querySelector('[role=alert]')").unwrap();
            scene.sees(&["Somebody else is to approve this. Nothing was done."]);
            scene.page.look("bank-wrong-person").unwrap();
            assert_eq!(scene.client.sca_status(&begun), "scaMethodSelected");
            // The right one still can.
            scene.log_in();
            scene.approves(&begun);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consent_is_refused_before_the_login_or_after_it() {
    on_each_screen(|scene| {
        let consent = scene.client.consent(NORDEA);
        scene.go_to_bank(NORDEA, &consent);
        if scene.page.screen().dark {
            scene.log_in();
        }
        let pairs = scene.decide("refuse");
        assert_eq!(item(&pairs, "error"), "access_denied");
        assert_eq!(scene.client.call(NORDEA, "GET", &consent, &Value::Null)["consentStatus"], "rejected");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keyboard_alone_leads_through_login_and_approval() {
    on_each_screen(|scene| {
        let path = scene.client.make(NORDEA, &domestic("payments"), &payment(NORDEA, "12.50"));
        scene.go_to_bank(NORDEA, &path);
        scene.page.tab_to("#psu").unwrap();
        scene.page.write(PSU).unwrap();
        scene.page.press(Key::Enter).unwrap();
        scene.page.until("document.querySelector('button[value=approve]')").unwrap();
        scene.page.tab_to("button[value=refuse]").unwrap();
        scene.page.look("bank-focus").unwrap();
        // Around the page and back to the first button.
        scene.page.tab_to("button[value=approve]").unwrap();
        scene.page.press(Key::Enter).unwrap();
        assert!(!item(&scene.is_back(), "code").is_empty());
    })
    .await;
}
