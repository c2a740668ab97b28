//! Every bank of the profiles: a consent and every product, in every context, by every way to sign. What is sent and what
//! is answered differs between them: accounts, currencies, rounds of signing, statuses.

use anyhow::{Context as _, Result};
use jiff::civil::date;
use openpayments::api::account::ListTransactions;
use openpayments::banks::{AccountForm, Approach, Case, Facts, Platform, Profile, Profiles};
use openpayments::client::{Error, ErrorKind};
use openpayments::model::account::AccountReference;
use openpayments::model::consent::ConsentRequest;
use openpayments::model::identifier::{
    Bankgiro, ClearingNumber, CorporateId, CountryCode, OcrReference, Plusgiro, PsuId,
};
use openpayments::model::payment::{
    Address, Bulk, BulkEntry, DebtorAccount, Domestic, Frequency, International, PaymentOrder,
    PaymentProduct, Periodic, Sepa, SwedishGiroPayment, Transfer, TransferProduct,
};
use openpayments::model::{Amount, Bban, Context, Iban, Psu};
use openpayments::sca::{MethodPreference, ScaEvent, Subject};
use openpayments::{Bank, Client};

use super::browser::browse;
use super::{BACK, WILLING, Walk};

const OURS: &str = "SE4550000000058398257466";
const COMPANY: &str = "9999999990";

/// A bank in a context, by one way to sign.
struct Way {
    client: Client,
    profile: Profile,
    context: Context,
    approach: Approach,
}

impl Walk {
    pub(super) async fn every_bank(&mut self) -> Result<()> {
        for profile in &Profiles::built_in() {
            for context in [Context::Private, Context::Corporate] {
                let case = Case::new(Platform::Sandbox, context);
                let offered = profile.contexts.of(case).is_some_and(|fact| fact.value.contains(&context));
                let approaches = profile.approaches.of(case).filter(|_| offered);
                for approach in approaches.iter().flat_map(|fact| &fact.value) {
                    let way = Way {
                        client: self.past_proxy.client.clone(),
                        profile: (**profile).clone(),
                        context,
                        approach: *approach,
                    };
                    let walked = way.walk().await;
                    self.note();
                    walked.with_context(|| {
                        format!("{} in {context} context by {approach:?}", profile.bank.bic)
                    })?;
                }
            }
        }
        Ok(())
    }
}

impl Way {
    async fn walk(&self) -> Result<()> {
        let bank = self.bank()?;
        let consent = bank.create_consent(ConsentRequest::new(date(2027, 1, 31))).await?.body.consent_id;
        self.sign(&bank, consent.clone()).await?;
        bank.consent(&consent).await?;
        for account in &bank.accounts(&consent).await?.body {
            bank.balances(&consent, &account.resource_id).await?;
            let since =
                ListTransactions::new(consent.clone(), account.resource_id.clone(), date(2026, 11, 1));
            bank.transactions(since).next().await?;
        }
        let case = Case::new(Platform::Sandbox, self.context);
        let products = self.profile.products.of(case).context("no products")?.value.clone();
        for product in products {
            match product {
                PaymentProduct::Domestic => self.transfers::<Domestic>(&bank, product).await,
                PaymentProduct::SepaCreditTransfers => self.transfers::<Sepa>(&bank, product).await,
                PaymentProduct::International => self.transfers::<International>(&bank, product).await,
                _ => self.paid(&bank, self.giro(product)?).await,
            }
            .with_context(|| product.to_string())?;
        }
        Ok(())
    }

    fn bank(&self) -> Result<Bank> {
        let psu = Psu::new().id(PsuId::parse(WILLING)?).ip_address("192.0.2.7".parse()?);
        let psu = psu.user_agent("made-up/1.0")?;
        let psu = match self.context {
            Context::Private => psu,
            Context::Corporate => psu.corporate_id(CorporateId::parse(COMPANY)?),
        };
        let bank = self.client.bank(self.profile.bank.bic.clone(), self.context).psu(psu);
        Ok(bank.redirect_preferred(self.approach == Approach::Redirect))
    }

    async fn sign(&self, bank: &Bank, subject: impl Into<Subject>) -> Result<()> {
        let authorise = bank.authorise(subject).redirect_to(BACK.parse()?);
        let mut session = authorise.method(MethodPreference::ThisDevice).start().await?;
        while let Some(event) = session.next().await? {
            if let ScaEvent::Redirect(link) = event {
                let returned = browse(self.client.caller().transport(), link.expose().clone()).await?;
                session.callback(returned.query().context("no code came back")?).await?;
            }
        }
        session.into_outcome().into_result()?;
        Ok(())
    }

