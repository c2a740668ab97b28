//! Each rule of the check: where it fires, and where it does not.

#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::civil::date;
use openpayments_banks::{BankRule, Case, Finding, Platform, Profile, Profiles, Sender};
use openpayments_model::account::AccountReference;
use openpayments_model::consent::ConsentRequest;
use openpayments_model::identifier::{Bankgiro, ClearingNumber, CountryCode, OcrReference};
use openpayments_model::payment::{
    Address, Bulk, BulkEntry, DebtorAccount, Domestic, DomesticPayment, Frequency, PaymentOrder,
    PaymentProduct, Periodic, SepaCreditTransfer, SwedishGiroPayment,
};
use openpayments_model::psu::PsuId;
use openpayments_model::{Amount, Bban, BicFi, Context, Iban, Psu};
use proptest::prelude::*;

const SWEDISH: &str = "SE4550000000058398257466";

fn profile(bic: &str) -> Profile {
    (*Profiles::built_in().find(&BicFi::parse(bic).unwrap()).unwrap()).clone()
}

fn psu() -> Psu {
    let psu = Psu::new().id(PsuId::parse("199002092386").unwrap());
    psu.ip_address("192.0.2.7".parse().unwrap()).user_agent("made-up/1").unwrap()
}

fn private(platform: Platform) -> Sender {
    Sender::new(Case::new(platform, Context::Private), &psu())
}

fn iban(text: &str) -> AccountReference {
    AccountReference::iban(&Iban::parse(text).unwrap())
}

fn from_iban() -> DebtorAccount {
    DebtorAccount::iban(&Iban::parse(SWEDISH).unwrap())
}

fn bban() -> Bban {
    Bban::parse("401975231").unwrap()
}

fn clearing() -> ClearingNumber {
    ClearingNumber::parse("5231").unwrap()
}

fn kronor() -> Amount {
    Amount::parse("SEK", "1.00").unwrap()
}

fn domestic(debtor: DebtorAccount, creditor: AccountReference) -> DomesticPayment {
    DomesticPayment::new(debtor, kronor(), creditor, "Made-up Creditor AB").unwrap()
}

fn rules(found: &[Finding]) -> Vec<BankRule> {
    found.iter().map(|finding| finding.rule).collect()
}

fn fields(found: &[Finding]) -> Vec<&str> {
    found.iter().map(|finding| finding.field.as_str()).collect()
}

fn consent() -> ConsentRequest {
    ConsentRequest::new(date(2027, 1, 31))
}

#[test]
fn a_context_that_is_not_offered_is_found() {
    let danske = profile("DABASESX");
    let sender = |platform| Sender::new(Case::new(platform, Context::Corporate), &psu());
    assert_eq!(
        rules(&danske.check_consent(&consent(), &sender(Platform::Sandbox))),
        [BankRule::ContextNotOffered]
    );
    assert_eq!(danske.check_consent(&consent(), &sender(Platform::Production)), []);
}

#[test]
fn a_product_that_is_not_offered_is_found() {
    let seb = profile("ESSESESS");
    let euro = Amount::parse("EUR", "1.00").unwrap();
    let payment =
        SepaCreditTransfer::new(from_iban(), euro, iban("FI2112345600000785"), "Keksitty Oy").unwrap();
    let found = seb.check_payment(&payment, &private(Platform::Production));
    assert_eq!(rules(&found), [BankRule::ProductNotOffered]);
    assert_eq!(
        found[0].to_string(),
        "payment-product: ESSESESS takes domestic, swedish-giro (bank page, 2021-07)"
    );
    assert_eq!(seb.check_payment(&payment, &private(Platform::Sandbox)), []);
}

#[test]
fn a_header_the_bank_insists_on_is_found_missing() {
    let swedbank = profile("SWEDSESS");
    let case = Case::new(Platform::Production, Context::Private);
    let bare = Sender::new(case, &Psu::new());
    assert_eq!(fields(&swedbank.check_consent(&consent(), &bare)), ["PSU-IP-Address", "PSU-User-Agent"]);
    let by_hand = bare.header("psu-ip-address").header("PSU-USER-AGENT");
    assert_eq!(swedbank.check_consent(&consent(), &by_hand), []);
    assert_eq!(swedbank.check_consent(&consent(), &private(Platform::Production)), []);
}

