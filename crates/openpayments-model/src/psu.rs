//! The PSU: the person, or the person acting for a company, whose bank is called.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use rust_decimal::Decimal;

pub use crate::identifier::{CorporateId, PsuId};
use crate::mask::{Hidden, hidden};
use crate::{InvalidValue, Rule};

/// What is known of the PSU and the device; each part becomes a `PSU-…` header on every call of a flow.
///
/// Nothing is made up: what is not set is not sent. `PSU-IP-Address` says that the PSU is present; leave it out on
/// calls that run without anyone there.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Psu {
    id: Option<PsuId>,
    id_type: Option<String>,
    corporate_id: Option<CorporateId>,
    corporate_id_type: Option<String>,
    ip_address: Option<IpAddr>,
    ip_port: Option<u16>,
    user_agent: Option<String>,
    accept: Option<String>,
    accept_charset: Option<String>,
    accept_encoding: Option<String>,
    accept_language: Option<String>,
    http_method: Option<PsuHttpMethod>,
    device_id: Option<uuid::Uuid>,
    geo_location: Option<GeoLocation>,
}

/// The verb of the PSU's request to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PsuHttpMethod {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
}

impl PsuHttpMethod {
    const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Where the PSU is, to six decimals of a degree. `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct GeoLocation {
    latitude: Decimal,
    longitude: Decimal,
}

impl GeoLocation {
    /// Degrees north and east; south and west are negative. More than six decimals are rounded.
    ///
    /// # Errors
    /// [`Rule::Range`] over 90 degrees north or south, or 180 east or west.
    pub fn new(latitude: Decimal, longitude: Decimal) -> Result<Self, InvalidValue> {
        if latitude.abs() > Decimal::from(90) || longitude.abs() > Decimal::from(180) {
            let rule = Rule::Range("at most 90 degrees north or south, 180 east or west");
            return Err(InvalidValue::new("PSU-Geo-Location", rule));
        }
        Ok(Self { latitude, longitude })
    }
}

impl std::str::FromStr for GeoLocation {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let form = || InvalidValue::new("PSU-Geo-Location", Rule::Form("GEO:52.506931;13.144558"));
        let (latitude, longitude) =
            text.strip_prefix("GEO:").and_then(|degrees| degrees.split_once(';')).ok_or_else(form)?;
        let degrees = |text: &str| Decimal::from_str_exact(text).map_err(|_| form());
        Self::new(degrees(latitude)?, degrees(longitude)?)
    }
}

/// `GEO:52.506931;13.144558`.
impl fmt::Display for GeoLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [latitude, longitude] = [self.latitude, self.longitude].map(|degrees| degrees.round_dp(6));
        write!(f, "GEO:{latitude:.6};{longitude:.6}")
    }
}

impl fmt::Debug for GeoLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GeoLocation({Hidden:?})")
    }
}

impl Psu {
    /// A PSU of whom nothing is known yet.
    pub const fn new() -> Self {
        Self {
            id: None,
            id_type: None,
            corporate_id: None,
            corporate_id_type: None,
            ip_address: None,
            ip_port: None,
            user_agent: None,
            accept: None,
            accept_charset: None,
            accept_encoding: None,
            accept_language: None,
            http_method: None,
            device_id: None,
            geo_location: None,
        }
    }

    /// Sets the id at the bank (`PSU-ID`).
    #[must_use]
    pub fn id(mut self, id: PsuId) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the company (`PSU-Corporate-ID`), for the corporate context.
    #[must_use]
    pub fn corporate_id(mut self, id: CorporateId) -> Self {
        self.corporate_id = Some(id);
        self
    }

    /// Sets the PSU's address (`PSU-IP-Address`). An IPv4 address in IPv6 clothes is sent as IPv4.
    #[must_use]
    pub fn ip_address(mut self, address: IpAddr) -> Self {
        self.ip_address = Some(address.to_canonical());
        self
    }

    /// Sets the PSU's port (`PSU-IP-Port`).
    #[must_use]
    pub fn ip_port(mut self, port: u16) -> Self {
        self.ip_port = Some(port);
        self
    }

    /// Sets the installation (`PSU-Device-ID`).
    #[must_use]
    pub fn device_id(mut self, id: uuid::Uuid) -> Self {
        self.device_id = Some(id);
        self
    }

    /// Sets the kind of id (`PSU-ID-Type`), for people with several.
    ///
    /// # Errors
    /// [`Rule::Empty`], [`Rule::Character`] or [`Rule::TooLong`] over 512 bytes, as for every header text here.
    pub fn id_type(mut self, text: &str) -> Result<Self, InvalidValue> {
        self.id_type = Some(header_text("PSU-ID-Type", text)?);
        Ok(self)
    }

    /// Sets the kind of company id (`PSU-Corporate-ID-Type`).
    ///
    /// # Errors
    /// As [`Psu::id_type`].
    pub fn corporate_id_type(mut self, text: &str) -> Result<Self, InvalidValue> {
        self.corporate_id_type = Some(header_text("PSU-Corporate-ID-Type", text)?);
        Ok(self)
    }

    /// Sets the PSU's browser (`PSU-User-Agent`); Swedbank requires it.
    ///
    /// # Errors
    /// As [`Psu::id_type`].
    pub fn user_agent(mut self, text: &str) -> Result<Self, InvalidValue> {
        self.user_agent = Some(header_text("PSU-User-Agent", text)?);
        Ok(self)
    }

    /// Sets the `Accept` of the PSU's browser (`PSU-Accept`).
    ///
    /// # Errors
    /// As [`Psu::id_type`].
    pub fn accept(mut self, text: &str) -> Result<Self, InvalidValue> {
        self.accept = Some(header_text("PSU-Accept", text)?);
        Ok(self)
    }

    /// Sets the PSU's languages (`PSU-Accept-Language`).
    ///
    /// # Errors
    /// As [`Psu::id_type`].
    pub fn accept_language(mut self, text: &str) -> Result<Self, InvalidValue> {
        self.accept_language = Some(header_text("PSU-Accept-Language", text)?);
        Ok(self)
    }

    /// Sets the character sets of the PSU's browser (`PSU-Accept-Charset`).
    ///
    /// # Errors
    /// As [`Psu::id_type`].
    pub fn accept_charset(mut self, text: &str) -> Result<Self, InvalidValue> {
        self.accept_charset = Some(header_text("PSU-Accept-Charset", text)?);
        Ok(self)
    }

    /// Sets the encodings of the PSU's browser (`PSU-Accept-Encoding`).
    ///
    /// # Errors
    /// As [`Psu::id_type`].
    pub fn accept_encoding(mut self, text: &str) -> Result<Self, InvalidValue> {
        self.accept_encoding = Some(header_text("PSU-Accept-Encoding", text)?);
        Ok(self)
    }

    /// Sets the verb of the PSU's request to us (`PSU-Http-Method`); Swedbank required it once.
    #[must_use]
    pub fn http_method(mut self, method: PsuHttpMethod) -> Self {
        self.http_method = Some(method);
        self
    }

    /// Sets where the PSU is (`PSU-Geo-Location`).
    #[must_use]
    pub fn geo_location(mut self, location: GeoLocation) -> Self {
        self.geo_location = Some(location);
        self
    }

    /// Whether the PSU's address is known, which tells the bank that the PSU is present.
    pub fn is_present(&self) -> bool {
        self.ip_address.is_some()
    }

    /// The headers, name and value, for what is set.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, Cow<'_, str>)> {
        [
            kept("psu-id", self.id.as_ref().map(PsuId::expose)),
            kept("psu-id-type", self.id_type.as_deref()),
            kept("psu-corporate-id", self.corporate_id.as_ref().map(CorporateId::expose)),
            kept("psu-corporate-id-type", self.corporate_id_type.as_deref()),
            written("psu-ip-address", self.ip_address),
            written("psu-ip-port", self.ip_port),
            kept("psu-user-agent", self.user_agent.as_deref()),
            kept("psu-accept", self.accept.as_deref()),
            kept("psu-accept-charset", self.accept_charset.as_deref()),
            kept("psu-accept-encoding", self.accept_encoding.as_deref()),
            kept("psu-accept-language", self.accept_language.as_deref()),
            kept("psu-http-method", self.http_method.map(PsuHttpMethod::as_str)),
            written("psu-device-id", self.device_id),
            written("psu-geo-location", self.geo_location),
        ]
        .into_iter()
        .flatten()
    }
}

impl Psu {
    /// Takes one of [`headers`](Self::headers) back, as when a session that was put away is read.
    ///
    /// # Errors
    /// [`InvalidValue`] naming the header, also for one that says nothing of a PSU.
    pub fn with_header(self, name: &str, value: &str) -> Result<Self, InvalidValue> {
        let form = |field, form| InvalidValue::new(field, Rule::Form(form));
        match name {
            "psu-id" => Ok(self.id(PsuId::parse(value)?)),
            "psu-id-type" => self.id_type(value),
            "psu-corporate-id" => Ok(self.corporate_id(CorporateId::parse(value)?)),
            "psu-corporate-id-type" => self.corporate_id_type(value),
            "psu-ip-address" => {
                Ok(self.ip_address(value.parse().map_err(|_| form("PSU-IP-Address", "192.0.2.7"))?))
            }
            "psu-ip-port" => Ok(self.ip_port(value.parse().map_err(|_| form("PSU-IP-Port", "0 to 65535"))?)),
            "psu-user-agent" => self.user_agent(value),
            "psu-accept" => self.accept(value),
            "psu-accept-charset" => self.accept_charset(value),
            "psu-accept-encoding" => self.accept_encoding(value),
            "psu-accept-language" => self.accept_language(value),
            "psu-http-method" => {
                let method = PsuHttpMethod::ALL.into_iter().find(|method| method.as_str() == value);
                Ok(self
                    .http_method(method.ok_or(form("PSU-Http-Method", "GET, POST, PUT, PATCH or DELETE"))?))
            }
            "psu-device-id" => {
                Ok(self.device_id(value.parse().map_err(|_| form("PSU-Device-ID", "a UUID"))?))
            }
            "psu-geo-location" => Ok(self.geo_location(value.parse()?)),
            _ => Err(form("PSU header", "PSU-ID")),
        }
    }
}

/// A header whose value is kept as it is sent.
fn kept<'a>(name: &'static str, value: Option<&'a str>) -> Option<(&'static str, Cow<'a, str>)> {
    value.map(|value| (name, Cow::Borrowed(value)))
}

/// A header whose value is written for each call.
fn written<'a>(name: &'static str, value: Option<impl fmt::Display>) -> Option<(&'static str, Cow<'a, str>)> {
    value.map(|value| (name, Cow::Owned(value.to_string())))
}

impl fmt::Debug for Psu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Psu")
            .field("id", &self.id)
            .field("corporate_id", &self.corporate_id)
            .field("ip_address", &hidden(self.ip_address.as_ref()))
            .field("user_agent", &hidden(self.user_agent.as_ref()))
            .finish_non_exhaustive()
    }
}

/// What can stand in a header: visible ASCII and blanks, at most 512 bytes.
fn header_text(field: &'static str, text: &str) -> Result<String, InvalidValue> {
    match text.len() {
        _ if text.trim().is_empty() => Err(InvalidValue::new(field, Rule::Empty)),
        513.. => Err(InvalidValue::new(field, Rule::TooLong(512))),
        _ if text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') => Ok(text.to_owned()),
        _ => Err(InvalidValue::new(field, Rule::Character)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i018_i020_i021_header_values_are_visible_ascii_and_short() {
        for text in ["x\r\nX-Evil: 1", "\n", "a\0", "\u{7f}", "Åsa", "🦊", &"x".repeat(16_384)] {
            assert!(Psu::new().user_agent(text).is_err());
            assert!(PsuId::parse(text).is_err());
        }
    }

    #[test]
    fn i019_a_mapped_address_is_sent_as_ipv4() {
        let psu = Psu::new().ip_address("::ffff:192.0.2.7".parse().unwrap());
        assert_eq!(psu.headers().collect::<Vec<_>>(), [("psu-ip-address", "192.0.2.7".into())]);
    }

    #[test]
    fn whatever_is_sent_of_a_psu_can_be_read_back() {
        let full = Psu::new()
            .id(PsuId::parse("199311219639").unwrap())
            .corporate_id(CorporateId::parse("5560160680").unwrap())
            .ip_address("2001:db8::7".parse().unwrap())
            .ip_port(443)
            .device_id(uuid::Uuid::nil())
            .http_method(PsuHttpMethod::Patch)
            .geo_location("GEO:-52.506931;13.144558".parse().unwrap());
        let full = full.id_type("a").unwrap().corporate_id_type("b").unwrap().user_agent("c").unwrap();
        let full = full.accept("d").unwrap().accept_charset("e").unwrap().accept_encoding("f").unwrap();
        let full = full.accept_language("sv").unwrap();
        let back = full.headers().try_fold(Psu::new(), |psu, (name, value)| psu.with_header(name, &value));
        assert_eq!(full.headers().count(), 14);
        assert!(back.unwrap() == full);
        assert!(Psu::new().with_header("x-bicfi", "ESSESESS").is_err());
    }

    #[test]
    fn a_place_is_written_with_six_decimals() {
        let degrees = |text: &str| text.parse::<Decimal>().unwrap();
        let place = GeoLocation::new(degrees("52.5069312"), degrees("-13.1")).unwrap();
        assert_eq!(place.to_string(), "GEO:52.506931;-13.100000");
        assert!(GeoLocation::new(degrees("90.1"), degrees("0")).is_err());
        assert!(GeoLocation::new(degrees("0"), degrees("180.1")).is_err());
        let psu = Psu::new().geo_location(place).http_method(PsuHttpMethod::Get);
        assert_eq!(psu.headers().count(), 2);
        assert!(!format!("{psu:?} {place:?}").contains("52"));
    }
}
