//! What a bank keeps of a payment is held against what was asked for.

#![expect(clippy::unwrap_used, reason = "tests")]

use openpayments_model::account::AccountReference;
use openpayments_model::identifier::{Bankgiro, ClearingNumber, OcrReference};
use openpayments_model::payment::{
    Bulk, BulkEntry, DebtorAccount, Domestic, DomesticPayment, Likeness, PaymentOrder, PaymentTerms,
    StoredPayment, SwedishGiroPayment,
};
use openpayments_model::{Amount, Bban, Iban};
use proptest::prelude::*;
use serde_json::{Value, json};

const DEBTOR: &str = "SE4550000000058398257466";
const CREDITOR: &str = "SE2550000000054400047903";

fn iban(text: &str) -> Iban {
    Iban::parse(text).unwrap()
}

fn sek(value: &str) -> Amount {
    Amount::parse("SEK", value).unwrap()
}

fn payment() -> DomesticPayment {
    let creditor = AccountReference::iban(&iban(CREDITOR));
    DomesticPayment::new(DebtorAccount::iban(&iban(DEBTOR)), sek("12.50"), creditor, "Made-up Creditor")
        .unwrap()
}

fn kept(json: &Value) -> StoredPayment {
    serde_json::from_str(&json.to_string()).unwrap()
}

/// The payment as the bank keeps it, with one member changed.
fn with(member: &str, value: Value) -> StoredPayment {
    let mut stored = serde_json::to_value(payment()).unwrap();
    stored.as_object_mut().unwrap().insert(member.to_owned(), value);
    kept(&stored)
}

#[test]
fn i086_another_creditor_amount_currency_or_account_is_told_by_its_name() {
    let terms = payment().terms();
    for (member, value) in [
        ("instructedAmount", json!({"currency": "SEK", "amount": "12.51"})),
        ("instructedAmount", json!({"currency": "NOK", "amount": "12.50"})),
        ("creditorAccount", json!({"iban": DEBTOR})),
        ("debtorAccount", json!({"iban": CREDITOR})),
    ] {
        assert_eq!(terms.differences(&with(member, value)), [member]);
    }
}

#[test]
fn i086_other_spelling_and_what_the_bank_leaves_out_is_no_difference() {
    let terms = payment().terms();
    for (member, value) in [
        ("instructedAmount", json!({"currency": "SEK", "amount": "12.5"})),
        ("instructedAmount", Value::Null),
        ("creditorAccount", json!({"iban": "se25 5000 0000 0544 0004 7903"})),
        ("creditorAccount", json!({"bban": "54400047903"})),
        ("creditorAccount", Value::Null),
        ("creditorName", json!("MADE UP CREDITOR AB")),
        ("debtorAccount", json!({"iban": DEBTOR, "currency": "SEK"})),
    ] {
        assert_eq!(terms.differences(&with(member, value)), [""; 0], "{member}");
    }
    assert_eq!(terms.differences(&kept(&json!({"transactionStatus": "RCVD"}))), [""; 0]);
}

#[test]
fn i086_a_clearing_number_stands_before_the_number_or_beside_it() {
    let clearing = ClearingNumber::parse("1000").unwrap();
    let creditor = AccountReference::bban(&Bban::parse("401975231").unwrap()).clearing_number(&clearing);
    let debtor = DebtorAccount::bban(&Bban::parse("403333911").unwrap());
    let terms = DomesticPayment::new(debtor, sek("1"), creditor, "A").unwrap().terms();
    let differences = |account: Value| terms.differences(&kept(&json!({ "creditorAccount": account })));
    assert_eq!(differences(json!({"bban": "1000401975231"})), [""; 0]);
    assert_eq!(differences(json!({"bban": "401975231"})), [""; 0]);
    assert_eq!(differences(json!({"bban": "401975231", "clearingNumber": "1000"})), [""; 0]);
    assert_eq!(differences(json!({"bban": "401975231", "clearingNumber": "6000"})), ["creditorAccount"]);
    assert_eq!(differences(json!({"bban": "6000401975231"})), ["creditorAccount"]);
}

#[test]
fn i086_a_giro_payment_is_compared_where_its_giro_comes_back() {
    let giro = SwedishGiroPayment::new(
        DebtorAccount::iban(&iban(DEBTOR)),
        sek("1.00"),
        Bankgiro::parse("5805-6201").unwrap(),
        "Made-up Supplier AB",
        OcrReference::parse("1234567897").unwrap(),
    );
    let terms = giro.unwrap().terms();
    let differences = |account: Value| terms.differences(&kept(&json!({ "creditorAccount": account })));
    assert_eq!(differences(json!({"bankgiroNumber": "58056201"})), [""; 0]);
    assert_eq!(differences(json!({"bankgiroNumber": "5050-1055"})), ["creditorAccount"]);
    assert_eq!(differences(json!({})), [""; 0]);
}

