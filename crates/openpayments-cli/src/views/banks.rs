//! How banks look.

use openpayments::banks::Explanation;
use openpayments::model::aspsp::{Aspsp, AspspSummary};
use openpayments::prelude::Response;
use serde::Serialize;

use crate::output::Answer;
use crate::table::{facts, table, trimmed, words};
use crate::terminal::harmless;

/// A list of banks.
#[derive(Serialize)]
pub(crate) struct Banks {
    banks: Vec<AspspSummary>,
    request_id: String,
}

impl Banks {
    pub(crate) fn of(found: Response<Vec<AspspSummary>>) -> Self {
        Self { request_id: found.request_id.to_string(), banks: found.body }
    }
}

impl Answer for Banks {
    fn text(&self) -> String {
        if self.banks.is_empty() {
            return "No bank matches.".to_owned();
        }
        let mut shown = table(["BIC", "Bank"], &[0]);
        for bank in &self.banks {
            shown.add_row([words(Some(bank.bic_fi.as_str())), words(Some(&bank.name))]);
        }
        let count = match self.banks.len() {
            1 => "1 bank".to_owned(),
            count => format!("{count} banks"),
        };
        format!("{}\n{count}. More of one: openpayments banks show BIC", trimmed(&shown))
    }
}

/// What to expect of a bank.
#[derive(Serialize)]
pub(crate) struct Explained(pub(crate) Explanation);

impl Answer for Explained {
    fn text(&self) -> String {
        let text = self.0.to_string();
        let lines: Vec<String> = text.lines().map(harmless).collect();
        lines.join("\n")
    }
}

/// One bank.
#[derive(Serialize)]
pub(crate) struct Shown {
    bank: Aspsp,
    request_id: String,
}

impl Shown {
    pub(crate) fn of(bank: Response<Aspsp>) -> Self {
        Self { request_id: bank.request_id.to_string(), bank: bank.body }
    }
}

impl Answer for Shown {
    fn text(&self) -> String {
        let bank = &self.bank;
        let said = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(harmless);
        let listed = |texts: Vec<&str>| (!texts.is_empty()).then(|| harmless(&texts.join(", ")));
        let street = [&bank.street_address, &bank.postal_code, &bank.city, &bank.country];
        let street: Vec<&str> = street.into_iter().flatten().map(String::as_str).collect();
        let ways = bank.supported_authorization_methods.iter().map(|way| way.name.as_str()).collect();
        let roof = bank.affiliated_aspsps.iter().map(|bank| bank.name.as_str()).collect();
        let baskets = bank.payment_initiation.signing_baskets_supported.map(|supported| {
            match (supported, bank.payment_initiation.signing_basket_limit) {
                (false, _) => "no".to_owned(),
                (true, Some(most)) => format!("yes, of up to {most} payments"),
                (true, None) => "yes".to_owned(),
            }
        });
        facts([
            ("BIC", Some(bank.bic_fi.to_string())),
            ("Name", Some(harmless(&bank.name))),
            ("Address", listed(street)),
            ("Website", said(&bank.website_url)),
            ("Telephone", said(&bank.phone)),
            ("Company number", said(&bank.company_number)),
            ("Pays by", listed(bank.global_payment_products.iter().map(String::as_str).collect())),
            ("Signs by", listed(ways)),
            ("Signing baskets", baskets),
            ("Days of history", bank.transaction_history_max_days().map(|days| days.to_string())),
            ("Under its roof", listed(roof)),
        ])
    }
}
