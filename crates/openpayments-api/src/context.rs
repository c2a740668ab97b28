//! What repeats on every call of a flow.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use openpayments_model::identifier::{AffiliatedAspspId, RequestId};
use openpayments_model::link::RedirectUri;
use openpayments_model::{BicFi, Context, InvalidValue, Psu, Rule};

static NOBODY: Psu = Psu::new();

/// Bank, context, PSU and preference: the same on every call about one consent or payment.
///
/// Swedbank demands that the redirect preference never changes within a flow, and every bank that a consent's calls
/// name the same company; so a flow keeps one `CallContext` and passes it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallContext {
    context: Context,
    bank: Option<BicFi>,
    affiliated: Option<AffiliatedAspspId>,
    /// None for one of whom nothing is known; shared, since flows pass contexts on.
    psu: Option<Arc<Psu>>,
    redirect_preferred: Option<bool>,
    redirect_uri: Option<RedirectUri>,
    nok_redirect_uri: Option<RedirectUri>,
    request_id: Option<RequestId>,
    /// Marked sensitive: what is in them we do not know, so it is not printed.
    extra: Vec<(HeaderName, HeaderValue)>,
}

impl CallContext {
    /// For the bank directory, which needs no bank.
    pub fn directory(context: Context) -> Self {
        Self {
            context,
            bank: None,
            affiliated: None,
            psu: None,
            redirect_preferred: None,
            redirect_uri: None,
            nok_redirect_uri: None,
            request_id: None,
            extra: Vec::new(),
        }
    }

    /// For calls to one bank.
    pub fn bank(bank: BicFi, context: Context) -> Self {
        Self { bank: Some(bank), ..Self::directory(context) }
    }

    /// Sets the PSU.
    #[must_use]
    pub fn psu(mut self, psu: Psu) -> Self {
        self.psu = (psu != NOBODY).then(|| Arc::new(psu));
        self
    }

    /// Sets the bank under the roof of the bank (`X-AffiliatedASPSP-ID`), sent when a consent or a payment is created.
    #[must_use]
    pub fn affiliated(mut self, id: AffiliatedAspspId) -> Self {
        self.affiliated = Some(id);
        self
    }

    /// Prefers redirect (`true`) or decoupled (`false`); without it the bank decides (`TPP-Redirect-Preferred`).
    #[must_use]
    pub fn redirect_preferred(mut self, preferred: bool) -> Self {
        self.redirect_preferred = Some(preferred);
        self
    }

    /// Sets where the PSU comes back to (`TPP-Redirect-URI`), sent where something is created or an authorisation
    /// starts. The platform's own way is the link's template, which the redirect flow fills in; some banks read this.
    #[must_use]
    pub fn redirect_uri(mut self, uri: RedirectUri) -> Self {
        self.redirect_uri = Some(uri);
        self
    }

    /// Sets where the PSU comes back to after a failure (`TPP-Nok-Redirect-URI`); a bank may ignore it.
    #[must_use]
    pub fn nok_redirect_uri(mut self, uri: RedirectUri) -> Self {
        self.nok_redirect_uri = Some(uri);
        self
    }