#[test]
fn who_signs_in_an_app_is_to_be_named_where_the_bank_insists() {
    let swedbank = profile("SWEDSESS");
    let nobody = Psu::new().ip_address("192.0.2.7".parse().unwrap()).user_agent("made-up/1").unwrap();
    let sender = |platform| Sender::new(Case::new(platform, Context::Private), &nobody);
    let found = |sender: Sender| swedbank.check_consent(&consent(), &sender);
    assert_eq!(fields(&found(sender(Platform::Sandbox).redirect_preferred(false))), ["PSU-ID"]);
    assert_eq!(found(sender(Platform::Sandbox).redirect_preferred(true)), []);
    assert_eq!(found(sender(Platform::Sandbox)), [], "its own choice is the redirect");
    assert_eq!(found(sender(Platform::Production).redirect_preferred(false)), []);
}

#[test]
fn too_few_reads_a_day_are_found() {
    let picky = Profile::parse("picky.toml", PICKY).unwrap();
    let sender = private(Platform::Production);
    assert_eq!(rules(&picky.check_consent(&consent().one_off(), &sender)), [BankRule::FrequencyTooLow]);
    assert_eq!(picky.check_consent(&consent(), &sender), []);
}

const PICKY: &str = r#"
[bank]
bic = "MADESESS"
name = "Made-up Bank"
country = "SE"
source = "a test"
date = "2026"

[[least-frequency]]
value = 2
source = "a test"
date = "2026"

[[baskets]]
value = { limit = 0 }
context = "corporate"
source = "a test"
date = "2026"

[[baskets]]
value = { limit = 2 }
source = "a test"
date = "2026"
"#;

#[test]
fn a_basket_that_is_too_large_is_found() {
    let picky = Profile::parse("picky.toml", PICKY).unwrap();
    let sender = private(Platform::Production);
    assert_eq!(rules(&picky.check_basket(3, &sender)), [BankRule::BasketTooLarge]);
    assert_eq!(picky.check_basket(2, &sender), []);
    let company = Sender::new(Case::new(Platform::Production, Context::Corporate), &psu());
    assert_eq!(rules(&picky.check_basket(1, &company)), [BankRule::BasketTooLarge]);
    assert_eq!(profile("NDEASESS").check_basket(1000, &sender), [], "not known");
}

#[test]
fn handelsbanken_takes_its_own_numbers_with_the_clearing_only_at_the_creditor() {
    let bank = profile("HANDSESS");
    let sender = private(Platform::Production);
    let creditor = || AccountReference::bban(&bban()).clearing_number(&clearing());
    let right = domestic(DebtorAccount::bban(&bban()), creditor());
    assert_eq!(bank.check_payment(&right, &sender), []);
    for debtor in [from_iban(), DebtorAccount::bban(&bban()).clearing_number(&clearing())] {
        let found = bank.check_payment(&domestic(debtor, creditor()), &sender);
        assert_eq!((rules(&found), fields(&found)), (vec![BankRule::DebtorForm], vec!["debtorAccount"]));
    }
    for creditor in [iban(SWEDISH), AccountReference::bban(&bban())] {
        let found = bank.check_payment(&domestic(DebtorAccount::bban(&bban()), creditor), &sender);
        assert_eq!((rules(&found), fields(&found)), (vec![BankRule::CreditorForm], vec!["creditorAccount"]));
    }
    // Of giro payments nothing is known.
    let reference = OcrReference::parse("1234567897").unwrap();
    let giro = Bankgiro::parse("5805-6201").unwrap();
    let giro =
        SwedishGiroPayment::new(from_iban(), kronor(), giro, "Made-up Supplier AB", reference).unwrap();
    assert_eq!(bank.check_payment(&giro, &sender), []);
}

