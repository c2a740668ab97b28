//! Every bank as its profile tells it: consent and every product, in every context, by every way to sign, and what it
//! refuses.

use std::time::Duration;

use jiff::ToSpan;
use openpayments::banks::{
    AccountForm, Approach, BankRule, Call, Case, Facts, Finding, Findings, Platform, Profile, Profiles,
    Settlement,
};
use openpayments::model::consent::ConsentRequest;
use openpayments::model::identifier::{
    Bankgiro, ClearingNumber, ConsentId, CountryCode, OcrReference, Plusgiro,
};
use openpayments::model::payment::{
    Address, Domestic, International, PaymentOrder, PaymentProduct, PaymentRef, Sepa, SwedishGiroPayment,
    Transfer, TransferProduct,
};
use openpayments::model::status::{ConsentStatus, TransactionStatus};
use openpayments::prelude::*;
use openpayments::sca::{NextStep, ResourceStatus};
use openpayments_sandbox::{Quirk, Sandbox};

use crate::support::{client_builder, platform, sign};

const WILLING: &str = "99990101000";
const SWEDISH: &str = "SE4550000000058398257466";
const FINNISH: &str = "FI2112345600000785";

/// A bank in a context, by one way to sign.
#[derive(Clone)]
struct Way {
    profile: Profile,
    context: Context,
    approach: Approach,
}

impl Way {
    fn case(&self) -> Case {
        Case::new(Platform::Sandbox, self.context)
    }

    fn all() -> Vec<Self> {
        let mut ways = Vec::new();
        for profile in &Profiles::built_in() {
            for context in [Context::Private, Context::Corporate] {
                let case = Case::new(Platform::Sandbox, context);
                if !profile.contexts.of(case).unwrap().value.contains(&context) {
                    continue;
                }
                for approach in &profile.approaches.of(case).unwrap().value {
                    ways.push(Self { profile: (**profile).clone(), context, approach: *approach });
                }
            }
        }
        ways
    }

    fn bank(&self, client: &Client) -> Bank {
        self.bank_of(client, self.psu())
    }

    fn psu(&self) -> Psu {
        let psu = Psu::new().id(PsuId::parse(WILLING).unwrap()).ip_address("127.0.0.1".parse().unwrap());
        let psu = psu.user_agent("made-up/1.0").unwrap();
        match self.context {
            Context::Private => psu,
            Context::Corporate => psu.corporate_id(CorporateId::parse("9999999990").unwrap()),
        }
    }

    fn bank_of(&self, client: &Client, psu: Psu) -> Bank {
        let bank = client.bank(self.profile.bank.bic.clone(), self.context).psu(psu);
        bank.redirect_preferred(self.approach == Approach::Redirect)
    }

    fn products(&self) -> Vec<PaymentProduct> {
        self.profile.products.of(self.case()).unwrap().value.clone()
    }

    fn currency(&self, product: PaymentProduct) -> &str {
        match (self.profile.currencies.of(self.case().product(product)), product) {
            (Some(known), _) => known.value.first().unwrap().as_str(),
            (None, PaymentProduct::SepaCreditTransfers) => "EUR",
            (None, _) => "SEK",
        }
    }

    /// A payment that the bank takes, as far as anything is known.
    fn right(&self, product: PaymentProduct) -> Draft {
        let case = self.case().product(product);
        let first = |forms: &Facts<Vec<AccountForm>>| {
            forms.of(case).and_then(|fact| fact.value.first().copied()).unwrap_or(AccountForm::Iban)
        };
        let (debtor, creditor) = (first(&self.profile.debtor), first(&self.profile.creditor));
        Draft {
            product,
            debtor,
            creditor,
            creditor_iban: SWEDISH,
            currency: self.currency(product).to_owned(),
            text: String::new(),
            agent: None,
            address: product == PaymentProduct::SepaCreditTransfers,
        }
    }
}

/// A payment to be made.
#[derive(Clone, Debug)]
struct Draft {
    product: PaymentProduct,
    debtor: AccountForm,
    creditor: AccountForm,
    creditor_iban: &'static str,
    currency: String,
    text: String,
    agent: Option<&'static str>,
    address: bool,
}

