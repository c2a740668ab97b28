//! Reading the body of a payment: what every product needs, what one product needs, and what the bank wants on top.

use jiff::civil::Date;
use openpayments_banks::AccountForm;
use openpayments_model::payment::PaymentProduct;
use openpayments_model::{BicFi, Context};
use serde_json::{Map, Value};

use super::fields::{Fields, is_alphanumeric, is_giro, is_iban};
use super::reply::Refusal;
use crate::banks::Bank;
use crate::clock::day_of;
use crate::world::payment::{Service, Transfer};
use crate::world::schedule::{Frequency, Rule, Schedule};

/// The most transfers of one bulk payment. The sandbox's own bound.
const MOST_TRANSFERS: usize = 1000;

/// An instruction that was read and found in order.
#[derive(Clone, Debug)]
pub(super) struct Instruction {
    pub(super) debtor: String,
    pub(super) transfers: Vec<Transfer>,
    pub(super) schedule: Option<Schedule>,
    pub(super) execution: Option<Date>,
    /// What reading the payment gives back.
    pub(super) stored: Value,
    /// Things to warn of: code and text.
    pub(super) warnings: Vec<(&'static str, &'static str)>,
}

/// Reads the body of `product` for a bank.
pub(super) fn read(
    body: &Value,
    service: Service,
    product: PaymentProduct,
    bank: &Bank,
    context: Context,
    today: Date,
) -> Result<Instruction, Refusal> {
    let fields = Fields::of(body)?;
    let paid = Paid { product, bank, context };
    let (_, debtor) = account(&fields.inner("debtorAccount")?, bank.debtor_forms(context, product))?;
    let mut warnings = Vec::new();
    let (mut schedule, mut execution) = (None, None);
    let transfers = match service {
        Service::Single => {
            execution = execution_day(&fields, today)?;
            vec![transfer(&fields, paid, &mut warnings)?]
        }
        Service::Periodic => {
            schedule = Some(read_schedule(&fields, today)?);
            vec![transfer(&fields, paid, &mut warnings)?]
        }
        Service::Bulk => {
            fields.optional_flag("batchBookingPreferred")?;
            execution = bulk_day(&fields, today)?;
            let elements = fields.objects("payments")?.unwrap_or_default();
            if elements.is_empty() || elements.len() > MOST_TRANSFERS {
                return Err(Refusal::format("payments", "1 to 1000 payments"));
            }
            let read = elements.iter().map(|element| transfer(element, paid, &mut warnings));
            read.collect::<Result<_, _>>()?
        }
    };
    Ok(Instruction {
        debtor,
        transfers,
        schedule,
        execution,
        stored: stored(body, service, product),
        warnings,
    })
}

/// By which rails something is paid, at which bank.
#[derive(Clone, Copy)]
struct Paid<'a> {
    product: PaymentProduct,
    bank: &'a Bank,
    context: Context,
}

/// What one creditor gets, and how.
fn transfer(
    fields: &Fields,
    paid: Paid<'_>,
    warnings: &mut Vec<(&'static str, &'static str)>,
) -> Result<Transfer, Refusal> {
    let amount = fields.payable("instructedAmount")?;
    if !currency_fits(amount.currency().as_str(), paid) {
        let path = fields.at("instructedAmount.currency");
        return Err(Refusal::format(&path, "not a currency of this product"));
    }
    let creditor_name = fields.text("creditorName", 70)?.to_owned();
    let agent = fields.optional_text("creditorAgent", 11)?.unwrap_or_default();
    if !agent.is_empty() && BicFi::parse(agent).is_err() {
        return Err(Refusal::format(&fields.at("creditorAgent"), "not a BIC"));
    }
    fields.optional_text("creditorAgentName", 70)?;
    let reference = fields.optional_text("endToEndIdentification", 35)?.map(str::to_owned);
    let ((creditor_kind, creditor), text) = if paid.product == PaymentProduct::SwedishGiro {
        giro(fields, warnings)?
    } else {
        to_account(fields, paid, agent)?
    };
    Ok(Transfer { creditor, creditor_kind, creditor_name, amount, text, reference })
}

