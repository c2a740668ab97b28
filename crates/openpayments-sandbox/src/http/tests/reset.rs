use super::payments::{domestic, pay};
use super::*;

const WEEK: u64 = 7 * 24 * HOUR;
const HOUR: u64 = 3_600_000;
/// From the Monday morning on which benches start.
const UNTIL_SUNDAY: u64 = (5 * 24 + 14) * HOUR;

#[tokio::test]
async fn b10_where_switched_on_all_data_is_forgotten_every_sunday_midnight() {
    for is_on in [true, false] {
        let builder = Sandbox::builder();
        let bench = Bench::with(if is_on { builder.reset_weekly() } else { builder });
        let mut started = 0;
        for wait in [UNTIL_SUNDAY, WEEK] {
            let consent = bench.accounts_caller("ESSESESS").await.consent().await;
            let payer = bench.payments_caller("ESSESESS").await.with("psu-id", "199311219639");
            let payment = pay(&payer, "domestic", &domestic("1.5")).await;
            payer.choose(&payment, "mbid").await;
            bench.advance(wait - 1);
            let kept = async |path: &str, scope: &str| bench.caller(scope, "ESSESESS").await.get(path).await;
            assert_eq!(kept(&consent, "accountinformation private").await.status, 200);
            assert_eq!(kept(&payment, "paymentinitiation private").await.status, 200);
            bench.advance(1);
            let status = if is_on { 404 } else { 200 };
            assert_eq!(kept(&consent, "accountinformation private").await.status, status);
            assert_eq!(kept(&payment, "paymentinitiation private").await.status, status);
            started += 1;
            let moved = bench.platform.with_world(|world, _| world.bookings.len());
            assert_eq!(moved, if is_on { 0 } else { started }, "balances are what they were at first");
            let ledger = crate::ledger::Ledger::new(Arc::clone(&bench.platform));
            assert_eq!(ledger.bookings().len(), started, "what was booked is counted for good");
        }
    }
}
