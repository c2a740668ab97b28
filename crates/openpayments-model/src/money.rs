//! Money: a currency and an exact decimal. No float anywhere.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::{InvalidValue, Rule};

/// The three letters of ISO 4217, such as `SEK`. Any three capitals are read, also codes newer than this crate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CurrencyCode([u8; 3]);

impl CurrencyCode {
    /// Swedish krona.
    pub const SEK: Self = Self(*b"SEK");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");

    /// Reads three capital letters.
    ///
    /// # Errors
    /// [`Rule::Form`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        match text.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(InvalidValue::new("currency", Rule::Form("SEK"))),
        }
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many decimals the currency has (ISO 4217), where it is known: 2 for SEK, 0 for JPY.
    pub fn decimals(self) -> Option<u32> {
        iso_currency::Currency::from_code(self.as_str())?.exponent().map(u32::from)
    }
}

impl FromStr for CurrencyCode {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::parse(text)
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CurrencyCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CurrencyCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&crate::reading::str(deserializer)?).map_err(|e| crate::reading::refused(&e))
    }
}

/// An amount of money: exact, with the decimals it was written with (`1.50` stays `1.50`).
///
/// On the wire `{"currency":"SEK","amount":"1.50"}`; at most 14 digits before the point and 3 after it
/// (NextGenPSD2 1.3.3, `amount`). A bank's JSON number is read from its digits, never through a float. Read a payment
/// amount that a person typed with [`Amount::parse`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Amount {
    currency: CurrencyCode,
    value: Decimal,
}

impl Amount {
    /// Stands for an amount that is still to come.
    pub(crate) const NOTHING: Self = Self { currency: CurrencyCode::SEK, value: Decimal::ZERO };

    /// An amount of `value` in `currency`; negative is a debit.
    ///
    /// # Errors
    /// [`Rule::Range`] over 14 digits before the point, [`Rule::Decimals`] over 3 after it.
    pub fn new(currency: CurrencyCode, value: Decimal) -> Result<Self, InvalidValue> {
        if value.scale() > 3 {
            return Err(InvalidValue::new("amount", Rule::Decimals));
        }
        if value.abs().trunc() >= Decimal::from(100_000_000_000_000_u64) {
            return Err(InvalidValue::new("amount", Rule::Range("at most 14 digits before the point")));
        }
        Ok(Self { currency, value })
    }

    /// Reads a currency and a decimal such as `-123.50`: a point, no signs but a leading minus, no spaces, no exponent,
    /// no leading zeros.
    ///
    /// # Errors
    /// As [`Amount::new`], and [`Rule::Form`] for any other spelling.
    pub fn parse(currency: &str, value: &str) -> Result<Self, InvalidValue> {
        Self::new(CurrencyCode::parse(currency)?, plain_decimal(value)?)
    }

    /// The currency.
    pub fn currency(&self) -> CurrencyCode {
        self.currency
    }

    /// The exact value.
    pub fn value(&self) -> Decimal {
        self.value
    }

    /// Checks that it can be paid: greater than zero, no more decimals than its currency has.
    ///
    /// # Errors
    /// [`Rule::NotPositive`] or [`Rule::Decimals`]. A currency we do not know passes with 3 decimals.
    pub fn check_payable(&self) -> Result<(), InvalidValue> {
        if self.value <= Decimal::ZERO {
            return Err(InvalidValue::new("instructedAmount", Rule::NotPositive));
        }
        match self.currency.decimals() {
            Some(most) if self.value.scale() > most => {
                Err(InvalidValue::new("instructedAmount", Rule::Decimals))
            }
            // XXX and the like: codes of ISO 4217 without a minor unit are no money one can pay with.
            None if iso_currency::Currency::from_code(self.currency.as_str()).is_some() => {
                Err(InvalidValue::new("currency", Rule::Form("a currency one can pay with")))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// `-?` digits without a leading zero, then at most one point with digits on both sides.
fn plain_decimal(text: &str) -> Result<Decimal, InvalidValue> {
    let refused = || InvalidValue::new("amount", Rule::Form("123.50"));
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || (whole.len() > 1 && whole.starts_with('0')) {
        return Err(refused());
    }
    if whole.len() > 14 {
        return Err(InvalidValue::new("amount", Rule::Range("at most 14 digits before the point")));
    }
    Decimal::from_str_exact(text).map_err(|_| InvalidValue::new("amount", Rule::Decimals))
}

/// A plain decimal that fits 63 bits, as nearly all do, read in one go; none for all else.
fn short_decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let (mut units, mut point) = (0_i64, None);
    for (at, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => units = units.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?,
            b'.' if point.is_none() => point = Some(at),
            _ => return None,
        }
    }
    let scale = match point {
        Some(at) => digits.len() - at - 1,
        None => 0,
    };
    let ends_well = digits.first()?.is_ascii_digit() && digits.last()?.is_ascii_digit();
    // `-0` keeps its sign, which whole numbers do not have.
    if !ends_well || (units == 0 && digits.len() < text.len()) {
        return None;
    }
    let units = if digits.len() < text.len() { -units } else { units };
    Some(Decimal::new(units, u32::try_from(scale).ok()?))
}

/// What a bank may send: a string, or a JSON number by its digits; more decimals than we would send are kept.
fn received_decimal(raw: &RawValue) -> Result<Decimal, &'static str> {
    let text = raw.get();
    let unquoted = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
    if let Some(value) = short_decimal(unquoted) {
        return Ok(value);
    }
    let digits = unquoted.strip_prefix(['-', '+']).unwrap_or(unquoted);
    let plain = !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().filter(|b| *b == b'.').count() <= 1
        && !digits.starts_with('.')
        && !digits.ends_with('.');
    if !plain {
        return Err("not a plain decimal");
    }
    Decimal::from_str_exact(unquoted).map_err(|_| "more digits than can be held exactly")
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.currency)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[derive(Serialize)]
struct Sent<'a> {
    currency: CurrencyCode,
    amount: &'a str,
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Sent { currency: self.currency, amount: &self.value.to_string() }.serialize(serializer)
    }
}

