//! What has been begun and must be found again: the one place through which commands remember, by the rules of
//! [`openpayments::store`].
//!
//! It is on the disk before the call whose effect it tells of. Each platform, and each application of one, has a file of its
//! own, for its owner alone.

mod kept;
#[cfg(debug_assertions)]
mod stop_points;

use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use openpayments::model::identifier::{AccountId, BasketId, ConsentId};
use openpayments::model::status::{ConsentStatus, TransactionStatus};
use openpayments::sca::{ResourceStatus, ScaSession, SealKey, SessionRecord, SessionStore, Subject};
use openpayments::store::{
    Consents, Entry, Kind, Payments, SealedStore, Sessions, SqliteStore, Store, StoreError,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

pub(crate) use self::kept::{About, KeptBasket, KeptConsent, KeptPayment, KeptSession};
use crate::connection::Connection;
use crate::exit::Exit;
use crate::places;
use crate::problem::{OrProblem, Problem};
use crate::transactions::Place;

/// For so long it is remembered who was paid and who gave a consent, after it is over.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(90 * 24);
const BASKETS: Kind = Kind::Own("baskets");
const PLACES: Kind = Kind::Own("places");

/// What is remembered of one platform and application.
#[derive(Debug)]
pub(crate) struct Memory {
    path: PathBuf,
    store: Arc<dyn Store>,
    /// The payments that were begun here.
    pub(crate) payments: Payments,
    /// The consents that were created here.
    pub(crate) consents: Consents,
    sessions: Sessions,
    key: SealKey,
}

impl Memory {
    pub(crate) fn open(connection: &Connection) -> anyhow::Result<Self> {
        let caller = connection.client.caller();
        let place = format!("{} {}", caller.environment().api(), caller.client_id());
        let name = format!("{}-{}", connection.plan.target.name(), short_hash(&place));
        let dir = places::state_dir()?.join(name);
        let key = seal_key(&dir, connection)?;
        let path = dir.join("memory.sqlite");
        let file = SqliteStore::open(&path).map_err(|error| match error {
            StoreError::NotPrivate(what) => Problem::new(Exit::Store, what),
            other => Problem::new(Exit::Store, format!("{} cannot be opened", path.display())).because(other),
        })?;
        let file: Arc<dyn Store> = Arc::new(file);
        #[cfg(debug_assertions)]
        let file = stop_points::around(file);
        let store: Arc<dyn Store> = Arc::new(SealedStore::new(file, key.clone()));
        Ok(Self {
            path,
            payments: Payments::in_store(Arc::clone(&store)),
            consents: Consents::in_store(Arc::clone(&store)),
            sessions: Sessions::in_store(Arc::clone(&store)),
            store,
            key,
        })
    }

    /// Forgets who was paid and who gave a consent, where that was over long ago. What cannot be forgotten now is tried
    /// again with the next one that is begun.
    pub(crate) async fn tidy(&self, now: Timestamp) {
        let Ok(day) = now.checked_sub(REMEMBERED) else { return };
        let _ = self.payments.forget_older_than(day).await;
        let _ = self.consents.forget_older_than(day).await;
        let _ = self.sessions.forget_expired(now).await;
    }

    /// The consents that were created here, the last one first.
    pub(crate) async fn kept_consents(&self) -> anyhow::Result<Vec<KeptConsent>> {
        let consents = self.consents.list().await.map_err(|error| self.failed(error))?;
        Ok(consents.into_iter().map(KeptConsent::of).collect())
    }

    /// The consent of this id, if it was created here.
    pub(crate) async fn consent(&self, id: &ConsentId) -> anyhow::Result<Option<KeptConsent>> {
        let kept = self.consents.get(id).await.map_err(|error| self.failed(error))?;
        Ok(kept.map(KeptConsent::of))
    }

    /// Notes where a consent stands, if it was created here.
    pub(crate) async fn note_consent(&self, id: &ConsentId, status: &ConsentStatus) -> anyhow::Result<()> {
        self.noted(self.consents.note_status(id, status).await)
    }

    /// The payments that were begun here, the last one first.
    pub(crate) async fn kept_payments(&self) -> anyhow::Result<Vec<KeptPayment>> {
        let intents = self.payments.list().await.map_err(|error| self.failed(error))?;
        Ok(intents.into_iter().map(KeptPayment::of).collect())
    }

    /// The payment of this key.
    pub(crate) async fn payment(&self, key: &str) -> anyhow::Result<Option<KeptPayment>> {
        let kept = self.payments.get(key).await.map_err(|error| self.failed(error))?;
        Ok(kept.map(KeptPayment::of))
    }

    /// Notes where a payment stands.
    pub(crate) async fn note_payment(&self, key: &str, status: &TransactionStatus) -> anyhow::Result<()> {
        self.noted(self.payments.note_status(key, status).await)
    }

    /// Forgets a payment, so that its key may be used again.
    pub(crate) async fn forget_payment(&self, key: &str) -> anyhow::Result<()> {
        self.payments.forget(key).await.map_err(|error| self.failed(error))
    }

    /// What is not kept cannot be noted, and a final status stays: neither is a failure of what was asked.
    fn noted(&self, noted: Result<(), StoreError>) -> anyhow::Result<()> {
        match noted {
            Ok(()) | Err(StoreError::NotThere | StoreError::Illegal { .. }) => Ok(()),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Notes where something stands that was signed.
    pub(crate) async fn note_status(&self, subject: &Subject, status: &ResourceStatus) -> anyhow::Result<()> {
        match (subject, status) {
            (Subject::Consent(id), ResourceStatus::Consent(status)) => self.note_consent(id, status).await,
            (Subject::Payment(_), ResourceStatus::Payment(status)) => match self.payment_of(subject).await? {
                Some(kept) => self.note_payment(kept.key(), status).await,
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// The payment that is signed, if it was begun here.
    async fn payment_of(&self, subject: &Subject) -> anyhow::Result<Option<KeptPayment>> {
        let Subject::Payment(payment) = subject else { return Ok(None) };
        let kept = self.kept_payments().await?;
        Ok(kept.into_iter().find(|kept| kept.payment() == Some(payment)))
    }

    /// Keeps a signature that is about to be started, and takes its payment for it; `false`, and nothing is kept, where
    /// another run has that signed just now.
    pub(crate) async fn begin_session(&self, sca: &ScaSession) -> anyhow::Result<bool> {
        self.keep_session(sca).await?;
        let Some(kept) = self.payment_of(sca.subject()).await? else { return Ok(true) };
        let taken = self.payments.take_for_signature(kept.key(), sca.id().as_str()).await;
        let taken = taken.map_err(|error| self.failed(error))?;
        if !taken {
            self.forget_session(sca).await;
        }
        Ok(taken)
    }

    /// Keeps a signature as it stands, so that another run can go on with it.
    pub(crate) async fn keep_session(&self, sca: &ScaSession) -> anyhow::Result<()> {
        let record = sca.export(Some(&self.key))?;
        self.sessions.put(record).await.or_problem(|| self.unusable())
    }

    /// Forgets a signature that has ended. Unless the payment is `signed`, another signature may have it.
    pub(crate) async fn end_session(&self, sca: &ScaSession, signed: bool) {
        if !signed && let Ok(Some(kept)) = self.payment_of(sca.subject()).await {
            let _ = self.payments.release(kept.key(), sca.id().as_str()).await;
        }
        self.forget_session(sca).await;
    }

    async fn forget_session(&self, sca: &ScaSession) {
        // What stays behind is found to have ended when somebody goes on with it.
        let _ = self.sessions.remove(sca.id()).await;
    }

    /// The signatures that have not ended, the last one first.
    pub(crate) async fn sessions(&self, connection: &Connection) -> anyhow::Result<Vec<KeptSession>> {
        let mut sessions = Vec::new();
        for record in self.records().await? {
            let (sca, _) = self.session(connection, &record)?;
            let (id, until) = (record.id().to_string(), record.expires_at());
            sessions.push(KeptSession { id, subject: sca.subject().clone(), until });
        }
        Ok(sessions)
    }

    /// The signature of this id, or the last one; and whether the person's browser was at the bank when it was kept.
    pub(crate) async fn find_session(
        &self,
        connection: &Connection,
        id: Option<&str>,
    ) -> anyhow::Result<Option<(ScaSession, bool)>> {
        let mut records = self.records().await?.into_iter();
        let record = records.find(|record| id.is_none_or(|id| record.id().as_str() == id));
        record.map(|record| self.session(connection, &record)).transpose()
    }

    /// The signature of this subject that has not ended, if there is one.
    pub(crate) async fn session_of(
        &self,
        connection: &Connection,
        subject: &Subject,
    ) -> anyhow::Result<Option<(ScaSession, bool)>> {
        for record in self.records().await? {
            let (sca, is_at_bank) = self.session(connection, &record)?;
            if sca.subject() == subject {
                return Ok(Some((sca, is_at_bank)));
            }
        }
        Ok(None)
    }

    /// Forgets the signature of a subject that needs none any more.
    pub(crate) async fn forget_session_of(
        &self,
        connection: &Connection,
        subject: &Subject,
    ) -> anyhow::Result<()> {
        if let Some((sca, _)) = self.session_of(connection, subject).await? {
            self.forget_session(&sca).await;
        }
        Ok(())
    }

    /// The last one first.
    async fn records(&self) -> anyhow::Result<Vec<SessionRecord>> {
        let mut records = self.sessions.list().await.map_err(|error| self.failed(error))?;
        records.sort_by_key(|record| Reverse(record.expires_at()));
        Ok(records)
    }

    fn session(&self, connection: &Connection, record: &SessionRecord) -> anyhow::Result<(ScaSession, bool)> {
        let caller = connection.client.caller().clone();
        let sca = ScaSession::import(caller, record, Some(&self.key))?;
        Ok((sca, record.state().is_some()))
    }

    /// Keeps a basket, as it stands now.
    pub(crate) async fn keep_basket(&self, basket: &KeptBasket) -> anyhow::Result<()> {
        self.keep(BASKETS, basket.id.as_str(), basket).await
    }

    /// The baskets that were created here, the last one first.
    pub(crate) async fn baskets(&self) -> anyhow::Result<Vec<KeptBasket>> {
        let entries = self.store.list(BASKETS).await.map_err(|error| self.failed(error))?;
        let baskets = entries.iter().map(|entry| self.read(entry));
        let mut baskets: Vec<KeptBasket> = baskets.collect::<anyhow::Result<_>>()?;
        baskets.sort_by_key(|kept| Reverse(kept.created_at));
        Ok(baskets)
    }

    /// Forgets a basket that is gone.
    pub(crate) async fn forget_basket(&self, id: &BasketId) {
        let _ = self.store.remove(BASKETS, id.as_str()).await;
    }

    /// Keeps where the export of an account's transactions stopped.
    pub(crate) async fn keep_place(&self, account: &AccountId, place: &Place) -> anyhow::Result<()> {
        self.keep(PLACES, account.as_str(), place).await
    }

    /// Where the last export stopped.
    pub(crate) async fn place(&self, account: &AccountId) -> anyhow::Result<Option<Place>> {
        let entry = self.store.get(PLACES, account.as_str()).await.map_err(|error| self.failed(error))?;
        entry.map(|entry| self.read(&entry)).transpose()
    }

    async fn keep(&self, kind: Kind, name: &str, what: &impl Serialize) -> anyhow::Result<()> {
        let content = serde_json::to_vec(what)?;
        self.store.put(kind, name, &content).await.map_err(|error| self.failed(error))
    }

    fn read<T: DeserializeOwned>(&self, entry: &Entry) -> anyhow::Result<T> {
        serde_json::from_slice(&entry.value)
            .map_err(|error| self.failed(StoreError::Unreadable(Some(error.into()))))
    }

    /// An error of the store, as it is told.
    pub(crate) fn failed(&self, error: StoreError) -> anyhow::Error {
        let problem = match &error {
            StoreError::Unreadable(_) => {
                let what = format!("what is in {} cannot be read", self.path.display());
                Problem::new(Exit::Store, what)
                    .next("move the file away; what it was about can be found by its id")
            }
            _ => self.unusable(),
        };
        problem.because(error).into()
    }

    fn unusable(&self) -> Problem {
        Problem::new(Exit::Store, format!("{} cannot be used", self.path.display()))
    }
}

/// The key that everything is sealed with. Whoever can read this directory can read it too; it keeps the memory from being
/// read in a copy or a backup of single files.
fn seal_key(dir: &Path, connection: &Connection) -> anyhow::Result<SealKey> {
    let path = dir.join("seal.key");
    let damaged = || Problem::new(Exit::Store, format!("{} is no key", path.display()));
    if !path.exists() {
        let mut bytes = [0; 32];
        connection.client.caller().entropy().fill(&mut bytes);
        places::make_private_dir(dir).or_problem(|| not_written(&path))?;
        places::create_private(&path, &bytes)?;
    }
    let bytes = std::fs::read(&path).or_problem(damaged)?;
    let bytes: &[u8; 32] = bytes.as_slice().try_into().or_problem(damaged)?;
    Ok(SealKey::new(bytes))
}

fn not_written(path: &Path) -> Problem {
    Problem::new(Exit::Store, format!("{} cannot be written", path.display()))
}

/// How a text's digest begins.
pub(crate) fn short_hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(12).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
