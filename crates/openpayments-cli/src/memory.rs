//! What has been begun and must be found again: the one place through which commands remember.
//!
//! It is on the disk before the call whose effect it tells of. Each platform, and each application of one, has a file of its
//! own, for its owner alone.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use openpayments::model::identifier::{AccountId, BasketId, ConsentId, PaymentId};
use openpayments::model::payment::{PaymentRef, PaymentTerms};
use openpayments::model::status::{ConsentStatus, TransactionStatus};
use openpayments::prelude::Amount;
use openpayments::sca::{ResourceStatus, ScaSession, SealKey, SessionRecord, Subject};
use openpayments::store::{Entry, Kind, SealedStore, SqliteStore, Store, StoreError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::at_bank::Whom;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::places;
use crate::problem::{OrProblem, Problem};
use crate::transactions::Place;

/// A consent that was created here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeptConsent {
    pub(crate) id: ConsentId,
    pub(crate) whom: Whom,
    pub(crate) created_at: Timestamp,
    /// As it was last seen.
    pub(crate) status: ConsentStatus,
}

/// A payment that was begun here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeptPayment {
    /// What it is called: the caller's word, or how its content's digest begins.
    pub(crate) key: String,
    /// A digest of bank, path and body.
    pub(crate) content: String,
    pub(crate) whom: Whom,
    /// In the form `125.50 SEK`.
    pub(crate) amount: String,
    pub(crate) creditor: String,
    /// What the bank must keep of it.
    pub(crate) terms: PaymentTerms,
    pub(crate) begun_at: Timestamp,
    pub(crate) stage: Stage,
    /// As it was last seen.
    pub(crate) status: Option<TransactionStatus>,
}

/// How far creating it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// It is about to be sent, or was and no answer came: it may exist.
    Sent {
        /// The request that was not answered, if it came to that.
        request_id: Option<String>,
    },
    /// It exists.
    Created(PaymentRef),
}

impl KeptPayment {
    /// The payment at the bank, once it is known.
    pub(crate) fn payment(&self) -> Option<&PaymentRef> {
        match &self.stage {
            Stage::Created(payment) => Some(payment),
            Stage::Sent { .. } => None,
        }
    }

    /// Whether this is its id.
    pub(crate) fn is_called(&self, id: &str) -> bool {
        self.payment().is_some_and(|payment| payment.id.as_str() == id)
    }

    /// Whether it is of this amount; 5 and 5.00 are the same.
    pub(crate) fn is_of(&self, amount: Amount) -> bool {
        let kept = self.amount.split_once(' ').map(|(value, currency)| Amount::parse(currency, value));
        matches!(kept, Some(Ok(kept)) if kept.currency() == amount.currency() && kept.value() == amount.value())
    }
}

/// A basket that was created here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeptBasket {
    pub(crate) id: BasketId,
    pub(crate) whom: Whom,
    pub(crate) payments: Vec<PaymentId>,
    pub(crate) created_at: Timestamp,
    /// As it was last seen.
    pub(crate) status: TransactionStatus,
}

/// A signature that was begun here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeptSession {
    pub(crate) id: String,
    pub(crate) subject: Subject,
    pub(crate) at: Timestamp,
    record: String,
}

