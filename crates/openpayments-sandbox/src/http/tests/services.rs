use super::*;

const PERIODIC: &str = "/psd2/paymentinitiation/v1/periodic-payments/domestic";
const BULK: &str = "/psd2/paymentinitiation/v1/bulk-payments/domestic";
const DAY: u64 = 24 * 3_600_000;

fn transfer(amount: &str) -> Value {
    json!({
        "instructedAmount": { "currency": "SEK", "amount": amount },
        "creditorName": "Påhittade Mottagaren",
        "creditorAccount": { "iban": "SE2550000000054400047903" },
        "remittanceInformationUnstructured": "Hyra",
    })
}

fn periodic() -> Value {
    let mut body = transfer("100.00");
    body["debtorAccount"] = json!({ "iban": "SE3750000000054400047881" });
    body["startDate"] = json!("2026-03-03");
    body["frequency"] = json!("Monthly");
    body
}

fn bulk(amounts: &[&str]) -> Value {
    json!({
        "debtorAccount": { "iban": "SE3750000000054400047881" },
        "batchBookingPreferred": true,
        "payments": amounts.iter().map(|amount| transfer(amount)).collect::<Vec<_>>(),
    })
}

async fn seb(bench: &Bench) -> Caller<'_> {
    bench.payments_caller("ESSESESS").await.with("psu-id", "199311219639")
}

