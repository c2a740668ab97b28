//! What the demo's output must be.

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

/// Checks the output of `openpayments demo --json` and counts the calls in it.
///
/// # Errors
/// The first thing that is not as promised, with its line.
pub fn judge(output: &str) -> Result<usize> {
    let lines: Vec<&str> = output.lines().collect();
    let (last, calls) = lines.split_last().context("the demo wrote nothing")?;
    let mut count = 0;
    for (number, line) in (1..).zip(calls) {
        let line = object(line).with_context(|| format!("line {number}"))?;
        text(&line, "step").with_context(|| format!("line {number}"))?;
        if line.contains_key("operation") {
            call(&line).with_context(|| format!("line {number}"))?;
            count += 1;
        }
    }
    ensure!(count > 0, "the demo made no call");
    summary(&object(last).context("the last line")?).context("the last line")?;
    Ok(count)
}

/// One call: what was called, what came of it, and how to find it again.
fn call(line: &Map<String, Value>) -> Result<()> {
    for name in ["operation", "method", "path", "request_id"] {
        text(line, name)?;
    }
    let status = number(line, "status")?;
    ensure!((100..600).contains(&status), "`status` is {status}, which is no HTTP status");
    number(line, "ms")?;
    Ok(())
}

fn summary(line: &Map<String, Value>) -> Result<()> {
    ensure!(text(line, "step")? == "summary", "it is not the summary");
    ensure!(text(line, "consent")? == "valid", "`consent` is not valid");
    for (name, least) in [("accounts", 2), ("transactions", 30), ("transaction_pages", 2)] {
        let value = number(line, name)?;
        ensure!(value >= least, "`{name}` is {value}, less than {least}");
    }
    let payments = line.get("payments").and_then(Value::as_array).context("`payments` is not a list")?;
    for (status, what) in [("ACSC", "settled"), ("RJCT", "was refused")] {
        let found = payments.iter().any(|payment| payment.get("status").is_some_and(|value| value == status));
        ensure!(found, "`payments` has none that {what} ({status})");
    }
    Ok(())
}

fn object(line: &str) -> Result<Map<String, Value>> {
    match serde_json::from_str(line) {
        Ok(Value::Object(object)) => Ok(object),
        _ => anyhow::bail!("not one JSON object: {line}"),
    }
}

fn text<'a>(line: &'a Map<String, Value>, name: &str) -> Result<&'a str> {
    let value = line.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
    value.with_context(|| format!("`{name}` is not a text"))
}

fn number(line: &Map<String, Value>, name: &str) -> Result<u64> {
    line.get(name).and_then(Value::as_u64).with_context(|| format!("`{name}` is not a whole number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = r#"{"step":"consent","operation":"consent.create","method":"POST","path":"/consents","status":201,"request_id":"7b1f","ms":3}"#;
    const SUMMARY: &str = r#"{"step":"summary","consent":"valid","accounts":2,"transactions":40,"transaction_pages":2,"payments":[{"status":"ACSC"},{"status":"RJCT"}]}"#;

    fn refusal(output: &str) -> String {
        format!("{:#}", judge(output).unwrap_err())
    }

    #[test]
    fn a_whole_journey_passes() {
        assert_eq!(judge(&format!("{CALL}\n{CALL}\n{SUMMARY}\n")).unwrap(), 2);
    }

    #[test]
    fn every_line_must_be_one_object() {
        assert_eq!(refusal(&format!("{CALL}\n[]\n{SUMMARY}\n")), "line 2: not one JSON object: []");
        assert_eq!(refusal(""), "the demo wrote nothing");
    }

    #[test]
    fn a_call_must_have_all_its_members() {
        for member in ["operation", "method", "path", "request_id", "status", "ms", "step"] {
            let without = CALL.replace(&format!(r#""{member}":"#), r#""other":"#);
            assert!(judge(&format!("{without}\n{SUMMARY}\n")).is_err(), "{member}");
        }
    }

    #[test]
    fn the_summary_must_come_last_and_hold_what_was_promised() {
        assert_eq!(refusal(&format!("{SUMMARY}\n{CALL}\n")), "the demo made no call");
        for (right, wrong, complaint) in [
            ("summary", "end", "it is not the summary"),
            ("valid", "received", "`consent` is not valid"),
            (r#"accounts":2"#, r#"accounts":1"#, "`accounts` is 1, less than 2"),
            (r#"transactions":40"#, r#"transactions":29"#, "`transactions` is 29, less than 30"),
            (r#"pages":2"#, r#"pages":1"#, "`transaction_pages` is 1, less than 2"),
            ("ACSC", "RCVD", "`payments` has none that settled (ACSC)"),
            ("RJCT", "RCVD", "`payments` has none that was refused (RJCT)"),
        ] {
            let output = format!("{CALL}\n{}\n", SUMMARY.replace(right, wrong));
            assert_eq!(refusal(&output), format!("the last line: {complaint}"));
        }
    }
}
