//! How a person or a supervisor stops the command, and what must not be cut off by it.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use tokio::sync::Notify;

/// Hears Ctrl-C and, on Unix, the request to terminate, from the moment it is made.
#[derive(Debug)]
pub(crate) struct Stop {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    #[cfg(unix)]
    pub(crate) fn listen() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hear = |kind| signal(kind).context("signals cannot be heard");
        Ok(Self { interrupt: hear(SignalKind::interrupt())?, terminate: hear(SignalKind::terminate())? })
    }

    #[cfg(not(unix))]
    pub(crate) fn listen() -> anyhow::Result<Self> {
        Ok(Self {})
    }

    /// Waits until somebody asks.
    #[cfg(unix)]
    pub(crate) async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    pub(crate) async fn asked(&mut self) {
        tokio::signal::ctrl_c().await.context("signals cannot be heard").unwrap_or_default();
    }
}

/// What a person who interrupts has to know: of the process, as the keyboard is.
static UNDER_WAY: UnderWay =
    UnderWay { hint: Mutex::new(None), calls: AtomicUsize::new(0), settled: Notify::const_new() };

struct UnderWay {
    hint: Mutex<Option<String>>,
    /// Calls that cannot be repeated.
    calls: AtomicUsize,
    settled: Notify,
}

/// From now on, whoever interrupts is told this.
pub(crate) fn remember_how_to_go_on(hint: impl Into<String>) {
    *UNDER_WAY.hint.lock().unwrap_or_else(PoisonError::into_inner) = Some(hint.into());
}

/// There is nothing to go on with any more.
pub(crate) fn forget_how_to_go_on() {
    *UNDER_WAY.hint.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

pub(crate) fn how_to_go_on() -> String {
    let hint = UNDER_WAY.hint.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let told = if must_not_be_cut_off() {
        "the call may have been taken: look before you make it again"
    } else {
        "nothing was left half done: say the same again"
    };
    hint.unwrap_or_else(|| told.to_owned())
}

/// Makes a call that cannot be repeated, and notes what came of it: an interruption waits for both.
pub(crate) async fn not_to_be_cut_off<F: Future>(work: F) -> F::Output {
    struct Settles;
    impl Drop for Settles {
        fn drop(&mut self) {
            UNDER_WAY.calls.fetch_sub(1, Ordering::SeqCst);
            UNDER_WAY.settled.notify_waiters();
        }
    }
    UNDER_WAY.calls.fetch_add(1, Ordering::SeqCst);
    let _settles = Settles;
    work.await
}

/// Whether such a call is under way.
pub(crate) fn must_not_be_cut_off() -> bool {
    UNDER_WAY.calls.load(Ordering::SeqCst) > 0
}

/// Waits until such calls have been made.
pub(crate) async fn settled() {
    loop {
        let settled = UNDER_WAY.settled.notified();
        if !must_not_be_cut_off() {
            return;
        }
        settled.await;
    }
}
