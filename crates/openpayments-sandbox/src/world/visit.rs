//! A PSU's visit to the bank's page in the course of a redirect: who sent him, what he decides, and where he goes then.

use jiff::Timestamp;
use openpayments_model::ScopeSet;
use openpayments_model::status::ScaStatus;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::grant::{CODE_LIFE, CODES_KEPT, Code};
use super::{Resource, World};
use crate::clock::later;

/// One visit, begun by `/connect/authorize`.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) client: String,
    /// One of the client's registered URIs, as it is written there.
    pub(crate) redirect_uri: String,
    /// The client's state, byte for byte.
    pub(crate) state: Option<Vec<u8>>,
    pub(crate) scopes: ScopeSet,
    pub(crate) challenge: Option<String>,
    pub(crate) resource: Resource,
    pub(crate) authorisation: String,
    /// Where the browser goes now that the PSU has decided.
    pub(crate) leaves_for: Option<String>,
}

/// Everything but unreserved characters.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `redirect_uri` with more query parameters, the state last and as it came.
pub(crate) fn callback(redirect_uri: &str, parameters: &[(&str, &str)], state: Option<&[u8]>) -> String {
    let mut url = redirect_uri.to_owned();
    let mut glue = if redirect_uri.contains('?') { '&' } else { '?' };
    let state = state.map(|state| ("state", state));
    let bytes = parameters.iter().map(|(name, value)| (*name, value.as_bytes()));
    for (name, value) in bytes.chain(state) {
        url.push(glue);
        url.push_str(name);
        url.push('=');
        url.extend(percent_encode(value, QUERY));
        glue = '&';
    }
    url
}

impl World {
    /// The PSU approves on the bank's page: he is sent back with a code, and what he approved waits for its exchange.
    pub(crate) fn approve_visit(&mut self, id: &str, psu: &str, now: Timestamp) {
        let Some(visit) = self.visits.get(id).filter(|visit| visit.leaves_for.is_none()).cloned() else {
            return;
        };
        let code = self.mint.token();
        let parameters = [("code", code.as_str()), ("scope", &visit.scopes.to_string())];
        self.leave(id, callback(&visit.redirect_uri, &parameters, visit.state.as_deref()));
        if let Some(authorisation) = self.authorisations.get_mut(&visit.authorisation) {
            // No source tells the status between approval and exchange; `started` is what a running SCA shows.
            authorisation.status = ScaStatus::Started;
            authorisation.psu = Some(psu.to_owned());
        }
        let code_entry = Code {
            client: visit.client,
            redirect_uri: visit.redirect_uri,
            scopes: visit.scopes,
            challenge: visit.challenge,
            resource: visit.resource,
            authorisation: visit.authorisation,
            expires: later(now, CODE_LIFE),
            used: false,
            token: None,
        };
        if self.codes.len() > CODES_KEPT {
            self.codes.retain(|_, code| code.expires > now);
        }
        self.codes.insert(code, code_entry);
    }

    /// The PSU declines: back with an error. Its parameters are those of RFC 6749; the platform documents none.
    pub(crate) fn refuse_visit(&mut self, id: &str) {
        let Some(visit) = self.visits.get(id).filter(|visit| visit.leaves_for.is_none()).cloned() else {
            return;
        };
        let parameters = [("error", "access_denied")];
        self.leave(id, callback(&visit.redirect_uri, &parameters, visit.state.as_deref()));
        self.refuse(&visit.authorisation);
    }

    /// The simulated PSU does on the bank's page what his id says.
    pub(crate) fn act_on_visit(&mut self, id: &str, now: Timestamp) {
        let Some(visit) = self.visits.get(id).filter(|visit| visit.leaves_for.is_none()) else {
            return;
        };
        let authorisation = visit.authorisation.clone();
        let psu = self.psu_of(&authorisation);
        self.behave(&authorisation, |world| world.approve_visit(id, &psu, now));
        self.break_off_visit(id);
    }

    /// The session at the bank broke off without a decision of the PSU; the authorisation has failed already.
    fn break_off_visit(&mut self, id: &str) {
        let Some(visit) = self.visits.get(id).filter(|visit| visit.leaves_for.is_none()).cloned() else {
            return;
        };
        let parameters = [("error", "access_denied")];
        self.leave(id, callback(&visit.redirect_uri, &parameters, visit.state.as_deref()));
    }

    fn leave(&mut self, id: &str, location: String) {
        if let Some(visit) = self.visits.get_mut(id) {
            visit.leaves_for = Some(location);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i177_state_goes_back_byte_for_byte_and_encoded() {
        let state = b"<b>&\"\n+ %41\xff".as_slice();
        let url = callback("http://127.0.0.1:9/cb?a=b", &[("code", "x y")], Some(state));
        assert_eq!(url, "http://127.0.0.1:9/cb?a=b&code=x%20y&state=%3Cb%3E%26%22%0A%2B%20%2541%FF");
    }
}
