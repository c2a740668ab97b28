//! Nordea in Sweden: OAuth redirect only; any PSU id; booking comes after the signature (bank page, 2021). The real
//! delay can be minutes; one second is the sandbox's own.

use std::time::Duration;

use super::{AccountForm, Approach, BANKID_PAGE, Cancellation, DocumentedAccounts, Profile};

pub(super) const PROFILE: Profile = Profile {
    bic: "NDEASESS",
    name: "Nordea",
    country: "SE",
    city: "Stockholm",
    street: "Smålandsgatan 17",
    postal_code: "105 71",
    website: "https://www.nordea.se",
    corporate: true,
    currency: "SEK",
    iban_code: "300",
    bban_digits: 11,
    documented_accounts: &[DocumentedAccounts {
        holder: "199002092386",
        numbers: &["41351300039", "32704620016"],
    }],
    affiliated: &[],
    approaches: &[Approach::Redirect],
    methods: BANKID_PAGE,
    consent_steps: &[],
    payment_steps: &[],
    approves_at_start: false,
    preference_sticks: false,
    psu_id_required: false,
    required_headers: &[],
    consent_days: 180,
    zero_frequency: true,
    transaction_details: false,
    delta_lists: false,
    products: &["domestic", "swedish-giro"],
    debtor_forms: &[AccountForm::Bban],
    corporate_debtor_forms: &[AccountForm::Plusgiro],
    // The bank page asks for an IBAN; the vendor's sample sends the bank's own number and is served.
    creditor_forms: &[AccountForm::Iban, AccountForm::Bban],
    foreign_creditor_needs_address: false,
    created_status: "RCVD",
    settles_after: Duration::from_secs(1),
    reads_payments: true,
    cancellation: Cancellation::Outright,
    basket_limit: None,
};
