//! Every store by the same promises; the SQLite file; what is sealed.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use openpayments_sca::SealKey;
use openpayments_store::{Kind, MemoryStore, SealedStore, SqliteStore, Store, StoreError, conformance};
use proptest::prelude::*;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const KIND: Kind = Kind::Own("made-up");

fn sqlite(folder: &TempDir) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(folder.path().join("new/store.sqlite")).unwrap())
}

fn key(byte: u8) -> SealKey {
    SealKey::new(&[byte; 32])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_store_keeps_the_promises() {
    let folder = tempfile::tempdir().unwrap();
    let memory: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let sealed: Arc<dyn Store> = Arc::new(SealedStore::new(Arc::clone(&memory), key(1)));
    for store in [memory, sealed, sqlite(&folder)] {
        conformance::check(&store).await.unwrap();
        for kind in [Kind::Own("conformance"), Kind::Payment, Kind::Session, Kind::State] {
            assert!(store.list(kind).await.unwrap().is_empty());
        }
    }
}

/// Takes every key, whether it is there or not.
#[derive(Debug)]
struct Careless(MemoryStore);

#[async_trait::async_trait]
impl Store for Careless {
    async fn insert(&self, kind: Kind, key: &str, value: &[u8]) -> Result<bool, StoreError> {
        self.0.put(kind, key, value).await.map(|()| true)
    }

    async fn replace(&self, kind: Kind, key: &str, version: u64, value: &[u8]) -> Result<bool, StoreError> {
        self.0.replace(kind, key, version, value).await
    }

    async fn get(&self, kind: Kind, key: &str) -> Result<Option<openpayments_store::Entry>, StoreError> {
        self.0.get(kind, key).await
    }

    async fn list(&self, kind: Kind) -> Result<Vec<openpayments_store::Entry>, StoreError> {
        self.0.list(kind).await
    }

    async fn remove(&self, kind: Kind, key: &str) -> Result<(), StoreError> {
        self.0.remove(kind, key).await
    }
}

#[tokio::test]
async fn a_store_that_breaks_a_promise_is_found_out() {
    let careless: Arc<dyn Store> = Arc::new(Careless(MemoryStore::new()));
    let broken = conformance::check(&careless).await.unwrap_err();
    assert_eq!(broken.to_string(), "broken: a key that is there is not inserted again");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_openings_of_one_file_are_one_store() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (sqlite(&folder), sqlite(&folder));
    let tasks: Vec<_> = (0..40)
        .map(|n| {
            let store = Arc::clone(if n % 2 == 0 { &one } else { &other });
            tokio::spawn(async move { store.insert(KIND, "race", &[n]).await.unwrap() })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        winners += usize::from(task.await.unwrap());
    }
    assert_eq!(winners, 1);
    assert_eq!(one.get(KIND, "race").await.unwrap(), other.get(KIND, "race").await.unwrap());
    drop((one, other));
    assert!(sqlite(&folder).get(KIND, "race").await.unwrap().is_some(), "it outlives those who wrote it");
}

#[cfg(unix)]
#[test]
fn s5_the_file_is_its_owners_alone() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/store.sqlite");
    drop(SqliteStore::open(&path).unwrap());
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let refused = SqliteStore::open(&path).unwrap_err();
    assert!(matches!(refused, StoreError::NotPrivate(_)) && refused.to_string().contains("chmod 600"));

    let link = folder.path().join("link");
    symlink(&path, &link).unwrap();
    assert!(matches!(SqliteStore::open(&link).unwrap_err(), StoreError::NotPrivate(_)));
}

#[cfg(unix)]
#[test]
fn s5_a_file_of_another_user_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    drop(SqliteStore::open(&path).unwrap());
    // Whoever may not give a file away finds one of another user's on every machine.
    let is_given_away = std::os::unix::fs::chown(&path, Some(12_345), None).is_ok();
    let path = if is_given_away { path } else { "/etc/passwd".into() };
    let before = std::fs::read(&path).unwrap();
    let refused = SqliteStore::open(&path).unwrap_err();
    assert!(refused.to_string().contains("another user"), "{refused}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn s5_a_folder_in_which_others_can_put_another_file_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    for mode in [0o720, 0o702, 0o777] {
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        let refused = SqliteStore::open(&path).unwrap_err();
        assert!(refused.to_string().contains("chmod go-w"), "{refused}");
    }
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    SqliteStore::open(&path).unwrap();
}

#[test]
fn a_file_of_a_later_version_or_of_something_else_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let later = folder.path().join("later.sqlite");
    drop(SqliteStore::open(&later).unwrap());
    rusqlite::Connection::open(&later).unwrap().pragma_update(None, "user_version", 2).unwrap();
    assert!(matches!(SqliteStore::open(&later).unwrap_err(), StoreError::Unreadable(_)));

    let other = folder.path().join("other");
    private_file(&other, &b"made-up text, long enough to be read as a header. ".repeat(20));
    let before = std::fs::read(&other).unwrap();
    assert!(matches!(SqliteStore::open(&other).unwrap_err(), StoreError::Unreadable(_)));
    assert_eq!(std::fs::read(&other).unwrap(), before);
}

fn private_file(path: &std::path::Path, content: &[u8]) {
    std::fs::write(path, content).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[tokio::test]
async fn what_is_sealed_is_read_with_its_key_under_its_own_name_only() {
    let inner: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let sealed = SealedStore::new(Arc::clone(&inner), key(1));
    sealed.insert(KIND, "one", b"Made-up Creditor").await.unwrap();
    let kept = inner.get(KIND, "one").await.unwrap().unwrap();
    assert!(!kept.value.windows(7).any(|part| part == b"Made-up"));
    assert!(!format!("{sealed:?}").contains("Made-up"));
    assert_eq!(sealed.get(KIND, "one").await.unwrap().unwrap().value, b"Made-up Creditor");

    inner.insert(KIND, "other", &kept.value).await.unwrap();
    assert!(matches!(sealed.get(KIND, "other").await, Err(StoreError::Unreadable(_))));
    let stranger = SealedStore::new(inner, key(2));
    assert!(matches!(stranger.get(KIND, "one").await, Err(StoreError::Unreadable(_))));
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u8, u8),
    Replace(u8, u8, u64),
    Put(u8, u8),
    Remove(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..3u8, any::<u8>()).prop_map(|(key, value)| Step::Insert(key, value)),
        (0..3u8, any::<u8>(), 1..4u64).prop_map(|(key, value, version)| Step::Replace(key, value, version)),
        (0..3u8, any::<u8>()).prop_map(|(key, value)| Step::Put(key, value)),
        (0..3u8).prop_map(Step::Remove),
    ]
}

async fn take(store: &dyn Store, step: &Step) -> bool {
    match step {
        Step::Insert(key, value) => store.insert(KIND, &key.to_string(), &[*value]).await.unwrap(),
        Step::Replace(key, value, version) => {
            store.replace(KIND, &key.to_string(), *version, &[*value]).await.unwrap()
        }
        Step::Put(key, value) => store.put(KIND, &key.to_string(), &[*value]).await.is_ok(),
        Step::Remove(key) => store.remove(KIND, &key.to_string()).await.is_ok(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn all_stores_do_the_same(steps in proptest::collection::vec(step(), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        Runtime::new().unwrap().block_on(async {
            let (memory, file) = (MemoryStore::new(), sqlite(&folder));
            for step in &steps {
                assert_eq!(take(&memory, step).await, take(file.as_ref(), step).await, "{step:?}");
                assert_eq!(memory.list(KIND).await.unwrap(), file.list(KIND).await.unwrap());
            }
        });
    }
}
