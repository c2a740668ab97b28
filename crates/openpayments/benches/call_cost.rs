//! What a call through the facade costs beside the same call written by hand on reqwest, in instructions.
//!
//! `cargo bench -p openpayments --bench call_cost` needs valgrind. It starts this program again as a server with fixed
//! answers, and under callgrind as each of the two clients, with few and with many calls: the difference is calls alone.

#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::panic, reason = "a bench")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use openpayments::prelude::*;
use openpayments::transport_reqwest::{ReqwestTransport, Trust};
use serde::Deserialize;
use serde_json::json;

/// Calls of the short and of the long run. The first ones warm up connections and tables in both.
const RUNS: [u32; 2] = [100, 300];
/// The most that the facade should cost, beside the call by hand.
const MOST: f64 = 1.10;

const BANK: &str = "ESSESESS";
const PSU: &str = "99990101000";
const AGENT: &str = "made-up/1.0";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => compare(),
        ["serve"] => serve(),
        [who, what, times, address] => run(who, what, times.parse().unwrap(), address),
        other => panic!("unknown arguments {other:?}"),
    }
}

fn compare() {
    let mut server = again(Command::new(this())).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut address).unwrap();
    println!("{:<6} {:>12} {:>12} {:>7}", "call", "by hand", "facade", "ratio");
    let mut within = true;
    for what in ["GET", "POST"] {
        let [by_hand, facade] = ["by-hand", "facade"].map(|who| instructions(who, what, address.trim()));
        let ratio = facade / by_hand;
        within &= ratio <= MOST;
        println!("{what:<6} {by_hand:>12.0} {facade:>12.0} {ratio:>7.3}");
    }
    server.kill().unwrap();
    server.wait().unwrap();
    println!(
        "instructions a call; at most {MOST:.2} times by hand: {}",
        if within { "kept" } else { "NOT kept" }
    );
    assert!(within, "a call through the facade costs too much");
}

fn this() -> std::path::PathBuf {
    std::env::current_exe().unwrap()
}

fn again(mut command: Command) -> Command {
    command.stdin(Stdio::null());
    command
}

/// Instructions of one call: the long run less the short one, by the calls between them.
fn instructions(who: &str, what: &str, address: &str) -> f64 {
    let [short, long] = RUNS.map(|times| {
        let output = again(Command::new("valgrind"))
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(this())
            .args([who, what, &times.to_string(), address])
            .output()
            .unwrap_or_else(|error| panic!("valgrind is needed: {error}"));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{told}");
        let counted = told.lines().find_map(|line| line.split_once("Collected : ")).unwrap().1.to_owned();
        counted.trim().parse::<f64>().unwrap()
    });
    (long - short) / f64::from(RUNS[1] - RUNS[0])
}

fn run(who: &str, what: &str, times: u32, address: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        match who {
            "facade" => facade(what, times, address).await,
            "by-hand" => by_hand(what, times, address).await,
            other => panic!("nobody is called {other}"),
        }
    });
}

async fn facade(what: &str, times: u32, address: &str) {
    let host = address.parse().unwrap();
    let client =
        Client::builder(Environment::custom(&host, &host).unwrap(), Credentials::new("client", "secret"))
            .transport(std::sync::Arc::new(ReqwestTransport::builder().trust(Trust::Nobody).build().unwrap()))
            .build()
            .unwrap();
    let psu = Psu::new().id(PsuId::parse(PSU).unwrap()).ip_address("192.0.2.7".parse().unwrap());
    let bank = client.bank(BANK.parse().unwrap(), Context::Private).psu(psu.user_agent(AGENT).unwrap());
    let consent = "c-1".parse().unwrap();
    for _ in 0..times {
        if what == "GET" {
            assert_eq!(bank.accounts(&consent).await.unwrap().body.len(), 2);
        } else {
            let request = ConsentRequest::new(ConsentRequest::LONGEST);
            assert_eq!(bank.create_consent(request).await.unwrap().body.consent_id.as_str(), "c-1");
        }
    }
}

