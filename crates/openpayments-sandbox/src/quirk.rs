//! Quirks: shapes in which the platform's answers have been seen or are documented, other than the ones the sandbox uses.

use crate::error::{Error, ErrorKind};

/// One other shape, switched on or off by name. A client must live with each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Quirk {
    /// `_links.account` of a list of transactions is a text, not an object with `href`.
    AccountLinkAsText,
    /// Account details stand in an `account` object.
    AccountDetailsWrapped,
    /// Transaction details stand in a `transactionsDetails` object.
    TransactionDetailsWrapped,
    /// The directory's lists stand alone, with no object around them.
    DirectoryListsBare,
    /// The directory's refusals stand in `tppMessages`, as everywhere else.
    DirectoryMessagesWrapped,
    /// `challengeData.data` is a text, not a list of one.
    ChallengeDataAsText,
    /// Token answers say nothing of their scope.
    TokenWithoutScope,
    /// The authorisations of a cancellation stand in a `cancellationIds` object.
    CancellationListWrapped,
    /// Refusals have no body.
    ErrorsWithoutBody,
    /// Refusals are `application/problem+json` (RFC 7807).
    ProblemJsonErrors,
    /// Balances, account usage, signing methods and link names carry values nobody has heard of beside the known ones, and
    /// a signature that has begun is in a state nobody has heard of.
    UnknownValues,
    /// A consent, payment or basket that the PSU refuses to sign stays as it was, and may be signed after all.
    RefusedStaysReceived,
    /// Every payment is created with a warning that its creditor is on a list of known fraudsters.
    CreditorFlagged,
    /// A redirect is a plain one: its link is `scaRedirect`, the PSU comes back without a code, and what he approved counts
    /// at once.
    PlainRedirect,
    /// A payment whose signature failed is accepted all the same (`ACSP`); nothing is booked.
    AcceptedThoughFailed,
    /// The status of a signature is refused (400) once it has succeeded.
    StatusGoneOnceSigned,
}

impl Quirk {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::AccountLinkAsText,
        Self::AccountDetailsWrapped,
        Self::TransactionDetailsWrapped,
        Self::DirectoryListsBare,
        Self::DirectoryMessagesWrapped,
        Self::ChallengeDataAsText,
        Self::TokenWithoutScope,
        Self::CancellationListWrapped,
        Self::ErrorsWithoutBody,
        Self::ProblemJsonErrors,
        Self::UnknownValues,
        Self::RefusedStaysReceived,
        Self::CreditorFlagged,
        Self::PlainRedirect,
        Self::AcceptedThoughFailed,
        Self::StatusGoneOnceSigned,
    ];

    /// Its name, as the control API spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccountLinkAsText => "account-link-as-text",
            Self::AccountDetailsWrapped => "account-details-wrapped",
            Self::TransactionDetailsWrapped => "transaction-details-wrapped",
            Self::DirectoryListsBare => "directory-lists-bare",
            Self::DirectoryMessagesWrapped => "directory-messages-wrapped",
            Self::ChallengeDataAsText => "challenge-data-as-text",
            Self::TokenWithoutScope => "token-without-scope",
            Self::CancellationListWrapped => "cancellation-list-wrapped",
            Self::ErrorsWithoutBody => "errors-without-body",
            Self::ProblemJsonErrors => "problem-json-errors",
            Self::UnknownValues => "unknown-values",
            Self::RefusedStaysReceived => "refused-stays-received",
            Self::CreditorFlagged => "creditor-flagged",
            Self::PlainRedirect => "plain-redirect",
            Self::AcceptedThoughFailed => "accepted-though-failed",
            Self::StatusGoneOnceSigned => "status-gone-once-signed",
        }
    }

    /// The quirk of this name.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when there is none.
    pub fn parse(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|quirk| quirk.name() == name);
        found.ok_or_else(|| {
            Error::new(ErrorKind::Settings, format!("there is no quirk `{}`", name.escape_debug()))
        })
    }
}
