//! Puts the layers together.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use openpayments_api::CallContext;
use openpayments_api::kyc::{GetKycStatus, KycForm, KycStatus, StartKyc};
use openpayments_banks::{Platform, Profiles};
use openpayments_client::{Caller, CallerBuilder, Clock, Credentials, Entropy, Environment, Error, Response};
use openpayments_model::identifier::{CorporateId, CountryCode};
use openpayments_model::{BicFi, Context, InvalidValue, ScopeSet};
use openpayments_transport::Transport;
use openpayments_transport_reqwest::{ClientIdentity, ReqwestTransport, Trust};

use crate::rules::RuleBook;
use crate::{Bank, BankRules, Directory};

/// The platform, for one application. Cheap to clone; clones share connections and tokens.
#[derive(Clone, Debug)]
pub struct Client {
    caller: Caller,
    /// Has the headers that every call carries.
    template: CallContext,
    book: RuleBook,
}

impl Client {
    /// Starts setting one up.
    pub fn builder(environment: Environment, credentials: Credentials) -> ClientBuilder {
        let plain = [environment.auth(), environment.api()].iter().all(|url| url.scheme() == "http");
        // Plain http goes to loopback only; there nobody needs to be trusted, and a machine may have no roots at all.
        let trust = if plain { Trust::Nobody } else { Trust::Platform };
        let book = RuleBook::for_environment(&environment);
        ClientBuilder {
            book,
            caller: Caller::builder(environment, credentials),
            template: CallContext::directory(Context::Private),
            transport: None,
            trust,
            identity: None,
            gateway: HeaderMap::new(),
        }
    }

    /// The bank directory.
    pub fn directory(&self, context: Context) -> Directory {
        Directory::new(self.caller.clone(), CallContext::directory(context).headers_of(&self.template))
    }

    /// One bank, in the private or the corporate context.
    pub fn bank(&self, bic: BicFi, context: Context) -> Bank {
        let rules = self.book.of(&bic);
        Bank::new(self.caller.clone(), CallContext::bank(bic, context).headers_of(&self.template), rules)
    }

    /// Asks for a form by which a company makes itself known to the platform; production demands it before a company's
    /// first payment. The form's address is good for a short time.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn start_kyc(
        &self,
        company: CorporateId,
        country: CountryCode,
    ) -> Result<Response<KycForm>, Error> {
        self.caller.call(&StartKyc::new(company, country), &self.corporate()).await
    }

    /// How far a company has come with it.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn kyc_status(&self, company: CorporateId) -> Result<Response<KycStatus>, Error> {
        self.caller.call(&GetKycStatus::new(company), &self.corporate()).await
    }

    fn corporate(&self) -> CallContext {
        CallContext::directory(Context::Corporate).headers_of(&self.template)
    }

    /// Makes sure that there is a token for `scopes`, so that the next call need not wait for one. Also the quickest way
    /// to find out whether the credentials are right.
    ///
    /// # Errors
    /// As [`Caller::ensure_token`].
    pub async fn ensure_token(&self, scopes: ScopeSet) -> Result<(), Error> {
        self.caller.ensure_token(scopes).await
    }

    /// The layer below, for calls of your own.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }
}

/// Sets up a [`Client`].
#[derive(Debug)]
pub struct ClientBuilder {
    book: RuleBook,
    caller: CallerBuilder,
    template: CallContext,
    transport: Option<Arc<dyn Transport>>,
    trust: Trust,
    identity: Option<ClientIdentity>,
    gateway: HeaderMap,
}

impl ClientBuilder {
    /// The client certificate that the platform's portal issued; production demands it.
    #[must_use]
    pub fn identity(mut self, identity: ClientIdentity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Whom to trust as a server; the operating system's roots by default.
    #[must_use]
    pub fn trust(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// Sends a header with every request, those for tokens included: what a gateway of your own, or a sandbox beyond this
    /// machine (`x-sandbox-access`), lets its clients in by. Its value is shown nowhere.
    #[must_use]
    pub fn gateway_header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.gateway.insert(name, value);
        self
    }

    /// A transport of your own instead of reqwest; certificate, trust and gateway are then its own matter.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Adds a header of your own to every call to the API host, such as `X-Feature-Flags`; token calls never carry it.
    ///
    /// # Errors
    /// As [`CallContext::header`].
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, InvalidValue> {
        self.template = self.template.header(name, value)?;
        Ok(self)
    }

    /// What becomes of a consent, payment or basket that goes against what is known of its bank. By default it is sent, and
    /// the answer carries warnings.
    #[must_use]
    pub fn bank_rules(mut self, rules: BankRules) -> Self {
        self.book.mode = rules;
        self
    }

    /// Adds to what is known of banks; a profile takes the place of the one of the same bank.
    #[must_use]
    pub fn bank_profiles(mut self, profiles: Profiles) -> Self {
        self.book.profiles = self.book.profiles.and_all(profiles);
        self
    }

    /// Which installation's statements count. Production's with [`Environment::production`], else the sandbox's: say so where a
    /// gateway of your own stands before production.
    #[must_use]
    pub fn bank_platform(mut self, platform: Platform) -> Self {
        self.book.platform = platform;
        self
    }

    /// How long a call may take in all. Default 30 s.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.caller = self.caller.deadline(deadline);
        self
    }

    /// Where time comes from, for tests.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.caller = self.caller.clock(clock);
        self
    }

    /// Where randomness comes from, for tests.
    #[must_use]
    pub fn entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.caller = self.caller.entropy(entropy);
        self
    }

    /// The client. Nothing is sent and nothing is started.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](openpayments_client::ErrorKind::Configuration): no trusted roots on this machine, or
    /// production without a client certificate.
    pub fn build(self) -> Result<Client, Error> {
        let transport = if let Some(transport) = self.transport {
            transport
        } else {
            let mut builder = ReqwestTransport::builder().trust(self.trust);
            if let Some(identity) = self.identity {
                builder = builder.identity(identity);
            }
            for (name, value) in &self.gateway {
                builder = builder.gateway_header(name.clone(), value.clone());
            }
            Arc::new(builder.build().map_err(Error::configuration)?)
        };
        let caller = self.caller.transport(transport).build()?;
        Ok(Client { caller, template: self.template, book: self.book })
    }
}
