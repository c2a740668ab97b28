//! The machine alone: what each bank does, how long things last, what may go wrong.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "shared/bank.rs"]
mod bank;

use std::time::Duration;

use bank::{
    LINK, OTHER_TOKEN, TOKEN, at, decoupled, failed, polled, polled_with, redirect, selected, started,
    started_with,
};
use openpayments_model::identifier::ScaMethodId;
use openpayments_model::status::{ConsentStatus, ScaStatus, TransactionStatus};
use openpayments_sca::machine::{Action, Input, Machine, PhaseKind, Sight, StepError};
use openpayments_sca::{MethodPreference, NextStep, Notice, Outcome, ResourceStatus, Timing};
use secrecy::ExposeSecret;
use serde_json::json;

const BANKID: [&str; 4] = ["mbid", "mbid_same_device", "mbid_animated_qr_token", "mbid_animated_qr_image"];

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn method(id: &str) -> MethodPreference {
    MethodPreference::Method(ScaMethodId::parse(id).unwrap())
}

/// One word for each action.
fn words(actions: &[Action]) -> Vec<String> {
    actions
        .iter()
        .map(|action| match action {
            Action::Start => "start".to_owned(),
            Action::AskMethod(methods) => format!("ask {}", methods.len()),
            Action::SelectMethod(_, method) => format!("select {method}"),
            Action::Show(Sight::Token(token)) => format!("link {}", token.expose_secret()),
            Action::Show(Sight::Code(code)) => format!("code {}", code.expose_secret()),
            Action::Show(Sight::Picture(png)) => format!("picture {}", png.len()),
            Action::Hide => "hide".to_owned(),
            Action::OfferRestart => "missed".to_owned(),
            Action::SendToBank(_) => "go".to_owned(),
            Action::ShowProgress(status) => status.to_string(),
            Action::ShowMessage(words) => format!("says {words}"),
            Action::Note(notice) => format!("{notice:?}"),
            Action::ReportUnavailable => "unavailable".to_owned(),
            Action::ReportStartUnknown => "unknown".to_owned(),
            Action::List(pause) => format!("list {}", pause.as_secs()),
            Action::ExchangeCode(..) => "exchange".to_owned(),
            Action::Poll(_, pause) => format!("poll {}", pause.as_secs()),
            Action::ReadStatus(pause) => format!("read {}", pause.as_secs()),
            other => panic!("unexpected {other:?}"),
        })
        .collect()
}

struct Play {
    machine: Machine,
    now: Duration,
}

impl Play {
    fn new(preference: MethodPreference) -> Self {
        let machine = Machine::new(preference, Duration::ZERO);
        Self { machine, now: Duration::ZERO }
    }

    /// At a bank whose PSU has just chosen `method`.
    fn chosen(id: &str) -> Self {
        let mut play = Self::new(method(id));
        assert_eq!(play.step(started("received", &BANKID)), [format!("select {id}")]);
        play
    }

    /// Signing by `id`, as the PUT answered.
    fn signing(id: &str, status: &str, challenge: Option<&str>) -> Self {
        let mut play = Self::chosen(id);
        play.step(decoupled(status, challenge));
        play
    }

    fn after(&mut self, passed: u64) -> &mut Self {
        self.now += seconds(passed);
        self
    }

    fn step(&mut self, input: Input) -> Vec<String> {
        words(&self.machine.step(input, self.now).unwrap())
    }

    fn outcome(&self) -> &Outcome {
        self.machine.outcome().unwrap()
    }
}

fn consent(status: ConsentStatus) -> Input {
    Input::Read(ResourceStatus::Consent(status))
}

fn payment(status: TransactionStatus) -> Input {
    Input::Read(ResourceStatus::Payment(status))
}

#[test]
fn seb_consents_have_one_round_with_the_same_token_throughout() {
    let mut play = Play::chosen("mbid");
    let link = format!("link {TOKEN}");
    assert_eq!(play.step(decoupled("started", Some(TOKEN))), ["started", &link, "poll 2"]);
    assert_eq!(play.after(2).step(polled("started", Some(TOKEN))), ["poll 2"]);
    assert_eq!(play.after(2).step(polled("finalised", None)), ["hide", "finalised", "read 0"]);
    assert_eq!(play.step(consent(ConsentStatus::Valid)), [""; 0]);
    assert!(matches!(play.outcome(), Outcome::Completed(_)));
}

