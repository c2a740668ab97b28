//! What is to be paid, as the command line says it.

use clap::ValueEnum;
use jiff::civil::Date;
use openpayments::model::identifier::{ClearingNumber, OcrReference};
use openpayments::model::payment::{
    Frequency, GiroReference, InvoiceReference, PaymentProduct, Periodic, SwedishGiroPayment, Transfer,
    TransferProduct,
};
use openpayments::prelude::{Amount, BicFi};

use super::number::Number;
use crate::problem::{OrProblem, Problem};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Product {
    /// Within one country, not in euro.
    Domestic,
    /// In euro within the SEPA area.
    Sepa,
    /// Across borders, in any currency.
    International,
    /// To a Swedish bankgiro or plusgiro number.
    Giro,
}

impl From<Product> for PaymentProduct {
    fn from(product: Product) -> Self {
        match product {
            Product::Domestic => Self::Domestic,
            Product::Sepa => Self::SepaCreditTransfers,
            Product::International => Self::International,
            Product::Giro => Self::SwedishGiro,
        }
    }
}

/// How often a standing order pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Every {
    Day,
    Week,
    TwoWeeks,
    Month,
    TwoMonths,
    Quarter,
    HalfYear,
    Year,
}

impl From<Every> for Frequency {
    fn from(every: Every) -> Self {
        match every {
            Every::Day => Self::Daily,
            Every::Week => Self::Weekly,
            Every::TwoWeeks => Self::EveryTwoWeeks,
            Every::Month => Self::Monthly,
            Every::TwoMonths => Self::EveryTwoMonths,
            Every::Quarter => Self::Quarterly,
            Every::HalfYear => Self::SemiAnnual,
            Every::Year => Self::Annual,
        }
    }
}

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Order {
    /// The account that pays: an IBAN, a domestic number, bg:… or pg:….
    #[arg(long, value_name = "ACCOUNT")]
    from: Number,
    /// The account that is paid: an IBAN or a domestic number; for a giro bg:… or pg:….
    #[arg(long, value_name = "ACCOUNT")]
    to: Number,
    /// How much, such as 125.50.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    amount: String,
    /// The currency; SEK, for SEPA EUR, if it is not given.
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// Who is paid.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The text the creditor sees.
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// A reference of your own that travels with the payment.
    #[arg(long, value_name = "REFERENCE")]
    reference: Option<String>,
    /// The day it is to be executed, if not today.
    #[arg(long, value_name = "DATE", conflicts_with = "every")]
    on: Option<Date>,
    /// The creditor's bank.
    #[arg(long, value_name = "BIC")]
    creditor_bank: Option<BicFi>,
    /// The creditor's clearing number; Handelsbanken wants it.
    #[arg(long, value_name = "NUMBER", value_parser = ClearingNumber::parse)]
    clearing: Option<ClearingNumber>,
    /// The OCR reference of a giro payment.
    #[arg(long, value_name = "DIGITS", conflicts_with = "invoice")]
    ocr: Option<OcrReference>,
    /// The invoice reference of a giro payment, where there is no OCR reference.
    #[arg(long, value_name = "TEXT")]
    invoice: Option<String>,
    /// Make it a standing order that pays so often.
    #[arg(long, value_enum, value_name = "HOW OFTEN")]
    every: Option<Every>,
    /// The first day of the standing order.
    #[arg(long, value_name = "DATE", requires = "every")]
    start: Option<Date>,
    /// The last day of the standing order.
    #[arg(long, value_name = "DATE", requires = "every")]
    until: Option<Date>,
    /// The day of the month on which the standing order pays.
    #[arg(long, value_name = "1-31", requires = "every")]
    day: Option<u8>,
}

impl Order {
    pub(super) fn is_standing(&self) -> bool {
        self.every.is_some()
    }

    /// How much, in the product's usual currency if none is named.
    pub(super) fn amount(&self, product: Product) -> anyhow::Result<Amount> {
        let usual = match product {
            Product::Domestic | Product::Giro => Some("SEK"),
            Product::Sepa => Some("EUR"),
            Product::International => None,
        };
        let currency = self.currency.as_deref().map(str::to_ascii_uppercase);
        let currency = currency.as_deref().or(usual).or_problem(|| {
            Problem::usage("an international payment needs a currency")
                .next("give --currency EUR for example")
        })?;
        Ok(Amount::parse(currency, &self.amount)?)
    }

