//! The weekly reset: the real sandbox forgets its data every Sunday midnight.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::World;
use super::agenda::Due;
use crate::clock::day_of;

impl World {
    /// Has the data forgotten every Sunday from now on.
    pub(crate) fn reset_weekly(&mut self, now: Timestamp) {
        if let Some(next) = next_reset(now) {
            self.agenda.note(next, Due::Resets);
        }
    }

    /// Forgets all that was made by calls. Applications and their tokens stay: they are the auth server's.
    pub(super) fn reset(&mut self, at: Timestamp) {
        // What was to come would come to things that are gone.
        self.agenda.clear();
        self.codes.clear();
        self.visits.clear();
        self.consents.clear();
        self.payments.clear();
        self.baskets.clear();
        self.authorisations.clear();
        self.app_orders.clear();
        self.last_reads.clear();
        self.unattended.clear();
        self.earlier_bookings.append(&mut self.bookings);
        self.reset_weekly(at);
    }
}

/// The first moment of the next Sunday. The source says "every Sunday midnight" and names no time zone; UTC, and the
/// midnight with which Sunday begins, are this sandbox's choice.
fn next_reset(after: Timestamp) -> Option<Timestamp> {
    let sunday = day_of(after).nth_weekday(1, Weekday::Sunday).ok()?;
    Some(sunday.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_reset_is_never_now() {
        for (now, next) in [
            ("2026-03-02T10:00:00Z", Some("2026-03-08T00:00:00Z")),
            ("2026-03-07T23:59:59.999Z", Some("2026-03-08T00:00:00Z")),
            ("2026-03-08T00:00:00Z", Some("2026-03-15T00:00:00Z")),
            ("9999-12-30T00:00:00Z", None),
        ] {
            let next: Option<Timestamp> = next.map(|next| next.parse().unwrap());
            assert_eq!(next_reset(now.parse().unwrap()), next, "{now}");
        }
    }
}
