//! The guide's chapter on banks is written from the profiles.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use openpayments_banks::{Case, Platform, Profile, Profiles, Statement};
use openpayments_model::payment::PaymentProduct;
use openpayments_model::{BicFi, Context};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/banks.md");
const SWEDBANK: &str = include_str!("../banks/SWEDSESS.toml");

/// What a profile can tell: the key, what it says, and how its value is written.
const KEYS: &[(&str, &str, &str)] = &[
    ("contexts", "in which contexts the bank is reached", r#"`["private", "corporate"]`"#),
    (
        "affiliated",
        "banks under its roof, by their id for `X-AffiliatedASPSP-ID`",
        r#"`[{ id = "08999", name = "Swedbank" }]`"#,
    ),
    (
        "products",
        "payment products it takes",
        r#"`["domestic", "sepa-credit-transfers", "international", "swedish-giro"]`"#,
    ),
    ("approaches", "ways to sign, its own choice first", r#"`["redirect", "decoupled"]`"#),
    (
        "preference-sticks",
        "`TPP-Redirect-Preferred` must stay what it was when a consent or payment was created",
        "`true`",
    ),
    (
        "methods",
        "methods a PSU chooses from",
        r#"`[{ id = "mbid", type = "PUSH_OTP", name = "…", challenge = "autostart-token" }]`, or `"animated-qr"`"#,
    ),
    (
        "consent-steps",
        "what signing a consent in an app goes through",
        r#"`[{ status = "started", waits-for = "challenge" }]`, or `"app"`, `"nobody"`"#,
    ),
    (
        "payment-steps",
        "what signing a payment in an app goes through",
        "as above; `new-recipient = true` for a step that is not always there",
    ),
    ("approves-at-start", "an authorisation is approved as soon as it is started", "`true`"),
    (
        "start-window",
        "how long the PSU has to open the app",
        r#"`{ seconds = 30, from = "method" }`, or `"authorisation"`"#,
    ),
    ("psu-id-required", "a PSU who signs in an app has to be named by `PSU-ID`", "`true`"),
    (
        "headers",
        "a header it insists on, and on which calls",
        r#"`{ name = "PSU-IP-Address", calls = ["consent.create"] }`"#,
    ),
    ("least-frequency", "the least `frequencyPerDay`", "`1`"),
    (
        "debtor",
        "how it wants the debtor's account",
        r#"any of `["iban", "bban", "bban-without-clearing", "bban-and-clearing", "plusgiro", "bankgiro"]`"#,
    ),
    ("creditor", "how it wants the creditor's account", "as above"),
    ("currencies", "currencies it pays in", r#"`["SEK"]`"#),
    (
        "remittance",
        "how many characters of text reach the creditor",
        "`{ most = 10, most-within-bank = 35 }`",
    ),
    ("address-abroad", "a creditor in another country needs `creditorAddress`", "`true`"),
    ("created-status", "status of a payment that was just created", r#"`"RCVD"`"#),
    ("signed-status", "status of a payment that was just signed", r#"`"ACSP"`"#),
    ("settlement", "how long settling takes", r#"`"seconds"` or `"minutes"`"#),
    ("cancellation", "how a payment is cancelled", r#"`"none"`, `"outright"` or `"signed"`"#),
    ("baskets", "the most payments of a signing basket; 0 for none", "`{ limit = 100 }`"),
    ("unsupported", "calls it does not answer", r#"`["payment.get"]`"#),
    (
        "history",
        "how far back transactions go",
        r#"`{ months = 15, currency = "SEK" }` or `{ days = 90, after-sca = { days = 760, minutes = 60 } }`"#,
    ),
    (
        "search",
        "how many transactions one search gives",
        "`{ rows = 600 }`, or with `days = 1` for short periods",
    ),
    (
        "ignored-filters",
        "parameters of transactions it takes no notice of",
        r#"any of `["dateFrom", "dateTo", "bookingStatus"]`"#,
    ),
    (
        "test-accounts",
        "accounts for tests, the one to pay from first",
        r#"`{ holder = "…", accounts = ["…"] }`"#,
    ),
    ("notes", "anything else, in words", r#"`"…"`"#),
];

fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str("\n## At a glance\n\n| Bank | BIC | Platform | Contexts | Products | Signing |\n|---|---|---|---|---|---|\n");
    for profile in &Profiles::built_in() {
        glance(&mut page, profile);
    }
    for profile in &Profiles::built_in() {
        let bank = &profile.bank;
        write!(page, "\n## {} ({})\n\n", bank.name, bank.bic).unwrap();
        page.push_str("| About | What is known | When | Source | Date |\n|---|---|---|---|---|\n");
        for Statement { about, says, scope, source, date, .. } in profile.statements() {
            let scope = if scope.is_empty() { "always" } else { &scope };
            writeln!(page, "| {about} | {} | {scope} | {source} | {date} |", cell(&says)).unwrap();
        }
    }
    page.push_str(EXPLAINED);
    let swedbank = Profiles::built_in().find(&BicFi::parse("SWEDSESS").unwrap()).unwrap();
    let case = Case::new(Platform::Production, Context::Private).product(PaymentProduct::Domestic);
    write!(page, "\n```text\n{}```\n", swedbank.explain(case)).unwrap();
    page.push_str(OWN_PROFILE);
    let sample: String = SWEDBANK
        .split("\n\n")
        .filter(|part| part.contains("[bank]") || part.contains("[[remittance]]"))
        .take(2)
        .collect::<Vec<_>>()
        .join("\n\n");
    write!(page, "\n```toml\n{sample}\n```\n").unwrap();
    page.push_str(
        "\nThe keys, each as often as there is something to tell:\n\n| Key | Says | Value |\n|---|---|---|\n",
    );
    for (key, says, value) in KEYS {
        writeln!(page, "| `{key}` | {} | {value} |", cell(says)).unwrap();
    }
    page.push_str(ERRORS);
    let wrong = Profile::parse("my-bank.toml", &SWEDBANK.replace("\"domestic\"", "\"gold\"")).unwrap_err();
    write!(page, "\n```text\n{wrong}\n```\n").unwrap();
    page
}

fn glance(page: &mut String, profile: &Profile) {
    let of = |platform, context| {
        let case = Case::new(platform, context);
        let says = |about: &str| {
            let statement = profile
                .statements()
                .into_iter()
                .find(|said| said.about == about && [String::new(), case_words(case)].contains(&said.scope));
            statement.map_or_else(|| "not known".to_owned(), |said| said.says)
        };
        (says("contexts"), says("products"), says("approaches"))
    };
    let (sandbox, production) =
        (of(Platform::Sandbox, Context::Private), of(Platform::Production, Context::Private));
    let same = sandbox == production;
    let platforms: &[(&str, _)] =
        if same { &[("both", &sandbox)] } else { &[("sandbox", &sandbox), ("production", &production)] };
    for (platform, (contexts, products, signing)) in platforms {
        let (name, bic) = (&profile.bank.name, &profile.bank.bic);
        writeln!(page, "| {name} | `{bic}` | {platform} | {contexts} | {products} | {signing} |").unwrap();
    }
}

fn case_words(case: Case) -> String {
    case.platform().as_str().to_owned()
}

/// Text as it can stand in a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

const INTRODUCTION: &str = "# Banks

Written from the profiles in `crates/openpayments-banks/banks`; do not edit. To write it anew:
`UPDATE_BANKS=1 cargo test -p openpayments-banks page`.

Behind one API stand banks that differ: in what they offer, in the headers they insist on, in how they want an account written
and in how much of a text they pass on. What is known of each stands in a profile, every statement with its source and its date,
and only there: no code of the SDK knows a bank by name. What no statement tells is not known, and nothing is guessed.

A consent, a payment or a basket is checked against its bank's profile before it is sent. By default it is sent all the same and
the answer's `warnings` carry a `BANK_RULE` for each finding, with the field, what the bank takes and who says so; a `tracing` event
says the same. With `Client::builder(…).bank_rules(BankRules::Refuse)` nothing is sent that goes against what is known: the error's
kind is `InvalidInput` and its source is `Findings`. `BankRules::Off` looks for nothing. `bank.check_payment(&payment)` and
`bank.check_consent(&consent)` tell the findings without sending anything. Of a bank without a profile nothing is ever found.

The local platform behaves by the same profiles. Where they are silent it makes choices of its own, which are in
`crates/openpayments-sandbox/banks`.

The sources: *bank page* and *vendor docs* are the platform's public documentation, *bank directory* what its directory lists,
*vendor sample* its example programs, *sandbox probe* and *client code* what others saw and use, *capability notes* what others noted
of its documentation. The older a date, the more a statement should be tried before it is relied on.
";

const EXPLAINED: &str = "
## What to expect, before the first call

`bank.explain(Some(PaymentProduct::Domestic))` tells calls, headers, signing and limits of a payment, `bank.explain(None)` those of
reading accounts; nothing is asked of anybody. It is a value: it prints, and it serialises to JSON. Of a domestic payment at
Swedbank it prints:
";

const OWN_PROFILE: &str = "
## A profile of your own

A file with what you know of a bank takes the place of the profile of that bank, or adds a bank:
`Client::builder(…).bank_profiles(Profiles::load(\"banks/\")?)` for the client, `Sandbox::builder().profile(…)` for the local
platform. A statement is a table with a `value`, a `source` and a `date` (a year, a month or a day). It holds everywhere, unless it has
a `platform` (`\"sandbox\"` or `\"production\"`), a `context` (`\"private\"` or `\"corporate\"`) or `products`. Where several about the
same thing hold, the first counts; headers, unsupported calls and notes add up.
";

const ERRORS: &str = "
What is wrong with a file is told with its line, its key and what is allowed there:
";

#[test]
fn the_page_is_written_from_the_profiles() {
    if std::env::var_os("UPDATE_BANKS").is_some() {
        std::fs::write(FILE, page()).unwrap();
    }
    let kept = std::fs::read_to_string(FILE).unwrap();
    assert_eq!(kept.replace("\r\n", "\n"), page(), "run with UPDATE_BANKS=1");
}

#[test]
fn the_page_lists_every_key_and_no_other() {
    let unknown = Profile::parse(
        "x.toml",
        "[bank]\nbic = \"MADESESS\"\nname = \"x\"\ncountry = \"SE\"\nsource = \"x\"\ndate = \"2026\"\n[[nothing]]\n",
    );
    let allowed = unknown.unwrap_err().to_string();
    let (_, allowed) = allowed.split_once("expected one of ").unwrap();
    let allowed: BTreeSet<&str> = allowed.split(", ").map(|key| key.trim_matches('`')).collect();
    let listed: BTreeSet<&str> = KEYS.iter().map(|(key, ..)| *key).chain(["bank"]).collect();
    assert_eq!(allowed, listed);
}

#[test]
fn every_key_is_told_by_some_statement_and_every_statement_has_a_source() {
    let mut told = BTreeSet::new();
    for profile in &Profiles::built_in() {
        for statement in profile.statements() {
            assert!(!statement.source.is_empty() && !statement.says.is_empty(), "{statement:?}");
            told.insert(statement.about);
        }
    }
    let listed: BTreeSet<&str> = KEYS.iter().map(|(key, ..)| *key).collect();
    assert_eq!(told, listed);
}
