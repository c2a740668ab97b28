//! What has been begun and must be found again: the one place through which commands remember.
//!
//! Everything is a small file of its own, for its owner alone, written whole and brought to the disk before the call whose
//! effect it tells of. Two platforms, and two applications of one, do not see each other's.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use openpayments::model::identifier::{AccountId, BasketId, ConsentId, PaymentId};
use openpayments::model::payment::{PaymentRef, PaymentTerms};
use openpayments::model::status::{ConsentStatus, TransactionStatus};
use openpayments::prelude::Amount;
use openpayments::sca::{ResourceStatus, ScaSession, SealKey, SessionRecord, Subject};
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
    /// Sealed.
    record: String,
}

/// What is remembered of one platform and application.
#[derive(Debug)]
pub(crate) struct Memory {
    dir: PathBuf,
}

impl Memory {
    pub(crate) fn open(connection: &Connection) -> anyhow::Result<Self> {
        let caller = connection.client.caller();
        let place = format!("{} {}", caller.environment().api(), caller.client_id());
        let name = format!("{}-{}", connection.plan.target.name(), short_hash(&place));
        Ok(Self { dir: places::state_dir()?.join(name) })
    }

    /// Keeps a consent, as it stands now.
    pub(crate) fn keep_consent(&self, consent: &KeptConsent) -> anyhow::Result<()> {
        self.keep("consents", consent.id.as_str(), consent)
    }

    /// The consents that were created here, the last one first.
    pub(crate) fn consents(&self) -> anyhow::Result<Vec<KeptConsent>> {
        let mut consents: Vec<KeptConsent> = self.all("consents")?;
        consents.sort_by_key(|kept| Reverse(kept.created_at));
        Ok(consents)
    }

    /// The consent of this id, if it was created here.
    pub(crate) fn consent(&self, id: &ConsentId) -> anyhow::Result<Option<KeptConsent>> {
        self.find("consents", id.as_str())
    }

    /// Remembers a payment that is about to be sent, unless one of its key is there: of any number of runs at once, one
    /// is told that it may go on.
    pub(crate) fn begin_payment(&self, payment: &KeptPayment) -> anyhow::Result<bool> {
        let path = self.file("payments", &payment.key);
        let dir = path.parent().unwrap_or(&self.dir);
        places::make_private_dir(dir).or_problem(|| not_written(&path))?;
        let content = serde_json::to_vec(payment).or_problem(|| not_written(&path))?;
        places::create_private(&path, &content)
    }

    /// Keeps what came of a payment.
    pub(crate) fn keep_payment(&self, payment: &KeptPayment) -> anyhow::Result<()> {
        self.keep("payments", &payment.key, payment)
    }

    /// The payment of this key.
    pub(crate) fn payment(&self, key: &str) -> anyhow::Result<Option<KeptPayment>> {
        self.find("payments", key)
    }

    /// The payments that were begun here, the last one first.
    pub(crate) fn payments(&self) -> anyhow::Result<Vec<KeptPayment>> {
        let mut payments: Vec<KeptPayment> = self.all("payments")?;
        payments.sort_by_key(|kept| Reverse(kept.begun_at));
        Ok(payments)
    }

    /// Forgets a payment.
    pub(crate) fn forget_payment(&self, key: &str) {
        // What stays behind is found again by its key, and nothing is sent.
        let _ = std::fs::remove_file(self.file("payments", key));
    }

    /// Keeps a basket, as it stands now.
    pub(crate) fn keep_basket(&self, basket: &KeptBasket) -> anyhow::Result<()> {
        self.keep("baskets", basket.id.as_str(), basket)
    }

    /// The baskets that were created here, the last one first.
    pub(crate) fn baskets(&self) -> anyhow::Result<Vec<KeptBasket>> {
        let mut baskets: Vec<KeptBasket> = self.all("baskets")?;
        baskets.sort_by_key(|kept| Reverse(kept.created_at));
        Ok(baskets)
    }

    /// Forgets a basket that is gone.
    pub(crate) fn forget_basket(&self, id: &BasketId) {
        let _ = std::fs::remove_file(self.file("baskets", id.as_str()));
    }

    /// Keeps a signature, so that another run can go on with it.
    pub(crate) fn keep_session(&self, connection: &Connection, sca: &ScaSession) -> anyhow::Result<()> {
        let record = sca.export(Some(&self.seal_key(connection)?))?;
        let kept = KeptSession {
            id: sca.id().to_string(),
            subject: sca.subject().clone(),
            at: connection.now(),
            record: String::from_utf8_lossy(record.as_bytes()).into_owned(),
        };
        self.keep("signatures", &kept.id, &kept)
    }

