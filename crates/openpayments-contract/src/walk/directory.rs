//! Countries, cities and banks.

use anyhow::{Context as _, Result};
use openpayments::api::CallContext;
use openpayments::api::directory::{
    Filter, GetAspsp, GetCity, GetCountry, ListAspsps, ListCities, ListCountries,
};
use openpayments::model::Context;
use openpayments::model::identifier::CountryCode;

use super::{Form, SEB, Walk};

impl Walk {
    pub(super) async fn directory(&mut self) -> Result<()> {
        let private = CallContext::directory(Context::Private);
        let corporate = CallContext::directory(Context::Corporate).header("X-Feature-Flags", "made-up")?;
        let sweden = || Filter::default().country("SE");

        self.ask(Form::Minimal, &ListCountries::all(), &private).await?;
        self.ask(Form::Full, &ListCountries::matching(sweden().country("FI")), &corporate).await?;
        self.ask(Form::Minimal, &GetCountry::new(CountryCode::SE), &private).await?;
        self.ask(Form::Full, &GetCountry::new(CountryCode::SE), &corporate).await?;

        let cities = self.ask(Form::Minimal, &ListCities::all(), &private).await?.body;
        self.ask(Form::Full, &ListCities::matching(sweden()), &corporate).await?;
        let city = cities.into_iter().next().context("no city")?.city_id;
        self.ask(Form::Minimal, &GetCity::new(city.clone()), &private).await?;
        self.ask(Form::Full, &GetCity::new(city.clone()), &corporate).await?;

        self.ask(Form::Minimal, &ListAspsps::all(), &private).await?;
        self.ask(Form::Full, &ListAspsps::matching(sweden().city(city)), &corporate).await?;
        self.ask(Form::Minimal, &GetAspsp::new(SEB.parse()?), &private).await?;
        self.ask(Form::Full, &GetAspsp::new(SEB.parse()?), &corporate).await?;
        Ok(())
    }
}
