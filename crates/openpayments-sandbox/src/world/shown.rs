//! What a person about to sign is shown: who asks, and all that is asked for, since all of it is signed.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::basket::Basket;
use super::consent::{Access, Consent};
use super::payment::{Payment, Transfer};
use super::{Owner, Resource, World};

/// Label and value.
pub(crate) type Row = (&'static str, String);

const AMOUNT: &str = "Amount";
const TO: &str = "To";

/// An order as a person sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// All in one line: `Pay 12.50 SEK to Made-up Café`.
    pub(crate) title: String,
    pub(crate) rows: Vec<Row>,
    /// What it consists of, where that is more than one thing.
    pub(crate) parts: Vec<Part>,
}

/// One of several things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) title: String,
    pub(crate) rows: Vec<Row>,
}

impl Shown {
    /// As rows alone: a part becomes one, under its title.
    pub(crate) fn flat(self) -> Vec<(String, String)> {
        let rows = self.rows.into_iter().map(|(label, value)| (label.to_owned(), value));
        let parts = self.parts.into_iter().map(|part| {
            let rows: Vec<String> =
                part.rows.into_iter().map(|(label, value)| format!("{label}: {value}")).collect();
            (part.title, rows.join(", "))
        });
        rows.chain(parts).collect()
    }

    /// As one thing among several, without what its title says already.
    fn into_parts(mut self) -> Vec<Part> {
        self.rows.retain(|(label, _)| !matches!(*label, AMOUNT | TO));
        [Part { title: self.title, rows: self.rows }].into_iter().chain(self.parts).collect()
    }
}

impl World {
    /// What is shown of `resource`, who asks for it first.
    pub(crate) fn shown(&self, resource: &Resource) -> Shown {
        let mut shown = self.content(resource);
        if let Some(owner) = self.owner(resource) {
            shown.rows.splice(0..0, self.who_asks(owner));
        }
        shown
    }

    /// The name under which people know a client.
    pub(crate) fn client_name(&self, client: &str) -> &str {
        self.clients.get(client).map(|client| client.name.as_str()).unwrap_or_default()
    }

    fn who_asks(&self, owner: &Owner) -> Vec<Row> {
        let asked = ("Asked by", self.client_name(&owner.client).to_owned());
        let company = owner.corporate_id.clone().map(|company| ("For company", company));
        [asked].into_iter().chain(company).collect()
    }

    fn content(&self, resource: &Resource) -> Shown {
        match resource {
            Resource::Consent(id) => self.consents.get(id).map(|one| self.consent(one)).unwrap_or_default(),
            Resource::Payment(id) => self.payments.get(id).map(payment).unwrap_or_default(),
            Resource::Cancellation(id) => self.payments.get(id).map(cancellation).unwrap_or_default(),
            Resource::Basket(id) => self.baskets.get(id).map(|one| self.basket(one)).unwrap_or_default(),
        }
    }

    fn consent(&self, consent: &Consent) -> Shown {
        let client = self.client_name(&consent.owner.client);
        let (what, parts) = rights(&consent.access);
        let recurring =
            format!("As often as you use it, and {} times a day without you", consent.frequency_per_day);
        Shown {
            title: format!("Let {client} see your accounts"),
            rows: vec![
                ("May see", what),
                ("How often", if consent.recurring { recurring } else { "Once".to_owned() }),
                ("Until", consent.valid_until.to_string()),
            ],
            parts,
        }
    }

    fn basket(&self, basket: &Basket) -> Shown {
        let payments: Vec<_> = basket.payments.iter().filter_map(|id| self.payments.get(id)).collect();
        let transfers: Vec<_> = payments.iter().flat_map(|payment| &payment.transfers).collect();
        let mut counts = Vec::new();
        let mut rows = Vec::new();
        if !transfers.is_empty() {
            counts.push(format!("{}, {}", counted(transfers.len(), "payment"), totals(&transfers)));
            rows.extend(sums(&transfers));
        }
        if !basket.consents.is_empty() {
            counts.push(counted(basket.consents.len(), "consent"));
            rows.push(("Consents", basket.consents.len().to_string()));
        }
        let parts = basket.members().flat_map(|member| self.content(&member).into_parts());
        Shown { title: format!("Sign {} at once", counts.join(" and ")), rows, parts: parts.collect() }
    }
}

