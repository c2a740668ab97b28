//! Signing baskets on the wire: create, read, delete, status. Their authorisations are those of every resource.

use axum::http::StatusCode;
use openpayments_model::status::TransactionStatus;
use serde_json::{Value, json};

use super::call::{Call, path_of};
use super::fields::{self, Fields};
use super::payments::status_json;
use super::reply::{Refusal, Reply};
use crate::world::basket::Basket;
use crate::world::payment::Service;
use crate::world::{MOST_RESOURCES, Owner, Resource, World};

pub(super) fn create(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let owner = call.owner()?;
    let limit = owner.bank.basket_limit(owner.context).ok_or(Refusal::unsupported())?;
    let body = fields::object(&call.body)?;
    let fields = Fields::of(&body)?;
    let (payments, consents) = (fields.ids("paymentIds")?, fields.ids("consentIds")?);
    if payments.is_none() && consents.is_none() {
        return Err(Refusal::format("paymentIds", "required"));
    }
    let basket = Basket {
        owner,
        payments: payments.unwrap_or_default(),
        consents: consents.unwrap_or_default(),
        status: TransactionStatus::Received,
        signers: Vec::new(),
    };
    for member in basket.members() {
        check_member(world, &basket.owner, &member)?;
    }
    if basket.members().count() > limit {
        let text = "more than the bank signs at once";
        return Err(Refusal::bad("REFERENCE_MIX_INVALID", "paymentIds", text));
    }
    if world.baskets.len() >= MOST_RESOURCES {
        return Err(Refusal::too_many());
    }
    let id = world.mint.uuid();
    world.baskets.insert(id.clone(), basket);
    let path = path_of(&Resource::Basket(id.clone()), world);
    Ok(Reply::created(
        &path,
        json!({
            "transactionStatus": TransactionStatus::Received,
            "basketId": id,
            "_links": {
                "self": { "href": path },
                "status": { "href": format!("{path}/status") },
                "startAuthorisation": { "href": format!("{path}/authorisations") },
            },
        }),
    )
    .approach(call.bank()?.only_approach(call.context)))
}

/// Whether something can go into a basket: it is the caller's, of the same bank and PSU, and still to be signed.
fn check_member(world: &World, basket: &Owner, member: &Resource) -> Result<(), Refusal> {
    let name = if matches!(member, Resource::Consent(_)) { "consentIds" } else { "paymentIds" };
    let owner = world.owner(member).filter(|owner| owner.client == basket.client);
    let unknown = Refusal::bad("RESOURCE_UNKNOWN", name, "there is nothing with one of these ids");
    let owner = owner.ok_or(unknown)?;
    let same_psu = owner.psu.is_none() || basket.psu.is_none() || owner.psu == basket.psu;
    let same_company = owner.corporate_id == basket.corporate_id;
    if owner.bank.bic() != basket.bank.bic() || owner.context != basket.context || !same_psu || !same_company
    {
        let text = "not all of the same bank and the same PSU";
        return Err(Refusal::bad("REFERENCE_MIX_INVALID", name, text));
    }
    if let Resource::Payment(id) = member
        && world.payments.get(id).is_none_or(|payment| payment.service != Service::Single)
    {
        // Sources show single payments in baskets and nothing else.
        return Err(Refusal::bad("REFERENCE_MIX_INVALID", name, "single payments only"));
    }
    if !world.awaits_signature(member) {
        let text = "one of these has been signed, cancelled or refused already";
        return Err(Refusal::new(StatusCode::CONFLICT, "REFERENCE_STATUS_INVALID", text));
    }
    Ok(())
}

fn found<'a>(world: &'a World, call: &Call) -> Result<(&'a Basket, Resource), Refusal> {
    let resource = call.resource(world)?;
    Ok((world.baskets.get(resource.id()).ok_or(Refusal::unknown())?, resource))
}

/// What it holds goes by other names here than on creation.
pub(super) fn read(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let (basket, resource) = found(world, call)?;
    let path = path_of(&resource, world);
    let mut body = json!({
        "transactionStatus": basket.status,
        "_links": { "self": { "href": path }, "status": { "href": format!("{path}/status") } },
    });
    if let Some(members) = body.as_object_mut() {
        for (name, ids) in [("payments", &basket.payments), ("consents", &basket.consents)] {
            if !ids.is_empty() {
                members.insert(name.to_owned(), Value::from(ids.clone()));
            }
        }
    }
    Ok(Reply::ok(body))
}

pub(super) fn status(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let (basket, _) = found(world, call)?;
    Ok(Reply::ok(status_json(&basket.status, None)))
}

/// Before the first signature; what it holds stays and can be signed otherwise.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let (basket, resource) = found(world, call)?;
    if basket.status != TransactionStatus::Received {
        // The code is listed for baskets; no source tells this case.
        let text = "the basket has been signed, refused or deleted already";
        return Err(Refusal::new(StatusCode::CONFLICT, "STATUS_INVALID", text));
    }
    if let Some(basket) = world.baskets.get_mut(resource.id()) {
        basket.status = TransactionStatus::Cancelled;
    }
    Ok(Reply::no_content())
}