impl Draft {
    fn debtor(&self) -> DebtorAccount {
        let bban = Bban::parse("41351300039").unwrap();
        match self.debtor {
            AccountForm::Iban => DebtorAccount::iban(&Iban::parse(SWEDISH).unwrap()),
            AccountForm::Plusgiro => DebtorAccount::plusgiro(&Plusgiro::parse("900800-4").unwrap()),
            AccountForm::Bankgiro => DebtorAccount::bankgiro(&Bankgiro::parse("5805-6201").unwrap()),
            AccountForm::BbanAndClearing => DebtorAccount::bban(&bban).clearing_number(&clearing()),
            _ => DebtorAccount::bban(&bban),
        }
    }

    fn creditor(&self) -> AccountReference {
        let bban = Bban::parse("401975231").unwrap();
        match self.creditor {
            AccountForm::Iban => AccountReference::iban(&Iban::parse(self.creditor_iban).unwrap()),
            AccountForm::BbanAndClearing => AccountReference::bban(&bban).clearing_number(&clearing()),
            _ => AccountReference::bban(&bban),
        }
    }

    fn transfer<P: TransferProduct>(&self) -> Result<Transfer<P>, InvalidValue> {
        let amount = Amount::parse(&self.currency, "12.50")?;
        let mut transfer = Transfer::<P>::new(self.debtor(), amount, self.creditor(), "Made-up Creditor AB")?;
        if !self.text.is_empty() {
            transfer = transfer.remittance(self.text.as_str())?;
        }
        if let Some(agent) = self.agent {
            transfer = transfer.creditor_agent(BicFi::parse(agent)?);
        }
        if self.address {
            transfer = transfer.creditor_address(Address::new(CountryCode::SE));
        }
        Ok(transfer)
    }

    fn giro(&self) -> SwedishGiroPayment {
        SwedishGiroPayment::new(
            self.debtor(),
            Amount::parse(&self.currency, "12.50").unwrap(),
            Bankgiro::parse("5805-6201").unwrap(),
            "Made-up Supplier AB",
            OcrReference::with_check_digit("123456789").unwrap(),
        )
        .unwrap()
    }

    /// What is found in it, and what the bank says to it. `None` when no such payment can be made.
    async fn make(&self, bank: &Bank) -> Option<(Vec<Finding>, Result<PaymentRef, Error>)> {
        Some(match self.product {
            PaymentProduct::Domestic => made(bank, self.transfer::<Domestic>().ok()?).await,
            PaymentProduct::SepaCreditTransfers => made(bank, self.transfer::<Sepa>().ok()?).await,
            PaymentProduct::International => made(bank, self.transfer::<International>().ok()?).await,
            _ => made(bank, self.giro()).await,
        })
    }
}

fn clearing() -> ClearingNumber {
    ClearingNumber::parse("5231").unwrap()
}

async fn made<P: PaymentOrder + Sync>(bank: &Bank, payment: P) -> (Vec<Finding>, Result<PaymentRef, Error>) {
    let findings = bank.check_payment(&payment);
    (findings, bank.create_payment(payment).await.map(|created| created.body.payment))
}

async fn signed_consent(client: &Client, bank: &Bank) -> ConsentId {
    let consent = ConsentRequest::new(ConsentRequest::LONGEST);
    assert_eq!(bank.check_consent(&consent), []);
    let consent = bank.create_consent(consent).await.unwrap().body.consent_id;
    let outcome = sign(client, bank, consent.clone()).await;
    assert_eq!(outcome, Outcome::Completed(ResourceStatus::Consent(ConsentStatus::Valid)));
    consent
}

#[tokio::test]
async fn accounts_are_read_at_every_bank_in_every_context_by_every_way_to_sign() {
    let ways = Way::all();
    assert!(ways.len() >= 13, "{}", ways.len());
    for way in ways {
        let name = format!("{} {} {:?}", way.profile.bank.bic, way.context, way.approach);
        let (sandbox, client) = platform(Sandbox::builder()).await;
        let bank = way.bank(&client);
        let consent = signed_consent(&client, &bank).await;
        let accounts = bank.accounts(&consent).await.unwrap().body;
        let account = &accounts.first().unwrap().resource_id;
        let today = sandbox.clock().now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let week =
            ListTransactions::new(consent.clone(), account.clone(), today.checked_sub(7.days()).unwrap());
        let page = bank.transactions(week).next().await.unwrap().unwrap();
        assert!(!page.body.transactions.booked.is_empty(), "{name}");
        let redirected = sandbox.ledger().count("GET", "/connect/authorize") > 0;
        assert_eq!(redirected, way.approach == Approach::Redirect, "{name}");
    }
}

