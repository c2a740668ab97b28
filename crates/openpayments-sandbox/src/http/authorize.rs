//! Where a redirect begins: `/connect/authorize` checks who sends the PSU and for what, and sends him on to his bank.
//!
//! A client or redirect URI that is not registered, letter by letter, gets a page and never a redirect; anything else
//! that is wrong goes back to the client as an error.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use openpayments_banks::Approach;
use openpayments_model::ScopeSet;
use percent_encoding::percent_decode;

use super::page::{error_page, see_other_place};
use super::{pairs, value};
use crate::platform::Platform;
use crate::world::visit::{Visit, callback};
use crate::world::{MOST_RESOURCES, Resource, World};

pub(super) async fn authorize(State(platform): State<Arc<Platform>>, uri: Uri) -> Response {
    let raw = uri.query().unwrap_or_default();
    let query = pairs(raw.as_bytes());
    let state = raw_state(raw);
    platform.with_world(|world, _| {
        let Some(client_id) = value(&query, "client_id").filter(|id| world.clients.contains_key(*id)) else {
            return refuse("The application that sent you is not known here.");
        };
        let registered = |uri: &&str| {
            world.clients.get(client_id).is_some_and(|c| c.redirect_uris.iter().any(|known| known == uri))
        };
        let Some(redirect_uri) = value(&query, "redirect_uri").filter(registered) else {
            return refuse("The address to return to is not registered for this application.");
        };
        match visit(world, &query, client_id, redirect_uri, state.clone()) {
            Ok(visit) => {
                let id = world.mint.token();
                world.visits.insert(id.clone(), visit);
                see_other_place(&format!("{}bank/{id}", platform.base))
            }
            Err(error) => see_other_place(&callback(redirect_uri, &[("error", error)], state.as_deref())),
        }
    })
}

fn refuse(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, error_page("Wrong way", why)).into_response()
}

/// The state as bytes: whatever came is what goes back. Empty or repeated counts as none.
fn raw_state(query: &str) -> Option<Vec<u8>> {
    let mut found = query.split('&').filter_map(|pair| pair.strip_prefix("state="));
    let (text, other) = (found.next()?, found.next());
    let spaced = text.replace('+', " ");
    let bytes: Vec<u8> = percent_decode(spaced.as_bytes()).collect();
    (other.is_none() && !bytes.is_empty()).then_some(bytes)
}

/// The visit that the request describes, or the word of RFC 6749 for what is wrong with it.
fn visit(
    world: &World,
    query: &[(String, String)],
    client: &str,
    redirect_uri: &str,
    state: Option<Vec<u8>>,
) -> Result<Visit, &'static str> {
    if value(query, "response_type") != Some("code") {
        return Err("unsupported_response_type");
    }
    let scopes: ScopeSet = value(query, "scope").unwrap_or_default().parse().map_err(|_| "invalid_scope")?;
    let challenge = match (value(query, "code_challenge"), value(query, "code_challenge_method")) {
        (None, None) => None,
        (Some(challenge), Some("S256")) if challenge.len() == 43 => Some(challenge.to_owned()),
        _ => return Err("invalid_request"),
    };
    let (bic, resource, authorisation) =
        acr_values(value(query, "acr_values").unwrap_or_default()).ok_or("invalid_request")?;
    let waiting = world.authorisations.get(&authorisation).filter(|found| {
        // The signature on a payment and that on its cancellation go by the same names.
        (found.resource.word(), found.resource.id()) == (resource.word(), resource.id())
            && found.approach == Some(Approach::Redirect)
            && found.is_pending()
    });
    let resource = waiting.ok_or("invalid_request")?.resource.clone();
    let owner = world.owner(&resource).ok_or("invalid_request")?;
    if owner.client != client || owner.bank.bic() != bic {
        return Err("invalid_request");
    }
    let covers = scopes.products().any(|product| product.as_str() == resource.product());
    if !covers || scopes.context() != owner.context {
        return Err("invalid_scope");
    }
    if world.visits.len() >= MOST_RESOURCES {
        return Err("temporarily_unavailable");
    }
    Ok(Visit {
        client: client.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        state,
        scopes,
        challenge,
        resource,
        authorisation,
        login: None,
        leaves_for: None,
    })
}

/// Bank, resource and authorisation from `idp:B consentId:C consentAuthorisationId:A`, in any order.
fn acr_values(text: &str) -> Option<(String, Resource, String)> {
    let items: Vec<(String, String)> = text
        .split_ascii_whitespace()
        .filter_map(|item| item.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let item = |name: &str| value(&items, name).map(str::to_owned);
    let bic = item("idp")?;
    // For baskets no source shows the names; they are spelled after the others.
    match (item("consentId"), item("paymentId"), item("basketId")) {
        (Some(id), None, None) => Some((bic, Resource::Consent(id), item("consentAuthorisationId")?)),
        (None, Some(id), None) => Some((bic, Resource::Payment(id), item("paymentAuthorisationId")?)),
        (None, None, Some(id)) => Some((bic, Resource::Basket(id), item("basketAuthorisationId")?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acr_values_name_one_resource() {
        let read = acr_values("idp:NDEASESS paymentId:P paymentAuthorisationId:A").unwrap();
        assert_eq!(read, ("NDEASESS".into(), Resource::Payment("P".into()), "A".into()));
        for wrong in [
            "",
            "idp:NDEASESS",
            "idp:B consentId:C",
            "idp:B consentId:C paymentId:P consentAuthorisationId:A",
        ] {
            assert!(acr_values(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn i177_the_state_is_kept_as_bytes() {
        assert_eq!(raw_state("a=b&state=%3Cb%3E%0A%FF+x"), Some(b"<b>\n\xff x".to_vec()));
        assert_eq!(raw_state("state=a&state=b"), None);
        assert_eq!(raw_state("state="), None);
    }
}