/// When a periodic payment is made.
fn read_schedule(fields: &Fields, today: Date) -> Result<Schedule, Refusal> {
    let start = fields.date("startDate")?;
    if start < today {
        return Err(Refusal::bad("EXECUTION_DATE_INVALID", "startDate", "the day has passed"));
    }
    let end = fields.optional_date("endDate")?;
    if end.is_some_and(|end| end < start) {
        return Err(Refusal::bad("PERIOD_INVALID", "endDate", "before startDate"));
    }
    let frequency_word = fields.text("frequency", 20)?;
    let unknown = Refusal::format("frequency", "Daily, Weekly, EveryTwoWeeks, Monthly and so on");
    let frequency = Frequency::parse(frequency_word).ok_or(unknown)?;
    let rule = match fields.optional_text("executionRule", 20)? {
        None => None,
        Some(word) => {
            Some(Rule::parse(word).ok_or(Refusal::format("executionRule", "following or preceding"))?)
        }
    };
    let day = match fields.optional_text("dayOfExecution", 2)? {
        None => None,
        Some(text) => {
            let day = text.parse().ok().filter(|day: &i8| (1..=31).contains(day) && day.to_string() == text);
            Some(day.ok_or(Refusal::format("dayOfExecution", "1 to 31, without a leading zero"))?)
        }
    };
    let schedule = Schedule {
        start,
        end,
        frequency,
        frequency_word: frequency_word.to_owned(),
        rule,
        day,
        next: 0,
        paid: 0,
    };
    if schedule.next_day().is_none() {
        return Err(Refusal::bad("PERIOD_INVALID", "endDate", "before the first payment"));
    }
    Ok(schedule)
}

/// A bulk payment names a day or a moment; the day counts.
fn bulk_day(fields: &Fields, today: Date) -> Result<Option<Date>, Refusal> {
    let moment = match fields.optional_text("requestedExecutionTime", 40)? {
        None => None,
        Some(text) => {
            let moment = text.parse::<jiff::Timestamp>();
            Some(
                moment
                    .map_err(|_| Refusal::format("requestedExecutionTime", "a date and a time with zone"))?,
            )
        }
    };
    if let Some(day) = execution_day(fields, today)? {
        return Ok(Some(day));
    }
    let day = moment.map(day_of);
    if day.is_some_and(|day| day < today) {
        let text = "the moment has passed";
        return Err(Refusal::bad("EXECUTION_DATE_INVALID", "requestedExecutionTime", text));
    }
    Ok(day)
}

/// Euro goes by SEPA; domestic is the country's own money; giro is a matter of kronor (and euro, at Bankgirot).
fn currency_fits(currency: &str, Paid { product, bank, context }: Paid<'_>) -> bool {
    let known = bank.currencies(context, product);
    let fits_bank = known.is_none_or(|known| known.iter().any(|it| it.as_str() == currency));
    let fits_product = match product {
        PaymentProduct::SepaCreditTransfers => currency == "EUR",
        PaymentProduct::Domestic => known.is_some() || currency == bank.account_currency(),
        PaymentProduct::SwedishGiro => matches!(currency, "SEK" | "EUR"),
        _ => true,
    };
    fits_bank && fits_product
}

fn execution_day(fields: &Fields, today: Date) -> Result<Option<Date>, Refusal> {
    let day = fields.optional_date("requestedExecutionDate")?;
    if day.is_some_and(|day| day < today) {
        return Err(Refusal::bad("EXECUTION_DATE_INVALID", "requestedExecutionDate", "the day has passed"));
    }
    Ok(day)
}

