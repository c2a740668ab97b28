//! What a person sees and types: the command in a terminal of its own.

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZero;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use openpayments_sandbox::{Approve, Fault};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::support::{Home, Stage};

const LINES: NonZero<u16> = NonZero::new(45).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(80).unwrap();

/// A command in a terminal.
struct Terminal {
    process: Child,
    keys: File,
    screen: Arc<Mutex<vt100::Parser>>,
    reader: std::thread::JoinHandle<()>,
}

impl Terminal {
    fn of(mut command: Command) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let size = Winsize { ws_row: LINES.get(), ws_col: COLUMNS.get(), ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let end = || Stdio::from(File::options().read(true).write(true).open(&name).unwrap());
        command.env_remove("COLUMNS").env("TERM", "xterm").stdin(end()).stdout(end()).stderr(end());
        let process = command.spawn().unwrap();
        // The sides of the command go with it.
        drop(command);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(LINES, COLUMNS, 1000)));
        let keys = File::from(master);
        let mut seen = keys.try_clone().unwrap();
        let shown = Arc::clone(&screen);
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // At the end there is nobody on the other side, which is told as an error.
            while let Ok(count @ 1..) = seen.read(&mut bytes) {
                shown.lock().unwrap().process(&bytes[..count]);
            }
        });
        Self { process, keys, screen, reader }
    }

    fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    /// Waits until the screen shows something.
    fn until(&mut self, holds: impl Fn(&str) -> bool) -> String {
        loop {
            let text = self.text();
            if holds(&text) {
                return text;
            }
            assert!(self.process.try_wait().unwrap().is_none(), "it has ended: {text}");
            std::thread::yield_now();
        }
    }

    fn types(&mut self, text: &str) {
        self.keys.write_all(text.as_bytes()).unwrap();
    }

    fn interrupt(&self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    }

    /// How it ended, and everything that is left to be seen, what has scrolled away included.
    fn end(mut self) -> (Option<i32>, String) {
        let code = self.process.wait().unwrap().code();
        self.reader.join().unwrap();
        let mut parser = self.screen.lock().unwrap();
        let mut text = String::new();
        parser.screen_mut().set_scrollback(usize::MAX);
        text += &parser.screen().contents();
        text.push('\n');
        parser.screen_mut().set_scrollback(0);
        text += &parser.screen().contents();
        (code, text)
    }
}

fn is_code(c: char) -> bool {
    matches!(c, '█' | '▀' | '▄')
}

fn code(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains(is_code)).collect()
}

#[test]
fn l7_a_code_is_drawn_anew_in_its_place_counts_down_and_is_gone_at_the_end() {
    let stage = Stage::of(Approve::Manual);
    let words = ["consents", "create", "--bank", "ESSESESS", "--lang", "sv"];
    let mut terminal = Terminal::of(stage.home.command(&words));
    let first = terminal.until(|text| code(text).len() > 20 && text.trim_end().ends_with(" s"));
    assert!(first.contains("Öppna BankID och skriv under."), "{first}");
    let drawn = code(&first).len();
    let second = terminal.until(|text| code(text).len() == drawn && code(text) != code(&first));
    let place = |text: &str| text.lines().position(|line| line.contains(is_code));
    assert_eq!(place(&first), place(&second), "in the same place");
    while let Some(order) = stage.sandbox.orders().pop() {
        let _ = stage.sandbox.approve(&order.id);
    }
    let (ended, left) = terminal.end();
    assert_eq!(ended, Some(0), "{left}");
    assert!(code(&left).is_empty(), "{left}");
    assert!(left.contains("is valid"), "{left}");
}

#[test]
fn l5_whoever_interrupts_sees_how_to_go_on_and_no_code() {
    let stage = Stage::of(Approve::Manual);
    let mut terminal = Terminal::of(stage.home.command(&["consents", "create", "--bank", "ESSESESS"]));
    terminal.until(|text| code(text).len() > 20);
    terminal.interrupt();
    let (ended, left) = terminal.end();
    assert_eq!(ended, Some(130), "{left}");
    assert!(code(&left).is_empty(), "{left}");
    assert!(left.contains("openpayments sca resume"), "{left}");
}

