//! Profiles as files: what is read, and what is told of a wrong one.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use openpayments_banks::{Case, Platform, Profile, Profiles};
use openpayments_model::{BicFi, Context};
use proptest::prelude::*;

const HEAD: &str = "[bank]\nbic = \"MADESESS\"\nname = \"Made-up Bank\"\ncountry = \"SE\"\nsource = \"a test\"\ndate = \"2026\"\n\n";
const SAID: &str = "source = \"a test\"\ndate = \"2026-11\"\n";

fn error(text: &str) -> String {
    Profile::parse("my.toml", text).unwrap_err().to_string()
}

/// A profile with one statement.
fn one(statement: &str) -> String {
    format!("{HEAD}{statement}\n{SAID}")
}

#[test]
fn a_wrong_file_is_told_by_line_key_and_what_is_allowed() {
    for (text, told) in [
        (
            one("[[product]]\nvalue = [\"domestic\"]"),
            "my.toml:8: product: unknown field `product`, expected one of `bank`",
        ),
        (
            one("[[products]]\nvalue = [\"gold\"]"),
            "my.toml:9: products[0].value[0]: paymentProduct: must have the form domestic, sepa-credit-transfers, international or swedish-giro",
        ),
        (
            one("[[products]]\nvalues = [\"domestic\"]"),
            "my.toml:9: products[0].values: unknown field `values`, expected one of `value`, `platform`, `context`, `products`, `source`, `date`",
        ),
        (
            one("[[approaches]]\nvalue = [\"embedded\"]"),
            "my.toml:9: approaches[0].value[0]: unknown variant `embedded`, expected `redirect` or `decoupled`",
        ),
        (
            one("[[contexts]]\nvalue = [\"both\"]"),
            "my.toml:9: contexts[0].value[0]: context: must have the form private or corporate",
        ),
        (
            one("[[headers]]\nvalue = { name = \"PSU-ID\", calls = [\"consent.make\"] }"),
            "my.toml:9: headers[0].value.calls[0]: unknown variant `consent.make`, expected one of `consent.create`",
        ),
        (
            one("[[debtor]]\nvalue = [\"card\"]"),
            "my.toml:9: debtor[0].value[0]: unknown variant `card`, expected one of `iban`",
        ),
        (
            one("[[psu-id-required]]\nvalue = \"yes\""),
            "my.toml:9: psu-id-required[0].value: invalid type: string \"yes\", expected a boolean",
        ),
        (
            one("[[consent-steps]]\nvalue = [{ status = \"finalised\", waits-for = \"app\" }]"),
            "my.toml:9: consent-steps[0].value[0].status: unknown status `finalised`, expected one of received",
        ),
        (
            one("[[products]]\nvalue = []"),
            "my.toml:8: products[0].value: an empty list says nothing: leave the statement out",
        ),
        (one("[[created-status]]\nvalue = \"DONE\""), "my.toml:8: created-status[0].value: unknown status"),
        (
            one("[[remittance]]\nvalue = { most = 141 }"),
            "my.toml:8: remittance[0].value: at most 140 characters",
        ),
        (
            one("[[history]]\nvalue = { days = 3, months = 3 }"),
            "my.toml:8: history[0].value: months or days, one of them",
        ),
        (one("[[history]]\nvalue = { days = -3 }"), "my.toml:8: history[0].value: months or days"),
        (
            format!("{HEAD}[[notes]]\nvalue = \"x\"\nsource = \"x\"\ndate = \"yesterday\"\n"),
            "my.toml:11: notes[0].date: a date is",
        ),
        (
            format!("{HEAD}[[notes]]\nvalue = \"x\"\ndate = \"2026\"\n"),
            "my.toml:8: notes[0]: missing field `source`",
        ),
        (one("[[notes]]\nvalue = "), "my.toml:9: "),
        (HEAD.replace("MADESESS", "made"), "my.toml:2: bank.bic: bicFi: must have the form ESSESESS"),
        (String::new(), "my.toml:1: missing field `bank`"),
    ] {
        let message = error(&text);
        assert!(message.starts_with(told), "{message}\n{told}");
        assert!(!message.contains('\n'), "one line: {message}");
    }
}

