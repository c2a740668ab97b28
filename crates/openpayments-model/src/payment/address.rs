//! Where somebody lives.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::InvalidValue;
use crate::identifier::CountryCode;
use crate::invalid::text;

/// A creditor's address. OP in Finland wants it for payments in euro to other countries. `Debug` shows the country.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    street: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    building_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    country: CountryCode,
}

impl Address {
    /// Somewhere in `country`.
    pub fn new(country: CountryCode) -> Self {
        Self { street: None, building_number: None, city: None, postal_code: None, country }
    }

    /// Adds the street, at most 70 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `street`.
    pub fn with_street(mut self, street: impl Into<String>) -> Result<Self, InvalidValue> {
        self.street = Some(text("street", 70, street)?);
        Ok(self)
    }

    /// Adds the number of the building. The standard names no length; 16 characters are let through.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `buildingNumber`.
    pub fn with_building_number(mut self, number: impl Into<String>) -> Result<Self, InvalidValue> {
        self.building_number = Some(text("buildingNumber", 16, number)?);
        Ok(self)
    }

    /// Adds the city. The standard names no length; 70 characters are let through.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `city`.
    pub fn with_city(mut self, city: impl Into<String>) -> Result<Self, InvalidValue> {
        self.city = Some(text("city", 70, city)?);
        Ok(self)
    }

    /// Adds the postal code. The standard names no length; 16 characters are let through.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `postalCode`.
    pub fn with_postal_code(mut self, code: impl Into<String>) -> Result<Self, InvalidValue> {
        self.postal_code = Some(text("postalCode", 16, code)?);
        Ok(self)
    }

    /// The street.
    pub fn street(&self) -> Option<&str> {
        self.street.as_deref()
    }

    /// The number of the building.
    pub fn building_number(&self) -> Option<&str> {
        self.building_number.as_deref()
    }

    /// The city.
    pub fn city(&self) -> Option<&str> {
        self.city.as_deref()
    }

    /// The postal code.
    pub fn postal_code(&self) -> Option<&str> {
        self.postal_code.as_deref()
    }

    /// The country.
    pub fn country(&self) -> CountryCode {
        self.country
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("country", &self.country).finish_non_exhaustive()
    }
}
