//! One call: context, token, request id, span, transport, answer or error.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use openpayments_api::authorisation::Signable;
use openpayments_api::token::{AccessToken, AuthorizationCodeGrant, ClientCredentialsGrant};
use openpayments_api::{Audience, CallContext, Operation, Resend};
use openpayments_model::identifier::{AuthorisationId, RequestId};
use openpayments_model::{Context, ScopeSet};
use openpayments_transport::{Effect, Limits, Request, Transport};
use secrecy::SecretString;
use tracing::Instrument;

use crate::failure::{Failure, of_answer, of_foreign_answer, of_transport};
use crate::host::Host;
use crate::quota::{Paid, Quota};
use crate::resend::{more_attempts, wait};
use crate::token::{Bearer, FETCHED_AGAIN_AFTER, Tokens};
use crate::{
    Clock, Credentials, Entropy, Environment, Error, ErrorKind, Response, SystemClock, SystemEntropy,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Makes calls. Cheap to clone; clones share connections and tokens.
///
/// Calls run inside a tokio runtime; making a `Caller` needs none and starts nothing.
#[derive(Clone)]
pub struct Caller(Arc<Inner>);

struct Inner {
    environment: Environment,
    auth: Host,
    api: Host,
    /// Of the auth server and of the API.
    auth_quota: Quota,
    api_quota: Quota,
    credentials: Credentials,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    tokens: Arc<Tokens>,
    deadline: Duration,
    shared: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("environment", &self.0.environment)
            .field("credentials", &self.0.credentials)
            .field("transport", &self.0.transport)
            .finish_non_exhaustive()
    }
}

/// Puts a [`Caller`] together.
#[derive(Debug)]
pub struct CallerBuilder {
    environment: Environment,
    credentials: Credentials,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    deadline: Duration,
}

impl CallerBuilder {
    /// How requests travel. Required.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Where time comes from; the machine's clock by default.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Where randomness comes from; the operating system by default.
    #[must_use]
    pub fn entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.entropy = entropy;
        self
    }

    /// How long a call may take in all, its resends and waits included. Default 30 s.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The caller.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] without a transport, or when the environment demands a client certificate and the
    /// transport has none.
    pub fn build(self) -> Result<Caller, Error> {
        let refused = |why| Error::new(ErrorKind::Configuration, "caller").because(why);
        let transport = self.transport.ok_or_else(|| refused("a transport is missing"))?;
        if self.environment.needs_certificate() && !transport.presents_certificate() {
            return Err(refused("production demands a client certificate, and the transport has none"));
        }
        let tokens = Arc::new(Tokens::new(Arc::clone(&self.clock), Arc::clone(&self.entropy)));
        let (auth, api) = (Host::of(self.environment.auth())?, Host::of(self.environment.api())?);
        Ok(Caller(Arc::new(Inner {
            environment: self.environment,
            auth,
            api,
            auth_quota: Quota::full(),
            api_quota: Quota::full(),
            credentials: self.credentials,
            transport,
            clock: self.clock,
            entropy: self.entropy,
            tokens,
            deadline: self.deadline,
            shared: Mutex::default(),
        })))
    }
}

impl Caller {
    /// Starts putting one together.
    pub fn builder(environment: Environment, credentials: Credentials) -> CallerBuilder {
        CallerBuilder {
            environment,
            credentials,
            transport: None,
            clock: Arc::new(SystemClock::new()),
            entropy: Arc::new(SystemEntropy),
            deadline: Limits::default().total,
        }
    }

    /// Where calls go.
    pub fn environment(&self) -> &Environment {
        &self.0.environment
    }

    /// The application's id.
    pub fn client_id(&self) -> &str {
        self.0.credentials.id()
    }

    /// How requests travel.
    pub fn transport(&self) -> &Arc<dyn Transport> {
        &self.0.transport
    }

    /// Where time comes from.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// Where randomness comes from.
    pub fn entropy(&self) -> &Arc<dyn Entropy> {
        &self.0.entropy
    }

