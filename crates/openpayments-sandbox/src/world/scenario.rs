//! What a PSU does, told by the id. The documented test identities of the vendor's simulator, and one of our own.

/// What happens when this PSU is asked to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Signs,
    /// Signs, and somebody else has to sign too.
    NeedsSecondSigner,
    Refuses,
    /// Lets the session run out.
    LetsExpire,
    /// Has no BankID at this bank.
    NotActivated,
}

/// The identities are documented for SEB's corporate simulator; here they behave alike at every bank.
pub(crate) fn behaviour_of(psu: &str) -> Behaviour {
    match psu {
        // Not documented by the vendor: the sandbox's own.
        "99990101001" => Behaviour::Refuses,
        "99990101002" => Behaviour::NeedsSecondSigner,
        "99990101004" => Behaviour::LetsExpire,
        "99990101005" => Behaviour::NotActivated,
        _ => Behaviour::Signs,
    }
}

/// Who logs in where the client named nobody and the sandbox approves by itself.
pub(crate) const DEFAULT_PSU: &str = "199002092386";

/// An organisation number with an odd last digit has no valid KYC.
pub(crate) fn has_kyc(corporate_id: &str) -> bool {
    corporate_id.chars().last().and_then(|last| last.to_digit(10)).is_none_or(|digit| digit % 2 == 0)
}
