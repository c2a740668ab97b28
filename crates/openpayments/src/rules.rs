//! What is known of banks, applied to what is about to be sent.

use std::sync::Arc;
use std::time::Duration;

use openpayments_api::CallContext;
use openpayments_banks::{Case, Finding, Findings, Platform, Profile, Profiles, Sender, WindowStart};
use openpayments_client::{Environment, Error};
use openpayments_model::BicFi;
use openpayments_model::message::{MessageCategory, TppMessage};
use openpayments_sca::Timing;

/// What becomes of a call that goes against what is known of the bank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BankRules {
    /// It is sent, and what was found is told: as a warning with code `BANK_RULE` in
    /// [`Response::warnings`](openpayments_client::Response::warnings), and as a `tracing` event.
    #[default]
    Warn,
    /// It is not sent. The error's source is [`Findings`].
    Refuse,
    /// Nothing is checked.
    Off,
}

/// The rules of all banks, as a client has them.
#[derive(Clone, Debug)]
pub(crate) struct RuleBook {
    pub(crate) mode: BankRules,
    pub(crate) profiles: Profiles,
    pub(crate) platform: Platform,
}

impl RuleBook {
    /// Those that come with the SDK.
    pub(crate) fn for_environment(environment: &Environment) -> Self {
        let platform = if environment.needs_certificate() { Platform::Production } else { Platform::Sandbox };
        Self { mode: BankRules::default(), profiles: Profiles::built_in(), platform }
    }

    /// Those of one bank.
    pub(crate) fn of(&self, bank: &BicFi) -> Rules {
        Rules { mode: self.mode, profile: self.profiles.find(bank), platform: self.platform }
    }
}

/// The rules of one bank.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    mode: BankRules,
    pub(crate) profile: Option<Arc<Profile>>,
    platform: Platform,
}

impl Rules {
    pub(crate) fn case(&self, context: &CallContext) -> Case {
        Case::new(self.platform, context.context())
    }

    /// How long a PSU has at this bank, as far as it is known.
    pub(crate) fn timing(&self, context: &CallContext) -> Timing {
        let mut timing = Timing::default();
        let window = self.profile.as_ref().and_then(|profile| profile.start_window.of(self.case(context)));
        if let Some(window) = window {
            timing.start_window = Duration::from_secs(window.value.seconds.into());
            timing.opens_at_start = window.value.from == WindowStart::Authorisation;
        }
        timing
    }

    /// What a check finds, whatever becomes of it.
    pub(crate) fn find(
        &self,
        context: &CallContext,
        check: impl FnOnce(&Profile, &Sender) -> Vec<Finding>,
    ) -> Vec<Finding> {
        let sender = self.sender(context);
        self.profile.as_ref().map(|profile| check(profile, &sender)).unwrap_or_default()
    }

    /// Checks what is about to be sent; gives the warnings that go with its answer.
    pub(crate) fn apply(
        &self,
        operation: &'static str,
        context: &CallContext,
        check: impl FnOnce(&Profile, &Sender) -> Vec<Finding>,
    ) -> Result<Vec<TppMessage>, Error> {
        if self.mode == BankRules::Off {
            return Ok(Vec::new());
        }
        let Some(findings) = Findings::new(self.find(context, check)) else {
            return Ok(Vec::new());
        };
        if self.mode == BankRules::Refuse {
            return Err(Error::refused_before_sending(operation, findings));
        }
        Ok(findings.as_slice().iter().map(|finding| told(operation, finding)).collect())
    }

    fn sender(&self, context: &CallContext) -> Sender {
        let mut sender = Sender::new(self.case(context), context.psu_details());
        if let Some(preferred) = context.prefers_redirect() {
            sender = sender.redirect_preferred(preferred);
        }
        if context.affiliated_aspsp().is_some() {
            sender = sender.header("X-AffiliatedASPSP-ID");
        }
        if context.own_redirect_uri().is_some() {
            sender = sender.header("TPP-Redirect-URI");
        }
        context.extra_headers().iter().fold(sender, |sender, (name, _)| sender.header(name.as_str()))
    }
}

/// A finding as an event and as a warning.
fn told(operation: &'static str, finding: &Finding) -> TppMessage {
    tracing::warn!(
        target: "openpayments::bank_rules",
        operation,
        bank = finding.bank.as_str(),
        rule = finding.rule.as_str(),
        field = finding.field,
        limit = finding.limit,
        source = finding.source,
        date = finding.date.as_str(),
        "against what is known of the bank",
    );
    let mut warning = TppMessage::error("BANK_RULE");
    warning.category = MessageCategory::Warning;
    warning.path = Some(finding.field.clone());
    warning.text = Some(finding.to_string());
    warning
}
