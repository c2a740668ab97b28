//! Faults as JSON, one flat object each: the form in which they come over the control API and from files.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CannedAnswer, Effect, End, Fault};
use crate::error::{Error, ErrorKind};

/// The object. What a fault does not need must not be there.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Written {
    fault: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    /// How long to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
    /// Closed instead of reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    close: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<BTreeMap<String, String>>,
    /// Text as it is; anything else as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
}

impl Fault {
    /// Reads a fault from its JSON form, for example
    /// `{"fault": "delay-answer", "ms": 5000, "operation": "initiatePayment", "nth": 2}`.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`], which names what is unknown, missing, superfluous or out of range.
    pub fn parse(json: &str) -> Result<Self, Error> {
        let written: Written = serde_json::from_str(json).map_err(|why| refused(why.to_string()))?;
        written.read()
    }

    /// The JSON form.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(Written::of(self)).unwrap_or_default()
    }
}

fn refused(why: impl Into<String>) -> Error {
    Error::new(ErrorKind::Settings, why)
}

impl Written {
    fn read(mut self) -> Result<Fault, Error> {
        let effect = self.effect()?;
        let superfluous = [
            ("ms", self.ms.is_some()),
            ("bytes", self.bytes.is_some()),
            ("close", self.close.is_some()),
            ("status", self.status.is_some()),
            ("headers", self.headers.is_some()),
            ("body", self.body.is_some()),
        ];
        if let Some((name, _)) = superfluous.into_iter().find(|(_, given)| *given) {
            return Err(refused(format!("`{name}` says nothing to the fault `{}`", self.fault)));
        }
        let Self { operation, method, path, bank, nth, times, .. } = self;
        let (nth, times) = (nth.unwrap_or(1), times.unwrap_or(1));
        Ok(Fault { effect, operation, method, path, bank, nth, times })
    }

    fn effect(&mut self) -> Result<Effect, Error> {
        Ok(match self.fault.as_str() {
            "drop-connection" => Effect::DropConnection,
            "break-handshake" => Effect::BreakHandshake,
            "lose-request" => Effect::LoseRequest { end: self.end() },
            "lose-answer" => Effect::LoseAnswer { end: self.end() },
            "cut-head" => Effect::CutHead { bytes: needed(self.bytes.take(), "bytes")?, end: self.end() },
            "cut-body" => Effect::CutBody { bytes: needed(self.bytes.take(), "bytes")?, end: self.end() },
            "delay-request" => Effect::DelayRequest(self.time()?),
            "delay-answer" => Effect::DelayAnswer(self.time()?),
            "drip" => Effect::Drip { bytes: needed(self.bytes.take(), "bytes")?, every: self.time()? },
            "wrong-request-id" => Effect::WrongRequestId,
            "answer-instead" => Effect::AnswerInstead(self.answer()?),
            "answer-afterwards" => Effect::AnswerAfterwards(self.answer()?),
            "deliver-twice" => Effect::DeliverTwice,
            "go-away" => Effect::GoAway,
            "go-away-afterwards" => Effect::GoAwayAfterwards,
            other => return Err(refused(format!("there is no fault `{other}`"))),
        })
    }

    fn end(&mut self) -> End {
        if self.close.take().unwrap_or_default() { End::Close } else { End::Reset }
    }

    fn time(&mut self) -> Result<Duration, Error> {
        needed(self.ms.take(), "ms").map(Duration::from_millis)
    }

    fn answer(&mut self) -> Result<CannedAnswer, Error> {
        let mut answer = CannedAnswer::status(needed(self.status.take(), "status")?);
        for (name, value) in self.headers.take().unwrap_or_default() {
            answer = answer.header(name, value);
        }
        match self.body.take() {
            None => {}
            Some(Value::String(text)) => answer.body = text,
            Some(json) => {
                answer.body = json.to_string();
                answer.headers.entry("content-type".to_owned()).or_insert("application/json".to_owned());
            }
        }
        Ok(answer)
    }

    fn of(fault: &Fault) -> Self {
        let mut written = Self {
            fault: fault.name().to_owned(),
            operation: fault.operation.clone(),
            method: fault.method.clone(),
            path: fault.path.clone(),
            bank: fault.bank.clone(),
            nth: Some(fault.nth),
            times: Some(fault.times),
            ..Self::default()
        };
        let close = |end: End| (end == End::Close).then_some(true);
        let ms = |time: Duration| u64::try_from(time.as_millis()).ok();
        match &fault.effect {
            Effect::DropConnection
            | Effect::BreakHandshake
            | Effect::WrongRequestId
            | Effect::DeliverTwice
            | Effect::GoAway
            | Effect::GoAwayAfterwards => {}
            Effect::LoseRequest { end } | Effect::LoseAnswer { end } => written.close = close(*end),
            Effect::CutHead { bytes, end } | Effect::CutBody { bytes, end } => {
                written.bytes = Some(*bytes);
                written.close = close(*end);
            }
            Effect::DelayRequest(time) | Effect::DelayAnswer(time) => written.ms = ms(*time),
            Effect::Drip { bytes, every } => {
                written.bytes = Some(*bytes);
                written.ms = ms(*every);
            }
            Effect::AnswerInstead(answer) | Effect::AnswerAfterwards(answer) => {
                written.status = Some(answer.status);
                written.headers = (!answer.headers.is_empty()).then(|| answer.headers.clone());
                written.body = (!answer.body.is_empty()).then(|| Value::String(answer.body.clone()));
            }
        }
        written
    }
}

fn needed<T>(given: Option<T>, name: &str) -> Result<T, Error> {
    given.ok_or_else(|| refused(format!("`{name}` is missing")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i181_unknown_points_negative_times_and_superfluous_members_are_refused() {
        for (script, why) in [
            (r#"{"fault": "explode"}"#, "no fault `explode`"),
            (r#"{"fault": "delay-answer", "ms": -1}"#, "invalid value"),
            (r#"{"fault": "delay-answer"}"#, "`ms` is missing"),
            (r#"{"fault": "deliver-twice", "ms": 1}"#, "`ms` says nothing"),
            (r#"{"fault": "deliver-twice", "when": 1}"#, "unknown field `when`"),
            (r#"{"operation": "initiatePayment"}"#, "missing field `fault`"),
            ("deliver-twice", "expected"),
        ] {
            let error = Fault::parse(script).unwrap_err().to_string();
            assert!(error.contains(why), "{script}: {error}");
        }
    }

    #[test]
    fn every_fault_is_read_back_from_what_it_is_written_as() {
        let second = Duration::from_secs(1);
        let answer = CannedAnswer::status(503).header("retry-after", "7").body("text/plain", "no");
        for fault in [
            Fault::drop_connection(),
            Fault::break_handshake().nth(3),
            Fault::lose_request().by_closing(),
            Fault::lose_answer().operation("initiatePayment").times(2),
            Fault::cut_head(17).bank("ESSESESS"),
            Fault::cut_body(9).by_closing().path("GET", "/psd2/consent/v1/consents/{consentId}"),
            Fault::delay_request(second),
            Fault::delay_answer(second),
            Fault::drip(1, second),
            Fault::wrong_request_id(),
            Fault::answer_instead(answer.clone()),
            Fault::answer_afterwards(answer),
            Fault::deliver_twice(),
            Fault::go_away(),
            Fault::go_away_afterwards().nth(2),
        ] {
            assert_eq!(Fault::parse(&fault.to_json().to_string()).unwrap(), fault);
        }
    }
}
