//! What the sandbox holds: mixed calls at a set rate beside ten thousand live sessions, its memory meanwhile, what it does
//! at most, and how soon a new one stands.
//!
//! `cargo bench -p openpayments-sandbox --bench load`, with `-- --seconds 600` for the long run. The sandbox is a process
//! of its own, so that its memory and CPU time are its own. Reads `/proc`: Linux only.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::as_conversions,
    reason = "a measurement on the real clock"
)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use openpayments_sandbox::{Approve, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

const SESSIONS: usize = 10_000;
const CONNECTIONS: usize = 32;
const RATE: u32 = 2_000;
const SEB: &str = "ESSESESS";
const NORDEA: &str = "NDEASESS";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|word| word == "serve") {
        return Runtime::new().unwrap().block_on(serve());
    }
    let given = arguments.iter().skip_while(|word| *word != "--seconds").nth(1);
    let seconds = given.map_or(20, |text| text.parse().unwrap());
    Runtime::new().unwrap().block_on(async {
        starts().await;
        load(Duration::from_secs(seconds)).await;
    });
}

async fn serve() {
    let sandbox = Sandbox::builder().approve(Approve::Manual).start().await.unwrap();
    println!("{} {} {}", sandbox.api_url(), sandbox.client_id(), sandbox.client_secret().expose());
    // Each line asks for everything that waits to be approved; the end of all lines is the end.
    let asked = tokio::task::spawn_blocking(move || {
        for line in std::io::stdin().lock().lines() {
            line.unwrap();
            for order in sandbox.orders() {
                sandbox.approve(&order.id).unwrap();
            }
            println!("done");
        }
    });
    asked.await.unwrap();
}

async fn starts() {
    for (name, tls) in [("http", false), ("https", true)] {
        let mut times = Vec::new();
        for _ in 0..100 {
            let builder = if tls { Sandbox::builder().tls() } else { Sandbox::builder() };
            let begun = Instant::now();
            let sandbox = builder.start().await.unwrap();
            times.push(begun.elapsed());
            drop(sandbox);
        }
        let (half, longest) = (at(&mut times, 0.5), at(&mut times, 1.0));
        println!("start, {name:<6} half in {half:?}, the longest of 100 in {longest:?}");
    }
}

async fn load(time: Duration) {
    let mut server = Server::start();
    let (token, calls) = server.furnish().await;
    let calls: Arc<[Vec<u8>]> = calls.into();
    println!("sessions      {SESSIONS} live");
    // Whatever is made on first use is there after this, and the record of the last requests is full.
    server.drive(&calls, Some(RATE), Duration::from_secs(15)).await;
    let before = server.memory();
    let report = server.drive(&calls, Some(RATE), time).await;
    let after = server.memory();
    report.print("mixed calls");
    let grown = 100.0 * (after as f64 - before as f64) / before as f64;
    println!("memory        {before} KiB before, {after} KiB after: {grown:+.2} %");
    server.drive(&calls, None, Duration::from_secs(5)).await.print("at most");
    let each = server.create(&token, 10_000).await;
    println!("payments      {each:.2} KiB each, kept until the sandbox ends");
}

struct Server {
    process: Child,
    said: BufReader<std::process::ChildStdout>,
    host: String,
    id: String,
    secret: String,
}

impl Server {
    fn start() -> Self {
        let itself = std::env::current_exe().unwrap();
        let mut command = Command::new(itself);
        let mut process = command.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let mut words = line.split_whitespace().map(str::to_owned);
        let url = words.next().unwrap();
        let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { process, said, host, id: words.next().unwrap(), secret: words.next().unwrap() }
    }

    /// Has everything approved that waits.
    fn approve(&mut self) {
        use std::io::Write as _;
        writeln!(self.process.stdin.as_mut().unwrap(), "approve").unwrap();
        self.said.read_line(&mut String::new()).unwrap();
    }

    /// Resident memory in KiB.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// CPU time used, in hundredths of a second.
    fn cpu(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        let fields = stat.rsplit(')').next().unwrap().split_whitespace();
        fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    }

