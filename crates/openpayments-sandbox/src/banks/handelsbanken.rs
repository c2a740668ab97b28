//! Handelsbanken: its sandbox approves at the start of an authorisation; it wants `PSU-IP-Address` nearly everywhere and
//! account numbers without clearing (bank page, 2021).

use std::time::Duration;

use super::{
    AccountForm, Approach, BANKID_PAGE, Cancellation, DocumentedAccounts, Operation, Profile, RequiredHeader,
    SIGN,
};

pub(super) const PROFILE: Profile = Profile {
    bic: "HANDSESS",
    name: "Handelsbanken",
    country: "SE",
    city: "Stockholm",
    street: "Kungsträdgårdsgatan 2",
    postal_code: "106 70",
    website: "https://www.handelsbanken.se",
    corporate: true,
    currency: "SEK",
    iban_code: "600",
    bban_digits: 9,
    documented_accounts: &[DocumentedAccounts {
        holder: "199002092386",
        numbers: &["403333911", "401975231"],
    }],
    affiliated: &[],
    approaches: &[Approach::Decoupled],
    methods: BANKID_PAGE,
    consent_steps: SIGN,
    payment_steps: SIGN,
    approves_at_start: true,
    preference_sticks: false,
    psu_id_required: false,
    required_headers: &[RequiredHeader {
        name: "PSU-IP-Address",
        on: &[
            Operation::ChooseConsentMethod,
            Operation::ReadAccounts,
            Operation::PaymentStatus,
            Operation::StartPaymentAuthorisation,
            Operation::ReadPaymentAuthorisation,
            Operation::ChoosePaymentMethod,
        ],
    }],
    consent_days: 180,
    zero_frequency: true,
    transaction_details: false,
    delta_lists: false,
    products: &["domestic", "swedish-giro"],
    debtor_forms: &[AccountForm::Bban],
    corporate_debtor_forms: &[AccountForm::Bban],
    creditor_forms: &[AccountForm::BbanAndClearing],
    foreign_creditor_needs_address: false,
    created_status: "ACTC",
    settles_after: Duration::from_secs(2),
    reads_payments: false,
    cancellation: Cancellation::Never,
    basket_limit: None,
};
