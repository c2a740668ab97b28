use std::time::Duration;

use openpayments_sandbox::Fault;
use serde_json::json;

use crate::orders::{domestic, payment};
use crate::walk::on_each_screen;

const SEB: &str = "ESSESESS";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dashboard_follows_what_happens() {
    on_each_screen(|scene| {
        let page = &mut scene.page;
        page.open("/").unwrap();
        page.look("dashboard-empty").unwrap();
        let consent = scene.client.consent(SEB);
        scene.client.sign(SEB, &consent, "mbid");
        page.until("document.querySelector('.orders a').textContent.includes('SEB: ')").unwrap();
        page.read("document.querySelector('.orders a').focus()").unwrap();
        page.look("dashboard-waiting").unwrap();
        let order = scene.sandbox.orders().first().unwrap().id.clone();
        scene.sandbox.approve(&order).unwrap();
        page.until("!document.querySelector('.orders') && document.body.innerText.includes('valid')")
            .unwrap();
        let refused = page.read("fetch('/psd2/consent/v1/consents').then(answer => answer.status)").unwrap();
        assert_ne!(refused, json!(200));
        page.until("[...document.querySelectorAll('b.bad')].some(it => it.textContent.startsWith('4'))")
            .unwrap();
        page.look("dashboard").unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dashboard_shows_payments_with_their_money_and_the_faults_that_lie_in_wait() {
    on_each_screen(|scene| {
        let fault = Fault::lose_answer().operation("getAccountList").times(2);
        scene.sandbox.faults().script(fault).unwrap();
        for amount in ["12.50", "7.25"] {
            let path = scene.client.make(SEB, &domestic("payments"), &payment(SEB, amount));
            scene.client.sign(SEB, &path, "mbid");
        }
        for _ in 0..3 {
            if let Some(order) = scene.sandbox.orders().first() {
                scene.sandbox.approve(&order.id).unwrap();
            }
            scene.sandbox.clock().advance(Duration::from_secs(1));
        }
        scene.page.open("/").unwrap();
        scene.sandbox.clock().advance(Duration::from_secs(5));
        for text in
            ["Pay 12.50 SEK to", "ACSC", "booked", "Made-up Fintech AB", "getAccountList", "struck 0 of 2"]
        {
            scene.page.until(&format!("document.body.innerText.includes('{text}')")).unwrap();
        }
        scene.page.look("dashboard-full").unwrap();
    })
    .await;
}
