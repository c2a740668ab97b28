use rust_decimal::Decimal;
use serde_json::json;

use super::*;

const P: &str = "/psd2/paymentinitiation/v1/payments";

pub(super) fn domestic(amount: &str) -> Value {
    json!({
        "instructedAmount": { "currency": "SEK", "amount": amount },
        "debtorAccount": { "iban": "SE3750000000054400047881", "currency": "SEK" },
        "creditorName": "Påhittade Mottagaren",
        "creditorAccount": { "iban": "SE2550000000054400047903", "currency": "SEK" },
        "remittanceInformationUnstructured": "My Payment",
    })
}

fn giro() -> Value {
    json!({
        "instructedAmount": { "amount": "1.00", "currency": "SEK" },
        "debtorAccount": { "iban": "SE4550000000058398257466" },
        "creditorGiro": { "giroNumber": "1234-5678", "giroType": "BANKGIRO" },
        "creditorName": "Sandbox Supplier",
        "ocrRef": "1234567897",
    })
}

pub(super) async fn pay(caller: &Caller<'_>, product: &str, body: &Value) -> String {
    let answer = caller.post(&format!("{P}/{product}"), body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.header("location").to_owned()
}

#[tokio::test]
async fn a_payment_at_seb_is_signed_in_two_rounds_settles_and_moves_the_balance() {
    let bench = Bench::new();
    let caller = bench.payments_caller("ESSESESS").await.with("psu-id", "199311219639");
    let accounts =
        bench.accounts_caller("ESSESESS").await.with("psu-id", "199311219639").with_valid_consent().await;
    let list = accounts.get("/psd2/accountinformation/v1/accounts?withBalance=true").await.json();
    let booked = |list: &Value, at: usize| -> Decimal {
        list["accounts"][at]["balances"][0]["balanceAmount"]["amount"].as_str().unwrap().parse().unwrap()
    };
    let payment = pay(&caller, "domestic", &domestic("1.5")).await;
    assert_eq!(caller.payment_status(&payment).await, "RCVD");
    let (authorisation, chosen) = caller.choose(&payment, "mbid").await;
    assert_eq!(chosen.get("scaStatus"), "authenticationStarted");
    assert!(chosen.json()["challengeData"]["data"][0].is_string());
    bench.advance(1_200);
    let second = caller.get(&authorisation).await.json();
    assert_eq!(second, json!({ "scaStatus": "psuAuthenticated" }));
    bench.advance(1_000);
    assert_eq!(caller.get(&authorisation).await.json(), json!({ "scaStatus": "started" }));
    bench.advance(1_200);
    assert_eq!(caller.sca_status(&authorisation).await, "finalised");
    assert_eq!(caller.payment_status(&payment).await, "ACSP");
    bench.advance(2_000);
    assert_eq!(caller.payment_status(&payment).await, "ACSC");
    let after = accounts.get("/psd2/accountinformation/v1/accounts?withBalance=true").await.json();
    assert_eq!(booked(&after, 0), booked(&list, 0) - Decimal::new(15, 1));
    assert_eq!(booked(&after, 1), booked(&list, 1) + Decimal::new(15, 1));
    let id = after["accounts"][0]["resourceId"].as_str().unwrap();
    let rows = accounts
        .get(&format!(
            "/psd2/accountinformation/v1/accounts/{id}/transactions?bookingStatus=booked&dateFrom=2026-03-01"
        ))
        .await;
    let top = &rows.json()["transactions"]["booked"][0];
    assert_eq!(
        (&top["transactionAmount"]["amount"], &top["remittanceInformationUnstructured"]),
        (&json!("-1.50"), &json!("My Payment"))
    );
    let ledger = crate::ledger::Ledger::new(Arc::clone(&bench.platform));
    assert_eq!(ledger.bookings().len(), 1);
    assert_eq!(ledger.bookings()[0].request_id, REQUEST_ID);
}

#[tokio::test]
async fn a_payment_at_nordea_is_activated_by_its_code_and_settles_minutes_later() {
    let bench = Bench::new();
    let caller = bench.payments_caller("NDEASESS").await;
    let mut body = domestic("10.00");
    body["debtorAccount"] = json!({ "bban": "41351300039" });
    let payment = pay(&caller, "domestic", &body).await;
    let (authorisation, chosen) = caller.choose(&payment, "mbid").await;
    let href = chosen.json()["_links"]["scaOAuth"]["href"].as_str().unwrap().to_owned();
    let path = href
        .replace("[CLIENT_ID]", &bench.client.id)
        .replace("[TPP_REDIRECT_URI]", CALLBACK)
        .replace("&state=[TPP_STATE]", "");
    let bank = bench.send("GET", path.strip_prefix("http://localhost").unwrap(), &[], "").await;
    let returned =
        bench.send("GET", bank.header("location").strip_prefix("http://localhost").unwrap(), &[], "").await;
    let url = Url::parse(returned.header("location")).unwrap();
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    assert!(pairs.iter().all(|(name, _)| name != "state"));
    let code = &pairs.iter().find(|(name, _)| name == "code").unwrap().1;
    bench.advance(5_000);
    assert_eq!(caller.payment_status(&payment).await, "RCVD", "not activated");
    let secret = bench.client.secret.expose().to_owned();
    let form = [
        ("client_id", bench.client.id.as_str()),
        ("client_secret", &secret),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("scope", "paymentinitiation private"),
    ];
    let headers = [("x-paymentid", last(&payment)), ("x-paymentauthorisationid", last(&authorisation))];
    assert_eq!(bench.form("/connect/token", &headers, &form).await.status, 200);
    assert_eq!(caller.sca_status(&authorisation).await, "finalised");
    assert_eq!(caller.payment_status(&payment).await, "ACSP");
    bench.advance(179_999);
    assert_eq!(caller.payment_status(&payment).await, "ACSP");
    bench.advance(1);
    assert_eq!(caller.payment_status(&payment).await, "ACSC");
}

#[tokio::test]
async fn bodies_are_checked_member_by_member() {
    let bench = Bench::new();
    let caller = bench.payments_caller("ESSESESS").await;
    let refused = async |product: &str, body: &Value| {
        let answer = caller.post(&format!("{P}/{product}"), body).await;
        assert_eq!(answer.refusal(), (400, "FORMAT_ERROR".into()), "{body}");
        answer.json()["tppMessages"][0]["path"].as_str().unwrap().to_owned()
    };
    for amount in [
        json!("0"),
        json!("-1"),
        json!("1,50"),
        json!("1e3"),
        json!(1.5),
        json!("999999999999999.00"),
        json!("0.001"),
    ] {
        let mut body = domestic("1");
        body["instructedAmount"]["amount"] = amount;
        assert_eq!(refused("domestic", &body).await, "instructedAmount.amount");
    }
    for member in ["instructedAmount", "debtorAccount", "creditorAccount", "creditorName"] {
        let mut body = domestic("1");
        body.as_object_mut().unwrap().remove(member);
        assert_eq!(refused("domestic", &body).await, member);
    }
    let mut body = domestic("1");
    body["debtorAccount"] = json!({ "bban": "54400047881" });
    assert_eq!(refused("domestic", &body).await, "debtorAccount.bban", "SEB wants an IBAN");
    body["debtorAccount"] = json!({ "iban": "SE3750000000054400047881", "bban": "1" });
    assert_eq!(refused("domestic", &body).await, "debtorAccount.iban");
    assert_eq!(refused("sepa-credit-transfers", &domestic("1")).await, "instructedAmount.currency");
    let mut body = giro();
    body["invoiceRef"] = json!("12345");
    assert_eq!(refused("swedish-giro", &body).await, "ocrRef");
    let mut body = domestic("1");
    body["requestedExecutionDate"] = json!("2026-03-01");
    let late = caller.post(&format!("{P}/domestic"), &body).await;
    assert_eq!(late.refusal(), (400, "EXECUTION_DATE_INVALID".into()));
    let no_ip = caller.with("psu-ip-address", "").post(&format!("{P}/domestic"), &domestic("1")).await;
    assert_eq!(no_ip.json()["tppMessages"][0]["path"], "PSU-IP-Address");
}

#[tokio::test]
async fn products_unknown_or_not_offered_are_refused() {
    let bench = Bench::new();
    let caller = bench.payments_caller("NDEASESS").await;
    assert_eq!(
        caller.post(&format!("{P}/barter"), &domestic("1")).await.refusal(),
        (404, "PRODUCT_UNKNOWN".into())
    );
    assert_eq!(
        caller.post(&format!("{P}/international"), &domestic("1")).await.refusal(),
        (403, "PRODUCT_INVALID".into())
    );
}

#[tokio::test]
async fn a_giro_payment_warns_of_a_wrong_ocr_and_is_read_back_without_its_giro() {
    let bench = Bench::new();
    let caller = bench.payments_caller("ESSESESS").await;
    let mut body = giro();
    let good = caller.post(&format!("{P}/swedish-giro"), &body).await;
    assert_eq!(good.json()["tppMessages"], Value::Null);
    let read = caller.get(good.header("location")).await.json();
    assert_eq!(
        (&read["creditorGiro"], &read["ocrRef"], &read["transactionStatus"]),
        (&Value::Null, &Value::Null, &json!("RCVD"))
    );
    // Which giro it was is told as an account, as every other creditor's.
    assert_eq!(read["creditorAccount"], json!({ "bankgiroNumber": "1234-5678" }));
    body["ocrRef"] = json!("1234567890");
    let warned = caller.post(&format!("{P}/swedish-giro"), &body).await;
    assert_eq!((warned.status, &warned.json()["tppMessages"][0]["category"]), (201, &json!("WARNING")));
}

#[tokio::test]
async fn a_payment_beyond_the_balance_is_rejected_at_settlement() {
    let bench = Bench::with(Sandbox::builder().settle_after(Duration::from_millis(500)));
    let caller = bench.payments_caller("ESSESESS").await.with("psu-id", "199311219639");
    let payment = pay(&caller, "domestic", &domestic("9999999.00")).await;
    caller.choose(&payment, "mbid").await;
    bench.advance(3_400);
    assert_eq!(caller.payment_status(&payment).await, "ACSP");
    bench.advance(500);
    let status = caller.get(&format!("{payment}/status")).await;
    assert_eq!((status.get("transactionStatus"), status.code()), ("RJCT".into(), "PAYMENT_FAILED".into()));
    assert!(bench.platform.with_world(|world, _| world.bookings.is_empty()));
}

#[tokio::test]
async fn test_persons_decide_what_becomes_of_a_payment() {
    let bench = Bench::new();
    for (psu, sca, status) in [
        ("99990101001", "failed", "RJCT"),
        ("99990101002", "finalised", "PATC"),
        ("99990101003", "failed", "RCVD"),
        ("99990101004", "failed", "RCVD"),
        ("99990101005", "failed", "RCVD"),
        ("99990101006", "finalised", "RJCT"),
        ("99990101000", "finalised", "ACSC"),
    ] {
        let caller = bench.payments_caller("ESSESESS").await.with("psu-id", psu);
        let payment = pay(&caller, "domestic", &domestic("1")).await;
        let (authorisation, _) = caller.choose(&payment, "mbid").await;
        bench.advance(60_000);
        assert_eq!(
            (caller.sca_status(&authorisation).await, caller.payment_status(&payment).await),
            (sca.into(), status.into()),
            "{psu}"
        );
        let told =
            [caller.get(&authorisation).await.code(), caller.get(&format!("{payment}/status")).await.code()];
        let expected = match psu {
            "99990101002" => ["AUTHORISATION_PENDING_API", "AUTHORISATION_PENDING_API"],
            "99990101003" => ["PSU_RIGHTS_MISSING", ""],
            "99990101004" => ["AUTHENTICATION_SESSION_EXPIRED", ""],
            "99990101005" => ["BANKID_NOT_ACTIVATED", ""],
            "99990101006" => ["", "DAILY_LIMIT"],
            _ => ["", ""],
        };
        assert_eq!(told, expected, "{psu}");
    }
}

#[tokio::test]
async fn a_company_without_kyc_cannot_pay() {
    let bench = Bench::new();
    let caller = bench.caller("paymentinitiation corporate", "ESSESESS").await;
    let odd =
        caller.with("psu-corporate-id", "9999999991").post(&format!("{P}/domestic"), &domestic("1")).await;
    assert_eq!(odd.refusal(), (403, "TPP_KYC_INVALID".into()));
    let even =
        caller.with("psu-corporate-id", "9999999990").post(&format!("{P}/domestic"), &domestic("1")).await;
    assert_eq!(even.status, 201);
}

#[tokio::test]
async fn an_unsigned_payment_is_cancelled_and_a_settled_one_is_not() {
    let bench = Bench::new();
    let caller = bench.payments_caller("ESSESESS").await;
    let payment = pay(&caller, "domestic", &domestic("1")).await;
    let (authorisation, _) = caller.choose(&payment, "mbid").await;
    assert_eq!(caller.call("DELETE", &payment, "").await.status, 204);
    assert_eq!(caller.payment_status(&payment).await, "CANC");
    bench.advance(60_000);
    assert_eq!(caller.sca_status(&authorisation).await, "failed", "signing a cancelled payment does nothing");
    assert_eq!(caller.payment_status(&payment).await, "CANC");
    let payment = pay(&caller, "domestic", &domestic("1")).await;
    caller.choose(&payment, "mbid").await;
    bench.advance(60_000);
    assert_eq!(caller.call("DELETE", &payment, "").await.refusal(), (405, "CANCELLATION_INVALID".into()));
}

#[tokio::test]
async fn handelsbanken_neither_reads_nor_cancels_payments() {
    let bench = Bench::new();
    let caller = bench.payments_caller("HANDSESS").await;
    let mut body = domestic("1");
    body["debtorAccount"] = json!({ "bban": "403333911" });
    body["creditorAccount"] = json!({ "bban": "401975231" });
    let unclear = caller.post(&format!("{P}/domestic"), &body).await;
    assert_eq!(unclear.json()["tppMessages"][0]["path"], "creditorAccount.bban");
    body["creditorAccount"] = json!({ "bban": "401975231", "clearingNumber": "1000" });
    let payment = pay(&caller, "domestic", &body).await;
    assert_eq!(caller.payment_status(&payment).await, "ACTC");
    for method in ["GET", "DELETE"] {
        assert_eq!(caller.call(method, &payment, "").await.refusal(), (405, "SERVICE_INVALID".into()));
    }
    caller.choose(&payment, "mbid").await;
    assert_eq!(caller.payment_status(&payment).await, "ACSP");
}

#[tokio::test]
async fn swedbank_has_a_new_recipient_approved_once() {
    let bench = Bench::new();
    let caller = bench.payments_caller("SWEDSESS").await.with("tpp-redirect-preferred", "false");
    let mut rounds = Vec::new();
    for _ in 0..2 {
        let payment = pay(&caller, "domestic", &domestic("1")).await;
        let (authorisation, _) = caller.choose(&payment, "mbid").await;
        bench.advance(1_200);
        rounds.push(caller.sca_status(&authorisation).await);
        bench.advance(60_000);
        assert_eq!(caller.payment_status(&payment).await, "ACSC");
    }
    assert_eq!(rounds, ["authoriseCreditorAccountStarted", "started"]);
}

#[tokio::test]
async fn a_payment_for_a_later_day_settles_on_that_day() {
    let bench = Bench::new();
    let caller = bench.payments_caller("HANDSESS").await;
    let mut body = giro();
    body["debtorAccount"] = json!({ "bban": "403333911" });
    body["requestedExecutionDate"] = json!("2026-03-03");
    let payment = pay(&caller, "swedish-giro", &body).await;
    caller.choose(&payment, "mbid").await;
    assert_eq!(caller.payment_status(&payment).await, "ACCP");
    bench.advance(14 * 3_600_000 + 2_000);
    let fresh = bench.payments_caller("HANDSESS").await;
    assert_eq!(fresh.payment_status(&payment).await, "ACSC");
}

#[tokio::test]
async fn a_booked_payment_shows_its_creditors_account_as_the_payment_named_it() {
    let bench = Bench::new();
    let caller = bench.payments_caller("ESSESESS").await.with("psu-id", "199311219639");
    let mut to_plusgiro = giro();
    to_plusgiro["debtorAccount"] = json!({ "iban": "SE3750000000054400047881" });
    to_plusgiro["creditorGiro"] = json!({ "giroNumber": "4123456", "giroType": "PLUSGIRO" });
    let mut to_bankgiro = to_plusgiro.clone();
    to_bankgiro["creditorGiro"]["giroType"] = json!("BANKGIRO");
    for (product, body) in
        [("domestic", domestic("1")), ("swedish-giro", to_plusgiro), ("swedish-giro", to_bankgiro)]
    {
        let payment = pay(&caller, product, &body).await;
        caller.choose(&payment, "mbid").await;
        bench.advance(60_000);
        assert_eq!(caller.payment_status(&payment).await, "ACSC");
    }
    let reader =
        bench.accounts_caller("ESSESESS").await.with("psu-id", "199311219639").with_valid_consent().await;
    let accounts = reader.get("/psd2/accountinformation/v1/accounts").await.json();
    let id = accounts["accounts"][0]["resourceId"].as_str().unwrap();
    let list = format!(
        "/psd2/accountinformation/v1/accounts/{id}/transactions?bookingStatus=booked&dateFrom=2026-03-02"
    );
    let rows = reader.get(&list).await.json()["transactions"]["booked"].as_array().unwrap().clone();
    let shown: Vec<&Value> = rows.iter().map(|row| &row["creditorAccount"]).collect();
    let expected = [
        json!({ "bankGiro": "4123456" }),
        json!({ "plusGiro": "4123456" }),
        json!({ "iban": "SE2550000000054400047903" }),
    ];
    assert_eq!(shown, expected.iter().collect::<Vec<_>>());
}
