//! Payments of all three services on the wire: create, read, cancel, status. Their authorisations are those of every resource.

use axum::http::StatusCode;
use openpayments_banks::Cancellation;
use openpayments_model::payment::PaymentProduct;
use openpayments_model::status::TransactionStatus;
use serde_json::{Value, json};

use super::authorisations::methods_of;
use super::call::{Call, authorisations_of, path_of};
use super::fields;
use super::payment_body::{self, Instruction};
use super::reply::{Refusal, Reply, add, messages};
use crate::clock::day_of;
use crate::quirk::Quirk;
use crate::world::authorisation::ANOTHER_SIGNER;
use crate::world::payment::{Payment, Service};
use crate::world::scenario::has_kyc;
use crate::world::{MOST_RESOURCES, Message, Resource, World};

pub(super) fn create_single(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    create(world, call, Service::Single)
}

pub(super) fn create_periodic(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    create(world, call, Service::Periodic)
}

pub(super) fn create_bulk(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    create(world, call, Service::Bulk)
}

fn create(world: &mut World, call: &Call, service: Service) -> Result<Reply, Refusal> {
    let product = product(call, service)?;
    let owner = call.owner()?;
    let body = fields::object(&call.body)?;
    let read = payment_body::read(&body, service, product, &owner.bank, owner.context, day_of(call.now))?;
    if owner.corporate_id.as_deref().is_some_and(|id| !has_kyc(id)) {
        let text = "the organisation's KYC is missing or not valid";
        // The code is known from practice, its status is not.
        return Err(Refusal::new(StatusCode::FORBIDDEN, "TPP_KYC_INVALID", text));
    }
    if world.payments.len() >= MOST_RESOURCES {
        return Err(Refusal::too_many());
    }
    let id = world.mint.uuid();
    let Instruction { debtor, transfers, schedule, execution, stored, mut warnings } = read;
    if world.has(Quirk::CreditorFlagged) {
        warnings.push(("CREDITOR_ACCOUNT_FLAGGED", "the creditor is on a list of known fraudsters"));
    }
    let status = owner.bank.created_status(owner.context);
    let payment = Payment {
        owner,
        service,
        product,
        debtor,
        transfers,
        schedule,
        execution,
        stored,
        status: status.clone(),
        message: None,
        signers: Vec::new(),
        cancellation: None,
        request_id: call.header("X-Request-ID").unwrap_or_default().to_owned(),
    };
    world.payments.insert(id.clone(), payment);
    let path = path_of(&Resource::Payment(id.clone()), world);
    let mut answer = json!({
        "transactionStatus": status,
        "paymentId": id,
        "_links": {
            "startAuthorisationWithTransactionAuthorisation": { "href": format!("{path}/authorisations") },
            "self": { "href": path },
            "status": { "href": format!("{path}/status") },
        },
        "psuMessage": format!("Confirm payment {id}."),
    });
    if let (false, Some(members)) = (warnings.is_empty(), answer.as_object_mut()) {
        let warnings =
            warnings.iter().map(|(code, text)| json!({ "category": "WARNING", "code": code, "text": text }));
        members.insert("tppMessages".to_owned(), Value::Array(warnings.collect()));
    }
    Ok(Reply::created(&path, answer).approach(call.bank()?.only_approach(call.context)))
}

/// The product of the path: one the platform has, and one the bank offers.
fn product(call: &Call, service: Service) -> Result<PaymentProduct, Refusal> {
    let text = "there is no such payment product";
    let known = call.parameter("payment-product").parse();
    let known = known.map_err(|_| Refusal::new(StatusCode::NOT_FOUND, "PRODUCT_UNKNOWN", text))?;
    // Giro payments have a body of their own, and only a single one: no source has it for the other services.
    let has_body = service == Service::Single || known != PaymentProduct::SwedishGiro;
    if has_body && call.bank()?.products(call.context).contains(&known) {
        return Ok(known);
    }
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        "PRODUCT_INVALID",
        "the bank does not offer this payment product",
    ))
}

fn found<'a>(world: &'a World, call: &Call) -> Result<(&'a Payment, Resource), Refusal> {
    let resource = call.resource(world)?;
    Ok((world.payments.get(resource.id()).ok_or(Refusal::unknown())?, resource))
}

pub(super) fn read(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let (payment, _) = found(world, call)?;
    let mut body = payment.stored.clone();
    if let Some(members) = body.as_object_mut() {
        members.insert("transactionStatus".to_owned(), json!(payment.status));
    }
    Ok(Reply::ok(body))
}

pub(super) fn status(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let (payment, _) = found(world, call)?;
    Ok(Reply::ok(status_json(&payment.status, payment.message.as_ref())))
}

/// A status, and why it is so where that is known: of a payment or a basket.
pub(super) fn status_json(status: &TransactionStatus, message: Option<&Message>) -> Value {
    let waits = *status == TransactionStatus::PartiallyAcceptedTechnical;
    let mut body = json!({ "transactionStatus": status });
    if let Some(message) = message.or(waits.then_some(&ANOTHER_SIGNER)) {
        add(&mut body, "tppMessages", messages(message));
    }
    body
}

pub(super) fn cancel(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let (payment, resource) = found(world, call)?;
    let cancellation = payment.owner.bank.cancellation(call.context);
    if cancellation == Cancellation::None {
        return Err(Refusal::unsupported());
    }
    if payment.has_ended() {
        let text = "the payment has ended already";
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "CANCELLATION_INVALID", text));
    }
    let methods = methods_of(world, &payment.owner.bank, payment.owner.context);
    let (id, path) = (resource.id(), path_of(&resource, world));
    let Some(payment) = world.payments.get_mut(id) else {
        return Err(Refusal::unknown());
    };
    if cancellation == Cancellation::Outright || payment.awaits_signature() {
        payment.status = TransactionStatus::Cancelled;
        return Ok(Reply::no_content());
    }
    payment.cancellation.get_or_insert_default();
    let body = json!({
        "transactionStatus": payment.status,
        "scaMethods": methods,
        "_links": {
            "startAuthorisation": {
                "href": authorisations_of(&Resource::Cancellation(id.to_owned()), world),
            },
            "self": { "href": path },
            "status": { "href": format!("{path}/status") },
        },
    });
    Ok(Reply::accepted(body))
}
