//! The suite every transport must pass.

use std::sync::Arc;

use openpayments_transport::Transport;
use openpayments_transport_mock::conformance::{self, OverSockets};

use crate::ends::plain;

#[tokio::test]
async fn the_transport_conforms() {
    let subject = OverSockets::new(|| -> Arc<dyn Transport> { Arc::new(plain()) });
    conformance::run(&subject).await.assert_passed();
}
