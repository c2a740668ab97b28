//! "Pay by bank": once, whatever the customer does.

use openpayments_browser_tests::Key;
use serde_json::json;

use crate::scene::{SEB, Scene, on_each_screen};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cup_is_paid_by_scanning_a_code() {
    on_each_screen(|scene| {
        scene.page.open("/").unwrap();
        scene.page.look("shop").unwrap();
        scene.page.open("/pay/cup").unwrap();
        scene.page.look("shop-banks").unwrap();
        scene.choose("cup", SEB);
        scene.page.look("shop-form").unwrap();
        scene.send_form("other-device");
        scene.sees_code();
        scene.page.look("shop-code").unwrap();
        // It changes before the customer's eyes, over Server-Sent Events.
        let first = scene.page.read("document.querySelector('#qr').src").unwrap();
        scene.page.until(&format!("document.querySelector('#qr').src !== {first}")).unwrap();
        scene.sign();
        scene.page.look("shop-paid").unwrap();
        scene.ledger_has(1, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kettle_is_paid_at_the_banks_page() {
    on_each_screen(|scene| {
        scene.choose("kettle", SEB);
        scene.send_form("bank-page");
        scene.at_the_bank("approve");
        scene.heading_is("Thank you");
        scene.ledger_has(1, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_refuses_pays_nothing_in_the_app_or_at_the_bank() {
    on_each_screen(|scene| {
        scene.choose("beans", SEB);
        scene.send_form("other-device");
        scene.sees_code();
        let order = scene.sandbox.orders().remove(0);
        scene.sandbox.refuse(&order.id).unwrap();
        scene.heading_is("Not signed");
        scene.page.look("shop-refused").unwrap();
        scene.choose("beans", SEB);
        scene.send_form("bank-page");
        scene.at_the_bank("refuse");
        scene.heading_is("Not signed");
        scene.ledger_has(2, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_sent_many_times_is_one_payment() {
    on_each_screen(|scene| {
        scene.choose("cup", SEB);
        let twice = "(async () => { const form = document.querySelector('form.card');
            const send = () => fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
            return (await Promise.all([send(), send(), send()])).every(answer => answer.ok) })()";
        assert_eq!(scene.page.read(twice).unwrap(), json!(true));
        // And by a double click.
        scene.page.read("(() => { const button = document.querySelector('main button'); button.click(); button.click() })()").unwrap();
        scene.sees_code();
        scene.sign();
        scene.ledger_has(1, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_goes_back_and_pays_again_pays_once() {
    on_each_screen(|scene| {
        scene.choose("cup", SEB);
        for _ in 0..2 {
            scene.send_form("other-device");
            scene.sees_code();
            scene.page.read("history.back()").unwrap();
            scene.page.until("document.querySelector('#psu')").unwrap();
        }
        scene.send_form("other-device");
        scene.sees_code();
        scene.sign();
        scene.page.read("history.back()").unwrap();
        scene.page.until("document.querySelector('#psu')").unwrap();
        // Even another way: it is paid.
        scene.send_form("this-device");
        scene.heading_is("Thank you");
        scene.ledger_has(1, 1);
        // Whoever chooses anew buys another.
        scene.choose("cup", SEB);
        scene.send_form("other-device");
        scene.sees_code();
        scene.sign();
        scene.ledger_has(2, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a16_reloads_and_a_second_tab_show_the_same_signature() {
    on_each_screen(|scene| {
        scene.choose("cup", SEB);
        scene.send_form("other-device");
        scene.sees_code();
        for _ in 0..3 {
            scene.page.open("/sign/pay").unwrap();
            scene.sees_code();
        }
        let mut second = scene.page.second_tab(scene.browser).unwrap();
        second.open("/sign/pay").unwrap();
        second.until("!document.querySelector('#code').hidden").unwrap();
        scene.sign();
        second.until("document.querySelector('h1').textContent === 'Thank you'").unwrap();
        assert_eq!(second.problems(), [""; 0]);
        scene.page.open("/sign/pay").unwrap();
        scene.heading_is("Thank you");
        scene.ledger_has(1, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_killed_in_the_middle_goes_on_before_the_customers_eyes() {
    on_each_screen(|scene| {
        scene.choose("cup", SEB);
        scene.send_form("other-device");
        scene.sees_code();
        scene.shop.kill();
        let Scene { shop, sandbox, .. } = scene;
        shop.start_again(sandbox);
        // The stream comes back without a reload.
        scene.sign();
        scene.ledger_has(1, 1);
        scene.shop.kill();
        let Scene { shop, sandbox, .. } = scene;
        shop.start_again(sandbox);
        scene.page.open("/sign/pay").unwrap();
        scene.heading_is("Thank you");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_killed_while_the_customer_is_at_the_bank_takes_the_customer_back() {
    on_each_screen(|scene| {
        scene.choose("cup", SEB);
        scene.send_form("bank-page");
        scene.page.until("!document.querySelector('#redirect').hidden").unwrap();
        scene.page.click("#redirect").unwrap();
        scene.page.until("document.querySelector('button[value=login]')").unwrap();
        scene.shop.kill();
        let Scene { shop, sandbox, .. } = scene;
        shop.start_again(sandbox);
        scene.page.click("button[value=login]").unwrap();
        scene.page.until("document.querySelector('button[value=approve]')").unwrap();
        scene.page.click("button[value=approve]").unwrap();
        scene.heading_is("Thank you");
        scene.ledger_has(1, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keyboard_alone_is_enough() {
    on_each_screen(|scene| {
        scene.page.open("/").unwrap();
        scene.page.tab_to("a[href='/pay/cup']").unwrap();
        scene.page.press(Key::Enter).unwrap();
        scene.page.until("location.pathname === '/pay/cup'").unwrap();
        scene.page.tab_to("a[href$='/ESSESESS']").unwrap();
        scene.page.press(Key::Enter).unwrap();
        scene.page.until("document.querySelector('#psu')").unwrap();
        scene.page.tab_to("main button[type=submit]").unwrap();
        scene.page.look("shop-focus").unwrap();
        scene.page.press(Key::Space).unwrap();
        scene.sees_code();
        scene.page.tab_to("form[action$=cancel] button").unwrap();
        scene.page.press(Key::Enter).unwrap();
        scene.heading_is("Not signed");
        scene.page.look("shop-cancelled").unwrap();
        scene.ledger_has(1, 0);
    })
    .await;
}