#[test]
fn a_currency_the_bank_does_not_pay_in_is_found() {
    let danske = profile("DABASESX");
    let payment = domestic(from_iban(), iban(SWEDISH));
    let found = danske.check_payment(&payment, &private(Platform::Sandbox));
    assert_eq!(fields(&found), ["instructedAmount.currency"]);
    assert_eq!(danske.check_payment(&payment, &private(Platform::Production)), []);
}

#[test]
fn swedbank_passes_on_ten_characters_and_thirty_five_within_the_bank() {
    let swedbank = profile("SWEDSESS");
    let sender = private(Platform::Production);
    let found = |length, agent: Option<&str>| {
        let mut payment = domestic(from_iban(), iban(SWEDISH)).remittance("å".repeat(length)).unwrap();
        if let Some(agent) = agent {
            payment = payment.creditor_agent(BicFi::parse(agent).unwrap());
        }
        rules(&swedbank.check_payment(&payment, &sender))
    };
    for (agent, most) in
        [(None, 10), (Some("ESSESESS"), 10), (Some("SWEDSESS"), 35), (Some("SWEDSESSXXX"), 35)]
    {
        assert_eq!(found(most, agent), [], "{agent:?}");
        assert_eq!(found(most + 1, agent), [BankRule::RemittanceTooLong], "{agent:?}");
    }
}

#[test]
fn op_wants_the_address_of_a_creditor_abroad() {
    let op = profile("OKOYFIHH");
    let sender = private(Platform::Production);
    let euro = || Amount::parse("EUR", "1.00").unwrap();
    let to = |text| SepaCreditTransfer::new(from_iban(), euro(), iban(text), "Made-up Creditor AB").unwrap();
    assert_eq!(rules(&op.check_payment(&to(SWEDISH), &sender)), [BankRule::AddressMissing]);
    assert_eq!(op.check_payment(&to("FI2112345600000785"), &sender), []);
    assert_eq!(op.check_payment(&to(SWEDISH).creditor_address(Address::new(CountryCode::SE)), &sender), []);
}

#[test]
fn standing_orders_are_checked_too_and_of_a_bulk_payment_every_entry() {
    let swedbank = profile("SWEDSESS");
    let sender = private(Platform::Production);
    let entry = |text: &str| BulkEntry::new(kronor(), iban(SWEDISH), "A").unwrap().remittance(text).unwrap();
    let entries = vec![entry("short"), entry("eleven char"), entry("short"), entry("eleven char")];
    let bulk = Bulk::<Domestic>::new(iban(SWEDISH), entries).unwrap();
    let found = swedbank.check_payment(&bulk, &sender);
    let expected =
        ["payments[1].remittanceInformationUnstructured", "payments[3].remittanceInformationUnstructured"];
    assert_eq!(fields(&found), expected);
    let order = Periodic::<Domestic>::new(
        iban(SWEDISH),
        kronor(),
        iban(SWEDISH),
        "A",
        date(2027, 1, 1),
        Frequency::Monthly,
    );
    let order = order.unwrap().remittance("eleven char").unwrap();
    assert_eq!(rules(&swedbank.check_payment(&order, &sender)), [BankRule::RemittanceTooLong]);
}

#[test]
fn a_finding_repeats_no_value() {
    let secret = "Made-up secret words";
    let payment = domestic(from_iban(), iban(SWEDISH)).remittance(secret).unwrap();
    let found = profile("SWEDSESS").check_payment(&payment, &private(Platform::Production));
    let told = format!("{found:?} {}", found[0]);
    assert!(!told.contains(secret) && !told.contains(SWEDISH), "{told}");
}

#[test]
fn an_explanation_tells_calls_headers_signing_and_limits() {
    let case = Case::new(Platform::Production, Context::Corporate);
    let told = profile("HANDSESS").explain(case);
    let call = |name: &str| told.calls.iter().find(|expected| expected.call.as_str() == name);
    assert!(call("transaction.get").is_none(), "it does not answer that");
    assert_eq!(call("account.list").unwrap().headers, ["PSU-Corporate-ID", "Consent-ID", "PSU-IP-Address"]);
    let text = told.to_string();
    for words in ["14 months", "30 s from the start of the authorisation", "2900 transactions"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("15 months"), "that is for private accounts");

    let paying = profile("HANDSESS").explain(case.product(PaymentProduct::International));
    assert_eq!(paying.is_offered, Some(false));
    assert!(paying.to_string().contains("does not offer this"));
    assert!(!paying.calls.iter().any(|expected| expected.call.as_str() == "payment.get"));
    let bare = Profile::parse("picky.toml", PICKY).unwrap().explain(case);
    assert_eq!((bare.is_offered, bare.signing.len()), (None, 0));
}