#[test]
fn a_file_or_a_folder_is_loaded_and_takes_the_place_of_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let strict = one("[[baskets]]\nvalue = { limit = 3 }").replace("MADESESS", "ESSESESS");
    fs::write(folder.path().join("b.toml"), strict).unwrap();
    fs::write(folder.path().join("a.toml"), one("[[notes]]\nvalue = \"x\"")).unwrap();
    fs::write(folder.path().join("readme.txt"), "no profile").unwrap();
    let own = Profiles::load(folder.path()).unwrap();
    assert_eq!(own.iter().count(), 2);
    let all = Profiles::built_in().and_all(own);
    assert_eq!(all.iter().count(), Profiles::built_in().iter().count() + 1);
    let seb = all.find(&BicFi::parse("ESSESESS").unwrap()).unwrap();
    let case = Case::new(Platform::Production, Context::Private);
    assert_eq!(seb.baskets.of(case).unwrap().value.limit, 3);
    assert!(seb.products.of(case).is_none(), "nothing of the other profile is left");
    assert_eq!(Profiles::load(folder.path().join("a.toml")).unwrap().iter().count(), 1);

    fs::write(folder.path().join("c.toml"), "[[").unwrap();
    let error = Profiles::load(folder.path()).unwrap_err();
    assert!(error.file().ends_with("c.toml") && error.line() == Some(1), "{error}");
    let missing = Profiles::load(folder.path().join("none.toml")).unwrap_err();
    assert!(missing.to_string().ends_with("none.toml: cannot be read"), "{missing}");
    assert!(std::error::Error::source(&missing).is_some());
}

#[test]
fn a_statement_holds_where_it_says_and_the_first_that_holds_counts() {
    let text = format!(
        "{HEAD}[[baskets]]\nvalue = {{ limit = 1 }}\nplatform = \"sandbox\"\ncontext = \"corporate\"\n{SAID}\n\
         [[baskets]]\nvalue = {{ limit = 2 }}\nplatform = \"sandbox\"\n{SAID}\n\
         [[baskets]]\nvalue = {{ limit = 3 }}\n{SAID}"
    );
    let profile = Profile::parse("my.toml", &text).unwrap();
    let limit = |platform, context| profile.baskets.of(Case::new(platform, context)).unwrap().value.limit;
    assert_eq!(limit(Platform::Sandbox, Context::Corporate), 1);
    assert_eq!(limit(Platform::Sandbox, Context::Private), 2);
    assert_eq!(limit(Platform::Production, Context::Corporate), 3);
}

#[test]
fn what_one_profile_does_not_tell_another_may() {
    let mine = Profile::parse("my.toml", &one("[[baskets]]\nvalue = { limit = 3 }")).unwrap();
    let seb = Profiles::built_in().find(&BicFi::parse("ESSESESS").unwrap()).unwrap();
    let both = mine.or(&seb);
    let case = Case::new(Platform::Sandbox, Context::Private);
    assert_eq!(both.bank.bic.as_str(), "MADESESS");
    assert_eq!(both.baskets.of(case).unwrap().value.limit, 3);
    assert_eq!(both.approaches.of(case), seb.approaches.of(case));
}

fn banks() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/banks");
    let files = fs::read_dir(Path::new(folder)).unwrap();
    files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

proptest! {
    /// A file with one place overwritten is read or refused with a line of its own, never worse.
    #[test]
    fn a_spoilt_file_never_panics(which in 0_usize..7, at in 0.0..1.0_f64, rubbish in "\\PC{0,6}|[\\[\\]{}\"=.\n-]{1,4}") {
        let text = banks().swap_remove(which);
        let length = u32::try_from(text.len()).unwrap();
        let mut at = (0..text.len()).rev().find(|place| (f64::from(u32::try_from(*place).unwrap()) / f64::from(length)) <= at).unwrap_or(0);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let (before, after) = text.split_at(at);
        let rest: String = after.chars().skip(rubbish.chars().count()).collect();
        match Profile::parse("spoilt.toml", &format!("{before}{rubbish}{rest}")) {
            Ok(profile) => prop_assert!(!profile.statements().is_empty()),
            Err(error) => {
                let line = error.line().unwrap_or(1);
                prop_assert!(line <= text.lines().count() + 4, "{}", error);
                prop_assert!(error.to_string().starts_with("spoilt.toml"));
            }
        }
    }
}
