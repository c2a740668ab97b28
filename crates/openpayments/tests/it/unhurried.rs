//! A client whose time stands still while the platform works: it moves only when everybody waits for it. So a window that
//! is open for 30 seconds is open while an answer is on its way.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use jiff::Timestamp;
use openpayments::client::Clock;
use openpayments::prelude::*;
use openpayments::transport::{Request, Response, Transport, TransportError};
use openpayments_sandbox::Sandbox;
use openpayments_transport_reqwest::{ReqwestTransport, Trust};

use crate::support::client_of;

#[derive(Clone, Debug)]
struct Unhurried {
    clock: openpayments_sandbox::Clock,
    started: Timestamp,
    under_way: Arc<AtomicUsize>,
}

impl Clock for Unhurried {
    fn monotonic(&self) -> Duration {
        Duration::try_from(self.clock.now().duration_since(self.started)).unwrap_or_default()
    }

    fn wall(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whoever sleeps while an answer is on its way is woken by the answer.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (time, wake) = (self.clone(), self.monotonic() + duration);
        Box::pin(poll_fn(move |_| match wake.saturating_sub(time.monotonic()) {
            Duration::ZERO => Poll::Ready(()),
            _ if time.under_way.load(Ordering::SeqCst) > 0 => Poll::Pending,
            left => {
                time.clock.advance(left);
                Poll::Ready(())
            }
        }))
    }
}

/// Counts the calls that are under way.
#[derive(Debug)]
struct Counted {
    inner: ReqwestTransport,
    under_way: Arc<AtomicUsize>,
}

impl Transport for Counted {
    fn send<'s, 'f>(
        &'s self,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            self.under_way.fetch_add(1, Ordering::SeqCst);
            let answer = self.inner.send(request).await;
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            answer
        })
    }
}

pub(crate) fn client(sandbox: &Sandbox) -> Client {
    let under_way = Arc::new(AtomicUsize::new(0));
    let inner = ReqwestTransport::builder().trust(Trust::default()).build().unwrap();
    let clock = sandbox.clock().clone();
    let time = Unhurried { started: clock.now(), clock, under_way: Arc::clone(&under_way) };
    client_of(sandbox.api_url(), sandbox.client_id(), sandbox.client_secret().expose())
        .clock(Arc::new(time))
        .transport(Arc::new(Counted { inner, under_way }))
        .build()
        .unwrap()
}
