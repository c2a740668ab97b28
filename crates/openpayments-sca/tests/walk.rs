//! Random walks of a bank and a PSU, beside a small model of what has to come of them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "shared/bank.rs"]
mod bank;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bank::{LINK, OTHER_TOKEN, TOKEN, decoupled, failed, polled, redirect, selected, started, started_with};
use openpayments_model::identifier::{AuthorisationId, ScaMethodId};
use openpayments_model::status::{ConsentStatus, TransactionStatus};
use openpayments_sca::machine::{Action, EDGES, Input, InputKind, Machine, PhaseKind, Sight};
use openpayments_sca::{MethodPreference, Outcome, ResourceStatus};
use serde_json::json;

const STEPS: u32 = 100_000;
const SEED: u64 = 0x05ca_05ca;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    fn of<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.below(these.len())]
    }
}

/// What was drawn, in words the model understands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Draw {
    Started {
        status: &'static str,
        offer: Offer,
    },
    Listed {
        new: usize,
        id: u64,
    },
    Chosen {
        offered: bool,
    },
    Selected {
        approach: Approach,
        status: &'static str,
        link: bool,
    },
    SelectRefused {
        for_good: bool,
    },
    Polled {
        status: &'static str,
        token: Option<&'static str>,
        code: Option<&'static str>,
        pending_api: bool,
    },
    Throttled(Option<u64>),
    PollRefused {
        for_good: bool,
    },
    Read(Status),
    Plain(InputKind),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Offer {
    Nothing,
    One,
    Several,
    Challenge,
    Link,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Approach {
    Redirect,
    Decoupled,
    Embedded,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Status {
    Waits,
    Unsure,
    Done,
    Partly,
    Dead,
}

const PENDING: [&str; 7] = [
    "received",
    "psuAuthenticated",
    "scaMethodSelected",
    "authenticationStarted",
    "authoriseCreditorAccountStarted",
    "started",
    "unconfirmed",
];

fn draw(random: &mut Random, at: PhaseKind) -> Draw {
    let status = |random: &mut Random, finals: usize| {
        if random.below(finals) == 0 {
            random.of(&["finalised", "failed", "exempted"])
        } else {
            random.of(&PENDING)
        }
    };
    // Mostly what may come next, now and then anything.
    let kind = if random.below(8) == 0 {
        random.of(&InputKind::ALL)
    } else {
        let fitting: Vec<InputKind> =
            EDGES.iter().filter(|edge| edge.from == at).map(|edge| edge.on).collect();
        let kind = random.of(&fitting);
        // Polls are most of what happens.
        if fitting.contains(&InputKind::Polled) && random.below(2) == 0 { InputKind::Polled } else { kind }
    };
    match kind {
        InputKind::Started => Draw::Started {
            status: status(random, 12),
            offer: random.of(&[
                Offer::Several,
                Offer::Several,
                Offer::One,
                Offer::Nothing,
                Offer::Challenge,
                Offer::Link,
            ]),
        },
        InputKind::Listed => Draw::Listed { new: random.of(&[0, 1, 1, 2]), id: random.next() },
        InputKind::Chosen => Draw::Chosen { offered: random.below(6) != 0 },
        InputKind::Selected => Draw::Selected {
            approach: random.of(&[
                Approach::Redirect,
                Approach::Decoupled,
                Approach::Decoupled,
                Approach::Embedded,
            ]),
            status: status(random, 12),
            link: random.below(6) != 0,
        },
        InputKind::SelectRefused => Draw::SelectRefused { for_good: random.below(2) == 0 },
        InputKind::Polled => Draw::Polled {
            status: status(random, 20),
            token: random.of(&[None, Some(TOKEN), Some(OTHER_TOKEN)]),
            code: random.of(&[
                None,
                None,
                Some("BANKID_NOT_ACTIVATED"),
                Some("AUTHENTICATION_SESSION_EXPIRED"),
            ]),
            pending_api: random.below(4) == 0,
        },
        InputKind::PollRefused => Draw::PollRefused { for_good: random.below(3) == 0 },
        InputKind::Throttled => Draw::Throttled(random.of(&[None, Some(1), Some(40)])),
        InputKind::Read => Draw::Read(random.of(&[
            Status::Waits,
            Status::Unsure,
            Status::Done,
            Status::Partly,
            Status::Dead,
        ])),
        kind => Draw::Plain(kind),
    }
}

fn input(drawn: Draw, is_consent: bool) -> Input {
    match drawn {
        Draw::Started { status, offer } => match offer {
            Offer::Nothing => started(status, &[]),
            Offer::One => started(status, &["mbid"]),
            Offer::Several => started(status, &["mbid", "card", "mbid"]),
            Offer::Challenge => started_with(
                json!({"scaStatus": status, "authorisationId": "a", "challengeData": {"data": TOKEN}}),
            ),
            Offer::Link => started_with(
                json!({"scaStatus": status, "authorisationId": "a", "_links": {"scaOAuth": {"href": LINK}}}),
            ),
        },
        Draw::Listed { new, id } => {
            Input::Listed((0..new).map(|n| AuthorisationId::parse(&format!("{id}-{n}")).unwrap()).collect())
        }
        Draw::Chosen { offered } => {
            Input::Chosen(ScaMethodId::parse(if offered { "mbid" } else { "other" }).unwrap())
        }
        Draw::Selected { approach, status, link } => match approach {
            Approach::Decoupled => decoupled(status, Some(TOKEN)),
            Approach::Embedded => selected(Some("EMBEDDED"), &bank::at(status, None)),
            Approach::Redirect if link && status == "scaMethodSelected" => redirect(),
            Approach::Redirect if link => {
                selected(Some("REDIRECT"), &json!({"scaStatus": status, "_links": {"scaRedirect": LINK}}))
            }
            Approach::Redirect => selected(Some("REDIRECT"), &bank::at(status, None)),
        },
        Draw::SelectRefused { for_good } => Input::SelectRefused { for_good },
        Draw::Polled { status: "failed", code: Some(code), .. } => failed(code),
        Draw::Polled { status: "finalised", pending_api: true, .. } => bank::polled_with(json!({
            "scaStatus": "finalised",
            "tppMessages": [{"category": "WARNING", "code": "AUTHORISATION_PENDING_API"}],
        })),
        Draw::Polled { status, token, .. } => polled(status, token),
        Draw::PollRefused { for_good } => Input::PollRefused { for_good },
        Draw::Throttled(asked) => Input::Throttled(asked.map(Duration::from_secs)),
        Draw::Read(status) => Input::Read(if is_consent {
            ResourceStatus::Consent(match status {
                Status::Waits | Status::Unsure => ConsentStatus::Received,
                Status::Done => ConsentStatus::Valid,
                Status::Partly => ConsentStatus::PartiallyAuthorised,
                Status::Dead => ConsentStatus::Rejected,
            })
        } else {
            ResourceStatus::Payment(match status {
                Status::Waits => TransactionStatus::Received,
                Status::Unsure => TransactionStatus::AcceptedTechnical,
                Status::Done => TransactionStatus::AcceptedSettlementCompleted,
                Status::Partly => TransactionStatus::PartiallyAcceptedTechnical,
                Status::Dead => TransactionStatus::Rejected,
            })
        }),
        Draw::Plain(kind) => match kind {
            InputKind::StartFailed => Input::StartFailed,
            InputKind::StartUnknown => Input::StartUnknown,
            InputKind::SelectUnknown => Input::SelectUnknown,
            InputKind::Code => Input::Code("code".into()),
            InputKind::Returned => Input::Returned,
            InputKind::Refused => Input::Refused,
            InputKind::Failed => Input::Failed,
            InputKind::Exchanged => Input::Exchanged,
            InputKind::PollFailed => Input::PollFailed,
            InputKind::ReadFailed => Input::ReadFailed,
            InputKind::Tick => Input::Tick,
            InputKind::Restart => Input::Restart,
            InputKind::Cancel => Input::Cancel,
            other => panic!("{other:?} is drawn with its data"),
        },
    }
}

/// How it ended, without the data.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Completed,
    Refused,
    Expired,
    Another,
    FailedAgain,
    FailedForGood,
    FailedDead,
    Pending,
    Cancelled,
}

fn end_of(outcome: &Outcome) -> End {
    use openpayments_sca::NextStep;
    match outcome {
        Outcome::Completed(_) => End::Completed,
        Outcome::Refused => End::Refused,
        Outcome::Expired => End::Expired,
        Outcome::NeedsAnotherSigner(_) => End::Another,
        Outcome::Failed { next: NextStep::SignAgain, .. } => End::FailedAgain,
        Outcome::Failed { next: NextStep::GiveUp, .. } => End::FailedForGood,
        Outcome::Failed { next: NextStep::CreateAnew, .. } => End::FailedDead,
        Outcome::StillPending => End::Pending,
        Outcome::Cancelled => End::Cancelled,
        other => panic!("unexpected {other:?}"),
    }
}

#[expect(clippy::struct_excessive_bools, reason = "a model is what decides, and no more")]
/// The model: where it is and what little decides where it goes. Seconds.
#[derive(Clone, Debug)]
struct Model {
    at: PhaseKind,
    /// Of what was started without an answer: whether it was found, and whether it is looked for once more.
    found: bool,
    again: bool,
    end: Option<End>,
    /// Whether mbid is still offered, and how many others.
    mbid: bool,
    others: usize,
    signed_before: bool,
    told_failed: bool,
    back_to_bank: bool,
    over: bool,
    another: bool,
    slower: u64,
    deadline: u64,
    until: Option<u64>,
}

impl Model {
    fn new() -> Self {
        Self {
            at: PhaseKind::Starting,
            found: false,
            again: true,
            end: None,
            mbid: false,
            others: 0,
            signed_before: false,
            told_failed: false,
            back_to_bank: false,
            over: false,
            another: false,
            slower: 0,
            deadline: 300,
            until: None,
        }
    }

    fn ends(&mut self, end: End) -> bool {
        self.at = PhaseKind::Ended;
        self.end = Some(end);
        true
    }

    /// The status of an authorisation that is at the bank's page or in the app.
    fn status(&mut self, status: &str, code: Option<&str>, another: bool, now: u64) -> bool {
        match status {
            "finalised" | "exempted" => {
                self.at = PhaseKind::Reading;
                self.another = another && status == "finalised";
                self.until = None;
                true
            }
            "failed" => self.ends(match code {
                Some("AUTHENTICATION_SESSION_EXPIRED") => End::Expired,
                Some("BANKID_NOT_ACTIVATED") => End::FailedForGood,
                _ => End::FailedAgain,
            }),
            _ if now + 2 + self.slower > self.deadline => self.ends(End::Pending),
            _ => true,
        }
    }

    #[expect(
        clippy::too_many_lines,
        clippy::match_same_arms,
        reason = "one line per case, in the order of the phases"
    )]
    /// Whether the step is taken; `None` when it fails and ends the session.
    fn step(&mut self, drawn: Draw, now: u64) -> Option<bool> {
        use PhaseKind as P;
        let taken = match (self.at, drawn) {
            (P::Starting, Draw::Started { status, offer }) => {
                let is_final = ["finalised", "exempted", "failed"].contains(&status);
                match offer {
                    _ if is_final => {
                        self.at = P::Signing;
                        self.status(status, None, false, now)
                    }
                    Offer::Nothing => {
                        self.ends(End::FailedForGood);
                        return None;
                    }
                    Offer::One | Offer::Several => {
                        (self.mbid, self.others) = (true, usize::from(offer == Offer::Several));
                        self.at = if offer == Offer::One || self.signed_before {
                            P::Selecting
                        } else {
                            P::Choosing
                        };
                        self.signed_before |= offer == Offer::One;
                        true
                    }
                    Offer::Challenge => {
                        self.at = P::Signing;
                        self.status(status, None, false, now)
                    }
                    Offer::Link => {
                        self.go_to_bank(now);
                        self.status(status, None, false, now)
                    }
                }
            }
            (P::Starting, Draw::Plain(InputKind::StartFailed)) => self.ends(End::FailedAgain),
            (P::Starting, Draw::Plain(InputKind::StartUnknown)) => {
                self.at = P::Looking;
                true
            }
            (P::Looking, Draw::Listed { new, .. }) if !self.found => match new {
                1 => {
                    self.found = true;
                    true
                }
                0 if self.again => {
                    self.again = false;
                    true
                }
                _ => self.ends(End::FailedAgain),
            },
            (P::Looking, Draw::Polled { status, token, code, pending_api }) if self.found => {
                if token.is_some() || !PENDING.contains(&status) {
                    self.at = P::Signing;
                    self.status(status, code, pending_api, now)
                } else if self.signed_before {
                    self.at = P::Selecting;
                    true
                } else {
                    self.ends(End::FailedAgain)
                }
            }
            (P::Looking, Draw::Plain(InputKind::PollFailed)) => true,
            (P::Looking, Draw::Throttled(_)) => {
                self.slower += 5;
                true
            }
            (P::Looking, Draw::PollRefused { .. }) => self.ends(End::FailedAgain),
            (P::Choosing, Draw::Chosen { offered }) => {
                if !(offered && self.mbid) {
                    return Some(false);
                }
                self.signed_before = true;
                self.at = P::Selecting;
                true
            }
            (P::Selecting, Draw::Selected { approach, status, link }) => {
                let is_final = ["finalised", "exempted", "failed"].contains(&status);
                match approach {
                    Approach::Redirect if !is_final && !link => {
                        self.ends(End::FailedForGood);
                        return None;
                    }
                    Approach::Redirect if !is_final => self.go_to_bank(now),
                    Approach::Embedded if !is_final => {
                        self.ends(End::FailedForGood);
                        return None;
                    }
                    _ => self.at = P::Signing,
                }
                self.status(status, None, false, now)
            }
            (P::Selecting, Draw::SelectRefused { for_good }) => {
                self.signed_before = false;
                self.mbid &= !for_good;
                if self.mbid || self.others > 0 {
                    self.at = P::Choosing;
                    true
                } else {
                    self.ends(if for_good { End::FailedForGood } else { End::FailedAgain })
                }
            }
            (P::Selecting, Draw::Plain(InputKind::SelectUnknown)) => {
                self.at = P::Signing;
                true
            }
            (P::AtBank, Draw::Plain(InputKind::Code)) => {
                self.deadline = self.deadline.max(now + 30);
                self.at = P::Exchanging;
                true
            }
            (P::AtBank, Draw::Plain(InputKind::Returned)) => {
                self.deadline = self.deadline.max(now + 30);
                true
            }
            (P::AtBank, Draw::Plain(InputKind::Refused)) => self.ends(End::Refused),
            (P::AtBank, Draw::Plain(InputKind::Failed)) => {
                self.told_failed = true;
                true
            }
            (P::Exchanging, Draw::Plain(InputKind::Exchanged)) => {
                self.at = P::AtBank;
                self.told_failed = false;
                true
            }
            (P::AtBank | P::Signing, Draw::Polled { status, code, pending_api, .. }) => {
                let told_failed = self.at == P::AtBank && self.told_failed;
                self.status(status, code, pending_api, now);
                if told_failed && PENDING.contains(&status) {
                    self.ends(End::FailedAgain);
                }
                true
            }
            (P::AtBank | P::Signing, Draw::Plain(InputKind::PollFailed)) => true,
            (P::AtBank | P::Signing, Draw::Throttled(_)) => {
                self.slower += 5;
                true
            }
            (P::AtBank | P::Signing, Draw::PollRefused { for_good }) => {
                self.over = for_good;
                self.back_to_bank = self.at == P::AtBank;
                self.at = P::Checking;
                true
            }
            (P::Signing | P::Checking, Draw::Plain(InputKind::Tick)) => true,
            (P::Checking, Draw::Read(status)) => match status {
                Status::Done => self.ends(End::Completed),
                Status::Partly => self.ends(End::Another),
                Status::Dead => self.ends(End::FailedDead),
                Status::Waits | Status::Unsure if self.over => self.ends(End::FailedAgain),
                Status::Waits | Status::Unsure => {
                    self.at = if self.back_to_bank { P::AtBank } else { P::Signing };
                    if now + 2 + self.slower > self.deadline { self.ends(End::Pending) } else { true }
                }
            },
            (P::Checking, Draw::Plain(InputKind::ReadFailed)) => {
                self.at = if self.back_to_bank { P::AtBank } else { P::Signing };
                true
            }
            (P::Reading, Draw::Read(status)) => match status {
                Status::Done => self.ends(End::Completed),
                Status::Partly => self.ends(End::Another),
                Status::Dead => self.ends(End::FailedDead),
                _ if self.another => self.ends(End::Another),
                Status::Unsure => self.ends(End::Completed),
                Status::Waits if self.until.is_some_and(|until| now + 1 > until) => self.ends(End::Pending),
                Status::Waits => {
                    self.until = self.until.or(Some(now + 30));
                    true
                }
            },
            (P::Reading, Draw::Plain(InputKind::ReadFailed))
            | (P::Reading | P::Ended, Draw::Polled { .. }) => true,
            (P::Reading, Draw::Plain(InputKind::Cancel)) => self.ends(End::Pending),
            (P::Ended, Draw::Plain(InputKind::Cancel)) => true,
            (_, Draw::Plain(InputKind::Cancel)) => self.ends(End::Cancelled),
            (P::Choosing | P::AtBank | P::Signing | P::Ended, Draw::Plain(InputKind::Restart)) => {
                let again = [
                    None,
                    Some(End::Refused),
                    Some(End::Cancelled),
                    Some(End::Expired),
                    Some(End::FailedAgain),
                ];
                if !again.contains(&self.end) {
                    return Some(false);
                }
                let fresh = Self::new();
                let (slower, signed_before) = (self.slower, self.signed_before);
                *self = Self { slower, signed_before, deadline: now + 300, ..fresh };
                true
            }
            _ => return Some(false),
        };
        Some(taken)
    }

    fn go_to_bank(&mut self, now: u64) {
        self.at = PhaseKind::AtBank;
        self.told_failed = false;
        self.deadline = self.deadline.max(now + 900);
    }
}