#[derive(Deserialize)]
struct Received<'a> {
    currency: CurrencyCode,
    #[serde(borrow)]
    amount: &'a RawValue,
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let received = Received::deserialize(deserializer)?;
        let value = received_decimal(received.amount).map_err(D::Error::custom)?;
        Ok(Self { currency: received.currency, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn i011_only_an_amount_above_zero_can_be_paid() {
        for text in ["0", "0.00", "-1.50"] {
            let amount = Amount::parse("SEK", text).unwrap();
            assert_eq!(amount.check_payable().unwrap_err().rule(), Rule::NotPositive, "{text}");
        }
        assert!(Amount::parse("SEK", "+1.00").is_err());
    }

    #[test]
    fn i012_only_plain_decimals_are_read() {
        for text in
            ["1,50", "1 000.00", "1e3", ".50", "1.", "NaN", "0x10", "01.00", "", "-", "1.2.3", "１.00"]
        {
            assert!(Amount::parse("SEK", text).is_err(), "{text}");
        }
    }

    #[test]
    fn i013_decimals_follow_the_currency() {
        for (currency, text) in [("SEK", "0.001"), ("JPY", "1.5")] {
            let amount = Amount::parse(currency, text).unwrap();
            assert_eq!(amount.check_payable().unwrap_err().rule(), Rule::Decimals, "{currency} {text}");
        }
        assert_eq!(Amount::parse("SEK", "1.0001").unwrap_err().rule(), Rule::Decimals);
        assert!(Amount::parse("JPY", "1").unwrap().check_payable().is_ok());
    }

    #[test]
    fn i014_fourteen_digits_before_the_point_are_the_most() {
        assert!(Amount::parse("SEK", "99999999999999.99").is_ok());
        assert!(Amount::parse("SEK", "999999999999999.99").is_err());
    }

    #[test]
    fn i015_a_currency_is_three_capitals_one_can_pay_with() {
        for code in ["sek", "SE", "SEKK", "€", ""] {
            assert!(CurrencyCode::parse(code).is_err(), "{code}");
        }
        assert!(Amount::parse("XXX", "1").unwrap().check_payable().is_err());
    }

    #[test]
    fn i065_a_json_number_is_read_from_its_digits() {
        let read = |json: &str| serde_json::from_str::<Amount>(json);
        let exact = read(r#"{"currency":"SEK","amount":123456789012345678.91}"#).unwrap();
        assert_eq!(exact.value().to_string(), "123456789012345678.91");
        assert_eq!(read(r#"{"currency":"SEK","amount":"-1.50"}"#).unwrap().to_string(), "-1.50 SEK");
        for refused in [r#""1,5""#, r#""1.5 ""#, r#""""#, "{}", "1e400", "1E2", "null"] {
            assert!(read(&format!(r#"{{"currency":"SEK","amount":{refused}}}"#)).is_err(), "{refused}");
        }
    }

    #[test]
    fn i062_a_repeated_member_in_money_is_refused() {
        assert!(serde_json::from_str::<Amount>(r#"{"currency":"SEK","amount":"1","amount":"2"}"#).is_err());
    }

    proptest! {
        #[test]
        fn the_short_way_of_reading_gives_what_the_long_one_does(text in "-?[0-9]{0,20}[.]?[0-9]{0,6}") {
            if let Some(short) = short_decimal(&text) {
                let long = Decimal::from_str_exact(&text).unwrap();
                prop_assert_eq!(short.to_string(), long.to_string());
                prop_assert!(!text.ends_with('.') && !text.trim_start_matches('-').starts_with('.'));
            }
        }

        #[test]
        fn what_is_usual_is_read_the_short_way(units in 1_u64..1_000_000_000_000, ore in 0_u8..100) {
            let usual = format!("-{units}.{ore:02}");
            prop_assert!(short_decimal(&usual).is_some());
        }

        #[test]
        fn an_amount_survives_the_wire(units in -99_999_999_999_999_i64..=99_999_999_999_999, scale in 0_u32..=3) {
            let amount = Amount::new(CurrencyCode::SEK, Decimal::new(units, scale)).unwrap();
            let json = serde_json::to_string(&amount).unwrap();
            let back: Amount = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(back.value().to_string(), amount.value().to_string());
        }
    }
}
