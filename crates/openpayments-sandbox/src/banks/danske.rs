//! Danske Bank in Sweden: OAuth redirect; its sandbox knows British accounts in GBP only; private context only there
//! (bank page, 2021).

use std::time::Duration;

use super::{AccountForm, Approach, BANKID_PAGE, Cancellation, DocumentedAccounts, Profile};

pub(super) const PROFILE: Profile = Profile {
    bic: "DABASESX",
    name: "Danske Bank",
    country: "SE",
    city: "Stockholm",
    street: "Norrmalmstorg 1",
    postal_code: "111 46",
    website: "https://danskebank.se",
    corporate: false,
    currency: "GBP",
    iban_code: "DABA846004",
    bban_digits: 8,
    documented_accounts: &[DocumentedAccounts {
        holder: "199002092386",
        numbers: &["84600447424379", "15517312471731"],
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
    products: &["domestic"],
    debtor_forms: &[AccountForm::Iban, AccountForm::Bban],
    corporate_debtor_forms: &[],
    creditor_forms: &[AccountForm::Iban, AccountForm::Bban],
    foreign_creditor_needs_address: false,
    created_status: "RCVD",
    settles_after: Duration::from_secs(2),
    reads_payments: true,
    cancellation: Cancellation::Outright,
    basket_limit: None,
};
