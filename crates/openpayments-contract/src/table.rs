//! The guide's table of calls.

use std::fmt::Write;

use anyhow::Result;

use crate::verdict::JudgedCall;

const HEAD: &str = "\
# Every call

Written by `cargo xtask contract --update` from what it saw: each call was sent by the client through a proxy that
judges requests and answers by the platform's own OpenAPI file, answered by the sandbox, and answers that were made up
from the file alone were given to the client to read.

*Again* says whether the client may repeat a call by itself when no answer came. *Sandbox* lists the statuses it
answered with. *Contract* is the referee's word: `agrees`, where the platform is known to `depart` from its file, or
`not in the file` (the file is of 2021, and leaves out baskets and KYC).

<div class=\"wide\">

| Call | HTTP | API type | Facade | Command | Again | Sandbox | Contract |
|---|---|---|---|---|---|---|---|
";

/// The page.
///
/// # Errors
/// None that happens: text takes whatever is written to it.
pub fn page(calls: &[JudgedCall]) -> Result<String> {
    let mut page = HEAD.to_owned();
    for judged in calls {
        let call = &judged.call;
        let command = call.command.map_or(String::new(), |command| format!("`{command}`"));
        writeln!(
            page,
            "| `{}` | `{} {}` | `{}` | `{}` | {command} | {} | {} | {} |",
            call.operation,
            call.method,
            call.path,
            call.api_type,
            call.facade,
            call.resend,
            judged.statuses(),
            judged.result(),
        )?;
    }
    page.push_str("\n</div>\n");
    Ok(page)
}