/// In words, and account by account where the client chose some.
fn rights(access: &Access) -> (String, Vec<Part>) {
    let (accounts, balances, transactions) = match access {
        Access::All => return ("All your accounts, balances and transactions".to_owned(), Vec::new()),
        Access::ListOnly { balances: false } => return ("The list of your accounts".to_owned(), Vec::new()),
        Access::ListOnly { balances: true } => {
            return ("The list of your accounts with balances".to_owned(), Vec::new());
        }
        Access::Chosen { accounts, balances, transactions } => (accounts, balances, transactions),
    };
    let mut numbers: Vec<&String> = Vec::new();
    for number in accounts.iter().chain(balances).chain(transactions) {
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    let parts = numbers.iter().map(|number| {
        let rights = [("balance", balances), ("transactions", transactions)];
        let granted = rights.into_iter().filter(|(_, of)| of.contains(number)).map(|(right, _)| right);
        let rights: Vec<&str> = ["Name and number"].into_iter().chain(granted).collect();
        Part { title: grouped(number), rows: vec![("May see", rights.join(", "))] }
    });
    (format!("{} of yours", counted(numbers.len(), "account")), parts.collect())
}

fn payment(payment: &Payment) -> Shown {
    let mut shown = transfers(payment);
    let verb = if payment.schedule.is_some() { "Pay regularly" } else { "Pay" };
    shown.title = format!("{verb} {}", shown.title);
    shown
}

/// Nobody is to take one for the other: what is paid and what is not paid look alike but for this.
fn cancellation(payment: &Payment) -> Shown {
    let mut shown = transfers(payment);
    shown.title = format!("Cancel a payment: {}", shown.title);
    shown.rows.insert(0, ("What", "Cancel this payment".to_owned()));
    shown
}

/// Who gets how much, from where and when.
fn transfers(payment: &Payment) -> Shown {
    let mut shown = match payment.transfers.as_slice() {
        [one] => {
            let amount = (AMOUNT, one.amount.to_string());
            let recipient = (TO, one.creditor_name.clone());
            let rows = [amount, recipient].into_iter().chain(details(one)).collect();
            Shown { title: to_whom(one), rows, parts: Vec::new() }
        }
        several => {
            let several: Vec<_> = several.iter().collect();
            let title = format!("{}, {}", counted(several.len(), "recipient"), totals(&several));
            let parts = several.iter().map(|one| Part { title: to_whom(one), rows: details(one) });
            Shown { title, rows: sums(&several), parts: parts.collect() }
        }
    };
    shown.rows.push(("From account", grouped(&payment.debtor)));
    match (&payment.schedule, payment.execution) {
        (Some(schedule), _) => {
            let end = schedule.end.map_or_else(|| "Further notice".to_owned(), |end| end.to_string());
            shown.rows.extend([
                ("How often", spaced(&schedule.frequency_word)),
                ("From", schedule.start.to_string()),
                ("Until", end),
            ]);
        }
        (None, Some(day)) => shown.rows.push(("On", day.to_string())),
        (None, None) => shown.rows.push(("On", "As soon as possible".to_owned())),
    }
    shown
}

fn to_whom(transfer: &Transfer) -> String {
    format!("{} to {}", transfer.amount, transfer.creditor_name)
}

fn details(transfer: &Transfer) -> Vec<Row> {
    let account = ("Recipient's account", grouped(&transfer.creditor));
    let reference = (!transfer.text.is_empty()).then(|| ("Reference", transfer.text.clone()));
    [account].into_iter().chain(reference).collect()
}

fn sums(transfers: &[&Transfer]) -> Vec<Row> {
    vec![("Payments", transfers.len().to_string()), ("Total", totals(transfers))]
}

/// How much in each currency.
fn totals(transfers: &[&Transfer]) -> String {
    let mut totals: BTreeMap<String, Decimal> = BTreeMap::new();
    for transfer in transfers {
        let total = totals.entry(transfer.amount.currency().as_str().to_owned()).or_default();
        *total = total.checked_add(transfer.amount.value()).unwrap_or(Decimal::MAX);
    }
    let totals: Vec<String> =
        totals.iter().map(|(currency, total)| format!("{total:.2} {currency}")).collect();
    totals.join(" and ")
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// An IBAN in groups of four, as it is printed; other numbers as they are.
fn grouped(number: &str) -> String {
    let is_iban = number.is_ascii() && number.starts_with(|first: char| first.is_ascii_alphabetic());
    if !is_iban {
        return number.to_owned();
    }
    let mut grouped = String::new();
    for (at, digit) in number.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// `EveryTwoWeeks` as words.
fn spaced(word: &str) -> String {
    let mut spaced = String::new();
    for letter in word.chars() {
        if letter.is_ascii_uppercase() && !spaced.is_empty() {
            spaced.push(' ');
            spaced.push(letter.to_ascii_lowercase());
        } else {
            spaced.push(letter);
        }
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words_are_written_for_people() {
        assert_eq!(grouped("SE3750000000054400047881"), "SE37 5000 0000 0544 0004 7881");
        assert_eq!(grouped("41351300039"), "41351300039");
        assert_eq!([spaced("EveryTwoWeeks"), spaced("Monthly")], ["Every two weeks", "Monthly"]);
        assert_eq!([counted(1, "consent"), counted(2, "payment")], ["1 consent", "2 payments"]);
    }
}
