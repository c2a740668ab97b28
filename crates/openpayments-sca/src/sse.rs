//! Events as Server-Sent Events, for a page that shows them: the text of a `text/event-stream` answer.
//!
//! Each is an event name and one line of JSON, in which `<`, `>`, `&` and line ends are escaped; so nothing a bank says
//! can end the event, begin another one, or become markup where the JSON is put into a page. Show texts as text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::event::ScaEvent;
use crate::outcome::Outcome;
use crate::text::Lang;

/// Send this every 15 seconds or so, to keep the connection open.
pub const KEEP_ALIVE: &str = ": \n\n";

impl ScaEvent {
    /// The event for the PSU's page, or nothing for one that is not for the PSU.
    ///
    /// | event | data |
    /// |---|---|
    /// | `choose` | `methods`: list of `id` and `name` |
    /// | `qr` | `image`: an SVG as a data URI, for `<img src>` |
    /// | `hide` | |
    /// | `app` | `link`, `open`: whether it may be opened without the PSU pressing anything |
    /// | `missed` | |
    /// | `redirect` | `link` |
    /// | `progress` | `step`, `text` |
    /// | `message` | `text` |
    pub fn to_sse(&self, lang: Lang) -> String {
        let (name, data) = match self {
            Self::ChooseMethod(methods) => {
                let shown: Vec<Value> = methods
                    .iter()
                    .map(|method| json!({"id": method.authentication_method_id, "name": method.name}))
                    .collect();
                ("choose", json!({ "methods": shown }))
            }
            Self::ShowQr(frame) => {
                let image = format!("data:image/svg+xml;base64,{}", STANDARD.encode(frame.to_svg()));
                ("qr", json!({ "image": image }))
            }
            Self::HideQr => ("hide", json!({})),
            Self::OpenApp(link) => ("app", json!({"link": link.expose(), "open": link.may_open_by_itself()})),
            Self::StartWindowMissed => ("missed", json!({})),
            Self::Redirect(link) => ("redirect", json!({"link": link.expose().as_str()})),
            Self::Progress(step) => {
                ("progress", json!({"step": format!("{step:?}"), "text": step.psu_prompt(lang)}))
            }
            Self::Message(words) => ("message", json!({ "text": words })),
            Self::Notice(_) => return String::new(),
        };
        event(name, &data)
    }
}

impl Outcome {
    /// The last event, `end`: `outcome` and `text`. After it the page closes the connection.
    pub fn to_sse(&self, lang: Lang) -> String {
        let outcome = match self {
            Self::Completed(_) => "completed",
            Self::Refused => "refused",
            Self::Superseded => "superseded",
            Self::Blocked => "blocked",
            Self::Expired => "expired",
            Self::NeedsAnotherSigner(_) => "needsAnotherSigner",
            Self::Failed { .. } => "failed",
            Self::StillPending => "stillPending",
            Self::Cancelled => "cancelled",
        };
        let data = json!({"outcome": outcome, "next": self.next_step(), "text": self.psu_prompt(lang)});
        event("end", &data)
    }
}

fn event(name: &str, data: &Value) -> String {
    let mut line = String::new();
    for c in data.to_string().chars() {
        match c {
            '<' => line.push_str("\\u003c"),
            '>' => line.push_str("\\u003e"),
            '&' => line.push_str("\\u0026"),
            '\u{2028}' => line.push_str("\\u2028"),
            '\u{2029}' => line.push_str("\\u2029"),
            c => line.push(c),
        }
    }
    format!("event: {name}\ndata: {line}\n\n")
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::{AppLink, Notice, QrFrame};

    fn data(text: &str) -> Value {
        let mut lines = text.lines();
        assert!(lines.next().unwrap().starts_with("event: "));
        let data = lines.next().unwrap().strip_prefix("data: ").unwrap();
        assert_eq!((lines.next(), lines.next()), (Some(""), None), "one event and no more");
        serde_json::from_str(data).unwrap()
    }

    #[test]
    fn what_a_bank_says_stays_one_event_and_no_markup() {
        for words in [
            "a\n\nevent: end\ndata: {}",
            "a\r\nb\rc",
            "</script><img src=x onerror=alert(1)>",
            "\u{2028}\u{2029}\0\u{feff}",
            "data: x",
        ] {
            let text = ScaEvent::Message(words.to_owned()).to_sse(Lang::En);
            assert_eq!(data(&text)["text"], words);
            assert!(!text.contains(['<', '>', '&', '\r', '\u{2028}']), "{text}");
            assert!(text.ends_with("\n\n"));
        }
    }

    #[test]
    fn a_code_is_sent_as_a_picture_and_a_link_as_it_is() {
        let frame = QrFrame::new(SecretString::from("bankid.a.1.b")).unwrap();
        let image = data(&ScaEvent::ShowQr(frame).to_sse(Lang::En))["image"].as_str().unwrap().to_owned();
        let svg = STANDARD.decode(image.strip_prefix("data:image/svg+xml;base64,").unwrap()).unwrap();
        assert!(String::from_utf8(svg).unwrap().starts_with("<svg"));
        let link =
            AppLink::new(&"https://app.bankid.com/".parse().unwrap(), &SecretString::from("a-1")).unwrap();
        let shown = data(&ScaEvent::OpenApp(link.clone()).to_sse(Lang::En));
        assert_eq!(shown, json!({"link": link.expose(), "open": true}));
    }

    #[test]
    fn the_end_says_what_to_do_and_notices_are_not_for_the_psu() {
        let end = data(&Outcome::Expired.to_sse(Lang::Sv));
        assert_eq!(end["outcome"], "expired");
        assert_eq!(end["next"], "signAgain");
        assert_eq!(ScaEvent::Notice(Notice::StaleCode).to_sse(Lang::En), "");
    }
}
