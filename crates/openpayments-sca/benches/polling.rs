//! How much it costs to follow many sessions, beside the same polls in a plain loop over reqwest.
//!
//! Four loops: `bare` sends a token and nothing else, looks at nothing and waits for ever; `plain` is the poll that the
//! platform takes, as one writes it by hand: request id, bank, token, a time limit, the status read; `caller` makes the
//! same call through the client; `driver` is the session a program holds.
//!
//! The bank is a process of its own that says the same to every question, and each measurement is one, too, so that the
//! figures are the client's alone: `cargo bench -p openpayments-sca --bench polling`. Reads `/proc`: Linux only.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement on the real clock"
)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use openpayments_api::CallContext;
use openpayments_api::authorisation::GetScaStatus;
use openpayments_client::{Caller, Credentials, Environment};
use openpayments_model::identifier::{AuthorisationId, ConsentId, ScaMethodId};
use openpayments_model::{BicFi, Context};
use openpayments_sca::{Authorise, MethodPreference, ScaSession, Subject, Timing};
use openpayments_transport_reqwest::ReqwestTransport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

const WARM_UP: Duration = Duration::from_secs(8);
const MEASURED: Duration = Duration::from_secs(15);
/// Sessions and seconds between polls: at ease, at the rate the plain loop sustains, and beyond it.
const ROUNDS: [(u32, u64); 3] = [(10_000, 5), (50_000, 5), (50_000, 2)];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let mut words =
        arguments.iter().map(String::as_str).skip_while(|word| !["serve", "measure"].contains(word));
    match words.next() {
        Some("serve") => runtime().block_on(serve()),
        Some("measure") => {
            let mut next = || words.next().unwrap();
            let (name, sessions, every, host) = (next(), next(), next(), next());
            let every = Duration::from_secs(every.parse().unwrap());
            runtime().block_on(measure(name, sessions.parse().unwrap(), every, host));
        }
        _ => {
            println!("sessions  every  loop     polls/s   CPU us/poll   KiB/waiting   peak MiB");
            for (sessions, every) in ROUNDS {
                for name in ["bare", "plain", "caller", "driver"] {
                    let bank = Bank::start();
                    let [sessions, every] = [sessions.to_string(), every.to_string()];
                    let status =
                        itself().args(["measure", name, &sessions, &every, &bank.host]).status().unwrap();
                    assert!(status.success());
                }
            }
        }
    }
}

/// One worker each: how often two of them wake each other differs threefold from run to run, for every loop.
fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn itself() -> Command {
    Command::new(std::env::current_exe().unwrap())
}

/// The bank's process.
struct Bank {
    process: Child,
    host: String,
}

impl Bank {
    fn start() -> Self {
        let mut process = itself().arg("serve").stdout(Stdio::piped()).spawn().unwrap();
        let mut host = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut host).unwrap();
        Self { process, host: host.trim().to_owned() }
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    let polls = Arc::default();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(answer(stream, Arc::clone(&polls)));
    }
}

/// Answers one request after the other, without reading more of it than it must.
async fn answer(mut stream: TcpStream, polls: Arc<std::sync::atomic::AtomicU64>) -> Option<()> {
    use std::sync::atomic::Ordering::Relaxed;
    let _ = stream.set_nodelay(true);
    let mut read = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8_lossy(read.get(..end)?).to_ascii_lowercase();
        let length =
            head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        let whole = end + length.unwrap_or(0_usize);
        while read.len() < whole {
            if stream.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
        }
        read.drain(..whole);
        let body = if head.starts_with("get /count") {
            polls.load(Relaxed).to_string()
        } else if head.starts_with("get ") {
            polls.fetch_add(1, Relaxed);
            r#"{"scaStatus":"started"}"#.to_owned()
        } else if head.starts_with("put ") {
            r#"{"scaStatus":"started","challengeData":{"data":["1-2"]}}"#.to_owned()
        } else if head.contains("/connect/token") {
            r#"{"access_token":"made-up","expires_in":86400}"#.to_owned()
        } else {
            r#"{"scaStatus":"received","authorisationId":"a-1","scaMethods":[
                {"authenticationType":"PUSH_OTP","authenticationMethodId":"mbid"}]}"#
                .to_owned()
        };
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\naspsp-sca-approach: DECOUPLED\r\n\
            content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

async fn measure(name: &str, sessions: u32, every: Duration, host: &str) {
    let client = plain_client();
    let ready = ready(host, every).await;
    let before = status("VmRSS:");
    for n in 0..sessions {
        match name {
            "bare" => reqwest_loop(&client, host, every, n, bare),
            "plain" => reqwest_loop(&client, host, every, n, plain),
            "caller" => caller_loop(&ready.0, every, n),
            _ => driver_loop(&ready),
        }
    }
    // All wait; few have polled.
    let after = status("VmRSS:");
    tokio::time::sleep(WARM_UP).await;
    let (polls, cpu, began) = (count(&client, host).await, cpu(), Instant::now());
    tokio::time::sleep(MEASURED).await;
    let polled = count(&client, host).await - polls;
    let micros = self::cpu().checked_sub(cpu).unwrap().as_secs_f64() * 1e6;
    println!(
        "{sessions:>8} {:>5}s  {name:<7} {:>8.0} {:>13.1} {:>13.2} {:>10.0}",
        every.as_secs(),
        polled / began.elapsed().as_secs_f64(),
        micros / polled,
        (after - before) / f64::from(sessions),
        status("VmHWM:") / 1024.0,
    );
    // Nothing is worth waiting for.
    std::process::exit(0);
}

