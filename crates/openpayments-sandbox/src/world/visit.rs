//! A PSU's visit to the bank's page in the course of a redirect: who sent him, what he decides, and where he goes then.

use jiff::Timestamp;
use openpayments_model::ScopeSet;
use openpayments_model::status::ScaStatus;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::authorisation::Authorisation;
use super::grant::{CODE_LIFE, CODES_KEPT, Code};
use super::{Resource, World};
use crate::clock::later;
use crate::quirk::Quirk;

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
    /// Who has logged in.
    pub(crate) login: Option<Login>,
    /// Where the browser goes now that the PSU has decided.
    pub(crate) leaves_for: Option<String>,
}

/// A person who has proved who he is. Whoever only knows the visit, such as the client that began it, does not know this.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    /// Names the login in the addresses of the pages that come after it.
    pub(crate) session: String,
    pub(crate) psu: String,
}

/// Everything but unreserved characters.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A personal number as it is compared: people write it with a hyphen and without, with the century and without.
fn digits(psu: &str) -> String {
    let psu = psu.replace('-', "");
    let is_number = psu.bytes().all(|b| b.is_ascii_digit());
    match psu.get(2..) {
        Some(short) if is_number && psu.len() == 12 => short.to_owned(),
        _ => psu,
    }
}

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
    /// Whether somebody can still decide.
    pub(crate) fn is_visit_open(&self, id: &str) -> bool {
        self.visits.get(id).is_some_and(|visit| {
            visit.leaves_for.is_none()
                && self.authorisations.get(&visit.authorisation).is_some_and(Authorisation::is_pending)
        })
    }

    /// Logs `psu` in, in place of whoever was; the session, or `None` when another person is to sign. No source tells
    /// what banks do with another person than the one whom the client named.
    pub(crate) fn log_in(&mut self, id: &str, psu: &str) -> Option<String> {
        let authorisation = self.authorisations.get(&self.visits.get(id)?.authorisation)?;
        let named = authorisation.psu.clone();
        if named.as_ref().is_some_and(|named| digits(named) != digits(psu)) {
            return None;
        }
        let session = self.mint.token();
        let login = Login { session: session.clone(), psu: named.unwrap_or_else(|| psu.to_owned()) };
        self.visits.get_mut(id)?.login = Some(login);
        Some(session)
    }

    /// The person of a session.
    pub(crate) fn logged_in(&self, id: &str, session: &str) -> Option<&str> {
        let login = self.visits.get(id)?.login.as_ref()?;
        (login.session == session).then_some(login.psu.as_str())
    }

    /// The PSU approves on the bank's page: he is sent back with a code, and what he approved waits for its exchange. A
    /// plain redirect has neither.
    pub(crate) fn approve_visit(&mut self, id: &str, psu: &str, now: Timestamp) {
        let Some(visit) = self.visits.get(id).filter(|visit| visit.leaves_for.is_none()).cloned() else {
            return;
        };
        if self.has(Quirk::PlainRedirect) {
            let parameters = [("scope", visit.scopes.to_string())];
            let parameters = parameters.each_ref().map(|(name, text)| (*name, text.as_str()));
            self.leave(id, callback(&visit.redirect_uri, &parameters, visit.state.as_deref()));
            if let Some(authorisation) = self.authorisations.get_mut(&visit.authorisation) {
                authorisation.psu = Some(psu.to_owned());
            }
            self.finalise(&visit.authorisation, now);
            return;
        }
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
    fn a_personal_number_is_the_same_however_it_is_written() {
        for written in ["199002092386", "19900209-2386", "9002092386", "900209-2386"] {
            assert_eq!(digits(written), "9002092386");
        }
        assert_ne!(digits("199002092386"), digits("199002092387"));
        assert_eq!([digits("99990101000"), digits("A-12")], ["99990101000", "A12"]);
    }

    #[test]
    fn i177_state_goes_back_byte_for_byte_and_encoded() {
        let state = b"<b>&\"\n+ %41\xff".as_slice();
        let url = callback("http://127.0.0.1:9/cb?a=b", &[("code", "x y")], Some(state));
        assert_eq!(url, "http://127.0.0.1:9/cb?a=b&code=x%20y&state=%3Cb%3E%26%22%0A%2B%20%2541%FF");
    }
}
