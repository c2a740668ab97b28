//! The bank directory: countries, cities, banks.

use bytes::Bytes;
use http::{Method, Request, Response};
use openpayments_model::aspsp::{Aspsp, AspspSummary, City, Country};
use openpayments_model::identifier::{CityId, CountryCode};
use openpayments_model::{BicFi, InvalidValue, Product, Rule};

use crate::request::{Builder, path, query};
use crate::{ApiError, Audience, BuildError, CallContext, Operation, Resend, answer};

const AUDIENCE: Audience = Audience::Api(Product::AspspInformation);

fn build(path_and_query: String, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
    Builder::new(&Method::GET, path_and_query).for_platform(context).empty()
}

/// Narrows a list to countries or cities. Several are a union: Sweden and the city of Helsinki gives both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    countries: Vec<String>,
    cities: Vec<CityId>,
}

impl Filter {
    /// Adds a country by its two letters; other text is refused when the request is built.
    #[must_use]
    pub fn country(mut self, iso_country_code: impl Into<String>) -> Self {
        self.countries.push(iso_country_code.into());
        self
    }

    /// Adds a city.
    #[must_use]
    pub fn city(mut self, id: CityId) -> Self {
        self.cities.push(id);
        self
    }

    /// The query: comma-separated lists, as the platform's guide shows them.
    fn query(&self) -> Result<String, InvalidValue> {
        for country in &self.countries {
            CountryCode::parse(country)?;
        }
        let cities: Vec<&str> = self.cities.iter().map(CityId::as_str).collect();
        let lists = [("isoCountryCodes", self.countries.join(",")), ("cityIds", cities.join(","))];
        Ok(query(lists.into_iter().filter(|(_, list)| !list.is_empty())))
    }
}

/// Lists countries.
#[derive(Clone, Debug, Default)]
pub struct ListCountries {
    filter: Filter,
}

impl ListCountries {
    /// All countries.
    pub fn all() -> Self {
        Self::default()
    }

    /// The countries that match. They cannot be asked for by city.
    pub fn matching(filter: Filter) -> Self {
        Self { filter }
    }
}

impl Operation for ListCountries {
    type Output = Vec<Country>;
    const NAME: &'static str = "country.list";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/aspspinformation/v1/countries";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        if !self.filter.cities.is_empty() {
            let why = Rule::Conflict("countries are not found by city");
            return Err(InvalidValue::new("cityIds", why).into());
        }
        build(Self::PATH.to_owned() + &self.filter.query()?, context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::list(response, &["countries"])
    }
}

/// Reads one country.
#[derive(Clone, Debug)]
pub struct GetCountry {
    code: CountryCode,
}

impl GetCountry {
    /// The country with these two letters.
    pub fn new(code: CountryCode) -> Self {
        Self { code }
    }
}

impl Operation for GetCountry {
    type Output = Country;
    const NAME: &'static str = "country.get";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/aspspinformation/v1/countries/{isoCountryCode}";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        build(path(Self::PATH, [self.code.as_str()]), context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::json(response)
    }
}

/// Lists cities.
#[derive(Clone, Debug, Default)]
pub struct ListCities {
    filter: Filter,
}

impl ListCities {
    /// All cities.
    pub fn all() -> Self {
        Self::default()
    }

    /// The cities that match.
    pub fn matching(filter: Filter) -> Self {
        Self { filter }
    }
}

impl Operation for ListCities {
    type Output = Vec<City>;
    const NAME: &'static str = "city.list";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/aspspinformation/v1/cities";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        build(Self::PATH.to_owned() + &self.filter.query()?, context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::list(response, &["cities"])
    }
}

/// Reads one city.
#[derive(Clone, Debug)]
pub struct GetCity {
    id: CityId,
}

impl GetCity {
    /// The city with this id.
    pub fn new(id: CityId) -> Self {
        Self { id }
    }
}

impl Operation for GetCity {
    type Output = City;
    const NAME: &'static str = "city.get";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/aspspinformation/v1/cities/{cityId}";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        build(path(Self::PATH, [self.id.as_str()]), context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::json(response)
    }
}

/// Lists banks.
#[derive(Clone, Debug, Default)]
pub struct ListAspsps {
    filter: Filter,
}

impl ListAspsps {
    /// All banks.
    pub fn all() -> Self {
        Self::default()
    }

    /// The banks that match.
    pub fn matching(filter: Filter) -> Self {
        Self { filter }
    }
}

impl Operation for ListAspsps {
    type Output = Vec<AspspSummary>;
    const NAME: &'static str = "aspsp.list";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/aspspinformation/v1/aspsps";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        build(Self::PATH.to_owned() + &self.filter.query()?, context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::list(response, &["aspsps"])
    }
}

/// Reads one bank.
#[derive(Clone, Debug)]
pub struct GetAspsp {
    bic: BicFi,
}

impl GetAspsp {
    /// The bank with this BIC.
    pub fn new(bic: BicFi) -> Self {
        Self { bic }
    }
}

impl Operation for GetAspsp {
    type Output = Aspsp;
    const NAME: &'static str = "aspsp.get";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/aspspinformation/v1/aspsps/{bicFi}";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        build(path(Self::PATH, [self.bic.as_str()]), context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::json(response)
    }
}