/// What the PSU sees.
#[derive(Default)]
struct Screen {
    shows: bool,
}

impl Screen {
    fn take(&mut self, actions: &[Action], at: PhaseKind) {
        for action in actions {
            match action {
                Action::Show(sight) => {
                    assert!(matches!(sight, Sight::Token(_)));
                    self.shows = true;
                }
                Action::Hide => {
                    assert!(self.shows, "nothing is taken away twice");
                    self.shows = false;
                }
                Action::OfferRestart => assert!(!self.shows, "what comes too late is taken away first"),
                _ => {}
            }
        }
        assert!(
            !self.shows || at == PhaseKind::Signing || at == PhaseKind::Checking,
            "a code is left in {at:?}"
        );
        let calls = actions.iter().filter(|action| {
            matches!(
                action,
                Action::Start
                    | Action::List(_)
                    | Action::SelectMethod(..)
                    | Action::ExchangeCode(..)
                    | Action::Poll(..)
                    | Action::ReadStatus(_)
            )
        });
        assert!(calls.count() <= 1, "never two calls at once");
    }
}

#[test]
fn a1_the_machine_goes_where_the_model_goes_for_100_000_steps() {
    eprintln!("seed {SEED:#x}");
    let mut random = Random(SEED);
    let mut seen: BTreeMap<(PhaseKind, InputKind), BTreeSet<PhaseKind>> = BTreeMap::new();
    let (mut walks, mut steps) = (0_u32, 0_u32);
    while steps < STEPS {
        walks += 1;
        let is_consent = random.below(2) == 0;
        let mut now = 0_u64;
        let mut machine = Machine::new(MethodPreference::Ask, Duration::ZERO);
        let (mut model, mut screen) = (Model::new(), Screen::default());
        let length = 10 + random.below(60);
        for _ in 0..length {
            steps += 1;
            now += u64::try_from(random.below(8)).unwrap();
            if random.below(40) == 0 {
                now += 200;
            }
            let drawn = draw(&mut random, machine.phase());
            // A payment's statuses have one more meaning than a consent's.
            let drawn = match drawn {
                Draw::Read(Status::Unsure) if is_consent => Draw::Read(Status::Waits),
                drawn => drawn,
            };
            let (from, before) = (machine.phase(), machine.outcome().cloned());
            let input = input(drawn, is_consent);
            let kind = input.kind();
            let result = machine.step(input, Duration::from_secs(now));
            let expected = model.step(drawn, now);
            let told = format!("walk {walks} of seed {SEED:#x}: {from:?} + {drawn:?} at {now}, {model:?}");
            assert_eq!(machine.phase(), model.at, "{told}");
            assert_eq!(machine.outcome().map(end_of), model.end, "{told}");
            assert_eq!(result.is_ok(), expected == Some(true), "{told}: {result:?}");
            match result {
                Ok(actions) => {
                    screen.take(&actions, machine.phase());
                    if machine.phase() == PhaseKind::Ended {
                        let asks =
                            actions.iter().any(|a| matches!(a, Action::Poll(..) | Action::ReadStatus(_)));
                        assert!(!asks, "nothing is asked after the end: {told}");
                    }
                    seen.entry((from, kind)).or_default().insert(machine.phase());
                }
                Err(_) if expected == Some(false) => {
                    assert_eq!((machine.phase(), machine.outcome()), (from, before.as_ref()), "{told}");
                }
                Err(_) => {
                    seen.entry((from, kind)).or_default().insert(machine.phase());
                }
            }
        }
    }
    let table: BTreeMap<_, BTreeSet<_>> =
        EDGES.iter().map(|edge| ((edge.from, edge.on), edge.to.iter().copied().collect())).collect();
    assert_eq!(seen, table, "every edge of the table was walked, and no other");
}

