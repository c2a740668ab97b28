//! An authorisation about to be started.

use openpayments_api::CallContext;
use openpayments_api::payment::GetPayment;
use openpayments_client::{Caller, ErrorKind};
use openpayments_model::payment::PaymentTerms;
use url::Url;

use crate::gate::{Desk, claim};
use crate::machine::{Action, Machine, Timing};
use crate::session::Parts;
use crate::{MethodPreference, Notice, PollGate, ScaError, ScaErrorKind, ScaSession, Subject};

/// An authorisation about to be started.
#[derive(Debug)]
pub struct Authorise {
    caller: Caller,
    context: CallContext,
    subject: Subject,
    preference: MethodPreference,
    redirect_uri: Option<Url>,
    pkce: bool,
    timing: Timing,
    gate: Option<PollGate>,
    expected: Option<PaymentTerms>,
}

impl Authorise {
    /// Of `subject`, in the same context as it was created in.
    pub fn new(caller: Caller, context: CallContext, subject: impl Into<Subject>) -> Self {
        Self {
            pkce: caller.environment().pkce(),
            caller,
            context,
            subject: subject.into(),
            preference: MethodPreference::default(),
            redirect_uri: None,
            timing: Timing::default(),
            gate: None,
            expected: None,
        }
    }

    /// Where the PSU's browser comes back to, letter for letter one of the addresses registered for the application.
    /// Needed where the bank signs by redirect.
    #[must_use]
    pub fn redirect_to(mut self, uri: Url) -> Self {
        self.redirect_uri = Some(uri);
        self
    }

    /// Which way to sign is preferred.
    #[must_use]
    pub fn method(mut self, preference: MethodPreference) -> Self {
        self.preference = preference;
        self
    }

    /// Whether the link to the bank carries a code challenge (RFC 7636, S256), where it shall be otherwise than the
    /// [environment](openpayments_client::Environment::with_pkce) says.
    #[must_use]
    pub fn pkce(mut self, pkce: bool) -> Self {
        self.pkce = pkce;
        self
    }

    /// How long things take at this bank, where more is known than the defaults say.
    #[must_use]
    pub fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// What the bank must have kept of the payment, by [`PaymentOrder::terms`](openpayments_model::payment::PaymentOrder::terms).
    /// It is read back before anything is started; if it differs, nothing is. At a bank that lets nobody read payments
    /// the session says so with [`Notice::NotReadBack`] and goes on.
    #[must_use]
    pub fn expecting(mut self, terms: PaymentTerms) -> Self {
        self.expected = Some(terms);
        self
    }

    /// Shares a bound on polls in flight with sessions of other callers. Sessions of one caller share one by themselves.
    #[must_use]
    pub fn gate(mut self, gate: &PollGate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    /// Starts the authorisation. Call it when the PSU is ready: at some banks his 30 seconds begin here.
    ///
    /// It is sent once. When no answer comes, the session asks the bank which authorisations there are and goes on with the
    /// one that was started; nothing is started a second time by itself.
    ///
    /// When this future is dropped before it ends, the bank may have started an authorisation that
    /// nobody follows; that does no harm, since no order is started before a way to sign is chosen.
    ///
    /// # Errors
    /// [`ScaErrorKind::Call`](crate::ScaErrorKind::Call) when the call fails, [`Unsupported`](crate::ScaErrorKind::Unsupported) when the bank offers no way to sign, or
    /// not the preferred one, [`Conflict`](crate::ScaErrorKind::Conflict) when the same PSU is signing at the same bank through this
    /// caller: a second order would end the first. With [`expecting`](Self::expecting) also
    /// [`Mismatch`](crate::ScaErrorKind::Mismatch), and [`Misuse`](crate::ScaErrorKind::Misuse) for what is no payment.
    pub async fn start(self) -> Result<ScaSession, ScaError> {
        let mut session = self.prepare().await?;
        session.begin_now().await?;
        Ok(session)
    }

    /// Everything before the start: what is expected is read back, and nothing is started yet. [Export](ScaSession::export)
    /// the session, then call [`begin_now`](ScaSession::begin_now): whoever goes on with the record after this process was
    /// killed asks the bank which authorisations there are, and starts no second one by itself.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn prepare(self) -> Result<ScaSession, ScaError> {
        let claim = claim(&self.caller, &self.context)?;
        let is_read_back = self.read_back().await?;
        let now = self.caller.clock().monotonic();
        let mut session = ScaSession::of(Parts {
            machine: Machine::with_timing(self.preference, self.timing, now),
            gate: self.gate.unwrap_or_else(|| Desk::of(&self.caller).gate.clone()),
            claim,
            caller: self.caller,
            context: self.context,
            subject: self.subject,
            redirect_uri: self.redirect_uri,
            pkce: self.pkce,
            id: None,
        });
        if !is_read_back {
            session.sort(vec![Action::Note(Notice::NotReadBack)])?;
        }
        session.will_do([Action::Start]);
        Ok(session)
    }

    /// Whether the bank keeps what is expected; `false` when it does not tell.
    async fn read_back(&self) -> Result<bool, ScaError> {
        let Some(terms) = &self.expected else {
            return Ok(true);
        };
        let Subject::Payment(payment) = &self.subject else {
            let why = "only a payment can be read back";
            return Err(ScaError::new(ScaErrorKind::Misuse).because(why));
        };
        let kept = match self.caller.call(&GetPayment::new(payment.clone()), &self.context).await {
            Ok(kept) => kept.body,
            Err(error) if error.kind() == ErrorKind::Unsupported => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        match terms.differences(&kept).as_slice() {
            [] => Ok(true),
            differences => {
                let why = format!("the bank's payment differs in {}", differences.join(", "));
                Err(ScaError::new(ScaErrorKind::Mismatch).because(why))
            }
        }
    }
}
