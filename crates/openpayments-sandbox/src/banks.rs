//! How each bank behaves, as data: one file per bank, no code. A profile answers every "which" and "how long" of the
//! handlers, so that no handler knows a bank by name. Sources are the vendor's public bank pages, samples and observed
//! sandbox answers; what none of them says is marked where it stands.

mod danske;
mod handelsbanken;
mod nordea;
mod nordea_finland;
mod op;
mod seb;
mod swedbank;

use std::time::Duration;

/// Every bank of the directory, in its order.
pub(crate) const ALL: &[&Profile] = &[
    &seb::PROFILE,
    &handelsbanken::PROFILE,
    &nordea::PROFILE,
    &swedbank::PROFILE,
    &danske::PROFILE,
    &nordea_finland::PROFILE,
    &op::PROFILE,
];

/// The bank with this BIC.
pub(crate) fn find(bic: &str) -> Option<&'static Profile> {
    ALL.iter().copied().find(|bank| bank.bic == bic)
}

/// One bank.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about a bank, not a state")]
pub(crate) struct Profile {
    pub(crate) bic: &'static str,
    pub(crate) name: &'static str,
    pub(crate) country: &'static str,
    pub(crate) city: &'static str,
    pub(crate) street: &'static str,
    pub(crate) postal_code: &'static str,
    pub(crate) website: &'static str,
    /// Whether business accounts can be reached.
    pub(crate) corporate: bool,
    /// Currency of its accounts.
    pub(crate) currency: &'static str,
    /// What an IBAN of the bank carries after its check digits: the bank's own code.
    pub(crate) iban_code: &'static str,
    /// How many digits the bank's own account numbers have.
    pub(crate) bban_digits: usize,
    /// Accounts that the vendor's samples name, by whose they are.
    pub(crate) documented_accounts: &'static [DocumentedAccounts],
    /// Banks under its roof, as id and name.
    pub(crate) affiliated: &'static [(&'static str, &'static str)],

    /// The ways to sign it offers; the first is taken when the client states no preference.
    pub(crate) approaches: &'static [Approach],
    /// The methods a PSU chooses from.
    pub(crate) methods: &'static [Method],
    /// What a decoupled authorisation of a consent goes through.
    pub(crate) consent_steps: &'static [Step],
    /// What a decoupled authorisation of a payment goes through.
    pub(crate) payment_steps: &'static [Step],
    /// Whether its sandbox approves as soon as an authorisation is started.
    pub(crate) approves_at_start: bool,
    /// Whether `TPP-Redirect-Preferred` must stay what it was when the resource was created.
    pub(crate) preference_sticks: bool,
    /// Whether a decoupled authorisation needs `PSU-ID`.
    pub(crate) psu_id_required: bool,
    /// Headers it insists on beyond what the platform does.
    pub(crate) required_headers: &'static [RequiredHeader],

    /// The longest consent it grants, in days.
    pub(crate) consent_days: i64,
    /// Whether `frequencyPerDay` 0 passes.
    pub(crate) zero_frequency: bool,
    /// Whether single transactions can be read.
    pub(crate) transaction_details: bool,

    /// Whether it tells what is new since an entry or the last read. No source says of any bank that it does: the one
    /// that does here is the sandbox's own choice.
    pub(crate) delta_lists: bool,

    /// Payment products offered.
    pub(crate) products: &'static [&'static str],
    /// How it wants the debtor's account in private and in corporate context.
    pub(crate) debtor_forms: &'static [AccountForm],
    pub(crate) corporate_debtor_forms: &'static [AccountForm],
    /// How it wants the creditor's account.
    pub(crate) creditor_forms: &'static [AccountForm],
    /// Whether a creditor in another country needs `creditorAddress`.
    pub(crate) foreign_creditor_needs_address: bool,
    /// Status of a payment that was just created.
    pub(crate) created_status: &'static str,
    /// Time between signature and booking.
    pub(crate) settles_after: Duration,
    /// Whether a payment can be read back.
    pub(crate) reads_payments: bool,
    /// How a payment is cancelled.
    pub(crate) cancellation: Cancellation,
    /// The most payments of one signing basket, where baskets are offered.
    pub(crate) basket_limit: Option<u32>,
}

impl Profile {
    /// How a PSU gets to it, where that is settled before anybody asks.
    pub(crate) fn only_approach(&self) -> Option<Approach> {
        if let [only] = self.approaches { Some(*only) } else { None }
    }

    pub(crate) fn method(&self, id: &str) -> Option<&'static Method> {
        self.methods.iter().find(|method| method.id == id)
    }
}

/// How a PSU gets to the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Approach {
    /// Through the browser and back.
    Redirect,
    /// On a device of his own, while the client polls.
    Decoupled,
}