    /// Creates it, signs it, reads it.
    async fn paid<P: PaymentOrder + Sync>(&self, bank: &Bank, payment: P) -> Result<()> {
        let payment = bank.create_payment(payment).await?.body.payment;
        self.sign(bank, payment.clone()).await?;
        bank.payment_status(&payment).await?;
        unless_unsupported(bank.payment(&payment).await)
    }

    /// One, one that is paid again and again, and several at once, as far as the bank takes them.
    async fn transfers<P: TransferProduct>(&self, bank: &Bank, product: PaymentProduct) -> Result<()> {
        let to = self.creditor(product)?;
        let amount = self.amount(product)?;
        let mut one = Transfer::<P>::new(self.debtor(product)?, amount, to.clone(), "Made-up Creditor AB")?;
        if product == PaymentProduct::SepaCreditTransfers {
            one = one.creditor_address(Address::new(CountryCode::SE));
        }
        self.paid(bank, one).await?;
        if product != PaymentProduct::Domestic {
            return Ok(());
        }
        let from = AccountReference::iban(&Iban::parse(OURS)?);
        let first = date(2026, 12, 1);
        let standing = Periodic::<Domestic>::new(
            from.clone(),
            amount,
            to.clone(),
            "Made-up Landlord",
            first,
            Frequency::Monthly,
        )?;
        unless_unsupported(bank.create_payment(standing).await)?;
        let entry = BulkEntry::new(amount, to, "Made-up Employee")?;
        let bulk = Bulk::<Domestic>::new(from, vec![entry.clone(), entry])?;
        unless_unsupported(bank.create_payment(bulk).await)
    }

    fn giro(&self, product: PaymentProduct) -> Result<SwedishGiroPayment> {
        let (to, reference) = (Bankgiro::parse("5805-6201")?, OcrReference::with_check_digit("123456789")?);
        let (from, amount) = (self.debtor(product)?, self.amount(product)?);
        Ok(SwedishGiroPayment::new(from, amount, to, "Made-up Supplier AB", reference)?)
    }

    fn case(&self, product: PaymentProduct) -> Case {
        Case::new(Platform::Sandbox, self.context).product(product)
    }

    /// The first form the bank takes; an IBAN where nothing is known.
    fn form(&self, forms: &Facts<Vec<AccountForm>>, product: PaymentProduct) -> AccountForm {
        let fact = forms.of(self.case(product));
        fact.and_then(|fact| fact.value.first().copied()).unwrap_or(AccountForm::Iban)
    }

    fn debtor(&self, product: PaymentProduct) -> Result<DebtorAccount> {
        let bban = Bban::parse("41351300039")?;
        Ok(match self.form(&self.profile.debtor, product) {
            AccountForm::Iban => DebtorAccount::iban(&Iban::parse(OURS)?),
            AccountForm::Plusgiro => DebtorAccount::plusgiro(&Plusgiro::parse("900800-4")?),
            AccountForm::Bankgiro => DebtorAccount::bankgiro(&Bankgiro::parse("5805-6201")?),
            AccountForm::BbanAndClearing => {
                DebtorAccount::bban(&bban).clearing_number(&ClearingNumber::parse("5231")?)
            }
            _ => DebtorAccount::bban(&bban),
        })
    }

    fn creditor(&self, product: PaymentProduct) -> Result<AccountReference> {
        let bban = Bban::parse("401975231")?;
        Ok(match self.form(&self.profile.creditor, product) {
            AccountForm::Iban => AccountReference::iban(&Iban::parse("SE2550000000054400047903")?),
            AccountForm::BbanAndClearing => {
                AccountReference::bban(&bban).clearing_number(&ClearingNumber::parse("5231")?)
            }
            _ => AccountReference::bban(&bban),
        })
    }

    fn amount(&self, product: PaymentProduct) -> Result<Amount> {
        let known = self.profile.currencies.of(self.case(product));
        let known = known.and_then(|fact| fact.value.first()).map(|currency| currency.as_str().to_owned());
        let other = if product == PaymentProduct::SepaCreditTransfers { "EUR" } else { "SEK" };
        Ok(Amount::parse(known.as_deref().unwrap_or(other), "12.50")?)
    }
}

/// A bank that does not answer a call has said so in a way that was judged as well.
fn unless_unsupported<T>(answer: Result<T, Error>) -> Result<()> {
    match answer {
        Err(error) if !matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::Refused) => {
            Err(error.into())
        }
        _ => Ok(()),
    }
}
