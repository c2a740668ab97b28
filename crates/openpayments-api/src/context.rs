//! What repeats on every call of a flow.

use openpayments_model::identifier::{AffiliatedAspspId, RequestId};
use openpayments_model::{BicFi, Context, Psu};

/// Bank, context, PSU and preference: the same on every call about one consent or payment.
///
/// Swedbank demands that the redirect preference never changes within a flow, and every bank that a consent's calls
/// name the same company; so a flow keeps one `CallContext` and passes it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallContext {
    context: Context,
    bank: Option<BicFi>,
    affiliated: Option<AffiliatedAspspId>,
    psu: Psu,
    redirect_preferred: Option<bool>,
    request_id: Option<RequestId>,
}

impl CallContext {
    /// For the bank directory, which needs no bank.
    pub fn directory(context: Context) -> Self {
        Self {
            context,
            bank: None,
            affiliated: None,
            psu: Psu::new(),
            redirect_preferred: None,
            request_id: None,
        }
    }

    /// For calls to one bank.
    pub fn bank(bank: BicFi, context: Context) -> Self {
        Self { bank: Some(bank), ..Self::directory(context) }
    }

    /// Sets the PSU.
    #[must_use]
    pub fn psu(mut self, psu: Psu) -> Self {
        self.psu = psu;
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

    /// The PSU.
    pub fn psu_details(&self) -> &Psu {
        &self.psu
    }

    /// The redirect preference.
    pub fn prefers_redirect(&self) -> Option<bool> {
        self.redirect_preferred
    }

    /// The caller's own request id.
    pub fn own_request_id(&self) -> Option<RequestId> {
        self.request_id
    }
}
