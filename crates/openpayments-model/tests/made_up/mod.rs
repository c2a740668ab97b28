//! Made-up JSON in the shape of the platform's, and out of shape: one number gives one text, so that a failing case is
//! told by its number.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fmt::Write;

/// A stream of numbers (SplitMix64).
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    fn word(&mut self, all: &[&'static str]) -> &'static str {
        all[self.below(all.len())]
    }

    /// One of them.
    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let at = self.below(all.len());
        &all[at]
    }
}

/// What a member holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Text,
    Id,
    Day,
    Time,
    Truth,
    Whole,
    Currency,
    Amount,
    Country,
    Bic,
    Word(&'static [&'static str]),
    Links,
    Messages,
    Object(&'static [(&'static str, Kind)]),
    List(&'static [(&'static str, Kind)]),
    Ids,
    Challenge,
}

const TEXTS: &[&str] = &[
    r#""""#,
    r#"" ""#,
    r#""Made-up Shop""#,
    r#""å🦊\u0000""#,
    r#""\u202e""#,
    r#""2026-11-02""#,
    r#""tab\there""#,
    r#""quote\"""#,
    r#""a/b""#,
    r#""null""#,
];
const DAYS: &[&str] = &[r#""2026-11-02""#, r#""2024-02-29""#, r#""0001-01-01""#, r#""9999-12-31""#];
const ODD: &[&str] = &[
    "null",
    "true",
    "-7",
    "1.5",
    "1e400",
    "\"\"",
    "\"2024-02-30\"",
    "\"0000-00-00\"",
    "\"2026-11-02Z\"",
    "\"x\"",
    "[]",
    "{}",
    "[[1]]",
    "{\"a\":{\"b\":[null]}}",
];

/// How often something odd stands where it should not: one in this many.
#[derive(Clone, Copy)]
pub(crate) struct Odds(pub(crate) usize);

/// A text of JSON with these members; most of them are there.
pub(crate) fn object(draw: &mut Draw, odds: Odds, members: &[(&str, Kind)]) -> String {
    let mut json = String::with_capacity(512);
    put_object(&mut json, draw, odds, members);
    json
}

fn put_object(json: &mut String, draw: &mut Draw, odds: Odds, members: &[(&str, Kind)]) {
    json.push('{');
    for (name, kind) in members {
        if odds.0 > 0 && draw.below(6) == 0 {
            continue;
        }
        separate(json);
        json.push('"');
        json.push_str(name);
        json.push_str("\":");
        put(json, draw, odds, *kind);
    }
    if draw.below(3) == 0 {
        separate(json);
        let name = draw.one_of(&["ourOwn1", "ourOwn2"]);
        write!(json, "\"{name}\":{}", draw.one_of(&["1", "\"x\"", "[{}]", "{\"a\":[1,null]}"])).unwrap();
    }
    json.push('}');
}

fn separate(json: &mut String) {
    if !json.ends_with(['{', '[']) {
        json.push(',');
    }
}

const CURRENCIES: &[&str] = &["\"SEK\"", "\"EUR\"", "\"XXX\"", "\"JPY\""];
const AMOUNTS: &[&str] =
    &["\"1.50\"", "\"-12\"", "7", "-0.10", "123456789012345678.91", "\"0.001\"", "\"-0\""];
const LINKS: &[&str] = &[
    r#"{"self":{"href":"/psd2/x"}}"#,
    r#"{"account":"/psd2/x","next":null,"b":{"href":""},"a":{"href":"/y"}}"#,
    "{}",
    "null",
];
const MESSAGES: &[&str] = &[
    r#"[{"category":"WARNING","code":"WARNING","text":"x"}]"#,
    r#"[{"category":"ERROR","code":"FORMAT_ERROR","path":"a"},7]"#,
    "[]",
    "null",
    r#"{"code":"X"}"#,
];

fn put(json: &mut String, draw: &mut Draw, odds: Odds, kind: Kind) {
    if odds.0 > 0 && draw.below(odds.0) == 0 {
        json.push_str(draw.word(ODD));
        return;
    }
    let plain: &[&str] = match kind {
        Kind::Text => TEXTS,
        Kind::Day => DAYS,
        Kind::Id => &["\"id-1\"", "\"id-2\"", "\"id/3\""],
        Kind::Time => &["\"2026-11-02T10:00:00Z\"", "\"2026-11-02T10:00:00\""],
        Kind::Truth => &["true", "false", "\"True\"", "\"false\""],
        Kind::Whole => &["0", "4", "\"4\"", "100"],
        Kind::Currency => CURRENCIES,
        Kind::Country => &["\"SE\""],
        Kind::Bic => &["\"ESSESESS\""],
        Kind::Links => LINKS,
        Kind::Messages => MESSAGES,
        Kind::Ids => &[r#"["a","b"]"#, "[]", r#"["a"]"#],
        Kind::Challenge => &[r#"{"data":["t"]}"#, r#"{"data":"t","image":"iVBORw0KGgo="}"#, "{}"],
        Kind::Amount => {
            json.push_str("{\"currency\":");
            json.push_str(draw.word(CURRENCIES));
            json.push_str(",\"amount\":");
            json.push_str(draw.word(AMOUNTS));
            json.push('}');
            return;
        }
        Kind::Word(words) => {
            let word = match draw.below(words.len() + 1) {
                0 => "brandNew",
                at => words[at - 1],
            };
            write!(json, "\"{word}\"").unwrap();
            return;
        }
        Kind::Object(members) => return put_object(json, draw, odds, members),
        Kind::List(members) => {
            json.push('[');
            for _ in 0..draw.below(3) {
                separate(json);
                put_object(json, draw, odds, members);
            }
            json.push(']');
            return;
        }
    };
    json.push_str(draw.word(plain));
}

/// Spoils a text: cuts it, doubles a part of it, or changes a byte.
pub(crate) fn spoil(draw: &mut Draw, text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=draw.below(3) {
        if bytes.is_empty() {
            break;
        }
        let at = draw.below(bytes.len());
        match draw.below(5) {
            0 => bytes.truncate(at),
            1 => bytes[at] = *draw.one_of(b"{}[]\",:\\0e-\x00\xff"),
            2 => bytes.insert(at, *draw.one_of(b"{}[]\",:\\0e-\x00\xff")),
            3 => {
                bytes.remove(at);
            }
            _ => {
                let part = bytes.split_off(at);
                bytes.extend_from_slice(&part);
                bytes.extend_from_slice(&part);
            }
        }
    }
    bytes
}

type Members = &'static [(&'static str, Kind)];

pub(crate) const REFERENCE: Members = &[
    ("iban", Kind::Text),
    ("bban", Kind::Text),
    ("pan", Kind::Text),
    ("maskedPan", Kind::Text),
    ("msisdn", Kind::Text),
    ("clearingNumber", Kind::Text),
    ("currency", Kind::Currency),
];
pub(crate) const WITH_GIRO: Members = &[
    ("iban", Kind::Text),
    ("bankgiroNumber", Kind::Text),
    ("plusgiroNumber", Kind::Text),
    ("msisdn", Kind::Text),
    ("clearingNumber", Kind::Text),
    ("currency", Kind::Currency),
];
pub(crate) const CREDITOR: Members =
    &[("iban", Kind::Text), ("bankGiro", Kind::Text), ("plusGiro", Kind::Text), ("currency", Kind::Currency)];
pub(crate) const BALANCE: Members = &[
    ("balanceAmount", Kind::Amount),
    ("balanceType", Kind::Word(&["expected", "interimAvailable"])),
    ("creditLimitIncluded", Kind::Truth),
    ("lastChangeDateTime", Kind::Time),
    ("referenceDate", Kind::Day),
    ("lastCommittedTransaction", Kind::Text),
    ("clearingNumber", Kind::Text),
];
pub(crate) const ACCOUNT: Members = &[
    ("resourceId", Kind::Id),
    ("currency", Kind::Currency),
    ("iban", Kind::Text),
    ("bban", Kind::Text),
    ("msisdn", Kind::Text),
    ("bankgiroNumber", Kind::Text),
    ("plusgiroNumber", Kind::Text),
    ("name", Kind::Text),
    ("product", Kind::Text),
    ("cashAccountType", Kind::Text),
    ("status", Kind::Word(&["enabled", "blocked"])),
    ("bic", Kind::Bic),
    ("linkedAccounts", Kind::Text),
    ("usage", Kind::Word(&["PRIV", "ORGA"])),
    ("details", Kind::Text),
    ("ownerName", Kind::Text),
    ("balances", Kind::List(BALANCE)),
    ("_links", Kind::Links),
];
pub(crate) const EXCHANGE: Members = &[
    ("sourceCurrency", Kind::Currency),
    ("exchangeRate", Kind::Text),
    ("unitCurrency", Kind::Currency),
    ("targetCurrency", Kind::Currency),
    ("quotationDate", Kind::Day),
    ("contractIdentification", Kind::Text),
];
pub(crate) const TRANSACTION: Members = &[
    ("transactionAmount", Kind::Amount),
    ("transactionId", Kind::Id),
    ("entryReference", Kind::Text),
    ("endToEndId", Kind::Text),
    ("mandateId", Kind::Text),
    ("checkId", Kind::Text),
    ("creditorId", Kind::Text),
    ("bookingDate", Kind::Day),
    ("valueDate", Kind::Day),
    ("currencyExchange", Kind::List(EXCHANGE)),
    ("creditorName", Kind::Text),
    ("creditorAccount", Kind::Object(CREDITOR)),
    ("ultimateCreditor", Kind::Text),
    ("debtorName", Kind::Text),
    ("debtorAccount", Kind::Object(REFERENCE)),
    ("ultimateDebtor", Kind::Text),
    ("remittanceInformationUnstructured", Kind::Text),
    ("remittanceInformationStructured", Kind::Text),
    ("additionalInformation", Kind::Text),
    ("purposeCode", Kind::Word(&["SALA", "TRAD"])),
    ("bankTransactionCode", Kind::Text),
    ("proprietaryBankTransactionCode", Kind::Text),
    ("transactionListId", Kind::Text),
    ("_links", Kind::Links),
];
const REPORT: Members =
    &[("booked", Kind::List(TRANSACTION)), ("pending", Kind::List(TRANSACTION)), ("_links", Kind::Links)];
pub(crate) const PAGE: Members = &[
    ("account", Kind::Object(REFERENCE)),
    ("transactions", Kind::Object(REPORT)),
    ("balances", Kind::List(BALANCE)),
    ("_links", Kind::Links),
];
pub(crate) const BALANCES: Members =
    &[("balances", Kind::List(BALANCE)), ("account", Kind::Object(REFERENCE))];
pub(crate) const ACCESS: Members = &[
    ("accounts", Kind::List(REFERENCE)),
    ("balances", Kind::List(REFERENCE)),
    ("transactions", Kind::List(REFERENCE)),
    ("availableAccounts", Kind::Word(&["allAccounts"])),
    ("allPsd2", Kind::Word(&["allAccounts"])),
];
pub(crate) const CONSENT: Members = &[
    ("consentId", Kind::Id),
    ("access", Kind::Object(ACCESS)),
    ("recurringIndicator", Kind::Truth),
    ("validUntil", Kind::Day),
    ("frequencyPerDay", Kind::Whole),
    ("lastActionDate", Kind::Day),
    ("consentStatus", Kind::Word(&["received", "valid"])),
    ("_links", Kind::Links),
];
const ADDRESS: Members = &[("country", Kind::Country), ("street", Kind::Text), ("city", Kind::Text)];
const REMITTANCE: Members = &[("reference", Kind::Text), ("referenceType", Kind::Text)];
const ENTRY: Members = &[
    ("instructedAmount", Kind::Amount),
    ("creditorAccount", Kind::Object(REFERENCE)),
    ("creditorName", Kind::Text),
    ("creditorAddress", Kind::Object(ADDRESS)),
];
pub(crate) const PAYMENT: Members = &[
    ("transactionStatus", Kind::Word(&["RCVD", "ACSC"])),
    ("debtorAccount", Kind::Object(WITH_GIRO)),
    ("instructedAmount", Kind::Amount),
    ("creditorAccount", Kind::Object(REFERENCE)),
    ("creditorName", Kind::Text),
    ("creditorAgent", Kind::Text),
    ("creditorAddress", Kind::Object(ADDRESS)),
    ("endToEndIdentification", Kind::Text),
    ("remittanceInformationStructured", Kind::Object(REMITTANCE)),
    ("requestedExecutionDate", Kind::Day),
    ("requestedExecutionTime", Kind::Time),
    ("startDate", Kind::Day),
    ("frequency", Kind::Word(&["Monthly"])),
    ("executionRule", Kind::Word(&["following"])),
    ("dayOfExecution", Kind::Text),
    ("payments", Kind::List(ENTRY)),
    ("batchBookingPreferred", Kind::Truth),
    ("tppMessages", Kind::Messages),
];
pub(crate) const BASKET: Members = &[
    ("transactionStatus", Kind::Word(&["RCVD", "PATC"])),
    ("payments", Kind::Ids),
    ("consents", Kind::Ids),
    ("_links", Kind::Links),
    ("tppMessages", Kind::Messages),
];
pub(crate) const STATE: Members =
    &[("transactionStatus", Kind::Word(&["RCVD", "RJCT"])), ("tppMessages", Kind::Messages)];
const METHOD: Members = &[("name", Kind::Text), ("uri", Kind::Text)];
const AFFILIATED: Members = &[("id", Kind::Id), ("name", Kind::Text)];
const CAPABILITIES: Members =
    &[("signingBasketsSupported", Kind::Truth), ("signingBasketLimit", Kind::Whole)];
pub(crate) const ASPSP: Members = &[
    ("bicFi", Kind::Bic),
    ("name", Kind::Text),
    ("logoUrl", Kind::Text),
    ("city", Kind::Text),
    ("globalPaymentProducts", Kind::Ids),
    ("supportedAuthorizationMethods", Kind::List(METHOD)),
    ("affiliatedAspsps", Kind::List(AFFILIATED)),
    ("paymentInitiation", Kind::Object(CAPABILITIES)),
];
pub(crate) const CITY: Members =
    &[("cityId", Kind::Id), ("name", Kind::Text), ("isoCountryCode", Kind::Country), ("countryId", Kind::Id)];
pub(crate) const COUNTRY: Members =
    &[("isoCountryCode", Kind::Country), ("name", Kind::Text), ("id", Kind::Id)];
pub(crate) const SCA_METHOD: Members = &[
    ("authenticationType", Kind::Word(&["PUSH_OTP"])),
    ("authenticationMethodId", Kind::Id),
    ("authenticationVersion", Kind::Text),
    ("name", Kind::Text),
    ("explanation", Kind::Text),
];
/// What creating and authorising answer, all in one: each reader takes what is its own.
pub(crate) const ANSWER: Members = &[
    ("transactionStatus", Kind::Word(&["RCVD"])),
    ("consentStatus", Kind::Word(&["received"])),
    ("scaStatus", Kind::Word(&["received", "finalised"])),
    ("paymentId", Kind::Id),
    ("consentId", Kind::Id),
    ("basketId", Kind::Id),
    ("authorisationId", Kind::Id),
    ("authorisationIds", Kind::Ids),
    ("scaMethods", Kind::List(SCA_METHOD)),
    ("chosenScaMethod", Kind::Object(SCA_METHOD)),
    ("challengeData", Kind::Challenge),
    ("psuMessage", Kind::Text),
    ("_links", Kind::Links),
    ("tppMessages", Kind::Messages),
    ("access_token", Kind::Id),
    ("expires_in", Kind::Whole),
    ("kycUrl", Kind::Text),
    ("countries", Kind::List(COUNTRY)),
    ("cities", Kind::List(CITY)),
    ("aspsps", Kind::List(ASPSP)),
    ("accounts", Kind::List(ACCOUNT)),
];
