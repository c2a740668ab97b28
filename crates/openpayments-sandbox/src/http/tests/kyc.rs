use super::*;

#[tokio::test]
async fn a_company_gets_a_form_and_a_status_by_its_last_digit() {
    let bench = Bench::new();
    let caller = bench.caller("paymentinitiation corporate", "ESSESESS").await.with("x-bicfi", "");
    let form = caller.call("POST", "/integration/v1/new/9999999990?countryCode=SE", "").await;
    assert_eq!(form.status, 200, "{}", form.text);
    let url = Url::parse(&form.get("kycUrl")).unwrap();
    assert_eq!((url.scheme(), url.path()), ("https", "/form/"));
    let instance = url.query().unwrap().strip_prefix("instanceId=").unwrap();
    assert!(crate::world::mint::is_uuid(instance));
    for (company, status) in [("9999999990", "valid"), ("9999999991", "invalid"), ("556016-0680", "valid")] {
        let answer = caller.get(&format!("/integration/v1/status/{company}")).await;
        assert_eq!((answer.status, answer.get("status")), (200, status.into()), "{company}");
        assert_eq!(answer.get("psuCorporateId"), company);
    }
}

#[tokio::test]
async fn kyc_is_for_companies_and_their_numbers_only() {
    let bench = Bench::new();
    let caller = bench.caller("paymentinitiation corporate", "ESSESESS").await;
    for path in ["/integration/v1/new/9999999990", "/integration/v1/new/9999999990?countryCode=SWE"] {
        assert_eq!(caller.call("POST", path, "").await.refusal(), (400, "FORMAT_ERROR".into()), "{path}");
    }
    let odd = caller.get("/integration/v1/status/%3Cb%3E").await;
    assert_eq!(odd.refusal(), (400, "FORMAT_ERROR".into()));
    for scope in ["paymentinitiation private", "accountinformation corporate"] {
        let other = bench.caller(scope, "ESSESESS").await;
        let answer = other.get("/integration/v1/status/9999999990").await;
        assert_eq!(answer.refusal(), (403, "SERVICE_BLOCKED".into()), "{scope}");
    }
    let unnamed = caller.with("x-request-id", "").get("/integration/v1/status/9999999990").await;
    assert_eq!(unnamed.refusal(), (400, "FORMAT_ERROR".into()));
}