#[test]
fn a4_i134_seb_payments_have_a_second_round_without_a_token() {
    let mut play = Play::chosen("mbid");
    let link = format!("link {TOKEN}");
    assert_eq!(
        play.step(decoupled("authenticationStarted", Some(TOKEN))),
        ["authenticationStarted", &link, "poll 2"]
    );
    assert_eq!(play.after(2).step(polled("psuAuthenticated", None)), ["hide", "psuAuthenticated", "poll 2"]);
    assert_eq!(play.machine.phase(), PhaseKind::Signing, "logged in is not signed");
    assert_eq!(
        play.after(60).step(polled("psuAuthenticated", None)),
        ["poll 2"],
        "nothing to open, nothing missed"
    );
    assert_eq!(play.after(2).step(polled("started", None)), ["started", "poll 2"]);
    assert_eq!(play.after(2).step(polled("finalised", None)), ["finalised", "read 0"]);
    assert_eq!(play.step(payment(TransactionStatus::AcceptedTechnical)), [""; 0]);
    assert!(matches!(play.outcome(), Outcome::Completed(_)), "ACTC after finalised is signed");
}

#[test]
fn i135_swedbank_payments_have_a_round_for_a_new_recipient_with_a_window_of_its_own() {
    let code = |order: &str, n: u32| format!("bankid.{order}.{n}.x");
    let mut play = Play::chosen("mbid_animated_qr_token");
    let shown = |order, n| format!("code {}", code(order, n));
    assert_eq!(
        play.step(decoupled("authenticationStarted", Some(&code("a", 0)))),
        ["authenticationStarted", &shown("a", 0), "poll 1"]
    );
    assert_eq!(
        play.after(1).step(polled("authenticationStarted", Some(&code("a", 1)))),
        [&shown("a", 1), "poll 1"]
    );
    play.now = seconds(29);
    play.step(polled("authenticationStarted", Some(&code("a", 29))));
    assert_eq!(
        play.after(1).step(polled("authoriseCreditorAccountStarted", Some(&code("b", 0)))),
        ["hide", "authoriseCreditorAccountStarted", &shown("b", 0), "poll 1"],
        "the new round is no missed one"
    );
    assert_eq!(
        play.after(1).step(polled("started", Some(&code("c", 0)))),
        ["hide", "started", &shown("c", 0), "poll 1"]
    );
    assert_eq!(play.machine.wake_at(), Some(seconds(33)), "the code is stale after two seconds");
    assert_eq!(play.after(1).step(polled("finalised", None)), ["hide", "finalised", "read 0"]);
    assert_eq!(play.step(payment(TransactionStatus::AcceptedSettlementInProcess)), [""; 0]);
}

#[test]
fn i133_handelsbankens_sandbox_is_finalised_in_the_first_answer() {
    for status in ["finalised", "exempted"] {
        let mut play = Play::new(MethodPreference::Ask);
        assert_eq!(play.step(started(status, &BANKID)), [status, "read 0"]);
        play.step(consent(ConsentStatus::Valid));
        assert!(matches!(play.outcome(), Outcome::Completed(_)));
    }
    let mut play = Play::new(MethodPreference::Ask);
    assert_eq!(play.step(started("failed", &[])), ["failed"]);
    assert_eq!(play.outcome().next_step(), NextStep::SignAgain);
    let mut play = Play::chosen("mbid");
    assert_eq!(play.step(decoupled("failed", None)), ["failed"]);
}

#[test]
fn the_sandbox_of_2026_goes_on_by_itself_to_each_of_its_ends() {
    let mut play = Play::signing("mbid", "started", Some(TOKEN));
    let pending = json!({"scaStatus": "finalised", "tppMessages": [{"category": "WARNING", "code": "AUTHORISATION_PENDING_API"}]});
    play.step(polled_with(pending));
    play.step(payment(TransactionStatus::PartiallyAcceptedTechnical));
    assert_eq!(play.outcome().next_step(), NextStep::AskOtherSigner);

    for (code, next) in [
        ("BANKID_NOT_ACTIVATED", NextStep::GiveUp),
        ("PSU_RIGHTS_MISSING", NextStep::GiveUp),
        ("TPP_KYC_INVALID", NextStep::GiveUp),
        ("AUTHENTICATION_SESSION_EXPIRED", NextStep::SignAgain),
        ("SOMETHING_NEW", NextStep::SignAgain),
    ] {
        let mut play = Play::signing("mbid", "started", Some(TOKEN));
        assert_eq!(play.step(failed(code)), ["hide", "failed"], "nothing is asked after the end");
        assert_eq!(play.outcome().next_step(), next, "{code}");
        assert_eq!(*play.outcome() == Outcome::Expired, code == "AUTHENTICATION_SESSION_EXPIRED");
    }
}