#[test]
fn every_input_that_is_not_in_the_table_is_refused_and_changes_nothing() {
    let mut random = Random(SEED);
    let mut tried = BTreeSet::new();
    for _ in 0..1000 {
        let mut machine = Machine::new(MethodPreference::Ask, Duration::ZERO);
        for _ in 0..random.below(24) {
            let drawn = draw(&mut random, machine.phase());
            let _ = machine.step(input(drawn, false), Duration::ZERO);
        }
        for kind in InputKind::ALL {
            let at = machine.phase();
            if EDGES.iter().any(|edge| edge.from == at && edge.on == kind) {
                continue;
            }
            let mut drawn = draw(&mut random, at);
            while input(drawn, false).kind() != kind {
                let anywhere = random.of_phase();
                drawn = draw(&mut random, anywhere);
            }
            let error = machine.step(input(drawn, false), Duration::ZERO).unwrap_err();
            assert!(
                matches!(error, openpayments_sca::machine::StepError::Illegal(step) if step.from == at && step.on == kind)
            );
            assert_eq!(machine.phase(), at);
            tried.insert((at, kind));
        }
    }
    assert_eq!(
        tried.len() + EDGES.len(),
        PhaseKind::ALL.len() * InputKind::ALL.len(),
        "all of them were tried"
    );
}

impl Random {
    fn of_phase(&mut self) -> PhaseKind {
        self.of(&PhaseKind::ALL)
    }
}
