//! What every [`Store`] promises, as checks that any implementation can be put to.
//!
//! ```
//! # #[tokio::main] async fn main() {
//! use std::sync::Arc;
//!
//! use openpayments_store::{MemoryStore, Store, conformance};
//!
//! let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
//! conformance::check(&store).await.expect("it keeps every promise");
//! # }
//! ```

mod rules;

use std::sync::Arc;

use crate::{Kind, Store, StoreError};

const KIND: Kind = Kind::Own("conformance");
/// Callers at once.
const MANY: usize = 32;

/// A promise that was not kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Broken {
    /// It did something else than it promises.
    #[error("broken: {0}")]
    Promise(&'static str),
    /// It failed where nothing is wrong.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Puts a store to every check. Run it on a store with nothing in it; it leaves nothing behind.
///
/// # Errors
/// The first promise that is not kept.
pub async fn check(store: &Arc<dyn Store>) -> Result<(), Broken> {
    an_entry_comes_back_as_it_was(store.as_ref()).await?;
    a_key_is_taken_once(store.as_ref()).await?;
    only_the_version_that_was_read_is_replaced(store.as_ref()).await?;
    kinds_do_not_meet(store.as_ref()).await?;
    a_list_is_in_the_order_of_keys(store.as_ref()).await?;
    what_is_removed_is_gone(store.as_ref()).await?;
    one_of_many_inserts_wins(store).await?;
    nothing_is_lost_by_writing_at_once(store).await?;
    rules::one_of_many_sends_a_payment(store).await?;
    rules::one_of_many_takes_a_state(store).await
}

fn promise(kept: bool, what: &'static str) -> Result<(), Broken> {
    if kept { Ok(()) } else { Err(Broken::Promise(what)) }
}

async fn an_entry_comes_back_as_it_was(store: &dyn Store) -> Result<(), Broken> {
    let long = vec![0xff; 300_000];
    for (key, value) in [("", &b""[..]), ("å / ' \" % \n", b"\0\xff'"), ("long", &long)] {
        promise(store.insert(KIND, key, value).await?, "a new key can be inserted")?;
        let entry = store.get(KIND, key).await?;
        let same = entry.is_some_and(|entry| entry.value == value && entry.key == key && entry.version == 1);
        promise(same, "an entry comes back with its key, its bytes and version 1")?;
        store.remove(KIND, key).await?;
    }
    promise(store.get(KIND, "nothing").await?.is_none(), "a key that is not there is no entry")
}

async fn a_key_is_taken_once(store: &dyn Store) -> Result<(), Broken> {
    promise(store.insert(KIND, "k", b"first").await?, "a new key can be inserted")?;
    promise(!store.insert(KIND, "k", b"second").await?, "a key that is there is not inserted again")?;
    let entry = store.get(KIND, "k").await?;
    let kept = entry.is_some_and(|entry| entry.value == b"first" && entry.version == 1);
    promise(kept, "an insert that is refused changes nothing")?;
    Ok(store.remove(KIND, "k").await?)
}

async fn only_the_version_that_was_read_is_replaced(store: &dyn Store) -> Result<(), Broken> {
    promise(!store.replace(KIND, "k", 1, b"x").await?, "what is not there is not replaced")?;
    promise(store.get(KIND, "k").await?.is_none(), "a replacement makes no entry")?;
    store.insert(KIND, "k", b"1").await?;
    promise(!store.replace(KIND, "k", 2, b"x").await?, "another version is not replaced")?;
    promise(store.replace(KIND, "k", 1, b"2").await?, "the version that is there is replaced")?;
    promise(!store.replace(KIND, "k", 1, b"x").await?, "a version is replaced once")?;
    let kept = store.get(KIND, "k").await?.is_some_and(|entry| entry.value == b"2" && entry.version == 2);
    promise(kept, "replacing makes the version one more")?;
    store.put(KIND, "k", b"3").await?;
    let kept = store.get(KIND, "k").await?.is_some_and(|entry| entry.value == b"3" && entry.version == 3);
    promise(kept, "putting replaces what is there")?;
    Ok(store.remove(KIND, "k").await?)
}

async fn kinds_do_not_meet(store: &dyn Store) -> Result<(), Broken> {
    // A word of one's own may be that of a kind of ours.
    let others = [Kind::Own("conformance.other"), Kind::Own("payment"), Kind::Payment, Kind::ConsentKey];
    store.insert(KIND, "k", b"one").await?;
    for other in others {
        promise(store.insert(other, "k", b"other").await?, "a key is unique within its kind only")?;
    }
    store.remove(KIND, "k").await?;
    promise(store.list(KIND).await?.is_empty(), "a list is of one kind")?;
    for other in others {
        promise(store.get(other, "k").await?.is_some(), "removing leaves other kinds alone")?;
        store.remove(other, "k").await?;
    }
    Ok(())
}

async fn a_list_is_in_the_order_of_keys(store: &dyn Store) -> Result<(), Broken> {
    let mut keys = ["b", "a", "ä", "B", "10", "9"];
    for key in keys {
        store.insert(KIND, key, key.as_bytes()).await?;
    }
    let listed: Vec<String> = store.list(KIND).await?.into_iter().map(|entry| entry.key).collect();
    keys.sort_unstable();
    promise(listed == keys, "a list is in the order of the keys' bytes")?;
    for key in keys {
        store.remove(KIND, key).await?;
    }
    Ok(())
}

async fn what_is_removed_is_gone(store: &dyn Store) -> Result<(), Broken> {
    store.insert(KIND, "k", b"1").await?;
    store.remove(KIND, "k").await?;
    store.remove(KIND, "k").await?;
    promise(store.get(KIND, "k").await?.is_none(), "what is removed is gone")?;
    promise(!store.replace(KIND, "k", 1, b"x").await?, "what is removed is not replaced")
}

async fn one_of_many_inserts_wins(store: &Arc<dyn Store>) -> Result<(), Broken> {
    let insert = |n: usize| {
        let store = Arc::clone(store);
        tokio::spawn(async move { store.insert(KIND, "race", n.to_string().as_bytes()).await })
    };
    let tasks: Vec<_> = (0..MANY).map(insert).collect();
    let mut winners = 0;
    for task in tasks {
        winners += usize::from(task.await.map_err(StoreError::failed)??);
    }
    promise(winners == 1, "of many inserts at once one wins")?;
    Ok(store.remove(KIND, "race").await?)
}

async fn nothing_is_lost_by_writing_at_once(store: &Arc<dyn Store>) -> Result<(), Broken> {
    store.insert(KIND, "sum", b"").await?;
    let add = |_| {
        let store = Arc::clone(store);
        tokio::spawn(async move { add_a_byte(store.as_ref()).await })
    };
    let tasks: Vec<_> = (0..MANY).map(add).collect();
    for task in tasks {
        task.await.map_err(StoreError::failed)??;
    }
    let sum = store.get(KIND, "sum").await?.map(|entry| entry.value.len());
    promise(sum == Some(MANY), "of many writers at once each sees what the others wrote")?;
    Ok(store.remove(KIND, "sum").await?)
}

async fn add_a_byte(store: &dyn Store) -> Result<(), StoreError> {
    loop {
        let entry = store.get(KIND, "sum").await?.ok_or(StoreError::NotThere)?;
        let longer = [entry.value, vec![b'x']].concat();
        if store.replace(KIND, "sum", entry.version, &longer).await? {
            return Ok(());
        }
    }
}
