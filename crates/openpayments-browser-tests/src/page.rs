//! One tab.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

use crate::{Browser, Screen};

/// How long the browser may take for one answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// A tab. All that a page does wrong meanwhile is kept for [`Page::problems`].
#[derive(Debug)]
pub struct Page {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    /// Whether the context is its own.
    is_first: bool,
    context: String,
    session: String,
    last: u64,
    screen: Screen,
    has_scripts: bool,
    /// How many pages have come.
    loads: usize,
    /// Origins that it may load from; paths are of the first.
    sites: Vec<String>,
    problems: Vec<String>,
}

impl Page {
    /// A new tab in a context of its own, without cookies. `site` is the origin that everything has to come from,
    /// unless [another one is allowed](Self::allow).
    ///
    /// # Errors
    /// When the browser does not do as it is told.
    pub fn new(browser: &Browser, site: &str, screen: Screen) -> Result<Self> {
        let sites = vec![origin(site)];
        Self::in_context(browser, sites, screen, None)
    }

    /// A second tab of the same person, with the same cookies; it is gone with the first.
    ///
    /// # Errors
    /// When the browser does not do as it is told.
    pub fn second_tab(&self, browser: &Browser) -> Result<Self> {
        Self::in_context(browser, self.sites.clone(), self.screen, Some(self.context.clone()))
    }

