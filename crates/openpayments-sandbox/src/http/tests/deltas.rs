use super::*;

const ACCOUNTS: &str = "/psd2/accountinformation/v1/accounts";
const DAY: u64 = 24 * 3_600_000;

/// A caller with a consent at SEB, and the path of the first account's transactions.
async fn opened(bench: &Bench) -> (Caller<'_>, String) {
    let caller = bench.accounts_caller("ESSESESS").await.with("psu-id", "199311219639");
    let caller = caller.with_valid_consent().await;
    let id = caller.get(ACCOUNTS).await.json()["accounts"][0]["resourceId"].as_str().unwrap().to_owned();
    (caller, format!("{ACCOUNTS}/{id}/transactions"))
}

/// The same caller with a token that is not past its time.
async fn again<'a>(bench: &'a Bench, caller: &Caller<'a>) -> Caller<'a> {
    let token = bench.token_answer("accountinformation private").await.get("access_token");
    caller.with("authorization", &format!("Bearer {token}"))
}

async fn pay(bench: &Bench) {
    let caller = bench.payments_caller("ESSESESS").await.with("psu-id", "199311219639");
    let body = json!({
        "instructedAmount": { "currency": "SEK", "amount": "1.00" },
        "debtorAccount": { "iban": "SE3750000000054400047881" },
        "creditorName": "Påhittade Mottagaren",
        "creditorAccount": { "iban": "SE2550000000054400047903" },
    });
    let path = caller.post("/psd2/paymentinitiation/v1/payments/domestic", &body).await;
    caller.choose(path.header("location"), "mbid").await;
    bench.advance(10_000);
}

/// References of all pages, newest first.
async fn references(caller: &Caller<'_>, path: &str) -> Vec<String> {
    let (mut path, mut references) = (path.to_owned(), Vec::new());
    loop {
        let answer = caller.get(&path).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let page = &answer.json()["transactions"];
        let rows = page["booked"].as_array().unwrap();
        references.extend(rows.iter().map(|row| row["entryReference"].as_str().unwrap().to_owned()));
        match page["_links"]["next"]["href"].as_str() {
            Some(next) => path = next.to_owned(),
            None => return references,
        }
    }
}

#[tokio::test]
async fn what_came_after_an_entry_is_told_whenever_it_was_booked() {
    let bench = Bench::new();
    let (caller, path) = opened(&bench).await;
    pay(&bench).await;
    let all = format!("{path}?bookingStatus=booked&dateFrom=2026-02-01");
    let before = references(&caller, &all).await;
    let known = format!("{path}?bookingStatus=booked&entryReferenceFrom={}", before[0]);
    assert!(before[0].starts_with('P') && references(&caller, &known).await.is_empty());
    pay(&bench).await;
    bench.advance(20 * DAY);
    let caller = again(&bench, &caller).await;
    let after = references(&caller, &all).await;
    let new = references(&caller, &known).await;
    assert!(new.len() > 25, "more than a page: {}", new.len());
    assert_eq!([new, before].concat(), after);
}

#[tokio::test]
async fn each_read_of_the_difference_begins_where_the_last_one_ended() {
    let bench = Bench::new();
    let (caller, path) = opened(&bench).await;
    let delta = format!("{path}?bookingStatus=booked&deltaList=True");
    let everything = references(&caller, &delta).await;
    assert!(everything.len() > 100);
    assert!(references(&caller, &delta).await.is_empty());
    pay(&bench).await;
    assert_eq!(references(&caller, &delta).await.len(), 1);
    bench.advance(20 * DAY);
    let caller = again(&bench, &caller).await;
    let new = references(&caller, &delta).await;
    assert!(new.len() > 25);
    let all = references(&caller, &format!("{path}?bookingStatus=booked&dateFrom=2020-01-01")).await;
    assert_eq!(all[..new.len()], new[..]);
    assert_eq!(all.len(), everything.len() + 1 + new.len());
    assert!(references(&caller, &delta).await.is_empty());
}

#[tokio::test]
async fn differences_are_refused_where_they_mean_nothing() {
    let bench = Bench::new();
    let (caller, path) = opened(&bench).await;
    for (query, code) in [
        ("bookingStatus=booked", "FORMAT_ERROR"),
        ("bookingStatus=booked&deltaList=maybe", "FORMAT_ERROR"),
        ("bookingStatus=booked&deltaList=false", "FORMAT_ERROR"),
        ("bookingStatus=booked&entryReferenceFrom=nobody", "RESOURCE_UNKNOWN"),
        ("bookingStatus=booked&deltaList=true&entryReferenceFrom=x", "PARAMETER_NOT_CONSISTENT"),
    ] {
        assert_eq!(caller.get(&format!("{path}?{query}")).await.refusal(), (400, code.into()), "{query}");
    }
    let handelsbanken = bench.accounts_caller("HANDSESS").await;
    for name in ["deltaList=true", "entryReferenceFrom=x"] {
        let answer =
            handelsbanken.get(&format!("{path}?bookingStatus=booked&dateFrom=2026-02-01&{name}")).await;
        assert_eq!(answer.refusal(), (400, "PARAMETER_NOT_SUPPORTED".into()));
        assert!(name.starts_with(answer.json()["tppMessages"][0]["path"].as_str().unwrap()));
    }
}
