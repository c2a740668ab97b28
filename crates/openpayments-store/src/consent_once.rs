//! Asks for a consent once, however often the caller does, and whatever ends in between.

use openpayments_api::CallContext;
use openpayments_api::consent::CreateConsent;
use openpayments_client::{Caller, Response};
use openpayments_model::consent::{ConsentRequest, CreatedConsent};

use crate::intent::digest;
use crate::{CallError, Consents, KeptConsent, Key, StoreError};

/// A consent that exists at the bank.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConsentOnce {
    /// The consent as it was last seen. It can be used when it is valid, and has to be signed while it is received.
    pub consent: KeptConsent,
    /// The bank's answer, if it was created just now; none when an earlier call did it.
    pub answer: Option<Response<CreatedConsent>>,
    /// Whether the store knows. If it does not, keep the id yourself.
    pub recorded: bool,
}

/// Keeps that a consent is asked for under `key`, asks, and keeps what came back before it is returned.
///
/// Asked again with the same key and the same access it asks nobody: it gives the consent of the first time, as long as
/// that is not known to be over. The last day of the consent is no part of what has to be the same, since it is counted
/// from today. Where an earlier call got no answer it asks again, which does no harm: a consent that nobody signs is of no
/// use to anybody. Call, answer and record are one task of their own: they come to their end although this future is
/// dropped.
///
/// # Errors
/// [`CallError::Store`] when it could not be kept, and then nothing was sent; [`StoreError::Conflict`] behind it when the
/// key stands for a consent to something else. [`CallError::Call`] when the call failed; the key may be used again.
pub async fn create_consent_once(
    consents: &Consents,
    caller: &Caller,
    context: &CallContext,
    key: impl Into<Key>,
    request: ConsentRequest,
) -> Result<ConsentOnce, CallError> {
    let (key, note) = key.into().checked()?;
    let bank = context.bic().cloned().ok_or_else(|| StoreError::failed("the context names no bank"))?;
    let same = what_has_to_be_the_same(context, &request)?;
    let (consents, caller, context) = (consents.clone(), caller.clone(), context.clone());
    let task = tokio::spawn(async move {
        if let Some(consent) = consents.ask(&key, &same).await? {
            return Ok(ConsentOnce { consent, answer: None, recorded: true });
        }
        let answer = caller.call(&CreateConsent::new(request), &context).await?;
        let mut consent = KeptConsent::new(answer.body.consent_id.clone(), bank, caller.clock().wall());
        consent.status = answer.body.consent_status.clone();
        (consent.key, consent.note) = (Some(key.clone()), note);
        match consents.answered(&key, &consent).await {
            Ok(first) if first != consent.id => {
                let consent = consents.get(&first).await?.unwrap_or(consent);
                Ok(ConsentOnce { consent, answer: None, recorded: true })
            }
            recorded => Ok(ConsentOnce { consent, answer: Some(answer), recorded: recorded.is_ok() }),
        }
    });
    task.await.unwrap_or_else(|stopped| Err(StoreError::failed(stopped).into()))
}

/// A digest of what has to be the same.
fn what_has_to_be_the_same(context: &CallContext, request: &ConsentRequest) -> Result<String, StoreError> {
    let mut body = serde_json::to_value(request).map_err(StoreError::failed)?;
    if let Some(members) = body.as_object_mut() {
        members.remove("validUntil");
    }
    let bank = context.bic().map(ToString::to_string).unwrap_or_default();
    Ok(digest(&format!("{bank} {} {body}", context.context())))
}
