use super::*;

const BASKETS: &str = "/psd2/paymentinitiation/v1/signing-baskets";
const DOMESTIC: &str = "/psd2/paymentinitiation/v1/payments/domestic";

fn payment(creditor: &str, amount: &str) -> Value {
    json!({
        "instructedAmount": { "currency": "SEK", "amount": amount },
        "debtorAccount": { "iban": "SE3750000000054400047881" },
        "creditorName": creditor,
        "creditorAccount": { "iban": "SE2550000000054400047903" },
    })
}

/// Payments at SEB, each with its path.
async fn payments(caller: &Caller<'_>, how_many: usize) -> Vec<String> {
    let mut paths = Vec::new();
    for nth in 0..how_many {
        let answer = caller.post(DOMESTIC, &payment(&format!("Mottagare {nth}"), "1.50")).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        paths.push(answer.header("location").to_owned());
    }
    paths
}

fn body(paths: &[String]) -> Value {
    json!({ "paymentIds": paths.iter().map(|path| last(path)).collect::<Vec<_>>() })
}

async fn basket(caller: &Caller<'_>, paths: &[String]) -> String {
    let answer = caller.post(BASKETS, &body(paths)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.get("transactionStatus"), "RCVD");
    let path = answer.header("location").to_owned();
    let links = &answer.json()["_links"];
    assert_eq!(links["startAuthorisation"]["href"], format!("{path}/authorisations"));
    assert_eq!(answer.get("basketId"), last(&path));
    path
}

#[tokio::test]
async fn one_signature_signs_every_payment_of_a_basket() {
    let bench = Bench::new();
    let caller = bench.payments_caller("ESSESESS").await;
    let paths = payments(&caller, 3).await;
    let basket = basket(&caller, &paths).await;
    let read = caller.get(&basket).await.json();
    assert_eq!(read["payments"], body(&paths)["paymentIds"]);
    assert_eq!((&read["transactionStatus"], &read["consents"]), (&json!("RCVD"), &Value::Null));
    let (authorisation, chosen) = caller.choose(&basket, "mbid").await;
    assert_eq!(chosen.get("scaStatus"), "authenticationStarted");
    let list = caller.get(&format!("{basket}/authorisations")).await.json();
    assert_eq!(list, json!({ "authorisationIds": [last(&authorisation)] }));
    assert_eq!(caller.payment_status(&paths[2]).await, "RCVD");
    bench.advance(3_400);
    assert_eq!(caller.sca_status(&authorisation).await, "finalised");
    assert_eq!(caller.payment_status(&basket).await, "ACTC");
    for path in &paths {
        assert_eq!(caller.payment_status(path).await, "ACSP");
    }
    bench.advance(2_000);
    for path in &paths {
        assert_eq!(caller.payment_status(path).await, "ACSC");
    }
    assert_eq!(bench.platform.with_world(|world, _| world.bookings.len()), 3);
    assert_eq!(caller.call("DELETE", &basket, "").await.refusal(), (409, "STATUS_INVALID".into()));
}

#[tokio::test]
async fn test_persons_decide_what_becomes_of_a_basket() {
    let bench = Bench::new();
    for (psu, sca, status, member) in [
        ("99990101001", "failed", "RJCT", "RJCT"),
        ("99990101002", "finalised", "PATC", "PATC"),
        ("99990101004", "failed", "RCVD", "RCVD"),
    ] {
        let caller = bench.payments_caller("ESSESESS").await.with("psu-id", psu);
        let paths = payments(&caller, 2).await;
        let basket = basket(&caller, &paths).await;
        let (authorisation, _) = caller.choose(&basket, "mbid").await;
        bench.advance(60_000);
        assert_eq!(caller.sca_status(&authorisation).await, sca, "{psu}");
        assert_eq!(caller.payment_status(&basket).await, status, "{psu}");
        for path in &paths {
            assert_eq!(caller.payment_status(path).await, member, "{psu}");
        }
    }
}