#[test]
fn i138_i141_bankids_own_hints_say_how_it_ended_wherever_the_bank_puts_them() {
    for (hint, outcome, next) in [
        ("userCancel", Some(Outcome::Refused), NextStep::AskPsu),
        ("expiredTransaction", Some(Outcome::Expired), NextStep::SignAgain),
        ("startFailed", Some(Outcome::Expired), NextStep::SignAgain),
        ("cancelled", Some(Outcome::Superseded), NextStep::AskPsu),
        ("transactionRiskBlocked", Some(Outcome::Blocked), NextStep::GiveUp),
        ("userDeclinedCall", None, NextStep::GiveUp),
        ("notSupportedByUserApp", None, NextStep::GiveUp),
        ("brandNew", None, NextStep::SignAgain),
    ] {
        for message in [
            json!({"category": "ERROR", "code": hint}),
            json!({"category": "ERROR", "code": "SCA_FAILED", "text": format!(" {hint} ")}),
        ] {
            let mut play = Play::signing("mbid", "started", Some(TOKEN));
            play.step(polled_with(json!({"scaStatus": "failed", "tppMessages": [message]})));
            match &outcome {
                Some(outcome) => assert_eq!(play.outcome(), outcome, "{hint}"),
                None => assert!(matches!(play.outcome(), Outcome::Failed { .. }), "{hint}"),
            }
            assert_eq!(play.outcome().next_step(), next, "{hint}");
        }
    }
}

#[test]
fn another_signer_is_known_by_the_message_alone_while_the_status_lags() {
    let mut play = Play::signing("mbid", "started", None);
    let message = json!({"category": "WARNING", "code": "AUTHORISATION_PENDING_API"});
    play.step(polled_with(json!({"scaStatus": "finalised", "tppMessages": [message]})));
    play.step(payment(TransactionStatus::AcceptedTechnical));
    assert!(matches!(play.outcome(), Outcome::NeedsAnotherSigner(_)));
}

#[test]
fn i130_the_first_token_is_usable_after_29_seconds_and_not_after_31() {
    let link = format!("link {TOKEN}");
    let mut play = Play::signing("mbid", "received", None);
    assert_eq!(play.after(29).step(polled("started", Some(TOKEN))), ["started", &link, "poll 2"]);
    assert_eq!(play.machine.wake_at(), Some(seconds(59)), "a token opens a window of its own");

    let mut play = Play::signing("mbid", "received", None);
    assert_eq!(play.after(30).step(Input::Tick), ["missed"]);
    assert_eq!(
        play.after(1).step(polled("started", Some(TOKEN))),
        ["started", "poll 2"],
        "no second order, no link"
    );
    assert_eq!(play.step(Input::Restart), ["start"], "but one when the caller says so");
    assert_eq!(play.step(started("received", &BANKID)), ["select mbid"], "the same way as before");
}

#[test]
fn a3_a_missed_window_is_told_once_and_the_bank_is_still_asked() {
    let mut play = Play::signing("mbid", "started", Some(TOKEN));
    assert_eq!(play.machine.wake_at(), Some(seconds(30)));
    assert_eq!(play.after(30).step(Input::Tick), ["hide", "missed"]);
    assert_eq!(play.machine.wake_at(), None);
    assert_eq!(play.after(1).step(polled("started", Some(TOKEN))), ["poll 2"]);
    let link = format!("link {OTHER_TOKEN}");
    assert_eq!(
        play.after(1).step(polled("started", Some(OTHER_TOKEN))),
        [&link, "poll 2"],
        "a new token, a new window"
    );
    assert_eq!(
        play.after(30).step(polled("finalised", None)),
        ["hide", "finalised", "read 0"],
        "and he did sign"
    );
}

