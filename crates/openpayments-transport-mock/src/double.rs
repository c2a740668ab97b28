//! The mockall double of `Transport`.

use async_trait::async_trait;
use openpayments_transport::{Request, Response, TransportError};

mockall::mock! {
    /// A transport whose calls are expected by the test, see the documentation of `mockall`.
    ///
    /// Its answers are handed out as they are: no limit is looked at and nothing is decoded.
    #[derive(Debug)]
    pub Transport {}

    #[async_trait]
    impl openpayments_transport::Transport for Transport {
        async fn send(&self, request: Request) -> Result<Response, TransportError>;
    }
}