#[tokio::test]
async fn every_product_is_paid_at_every_bank_in_every_context_by_every_way_to_sign() {
    for way in Way::all() {
        for product in way.products() {
            let name = format!("{} {} {:?} {product}", way.profile.bank.bic, way.context, way.approach);
            let (sandbox, client) = platform(Sandbox::builder()).await;
            let bank = way.bank(&client);
            let (findings, created) = way.right(product).make(&bank).await.unwrap();
            assert_eq!(findings, [], "{name}");
            let payment = created.unwrap_or_else(|error| panic!("{name}: {error} {:?}", error.messages()));
            sign(&client, &bank, payment.clone())
                .await
                .into_result()
                .unwrap_or_else(|e| panic!("{name}: {e}"));
            let status = async || bank.payment_status(&payment).await.unwrap().body.transaction_status;
            let case = way.case().product(product);
            if way.profile.settlement.of(case).is_some_and(|fact| fact.value == Settlement::Minutes) {
                sandbox.clock().advance(Duration::from_mins(1));
                let late = status().await;
                assert_eq!(late, TransactionStatus::AcceptedSettlementInProcess, "{name} settles late");
            }
            sandbox.clock().advance(Duration::from_mins(10));
            assert_eq!(status().await, TransactionStatus::AcceptedSettlementCompleted, "{name}");
            assert_eq!(sandbox.ledger().bookings().len(), 1, "{name}");
        }
    }
}

#[tokio::test]
async fn who_refuses_grants_and_pays_nothing_at_every_bank_in_every_context_by_every_way_to_sign() {
    for way in Way::all() {
        let name = format!("{} {} {:?}", way.profile.bank.bic, way.context, way.approach);
        let (sandbox, client) = platform(Sandbox::builder()).await;
        let bank = way.bank_of(&client, way.psu().id(PsuId::parse("99990101001").unwrap()));
        let consent = ConsentRequest::new(ConsentRequest::LONGEST);
        let consent = bank.create_consent(consent).await.unwrap().body.consent_id;
        let refused = sign(&client, &bank, consent.clone()).await;
        assert!(matches!(refused.next_step(), NextStep::AskPsu | NextStep::SignAgain), "{name}: {refused:?}");
        let status = bank.consent_status(&consent).await.unwrap().body;
        assert_eq!(status, ConsentStatus::Rejected, "{name}");
        let unread = bank.accounts(&consent).await.unwrap_err();
        assert_eq!(unread.kind(), ErrorKind::ConsentInvalid, "{name}");

        let product = way.products().into_iter().next().unwrap();
        let payment = way.right(product).make(&bank).await.unwrap().1.unwrap();
        let refused = sign(&client, &bank, payment.clone()).await;
        assert!(matches!(refused.next_step(), NextStep::AskPsu | NextStep::SignAgain), "{name}: {refused:?}");
        sandbox.clock().advance(Duration::from_hours(1));
        let status = bank.payment_status(&payment).await.unwrap().body.transaction_status;
        assert_eq!(status, TransactionStatus::Rejected, "{name}");
        assert!(sandbox.ledger().bookings().is_empty(), "{name}");
    }
}

#[tokio::test]
async fn every_quirk_is_lived_with_at_every_bank_by_every_way_to_sign() {
    for way in Way::all().into_iter().filter(|way| way.context == Context::Private) {
        for quirk in Quirk::ALL {
            let name = format!("{} {:?} {}", way.profile.bank.bic, way.approach, quirk.name());
            let (sandbox, client) = platform(Sandbox::builder().quirk(quirk)).await;
            let bank = way.bank(&client);
            let consent = signed_consent(&client, &bank).await;
            let accounts = bank.accounts(&consent).await.unwrap().body;
            let account = &accounts.first().unwrap().resource_id;
            let today = sandbox.clock().now().to_zoned(jiff::tz::TimeZone::UTC).date();
            let week = today.checked_sub(7.days()).unwrap();
            let mut pages = bank.transactions(ListTransactions::new(consent, account.clone(), week));
            assert!(!pages.next().await.unwrap().unwrap().body.transactions.booked.is_empty(), "{name}");

            let product = way.products().into_iter().next().unwrap();
            let payment = way.right(product).make(&bank).await.unwrap().1.unwrap();
            let signed = sign(&client, &bank, payment.clone()).await;
            assert!(matches!(signed, Outcome::Completed(_)), "{name}: {signed:?}");
            sandbox.clock().advance(Duration::from_hours(1));
            let status = bank.payment_status(&payment).await.unwrap().body.transaction_status;
            assert_eq!(status, TransactionStatus::AcceptedSettlementCompleted, "{name}");
            assert_eq!(sandbox.ledger().bookings().len(), 1, "{name}");
        }
    }
}