    fn in_context(
        browser: &Browser,
        sites: Vec<String>,
        screen: Screen,
        context: Option<String>,
    ) -> Result<Self> {
        let (socket, _) = tungstenite::connect(browser.address.as_str())?;
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(PATIENCE))?;
        }
        let (is_first, context) = (context.is_none(), context.unwrap_or_default());
        let (session, problems) = (String::new(), Vec::new());
        let (has_scripts, loads, last) = (true, 0, 0);
        let mut page =
            Self { socket, is_first, context, session, last, screen, has_scripts, loads, sites, problems };
        if is_first {
            page.context =
                text(&page.command("Target.createBrowserContext", &json!({}))?, "browserContextId")?;
        }
        let target = json!({ "url": "about:blank", "browserContextId": page.context });
        let target = text(&page.command("Target.createTarget", &target)?, "targetId")?;
        let attach = json!({ "targetId": target, "flatten": true });
        page.session = text(&page.command("Target.attachToTarget", &attach)?, "sessionId")?;
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.command(&format!("{domain}.enable"), &json!({}))?;
        }
        let Screen { width, dark } = screen;
        let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
        page.command("Emulation.setDeviceMetricsOverride", &metrics)?;
        page.command("Emulation.setScrollbarsHidden", &json!({ "hidden": true }))?;
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        page.command("Emulation.setEmulatedMedia", &media)?;
        Ok(page)
    }

    /// From the next page on, no page runs a script; what is asked by [`read`](Self::read) is answered all the same.
    ///
    /// # Errors
    /// When the browser does not do as it is told.
    pub fn without_scripts(&mut self) -> Result<()> {
        self.command("Emulation.setScriptExecutionDisabled", &json!({ "value": true }))?;
        self.has_scripts = false;
        Ok(())
    }

    /// Allows one more origin, for a journey over several sites.
    pub fn allow(&mut self, site: &str) {
        self.sites.push(origin(site));
    }

    /// What it is looked at on.
    #[must_use]
    pub fn screen(&self) -> Screen {
        self.screen
    }

    /// Goes to an address and waits until it is there. A path is one of the site.
    ///
    /// # Errors
    /// When the browser cannot get there.
    pub fn open(&mut self, address: &str) -> Result<()> {
        let site = self.sites.first().map(String::as_str).unwrap_or_default();
        let url = if address.starts_with('/') { format!("{site}{address}") } else { address.to_owned() };
        let gone = self.command("Page.navigate", &json!({ "url": url }))?;
        ensure!(gone.get("errorText").is_none(), "cannot open {address}: {gone}");
        self.settle()
    }

    /// What an expression comes to; promises are waited for.
    ///
    /// # Errors
    /// What it threw.
    pub fn read(&mut self, expression: &str) -> Result<Value> {
        let ask = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.command("Runtime.evaluate", &ask)?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            bail!("`{expression}` threw {thrown}");
        }
        Ok(answer.pointer("/result/value").cloned().unwrap_or_default())
    }

    /// Waits until an expression is true, over as many pages as it takes.
    ///
    /// # Errors
    /// When it is not in time; with what the page shows.
    pub fn until(&mut self, expression: &str) -> Result<()> {
        if !self.has_scripts {
            return self.until_page(expression);
        }
        let waiting = format!(
            "new Promise(done => {{ const look = left => {{ let is = false; try {{ is = !!({expression}) }} catch {{}}
               is || left === 0 ? done(is) : setTimeout(look, 50, left - 1) }}; look(400) }})"
        );
        // A page that goes away takes the question along; it is put to the next one.
        for _ in 0..20 {
            match self.read(&waiting) {
                Ok(Value::Bool(true)) => return Ok(()),
                Ok(_) => break,
                Err(_) => {}
            }
        }
        let shown = self.read("location.href + ' ' + (document.body ? document.body.innerText : '')")?;
        bail!("never became true: {expression}; the page shows {shown}")
    }

    /// Whether it asks to be loaded anew, as pages do where scripts are off.
    pub(crate) fn reloads_itself(&mut self) -> bool {
        self.read("!!document.querySelector('meta[http-equiv=refresh]')")
            .is_ok_and(|is| is == Value::Bool(true))
    }

    /// Waits until another page has come, or the same one anew.
    fn next_page(&mut self) -> Result<()> {
        let seen = self.loads;
        while self.loads == seen {
            let said = self.hear()?;
            self.judge(&said);
        }
        Ok(())
    }

    /// Whether an expression is true in a moment, or on the next page where scripts are off.
    pub fn is_soon(&mut self, expression: &str) -> bool {
        if !self.has_scripts && self.next_page().is_err() {
            return false;
        }
        let look = if self.has_scripts {
            format!("new Promise(done => setTimeout(() => done(!!({expression})), 50))")
        } else {
            format!("!!({expression})")
        };
        // A page that goes away takes the question along.
        self.read(&look).is_ok_and(|is| is == Value::Bool(true))
    }

    /// The same without scripts: nothing changes then but by another page.
    fn until_page(&mut self, expression: &str) -> Result<()> {
        let look = format!("(() => {{ try {{ return !!({expression}) }} catch {{ return false }} }})()");
        for _ in 0..20 {
            let seen = self.loads;
            if self.read(&look).is_ok_and(|is| is == Value::Bool(true)) {
                return Ok(());
            }
            if self.loads == seen {
                self.next_page()?;
            }
        }
        bail!("never became true without scripts: {expression}")
    }

    /// Waits until the page is all there: before its style has come, things are elsewhere.
    pub(crate) fn settle(&mut self) -> Result<()> {
        self.until("document.readyState === 'complete'")
    }

    /// Clicks what a selector finds, as a person would: it has to be visible.
    ///
    /// # Errors
    /// When there is nothing to click.
    pub fn click(&mut self, selector: &str) -> Result<()> {
        self.settle()?;
        if self.reloads_itself() {
            // Right after it has come, so that it does not go away in the middle.
            self.next_page()?;
        }
        let place = self.read(&format!(
            "(() => {{ const it = document.querySelector({}); it.scrollIntoView({{ block: 'center' }});
               const at = it.getBoundingClientRect();
               return [at.x + at.width / 2, at.y + at.height / 2] }})()",
            json!(selector)
        ))?;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({
                "type": kind, "x": place.get(0), "y": place.get(1), "button": "left", "clickCount": 1,
            });
            self.command("Input.dispatchMouseEvent", &event)?;
        }
        Ok(())
    }

    /// A picture of the complete page.
    ///
    /// # Errors
    /// When there is no picture, or no place for it.
    pub fn picture(&mut self, file: &Path) -> Result<()> {
        let shot = json!({ "format": "png", "captureBeyondViewport": true });
        let data = text(&self.command("Page.captureScreenshot", &shot)?, "data")?;
        std::fs::write(file, STANDARD.decode(data)?)?;
        Ok(())
    }

    /// Errors on the console, scripts that threw, whatever a policy stopped, and everything asked of a site that is not allowed.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    pub(crate) fn command(&mut self, method: &str, parameters: &Value) -> Result<Value> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if !self.session.is_empty()
            && let Some(members) = message.as_object_mut()
        {
            members.insert("sessionId".to_owned(), json!(self.session));
        }
        self.socket.send(Message::text(message.to_string()))?;
        loop {
            let said = self.hear().with_context(|| format!("no answer to {method}"))?;
            if said.get("id") == Some(&json!(self.last)) {
                ensure!(said.get("error").is_none(), "{method}: {said}");
                return Ok(said.get("result").cloned().unwrap_or_default());
            }
            self.judge(&said);
        }
    }

    /// The next thing the browser says.
    fn hear(&mut self) -> Result<Value> {
        loop {
            match self.socket.read() {
                Ok(Message::Text(said)) => return Ok(serde_json::from_str(said.as_str())?),
                Ok(_) => {}
                // A signal, which is nobody's answer.
                Err(tungstenite::Error::Io(error)) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn judge(&mut self, event: &Value) {
        let at = |path: &str| event.pointer(path).and_then(Value::as_str).unwrap_or_default();
        self.loads += usize::from(at("/method") == "Page.loadEventFired");
        let is_wrong = match at("/method") {
            "Runtime.exceptionThrown" => true,
            "Runtime.consoleAPICalled" => matches!(at("/params/type"), "error" | "assert"),
            // A page with an error status is a page; what it fails to load is told by the address.
            "Log.entryAdded" => {
                at("/params/entry/level") == "error" && at("/params/entry/source") != "network"
            }
            "Network.requestWillBeSent" => {
                let url = at("/params/request/url");
                let from = |site: &String| url.strip_prefix(site).is_some_and(|rest| rest.starts_with('/'));
                !self.sites.iter().any(from) && !url.starts_with("data:") && url != "about:blank"
            }
            _ => false,
        };
        if is_wrong {
            self.problems.push(event.to_string());
        }
    }
}

/// The tab closes, and its scripts with it.
impl Drop for Page {
    fn drop(&mut self) {
        if !self.is_first {
            return;
        }
        // Contexts are the browser's to end, not the tab's.
        self.session.clear();
        let _gone =
            self.command("Target.disposeBrowserContext", &json!({ "browserContextId": self.context }));
    }
}

fn origin(site: &str) -> String {
    site.trim_end_matches('/').to_owned()
}

fn text(value: &Value, name: &str) -> Result<String> {
    Ok(value.get(name).and_then(Value::as_str).with_context(|| format!("no {name}"))?.to_owned())
}