/// Statements with values of every kind, right and odd.
fn statements() -> impl Strategy<Value = String> {
    let values = [
        ("contexts", "[\"corporate\"]"),
        ("products", "[\"swedish-giro\"]"),
        ("debtor", "[\"plusgiro\", \"bban-without-clearing\"]"),
        ("creditor", "[\"bban-and-clearing\"]"),
        ("creditor", "[\"bankgiro\"]"),
        ("currencies", "[\"JPY\"]"),
        ("remittance", "{ most = 0 }"),
        ("remittance", "{ most = 3, most-within-bank = 1 }"),
        ("address-abroad", "true"),
        ("least-frequency", "4000000000"),
        ("headers", "{ name = \"X-Unheard-Of\", calls = [\"payment.status\", \"consent.create\"] }"),
        ("psu-id-required", "true"),
        ("approaches", "[\"decoupled\"]"),
        ("baskets", "{ limit = 0 }"),
    ];
    let scopes = ["", "platform = \"sandbox\"", "context = \"corporate\"", "products = [\"domestic\"]"];
    let one = (prop::sample::select(values.to_vec()), prop::sample::select(scopes.to_vec()));
    prop::collection::vec(one, 0..12).prop_map(|all| {
        let head = PICKY.split("\n\n").next().unwrap().to_owned();
        let statements = all.into_iter().map(|((key, value), scope)| {
            format!("[[{key}]]\nvalue = {value}\n{scope}\nsource = \"x\"\ndate = \"2026\"")
        });
        [head].into_iter().chain(statements).collect::<Vec<_>>().join("\n\n")
    })
}

proptest! {
    #[test]
    fn no_profile_and_no_payment_make_a_check_panic(
        text in statements(),
        words in "[^\\p{C}]{1,140}",
        corporate: bool,
        production: bool,
        preferred in prop::option::of(any::<bool>()),
        empty: bool,
    ) {
        let profile = Profile::parse("made.toml", &text).unwrap();
        let platform = if production { Platform::Production } else { Platform::Sandbox };
        let context = if corporate { Context::Corporate } else { Context::Private };
        let mut sender = Sender::new(Case::new(platform, context), &if empty { Psu::new() } else { psu() });
        if let Some(preferred) = preferred {
            sender = sender.redirect_preferred(preferred);
        }
        let mut payment = domestic(from_iban(), iban(SWEDISH));
        if let Ok(worded) = payment.clone().remittance(words.clone()) {
            payment = worded;
        }
        for found in [
            profile.check_payment(&payment, &sender),
            profile.check_consent(&consent(), &sender),
            profile.check_basket(7, &sender),
            checked(&profile, &sender),
        ] {
            for finding in found {
                prop_assert!(!finding.field.is_empty() && !finding.to_string().contains(SWEDISH));
            }
        }
        for product in PaymentProduct::ALL {
            let told = profile.explain(Case::new(platform, context).product(product));
            prop_assert!(told.to_string().contains("MADESESS"));
        }
    }
}

/// A payment whose body is no object at all.
fn checked(profile: &Profile, sender: &Sender) -> Vec<Finding> {
    #[derive(serde::Serialize)]
    struct Odd;
    impl PaymentOrder for Odd {
        const PATH: openpayments_model::payment::PaymentPath =
            openpayments_model::payment::PaymentPath::DOMESTIC;
        fn terms(&self) -> openpayments_model::payment::PaymentTerms {
            domestic(from_iban(), iban(SWEDISH)).terms()
        }
    }
    profile.check_payment(&Odd, sender)
}
