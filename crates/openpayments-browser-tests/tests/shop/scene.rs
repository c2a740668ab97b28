//! How the journeys are walked.

use std::time::Duration;

use openpayments_browser_tests::{Browser, Page, Screen};
use openpayments_sandbox::{Approve, Sandbox};
use serde_json::json;

use crate::program::Shop;

/// Signs in the app, or at its page.
pub(crate) const SEB: &str = "ESSESESS";
/// Where payments are made.
const PAYMENTS: &str = "/psd2/paymentinitiation/v1/payments/domestic";

/// Who takes part: a bank, the shop, and a customer before a screen.
pub(crate) struct Scene<'a> {
    pub(crate) browser: &'a Browser,
    pub(crate) sandbox: Sandbox,
    pub(crate) shop: Shop,
    pub(crate) page: Page,
}

/// Walks `journey` on each screen, in a shop of its own; whatever a page did wrong fails it.
pub(crate) async fn on_each_screen(journey: fn(&mut Scene<'_>)) {
    let Some(browser) = Browser::start().unwrap() else {
        return;
    };
    for screen in Screen::ALL {
        let sandbox = Sandbox::builder().approve(Approve::Manual).start().await.unwrap();
        let shop = Shop::open(&sandbox);
        let mut page = Page::new(&browser, shop.home.as_str(), screen).unwrap();
        page.allow(sandbox.auth_url().as_str());
        let mut scene = Scene { browser: &browser, sandbox, shop, page };
        journey(&mut scene);
        assert_eq!(scene.page.problems(), [""; 0], "{screen}");
        scene.sandbox.stop().await;
    }
}

impl Scene<'_> {
    /// From the first page to the form, by the links.
    pub(crate) fn choose(&mut self, item: &str, bank: &str) {
        self.page.open("/").unwrap();
        self.page.click(&format!("a[href='/pay/{item}']")).unwrap();
        self.page.until(&format!("location.pathname === '/pay/{item}'")).unwrap();
        self.page.click(&format!("a[href$='/{bank}']")).unwrap();
        self.page.until("document.querySelector('#psu')").unwrap();
    }

    /// Chooses a way to sign and sends the form.
    pub(crate) fn send_form(&mut self, way: &str) {
        self.page.click(&format!("input[value={way}]")).unwrap();
        self.page.click("main button[type=submit]").unwrap();
    }

    pub(crate) fn sees_code(&mut self) {
        self.page
            .until(
                "document.querySelector('#qr').naturalWidth > 0 && !document.querySelector('#code').hidden",
            )
            .unwrap();
    }

    pub(crate) fn heading_is(&mut self, text: &str) {
        self.page.until(&format!("document.querySelector('h1').textContent === {}", json!(text))).unwrap();
    }

    /// Signs all that the app is asked, until the shop's page is true to `expression`.
    pub(crate) fn sign_until(&mut self, expression: &str) {
        for _ in 0..200 {
            for order in self.sandbox.orders() {
                // Another may have signed it meanwhile.
                let _done = self.sandbox.approve(&order.id);
            }
            if self.page.is_soon(expression) {
                return;
            }
        }
        self.page.until(expression).unwrap();
    }

    /// Signs in the app, and the shop says thank you.
    pub(crate) fn sign(&mut self) {
        self.sign_until("document.querySelector('h1').textContent === 'Thank you'");
    }

    /// Goes to the bank by the page's button, logs in and decides.
    pub(crate) fn at_the_bank(&mut self, decision: &str) {
        self.page.until("!document.querySelector('#redirect').hidden").unwrap();
        self.page.look("shop-redirect").unwrap();
        self.page.click("#redirect").unwrap();
        self.page.until("document.querySelector('button[value=login]')").unwrap();
        self.page.click("button[value=login]").unwrap();
        self.page.until("document.querySelector('button[value=approve]')").unwrap();
        self.page.click(&format!("button[value={decision}]")).unwrap();
        self.page
            .until("location.pathname.startsWith('/sign/') || location.pathname === '/accounts'")
            .unwrap();
    }

    /// So many payments were made, and so many moved money.
    pub(crate) fn ledger_has(&self, made: usize, paid: usize) {
        // Long enough for a bank to move what was signed.
        self.sandbox.clock().advance(Duration::from_mins(1));
        let ledger = self.sandbox.ledger();
        let posts = ledger.requests().into_iter().filter(|seen| {
            seen.method == "POST"
                && seen.template.starts_with("/psd2/paymentinitiation/v1/")
                && seen.template.matches('/').count() == PAYMENTS.matches('/').count()
        });
        assert_eq!(posts.count(), made, "payments made");
        assert_eq!(ledger.bookings().len(), paid, "{:?}", ledger.bookings());
    }
}