/// Created and signed; its path.
async fn signed(caller: &Caller<'_>, all: &str, body: &Value) -> String {
    let answer = caller.post(all, body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let path = answer.header("location").to_owned();
    assert_eq!(path, format!("{all}/{}", answer.get("paymentId")));
    caller.choose(&path, "mbid").await;
    caller.bench.advance(3_400);
    path
}

fn booked(bench: &Bench) -> Vec<(String, String)> {
    bench.platform.with_world(|world, _| {
        world.bookings.iter().map(|b| (b.date.to_string(), b.amount.to_string())).collect()
    })
}

#[tokio::test]
async fn a_periodic_payment_is_booked_again_and_again_as_the_clock_moves() {
    let bench = Bench::new();
    let caller = seb(&bench).await;
    let mut body = periodic();
    body["endDate"] = json!("2026-05-30");
    body["executionRule"] = json!("following");
    let path = signed(&caller, PERIODIC, &body).await;
    assert_eq!(caller.payment_status(&path).await, "ACCP");
    assert!(booked(&bench).is_empty());
    bench.advance(DAY);
    let caller = seb(&bench).await;
    assert_eq!(caller.payment_status(&path).await, "ACSP", "more are to come");
    assert_eq!(booked(&bench), [("2026-03-03".to_owned(), "100.00 SEK".to_owned())]);
    bench.advance(100 * DAY);
    let days: Vec<String> = booked(&bench).into_iter().map(|(day, _)| day).collect();
    // The third of May 2026 is a Sunday.
    assert_eq!(days, ["2026-03-03", "2026-04-03", "2026-05-04"]);
    let caller = seb(&bench).await;
    assert_eq!(caller.payment_status(&path).await, "ACSC");
}

#[tokio::test]
async fn a_cancelled_periodic_payment_pays_no_more() {
    let bench = Bench::new();
    let caller = seb(&bench).await;
    let path = signed(&caller, PERIODIC, &periodic()).await;
    bench.advance(40 * DAY);
    let caller = seb(&bench).await;
    assert_eq!(booked(&bench).len(), 2);
    assert_eq!(caller.call("DELETE", &path, "").await.status, 204);
    bench.advance(100 * DAY);
    assert_eq!(booked(&bench).len(), 2);
}

#[tokio::test]
async fn what_was_due_before_the_signature_is_not_paid_afterwards() {
    let bench = Bench::new();
    let caller = seb(&bench).await;
    let going_on = caller.post(PERIODIC, &periodic()).await.header("location").to_owned();
    let mut over = periodic();
    over["endDate"] = json!("2026-03-10");
    let over = caller.post(PERIODIC, &over).await.header("location").to_owned();
    bench.advance(20 * DAY);
    let caller = seb(&bench).await;
    for path in [&going_on, &over] {
        caller.choose(path, "mbid").await;
    }
    bench.advance(60_000);
    let late = caller.get(&format!("{over}/status")).await;
    assert_eq!(
        (late.get("transactionStatus"), late.code()),
        ("RJCT".into(), "EXECUTION_DATE_INVALID".into())
    );
    assert_eq!(caller.payment_status(&going_on).await, "ACCP");
    bench.advance(20 * DAY);
    assert_eq!(booked(&bench), [("2026-04-03".to_owned(), "100.00 SEK".to_owned())]);
}

#[tokio::test]
async fn an_instalment_without_money_is_left_out() {
    let bench = Bench::new();
    let caller = seb(&bench).await;
    let mut body = periodic();
    body["instructedAmount"]["amount"] = json!("9999999.00");
    body["frequency"] = json!("Daily");
    body["endDate"] = json!("2026-03-04");
    let path = signed(&caller, PERIODIC, &body).await;
    bench.advance(DAY);
    let between = seb(&bench).await.get(&format!("{path}/status")).await;
    assert_eq!((between.get("transactionStatus"), between.code()), ("ACSP".into(), "PAYMENT_FAILED".into()));
    bench.advance(DAY);
    assert_eq!(seb(&bench).await.payment_status(&path).await, "RJCT");
    assert!(booked(&bench).is_empty());
}

#[tokio::test]
async fn a_clock_moved_by_centuries_books_a_bounded_number_of_instalments() {
    let bench = Bench::new();
    let caller = seb(&bench).await;
    let mut body = periodic();
    body["frequency"] = json!("Daily");
    body["instructedAmount"]["amount"] = json!("1.00");
    signed(&caller, PERIODIC, &body).await;
    bench.advance(300 * 365 * DAY);
    assert_eq!(booked(&bench).len(), 400);
}

#[tokio::test]
async fn periodic_bodies_are_checked_member_by_member() {
    let bench = Bench::new();
    let caller = seb(&bench).await;
    for (member, value, code) in [
        ("startDate", Value::Null, "FORMAT_ERROR"),
        ("startDate", json!("3/3/2026"), "FORMAT_ERROR"),
        ("startDate", json!("2026-03-01"), "EXECUTION_DATE_INVALID"),
        ("endDate", json!("2026-03-02"), "PERIOD_INVALID"),
        ("frequency", Value::Null, "FORMAT_ERROR"),
        ("frequency", json!("monthly"), "FORMAT_ERROR"),
        ("executionRule", json!("latest"), "FORMAT_ERROR"),
        ("dayOfExecution", json!("01"), "FORMAT_ERROR"),
        ("dayOfExecution", json!("32"), "FORMAT_ERROR"),
        ("dayOfExecution", json!(1), "FORMAT_ERROR"),
        ("creditorAccount", Value::Null, "FORMAT_ERROR"),
    ] {
        let mut body = periodic();
        body[member] = value;
        let answer = caller.post(PERIODIC, &body).await;
        assert_eq!(answer.refusal(), (400, code.into()), "{member}");
        assert_eq!(answer.json()["tppMessages"][0]["path"], member);
    }
    let mut nothing_left = periodic();
    nothing_left["endDate"] = json!("2026-03-20");
    nothing_left["dayOfExecution"] = json!("25");
    assert_eq!(caller.post(PERIODIC, &nothing_left).await.refusal(), (400, "PERIOD_INVALID".into()));
}

#[tokio::test]
async fn periodic_and_bulk_payments_are_read_back_in_their_own_shape() {
    let bench = Bench::new();
    let caller = seb(&bench).await;
    let mut body = periodic();
    body["dayOfExecution"] = json!("31");
    body["executionRule"] = json!("preceding");
    body["endDate"] = json!("2027-03-03");
    let path = caller.post(PERIODIC, &body).await.header("location").to_owned();
    let mut expected = body;
    expected["transactionStatus"] = json!("RCVD");
    assert_eq!(caller.get(&path).await.json(), expected);
    let mut body = bulk(&["1.00", "2.00"]);
    body["requestedExecutionDate"] = json!("2026-03-05");
    let path = caller.post(BULK, &body).await.header("location").to_owned();
    let mut expected = body;
    expected["transactionStatus"] = json!("RCVD");
    assert_eq!(caller.get(&path).await.json(), expected);
    let elsewhere = path.replace("bulk-payments", "payments");
    assert_eq!(caller.get(&elsewhere).await.refusal(), (404, "RESOURCE_UNKNOWN".into()));
    let elsewhere = path.replace("domestic", "international");
    assert_eq!(caller.get(&elsewhere).await.refusal(), (404, "RESOURCE_UNKNOWN".into()));
}

#[tokio::test]
async fn a_bulk_payment_is_booked_element_by_element_as_far_as_the_money_goes() {
    let bench = Bench::new();
    for (amounts, status, bookings) in [
        (&["1.00", "2.00"][..], "ACSC", 2),
        (&["1.00", "9999999.00", "2.00"][..], "PART", 2),
        (&["9999999.00"][..], "RJCT", 0),
    ] {
        let before = booked(&bench).len();
        let caller = seb(&bench).await;
        let path = signed(&caller, BULK, &bulk(amounts)).await;
        assert_eq!(caller.payment_status(&path).await, "ACSP");
        bench.advance(2_000);
        assert_eq!(caller.payment_status(&path).await, status);
        assert_eq!(booked(&bench).len() - before, bookings, "{status}");
        let late = caller.call("DELETE", &path, "").await;
        assert_eq!(late.refusal(), (405, "CANCELLATION_INVALID".into()));
    }
}

#[tokio::test]
async fn no_money_is_spent_twice_within_a_bulk() {
    let bench = Bench::new();
    let caller = seb(&bench).await;
    let accounts = bench.accounts_caller("ESSESESS").await.with("psu-id", "199311219639");
    let accounts = accounts.with_valid_consent().await;
    let list = accounts.get("/psd2/accountinformation/v1/accounts?withBalance=true").await.json();
    let available =
        list["accounts"][0]["balances"][1]["balanceAmount"]["amount"].as_str().unwrap().to_owned();
    let path = signed(&caller, BULK, &bulk(&[&available, "0.01"])).await;
    bench.advance(2_000);
    assert_eq!(caller.payment_status(&path).await, "PART");
    assert_eq!(booked(&bench).len(), 1);
}

#[tokio::test]
async fn bulk_bodies_are_checked_element_by_element() {
    let bench = Bench::new();
    let caller = seb(&bench).await;
    let refused = async |body: &Value| {
        let answer = caller.post(BULK, body).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        (answer.code(), answer.json()["tppMessages"][0]["path"].as_str().unwrap().to_owned())
    };
    let format = |path: &str| ("FORMAT_ERROR".to_owned(), path.to_owned());
    assert_eq!(refused(&bulk(&[])).await, format("payments"));
    assert_eq!(refused(&bulk(&["1.00", "0"])).await, format("payments[1].instructedAmount.amount"));
    let mut body = bulk(&["1.00"]);
    body["payments"][0]["creditorName"] = Value::Null;
    assert_eq!(refused(&body).await, format("payments[0].creditorName"));
    let mut body = bulk(&["1.00"]);
    body["payments"][0]["instructedAmount"]["currency"] = json!("EUR");
    assert_eq!(refused(&body).await, format("payments[0].instructedAmount.currency"));
    let mut body = bulk(&["1.00"]);
    body["batchBookingPreferred"] = json!("yes");
    assert_eq!(refused(&body).await, format("batchBookingPreferred"));
    let mut body = bulk(&["1.00"]);
    body["requestedExecutionTime"] = json!("2026-03-01T12:00:00Z");
    assert_eq!(refused(&body).await, ("EXECUTION_DATE_INVALID".into(), "requestedExecutionTime".into()));
    assert_eq!(refused(&bulk(&vec!["1.00"; 1001])).await, format("payments"));
}

#[tokio::test]
async fn a_person_sees_the_plan_and_the_parts_before_signing() {
    let bench = Bench::manual();
    let caller = seb(&bench).await;
    for (all, body, shown) in [
        (PERIODIC, periodic(), ["100.00 SEK", "Monthly", "Further notice"]),
        (BULK, bulk(&["1.00", "2.50"]), ["Total: 3.50 SEK", "1.00 SEK to", "2.50 SEK to"]),
    ] {
        let path = caller.post(all, &body).await.header("location").to_owned();
        caller.choose(&path, "mbid").await;
        let order = bench.platform.with_world(|world, _| {
            world.orders().into_iter().find(|order| order.resource_id == last(&path)).unwrap()
        });
        let rows = order.shown.into_iter().map(|(label, value)| format!("{label}: {value}"));
        let text: Vec<String> = rows.collect();
        for part in shown {
            assert!(text.iter().any(|value| value.contains(part)), "{part}: {text:?}");
        }
    }
}

#[tokio::test]
async fn giro_payments_are_single_and_services_unknown_are_not_there() {
    let bench = Bench::new();
    let caller = seb(&bench).await;
    let giro = PERIODIC.replace("domestic", "swedish-giro");
    assert_eq!(caller.post(&giro, &periodic()).await.refusal(), (403, "PRODUCT_INVALID".into()));
    let unknown = PERIODIC.replace("periodic-payments", "loans");
    assert_eq!(caller.post(&unknown, &periodic()).await.refusal(), (404, "RESOURCE_UNKNOWN".into()));
    let periodic = caller.post(PERIODIC, &periodic()).await.get("paymentId");
    let basket = json!({ "paymentIds": [periodic] });
    let answer = caller.post("/psd2/paymentinitiation/v1/signing-baskets", &basket).await;
    assert_eq!(answer.refusal(), (400, "REFERENCE_MIX_INVALID".into()));
}