/// Drafts that differ from the right one in one thing or two, with what that is about.
fn variants(right: &Draft) -> Vec<(&'static str, Draft)> {
    use AccountForm as F;
    let mut drafts = Vec::new();
    for debtor in [F::Iban, F::Bban, F::BbanAndClearing, F::Plusgiro, F::Bankgiro] {
        drafts.push(("debtor", Draft { debtor, ..right.clone() }));
    }
    for creditor in [F::Iban, F::Bban, F::BbanAndClearing] {
        drafts.push(("creditor", Draft { creditor, ..right.clone() }));
    }
    for currency in ["SEK", "EUR", "GBP", "NOK"] {
        drafts.push(("currencies", Draft { currency: currency.to_owned(), ..right.clone() }));
    }
    for length in [1, 10, 11, 35, 36, 140] {
        for agent in [None, Some("SWEDSESS"), Some("SWEDSESSXXX"), Some("ESSESESS")] {
            drafts.push(("remittance", Draft { text: "å".repeat(length), agent, ..right.clone() }));
        }
    }
    for creditor_iban in [SWEDISH, FINNISH] {
        for address in [true, false] {
            drafts.push(("address-abroad", Draft { creditor_iban, address, ..right.clone() }));
        }
    }
    for product in PaymentProduct::ALL {
        let currency = if product == PaymentProduct::SepaCreditTransfers { "EUR" } else { "SEK" };
        drafts.push(("products", Draft { product, currency: currency.to_owned(), ..right.clone() }));
    }
    drafts
}

#[tokio::test]
async fn what_a_check_finds_the_bank_refuses_and_what_a_bank_is_known_to_refuse_a_check_finds() {
    let (_sandbox, client) = platform(Sandbox::builder()).await;
    let (mut found, mut passed) = (0, 0);
    for way in Way::all() {
        let bank = way.bank(&client);
        for product in way.products() {
            for (about, draft) in variants(&way.right(product)) {
                let Some((findings, answer)) = draft.make(&bank).await else { continue };
                let name = format!("{} {} {about} {draft:?}", way.profile.bank.bic, way.context);
                match (findings.is_empty(), answer) {
                    (true, Ok(_)) => passed += 1,
                    (false, Err(error)) => {
                        found += 1;
                        let refused = [ErrorKind::Refused, ErrorKind::Unsupported, ErrorKind::Auth];
                        assert!(refused.contains(&error.kind()), "{name}: {error}");
                    }
                    (false, Ok(_)) => panic!("found, but taken: {name}: {findings:?}"),
                    (true, Err(error)) => {
                        // The local platform has rules for what nobody knows; it must be about something of that kind.
                        let case = way.case().product(draft.product);
                        let known = match about {
                            "debtor" => way.profile.debtor.of(case).is_some(),
                            "creditor" => way.profile.creditor.of(case).is_some(),
                            "currencies" => way.profile.currencies.of(case).is_some(),
                            "remittance" => way.profile.remittance.of(case).is_some(),
                            "address-abroad" => way.profile.address_abroad.of(case).is_some(),
                            _ => true,
                        };
                        assert!(!known, "refused, but not found: {name}: {error} {:?}", error.messages());
                    }
                }
            }
        }
    }
    assert!(found > 100 && passed > 300, "{found} found, {passed} passed");
}

fn way(bic: &str, context: Context, approach: Approach) -> Way {
    let bic = BicFi::parse(bic).unwrap();
    let profile = (*Profiles::built_in().find(&bic).unwrap()).clone();
    Way { profile, context, approach }
}

fn rules(findings: &[Finding]) -> Vec<BankRule> {
    findings.iter().map(|finding| finding.rule).collect()
}