/// What is remembered of one platform and application.
#[derive(Debug)]
pub(crate) struct Memory {
    path: PathBuf,
    store: SealedStore,
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
        let store = SealedStore::new(Arc::new(file), key.clone());
        Ok(Self { path, store, key })
    }

    /// Keeps a consent, as it stands now.
    pub(crate) async fn keep_consent(&self, consent: &KeptConsent) -> anyhow::Result<()> {
        self.keep("consents", consent.id.as_str(), consent).await
    }

    /// The consents that were created here, the last one first.
    pub(crate) async fn consents(&self) -> anyhow::Result<Vec<KeptConsent>> {
        let mut consents: Vec<KeptConsent> = self.all("consents").await?;
        consents.sort_by_key(|kept| Reverse(kept.created_at));
        Ok(consents)
    }

    /// The consent of this id, if it was created here.
    pub(crate) async fn consent(&self, id: &ConsentId) -> anyhow::Result<Option<KeptConsent>> {
        self.find("consents", id.as_str()).await
    }

    /// Remembers a payment that is about to be sent, unless one of its key is there: of any number of runs at once, one
    /// is told that it may go on.
    pub(crate) async fn begin_payment(&self, payment: &KeptPayment) -> anyhow::Result<bool> {
        let content = serde_json::to_vec(payment)?;
        let begun = self.store.insert(Kind::Own("payments"), &payment.key, &content).await;
        begun.map_err(|error| self.failed(error))
    }

    /// Keeps what came of a payment.
    pub(crate) async fn keep_payment(&self, payment: &KeptPayment) -> anyhow::Result<()> {
        self.keep("payments", &payment.key, payment).await
    }

    /// The payment of this key.
    pub(crate) async fn payment(&self, key: &str) -> anyhow::Result<Option<KeptPayment>> {
        self.find("payments", key).await
    }

    /// The payments that were begun here, the last one first.
    pub(crate) async fn payments(&self) -> anyhow::Result<Vec<KeptPayment>> {
        let mut payments: Vec<KeptPayment> = self.all("payments").await?;
        payments.sort_by_key(|kept| Reverse(kept.begun_at));
        Ok(payments)
    }

    /// Forgets a payment.
    pub(crate) async fn forget_payment(&self, key: &str) -> anyhow::Result<()> {
        self.store.remove(Kind::Own("payments"), key).await.map_err(|error| self.failed(error))
    }

    /// Keeps a basket, as it stands now.
    pub(crate) async fn keep_basket(&self, basket: &KeptBasket) -> anyhow::Result<()> {
        self.keep("baskets", basket.id.as_str(), basket).await
    }

    /// The baskets that were created here, the last one first.
    pub(crate) async fn baskets(&self) -> anyhow::Result<Vec<KeptBasket>> {
        let mut baskets: Vec<KeptBasket> = self.all("baskets").await?;
        baskets.sort_by_key(|kept| Reverse(kept.created_at));
        Ok(baskets)
    }

    /// Forgets a basket that is gone.
    pub(crate) async fn forget_basket(&self, id: &BasketId) {
        let _ = self.store.remove(Kind::Own("baskets"), id.as_str()).await;
    }

    /// Keeps a signature, so that another run can go on with it.
    pub(crate) async fn keep_session(&self, connection: &Connection, sca: &ScaSession) -> anyhow::Result<()> {
        let record = sca.export(Some(&self.key))?;
        let kept = KeptSession {
            id: sca.id().to_string(),
            subject: sca.subject().clone(),
            at: connection.now(),
            record: String::from_utf8_lossy(record.as_bytes()).into_owned(),
        };
        self.keep("signatures", &kept.id, &kept).await
    }

    /// The signatures that have not ended, the last one first.
    pub(crate) async fn sessions(&self) -> anyhow::Result<Vec<KeptSession>> {
        let mut sessions: Vec<KeptSession> = self.all("signatures").await?;
        sessions.sort_by_key(|kept| Reverse(kept.at));
        Ok(sessions)
    }

    /// A signature as it was when it was kept last, and whether the person's browser was at the bank then.
    pub(crate) fn session(
        &self,
        connection: &Connection,
        kept: &KeptSession,
    ) -> anyhow::Result<(ScaSession, bool)> {
        let record = SessionRecord::from_bytes(kept.record.as_bytes())?;
        let caller = connection.client.caller().clone();
        let sca = ScaSession::import(caller, &record, Some(&self.key))?;
        Ok((sca, record.state().is_some()))
    }

    /// Forgets a signature that has ended.
    pub(crate) async fn forget_session(&self, id: &str) {
        // What stays behind is found to have ended when somebody goes on with it.
        let _ = self.store.remove(Kind::Own("signatures"), id).await;
    }

    /// Notes where something stands that was signed.
    pub(crate) async fn note_status(&self, subject: &Subject, status: &ResourceStatus) -> anyhow::Result<()> {
        match (subject, status) {
            (Subject::Consent(id), ResourceStatus::Consent(status)) => {
                if let Some(mut kept) = self.consent(id).await? {
                    kept.status = status.clone();
                    self.keep_consent(&kept).await?;
                }
            }
            (Subject::Payment(payment), ResourceStatus::Payment(status)) => {
                let found = self.payments().await?.into_iter().find(|kept| kept.payment() == Some(payment));
                if let Some(mut kept) = found {
                    kept.status = Some(status.clone());
                    self.keep_payment(&kept).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Keeps where the export of an account's transactions stopped.
    pub(crate) async fn keep_place(&self, account: &AccountId, place: &Place) -> anyhow::Result<()> {
        self.keep("places", account.as_str(), place).await
    }

    /// Where the last export stopped.
    pub(crate) async fn place(&self, account: &AccountId) -> anyhow::Result<Option<Place>> {
        self.find("places", account.as_str()).await
    }

    async fn keep(&self, kind: &'static str, name: &str, what: &impl Serialize) -> anyhow::Result<()> {
        let content = serde_json::to_vec(what)?;
        self.store.put(Kind::Own(kind), name, &content).await.map_err(|error| self.failed(error))
    }

    async fn find<T: DeserializeOwned>(&self, kind: &'static str, name: &str) -> anyhow::Result<Option<T>> {
        let entry = self.store.get(Kind::Own(kind), name).await.map_err(|error| self.failed(error))?;
        entry.map(|entry| self.read(&entry)).transpose()
    }

    async fn all<T: DeserializeOwned>(&self, kind: &'static str) -> anyhow::Result<Vec<T>> {
        let entries = self.store.list(Kind::Own(kind)).await.map_err(|error| self.failed(error))?;
        entries.iter().map(|entry| self.read(entry)).collect()
    }

    fn read<T: DeserializeOwned>(&self, entry: &Entry) -> anyhow::Result<T> {
        serde_json::from_slice(&entry.value).or_problem(|| {
            let what = format!("{} in {} cannot be read", entry.key, self.path.display());
            Problem::new(Exit::Store, what)
                .next("move the file away; what it was about can be found by its id")
        })
    }

    fn failed(&self, error: StoreError) -> anyhow::Error {
        let what = format!("{} cannot be used", self.path.display());
        Problem::new(Exit::Store, what).because(error).into()
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

fn short_hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(12).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
