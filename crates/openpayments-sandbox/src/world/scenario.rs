//! What a PSU does, told by the id. The documented test identities of the vendor's simulator, and some of our own.

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
    /// May not sign for this account or company.
    LacksRights,
    /// Signs more than the bank lets him pay in a day.
    OverLimit,
}

/// The identities are documented for SEB's corporate simulator; here they behave alike at every bank.
pub(crate) fn behaviour_of(psu: &str) -> Behaviour {
    match psu {
        // The vendor documents neither of these: what they do is the sandbox's own, and so is the whole of 006.
        "99990101001" => Behaviour::Refuses,
        "99990101003" => Behaviour::LacksRights,
        "99990101006" => Behaviour::OverLimit,
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