#[tokio::test]
async fn a_second_signer_completes_the_basket() {
    let bench = Bench::new();
    let caller = bench.payments_caller("ESSESESS").await.with("psu-id", "99990101002");
    let paths = payments(&caller, 2).await;
    let basket = basket(&caller, &paths).await;
    caller.choose(&basket, "mbid").await;
    bench.advance(60_000);
    for waiting in [&basket, &paths[1]] {
        let told = caller.get(&format!("{waiting}/status")).await;
        assert_eq!([told.get("transactionStatus"), told.code()], ["PATC", "AUTHORISATION_PENDING_API"]);
    }
    let second = caller.with("psu-id", PSU);
    second.choose(&basket, "mbid").await;
    bench.advance(60_000);
    assert_eq!(caller.payment_status(&basket).await, "ACTC");
    assert_eq!(caller.payment_status(&paths[1]).await, "ACSC");
}

#[tokio::test]
async fn what_cannot_go_into_one_basket_is_refused() {
    let bench = Bench::new();
    let caller = bench.payments_caller("ESSESESS").await;
    let refused = async |caller: &Caller<'_>, body: Value| caller.post(BASKETS, &body).await.refusal();
    for wrong in
        [json!({}), json!({ "paymentIds": [] }), json!({ "paymentIds": [1] }), json!({ "paymentIds": "x" })]
    {
        assert_eq!(refused(&caller, wrong).await, (400, "FORMAT_ERROR".into()));
    }
    assert_eq!(refused(&caller, json!({ "paymentIds": ["x"] })).await, (400, "RESOURCE_UNKNOWN".into()));
    let own = payments(&caller, 2).await;
    let twice = json!({ "paymentIds": [last(&own[0]), last(&own[0])] });
    assert_eq!(refused(&caller, twice).await, (400, "FORMAT_ERROR".into()));
    let nordea = bench.payments_caller("NDEASESS").await;
    let mut elsewhere = payment("Mottagare", "1");
    elsewhere["debtorAccount"] = json!({ "bban": "41351300039" });
    let elsewhere = nordea.post(DOMESTIC, &elsewhere).await.header("location").to_owned();
    let other_psu = payments(&caller.with("psu-id", "199311219639"), 1).await.remove(0);
    let company = bench.caller("paymentinitiation corporate", "ESSESESS").await;
    let company = payments(&company.with("psu-corporate-id", "9999999990"), 1).await.remove(0);
    for foreign in [elsewhere, other_psu, company] {
        let mixed = body(&[own[0].clone(), foreign]);
        assert_eq!(refused(&caller, mixed).await, (400, "REFERENCE_MIX_INVALID".into()));
    }
    let foreign = payments(&caller, 1).await.remove(0);
    bench.platform.with_world(|world, _| {
        world.payments.get_mut(last(&foreign)).unwrap().owner.client = "another".to_owned();
    });
    let mixed = body(&[own[0].clone(), foreign]);
    assert_eq!(refused(&caller, mixed).await, (400, "RESOURCE_UNKNOWN".into()), "another client's");
    assert_eq!(refused(&nordea, body(&own)).await, (405, "SERVICE_INVALID".into()));
    caller.choose(&own[1], "mbid").await;
    bench.advance(60_000);
    assert_eq!(refused(&caller, body(&own)).await, (409, "REFERENCE_STATUS_INVALID".into()));
}

#[tokio::test]
async fn a_basket_holds_as_many_payments_as_the_bank_signs_at_once() {
    let bench = Bench::new();
    let caller = bench.payments_caller("ESSESESS").await;
    let paths = payments(&caller, 101).await;
    let refused = caller.post(BASKETS, &body(&paths)).await;
    assert_eq!(refused.refusal(), (400, "REFERENCE_MIX_INVALID".into()));
    basket(&caller, &paths[..100]).await;
}

#[tokio::test]
async fn a_basket_whose_member_was_signed_meanwhile_is_not_signed() {
    let bench = Bench::manual();
    let caller = bench.payments_caller("ESSESESS").await;
    let paths = payments(&caller, 2).await;
    let basket = basket(&caller, &paths).await;
    caller.choose(&basket, "mbid").await;
    assert_eq!(caller.call("DELETE", &paths[0], "").await.status, 204);
    let order = bench.platform.with_world(|world, _| world.orders().remove(0));
    bench.platform.with_world(|world, now| {
        for _ in 0..2 {
            world.approve_order(&order.id, now);
        }
    });
    bench.advance(1_000);
    bench.platform.with_world(|world, now| world.approve_order(&order.id, now));
    assert_eq!(caller.payment_status(&paths[1]).await, "RCVD");
    assert_eq!(caller.payment_status(&basket).await, "RCVD");
    let again = caller.call("POST", &format!("{basket}/authorisations"), "").await;
    assert_eq!(again.refusal(), (409, "STATUS_INVALID".into()));
    assert_eq!(caller.call("DELETE", &basket, "").await.status, 204);
    assert_eq!(caller.payment_status(&basket).await, "CANC");
}

