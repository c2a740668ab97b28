//! Payments of every product, a cancellation, a basket.

use anyhow::Result;
use jiff::civil::date;
use openpayments::api::CallContext;
use openpayments::api::basket::{CreateBasket, DeleteBasket, GetBasket, GetBasketStatus};
use openpayments::api::payment::{CancelPayment, CreatePayment, GetPayment, GetPaymentStatus};
use openpayments::model::account::AccountReference;
use openpayments::model::basket::BasketOrder;
use openpayments::model::identifier::{Bankgiro, CountryCode, OcrReference};
use openpayments::model::payment::{
    Address, Bulk, BulkEntry, DebtorAccount, Domestic, DomesticPayment, Frequency, InternationalPayment,
    PaymentOrder, PaymentRef, Periodic, SepaCreditTransfer, SwedishGiroPayment,
};
use openpayments::model::{Amount, Iban};

use super::{Form, SEB, SWEDBANK, Walk, full, minimal};

impl Walk {
    pub(super) async fn payments(&mut self) -> Result<()> {
        let (lean, rich) = (minimal(SEB)?, full(SEB)?);
        let payment = self.paid(Form::Minimal, domestic()?, &lean).await?;
        self.wait(600);
        self.ask(Form::Minimal, &GetPaymentStatus::new(payment.clone()), &lean).await?;
        self.ask(Form::Minimal, &GetPayment::new(payment), &lean).await?;

        let whole = domestic()?
            .creditor_agent("SWEDSESS".parse()?)
            .creditor_agent_name("Made-up Bank")?
            .creditor_address(address()?)
            .end_to_end_identification("e-1")?
            .remittance("Invoice 1")?
            .requested_execution_date(date(2026, 11, 24));
        self.paid(Form::Full, whole, &rich).await?;
        for form in [Form::Minimal, Form::Full] {
            let context = if form == Form::Full { &rich } else { &lean };
            self.paid(form, sepa(form)?, context).await?;
            self.paid(form, abroad(form)?, context).await?;
            self.paid(form, giro(form)?, context).await?;
            self.paid(form, standing(form)?, context).await?;
            self.paid(form, bulk(form)?, context).await?;
            self.cancelled(form).await?;
            self.basket(form, context).await?;
        }
        Ok(())
    }

    async fn paid<P>(&mut self, form: Form, payment: P, context: &CallContext) -> Result<PaymentRef>
    where
        P: PaymentOrder + Send + Sync,
    {
        let payment = self.ask(form, &CreatePayment::new(payment), context).await?.body.payment;
        self.ask(form, &GetPaymentStatus::new(payment.clone()), context).await?;
        self.sign(form, &payment, context).await?;
        self.ask(form, &GetPayment::new(payment.clone()), context).await?;
        Ok(payment)
    }

    /// Outright before the signature; with a signature of its own after it.
    async fn cancelled(&mut self, form: Form) -> Result<()> {
        let context = if form == Form::Full { full(SWEDBANK)? } else { minimal(SWEDBANK)? };
        let unsigned = self.ask(form, &CreatePayment::new(domestic()?), &context).await?.body.payment;
        self.ask(form, &CancelPayment::new(unsigned), &context).await?;

        let later = domestic()?.requested_execution_date(date(2026, 11, 30));
        let payment = self.paid(form, later, &context).await?;
        self.ask(form, &CancelPayment::new(payment.clone()), &context).await?;
        self.sign(form, &payment.cancellation(), &context).await
    }

    async fn basket(&mut self, form: Form, context: &CallContext) -> Result<()> {
        let mut payments = Vec::new();
        for _ in 0..2 {
            payments.push(self.ask(form, &CreatePayment::new(domestic()?), context).await?.body.payment.id);
        }
        let order = BasketOrder::of_payments(payments.clone())?;
        let basket = self.ask(form, &CreateBasket::new(order), context).await?.body.basket_id;
        self.ask(form, &GetBasket::new(basket.clone()), context).await?;
        self.ask(form, &GetBasketStatus::new(basket.clone()), context).await?;
        self.ask(form, &DeleteBasket::new(basket), context).await?;

        let order = BasketOrder::of_payments(payments)?;
        let basket = self.ask(form, &CreateBasket::new(order), context).await?.body.basket_id;
        self.sign(form, &basket, context).await
    }
}