    /// Adds a header of your own to every call to the API host, such as `X-Feature-Flags` or `X-Consent-Type`; token
    /// calls never carry it. A second value for a name takes the first one's place.
    ///
    /// ```
    /// use openpayments_api::CallContext;
    /// use openpayments_model::Context;
    ///
    /// let context = CallContext::directory(Context::Private).header("X-Feature-Flags", "new-statuses")?;
    /// assert!(context.header("Authorization", "Bearer x").is_err());
    /// # Ok::<(), openpayments_model::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidValue`] naming `header`: [`Rule::Form`] for what is no header name, [`Rule::Conflict`] for one that is
    /// set otherwise (bank, PSU, consent, request id, body), that carries credentials, or that HTTP itself uses;
    /// [`Rule::Character`] outside visible ASCII, [`Rule::TooLong`] over 512 bytes.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, InvalidValue> {
        let refused = |rule| InvalidValue::new("header", rule);
        let form = refused(Rule::Form("X-Feature-Flags"));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| form)?;
        if is_taken(name.as_str()) {
            return Err(refused(Rule::Conflict("this header cannot be set by hand")));
        }
        if value.len() > 512 {
            return Err(refused(Rule::TooLong(512)));
        }
        let visible = value.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        let value = HeaderValue::from_str(value).ok().filter(|_| visible && !value.trim().is_empty());
        let mut value = value.ok_or(refused(Rule::Character))?;
        value.set_sensitive(true);
        self.extra.retain(|(set, _)| *set != name);
        self.extra.push((name, value));
        Ok(self)
    }

    /// Takes over the headers that were added by hand to another context.
    #[must_use]
    pub fn headers_of(mut self, other: &Self) -> Self {
        for (name, value) in &other.extra {
            self.extra.retain(|(set, _)| set != name);
            self.extra.push((name.clone(), value.clone()));
        }
        self
    }

    /// Passes on the request id of your own client's request; it is used for the first attempt of the next call.
    #[must_use]
    pub fn request_id(mut self, id: RequestId) -> Self {
        self.request_id = Some(id);
        self
    }

    /// Private or corporate.
    pub fn context(&self) -> Context {
        self.context
    }

    /// The bank, if the call is to one.
    pub fn bic(&self) -> Option<&BicFi> {
        self.bank.as_ref()
    }

    /// The bank under the bank's roof.
    pub fn affiliated_aspsp(&self) -> Option<&AffiliatedAspspId> {
        self.affiliated.as_ref()
    }

    pub(crate) fn known_psu(&self) -> Option<&Psu> {
        self.psu.as_deref()
    }

    /// The PSU.
    pub fn psu_details(&self) -> &Psu {
        self.known_psu().unwrap_or(&NOBODY)
    }

    /// The redirect preference.
    pub fn prefers_redirect(&self) -> Option<bool> {
        self.redirect_preferred
    }

    /// Where the PSU comes back to.
    pub fn own_redirect_uri(&self) -> Option<&RedirectUri> {
        self.redirect_uri.as_ref()
    }

    /// Where the PSU comes back to after a failure.
    pub fn own_nok_redirect_uri(&self) -> Option<&RedirectUri> {
        self.nok_redirect_uri.as_ref()
    }

    /// The headers that were added by hand.
    pub fn extra_headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.extra
    }

    /// The caller's own request id.
    pub fn own_request_id(&self) -> Option<RequestId> {
        self.request_id
    }
}

/// Headers with a setting of their own, those that carry credentials, and those of HTTP itself.
fn is_taken(name: &str) -> bool {
    const TAKEN: &[&str] = &[
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "consent-id",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "set-cookie",
        "te",
        "tpp-nok-redirect-uri",
        "tpp-redirect-preferred",
        "tpp-redirect-uri",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-affiliatedaspsp-id",
        "x-basketauthorisationid",
        "x-basketid",
        "x-bicfi",
        "x-consentauthorisationid",
        "x-consentid",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-paymentauthorisationid",
        "x-paymentid",
        "x-request-id",
    ];
    name.starts_with("psu-") || TAKEN.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i020_a_header_by_hand_overrides_nothing_and_carries_no_credentials() {
        let context = || CallContext::directory(Context::Private);
        for name in [
            "Authorization",
            "cookie",
            "HOST",
            "X-BicFi",
            "PSU-ID",
            "psu-anything",
            "X-Request-ID",
            "a b",
            "",
        ] {
            assert!(context().header(name, "x").is_err(), "{name}");
        }
        for value in ["", "  ", "x\r\nX-Evil: 1", "Åsa", &"x".repeat(513)] {
            assert!(context().header("X-Feature-Flags", value).is_err(), "{value}");
        }
        let flags = context().header("X-Feature-Flags", "a").unwrap().header("x-feature-flags", "b").unwrap();
        assert_eq!(flags.extra_headers().len(), 1);
        assert!(!format!("{flags:?}").contains("\"b\""));
    }
}
