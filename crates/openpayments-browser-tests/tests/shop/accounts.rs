//! "Connect your bank": see accounts and what happened on them, and end it.

use crate::scene::{SEB, Scene, on_each_screen};

const NORDEA: &str = "NDEASESS";

impl Scene<'_> {
    fn connect(&mut self, bank: &str) {
        self.page.open("/accounts").unwrap();
        self.page.click(&format!("a[href$='/{bank}']")).unwrap();
        self.page.until("document.querySelector('#psu')").unwrap();
    }

    fn reads_and_disconnects(&mut self) {
        self.page.look("shop-accounts").unwrap();
        self.page.click(".tile a").unwrap();
        self.page.until("document.querySelector('tbody tr')").unwrap();
        self.page.look("shop-statement").unwrap();
        self.page.open("/accounts").unwrap();
        self.page.click("form[action='/disconnect'] button").unwrap();
        self.heading_is("Connect your bank");
        self.page.open("/accounts").unwrap();
        self.heading_is("Connect your bank");
        // At the bank too, and not only here.
        let requests = self.sandbox.ledger().requests();
        let deleted = requests.iter().filter(|seen| seen.method == "DELETE" && seen.status == 204);
        assert_eq!(deleted.count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bank_is_connected_in_the_app() {
    on_each_screen(|scene| {
        scene.connect(SEB);
        scene.page.look("shop-connect").unwrap();
        scene.send_form("other-device");
        scene.sees_code();
        scene.sign_until("location.pathname === '/accounts'");
        scene.reads_and_disconnects();
        scene.ledger_has(0, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bank_is_connected_on_its_page() {
    on_each_screen(|scene| {
        scene.connect(NORDEA);
        scene.send_form("bank-page");
        scene.at_the_bank("approve");
        scene.page.until("location.pathname === '/accounts'").unwrap();
        scene.reads_and_disconnects();
    })
    .await;
}