#[test]
fn what_takes_longer_than_a_second_is_seen_to_be_under_way() {
    let stage = Stage::new();
    let hour = Fault::delay_answer(Duration::from_hours(1));
    stage.sandbox.faults().script(hour.path("GET", "/psd2/aspspinformation/v1/aspsps")).unwrap();
    let mut terminal = Terminal::of(stage.home.command(&["banks", "list"]));
    terminal.until(|text| text.contains("Reading the bank directory"));
    terminal.interrupt();
    let (ended, left) = terminal.end();
    assert_eq!(ended, Some(130), "{left}");
    assert!(left.contains("nothing was left half done") && !left.contains("Reading"), "{left}");
}

/// A home whose profile leads to production, where nothing must ever be sent.
fn real() -> Home {
    let home = Home::new();
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate =
        rcgen::CertificateParams::new(vec!["made-up".to_owned()]).unwrap().self_signed(&key).unwrap();
    home.write("client.pem", certificate.pem());
    home.write("client.key", key.serialize_pem());
    home.write("secret", "made-up");
    let profile = "[profile.real]\nenvironment = 'production'\nclient_id = 'made-up'\nclient_secret_file = '../../secret'\n\
                   certificate = '../../client.pem'\ncertificate_key = '../../client.key'\nca = '../../client.pem'\n";
    home.write("config/openpayments/config.toml", profile);
    home
}

const PAY: [&str; 17] = [
    "payments",
    "create",
    "domestic",
    "--profile",
    "real",
    "--live",
    "--bank",
    "ESSESESS",
    "--from",
    "SE4550000000058398257466",
    "--to",
    "SE2550000000054400047903",
    "--name",
    "Made-up AB",
    "--amount",
    "12.50",
    "--unsigned",
];

#[test]
fn l6_real_money_is_confirmed_by_typing_the_amount_and_nothing_else_will_do() {
    for typed in ["y\n", "12.5\n", "\n"] {
        let home = real();
        let mut terminal = Terminal::of(home.command(&PAY));
        terminal.until(|text| text.contains("Type `12.50 SEK` to go on:"));
        terminal.types(typed);
        let (ended, left) = terminal.end();
        assert_eq!(ended, Some(2), "{left}");
        assert!(left.contains("not confirmed; nothing was sent"), "{left}");
        let kept = home.run(&["payments", "list", "--profile", "real", "--json"]).good().json();
        assert_eq!(kept["payments"], serde_json::json!([]));
    }
}

#[test]
fn l5_a_question_that_is_open_does_not_keep_anybody_from_leaving() {
    let home = real();
    let mut terminal = Terminal::of(home.command(&PAY));
    terminal.until(|text| text.contains("to go on:"));
    terminal.interrupt();
    let (ended, left) = terminal.end();
    assert_eq!(ended, Some(130), "{left}");
    assert!(left.contains("nothing was left half done"), "{left}");
}

#[test]
fn tables_of_a_terminal_of_80_columns_keep_ids_whole() {
    let stage = Stage::new().with_consent();
    let consent = stage.json(&["consents", "list"])["consents"][0]["consent"].as_str().unwrap().to_owned();
    let accounts = stage.json(&["accounts", "list"]);
    let account = accounts["accounts"][0]["resourceId"].as_str().unwrap();
    let pay = [&PAY[..3], &PAY[6..]].concat();
    let payment = stage.json(&pay)["payment"]["id"].as_str().unwrap().to_owned();
    stage.json(&["baskets", "create", &payment, "--unsigned"]);
    for (words, id) in [
        (&["consents", "list"][..], consent.as_str()),
        (&["accounts", "list"], account),
        (&["accounts", "list", "--full-numbers"], account),
        (&["payments", "list"], &payment),
        (&["baskets", "show"], &payment),
    ] {
        let (ended, shown) = Terminal::of(stage.home.command(words)).end();
        assert_eq!(ended, Some(0), "{shown}");
        assert!(shown.lines().any(|line| line.contains(id)), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() <= COLUMNS.get().into()), "{shown}");
    }
}
