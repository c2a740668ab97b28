//! Authorisations on the wire, alike for consents, payments and baskets: start, list, status, choice of the method.

use axum::http::StatusCode;
use openpayments_banks::{Approach, Challenge, Method};
use openpayments_model::Context;
use openpayments_model::status::ScaStatus;
use serde_json::{Value, json};

use super::call::{Call, authorisations_of};
use super::fields::{self, Fields};
use super::picture;
use super::reply::{Refusal, Reply, messages};
use crate::banks::Bank;
use crate::quirk::Quirk;
use crate::world::authorisation::Authorisation;
use crate::world::{MOST_LIVE, MOST_RESOURCES, Resource, World};

/// `scaMethods` of a bank.
pub(super) fn methods_of(world: &World, bank: &Bank, context: Context) -> Vec<Value> {
    let unheard_of = json!({
        "authenticationType": "SANDBOX_UNKNOWN",
        "authenticationMethodId": "sandbox_unknown",
        "name": "A method nobody has heard of",
    });
    let unheard_of = world.has(Quirk::UnknownValues).then_some(unheard_of);
    // Last, so that whoever takes the first one gets one that works.
    bank.methods(context).iter().map(method_json).chain(unheard_of).collect()
}

fn method_json(method: &Method) -> Value {
    json!({ "authenticationType": method.kind, "authenticationMethodId": method.id, "name": method.name })
}

pub(super) fn start(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let resource = call.resource(world)?;
    // An empty body or an object; what embedded authentication would put there is not offered.
    if !call.body.trim_ascii().is_empty() {
        fields::object(&call.body)?;
    }
    if !world.awaits_signature(&resource) {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            "STATUS_INVALID",
            "there is nothing left to authorise",
        ));
    }
    if world.authorisations.len() >= MOST_RESOURCES {
        return Err(Refusal::too_many());
    }
    let bank = call.bank()?;
    let psu = call.header("PSU-ID").map(str::to_owned);
    let id = world.start_authorisation(resource.clone(), psu, call.now).ok_or(Refusal::unknown())?;
    let path = format!("{}/{id}", authorisations_of(&resource, world));
    let links = match &resource {
        Resource::Consent(_) => json!({
            "scaStatus": { "href": path },
            "selectAuthenticationMethod": { "href": path },
        }),
        Resource::Payment(_) | Resource::Cancellation(_) | Resource::Basket(_) => {
            json!({ "authoriseTransaction": { "href": path } })
        }
    };
    // What the platform shows before a method is chosen, also where the bank's sandbox has approved already.
    let body = json!({
        "scaStatus": ScaStatus::Received,
        "authorisationId": id,
        "scaMethods": methods_of(world, bank, call.context),
        "_links": links,
    });
    Ok(Reply::created(&path, body).approach(bank.only_approach(call.context)))
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let resource = call.resource(world)?;
    let ids = world.authorisations.iter().filter(|(_, found)| found.resource == resource).map(|(id, _)| id);
    let ids: Vec<_> = ids.collect();
    Ok(Reply::ok(match resource {
        // Sources differ on this one: a bare list, or a list in an object.
        Resource::Cancellation(_) if world.has(Quirk::CancellationListWrapped) => {
            json!({ "cancellationIds": ids })
        }
        Resource::Cancellation(_) => json!(ids),
        Resource::Consent(_) | Resource::Payment(_) | Resource::Basket(_) => {
            json!({ "authorisationIds": ids })
        }
    }))
}

/// The authorisation of the path, when it belongs to the resource of the path.
fn found<'a>(world: &'a World, call: &Call) -> Result<(Resource, &'a Authorisation), Refusal> {
    let resource = call.resource(world)?;
    let authorisation = world.authorisations.get(call.authorisation_id());
    let authorisation = authorisation.filter(|found| found.resource == resource).ok_or(Refusal::unknown())?;
    Ok((resource, authorisation))
}

pub(super) fn status(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let (resource, authorisation) = found(world, call)?;
    let is_payment = matches!(resource, Resource::Payment(_));
    if is_payment && authorisation.status.is_success() && world.has(Quirk::StatusGoneOnceSigned) {
        // Seen at SEB years ago; with which code, nobody has told.
        return Err(Refusal::bad("SERVICE_INVALID", "authorisationId", "the authorisation is over"));
    }
    let mut body =
        if world.has(Quirk::UnknownValues) && authorisation.order.is_some() && authorisation.is_pending() {
            json!({ "scaStatus": "sandboxUnknown" })
        } else {
            json!({ "scaStatus": authorisation.status })
        };
    if let Some(members) = body.as_object_mut() {
        if let Some(challenge) = challenge(world, authorisation, call) {
            members.insert("challengeData".to_owned(), challenge);
        }
        if let Some(message) = &authorisation.message {
            members.insert("tppMessages".to_owned(), messages(message));
        }
    }
    Ok(Reply::ok(body).approach(authorisation.approach))
}

