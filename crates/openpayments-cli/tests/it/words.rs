//! Help, wrong words, secrets in wrong places, odd terminals.

use std::process::Stdio;

use insta::assert_snapshot;

use crate::support::{Home, Ran, Stage};

#[test]
fn help_tells_the_commands_and_the_exit_codes() {
    assert_snapshot!(Home::new().run(&["--help"]).good().redacted());
}

#[test]
fn wrong_words_end_with_2_for_people_and_for_programs() {
    let home = Home::new();
    assert_snapshot!("wrong_word", home.run(&["bank"]).redacted());
    assert_snapshot!("wrong_word_json", home.run(&["bank", "--json"]).redacted());
    assert_snapshot!("wrong_bic", home.run(&["banks", "show", "nonsense"]).redacted());
}

#[test]
fn i182_a_secret_on_the_command_line_is_refused_and_said_nowhere() {
    let stage = Stage::new();
    for arguments in [
        &["token", "--client-secret", "made-up-secret"][..],
        &["--client-secret=made-up-secret", "token", "--json"],
        &["token", "--password=made-up-secret"],
        &["call", "GET", "/psd2/aspspinformation/v1/countries", "--header", "Authorization: made-up-secret"],
        &["call", "GET", "/psd2/aspspinformation/v1/countries", "--header", "made-up-secret"],
    ] {
        let ran = stage.run(arguments);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(!ran.err.contains("made-up-secret") && !ran.out.contains("made-up-secret"), "{}", ran.err);
    }
}

#[test]
fn no_secret_and_no_person_is_said_anywhere_on_the_way() {
    let stage = Stage::new();
    let secret = stage.sandbox.client_secret().expose();
    let person = "99990101000";
    let mut said = String::new();
    for words in [
        &["doctor"][..],
        &["consents", "create", "--bank", "ESSESESS", "--psu", person],
        &["consents", "show"],
        &["accounts", "list"],
        &["consents", "revoke"],
        &["token"],
        &["call", "GET", "/psd2/aspspinformation/v1/countries", "--include"],
        &["--help"],
    ] {
        let mut command = stage.home.command(&[words, &["--verbose"]].concat());
        command
            .env("RUST_LOG", "trace")
            .env("OPENPAYMENTS_CLIENT_SECRET", secret)
            .env("OPENPAYMENTS_PSU", person);
        let ran = Ran::of(command.output().unwrap()).good();
        said += &ran.out;
        said += &ran.err;
    }
    assert!(said.contains("/psd2/consent/v1/consents"), "calls were shown");
    for private in [secret, person, "Bearer", "autostarttoken"] {
        assert!(!said.contains(private), "{private} was said");
    }
}

#[test]
fn a_secret_comes_from_a_file_standard_input_the_environment_or_a_program() {
    let stage = Stage::new();
    let (url, id) = (stage.sandbox.api_url().as_str(), stage.sandbox.client_id());
    let secret = stage.sandbox.client_secret().expose();
    let home = Home::new();
    let words = ["banks", "list", "--url", url, "--client-id", id];

    home.write("secret", format!("{secret}\r\n"));
    home.run(&[&words[..], &["--client-secret-file", "secret"]].concat()).good();

    Ran::of(home.command(&words).env("OPENPAYMENTS_CLIENT_SECRET", secret).output().unwrap()).good();

    home.write(
        "config/openpayments/config.toml",
        "[profile.p]\nclient_secret_command = ['/bin/cat', 'secret']\n",
    );
    home.run(&[&words[..], &["--profile", "p"]].concat()).good();

    let piped = home
        .command(&[&words[..], &["--client-secret-file", "-"]].concat())
        .stdin(std::fs::File::open(home.path().join("secret")).unwrap())
        .output()
        .unwrap();
    Ran::of(piped).good();

    let wrong = home.command(&words).env("OPENPAYMENTS_CLIENT_SECRET", "made-up-secret").output().unwrap();
    let wrong = Ran::of(wrong);
    assert_eq!(wrong.code, 3);
    assert!(!wrong.err.contains("made-up-secret"));
}