    /// Opens the sessions and writes down the calls to be made: half of them polls of signatures, a quarter account data,
    /// and status, directory and tokens.
    async fn furnish(&mut self) -> (String, Vec<Vec<u8>>) {
        let mut line = Line::open(&self.host).await;
        let form = format!(
            "client_id={}&client_secret={}&grant_type=client_credentials\
             &scope=aspspinformation+accountinformation+paymentinitiation+private",
            self.id, self.secret
        );
        let ask =
            request("POST", "/connect/token", "Content-Type: application/x-www-form-urlencoded\r\n", &form);
        let token = text(&line.json(&ask).await, "/access_token");
        let nordea = headers(&token, NORDEA);
        let mut calls = Vec::new();
        for nth in 0..SESSIONS {
            let (consent, session) = open_session(&mut line, &nordea).await;
            calls.push(request("GET", &session, &nordea, ""));
            calls.push(match nth % 10 {
                0..5 => continue,
                5..8 => request("GET", &format!("{consent}/status"), &nordea, ""),
                _ => request("GET", &format!("/psd2/aspspinformation/v1/aspsps/{NORDEA}"), &nordea, ""),
            });
        }
        let reads = self.reads(&mut line, &token).await;
        calls.extend(reads.iter().cycle().take(SESSIONS / 2).cloned());
        // Clients keep their tokens, so few are asked for.
        calls.extend(std::iter::repeat_n(ask, SESSIONS / 1000));
        (token, calls)
    }

    /// Account data under a consent that was signed.
    async fn reads(&mut self, line: &mut Line, token: &str) -> Vec<Vec<u8>> {
        let seb = headers(token, SEB);
        let (consent, _) = open_session(line, &seb).await;
        self.approve();
        let id = consent.rsplit('/').next().unwrap();
        let seb = format!("{seb}Consent-ID: {id}\r\n");
        let accounts = "/psd2/accountinformation/v1/accounts";
        let list = request("GET", &format!("{accounts}?withBalance=true"), &seb, "");
        let account = text(&line.json(&list).await, "/accounts/0/_links/balances/href");
        let account = account.strip_suffix("/balances").unwrap();
        let day = "2020-01-01";
        vec![
            list,
            request("GET", account, &seb, ""),
            request("GET", &format!("{account}/balances"), &seb, ""),
            request("GET", &format!("{account}/transactions?bookingStatus=both&dateFrom={day}"), &seb, ""),
        ]
    }

    /// Sends the calls over and over, at a rate or as fast as they are answered.
    async fn drive(&self, calls: &Arc<[Vec<u8>]>, rate: Option<u32>, time: Duration) -> Report {
        let (begun, cpu) = (Instant::now(), self.cpu());
        let mut senders = tokio::task::JoinSet::new();
        for nth in 0..CONNECTIONS {
            let (calls, host) = (Arc::clone(calls), self.host.clone());
            senders.spawn(async move {
                let mut line = Line::open(&host).await;
                let every = rate.map(|rate| Duration::from_secs(CONNECTIONS as u64) / rate);
                let mut tick = every.map(tokio::time::interval);
                let (mut times, mut refused) = (Vec::new(), 0_usize);
                // A stride that shares no factor with their number: all are made, in no plain order.
                for step in 0_usize.. {
                    if let Some(tick) = &mut tick {
                        tick.tick().await;
                    }
                    if begun.elapsed() >= time {
                        break;
                    }
                    let asked = Instant::now();
                    let call = calls.get((nth * 7919 + step * 104_729) % calls.len()).unwrap();
                    let status = line.exchange(call).await.0;
                    times.push(asked.elapsed());
                    refused += usize::from(status != 200);
                }
                (times, refused)
            });
        }
        let (mut times, mut refused) = (Vec::new(), 0);
        while let Some(done) = senders.join_next().await {
            let (of_one, refused_of_one) = done.unwrap();
            times.extend(of_one);
            refused += refused_of_one;
        }
        Report { times, refused, took: begun.elapsed(), cpu: self.cpu() - cpu }
    }

