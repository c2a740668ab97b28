//! A browser that runs no scripts: the pages reload themselves, and everything is a form or a link.

use crate::scene::{SEB, Scene, on_each_screen};

/// Scripts are off, and the page knows.
fn reloads_itself(scene: &mut Scene<'_>) {
    scene.page.until("document.querySelector('noscript meta[http-equiv=refresh]')").unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cup_is_paid_in_the_app_without_scripts() {
    on_each_screen(|scene| {
        scene.page.without_scripts().unwrap();
        scene.choose("cup", SEB);
        scene.send_form("other-device");
        scene.sees_code();
        reloads_itself(scene);
        let first = scene.page.read("document.querySelector('#qr').src").unwrap();
        scene.page.until(&format!("document.querySelector('#qr').src !== {first}")).unwrap();
        scene.sign();
        scene.ledger_has(1, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kettle_is_paid_at_the_banks_page_without_scripts() {
    on_each_screen(|scene| {
        scene.page.without_scripts().unwrap();
        scene.choose("kettle", SEB);
        scene.send_form("bank-page");
        scene.at_the_bank("approve");
        scene.heading_is("Thank you");
        scene.ledger_has(1, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_is_given_up_without_scripts() {
    on_each_screen(|scene| {
        scene.page.without_scripts().unwrap();
        scene.choose("beans", SEB);
        scene.send_form("other-device");
        scene.sees_code();
        scene.page.click("form[action$=cancel] button").unwrap();
        scene.heading_is("Not signed");
        scene.ledger_has(1, 0);
    })
    .await;
}
