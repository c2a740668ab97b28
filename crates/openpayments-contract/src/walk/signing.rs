//! One signature, from its start to its end: the same calls for a consent, a payment, a cancellation and a basket.

use anyhow::{Context as _, Result, bail};
use openpayments::api::CallContext;
use openpayments::api::authorisation::{
    GetScaStatus, ListAuthorisations, SelectMethod, Signable, StartAuthorisation,
};

use super::{Form, Walk};

impl Walk {
    /// Starts an authorisation, chooses the first method, has it approved and reads its status to the end.
    pub(super) async fn sign<R>(&mut self, form: Form, subject: &R, context: &CallContext) -> Result<()>
    where
        R: Signable + Clone + Send + Sync,
    {
        let started = self.ask(form, &StartAuthorisation::new(subject.clone()), context).await?.body;
        let authorisation = started.authorisation_id;
        self.ask(form, &ListAuthorisations::new(subject.clone()), context).await?;
        let status = GetScaStatus::new(subject.clone(), authorisation.clone());
        self.ask(form, &status, context).await?;
        let method = started.sca_methods.into_iter().next().context("no method")?.authentication_method_id;
        self.ask(form, &SelectMethod::new(subject.clone(), authorisation, method), context).await?;
        for _ in 0..60 {
            self.wait(1);
            let state = self.ask(form, &status, context).await?.body;
            if state.sca_status.is_final() {
                return Ok(());
            }
        }
        bail!("the signature does not end")
    }
}
