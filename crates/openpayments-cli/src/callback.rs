//! Where the PSU's browser comes back to: one path on loopback.

use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::{Host, Url};

use crate::exit::Exit;
use crate::problem::{OrProblem, Problem};

const PATH: &str = "/callback";
/// No request of a browser that comes back is longer.
const LONGEST_HEAD: usize = 16 * 1024;
/// A visitor who is slower is no browser.
const PATIENCE: Duration = Duration::from_secs(5);

/// Listens on a free port of loopback.
#[derive(Debug)]
pub(crate) struct CallbackListener {
    listener: TcpListener,
    uri: Url,
}

impl CallbackListener {
    pub(crate) async fn bind() -> anyhow::Result<Self> {
        let no_port = || Problem::new(Exit::Machine, "there is no free port for the callback");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.or_problem(no_port)?;
        let uri = format!("http://{}{PATH}", listener.local_addr()?).parse()?;
        Ok(Self { listener, uri })
    }

    /// Listens where the registered address says, if that is on this machine.
    pub(crate) async fn at(uri: &Url) -> anyhow::Result<Option<Self>> {
        let is_here = match uri.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if uri.scheme() != "http" || !is_here {
            return Ok(None);
        }
        let taken = || {
            Problem::new(Exit::Machine, format!("nothing can listen at {uri}, where browsers come back to"))
                .next("wait until the other command that waits there has ended")
        };
        let addresses = uri.socket_addrs(|| None).or_problem(taken)?;
        let listener = TcpListener::bind(addresses.as_slice()).await.or_problem(taken)?;
        Ok(Some(Self { listener, uri: uri.clone() }))
    }

    /// The address to register and to send the PSU back to.
    pub(crate) fn uri(&self) -> &Url {
        &self.uri
    }

    /// Waits for a visit to the callback's path. Other visitors are turned away.
    pub(crate) async fn visit(&self) -> anyhow::Result<Visit> {
        loop {
            let (mut stream, _) = self.listener.accept().await?;
            let Ok(Some(target)) = tokio::time::timeout(PATIENCE, request_target(&mut stream)).await else {
                continue;
            };
            match target.strip_prefix(self.uri.path()).and_then(|rest| rest.strip_prefix('?')) {
                Some(query) => {
                    return Ok(Visit { query: query.to_owned(), stream });
                }
                None => answer(stream, "404 Not Found", "There is nothing here.").await,
            }
        }
    }
}

/// A browser that came back and waits for a page.
#[derive(Debug)]
pub(crate) struct Visit {
    /// The query, as it came.
    pub(crate) query: String,
    stream: TcpStream,
}

impl Visit {
    pub(crate) async fn welcome(self, words: &str) {
        answer(self.stream, "200 OK", words).await;
    }

    pub(crate) async fn turn_away(self) {
        answer(self.stream, "400 Bad Request", "This is not the answer that is awaited.").await;
    }
}

/// What a `GET` asks for, or nothing for anything else.
async fn request_target(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() > LONGEST_HEAD || stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let line = std::str::from_utf8(&head).ok()?.lines().next()?;
    line.strip_prefix("GET ")?.strip_suffix(" HTTP/1.1").map(str::to_owned)
}

async fn answer(mut stream: TcpStream, status: &str, words: &str) {
    let page = format!(
        "<!doctype html><html><meta name=\"viewport\" content=\"width=device-width\">\
         <title>openpayments</title><body><p>{words}</p></body></html>"
    );
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n\
         Connection: close\r\n\r\n",
        page.len()
    );
    // A browser that has gone away misses nothing.
    let _ = stream.write_all((head + &page).as_bytes()).await;
    let _ = stream.shutdown().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(listener: &CallbackListener, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(listener.listener.local_addr().unwrap()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        stream
    }

    #[tokio::test]
    async fn i185_only_a_visit_to_the_callback_is_taken() {
        let listener = CallbackListener::bind().await.unwrap();
        let mut others = Vec::new();
        for request in [
            "GET /favicon.ico HTTP/1.1\r\n\r\n",
            "POST /callback?state=s HTTP/1.1\r\n\r\n",
            "HEAD /callback?state=s HTTP/1.1\r\n\r\n",
            "nonsense",
            "",
        ] {
            others.push(ask(&listener, request).await);
        }
        let browser = ask(&listener, "GET /callback?code=c&state=s HTTP/1.1\r\nHost: x\r\n\r\n").await;
        let visit = listener.visit().await.unwrap();
        assert_eq!(visit.query, "code=c&state=s");
        visit.welcome("Thank you.").await;
        let mut page = String::new();
        let mut browser = browser;
        browser.read_to_string(&mut page).await.unwrap();
        assert!(page.starts_with("HTTP/1.1 200 OK"));
    }
}