#[test]
fn a_bank_whose_window_opens_at_the_start_is_told_so() {
    let mut timing = Timing::default();
    timing.opens_at_start = true;
    let mut machine = Machine::with_timing(MethodPreference::Ask, timing, Duration::ZERO);
    machine.step(started("received", &BANKID), Duration::ZERO).unwrap();
    machine.step(Input::Chosen(ScaMethodId::parse("mbid").unwrap()), seconds(20)).unwrap();
    machine.step(decoupled("received", None), seconds(21)).unwrap();
    assert_eq!(machine.wake_at(), Some(seconds(30)));
}

#[test]
fn a7_i131_a_code_that_stands_still_or_goes_back_is_taken_away_and_not_shown() {
    let code = |n: u32| format!("bankid.a.{n}.x");
    let mut play = Play::signing("mbid_animated_qr_token", "started", Some(&code(5)));
    assert_eq!(play.machine.wake_at(), Some(seconds(2)));
    assert_eq!(
        play.after(1).step(polled("started", Some(&code(5)))),
        ["poll 1"],
        "the same is not shown anew"
    );
    assert_eq!(play.after(1).step(Input::Tick), ["hide"]);
    assert_eq!(play.after(1).step(polled("started", Some(&code(4)))), ["StaleCode", "poll 1"]);
    assert_eq!(play.after(1).step(polled("started", Some(&code(5)))), ["poll 1"]);
    let shown = format!("code {}", code(6));
    assert_eq!(play.after(1).step(polled("started", Some(&code(6)))), [&shown, "poll 1"]);
    assert_eq!(play.after(1).step(polled("started", Some(&code(3)))), ["hide", "poll 1"], "told once");
}

#[test]
fn i132_a_code_of_another_order_replaces_the_old_one_at_once() {
    let mut play = Play::signing("mbid_animated_qr_token", "started", Some("bankid.a.9.x"));
    assert_eq!(
        play.after(1).step(polled("started", Some("bankid.b.0.y"))),
        ["code bankid.b.0.y", "poll 1"],
        "its seconds begin anew"
    );
}

#[test]
fn a_code_is_hidden_and_the_polls_slow_down_once_signing_has_begun() {
    let mut play = Play::signing("mbid_animated_qr_token", "started", Some("bankid.a.0.x"));
    assert_eq!(play.after(1).step(polled("started", None)), ["hide", "poll 2"]);
    assert_eq!(play.machine.wake_at(), Some(seconds(30)), "only the window is left");
}