    /// One payment to an account.
    pub(super) fn transfer<P: TransferProduct>(
        &self,
        amount: Amount,
        today: Date,
    ) -> anyhow::Result<Transfer<P>> {
        self.refuse_giro_words()?;
        let creditor = self.to.account(self.clearing.as_ref())?;
        let mut payment = Transfer::<P>::new(self.from.debtor(), amount, creditor, &self.name)?;
        if let Some(text) = &self.text {
            payment = payment.remittance(text)?;
        }
        if let Some(reference) = &self.reference {
            payment = payment.end_to_end_identification(reference)?;
        }
        if let Some(bank) = &self.creditor_bank {
            payment = payment.creditor_agent(bank.clone());
        }
        if let Some(day) = self.on {
            payment = payment.requested_execution_date(day);
        }
        payment.check_on(today)?;
        Ok(payment)
    }

    /// A standing order.
    pub(super) fn periodic<P: TransferProduct>(
        &self,
        amount: Amount,
        today: Date,
    ) -> anyhow::Result<Periodic<P>> {
        self.refuse_giro_words()?;
        let every = self.every.map_or(Frequency::Monthly, Frequency::from);
        let start = self.start.or_problem(|| {
            Problem::usage("a standing order needs its first day").next("give --start DATE")
        })?;
        let creditor = self.to.account(self.clearing.as_ref())?;
        let mut payment =
            Periodic::<P>::new(self.from.account(None)?, amount, creditor, &self.name, start, every)?;
        if let Some(day) = self.until {
            payment = payment.end_date(day)?;
        }
        if let Some(day) = self.day {
            payment = payment.day_of_execution(day)?;
        }
        if let Some(text) = &self.text {
            payment = payment.remittance(text)?;
        }
        if let Some(reference) = &self.reference {
            payment = payment.end_to_end_identification(reference)?;
        }
        if let Some(bank) = &self.creditor_bank {
            payment = payment.creditor_agent(bank.clone());
        }
        payment.check_on(today)?;
        Ok(payment)
    }

    /// A payment to a giro number.
    pub(super) fn giro(&self, amount: Amount, today: Date) -> anyhow::Result<SwedishGiroPayment> {
        if self.is_standing() {
            return Err(Problem::usage("there are no standing orders to giro numbers").into());
        }
        let reference: GiroReference = match (&self.ocr, &self.invoice) {
            (Some(ocr), _) => ocr.clone().into(),
            (None, Some(invoice)) => InvoiceReference::parse(invoice)?.into(),
            (None, None) => {
                let next = "give --ocr DIGITS, or --invoice TEXT where there is no OCR reference";
                return Err(Problem::usage("a giro payment needs a reference").next(next).into());
            }
        };
        let debtor = self.from.debtor();
        let mut payment = SwedishGiroPayment::new(debtor, amount, self.to.giro()?, &self.name, reference)?;
        if let Some(text) = &self.text {
            payment = payment.creditor_account_message(text)?;
        }
        if let Some(reference) = &self.reference {
            payment = payment.end_to_end_identification(reference)?;
        }
        if let Some(bank) = &self.creditor_bank {
            payment = payment.creditor_agent(bank.clone());
        }
        if let Some(day) = self.on {
            payment = payment.requested_execution_date(day);
        }
        payment.check_on(today)?;
        Ok(payment)
    }

    /// Who is paid.
    pub(super) fn creditor(&self) -> &str {
        &self.name
    }

    fn refuse_giro_words(&self) -> Result<(), Problem> {
        if self.ocr.is_some() || self.invoice.is_some() {
            return Err(Problem::usage("--ocr and --invoice are for giro payments")
                .next("say openpayments payments create giro, or leave them out"));
        }
        Ok(())
    }
}

/// What a bulk payment of the command can be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum BulkProduct {
    /// Within one country, not in euro.
    Domestic,
    /// In euro within the SEPA area.
    Sepa,
    /// Across borders, in any currency.
    International,
}
