//! What the platform has seen and booked, for tests to judge by.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::platform::Platform;
use crate::world::payment::Booking;

/// How many requests are remembered one by one; all are counted.
const REMEMBERED: usize = 20_000;

/// A request that came in and how it was answered. No header but `X-Request-ID`, no query and no body are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeenRequest {
    /// The method.
    pub method: String,
    /// The path with its ids left as names, such as `/psd2/consent/v1/consents/{consentId}`.
    pub template: String,
    /// The status it was answered with, also when the answer was lost on its way; 0 when it was lost before the platform
    /// could act.
    pub status: u16,
    /// Its `X-Request-ID`, where it had one.
    pub request_id: Option<String>,
    /// The client whose token it carried, where that was valid.
    pub client_id: Option<String>,
    /// The faults that struck it, by [`Fault::name`](crate::Fault::name). A request delivered twice is here twice.
    pub faults: Vec<&'static str>,
}

/// The record behind [`Ledger`].
#[derive(Debug, Default)]
pub(crate) struct Record {
    requests: VecDeque<SeenRequest>,
    counts: BTreeMap<(String, String), usize>,
}

impl Record {
    pub(crate) fn note(&mut self, seen: SeenRequest) {
        if self.requests.len() >= REMEMBERED {
            self.requests.pop_front();
        }
        *self.counts.entry((seen.method.clone(), seen.template.clone())).or_default() += 1;
        self.requests.push_back(seen);
    }

    /// The newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &SeenRequest> {
        self.requests.iter().rev()
    }
}

/// A view on what happened; it always shows the present.
#[derive(Clone, Debug)]
pub struct Ledger {
    platform: Arc<Platform>,
}

impl Ledger {
    pub(crate) fn new(platform: Arc<Platform>) -> Self {
        Self { platform }
    }

    /// How often a call was made, whatever it was answered. `template` is spelled as in [`SeenRequest::template`].
    pub fn count(&self, method: &str, template: &str) -> usize {
        let key = (method.to_owned(), template.to_owned());
        self.platform.record().counts.get(&key).copied().unwrap_or_default()
    }

    /// How many tokens were asked for.
    pub fn token_requests(&self) -> usize {
        self.count("POST", "/connect/token")
    }

    /// The last 20,000 requests, oldest first.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.platform.record().requests.iter().cloned().collect()
    }

    /// The requests with this `X-Request-ID`: more than one means that it was used twice.
    pub fn find(&self, request_id: &str) -> Vec<SeenRequest> {
        let record = self.platform.record();
        record
            .requests
            .iter()
            .filter(|seen| seen.request_id.as_deref() == Some(request_id))
            .cloned()
            .collect()
    }

    /// All money that has moved until now, in order.
    pub fn bookings(&self) -> Vec<Booking> {
        self.platform.with_world(|world, _| [world.earlier_bookings.as_slice(), &world.bookings].concat())
    }
}
