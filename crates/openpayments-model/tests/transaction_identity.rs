//! An entry is the same entry on whichever page it stands and however often it is read; two alike are two.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;

use openpayments_model::transaction::{ReportList, Transaction, TransactionKey, TransactionKeys};
use proptest::prelude::*;
use serde_json::{Value, json};

fn entry(json: &Value) -> Transaction {
    serde_json::from_str(&json.to_string()).unwrap()
}

fn keys(list: ReportList, entries: &[Value]) -> Vec<TransactionKey> {
    let mut keys = TransactionKeys::new();
    entries.iter().map(|json| keys.key(list, &entry(json))).collect()
}

fn booked(entries: &[Value]) -> Vec<TransactionKey> {
    keys(ReportList::Booked, entries)
}

/// Keys, each with what its entry is told by.
fn known_by(entries: &[Value]) -> BTreeSet<(TransactionKey, String)> {
    let told = |json: &Value| {
        let entry = entry(json);
        let id = entry.transaction_id.as_ref().map(ToString::to_string);
        let content = if id.is_none() { entry.creditor_name } else { None };
        format!(
            "{id:?} {:?} {} {content:?}",
            entry.booking_date,
            entry.transaction_amount.value().normalize()
        )
    };
    booked(entries).into_iter().zip(entries.iter().map(told)).collect()
}

/// Entries of a bank that repeats ids, leaves them out, sends blank ones and writes amounts in several ways.
fn made_up() -> impl Strategy<Value = Value> {
    let id = prop_oneof![Just(None), Just(Some(" ")), Just(Some("t-1")), Just(Some("t-2"))];
    let name = prop_oneof![Just(None), Just(Some("Kiosk")), Just(Some("Made-up Shop"))];
    (id, name, 1..4_u8, 1..3_u8, any::<bool>()).prop_map(|(id, name, day, crowns, cents)| {
        let amount = if cents { format!("-{crowns}.00") } else { format!("-{crowns}") };
        let mut entry = json!({
            "bookingDate": format!("2026-11-0{day}"),
            "transactionAmount": {"currency": "SEK", "amount": amount},
        });
        if let Some(id) = id {
            entry["transactionId"] = json!(id);
        }
        if let Some(name) = name {
            entry["creditorName"] = json!(name);
        }
        entry
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn d7_the_keys_are_the_same_in_any_order_and_each_entry_has_its_own(
        (one, other) in prop::collection::vec(made_up(), 0..12)
            .prop_flat_map(|entries| (Just(entries.clone()), Just(entries).prop_shuffle()))
    ) {
        let first = known_by(&one);
        prop_assert_eq!(first.len(), one.len(), "no entry is lost");
        prop_assert_eq!(first, known_by(&other));
    }

    #[test]
    fn d7_an_entry_has_the_same_key_when_more_is_read_around_it(
        entries in prop::collection::vec(made_up(), 1..12),
        newer in prop::collection::vec(made_up(), 0..4)
    ) {
        let before: BTreeSet<_> = booked(&entries).into_iter().collect();
        let all: Vec<Value> = newer.into_iter().chain(entries).collect();
        let after: BTreeSet<_> = booked(&all).into_iter().collect();
        prop_assert!(before.is_subset(&after));
    }

    #[test]
    fn d7_a_pending_entry_and_a_booked_one_never_share_a_key(one in made_up(), other in made_up()) {
        prop_assert_ne!(&keys(ReportList::Pending, &[one])[0], &booked(&[other])[0]);
    }

    #[test]
    fn d7_an_entry_that_was_written_and_read_again_has_its_key(json in made_up()) {
        let again = serde_json::to_value(entry(&json)).unwrap();
        prop_assert_eq!(booked(&[json]), booked(&[again]));
    }
}

#[test]
fn d7_blanks_around_an_id_and_the_zeros_of_an_amount_change_nothing() {
    let one = json!({"transactionId": "t-1", "transactionAmount": {"currency": "SEK", "amount": "1.5"}});
    let other = json!({"transactionId": " t-1 ", "transactionAmount": {"currency": "SEK", "amount": "1.50"}});
    assert_eq!(booked(&[one]), booked(&[other]));
}

#[test]
fn d7_a_text_the_bank_adds_later_does_not_make_another_entry_of_one_with_an_id() {
    let plain = json!({"transactionListId": "l-1", "transactionAmount": {"currency": "SEK", "amount": "1"}});
    let mut richer = plain.clone();
    richer["remittanceInformationUnstructured"] = json!("Thanks");
    assert_eq!(booked(&[plain]), booked(&[richer]));
}

#[test]
fn i076_blank_missing_and_repeated_ids_keep_every_row_under_a_key_that_stays() {
    let row = |id: Value, amount: &str| {
        json!({"transactionId": id, "bookingDate": "2026-11-02",
            "transactionAmount": {"currency": "SEK", "amount": amount}, "creditorName": "Kiosk"})
    };
    let rows = [
        row(json!(" "), "1"),
        row(Value::Null, "2"),
        row(json!("t-1"), "3"),
        row(json!("t-1"), "4"),
        row(json!("t-1"), "4"),
    ];
    let keys: BTreeSet<_> = booked(&rows).into_iter().collect();
    assert_eq!(keys.len(), rows.len());
    let mut turned = rows.to_vec();
    turned.reverse();
    assert_eq!(known_by(&rows), known_by(&turned), "whichever comes first");
}

#[test]
fn a_key_tells_nothing_and_goes_through_json_as_text() {
    let json = json!({"transactionAmount": {"currency": "SEK", "amount": "1"}, "creditorName": "Anna"});
    let key = booked(&[json]).remove(0);
    assert!(key.as_str().starts_with("booked-") && !key.as_str().contains("Anna"));
    let text = serde_json::to_string(&key).unwrap();
    assert_eq!(text, format!("\"{key}\""));
    assert_eq!(serde_json::from_str::<TransactionKey>(&text).unwrap(), key);
}

fn spent(day: &str, amount: &str, name: &str) -> Value {
    json!({"bookingDate": day, "transactionAmount": {"currency": "SEK", "amount": amount}, "creditorName": name})
}

#[test]
fn i077_a_pending_entry_that_is_booked_under_another_id_and_text_is_a_possible_match_and_not_merged() {
    let mut pending = spent("2026-03-12", "-45.00", "12.03 SHOP");
    pending["transactionId"] = json!("p-77");
    let mut later = spent("2026-03-14", "-45", "Shop");
    later["transactionId"] = json!("b-12");
    assert!(entry(&pending).is_possibly_booked_as(&entry(&later)));
    assert_ne!(keys(ReportList::Pending, &[pending]), booked(&[later]));
}

#[test]
fn i077_what_differs_in_amount_day_or_party_is_no_match() {
    let pending = entry(&spent("2026-03-12", "-45.00", "12.03 SHOP"));
    for other in [
        spent("2026-03-14", "-45.01", "Shop"),
        spent("2026-03-14", "45.00", "Shop"),
        spent("2026-03-10", "-45.00", "Shop"),
        spent("2026-03-27", "-45.00", "Shop"),
        spent("2026-03-14", "-45.00", "Kiosk"),
    ] {
        assert!(!pending.is_possibly_booked_as(&entry(&other)), "{other}");
    }
    let mut kiosk = spent("2026-03-14", "-45.00", "Kiosk");
    let mut shop = spent("2026-03-12", "-45.00", "Shop");
    for row in [&mut kiosk, &mut shop] {
        row["endToEndId"] = json!("e-1");
    }
    assert!(entry(&shop).is_possibly_booked_as(&entry(&kiosk)), "one reference is enough");
}
