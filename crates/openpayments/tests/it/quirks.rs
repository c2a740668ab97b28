//! Every other shape the platform's answers may take, over sockets: the client must not notice.

use openpayments::prelude::*;
use openpayments::sca::ResourceStatus;
use openpayments_sandbox::{Quirk, Sandbox};

use crate::support::{bank, platform, sign};

const SEB: &str = "ESSESESS";
const WILLING: &str = "99990101000";

/// Directory, consent, signature, accounts, a list of transactions with details, a refusal: all that has a shape.
async fn journey(quirk: Quirk) {
    let (sandbox, client) = platform(Sandbox::builder().quirk(quirk)).await;
    let name = quirk.name();
    let directory = client.directory(Context::Private);
    assert!(!directory.countries().await.unwrap().body.is_empty(), "{name}");
    assert!(!directory.cities(Filter::default()).await.unwrap().body.is_empty(), "{name}");
    assert!(!directory.banks(Filter::default()).await.unwrap().body.is_empty(), "{name}");

    let unknown = directory.bank("ABCDSESS".parse().unwrap()).await.unwrap_err();
    assert_eq!(unknown.http_status().unwrap().as_u16(), 404, "{name}");
    assert_eq!(unknown.messages().is_empty(), quirk == Quirk::ErrorsWithoutBody, "{name}");

    let bank = bank(&client, SEB, WILLING);
    let debtor = DebtorAccount::iban(&Iban::parse("SE4550000000058398257466").unwrap());
    let creditor = AccountReference::iban(&Iban::parse("SE4550000000058398257466").unwrap());
    let amount = Amount::parse("SEK", "125.50").unwrap();
    let payment = DomesticPayment::new(debtor, amount, creditor, "Made-up Creditor AB").unwrap();
    let created = bank.create_payment(payment).await.unwrap().body;
    let flagged = created.body.warnings().any(|warning| warning.code == "CREDITOR_ACCOUNT_FLAGGED");
    assert_eq!(flagged, quirk == Quirk::CreditorFlagged, "{name}");
    let cancellation = created.payment.cancellation();
    assert!(bank.authorisations(cancellation).await.unwrap().body.is_empty(), "{name}");

    let consent =
        bank.create_consent(ConsentRequest::new(ConsentRequest::LONGEST)).await.unwrap().body.consent_id;
    let early = bank.accounts(&consent).await.unwrap_err();
    if quirk != Quirk::ErrorsWithoutBody {
        assert_eq!(early.kind(), ErrorKind::ConsentInvalid, "{name}");
    }
    let outcome = sign(&client, &bank, consent.clone()).await;
    assert!(matches!(outcome, Outcome::Completed(ResourceStatus::Consent(_))), "{name}: {outcome:?}");

    let accounts = bank.accounts(&consent).await.unwrap().body;
    let id = &accounts.first().unwrap().resource_id;
    let account = bank.account(&consent, id).await.unwrap().body;
    assert_eq!(account.resource_id, *id, "{name}");
    assert!(bank.balances(&consent, id).await.unwrap().body.balances.len() >= 2, "{name}");
    let today = sandbox.clock().now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut pages =
        bank.transactions(ListTransactions::new(consent.clone(), id.clone(), today.yesterday().unwrap()));
    let page = pages.next().await.unwrap().unwrap().body;
    let row = page.transactions.booked.first().unwrap();
    let details = bank.transaction(&consent, id, row.transaction_id.as_ref().unwrap()).await.unwrap().body;
    assert_eq!(details.transaction_id, row.transaction_id, "{name}");
}

#[tokio::test]
async fn the_client_lives_with_every_quirk() {
    for quirk in Quirk::ALL {
        journey(quirk).await;
    }
}
