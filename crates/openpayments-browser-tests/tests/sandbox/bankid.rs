//! The BankID page.

use std::time::Duration;

use openpayments_browser_tests::{Key, Page};
use serde_json::json;

use crate::orders::{domestic, payment};
use crate::walk::{Scene, on_each_screen};

const SEB: &str = "ESSESESS";

fn heading_is(page: &mut Page, text: &str) {
    page.until(&format!("document.querySelector('h1').textContent === {}", json!(text))).unwrap();
}

/// Opens the order by the link that the client was given.
fn open_link(scene: &mut Scene, token: &str) {
    scene.page.open(&format!("/bankid/?autostarttoken={token}&redirect=null")).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_opened_by_its_link_is_shown_in_full_and_signed_round_by_round() {
    on_each_screen(|scene| {
        let payment = scene.client.make(SEB, &domestic("payments"), &payment(SEB, "12.50"));
        let begun = scene.client.sign(SEB, &payment, "mbid_same_device");
        let token = scene.client.challenge(&begun);
        open_link(scene, &token);
        heading_is(&mut scene.page, "Pay 12.50 SEK to Påhittade Caféet");
        for shown in ["Identify yourself", "Made-up Fintech AB", "SE25 5000 0000 0544 0004 7903", "99990101000", "SEB"] {
            scene.page.until(&format!("document.body.innerText.includes('{shown}')")).unwrap();
        }
        // The window runs down before the person's eyes.
        scene
            .page
            .until("+document.querySelector('.timer span').textContent < +document.querySelector('.timer').dataset.seconds")
            .unwrap();
        scene.page.look("bankid").unwrap();
        scene.page.click("button[value=sign]").unwrap();
        heading_is(&mut scene.page, "Signed");
        scene.page.look("bankid-next").unwrap();
        scene.sandbox.clock().advance(Duration::from_secs(1));
        scene.page.open("/bankid").unwrap();
        scene.page.look("bankid-list").unwrap();
        for _ in 0..2 {
            scene.page.open("/bankid").unwrap();
            scene.page.click(".orders a").unwrap();
            scene.page.until("document.querySelector('button[value=sign]')").unwrap();
            scene.page.click("button[value=sign]").unwrap();
            heading_is(&mut scene.page, "Signed");
            scene.sandbox.clock().advance(Duration::from_secs(1));
            if scene.client.sca_status(&begun) == "finalised" {
                return;
            }
        }
        panic!("it is still {}", scene.client.sca_status(&begun));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consent_is_refused_by_keyboard_alone() {
    on_each_screen(|scene| {
        let consent = scene.client.consent(SEB);
        let begun = scene.client.sign(SEB, &consent, "mbid_same_device");
        let token = scene.client.challenge(&begun);
        open_link(scene, &token);
        scene.page.until("document.querySelector('button[value=refuse]')").unwrap();
        scene.page.tab_to("button[value=refuse]").unwrap();
        scene.page.press(Key::Space).unwrap();
        heading_is(&mut scene.page, "Refused");
        scene.page.look("bankid-refused").unwrap();
        assert_eq!(scene.client.sca_status(&begun), "failed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lets_the_window_run_out_is_told_without_touching_anything() {
    on_each_screen(|scene| {
        let consent = scene.client.consent(SEB);
        let begun = scene.client.sign(SEB, &consent, "mbid_same_device");
        let token = scene.client.challenge(&begun);
        open_link(scene, &token);
        scene.page.until("document.querySelector('button[value=sign]')").unwrap();
        scene.sandbox.clock().advance(Duration::from_mins(3));
        // The page's own time; nobody waits three minutes for a test.
        scene.page.read("const then = performance.now(); performance.now = () => then + 181000").unwrap();
        heading_is(&mut scene.page, "Nothing to sign");
        scene.page.look("bankid-over").unwrap();
        assert_eq!(scene.client.sca_status(&begun), "failed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_opened_too_late_signs_nothing() {
    on_each_screen(|scene| {
        let consent = scene.client.consent(SEB);
        let begun = scene.client.sign(SEB, &consent, "mbid_same_device");
        let token = scene.client.challenge(&begun);
        scene.sandbox.clock().advance(Duration::from_secs(31));
        open_link(scene, &token);
        heading_is(&mut scene.page, "Nothing to sign");
        assert_eq!(scene.client.sca_status(&begun), "failed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_frame_of_the_qr_code_opens_nothing_and_a_fresh_one_does() {
    on_each_screen(|scene| {
        let consent = scene.client.consent(SEB);
        let begun = scene.client.sign(SEB, &consent, "mbid_animated_qr_token");
        let stale = scene.client.challenge(&begun);
        scene.sandbox.clock().advance(Duration::from_secs(5));
        scene.page.open(&stale).unwrap();
        heading_is(&mut scene.page, "Scan again");
        scene.page.look("bankid-stale").unwrap();
        let fresh = scene.client.challenge(&begun);
        assert_ne!(stale, fresh);
        scene.page.open(&fresh).unwrap();
        scene.page.until("document.querySelector('button[value=sign]')").unwrap();
        scene.page.click("button[value=sign]").unwrap();
        heading_is(&mut scene.page, "Signed");
        assert_eq!(scene.client.sca_status(&begun), "finalised");
    })
    .await;
}
