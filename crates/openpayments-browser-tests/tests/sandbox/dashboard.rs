use serde_json::json;

use crate::walk::on_each_screen;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dashboard_follows_what_happens() {
    on_each_screen(|scene| {
        let page = &mut scene.page;
        page.open("/").unwrap();
        page.look("dashboard-empty").unwrap();
        let consent = scene.client.consent("ESSESESS");
        scene.client.sign("ESSESESS", &consent, "mbid");
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