/// The same with plain reqwest, as one writes it in an afternoon: a shared client, a kept token, a request id, the
/// headers, a typed answer.
async fn by_hand(what: &str, times: u32, address: &str) {
    #[derive(Deserialize)]
    struct Accounts {
        accounts: Vec<HandAccount>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "read, as a program would")]
    struct HandAccount {
        resource_id: String,
        iban: Option<String>,
        currency: String,
        name: Option<String>,
        balances: Option<Vec<HandBalance>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "read, as a program would")]
    struct HandBalance {
        balance_amount: HandAmount,
        balance_type: String,
    }
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "read, as a program would")]
    struct HandAmount {
        currency: String,
        amount: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Created {
        consent_id: String,
    }
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(no_tls())
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(std::time::Duration::from_secs(5))
        .read_timeout(std::time::Duration::from_secs(15))
        .timeout(std::time::Duration::from_secs(30))
        .no_proxy()
        .build()
        .unwrap();
    for _ in 0..times {
        let request = if what == "GET" {
            client
                .get(format!("{address}psd2/accountinformation/v1/accounts?withBalance=true"))
                .header("Consent-ID", "c-1")
        } else {
            let body = json!({"access": {}, "recurringIndicator": true, "validUntil": "9999-12-31",
                "frequencyPerDay": 4, "combinedServiceIndicator": false});
            client
                .post(format!("{address}psd2/consent/v1/consents"))
                .header("Content-Type", "application/json")
                .body(body.to_string())
        };
        let answer = request
            .bearer_auth("made-up-token")
            .header("Accept", "application/json")
            .header("X-Request-ID", uuid::Uuid::new_v4().to_string())
            .header("X-BicFi", BANK)
            .header("PSU-ID", PSU)
            .header("PSU-IP-Address", "192.0.2.7")
            .header("PSU-User-Agent", AGENT)
            .send()
            .await
            .unwrap()
            .error_for_status()
            .unwrap();
        let body = answer.bytes().await.unwrap();
        if what == "GET" {
            assert_eq!(serde_json::from_slice::<Accounts>(&body).unwrap().accounts.len(), 2);
        } else {
            assert_eq!(serde_json::from_slice::<Created>(&body).unwrap().consent_id, "c-1");
        }
    }
}

/// Plain http needs none, but without one reqwest looks for the machine's roots.
fn no_tls() -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(rustls::crypto::aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

/// Fixed answers over plain sockets.
fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("http://{}/", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    for stream in listener.incoming() {
        let stream = stream.unwrap();
        std::thread::spawn(move || answer(stream));
    }
}

fn answer(mut stream: TcpStream) {
    let balance =
        json!({"balanceAmount": {"currency": "SEK", "amount": "1234.50"}, "balanceType": "interimAvailable"});
    let account = |id: &str| {
        json!({"resourceId": id, "iban": "SE4550000000058398257466", "currency": "SEK", "name": "Made-up account",
            "balances": [balance], "_links": {"balances": {"href": "/psd2/accountinformation/v1/accounts/1/balances"}}})
    };
    let accounts = json!({"accounts": [account("1"), account("2")]}).to_string();
    let created = json!({"consentStatus": "received", "consentId": "c-1",
        "_links": {"self": {"href": "/psd2/consent/v1/consents/c-1"}}})
    .to_string();
    let token =
        json!({"access_token": "made-up-token", "expires_in": 3600, "token_type": "Bearer"}).to_string();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).unwrap_or(0) == 0 {
            return;
        }
        let (mut length, mut id) = (0, String::new());
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let line = line.trim_end();
            let Some((name, value)) = line.split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap(),
                "x-request-id" => value.clone_into(&mut id),
                _ => {}
            }
        }
        reader.read_exact(&mut vec![0; length]).unwrap();
        let body = match first.split(' ').nth(1).unwrap() {
            "/connect/token" => &token,
            path if path.starts_with("/psd2/accountinformation") => &accounts,
            _ => &created,
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-ID: {id}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        if stream.write_all((head + body).as_bytes()).is_err() {
            return;
        }
    }
}