fn bulk(entries: &[(u32, bool)]) -> Bulk<Domestic> {
    let entry = |(crowns, to_creditor): &(u32, bool)| {
        let account = AccountReference::iban(&iban(if *to_creditor { CREDITOR } else { DEBTOR }));
        BulkEntry::new(sek(&crowns.to_string()), account, "A").unwrap()
    };
    Bulk::new(AccountReference::iban(&iban(DEBTOR)), entries.iter().map(entry).collect()).unwrap()
}

proptest! {
    #[test]
    fn i086_a_bulk_payment_is_the_same_in_any_order_and_not_with_one_more_less_or_changed(
        (entries, turned) in prop::collection::vec((1..1000_u32, any::<bool>()), 1..8)
            .prop_flat_map(|entries| (Just(entries.clone()), Just(entries).prop_shuffle()))
    ) {
        let terms = bulk(&entries).terms();
        let stored = |entries: &[(u32, bool)]| kept(&serde_json::to_value(bulk(entries)).unwrap());
        prop_assert!(terms.differences(&stored(&turned)).is_empty());
        let mut more = turned.clone();
        more.push((7, true));
        prop_assert_eq!(terms.differences(&stored(&more)), ["payments"]);
        let mut changed = turned.clone();
        changed[0].0 += 1000;
        prop_assert_eq!(terms.differences(&stored(&changed)), ["payments"]);
        if turned.len() > 1 {
            prop_assert_eq!(terms.differences(&stored(&turned[1..])), ["payments"]);
        }
    }

    #[test]
    fn i086_any_other_amount_is_a_difference(asked in 1..1_000_000_u32, kept_amount in 1..1_000_000_u32) {
        let of = |cents: u32| {
            let amount = sek(&format!("{}.{:02}", cents / 100, cents % 100));
            let creditor = AccountReference::iban(&iban(CREDITOR));
            DomesticPayment::new(DebtorAccount::iban(&iban(DEBTOR)), amount, creditor, "A").unwrap()
        };
        let stored = kept(&serde_json::to_value(of(kept_amount)).unwrap());
        let differences = of(asked).terms().differences(&stored);
        prop_assert_eq!(differences.is_empty(), asked == kept_amount);
    }
}

#[test]
fn terms_can_be_kept_and_show_no_number() {
    let terms = payment().terms();
    let text = serde_json::to_string(&terms).unwrap();
    assert_eq!(serde_json::from_str::<PaymentTerms>(&text).unwrap(), terms);
    assert!(!format!("{terms:?}").contains(CREDITOR));
}

#[test]
fn p6_an_entry_is_like_a_payment_by_its_reference_or_by_its_amount_where_nothing_speaks_against_it() {
    let plain = payment().terms();
    let referred = payment().end_to_end_identification("order-4711").unwrap().terms();
    let by_amount = Some(Likeness::Amount);
    let paid = json!({"currency": "SEK", "amount": "-12.50"});
    for (entry, of_plain, of_referred) in [
        (json!({"transactionAmount": paid}), by_amount, by_amount),
        (json!({"transactionAmount": paid, "creditorAccount": {"iban": CREDITOR}}), by_amount, by_amount),
        (json!({"transactionAmount": paid, "creditorAccount": {"iban": DEBTOR}}), None, None),
        (
            json!({"transactionAmount": paid, "endToEndId": " order-4711 "}),
            by_amount,
            Some(Likeness::Reference),
        ),
        (json!({"transactionAmount": paid, "endToEndId": "another"}), by_amount, None),
        (json!({"transactionAmount": {"currency": "SEK", "amount": "12.50"}}), None, None),
        (
            json!({"transactionAmount": {"currency": "SEK", "amount": "-12.51"}, "endToEndId": "order-4711"}),
            None,
            None,
        ),
        // What was paid in another currency is known by its reference alone.
        (json!({"transactionAmount": {"currency": "EUR", "amount": "-1.10"}}), None, None),
        (
            json!({"transactionAmount": {"currency": "EUR", "amount": "-1.10"}, "endToEndId": "order-4711"}),
            None,
            Some(Likeness::Reference),
        ),
    ] {
        let row = serde_json::from_str(&entry.to_string()).unwrap();
        assert_eq!((plain.likeness(&row), referred.likeness(&row)), (of_plain, of_referred), "{entry}");
    }
}