pub(super) fn choose(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let (resource, authorisation) = found(world, call)?;
    let bank = call.bank()?;
    let approved_at_start = authorisation.status.is_final()
        && bank.approves_at_start(call.context)
        && authorisation.method.is_none();
    if authorisation.status.is_final() && !approved_at_start {
        return Err(Refusal::new(StatusCode::CONFLICT, "STATUS_INVALID", "the authorisation has ended"));
    }
    let body = fields::object(&call.body)?;
    let wanted = Fields::of(&body)?.text("authenticationMethodId", 35)?;
    let unknown =
        Refusal::bad("SCA_METHOD_UNKNOWN", "authenticationMethodId", "not one of the methods offered");
    let method = bank.methods(call.context).iter().find(|method| method.id == wanted).ok_or(unknown)?;
    let preferred = call.redirect_preferred()?;
    let preferred = preferred.or(world.owner(&resource).and_then(|owner| owner.redirect_preferred));
    let approach = approach(bank.approaches(call.context), preferred);
    let id = call.authorisation_id().to_owned();
    if approach == Approach::Decoupled
        && bank.psu_id_required(call.context)
        && !names_psu(world, call, &resource, &id)
    {
        return Err(Refusal::format("PSU-ID", "this bank has to know who signs"));
    }
    let waits_already = authorisation.order.is_some();
    if approach == Approach::Decoupled && !waits_already && world.orders_waiting() >= MOST_LIVE {
        return Err(Refusal::too_many());
    }
    if let (Some(psu), Some(authorisation)) = (call.header("PSU-ID"), world.authorisations.get_mut(&id)) {
        authorisation.psu.get_or_insert_with(|| psu.to_owned());
    }
    world.choose_method(&id, approach, method.clone(), call.now);
    chosen(world, call, &resource, approach, method)
}

/// What the client prefers where the bank offers it, else the bank's own way.
fn approach(offers: &[Approach], redirect_preferred: Option<bool>) -> Approach {
    let preferred =
        redirect_preferred.map(|redirect| if redirect { Approach::Redirect } else { Approach::Decoupled });
    let offered = |approach: &Approach| offers.contains(approach);
    preferred.filter(offered).or(offers.first().copied()).unwrap_or(Approach::Redirect)
}

fn names_psu(world: &World, call: &Call, resource: &Resource, id: &str) -> bool {
    call.header("PSU-ID").is_some()
        || world.authorisations.get(id).is_some_and(|authorisation| authorisation.psu.is_some())
        || world.owner(resource).is_some_and(|owner| owner.psu.is_some())
}

fn chosen(
    world: &World,
    call: &Call,
    resource: &Resource,
    approach: Approach,
    method: &Method,
) -> Result<Reply, Refusal> {
    let (_, authorisation) = found(world, call)?;
    let id = call.authorisation_id();
    let path = format!("{}/{id}", authorisations_of(resource, world));
    let mut body = json!({
        "scaStatus": authorisation.status,
        "chosenScaMethod": method_json(method),
        "_links": { "scaStatus": { "href": path } },
        "psuMessage": match approach {
            Approach::Redirect => "Continue on the page of your bank.",
            Approach::Decoupled => "Open BankID and sign.",
        },
    });
    if let (Approach::Redirect, Some(links)) =
        (approach, body.get_mut("_links").and_then(Value::as_object_mut))
    {
        let template = template(call, resource, id);
        let name = if world.has(Quirk::PlainRedirect) { "scaRedirect" } else { "scaOAuth" };
        links.insert(name.to_owned(), json!({ "href": template }));
    }
    if let (Some(challenge), Some(members)) = (challenge(world, authorisation, call), body.as_object_mut()) {
        members.insert("challengeData".to_owned(), challenge);
    }
    Ok(Reply::ok(body).approach(Some(approach)))
}

/// The address to send the PSU to; three placeholders stand in it literally, for the client to fill in.
fn template(call: &Call, resource: &Resource, authorisation: &str) -> String {
    let (base, word, id) = (&call.base, resource.word(), resource.id());
    let bic = call.bank().map(|bank| bank.bic()).unwrap_or_default();
    format!(
        "{base}connect/authorize?client_id=[CLIENT_ID]&scope={}%20{}&response_type=code\
         &redirect_uri=[TPP_REDIRECT_URI]&state=[TPP_STATE]\
         &acr_values=idp:{bic}%20{word}Id:{id}%20{word}AuthorisationId:{authorisation}",
        resource.product(),
        call.context,
    )
}

/// `challengeData` while a challenged round runs: the token, or this second's QR code as text or picture.
fn challenge(world: &World, authorisation: &Authorisation, call: &Call) -> Option<Value> {
    let order = authorisation.order.as_ref().filter(|order| order.challenged)?;
    let frame = || format!("{}bankid/scan?qr={}", call.base, world.qr_frame(order, call.now));
    let text = match authorisation.method.as_ref()?.challenge {
        Challenge::AnimatedQr => frame(),
        // The vendor's sample uses it as the source of an `img`; the file has it as plain base64.
        Challenge::AnimatedQrPicture => return Some(json!({ "image": picture::data_uri(&frame())? })),
        Challenge::AutostartToken => order.autostart_token.clone(),
    };
    // A list in reality, whatever the vendor's file says.
    let is_text = world.has(Quirk::ChallengeDataAsText);
    Some(if is_text { json!({ "data": text }) } else { json!({ "data": [text] }) })
}