/// What kind of number an account is known by, as transactions name it, and the number.
type Account = (&'static str, String);

/// The account, in one of the forms the bank takes; in any where that is not known.
fn account(reference: &Fields, forms: Option<&[AccountForm]>) -> Result<Account, Refusal> {
    let refuse = |name: &str, text| Err(Refusal::format(&reference.at(name), text));
    let number =
        |name: &'static str| reference.optional_text(name, 35).map(|text| text.map(|text| (name, text)));
    let given = [number("iban")?, number("bban")?, number("plusgiroNumber")?, number("bankgiroNumber")?];
    let given: Vec<(&'static str, &str)> = given.into_iter().flatten().collect();
    let [(name, text)] = given.as_slice() else {
        return refuse("iban", "exactly one account number is required");
    };
    let well_formed = match *name {
        "iban" => is_iban(text),
        "bban" => is_alphanumeric(text, 30),
        _ => is_giro(text),
    };
    if !well_formed {
        return refuse(name, "not an account number of this kind");
    }
    let clearing = reference.optional_text("clearingNumber", 5)?;
    if clearing.is_some_and(|clearing| clearing.is_empty() || !clearing.bytes().all(|b| b.is_ascii_digit())) {
        return refuse("clearingNumber", "1 to 5 digits");
    }
    let has_clearing = clearing.is_some();
    if forms.is_none_or(|forms| forms.iter().any(|form| form.is(name, has_clearing))) {
        // Transactions spell the giros' names otherwise than payments.
        let kind = match *name {
            "plusgiroNumber" => "plusGiro",
            "bankgiroNumber" => "bankGiro",
            name => name,
        };
        Ok((kind, (*text).to_owned()))
    } else {
        refuse(name, "the bank wants this account written in another form")
    }
}

/// What `domestic`, `sepa-credit-transfers` and `international` carry: the creditor's account and the text.
fn to_account(fields: &Fields, paid: Paid<'_>, agent: &str) -> Result<(Account, String), Refusal> {
    let Paid { product, bank, context } = paid;
    let reference = fields.inner("creditorAccount")?;
    // Abroad, accounts are written as the country there does.
    let usual: Option<&[AccountForm]> = match product {
        PaymentProduct::International => Some(&[AccountForm::Iban, AccountForm::Bban]),
        PaymentProduct::SepaCreditTransfers => Some(&[AccountForm::Iban]),
        _ => None,
    };
    let creditor = account(&reference, bank.creditor_forms(context, product).or(usual))?;
    if fields.any("creditorAddress").is_some() {
        let address = fields.inner("creditorAddress")?;
        let country = address.text("country", 2)?;
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(Refusal::format(&address.at("country"), "two capital letters"));
        }
    } else if bank.wants_address_abroad(context, product) && is_abroad(&creditor.1, bank) {
        return Err(Refusal::format(
            &fields.at("creditorAddress"),
            "required for a creditor in another country",
        ));
    }
    let longest = bank.longest_remittance(context, product, agent);
    let text = fields.optional_text("remittanceInformationUnstructured", longest)?.unwrap_or_default();
    Ok((creditor, text.to_owned()))
}

/// Whether an account written as an IBAN is in another country than the bank.
fn is_abroad(number: &str, bank: &Bank) -> bool {
    is_iban(number) && !number.starts_with(bank.country())
}

/// What `swedish-giro` carries: the giro number and the reference.
fn giro(
    fields: &Fields,
    warnings: &mut Vec<(&'static str, &'static str)>,
) -> Result<(Account, String), Refusal> {
    let giro = fields.inner("creditorGiro")?;
    let number = giro.text("giroNumber", 35)?;
    if !is_giro(number) {
        return Err(Refusal::format("creditorGiro.giroNumber", "5 to 35 digits and hyphens"));
    }
    let kind = match giro.text("giroType", 8)? {
        "BANKGIRO" => "bankGiro",
        "PLUSGIRO" => "plusGiro",
        _ => return Err(Refusal::format("creditorGiro.giroType", "BANKGIRO or PLUSGIRO")),
    };
    for name in ["debtorAccountMessage", "creditorAccountMessage"] {
        fields.optional_text(name, 140)?;
    }
    let reference = match (fields.optional_text("ocrRef", 140)?, fields.optional_text("invoiceRef", 140)?) {
        (Some(ocr), None) if ocr.len() >= 5 && ocr.bytes().all(|b| b.is_ascii_digit()) => {
            if !passes_luhn(ocr) {
                warnings.push(("WARNING", "the OCR reference has a wrong check digit"));
            }
            ocr
        }
        (Some(_), None) => return Err(Refusal::format("ocrRef", "5 to 140 digits")),
        (None, Some(invoice)) if invoice.chars().count() >= 5 => invoice,
        (None, Some(_)) => return Err(Refusal::format("invoiceRef", "5 to 140 characters")),
        _ => return Err(Refusal::format("ocrRef", "exactly one of ocrRef and invoiceRef")),
    };
    Ok(((kind, number.to_owned()), reference.to_owned()))
}

/// Modulus 10 over all digits, the check digit last.
fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(at, digit)| match digit * if at % 2 == 1 { 2 } else { 1 } {
            two @ 10.. => two - 9,
            one => one,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The members a read gives back; the giro's own are missing from it on the real platform too.
fn stored(body: &Value, service: Service, product: PaymentProduct) -> Value {
    const TRANSFER: &[&str] = &[
        "instructedAmount",
        "creditorAccount",
        "creditorName",
        "creditorAgent",
        "creditorAgentName",
        "creditorAddress",
        "endToEndIdentification",
        "remittanceInformationUnstructured",
    ];
    const SINGLE: &[&str] = &[
        "debtorAccount",
        "requestedExecutionDate",
        "debtorAccountMessage",
        "creditorAccountMessage",
        "remittanceInformationStructured",
    ];
    const PERIODIC: &[&str] =
        &["debtorAccount", "startDate", "endDate", "executionRule", "frequency", "dayOfExecution"];
    const BULK: &[&str] =
        &["debtorAccount", "batchBookingPreferred", "requestedExecutionDate", "requestedExecutionTime"];
    match service {
        Service::Single => {
            let mut members = kept(body, &[TRANSFER, SINGLE]);
            if product == PaymentProduct::SwedishGiro {
                members.extend(giro_account(body));
            }
            Value::Object(members)
        }
        Service::Periodic => Value::Object(kept(body, &[TRANSFER, PERIODIC])),
        Service::Bulk => {
            let mut members = kept(body, &[BULK]);
            let elements = body.get("payments").and_then(Value::as_array).into_iter().flatten();
            let elements = elements.map(|element| Value::Object(kept(element, &[TRANSFER])));
            members.insert("payments".to_owned(), elements.collect());
            Value::Object(members)
        }
    }
}

/// The giro number as the creditor's account, which every read carries; it has no giro member of its own.
fn giro_account(body: &Value) -> Option<(String, Value)> {
    let giro = body.get("creditorGiro")?;
    let name = match giro.get("giroType")?.as_str()? {
        "PLUSGIRO" => "plusgiroNumber",
        _ => "bankgiroNumber",
    };
    let mut account = Map::new();
    account.insert(name.to_owned(), giro.get("giroNumber")?.clone());
    Some(("creditorAccount".to_owned(), Value::Object(account)))
}

/// The named members of an object.
fn kept(object: &Value, names: &[&[&str]]) -> Map<String, Value> {
    let is_kept = |name: &String| names.iter().any(|list| list.contains(&name.as_str()));
    let members = object.as_object().into_iter().flatten();
    let members = members.filter(|(name, value)| is_kept(name) && !value.is_null());
    members.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_ocr_references_are_modulus_ten() {
        assert!(passes_luhn("1234567897"));
        assert!(!passes_luhn("1234567890"));
    }
}