#[tokio::test]
async fn a_finding_warns_refuses_or_is_not_looked_for_as_the_client_was_told() {
    let (sandbox, warning) = platform(Sandbox::builder()).await;
    let swedbank = way("SWEDSESS", Context::Private, Approach::Redirect);
    let right = swedbank.right(PaymentProduct::Domestic);
    let long = Draft { text: "eleven char".to_owned(), ..right };
    let secret = sandbox.client_secret().expose();
    let told = |rules| client_builder(&sandbox, secret).bank_rules(rules).build().unwrap();
    let (refusing, silent) = (told(BankRules::Refuse), told(BankRules::Off));
    let payments = "/psd2/paymentinitiation/v1/payments/{payment-product}";

    let error =
        swedbank.bank(&refusing).create_payment(long.transfer::<Domestic>().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidInput, "payment.create"));
    let findings = std::error::Error::source(&error).unwrap().downcast_ref::<Findings>().unwrap();
    assert_eq!(rules(findings.as_slice()), [BankRule::RemittanceTooLong]);
    assert!(!findings.to_string().contains("eleven"), "no value is repeated");
    assert_eq!(sandbox.ledger().count("POST", payments), 0, "nothing was sent");

    // Warned of and sent all the same; the bank refuses it.
    for client in [&warning, &silent] {
        let error =
            swedbank.bank(client).create_payment(long.transfer::<Domestic>().unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
    }
    assert_eq!(sandbox.ledger().count("POST", payments), 2);

    // At a bank that takes it, the answer carries what was found. This profile is wrong on purpose.
    let strict = SEB_STRICT.replace("MOST", "10");
    let strict = Profiles::none().and(Profile::parse("strict.toml", &strict).unwrap());
    let seb = way("ESSESESS", Context::Private, Approach::Decoupled);
    let client = client_builder(&sandbox, secret).bank_profiles(strict).build().unwrap();
    let created = seb.bank(&client).create_payment(long.transfer::<Domestic>().unwrap()).await.unwrap();
    let [warning] = created.warnings.as_slice() else { panic!("{:?}", created.warnings) };
    assert_eq!((warning.code.as_str(), warning.is_error()), ("BANK_RULE", false));
    assert_eq!(warning.path.as_deref(), Some("remittanceInformationUnstructured"));
    let created = seb.bank(&silent).create_payment(long.transfer::<Domestic>().unwrap()).await.unwrap();
    assert!(created.warnings.is_empty());
}

const SEB_STRICT: &str = r#"
[bank]
bic = "ESSESESS"
name = "SEB"
country = "SE"
source = "a test"
date = "2026"

[[remittance]]
value = { most = MOST }
source = "a test"
date = "2026"
"#;

#[tokio::test]
async fn nothing_is_found_at_a_bank_that_nobody_knows() {
    let (_sandbox, client) = platform(Sandbox::builder()).await;
    let bank = client.bank("BOFIIE2D".parse().unwrap(), Context::Corporate);
    let draft = way("SWEDSESS", Context::Private, Approach::Redirect).right(PaymentProduct::Domestic);
    let draft = Draft { text: "x".repeat(140), debtor: AccountForm::Bankgiro, ..draft };
    assert_eq!(bank.check_payment(&draft.transfer::<Domestic>().unwrap()), []);
    assert_eq!(bank.check_consent(&ConsentRequest::new(ConsentRequest::LONGEST)), []);
    assert!(bank.explain(None).is_none());
}

#[tokio::test]
async fn an_iban_at_handelsbanken_is_found_and_refused_at_the_debtors_account() {
    let (_sandbox, client) = platform(Sandbox::builder()).await;
    let way = way("HANDSESS", Context::Private, Approach::Decoupled);
    let draft = Draft { debtor: AccountForm::Iban, ..way.right(PaymentProduct::Domestic) };
    let (findings, answer) = draft.make(&way.bank(&client)).await.unwrap();
    assert_eq!(rules(&findings), [BankRule::DebtorForm]);
    let error = answer.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.messages()[0].path.as_deref(), Some("debtorAccount.iban"));
}

#[tokio::test]
async fn banks_do_not_answer_the_calls_that_they_are_known_not_to_answer() {
    for way in Way::all() {
        let (_sandbox, client) = platform(Sandbox::builder()).await;
        let bank = way.bank(&client);
        let product = way.products()[0];
        let payment = way.right(product).make(&bank).await.unwrap().1.unwrap();
        let unsupported =
            |call| way.profile.unsupported.all_of(way.case()).any(|fact| fact.value.contains(&call));
        let answer = bank.payment(&payment).await.map_err(|error| error.kind());
        assert_eq!(answer.is_err(), unsupported(Call::PaymentGet), "{}", way.profile.bank.bic);
        if let Err(kind) = answer {
            assert_eq!(kind, ErrorKind::Unsupported);
        }
    }
}

