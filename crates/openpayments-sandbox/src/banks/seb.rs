//! SEB: BankID on the PSU's own device; for payments in two rounds, the second without a challenge (bank page, 2021 and
//! 2022). Redirect was offered by its sandbox in 2021 and is taken when the client prefers it.

use std::time::Duration;

use super::{AccountForm, Approach, BANKID, Cancellation, DocumentedAccounts, Profile, SIGN, Stage, Step};

pub(super) const PROFILE: Profile = Profile {
    bic: "ESSESESS",
    // The platform sends the trailing blank.
    name: "SEB ",
    country: "SE",
    city: "Stockholm",
    street: "Kungsträdgårdsgatan 8",
    postal_code: "106 40",
    website: "https://seb.se",
    corporate: true,
    currency: "SEK",
    iban_code: "500",
    bban_digits: 11,
    documented_accounts: &[
        DocumentedAccounts { holder: "199002092386", numbers: &["SE4550000000058398257466"] },
        DocumentedAccounts { holder: "5560160680", numbers: &["SE4550000000058398257466"] },
        DocumentedAccounts {
            holder: "199311219639",
            numbers: &["SE3750000000054400047881", "SE2550000000054400047903"],
        },
    ],
    affiliated: &[],
    approaches: &[Approach::Decoupled, Approach::Redirect],
    methods: BANKID,
    consent_steps: SIGN,
    payment_steps: &[
        Step { status: "authenticationStarted", stage: Stage::Challenge },
        Step { status: "psuAuthenticated", stage: Stage::Passing },
        Step { status: "started", stage: Stage::OpenApp },
    ],
    approves_at_start: false,
    preference_sticks: false,
    psu_id_required: false,
    required_headers: &[],
    consent_days: 180,
    zero_frequency: true,
    transaction_details: true,
    delta_lists: true,
    products: &["domestic", "swedish-giro", "sepa-credit-transfers", "international"],
    debtor_forms: &[AccountForm::Iban],
    corporate_debtor_forms: &[AccountForm::Iban],
    creditor_forms: &[AccountForm::Iban],
    foreign_creditor_needs_address: false,
    created_status: "RCVD",
    settles_after: Duration::from_secs(2),
    reads_payments: true,
    cancellation: Cancellation::Outright,
    basket_limit: Some(100),
};