#[test]
fn a_secret_in_the_keyring_is_not_looked_for_elsewhere_where_there_is_no_keyring() {
    let home = Home::new();
    let profile = "[profile.p]\nenvironment = 'sandbox'\nclient_id = 'made-up'\nclient_secret_keyring = 'shop'\n\
                   client_secret_command = ['/bin/echo', 'made-up']\n";
    home.write("config/openpayments/config.toml", profile);
    let ran = home.run(&["banks", "list", "--profile", "p"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    let next =
        if cfg!(feature = "keyring") { "service openpayments, user name shop" } else { "--features keyring" };
    assert!(ran.err.contains(next), "{}", ran.err);
}

#[test]
fn i154_a_profile_of_one_environment_is_not_used_for_another() {
    let home = Home::new();
    home.write("config/openpayments/config.toml", "[profile.p]\nenvironment = 'sandbox'\n");
    let ran = home.run(&["banks", "list", "--profile", "p", "--env", "production"]);
    assert_snapshot!(ran.redacted());
}

#[test]
fn production_without_a_certificate_is_refused_before_anything_is_sent() {
    let ran = Home::new().run(&["banks", "list", "--env", "production"]);
    assert_snapshot!(ran.redacted());
}

#[test]
fn l9_no_table_needs_more_than_twenty_columns_or_utf8() {
    let stage = Stage::new().with_consent();
    let account = stage.json(&["accounts", "list"])["accounts"][0]["resourceId"].as_str().unwrap().to_owned();
    for words in [
        &["consents", "list"][..],
        &["consents", "show"],
        &["accounts", "list"],
        &["accounts", "show", &account],
        &["transactions", "list", &account],
        &["transactions", "export", &account, "--format", "table"],
        &["banks", "explain", "ESSESESS"],
        &["payments", "list"],
        &["sca", "list"],
        &["doctor"],
        &["--help"],
    ] {
        let mut command = stage.home.command(words);
        let ran = Ran::of(command.env("COLUMNS", "20").env("LC_ALL", "C").output().unwrap()).good();
        assert!(!ran.out.is_empty() && !ran.out.contains(['│', '╭']), "{}", ran.out);
    }
}

#[cfg(unix)]
#[test]
fn i184_a_closed_pipe_ascii_and_twenty_columns_are_no_reason_to_panic() {
    let stage = Stage::new();
    let home = &stage.home;
    for (name, value) in [("LC_ALL", "C"), ("TERM", "dumb"), ("COLUMNS", "20")] {
        let ran = Ran::of(home.command(&["banks", "list"]).env(name, value).output().unwrap()).good();
        assert!(ran.out.contains("SEB"), "{}", ran.out);
        assert!(name != "LC_ALL" || ran.out.is_ascii(), "{}", ran.out);
    }
    let mut command = home.command(&["completions", "bash"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(command.stdout.take());
    assert!(command.wait().unwrap().success());
}

#[test]
fn shells_get_completions_and_readers_manual_pages() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(home.run(&["completions", shell]).good().out.contains("openpayments"), "{shell}");
    }
    home.run(&["manual", "pages"]).good();
    let page = std::fs::read_to_string(home.path().join("pages/openpayments.1")).unwrap();
    assert!(page.contains("openpayments"));
}

#[test]
fn every_command_of_the_guides_table_of_calls_is_there() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/calls.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let commands: Vec<_> = rows.filter_map(|row| row.split('|').nth(5)).map(str::trim).collect();
    assert!(commands.len() > 40, "{commands:?}");
    for command in commands.iter().filter(|command| !command.is_empty()) {
        let words: Vec<_> = command.trim_matches('`').split(' ').chain(["--help"]).collect();
        assert_eq!(Home::new().run(&words).code, 0, "{command}");
    }
}
