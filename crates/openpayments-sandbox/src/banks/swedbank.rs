//! Swedbank and the savings banks: redirect or BankID as the client prefers, and the preference must not change later;
//! `PSU-IP-Address` and `PSU-User-Agent` on creation; a round of its own for a new recipient (bank page, 2021 to 2024).

use std::time::Duration;

use super::{
    AccountForm, Approach, BANKID, Cancellation, DocumentedAccounts, Operation, Profile, RequiredHeader,
    Stage, Step,
};

const CREATIONS: &[Operation] = &[Operation::CreateConsent, Operation::CreatePayment];

pub(super) const PROFILE: Profile = Profile {
    bic: "SWEDSESS",
    name: "Swedbank och Sparbankerna",
    country: "SE",
    city: "Stockholm",
    street: "Landsvägen 40",
    postal_code: "172 63",
    website: "https://www.swedbank.se",
    corporate: true,
    currency: "SEK",
    iban_code: "800",
    bban_digits: 14,
    documented_accounts: &[DocumentedAccounts {
        holder: "199002092386",
        numbers: &["SE4880000123459876543219", "SE4880000123451234567890"],
    }],
    affiliated: &[("08999", "Swedbank"), ("08114", "Södra Dalarnas Sparbank AB")],
    approaches: &[Approach::Redirect, Approach::Decoupled],
    methods: BANKID,
    consent_steps: &[
        Step { status: "authenticationStarted", stage: Stage::Challenge },
        Step { status: "started", stage: Stage::Challenge },
    ],
    payment_steps: &[
        Step { status: "authenticationStarted", stage: Stage::Challenge },
        Step { status: "authoriseCreditorAccountStarted", stage: Stage::NewRecipient },
        Step { status: "started", stage: Stage::Challenge },
    ],
    approves_at_start: false,
    preference_sticks: true,
    psu_id_required: true,
    required_headers: &[
        RequiredHeader { name: "PSU-IP-Address", on: CREATIONS },
        RequiredHeader { name: "PSU-User-Agent", on: CREATIONS },
    ],
    consent_days: 180,
    zero_frequency: false,
    transaction_details: false,
    delta_lists: false,
    products: &["domestic", "swedish-giro"],
    debtor_forms: &[AccountForm::Iban],
    corporate_debtor_forms: &[AccountForm::Iban],
    creditor_forms: &[AccountForm::Iban],
    foreign_creditor_needs_address: false,
    created_status: "RCVD",
    settles_after: Duration::from_secs(2),
    reads_payments: true,
    // No source tells a bank that wants a signature for it: that this one does is the sandbox's own.
    cancellation: Cancellation::Signed,
    basket_limit: None,
};
