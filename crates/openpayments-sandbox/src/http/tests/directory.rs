use super::*;

const D: &str = "/psd2/aspspinformation/v1";

async fn names(caller: &Caller<'_>, path: &str, list: &str, member: &str) -> Vec<String> {
    let answer = caller.get(&format!("{D}{path}")).await.json();
    answer[list].as_array().unwrap().iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn filters_take_comma_lists_and_unite() {
    let bench = Bench::new();
    let caller = bench.caller("aspspinformation private", "").await;
    assert_eq!(
        names(&caller, "/countries?isoCountryCodes=SE,fi", "countries", "isoCountryCode").await,
        ["SE", "FI"]
    );
    assert_eq!(names(&caller, "/countries?country=SE", "countries", "isoCountryCode").await.len(), 6);
    let helsinki = "ba9dd929-1408-33a6-3ce2-bc45fcfaaa5c";
    let both = format!("/cities?isoCountryCodes=SE&cityIds={helsinki}");
    assert_eq!(names(&caller, &both, "cities", "name").await, ["Stockholm", "Helsinki"]);
    let banks = names(&caller, &format!("/aspsps?cityIds={helsinki}"), "aspsps", "bicFi").await;
    assert_eq!(banks, ["NDEAFIHH", "OKOYFIHH"]);
    assert_eq!(names(&caller, "/aspsps", "aspsps", "bicFi").await.len(), 7);
}

#[tokio::test]
async fn details_are_found_by_id_or_not_at_all() {
    let bench = Bench::new();
    let caller = bench.caller("aspspinformation corporate", "").await;
    let swedbank = caller.get(&format!("{D}/aspsps/SWEDSESS")).await.json();
    assert_eq!(
        swedbank["supportedAuthorizationMethods"][0]["uri"],
        "http://localhost/.well-known/openid-configuration"
    );
    assert_eq!(swedbank["supportedAuthorizationMethods"][1]["uri"], "");
    assert_eq!(swedbank["affiliatedAspsps"][0]["id"], "08999");
    let seb = caller.get(&format!("{D}/aspsps/ESSESESS")).await.json();
    assert_eq!(seb["paymentInitiation"]["signingBasketLimit"], 100);
    for (path, status) in [
        ("/aspsps/ABCDSESS", 404),
        ("/aspsps/x", 400),
        ("/countries/SE", 200),
        ("/countries/XX", 404),
        ("/countries/SWE", 400),
        ("/cities/37efa883-c8ad-4ff7-927b-b11b02beb923", 200),
        ("/cities/x", 400),
    ] {
        assert_eq!(caller.get(&format!("{D}{path}")).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn the_directory_refuses_with_a_bare_list() {
    let bench = Bench::new();
    let caller = bench.caller("aspspinformation corporate", "").await;
    let unknown = caller.get(&format!("{D}/aspsps/ABCDSESS")).await.json();
    assert_eq!(unknown[0]["code"], "RESOURCE_UNKNOWN");
    let elsewhere = bench.accounts_caller("ESSESESS").await.get(&format!("{D}/countries")).await;
    assert_eq!((elsewhere.status, &elsewhere.json()[0]["category"]), (403, &json!("ERROR")));
}

#[tokio::test]
async fn a_british_bank_is_in_uk_as_the_platform_spells_it() {
    let text = "[bank]\nbic = \"MADEGB2L\"\nname = \"Made-up Bank\"\ncountry = \"GB\"\nsource = \"nobody\"\ndate = \"2026\"\n";
    let profile = openpayments_banks::Profile::parse("made-up.toml", text).unwrap();
    let bench = Bench::with(Sandbox::builder().profile(profile));
    let caller = bench.caller("aspspinformation private", "").await;
    assert_eq!(names(&caller, "/aspsps?isoCountryCodes=UK", "aspsps", "bicFi").await, ["MADEGB2L"]);
    assert_eq!(caller.get(&format!("{D}/aspsps/MADEGB2L")).await.get("country"), "United Kingdom");
}
