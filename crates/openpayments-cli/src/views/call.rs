//! How the answer to a call looks: its body, and around it what was asked for.

use std::collections::BTreeMap;

use openpayments::api::raw::RawAnswer;
use openpayments::client::Response;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::output::Answer;
use crate::terminal::harmless;

/// As it came: a number keeps all of its digits.
#[derive(Serialize)]
#[serde(untagged)]
enum Body {
    Nothing(()),
    Json(Box<RawValue>),
    Text(String),
}

impl Body {
    fn of(text: String) -> Self {
        if text.is_empty() {
            return Self::Nothing(());
        }
        // Line ends between its tokens are blanks; within strings JSON has none.
        match RawValue::from_string(text.replace(['\n', '\r'], " ")) {
            Ok(json) => Self::Json(json),
            Err(_) => Self::Text(text),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct Called {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Body,
    request_id: String,
    #[serde(skip)]
    include: bool,
}

impl Called {
    pub(crate) fn of(answer: &Response<RawAnswer>, include: bool) -> Self {
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer.body.headers.iter().map(|(name, value)| (name.to_string(), text(value)));
        Self {
            status: answer.body.status.as_u16(),
            headers: headers.collect(),
            body: Body::of(String::from_utf8_lossy(&answer.body.body).into_owned()),
            request_id: answer.request_id.to_string(),
            include,
        }
    }
}

impl Answer for Called {
    fn text(&self) -> String {
        let mut lines = Vec::new();
        if self.include {
            lines.push(format!("HTTP {}", self.status));
            lines.extend(self.headers.iter().map(|(name, value)| format!("{name}: {}", harmless(value))));
            lines.push(String::new());
        }
        match &self.body {
            Body::Nothing(()) => {}
            Body::Text(words) => lines.extend(words.lines().map(harmless)),
            Body::Json(json) => lines.extend(pretty(json.get()).lines().map(harmless)),
        }
        lines.join("\n")
    }
}

/// JSON with a member or an element a line. It moves blanks and changes nothing else.
pub(super) fn pretty(json: &str) -> String {
    let mut shown = String::new();
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut tokens = json.chars().peekable();
    while let Some(c) = tokens.next() {
        if in_string {
            shown.push(c);
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        let line = |shown: &mut String, depth: usize| {
            shown.push('\n');
            shown.push_str(&"  ".repeat(depth));
        };
        match c {
            ' ' | '\t' => {}
            '{' | '[' => {
                shown.push(c);
                while tokens.next_if(|c| c.is_whitespace()).is_some() {}
                if tokens.peek().is_some_and(|next| !matches!(next, '}' | ']')) {
                    depth += 1;
                    line(&mut shown, depth);
                } else {
                    shown.extend(tokens.next());
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut shown, depth);
                shown.push(c);
            }
            ',' => {
                shown.push(c);
                line(&mut shown, depth);
            }
            ':' => shown.push_str(": "),
            c => {
                in_string = c == '"';
                shown.push(c);
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pretty_json_moves_blanks_alone() {
        let json = r#"{"a":[ ],"b":{"c":"x, {y} \"z\"","d":123456789012345678.91}, "e":[1,2]}"#;
        let shown = pretty(json);
        assert_eq!(
            shown,
            "{\n  \"a\": [],\n  \"b\": {\n    \"c\": \"x, {y} \\\"z\\\"\",\n    \"d\": 123456789012345678.91\n  },\n  \
             \"e\": [\n    1,\n    2\n  ]\n}"
        );
    }
}