#[tokio::test]
async fn headers_that_a_bank_insists_on_are_found_missing_and_refused() {
    let (_sandbox, client) = platform(Sandbox::builder()).await;
    let bare = || Psu::new().id(PsuId::parse(WILLING).unwrap());
    let present = || bare().ip_address("127.0.0.1".parse().unwrap());
    let consent = || ConsentRequest::new(ConsentRequest::LONGEST);

    let swedbank = way("SWEDSESS", Context::Private, Approach::Redirect);
    for (psu, missing) in [(bare(), 2), (present(), 1)] {
        let bank = swedbank.bank_of(&client, psu);
        assert_eq!(rules(&bank.check_consent(&consent())), vec![BankRule::HeaderMissing; missing]);
        assert_eq!(bank.create_consent(consent()).await.unwrap_err().kind(), ErrorKind::Refused);
    }
    let full = present().user_agent("made-up/1.0").unwrap();
    assert_eq!(swedbank.bank_of(&client, full).check_consent(&consent()), []);

    // At Handelsbanken the consent is created, but nobody could sign it.
    let bank = way("HANDSESS", Context::Private, Approach::Decoupled).bank_of(&client, bare());
    let findings = bank.check_consent(&consent());
    assert_eq!(rules(&findings), [BankRule::HeaderMissing]);
    let id = bank.create_consent(consent()).await.unwrap().body.consent_id;
    let mut sca = bank.authorise(id).start().await.unwrap();
    let error = sca.next().await.unwrap_err();
    assert_eq!(error.kind(), ScaErrorKind::Call, "{error}");

    // Swedbank wants to know who signs in an app.
    let nobody = Psu::new().ip_address("127.0.0.1".parse().unwrap()).user_agent("made-up/1.0").unwrap();
    let decoupled = way("SWEDSESS", Context::Private, Approach::Decoupled).bank_of(&client, nobody.clone());
    let findings = decoupled.check_consent(&consent());
    assert_eq!(findings.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["PSU-ID"]);
    assert_eq!(swedbank.bank_of(&client, nobody).check_consent(&consent()), []);
}

#[tokio::test]
async fn the_preference_sticks_at_swedbank_and_nowhere_else() {
    for way in Way::all() {
        let (_sandbox, client) = platform(Sandbox::builder()).await;
        let bank = way.bank(&client);
        let consent = signed_consent(&client, &bank).await;
        let other = bank.clone().redirect_preferred(way.approach != Approach::Redirect);
        let answer = other.accounts(&consent).await;
        let sticks = way.profile.preference_sticks.of(way.case()).is_some_and(|fact| fact.value);
        assert_eq!(answer.is_err(), sticks, "{}", way.profile.bank.bic);
        assert_eq!(sticks, way.profile.bank.bic.as_str() == "SWEDSESS");
    }
}

#[tokio::test]
async fn transactions_go_as_far_back_as_the_bank_lets_them() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = way("SWEDSESS", Context::Private, Approach::Redirect).bank(&client);
    let consent = signed_consent(&client, &bank).await;
    let account = bank.accounts(&consent).await.unwrap().body.remove(0).resource_id;
    let today = sandbox.clock().now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let since = |days: i64| {
        let from = today.checked_sub(days.days()).unwrap();
        bank.transactions(ListTransactions::new(consent.clone(), account.clone(), from))
    };
    assert!(since(300).next().await.is_ok(), "all of it just after the signature");
    sandbox.clock().advance(Duration::from_mins(61));
    let error = since(300).next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ScaRequired);
    assert!(since(80).next().await.is_ok());
}

const OWN: &str = r#"
[bank]
bic = "MADESESS"
name = "Påhittade Banken"
country = "SE"
source = "a test"
date = "2026"

[[products]]
value = ["domestic"]
source = "a test"
date = "2026"

[[approaches]]
value = ["decoupled"]
source = "a test"
date = "2026"

[[unsupported]]
value = ["account.balances"]
source = "a test"
date = "2026"

