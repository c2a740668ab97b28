//! A list of 10,000 transactions, some 7 MB, and two ways to read it: into this crate's types and into plain structs of
//! owned strings. Everything in the list is made up.

use std::fmt::Write;

use openpayments_model::transaction::TransactionsPage;

pub(crate) const ROWS: usize = 10_000;

/// Rows as Swedish banks fill them: every tenth a foreign payment with what few rows have, every fifth a giro payment.
pub(crate) fn page() -> String {
    let mut json = String::from(
        r#"{"account":{"iban":"SE4550000000058398257466","currency":"SEK"},"transactions":{"booked":["#,
    );
    for row in 0..ROWS {
        if row > 0 {
            json.push(',');
        }
        let (day, ore) = (row % 28 + 1, row % 100);
        write!(
            json,
            r#"{{"transactionId":"made-up-{row:012}","entryReference":"ref-{row:010}","endToEndId":"e2e-made-up-{row:08}","#
        )
        .unwrap();
        write!(
            json,
            r#""bookingDate":"2026-10-{day:02}","valueDate":"2026-10-{day:02}","transactionAmount":{{"currency":"SEK","amount":"-{}.{ore:02}"}},"#,
            row % 9_000 + 1
        )
        .unwrap();
        write!(
            json,
            r#""creditorName":"Made-up Shop Number {row} AB","debtorName":"Made-up Person","remittanceInformationUnstructured":"Made-up purchase {row} on a rainy day","#
        )
        .unwrap();
        let account = if row % 5 == 0 {
            r#""creditorAccount":{"bankGiro":"5805-6201"},"remittanceInformationStructured":"1234567897","#
        } else {
            r#""creditorAccount":{"iban":"SE2550000000054400047903","currency":"SEK"},"#
        };
        json.push_str(account);
        if row % 10 == 0 {
            json.push_str(
                r#""currencyExchange":[{"sourceCurrency":"EUR","exchangeRate":"11.2534","unitCurrency":"EUR","targetCurrency":"SEK","quotationDate":"2026-10-01"}],"purposeCode":"TRAD","additionalInformation":"Card purchase abroad, made up","#,
            );
        }
        write!(
            json,
            r#""bankTransactionCode":"PMNT-RCDT-ESCT","proprietaryBankTransactionCode":"MADE-UP-{}","transactionListId":"{row:032x}","#,
            row % 7
        )
        .unwrap();
        write!(
            json,
            r#""_links":{{"transactionDetails":{{"href":"/psd2/accountinformation/v1/accounts/a-1/transactions/made-up-{row:012}"}}}}}}"#
        )
        .unwrap();
    }
    json.push_str(r#"],"_links":{"account":{"href":"/psd2/accountinformation/v1/accounts/a-1"}}}}"#);
    json
}

/// The same members as plain structs: what one writes first.
#[allow(clippy::struct_field_names, reason = "names of the wire")]
pub(crate) mod plain {
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "read to be held, not to be used")]
    pub(crate) struct Page {
        account: Option<Account>,
        transactions: Report,
        balances: Option<Vec<Balance>>,
        #[serde(rename = "_links")]
        links: Option<Links>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "read to be held, not to be used")]
    pub(crate) struct Report {
        booked: Vec<Transaction>,
        pending: Option<Vec<Transaction>>,
        #[serde(rename = "_links")]
        links: Option<Links>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "read to be held, not to be used")]
    pub(crate) struct Link {
        href: String,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "read to be held, not to be used")]
    pub(crate) struct Links {
        account: Option<Link>,
        next: Option<Link>,
        transaction_details: Option<Link>,
        download: Option<Link>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "read to be held, not to be used")]
    pub(crate) struct Balance {
        balance_amount: Amount,
        balance_type: String,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "read to be held, not to be used")]
    pub(crate) struct Amount {
        currency: String,
        amount: String,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "read to be held, not to be used")]
    pub(crate) struct Account {
        iban: Option<String>,
        bban: Option<String>,
        pan: Option<String>,
        masked_pan: Option<String>,
        msisdn: Option<String>,
        bank_giro: Option<String>,
        plus_giro: Option<String>,
        clearing_number: Option<String>,
        currency: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "read to be held, not to be used")]
    pub(crate) struct Exchange {
        source_currency: String,
        exchange_rate: String,
        unit_currency: String,
        target_currency: String,
        quotation_date: String,
        contract_identification: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "read to be held, not to be used")]
    pub(crate) struct Transaction {
        transaction_id: Option<String>,
        entry_reference: Option<String>,
        end_to_end_id: Option<String>,
        mandate_id: Option<String>,
        check_id: Option<String>,
        creditor_id: Option<String>,
        booking_date: Option<String>,
        value_date: Option<String>,
        transaction_amount: Amount,
        currency_exchange: Option<Vec<Exchange>>,
        creditor_name: Option<String>,
        creditor_account: Option<Account>,
        ultimate_creditor: Option<String>,
        debtor_name: Option<String>,
        debtor_account: Option<Account>,
        ultimate_debtor: Option<String>,
        remittance_information_unstructured: Option<String>,
        remittance_information_structured: Option<String>,
        additional_information: Option<String>,
        purpose_code: Option<String>,
        bank_transaction_code: Option<String>,
        proprietary_bank_transaction_code: Option<String>,
        transaction_list_id: Option<String>,
        #[serde(rename = "_links")]
        links: Option<Links>,
    }
}

/// One UTF-8 check, then the text is read: as the calls do it.
pub(crate) fn typed(bytes: &[u8]) -> TransactionsPage {
    TransactionsPage::from_json(std::str::from_utf8(bytes).unwrap()).unwrap()
}

/// The same for the plain structs.
pub(crate) fn owned(bytes: &[u8]) -> plain::Page {
    serde_json::from_str(std::str::from_utf8(bytes).unwrap()).unwrap()
}