    /// The signatures that have not ended, the last one first.
    pub(crate) fn sessions(&self) -> anyhow::Result<Vec<KeptSession>> {
        let mut sessions: Vec<KeptSession> = self.all("signatures")?;
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
        let sca = ScaSession::import(caller, &record, Some(&self.seal_key(connection)?))?;
        Ok((sca, record.state().is_some()))
    }

    /// Forgets a signature that has ended.
    pub(crate) fn forget_session(&self, id: &str) {
        // What stays behind is found to have ended when somebody goes on with it.
        let _ = std::fs::remove_file(self.file("signatures", id));
    }

    /// Notes where something stands that was signed.
    pub(crate) fn note_status(&self, subject: &Subject, status: &ResourceStatus) -> anyhow::Result<()> {
        match (subject, status) {
            (Subject::Consent(id), ResourceStatus::Consent(status)) => {
                if let Some(mut kept) = self.consent(id)? {
                    kept.status = status.clone();
                    self.keep_consent(&kept)?;
                }
            }
            (Subject::Payment(payment), ResourceStatus::Payment(status)) => {
                let found = self.payments()?.into_iter().find(|kept| kept.payment() == Some(payment));
                if let Some(mut kept) = found {
                    kept.status = Some(status.clone());
                    self.keep_payment(&kept)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Keeps where the export of an account's transactions stopped.
    pub(crate) fn keep_place(&self, account: &AccountId, place: &Place) -> anyhow::Result<()> {
        self.keep("places", account.as_str(), place)
    }

    /// Where the last export stopped.
    pub(crate) fn place(&self, account: &AccountId) -> anyhow::Result<Option<Place>> {
        self.find("places", account.as_str())
    }

    /// The key that signatures are sealed with. Whoever can read this directory can read it too; it keeps them from being
    /// read in a copy or a backup of single files.
    fn seal_key(&self, connection: &Connection) -> anyhow::Result<SealKey> {
        let path = self.dir.join("seal.key");
        let damaged = || Problem::new(Exit::Store, format!("{} is no key", path.display()));
        if !path.exists() {
            let mut bytes = [0; 32];
            connection.client.caller().entropy().fill(&mut bytes);
            places::make_private_dir(&self.dir).or_problem(|| not_written(&path))?;
            places::write_private(&path, &bytes)?;
        }
        let bytes = std::fs::read(&path).or_problem(damaged)?;
        let bytes: &[u8; 32] = bytes.as_slice().try_into().or_problem(damaged)?;
        Ok(SealKey::new(bytes))
    }

    fn keep(&self, kind: &str, name: &str, what: &impl Serialize) -> anyhow::Result<()> {
        let path = self.file(kind, name);
        let dir = path.parent().unwrap_or(&self.dir);
        places::make_private_dir(dir).or_problem(|| not_written(&path))?;
        places::write_private(&path, &serde_json::to_vec(what).or_problem(|| not_written(&path))?)
    }

    fn find<T: DeserializeOwned>(&self, kind: &str, name: &str) -> anyhow::Result<Option<T>> {
        let path = self.file(kind, name);
        if path.exists() { read(&path).map(Some) } else { Ok(None) }
    }

    fn all<T: DeserializeOwned>(&self, kind: &str) -> anyhow::Result<Vec<T>> {
        let dir = self.dir.join(kind);
        if !dir.exists() {
            return Ok(Vec::new());
        }
        let unreadable = || Problem::new(Exit::Store, format!("{} cannot be read", dir.display()));
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&dir).or_problem(unreadable)? {
            let path = entry.or_problem(unreadable)?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                found.push(read(&path)?);
            }
        }
        Ok(found)
    }

    /// Names come from a bank and may be no file's.
    fn file(&self, kind: &str, name: &str) -> PathBuf {
        self.dir.join(kind).join(format!("{}.json", short_hash(name)))
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let damaged = || {
        Problem::new(Exit::Store, format!("{} cannot be read", path.display()))
            .next("move it away; what it was about can be found by its id")
    };
    let bytes = std::fs::read(path).or_problem(damaged)?;
    serde_json::from_slice(&bytes).or_problem(damaged)
}

fn not_written(path: &Path) -> Problem {
    Problem::new(Exit::Store, format!("{} cannot be written", path.display()))
}

fn short_hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(12).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
