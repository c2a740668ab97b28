//! Finds banks.

use openpayments_api::CallContext;
use openpayments_api::directory::{
    Filter, GetAspsp, GetCity, GetCountry, ListAspsps, ListCities, ListCountries,
};
use openpayments_client::{Caller, Error, Response};
use openpayments_model::BicFi;
use openpayments_model::aspsp::{Aspsp, AspspSummary, City, Country};
use openpayments_model::identifier::{CityId, CountryCode};

/// The bank directory. Made by [`Client::directory`](crate::Client::directory).
#[derive(Clone, Debug)]
pub struct Directory {
    caller: Caller,
    context: CallContext,
}

impl Directory {
    pub(crate) fn new(caller: Caller, context: CallContext) -> Self {
        Self { caller, context }
    }

    /// All countries.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn countries(&self) -> Result<Response<Vec<Country>>, Error> {
        self.caller.call(&ListCountries::all(), &self.context).await
    }

    /// One country.
    ///
    /// # Errors
    /// As [`Caller::call`]; an unknown code is refused.
    pub async fn country(&self, code: CountryCode) -> Result<Response<Country>, Error> {
        self.caller.call(&GetCountry::new(code), &self.context).await
    }

    /// One city.
    ///
    /// # Errors
    /// As [`Caller::call`]; an unknown id is refused.
    pub async fn city(&self, id: CityId) -> Result<Response<City>, Error> {
        self.caller.call(&GetCity::new(id), &self.context).await
    }

    /// The cities that match.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn cities(&self, filter: Filter) -> Result<Response<Vec<City>>, Error> {
        self.caller.call(&ListCities::matching(filter), &self.context).await
    }

    /// The banks that match.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn banks(&self, filter: Filter) -> Result<Response<Vec<AspspSummary>>, Error> {
        self.caller.call(&ListAspsps::matching(filter), &self.context).await
    }

    /// One bank in full.
    ///
    /// # Errors
    /// As [`Caller::call`]; an unknown BIC is refused.
    pub async fn bank(&self, bic: BicFi) -> Result<Response<Aspsp>, Error> {
        self.caller.call(&GetAspsp::new(bic), &self.context).await
    }
}