    /// What a layer above keeps once for all clones of this caller: made at the first call, the same one at each later.
    pub fn shared<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        let mut shared = self.0.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = Arc::clone(shared.entry(TypeId::of::<T>()).or_insert_with(|| Arc::<T>::default()));
        // What stands under a type's id is of that type.
        kept.downcast().unwrap_or_default()
    }

    /// Makes sure that there is a token for `scopes`, so that the next call need not wait for one.
    ///
    /// # Errors
    /// [`ErrorKind::Auth`] when the auth server refuses, or what keeps it from answering.
    pub async fn ensure_token(&self, scopes: ScopeSet) -> Result<(), Error> {
        self.bearer(scopes).await.map(drop)
    }

    /// Makes one call.
    ///
    /// What may be sent again when no answer comes is up to the call's [`Resend`]; a token that was refused is renewed
    /// once, for every call. Each attempt has a request id of its own, and the context's, if it has one, is the first.
    ///
    /// Dropping the future gives the call up where it is: whether it arrived is then unknown. Make a call that may not be
    /// sent twice in a task of its own that also writes down what comes of it, if your caller may go away meanwhile.
    ///
    /// # Errors
    /// An [`Error`]; [`Error::bank_may_have_acted`] tells whether something may have happened all the same.
    pub async fn call<O>(&self, operation: &O, context: &CallContext) -> Result<Response<O::Output>, Error>
    where
        O: Operation + Sync,
    {
        self.call_up_to(u32::MAX, operation, context).await
    }

    async fn call_up_to<O>(
        &self,
        most_resends: u32,
        operation: &O,
        context: &CallContext,
    ) -> Result<Response<O::Output>, Error>
    where
        O: Operation + Sync,
    {
        // Built before anything else, so that what cannot be sent costs not even a token.
        let mut built = Some(self.build(operation, context)?);
        let scopes = match operation.audience() {
            Audience::Api(product) => Some(ScopeSet::new(product, context.context())),
            Audience::Auth => None,
        };
        let quota = if scopes.is_some() { &self.0.api_quota } else { &self.0.auth_quota };
        let mut paid = None;
        let deadline = self.0.clock.monotonic() + self.0.deadline;
        let mut sends = Sends { own_id: context.own_request_id(), made: 0 };
        let mut renewed = false;
        let mut resends = 0;
        loop {
            let (failure, least_pause, quota) = match self.with_token(scopes).await {
                Ok(bearer) => {
                    let left = deadline.saturating_sub(self.0.clock.monotonic());
                    let request = match built.take() {
                        Some(request) => request,
                        None => self.build(operation, context)?,
                    };
                    match self.attempt::<O>(request, bearer.as_ref(), &mut sends, left).await {
                        Ok(response) => {
                            paid.map_or_else(|| quota.earn(), Paid::give_back);
                            return Ok(response);
                        }
                        Err(failure) => {
                            if let (true, false, Some(scopes), Some(bearer)) =
                                (failure.token_refused, renewed, scopes, &bearer)
                            {
                                renewed = true;
                                self.0.tokens.reject(scopes, bearer.generation);
                                continue;
                            }
                            (failure, Duration::ZERO, quota)
                        }
                    }
                }
                // Of the call itself nothing was sent.
                Err(error) => (Failure::before_sending(error), FETCHED_AGAIN_AFTER, &self.0.auth_quota),
            };
            if resends >= more_attempts(O::RESEND, failure.after).min(most_resends) {
                return Err(failure.error);
            }
            let pause =
                wait(resends, failure.after, failure.error.retry_after(), &*self.0.entropy).max(least_pause);
            if self.0.clock.monotonic() + pause >= deadline {
                return Err(failure.error);
            }
            paid = quota.pay(failure.after);
            if paid.is_none() {
                return Err(failure.error);
            }
            self.0.clock.sleep(pause).await;
            resends += 1;
        }
    }

    /// Makes one call that is not sent again when no answer comes: for polls, whose next turn is the next try.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn poll<O>(&self, operation: &O, context: &CallContext) -> Result<Response<O::Output>, Error>
    where
        O: Operation + Sync,
    {
        self.call_up_to(0, operation, context).await
    }

    /// Exchanges the code of a callback, which activates the authorisation the PSU gave at the bank. Sent once.
    /// `code_verifier` is the secret behind the code challenge, if the link had one (RFC 7636).
    ///
    /// # Errors
    /// [`ErrorKind::Auth`] when the code is refused; [`ErrorKind::OutcomeUnknown`] when no answer came: then the
    /// authorisation's status tells.
    pub async fn exchange_code<R: Signable>(
        &self,
        resource: &R,
        authorisation: &AuthorisationId,
        code: &SecretString,
        redirect_uri: &str,
        code_verifier: Option<&SecretString>,
        context: Context,
    ) -> Result<(), Error> {
        let scopes = ScopeSet::new(R::PRODUCT, context);
        let grant = AuthorizationCodeGrant {
            credentials: &self.0.credentials,
            scopes: &scopes,
            resource,
            authorisation,
            code,
            redirect_uri,
            code_verifier,
        };
        // The token that comes back is not kept: calls go on with the client's own.
        self.call(&grant, &CallContext::directory(context)).await.map(drop)
    }

    async fn with_token(&self, scopes: Option<ScopeSet>) -> Result<Option<Bearer>, Error> {
        match scopes {
            Some(scopes) => self.bearer(scopes).await.map(Some),
            None => Ok(None),
        }
    }

    async fn bearer(&self, scopes: ScopeSet) -> Result<Bearer, Error> {
        self.0.tokens.get(scopes, || self.clone().fetch_token(scopes)).await
    }

    /// One request for a token. Whoever needs it decides about another.
    async fn fetch_token(self, scopes: ScopeSet) -> Result<AccessToken, Error> {
        type Grant<'a> = ClientCredentialsGrant<'a>;
        let grant = Grant::new(&self.0.credentials, &scopes);
        let request = self.build(&grant, &CallContext::directory(scopes.context()))?;
        let mut sends = Sends { own_id: None, made: 0 };
        match self.attempt::<Grant>(request, None, &mut sends, self.0.deadline).await {
            Ok(response) => Ok(response.body),
            Err(failure) => Err(failure.error),
        }
    }

    /// Builds the request and gives it its host.
    fn build<O: Operation>(
        &self,
        operation: &O,
        context: &CallContext,
    ) -> Result<http::Request<Bytes>, Error> {
        let failed = |kind| Error::new(kind, O::NAME);
        let mut request =
            operation.request(context).map_err(|e| failed(ErrorKind::InvalidInput).because(e))?;
        let host = match operation.audience() {
            Audience::Api(_) => &self.0.api,
            Audience::Auth => &self.0.auth,
        };
        let uri = host.address(request.uri()).ok_or_else(|| failed(ErrorKind::UntrustedLink))?;
        *request.uri_mut() = uri;
        Ok(request)
    }

    /// Sends once. What is waited for holds no more than it must: there may be one for each of many sessions.
    fn attempt<'a, O: Operation + 'a>(
        &'a self,
        mut http: http::Request<Bytes>,
        bearer: Option<&Bearer>,
        sends: &mut Sends,
        left: Duration,
    ) -> impl Future<Output = Result<Response<O::Output>, Failure>> + use<'a, O> {
        let own_id = sends.own_id;
        let id = if sends.made == 0 { own_id } else { None }.unwrap_or_else(|| self.new_request_id());
        sends.made += 1;
        let nth = sends.made;
        let method = http.method().clone();
        if let Ok(value) = HeaderValue::from_str(in_text(id, &mut [0; TEXT])) {
            http.headers_mut().insert(REQUEST_ID, value);
        }
        if let Some(bearer) = bearer {
            http.headers_mut().insert(AUTHORIZATION, bearer.header.clone());
        }
        let effect = if O::RESEND == Resend::Read { Effect::Read } else { Effect::Write };
        let limits = Limits::default().with_total(left).with_body(O::LARGEST_ANSWER);
        let request = Request::new(http, effect).with_limits(limits);

        let span = tracing::info_span!(
            target: "openpayments",
            "call",
            operation = O::NAME,
            method = method.as_str(),
            path = O::PATH,
            request_id = %id,
            // The id the whole call came with, beside that of a resend.
            caller_request_id = own_id.map(tracing::field::display),
            send = nth,
            status = tracing::field::Empty,
            ms = tracing::field::Empty,
        );
        let started = self.0.clock.monotonic();
        // The one in the `Arc`, without a step in between.
        let sending = (*self.0.transport).send(request).instrument(span.clone());
        async move {
            let sent = sending.await;
            let taken = self.0.clock.monotonic().saturating_sub(started);
            let ms = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX);
            let status = sent.as_ref().ok().map(|response| response.status().as_u16());
            span.record("ms", ms);
            if let Some(status) = status {
                span.record("status", status);
            }
            tracing::info!(
                target: "openpayments::call",
                parent: &span,
                operation = O::NAME,
                method = method.as_str(),
                path = O::PATH,
                status,
                ms,
                request_id = %id,
                send = nth,
                "{}", if status.is_some() { "answered" } else { "no answer" },
            );

            let response = sent.map_err(|e| of_transport(O::NAME, O::RESEND, e).of_request(id))?;
            let echoed = response.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
            if echoed.is_some_and(|echoed| !echoed.eq_ignore_ascii_case(in_text(id, &mut [0; TEXT]))) {
                return Err(of_foreign_answer(O::NAME, O::RESEND, response.status()).of_request(id));
            }
            match O::response(&response) {
                Ok(body) => Ok(Response::new(body, id, &response)),
                Err(error) => Err(of_answer(O::NAME, O::RESEND, error).of_request(id).leaving(&response)),
            }
        }
    }

    fn new_request_id(&self) -> RequestId {
        let mut bytes = [0; 16];
        self.0.entropy.fill(&mut bytes);
        RequestId::from_random(bytes)
    }
}

const TEXT: usize = uuid::fmt::Hyphenated::LENGTH;

fn in_text(id: RequestId, text: &mut [u8; TEXT]) -> &str {
    id.uuid().as_hyphenated().encode_lower(text)
}

/// The sends of one call: the caller's own request id, which the first one carries, and how many there were.
struct Sends {
    own_id: Option<RequestId>,
    made: u32,
}