[[cancellation]]
value = "signed"
source = "a test"
date = "2026"

[[baskets]]
value = { limit = 1 }
source = "a test"
date = "2026"

[[least-frequency]]
value = 2
source = "a test"
date = "2026"

[[history]]
value = { days = 10 }
source = "a test"
date = "2026"

[[search]]
value = { rows = 5 }
source = "a test"
date = "2026"
"#;

#[tokio::test]
async fn a_bank_of_ones_own_is_known_to_both_sides() {
    let own = Profile::parse("own.toml", OWN).unwrap();
    let (sandbox, _) = platform(Sandbox::builder().profile(own.clone())).await;
    let client = client_builder(&sandbox, sandbox.client_secret().expose());
    let client = client.bank_profiles(Profiles::none().and(own.clone())).build().unwrap();
    let own = Way { profile: own, context: Context::Private, approach: Approach::Decoupled };
    let bank = own.bank(&client);

    let known = client.directory(Context::Private).banks(Filter::default()).await.unwrap().body;
    assert!(known.iter().any(|bank| bank.bic_fi.as_str() == "MADESESS"));

    let once = || ConsentRequest::new(ConsentRequest::LONGEST).one_off();
    assert_eq!(rules(&bank.check_consent(&once())), [BankRule::FrequencyTooLow]);
    assert_eq!(bank.create_consent(once()).await.unwrap_err().kind(), ErrorKind::Refused);

    let consent = signed_consent(&client, &bank).await;
    let account = bank.accounts(&consent).await.unwrap().body.remove(0).resource_id;
    let balances = bank.balances(&consent, &account).await.unwrap_err();
    assert_eq!(balances.kind(), ErrorKind::Unsupported);

    let today = sandbox.clock().now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let month = ListTransactions::new(consent, account, today.checked_sub(1.month()).unwrap());
    let rows = bank.transactions(month).next().await.unwrap().unwrap().body.transactions.booked;
    assert_eq!(rows.len(), 5);

    let mut payments = Vec::new();
    for _ in 0..2 {
        payments.push(own.right(PaymentProduct::Domestic).make(&bank).await.unwrap().1.unwrap().id);
    }
    let basket = openpayments::model::basket::BasketOrder::of_payments(payments).unwrap();
    let refusing = client_builder(&sandbox, sandbox.client_secret().expose()).bank_rules(BankRules::Refuse);
    let refusing = refusing.bank_profiles(Profiles::none().and(own.profile.clone())).build().unwrap();
    let error = own.bank(&refusing).create_basket(basket.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(bank.create_basket(basket).await.unwrap_err().kind(), ErrorKind::Refused);
}

#[test]
fn every_call_of_a_profile_is_a_call_of_the_sdk() {
    use openpayments::api::Operation;
    use openpayments::api::account::{
        GetAccount, GetBalances, GetTransaction, ListAccounts, ListTransactions,
    };
    use openpayments::api::authorisation::Signable;
    use openpayments::api::basket::{CreateBasket, DeleteBasket, GetBasket, GetBasketStatus};
    use openpayments::api::consent::{CreateConsent, DeleteConsent, GetConsent, GetConsentStatus};
    use openpayments::api::payment::{CancelPayment, CreatePayment, GetPayment, GetPaymentStatus};
    use openpayments::model::identifier::BasketId;
    use openpayments::model::payment::CancellationRef;

    let mut names = vec![
        CreateConsent::NAME,
        GetConsent::NAME,
        GetConsentStatus::NAME,
        DeleteConsent::NAME,
        ListAccounts::NAME,
        GetAccount::NAME,
        GetBalances::NAME,
        ListTransactions::NAME,
        GetTransaction::NAME,
        CreatePayment::<DomesticPayment>::NAME,
        GetPayment::NAME,
        GetPaymentStatus::NAME,
        CancelPayment::NAME,
        CreateBasket::NAME,
        GetBasket::NAME,
        GetBasketStatus::NAME,
        DeleteBasket::NAME,
    ];
    names.extend(ConsentId::NAMES);
    names.extend(PaymentRef::NAMES);
    names.extend(CancellationRef::NAMES);
    names.extend(BasketId::NAMES);
    let known: Vec<&str> = Call::ALL.iter().map(|call| call.as_str()).collect();
    assert_eq!(known.len(), names.len());
    for name in names {
        assert!(known.contains(&name), "{name}");
    }
}