impl Approach {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Redirect => "REDIRECT",
            Self::Decoupled => "DECOUPLED",
        }
    }
}

/// A way to sign.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Method {
    pub(crate) id: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) name: &'static str,
    pub(crate) challenge: Challenge,
}

/// What `challengeData` carries for a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// The token that starts the app.
    AutostartToken,
    /// The text of a QR code that is another one each second.
    AnimatedQr,
}

/// One stage of a decoupled authorisation.
#[derive(Debug)]
pub(crate) struct Step {
    /// The `scaStatus` the client sees meanwhile.
    pub(crate) status: &'static str,
    pub(crate) stage: Stage,
}

/// What a stage waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// A BankID round whose challenge the client gets.
    Challenge,
    /// A BankID round the PSU opens by himself: the client gets no challenge.
    OpenApp,
    /// Nobody: it passes after a second.
    Passing,
    /// As [`Challenge`](Self::Challenge), but only when money goes to a recipient the PSU has not paid before.
    NewRecipient,
}

/// What a bank makes of the wish to cancel a payment. One that nobody has signed yet needs no signature to be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cancellation {
    /// The bank offers no such call.
    Never,
    /// Cancelled at once, signed or not, until the money has moved.
    Outright,
    /// A signed payment is cancelled by another signature.
    Signed,
}

/// A header that some calls of a bank need.
#[derive(Debug)]
pub(crate) struct RequiredHeader {
    pub(crate) name: &'static str,
    pub(crate) on: &'static [Operation],
}

/// The calls that profiles and guards tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Directory,
    CreateConsent,
    ReadConsent,
    DeleteConsent,
    StartConsentAuthorisation,
    ReadConsentAuthorisation,
    ChooseConsentMethod,
    ReadAccounts,
    CreatePayment,
    ReadPayment,
    CancelPayment,
    PaymentStatus,
    StartPaymentAuthorisation,
    ReadPaymentAuthorisation,
    ChoosePaymentMethod,
    StartCancellationAuthorisation,
    ReadCancellationAuthorisation,
    ChooseCancellationMethod,
    CreateBasket,
    ReadBasket,
    DeleteBasket,
    StartBasketAuthorisation,
    ReadBasketAuthorisation,
    ChooseBasketMethod,
    Kyc,
}

/// How an account is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountForm {
    Iban,
    /// The bank's own number.
    Bban,
    /// The bank's own number, with the clearing number in its own member.
    BbanAndClearing,
    Plusgiro,
}

/// Accounts of one holder that the vendor's public samples use.
#[derive(Debug)]
pub(crate) struct DocumentedAccounts {
    pub(crate) holder: &'static str,
    /// IBANs or bank numbers, the holder's first account first.
    pub(crate) numbers: &'static [&'static str],
}

/// BankID as three methods, as the platform has listed them since 2022.
const BANKID: &[Method] = &[
    Method { id: "mbid", kind: "PUSH_OTP", name: "Mobilt BankID", challenge: Challenge::AutostartToken },
    Method {
        id: "mbid_same_device",
        kind: "CHIP_OTP",
        name: "Mobile BankID on this device",
        challenge: Challenge::AutostartToken,
    },
    Method {
        id: "mbid_animated_qr_token",
        kind: "PHOTO_OTP",
        name: "Mobile BankID on another device",
        challenge: Challenge::AnimatedQr,
    },
];

/// The one method of banks that send the PSU to a page.
const BANKID_PAGE: &[Method] =
    &[Method { id: "mbid", kind: "PUSH_OTP", name: "Mobilt BankID", challenge: Challenge::AutostartToken }];

/// One signature and done.
const SIGN: &[Step] = &[Step { status: "started", stage: Stage::Challenge }];

#[cfg(test)]
mod tests {
    use super::*;
    use openpayments_model::{BicFi, CurrencyCode, status::ScaStatus, status::TransactionStatus};

    #[test]
    fn every_profile_speaks_the_protocols_words() {
        for bank in ALL {
            assert!(BicFi::parse(bank.bic).is_ok(), "{}", bank.bic);
            assert!(CurrencyCode::parse(bank.currency).is_ok());
            assert!(!bank.approaches.is_empty() && !bank.methods.is_empty());
            assert!(TransactionStatus::KNOWN.contains(&bank.created_status.into()));
            for step in bank.consent_steps.iter().chain(bank.payment_steps) {
                assert!(ScaStatus::KNOWN.contains(&step.status.into()), "{}", step.status);
            }
            assert_eq!(bank.approaches.contains(&Approach::Decoupled), !bank.consent_steps.is_empty());
        }
    }
}