fn plain_client() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls).build().unwrap()
}

/// Waits, asks, waits: with a bound on what is in flight and spread starts, without which it collapses.
fn reqwest_loop<F>(
    client: &reqwest::Client,
    host: &str,
    every: Duration,
    n: u32,
    poll: impl Fn(reqwest::RequestBuilder) -> F + Send + 'static,
) where
    F: Future<Output = Option<()>> + Send,
{
    static GATE: Semaphore = Semaphore::const_new(64);
    let client = client.clone();
    let url: Arc<str> = format!("{host}/psd2/consent/v1/consents/c-1/authorisations/a-1").into();
    tokio::spawn(async move {
        tokio::time::sleep(first(every, n)).await;
        loop {
            {
                let _place = GATE.acquire().await.unwrap();
                poll(client.get(&*url).bearer_auth("made-up")).await;
            }
            tokio::time::sleep(every).await;
        }
    });
}

/// Any part of a whole pause, as in the driver: sessions that stand side by side in memory do not poll side by side.
fn first(every: Duration, n: u32) -> Duration {
    every.mul_f64(f64::from(n.wrapping_mul(0x9E37_79B9)) / f64::from(u32::MAX))
}

/// Nothing but reqwest.
async fn bare(request: reqwest::RequestBuilder) -> Option<()> {
    request.send().await.ok()?.bytes().await.ok().map(drop)
}

/// What a poll needs, and the status of a good answer.
async fn plain(request: reqwest::RequestBuilder) -> Option<()> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct State {
        sca_status: String,
    }
    let request = request
        .header("Accept", "application/json")
        .header("X-BicFi", "ESSESESS")
        .header("X-Request-ID", uuid::Uuid::new_v4().to_string())
        .timeout(Duration::from_secs(30));
    let answer = request.send().await.ok()?.error_for_status().ok()?;
    let state: State = serde_json::from_slice(&answer.bytes().await.ok()?).ok()?;
    assert_eq!(state.sca_status, "started");
    Some(())
}

/// The same loop over a caller: what the driver adds to it is the difference to this.
fn caller_loop(caller: &Caller, every: Duration, n: u32) {
    static GATE: Semaphore = Semaphore::const_new(64);
    let caller = caller.clone();
    let context = CallContext::bank(BicFi::parse("ESSESESS").unwrap(), Context::Private);
    let consent = ConsentId::parse("c-1").unwrap();
    let call = GetScaStatus::new(consent, AuthorisationId::parse("a-1").unwrap());
    tokio::spawn(async move {
        tokio::time::sleep(first(every, n)).await;
        loop {
            {
                let _place = GATE.acquire().await.unwrap();
                let _ = caller.poll(&call, &context).await;
            }
            tokio::time::sleep(every).await;
        }
    });
}

/// A caller, and a session that waits for its PSU, to make many of.
async fn ready(host: &str, every: Duration) -> (Caller, openpayments_sca::SessionRecord) {
    let url = host.parse().unwrap();
    let transport = ReqwestTransport::builder().build().unwrap();
    let credentials = Credentials::new("client-1", "made-up-secret");
    let caller = Caller::builder(Environment::custom(&url, &url).unwrap(), credentials)
        .transport(Arc::new(transport))
        .build()
        .unwrap();
    let mut timing = Timing::default();
    timing.poll = every;
    timing.deadline = Duration::from_hours(1);
    timing.start_window = Duration::from_hours(1);
    let consent = Subject::Consent(ConsentId::parse("c-1").unwrap());
    let context = CallContext::bank(BicFi::parse("ESSESESS").unwrap(), Context::Private);
    let start = Authorise::new(caller.clone(), context, consent).timing(timing);
    let mbid = MethodPreference::Method(ScaMethodId::parse("mbid").unwrap());
    let mut sca = start.method(mbid).start().await.unwrap();
    sca.next().await.unwrap();
    (caller, sca.export(None).unwrap())
}

fn driver_loop((caller, record): &(Caller, openpayments_sca::SessionRecord)) {
    let mut sca = ScaSession::import(caller.clone(), record, None).unwrap();
    tokio::spawn(async move { while !matches!(sca.next().await, Ok(None)) {} });
}

async fn count(client: &reqwest::Client, host: &str) -> f64 {
    let answer = client.get(format!("{host}/count")).send().await.unwrap();
    let text = String::from_utf8(answer.bytes().await.unwrap().to_vec()).unwrap();
    text.parse().unwrap()
}

/// A figure of `/proc/self/status`, in KiB.
fn status(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The time this process has had on the processors; `/proc` counts it in hundredths of a second.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let mut fields = after_name.split_whitespace().skip(11);
    let mut ticks = || fields.next().unwrap().parse::<u64>().unwrap();
    Duration::from_millis(10 * (ticks() + ticks()))
}