    /// Creates payments; how much memory each takes, in KiB.
    async fn create(&self, token: &str, how_many: u32) -> f64 {
        let mut line = Line::open(&self.host).await;
        let payment = json!({
            "debtorAccount": { "bban": "41351300039" },
            "instructedAmount": { "currency": "SEK", "amount": "1.00" },
            "creditorAccount": { "iban": "SE4550000000058398257466" },
            "creditorName": "Made-up Creditor AB",
        });
        let path = "/psd2/paymentinitiation/v1/payments/domestic";
        let create = request("POST", path, &headers(token, NORDEA), &payment.to_string());
        let before = self.memory();
        for _ in 0..how_many {
            assert_eq!(line.exchange(&create).await.0, 201);
        }
        (self.memory() as f64 - before as f64) / f64::from(how_many)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A consent on whose signature the PSU has set out: its path, and its authorisation's.
async fn open_session(line: &mut Line, headers: &str) -> (String, String) {
    let consent = json!({
        "access": {}, "recurringIndicator": false, "validUntil": "9999-12-31", "frequencyPerDay": 4,
        "combinedServiceIndicator": false,
    });
    let created = request("POST", "/psd2/consent/v1/consents", headers, &consent.to_string());
    let consent = text(&line.json(&created).await, "/_links/self/href");
    let started = request("POST", &format!("{consent}/authorisations"), headers, "");
    let session = text(&line.json(&started).await, "/_links/scaStatus/href");
    let choice = json!({ "authenticationMethodId": "mbid" }).to_string();
    line.json(&request("PUT", &session, headers, &choice)).await;
    (consent, session)
}

struct Report {
    times: Vec<Duration>,
    refused: usize,
    took: Duration,
    cpu: u64,
}

impl Report {
    fn print(mut self, name: &str) {
        let (sent, seconds) = (self.times.len(), self.took.as_secs_f64());
        println!(
            "{name:<13} {:.0} a second for {seconds:.0} s, {} not answered by 200; half in {:?}, 99 % in {:?}; the \
             sandbox used {:.2} of a core",
            sent as f64 / seconds,
            self.refused,
            at(&mut self.times, 0.5),
            at(&mut self.times, 0.99),
            self.cpu as f64 / 100.0 / seconds,
        );
    }
}

/// The time that this share of all took no longer than.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
fn at(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    times.get((last as f64 * share) as usize).copied().unwrap_or_default()
}

/// The text at this place of an answer.
fn text(answer: &Value, place: &str) -> String {
    answer.pointer(place).and_then(Value::as_str).unwrap().to_owned()
}

fn headers(token: &str, bank: &str) -> String {
    format!(
        "Authorization: Bearer {token}\r\nX-Request-ID: 7f3f1f0e-58a6-4d3e-8f39-1f3a3d9f0c11\r\n\
         X-BicFi: {bank}\r\nPSU-ID: 99990101000\r\nPSU-IP-Address: 127.0.0.1\r\n"
    )
}

fn request(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// A connection that asks one thing after the other.
struct Line {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Line {
    async fn open(host: &str) -> Self {
        let stream = TcpStream::connect(host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new() }
    }

    async fn json(&mut self, request: &[u8]) -> Value {
        serde_json::from_slice(&self.exchange(request).await.1).unwrap()
    }

    /// Status and body.
    async fn exchange(&mut self, request: &[u8]) -> (u16, Vec<u8>) {
        self.stream.write_all(request).await.unwrap();
        loop {
            if let Some(head) = self.read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let text = String::from_utf8_lossy(self.read.get(..head).unwrap()).to_ascii_lowercase();
                let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
                let end = head + 4 + length.map_or(0, |length| length.parse::<usize>().unwrap());
                if self.read.len() >= end {
                    let body = self.read.get(head + 4..end).unwrap().to_vec();
                    self.read.drain(..end);
                    return (text.get(9..12).unwrap().parse().unwrap(), body);
                }
            }
            assert!(self.stream.read_buf(&mut self.read).await.unwrap() > 0, "the sandbox hung up");
        }
    }
}
