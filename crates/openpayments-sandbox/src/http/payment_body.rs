//! Reading the body of a payment: what every product needs, what one product needs, and what the bank wants on top.

use jiff::civil::Date;
use openpayments_model::{Amount, BicFi, Context};
use serde_json::{Map, Value, json};

use super::fields::{Fields, is_alphanumeric, is_giro, is_iban};
use super::reply::Refusal;
use crate::banks::{AccountForm, Profile};

/// An instruction that was read and found in order.
#[derive(Clone, Debug)]
pub(super) struct Instruction {
    pub(super) debtor: String,
    pub(super) creditor: String,
    pub(super) creditor_name: String,
    pub(super) amount: Amount,
    pub(super) text: String,
    pub(super) execution: Option<Date>,
    /// What reading the payment gives back.
    pub(super) stored: Value,
    /// Things to warn of: code and text.
    pub(super) warnings: Vec<(&'static str, &'static str)>,
}

/// Reads the body of `product` for a bank.
pub(super) fn read(
    body: &Value,
    product: &str,
    bank: &Profile,
    context: Context,
    today: Date,
) -> Result<Instruction, Refusal> {
    let fields = Fields::of(body)?;
    let amount = fields.payable("instructedAmount")?;
    check_currency(amount.currency().as_str(), product, bank)?;
    let debtor_forms = match context {
        Context::Private => bank.debtor_forms,
        Context::Corporate => bank.corporate_debtor_forms,
    };
    let debtor = account(&fields.inner("debtorAccount")?, debtor_forms)?;
    let creditor_name = fields.text("creditorName", 70)?.to_owned();
    if let Some(bic) = fields.optional_text("creditorAgent", 11)?
        && BicFi::parse(bic).is_err()
    {
        return Err(Refusal::format("creditorAgent", "not a BIC"));
    }
    fields.optional_text("endToEndIdentification", 35)?;
    let execution = execution(&fields, today)?;
    let mut warnings = Vec::new();
    let (creditor, text) = if product == "swedish-giro" {
        giro(&fields, &mut warnings)?
    } else {
        transfer(&fields, product, bank)?
    };
    Ok(Instruction {
        debtor,
        creditor,
        creditor_name,
        amount,
        text,
        execution,
        stored: stored(body),
        warnings,
    })
}

/// Euro goes by SEPA; domestic is the country's own money; giro is a matter of kronor (and euro, at Bankgirot).
fn check_currency(currency: &str, product: &str, bank: &Profile) -> Result<(), Refusal> {
    let fits = match product {
        "sepa-credit-transfers" => currency == "EUR",
        // Danske's sandbox has British accounts only and pays in their currency.
        "domestic" => currency == bank.currency || currency == "SEK" && bank.country == "SE",
        "swedish-giro" => matches!(currency, "SEK" | "EUR"),
        _ => true,
    };
    if fits {
        Ok(())
    } else {
        Err(Refusal::format("instructedAmount.currency", "not a currency of this product"))
    }
}

fn execution(fields: &Fields, today: Date) -> Result<Option<Date>, Refusal> {
    let day = fields.optional_date("requestedExecutionDate")?;
    if day.is_some_and(|day| day < today) {
        return Err(Refusal::bad("EXECUTION_DATE_INVALID", "requestedExecutionDate", "the day has passed"));
    }
    Ok(day)
}

/// The account's number, in one of the forms the bank takes.
fn account(reference: &Fields, forms: &[AccountForm]) -> Result<String, Refusal> {
    let refuse = |name: &str, text| Err(Refusal::format(&reference.at(name), text));
    let number =
        |name: &'static str| reference.optional_text(name, 35).map(|text| text.map(|text| (name, text)));
    let given = [number("iban")?, number("bban")?, number("plusgiroNumber")?, number("bankgiroNumber")?];
    let given: Vec<(&str, &str)> = given.into_iter().flatten().collect();
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
    let fits = forms.iter().any(|form| match form {
        AccountForm::Iban => *name == "iban",
        AccountForm::Bban => *name == "bban",
        AccountForm::BbanAndClearing => *name == "bban" && clearing.is_some(),
        AccountForm::Plusgiro => *name == "plusgiroNumber",
    });
    if fits {
        Ok((*text).to_owned())
    } else {
        refuse(name, "the bank wants this account written in another form")
    }
}

/// What `domestic`, `sepa-credit-transfers` and `international` carry: creditor's number and the text.
fn transfer(fields: &Fields, product: &str, bank: &Profile) -> Result<(String, String), Refusal> {
    let reference = fields.inner("creditorAccount")?;
    // Abroad, accounts are written as the country there does.
    let creditor = match product {
        "international" => account(&reference, &[AccountForm::Iban, AccountForm::Bban])?,
        "sepa-credit-transfers" => account(&reference, &[AccountForm::Iban])?,
        _ => account(&reference, bank.creditor_forms)?,
    };
    if fields.any("creditorAddress").is_some() {
        let address = fields.inner("creditorAddress")?;
        let country = address.text("country", 2)?;
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(Refusal::format("creditorAddress.country", "two capital letters"));
        }
    } else if bank.foreign_creditor_needs_address && !creditor.starts_with(bank.country) {
        return Err(Refusal::format("creditorAddress", "required for a creditor in another country"));
    }
    let text = fields.optional_text("remittanceInformationUnstructured", 140)?.unwrap_or_default();
    Ok((creditor, text.to_owned()))
}

/// What `swedish-giro` carries: the giro number and the reference.
fn giro(
    fields: &Fields,
    warnings: &mut Vec<(&'static str, &'static str)>,
) -> Result<(String, String), Refusal> {
    let giro = fields.inner("creditorGiro")?;
    let number = giro.text("giroNumber", 35)?;
    if !is_giro(number) {
        return Err(Refusal::format("creditorGiro.giroNumber", "5 to 35 digits and hyphens"));
    }
    if !matches!(giro.text("giroType", 8)?, "BANKGIRO" | "PLUSGIRO") {
        return Err(Refusal::format("creditorGiro.giroType", "BANKGIRO or PLUSGIRO"));
    }
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
    Ok((number.to_owned(), reference.to_owned()))
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
fn stored(body: &Value) -> Value {
    const KEPT: [&str; 13] = [
        "debtorAccount",
        "instructedAmount",
        "creditorAccount",
        "creditorName",
        "creditorAgent",
        "creditorAgentName",
        "creditorAddress",
        "endToEndIdentification",
        "remittanceInformationUnstructured",
        "requestedExecutionDate",
        "debtorAccountMessage",
        "creditorAccountMessage",
        "remittanceInformationStructured",
    ];
    let members = body.as_object().cloned().unwrap_or_default();
    let kept: Map<_, _> = members.into_iter().filter(|(name, _)| KEPT.contains(&name.as_str())).collect();
    json!(kept)
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