#[test]
fn pictures_are_shown_while_they_change_and_what_is_no_picture_is_told_once() {
    let png = |n: u8| {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD
            .encode([0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', n])
    };
    let at = |image: &str| json!({"scaStatus": "started", "challengeData": {"image": image}});
    let mut play = Play::chosen("mbid_animated_qr_image");
    assert_eq!(play.step(selected(Some("DECOUPLED"), &at(&png(0)))), ["started", "picture 9", "poll 1"]);
    assert_eq!(play.after(1).step(polled_with(at(&png(1)))), ["picture 9", "poll 1"]);
    assert_eq!(
        play.after(1).step(polled_with(at("https://bank.example/x.png"))),
        ["PictureDropped", "hide", "poll 2"]
    );
    assert_eq!(play.after(1).step(polled_with(at("<svg/>"))), ["poll 2"]);
}

#[test]
fn a9_a10_polls_slow_down_by_five_seconds_each_time_the_bank_asks_for_it() {
    let mut play = Play::signing("mbid_animated_qr_token", "started", Some("bankid.a.0.x"));
    assert_eq!(play.step(Input::Throttled(None)), ["poll 6"]);
    assert_eq!(
        play.step(polled("started", Some("bankid.a.1.x"))),
        ["code bankid.a.1.x", "poll 6"],
        "for good"
    );
    assert_eq!(play.step(Input::Throttled(Some(seconds(4)))), ["poll 11"]);
    assert_eq!(
        play.step(Input::Throttled(Some(seconds(60)))),
        ["poll 60"],
        "what the bank asks for, when larger"
    );
    assert_eq!(play.step(polled("started", None)), ["hide", "poll 17"]);
}

#[test]
fn a12_polls_that_fail_end_nothing_not_even_when_time_is_up() {
    let mut play = Play::signing("mbid", "started", None);
    for pause in [2, 4, 8, 8, 8, 8, 8, 8, 8] {
        let poll = format!("poll {pause}");
        assert_eq!(play.step(Input::PollFailed), [poll], "a bank in trouble is asked less often");
    }
    assert_eq!(play.step(Input::PollFailed), ["unavailable", "poll 8"]);
    assert_eq!(play.step(Input::PollFailed), ["poll 2"]);
    play.now = seconds(299);
    let late = play.step(Input::PollFailed);
    assert_eq!(late, ["missed", "unavailable", "poll 4"]);
    assert_eq!(play.after(100).step(polled("finalised", None)), ["finalised", "read 0"]);
}

#[test]
fn a5_time_is_up_after_five_minutes_or_as_long_as_the_bank_is_known_to_take() {
    let mut play = Play::signing("mbid", "started", None);
    play.now = seconds(298);
    assert!(play.step(polled("started", None)).contains(&"poll 2".to_owned()));
    assert_eq!(play.after(1).step(polled("started", None)), [""; 0]);
    assert_eq!(play.outcome(), &Outcome::StillPending);
    assert_eq!(play.machine.step(Input::Restart, play.now).unwrap_err(), StepError::NotAgain);

    let mut timing = Timing::default();
    timing.deadline = seconds(10);
    let mut machine = Machine::with_timing(method("mbid"), timing, Duration::ZERO);
    machine.step(started("received", &BANKID), Duration::ZERO).unwrap();
    machine.step(decoupled("started", None), Duration::ZERO).unwrap();
    machine.step(polled("started", None), seconds(9)).unwrap();
    assert_eq!(machine.outcome(), Some(&Outcome::StillPending));
}

#[test]
fn a_psu_on_the_banks_page_has_a_quarter_of_an_hour() {
    let mut play = Play::chosen("mbid");
    assert_eq!(play.step(redirect()), ["go", "scaMethodSelected", "poll 2"]);
    play.now = seconds(14 * 60);
    assert_eq!(play.step(polled("scaMethodSelected", None)), ["poll 2"]);
    play.now = seconds(15 * 60);
    assert_eq!(play.step(Input::Code("c".into())), ["exchange"]);
    assert_eq!(play.step(Input::Exchanged), ["poll 0"]);
    assert_eq!(
        play.step(polled("started", None)),
        ["started", "poll 2"],
        "and a moment for the bank to notice"
    );
}

#[test]
fn the_approach_is_read_from_the_header_and_from_the_links_without_one() {
    let link = json!({"scaStatus": "scaMethodSelected", "_links": {"scaRedirect": {"href": LINK}}});
    let both =
        json!({"scaStatus": "started", "challengeData": {"data": [TOKEN]}, "_links": {"scaOAuth": LINK}});
    for (approach, body, phase) in [
        (Some("redirect"), &link, PhaseKind::AtBank),
        (None, &link, PhaseKind::AtBank),
        (None, &at("started", Some(TOKEN)), PhaseKind::Signing),
        (Some("DECOUPLED"), &both, PhaseKind::Signing),
        (Some("REDIRECT"), &both, PhaseKind::AtBank),
    ] {
        let mut play = Play::chosen("mbid");
        play.step(selected(approach, body));
        assert_eq!(play.machine.phase(), phase, "{approach:?} {body}");
    }
    for (approach, body, error) in [
        (Some("EMBEDDED"), &link, StepError::Approach),
        (Some("SOMETHING"), &link, StepError::Approach),
        (None, &both, StepError::Approach),
        (Some("REDIRECT"), &at("received", None), StepError::NoLink),
    ] {
        let mut play = Play::chosen("mbid");
        assert_eq!(play.machine.step(selected(approach, body), play.now).unwrap_err(), error);
        assert_eq!(play.outcome().next_step(), NextStep::GiveUp);
    }
}

#[test]
fn i140_ways_to_sign_are_listed_once_each() {
    let mut play = Play::new(MethodPreference::Ask);
    let many: Vec<String> = (0..50).map(|n| format!("m{n}")).collect();
    let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
    many.push("m7");
    let said = play.step(started("received", &many));
    assert_eq!(
        said,
        [format!("{:?}", Notice::DuplicateMethod(ScaMethodId::parse("m7").unwrap())), "ask 50".to_owned()]
    );
    let odd = play.machine.step(Input::Chosen(ScaMethodId::parse("mbid").unwrap()), play.now).unwrap_err();
    assert_eq!(odd, StepError::NoMethod);
    assert!(play.machine.awaits_choice(), "a wrong choice changes nothing");

    let mut play = Play::new(MethodPreference::Ask);
    assert_eq!(play.machine.step(started("received", &[]), play.now).unwrap_err(), StepError::NoMethod);
}

#[test]
fn a_bank_that_chose_itself_needs_no_choice() {
    let challenge = json!({"scaStatus": "started", "authorisationId": "a-1", "challengeData": {"data": TOKEN},
        "chosenScaMethod": {"authenticationType": "PUSH_OTP", "authenticationMethodId": "mbid"}});
    let mut play = Play::new(MethodPreference::Ask);
    assert_eq!(play.step(started_with(challenge)), ["started", &format!("link {TOKEN}"), "poll 2"]);
    let link = json!({"scaStatus": "received", "authorisationId": "a-1", "_links": {"scaOAuth": LINK}});
    let mut play = Play::new(MethodPreference::Ask);
    assert_eq!(play.step(started_with(link)), ["go", "received", "poll 2"]);
}

#[test]
fn a_choice_that_was_refused_is_asked_for_again_and_one_nobody_knows_of_is_looked_up() {
    let mut play = Play::chosen("mbid");
    assert_eq!(play.step(Input::SelectRefused { for_good: true }), ["ask 3"]);
    assert_eq!(
        play.step(Input::Chosen(ScaMethodId::parse("mbid_same_device").unwrap())),
        ["select mbid_same_device"]
    );
    assert_eq!(play.step(Input::SelectRefused { for_good: false }), ["ask 3"]);
    let mut play = Play::chosen("mbid");
    assert_eq!(play.step(Input::SelectUnknown), ["poll 0"], "and not a second time");
    assert_eq!(play.step(polled("started", Some(TOKEN))), ["started", &format!("link {TOKEN}"), "poll 2"]);
}

#[test]
fn a_status_nobody_knows_is_told_and_asked_about_further() {
    let mut play = Play::signing("mbid", "started", None);
    let said = play.step(polled("unconfirmed", None));
    let notice = format!("{:?}", Notice::UnknownStatus(ScaStatus::from("unconfirmed")));
    assert_eq!(said, ["unconfirmed", &notice, "poll 2"]);
}

#[test]
fn a_status_that_is_refused_after_the_end_is_made_up_for_by_what_was_signed() {
    for (status, ends) in [
        (TransactionStatus::AcceptedSettlementInProcess, true),
        (TransactionStatus::PartiallyAcceptedTechnical, true),
        (TransactionStatus::Rejected, true),
        (TransactionStatus::Received, false),
        (TransactionStatus::AcceptedTechnical, false),
    ] {
        let mut play = Play::signing("mbid", "started", None);
        assert_eq!(play.step(Input::PollRefused { for_good: false }), ["read 0"]);
        let said = play.step(payment(status.clone()));
        assert_eq!(play.machine.outcome().is_some(), ends, "{status}");
        assert_eq!(said.is_empty(), ends, "what could mean either decides nothing");
    }
    let mut play = Play::signing("mbid", "started", None);
    play.step(Input::PollRefused { for_good: false });
    assert_eq!(play.step(Input::ReadFailed), ["poll 2"]);
}

#[test]
fn a12_a_status_that_is_refused_again_and_again_is_told() {
    let mut play = Play::signing("mbid", "started", None);
    for nth in 1..=10 {
        play.step(Input::PollRefused { for_good: false });
        let said = play.step(payment(TransactionStatus::Received));
        assert_eq!(said.contains(&"unavailable".to_owned()), nth == 10, "{nth} {said:?}");
    }
}

#[test]
fn f29_an_authorisation_the_bank_says_is_over_is_asked_for_no_more() {
    for (status, next) in [
        (TransactionStatus::Received, NextStep::SignAgain),
        (TransactionStatus::AcceptedTechnical, NextStep::SignAgain),
        (TransactionStatus::Rejected, NextStep::CreateAnew),
        (TransactionStatus::AcceptedSettlementInProcess, NextStep::Proceed),
    ] {
        let mut play = Play::signing("mbid", "started", None);
        assert_eq!(play.step(Input::PollRefused { for_good: true }), ["read 0"]);
        assert_eq!(play.step(payment(status)), [""; 0]);
        assert_eq!(play.outcome().next_step(), next);
    }
}

#[test]
fn o9_i123_a_psu_who_comes_back_with_nothing_has_not_failed_before_the_status_says_so() {
    let mut play = Play::chosen("mbid");
    play.step(redirect());
    assert_eq!(play.step(Input::Returned), ["poll 0"]);
    assert_eq!(play.step(polled("started", None)), ["started", "poll 2"]);
    assert_eq!(play.step(polled("failed", None)), ["failed"]);

    for (status, completed) in [("finalised", true), ("started", false), ("failed", false)] {
        let mut play = Play::chosen("mbid");
        play.step(redirect());
        assert_eq!(play.step(Input::Failed), ["poll 0"], "one look before it counts as failed");
        play.step(polled(status, None));
        assert_eq!(play.machine.outcome().is_none(), completed);
    }
}

#[test]
fn what_was_told_first_stays_when_a_status_goes_back() {
    let mut play = Play::signing("mbid", "started", None);
    play.step(polled("finalised", None));
    assert_eq!(play.step(polled("started", Some(TOKEN))), ["StatusWentBack"]);
    assert_eq!(play.machine.phase(), PhaseKind::Reading);
    play.step(consent(ConsentStatus::Valid));
    assert_eq!(play.step(polled("failed", None)), ["StatusWentBack"]);
    assert!(matches!(play.outcome(), Outcome::Completed(_)));
}

#[test]
fn i137_a_cancelled_session_stays_cancelled_whatever_the_bank_says_later() {
    let mut play = Play::signing("mbid", "started", Some(TOKEN));
    assert_eq!(play.step(Input::Cancel), ["hide"]);
    play.step(polled("finalised", None));
    assert_eq!(play.outcome(), &Outcome::Cancelled);
    let mut play = Play::signing("mbid", "started", None);
    play.step(polled("finalised", None));
    play.step(Input::Cancel);
    assert_eq!(play.outcome(), &Outcome::StillPending, "signed is signed");
}

#[test]
fn a6_a_status_that_lags_is_read_again_for_a_while() {
    let mut play = Play::signing("mbid", "started", None);
    play.step(polled("finalised", None));
    assert_eq!(play.after(29).step(payment(TransactionStatus::Received)), ["read 1"]);
    assert_eq!(play.after(30).step(payment(TransactionStatus::Received)), [""; 0]);
    assert_eq!(play.outcome(), &Outcome::StillPending);
    let mut play = Play::signing("mbid", "started", None);
    play.step(polled("finalised", None));
    play.step(consent(ConsentStatus::Rejected));
    assert_eq!(play.outcome().next_step(), NextStep::CreateAnew);
    assert_eq!(play.machine.step(Input::Restart, play.now).unwrap_err(), StepError::NotAgain);
}

#[test]
fn the_banks_words_are_shown_once_until_they_change() {
    let says = |words: &str| json!({"scaStatus": "started", "psuMessage": words, "challengeData": {"additionalInformation": "Ref 1"}});
    let mut play = Play::signing("mbid", "started", None);
    assert_eq!(play.step(polled_with(says("Open the app"))), ["says Open the app", "says Ref 1", "poll 2"]);
    let mut play = Play::signing("mbid", "started", None);
    play.step(polled_with(json!({"scaStatus": "started", "psuMessage": "Hello"})));
    assert_eq!(play.step(polled_with(json!({"scaStatus": "started", "psuMessage": "Hello"}))), ["poll 2"]);
}

#[test]
fn k1_nothing_the_machine_prints_holds_a_token() {
    let mut play = Play::chosen("mbid");
    let actions = play.machine.step(decoupled("started", Some(TOKEN)), play.now).unwrap();
    assert!(!format!("{actions:?}{:?}", play.machine).contains(TOKEN));
    let mut play = Play::chosen("mbid");
    play.step(redirect());
    let actions = play.machine.step(Input::Code("the-code".into()), play.now).unwrap();
    assert!(!format!("{actions:?}{:?}", play.machine).contains("the-code"));
}