pub(super) fn domestic() -> Result<DomesticPayment> {
    Ok(DomesticPayment::new(debtor()?, amount("SEK")?, creditor()?, "Made-up Creditor AB")?)
}

fn sepa(form: Form) -> Result<SepaCreditTransfer> {
    let payment = SepaCreditTransfer::new(debtor()?, amount("EUR")?, finnish()?, "Keksitty Oy")?;
    Ok(if form == Form::Full {
        payment
            .creditor_agent("OKOYFIHH".parse()?)
            .creditor_address(address()?)
            .end_to_end_identification("e-2")?
            .remittance("Invoice 2")?
            .requested_execution_date(date(2026, 11, 24))
    } else {
        payment
    })
}

fn abroad(form: Form) -> Result<InternationalPayment> {
    let payment = InternationalPayment::new(debtor()?, amount("EUR")?, finnish()?, "Keksitty Oy")?;
    Ok(if form == Form::Full {
        payment
            .creditor_agent("OKOYFIHH".parse()?)
            .creditor_agent_name("Keksitty Pankki")?
            .creditor_address(address()?)
            .end_to_end_identification("e-3")?
            .remittance("Invoice 3")?
            .requested_execution_date(date(2026, 11, 24))
    } else {
        payment
    })
}

fn giro(form: Form) -> Result<SwedishGiroPayment> {
    let (to, reference) = (Bankgiro::parse("5805-6201")?, OcrReference::with_check_digit("123456789")?);
    let payment = SwedishGiroPayment::new(debtor()?, amount("SEK")?, to, "Made-up Supplier AB", reference)?;
    Ok(if form == Form::Full {
        payment
            .debtor_account_message("Invoice 4")?
            .creditor_account_message("Invoice 4")?
            .end_to_end_identification("e-4")?
            .requested_execution_date(date(2026, 11, 24))
    } else {
        payment
    })
}

fn standing(form: Form) -> Result<Periodic<Domestic>> {
    let (from, to, first) = (AccountReference::iban(&ours()?), creditor()?, date(2026, 11, 24));
    let payment = Periodic::new(from, amount("SEK")?, to, "Made-up Landlord", first, Frequency::Monthly)?;
    Ok(if form == Form::Full {
        payment
            .end_date(date(2027, 11, 24))?
            .day_of_execution(24)?
            .remittance("Rent")?
            .end_to_end_identification("e-5")?
    } else {
        payment
    })
}

fn bulk(form: Form) -> Result<Bulk<Domestic>> {
    let entry = || -> Result<_> { Ok(BulkEntry::new(amount("SEK")?, creditor()?, "Made-up Employee")?) };
    let full = form == Form::Full;
    let last = if full { entry()?.remittance("Salary")?.end_to_end_identification("e-6")? } else { entry()? };
    let bulk = Bulk::new(AccountReference::iban(&ours()?), vec![entry()?, last])?;
    Ok(if full {
        bulk.batch_booking_preferred(true).requested_execution_date(date(2026, 11, 24))
    } else {
        bulk
    })
}

fn ours() -> Result<Iban> {
    Ok(Iban::parse("SE4550000000058398257466")?)
}

fn debtor() -> Result<DebtorAccount> {
    Ok(DebtorAccount::iban(&ours()?))
}

fn creditor() -> Result<AccountReference> {
    Ok(AccountReference::iban(&Iban::parse("SE2550000000054400047903")?))
}

fn finnish() -> Result<AccountReference> {
    Ok(AccountReference::iban(&Iban::parse("FI2112345600000785")?))
}

fn amount(currency: &str) -> Result<Amount> {
    Ok(Amount::parse(currency, "12.50")?)
}

fn address() -> Result<Address> {
    let address = Address::new(CountryCode::SE).with_street("Made-up Street")?.with_building_number("1")?;
    Ok(address.with_city("Stockholm")?.with_postal_code("111 11")?)
}