#[tokio::test]
async fn consents_can_be_signed_in_a_basket_too() {
    let bench = Bench::new();
    let accounts = bench.accounts_caller("ESSESESS").await;
    let consent = accounts.consent().await;
    let caller = bench.payments_caller("ESSESESS").await;
    let body = json!({ "consentIds": [last(&consent)] });
    let basket = caller.post(BASKETS, &body).await.header("location").to_owned();
    let read = caller.get(&basket).await.json();
    assert_eq!((&read["consents"], &read["payments"]), (&body["consentIds"], &Value::Null));
    caller.choose(&basket, "mbid").await;
    bench.advance(60_000);
    assert_eq!(accounts.consent_status(&consent).await, "valid");
    let again = caller.post(BASKETS, &body).await;
    assert_eq!(again.refusal(), (409, "REFERENCE_STATUS_INVALID".into()));
}

#[tokio::test]
async fn a_basket_belongs_to_its_bank_and_its_paths_to_no_other_resource() {
    let bench = Bench::new();
    let caller = bench.payments_caller("ESSESESS").await;
    let paths = payments(&caller, 1).await;
    let basket = basket(&caller, &paths).await;
    let unknown = (404, "RESOURCE_UNKNOWN".to_owned());
    assert_eq!(caller.with("x-bicfi", "NDEASESS").get(&basket).await.refusal(), unknown);
    assert_eq!(caller.get(&format!("{BASKETS}/{}", last(&paths[0]))).await.refusal(), unknown);
    let (authorisation, _) = caller.choose(&paths[0], "mbid").await;
    assert_eq!(
        caller.get(&format!("{basket}/authorisations/{}", last(&authorisation))).await.refusal(),
        unknown
    );
}

#[tokio::test]
async fn a_basket_is_shown_in_full_and_activated_by_its_own_headers() {
    let bench = Bench::manual();
    let caller = bench.payments_caller("ESSESESS").await.with("tpp-redirect-preferred", "true");
    let mut paths = payments(&caller, 2).await;
    let mut euro = payment("Euromottagaren", "7.00");
    euro["instructedAmount"]["currency"] = json!("EUR");
    let euro = caller.post(&DOMESTIC.replace("domestic", "sepa-credit-transfers"), &euro).await;
    paths.push(euro.header("location").to_owned());
    let basket = basket(&caller, &paths).await;
    let (authorisation, chosen) = caller.choose(&basket, "mbid").await;
    let href = chosen.json()["_links"]["scaOAuth"]["href"].as_str().unwrap().to_owned();
    assert!(href.contains(&format!(
        "%20basketId:{}%20basketAuthorisationId:{}",
        last(&basket),
        last(&authorisation)
    )));
    let path = href
        .replace("[CLIENT_ID]", &bench.client.id)
        .replace("[TPP_REDIRECT_URI]", CALLBACK)
        .replace("[TPP_STATE]", "S")
        .replace("http://localhost", "");
    let to_bank = bench.send("GET", &path, &[], "").await;
    let bank = to_bank.header("location").replace("http://localhost", "");
    let approval = bench.log_in(&bank, PSU).await;
    let page = bench.send("GET", &approval, &[], "").await.text;
    for shown in ["<dd>3</dd>", "7.00 EUR and 3.00 SEK", "Mottagare 0", "Mottagare 1", "Euromottagaren"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let returned = bench.form(&approval, &[], &[("decision", "approve")]).await;
    let url = Url::parse(returned.header("location")).unwrap();
    let code = url.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    assert_eq!(caller.payment_status(&basket).await, "RCVD", "not activated");
    let secret = bench.client.secret.expose().to_owned();
    let form = [
        ("client_id", bench.client.id.as_str()),
        ("client_secret", &secret),
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
    ];
    let headers = [("x-basketid", last(&basket)), ("x-basketauthorisationid", last(&authorisation))];
    assert_eq!(bench.form("/connect/token", &headers, &form).await.status, 200);
    assert_eq!(caller.payment_status(&basket).await, "ACTC");
    assert_eq!(caller.payment_status(&paths[0]).await, "ACSP");
}
