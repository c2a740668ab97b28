//! Where a consent, a payment or an authorisation stands.

open_enum! {
    /// Where a payment or a signing basket stands (ISO 20022 codes, NextGenPSD2 1.3.3).
    pub enum TransactionStatus {
        /// Received by the bank.
        Received = "RCVD",
        /// Pending; further checks.
        Pending = "PDNG",
        /// Some but not all authorisations are there: another signer is needed.
        PartiallyAcceptedTechnical = "PATC",
        /// Technically valid. Ambiguous: unsigned at some banks, signed at others; look at the SCA status first.
        AcceptedTechnical = "ACTC",
        /// The customer's profile was checked too.
        AcceptedCustomerProfile = "ACCP",
        /// Funds were checked.
        AcceptedFundsChecked = "ACFC",
        /// Accepted with a change, of the date or the text for example.
        AcceptedWithChange = "ACWC",
        /// Accepted, not yet posted to the creditor.
        AcceptedWithoutPosting = "ACWP",
        /// Accepted for execution.
        AcceptedSettlementInProcess = "ACSP",
        /// Settled on the debtor's account. Final.
        AcceptedSettlementCompleted = "ACSC",
        /// Settled on the creditor's account. Final.
        AcceptedCreditSettlementCompleted = "ACCC",
        /// Of a bulk, some were accepted and some rejected.
        PartiallyAccepted = "PART",
        /// Rejected. Final.
        Rejected = "RJCT",
        /// Cancelled before execution. Final.
        Cancelled = "CANC",
    }
}

impl TransactionStatus {
    /// Whether the bank will change it no more. A value we do not know is not final.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::AcceptedSettlementCompleted
                | Self::AcceptedCreditSettlementCompleted
                | Self::Rejected
                | Self::Cancelled
        )
    }

    /// Whether the money has left the debtor's account.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::AcceptedSettlementCompleted | Self::AcceptedCreditSettlementCompleted)
    }

    /// Whether it will not be executed.
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Rejected | Self::Cancelled)
    }
}

open_enum! {
    /// Where an authorisation stands (`scaStatus`, NextGenPSD2 1.3.3 and the platform's docs).
    pub enum ScaStatus {
        /// The authorisation was created.
        Received = "received",
        /// The PSU was identified.
        PsuIdentified = "psuIdentified",
        /// The PSU has logged in; the signature is still to come.
        PsuAuthenticated = "psuAuthenticated",
        /// A method was chosen.
        ScaMethodSelected = "scaMethodSelected",
        /// The login at the bank runs: first BankID round. Not in the standard.
        AuthenticationStarted = "authenticationStarted",
        /// The approval of a new recipient runs: a BankID round of its own. Not in the standard.
        AuthoriseCreditorAccountStarted = "authoriseCreditorAccountStarted",
        /// Signing runs.
        Started = "started",
        /// Signed. Final.
        Finalised = "finalised",
        /// Failed. Final.
        Failed = "failed",
        /// No signature was needed. Final.
        Exempted = "exempted",
    }
}

impl ScaStatus {
    /// Whether it ends the authorisation. A value we do not know does not.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Finalised | Self::Failed | Self::Exempted)
    }

    /// Whether the PSU's part is done and well.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Finalised | Self::Exempted)
    }
}

open_enum! {
    /// Where a consent stands (NextGenPSD2 1.3.3 and the platform's docs).
    pub enum ConsentStatus {
        /// Created, not yet authorised.
        Received = "received",
        /// The PSU or the bank said no.
        Rejected = "rejected",
        /// Can be used.
        Valid = "valid",
        /// Some but not all signers have authorised it.
        PartiallyAuthorised = "partiallyAuthorised",
        /// The PSU withdrew it at the bank.
        RevokedByPsu = "revokedByPsu",
        /// Its time is over.
        Expired = "expired",
        /// We deleted it.
        TerminatedByTpp = "terminatedByTpp",
    }
}

impl ConsentStatus {
    /// Whether it can never become valid any more. A value we do not know can.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Rejected | Self::RevokedByPsu | Self::Expired | Self::TerminatedByTpp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn i067_a_number_is_no_status() {
        assert!(serde_json::from_str::<TransactionStatus>("7").is_err());
    }

    proptest! {
        #[test]
        fn c16_every_text_survives_the_wire_and_only_known_ones_are_final(text in "[ -~]{0,20}") {
            let json = serde_json::to_string(&text).unwrap();
            let status: ScaStatus = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(serde_json::to_string(&status).unwrap(), json);
            let known = ScaStatus::KNOWN.contains(&status);
            prop_assert!(known || !status.is_final());
        }
    }
}
