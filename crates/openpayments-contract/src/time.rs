//! The sandbox's time as the client's: whoever sleeps moves it, so nobody waits.

use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;
use openpayments::client::Clock;
use openpayments_sandbox::Sandbox;

#[derive(Debug)]
pub(crate) struct SandboxTime {
    clock: openpayments_sandbox::Clock,
    started: Timestamp,
}

impl SandboxTime {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        Self { clock: sandbox.clock().clone(), started: sandbox.clock().now() }
    }
}

impl Clock for SandboxTime {
    fn monotonic(&self) -> Duration {
        Duration::try_from(self.clock.now().duration_since(self.started)).unwrap_or_default()
    }

    fn wall(&self) -> Timestamp {
        self.clock.now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let clock = self.clock.clone();
        Box::pin(async move { clock.advance(duration) })
    }
}
