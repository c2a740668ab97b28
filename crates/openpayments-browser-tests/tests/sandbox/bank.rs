//! The bank's pages in a redirect.

use crate::walk::on_each_screen;

const NORDEA: &str = "NDEASESS";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_approves_at_the_bank_and_comes_back_with_a_code() {
    on_each_screen(|scene| {
        let consent = scene.client.consent(NORDEA);
        let begun = scene.client.sign(NORDEA, &consent, "mbid");
        scene.page.open(&scene.client.to_bank(&begun)).unwrap();
        scene
            .page
            .until("document.body.innerText.includes('All your accounts, balances and transactions')")
            .unwrap();
        scene.page.look("bank").unwrap();
        scene.page.click("button[value=approve]").unwrap();
        scene.page.until("location.pathname === '/back' && location.search.includes('code=')").unwrap();
    })
    .await;
}
