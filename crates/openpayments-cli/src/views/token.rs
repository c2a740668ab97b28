//! How a token looks: what it is good for, and itself only when it was asked for.

use openpayments::api::token::AccessToken;
use openpayments::prelude::{Response, ScopeSet};
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::output::Answer;
use crate::table::facts;
use crate::terminal::harmless;

#[derive(Serialize)]
pub(crate) struct Token {
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u64>,
    request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
}

impl Token {
    pub(crate) fn of(token: &Response<AccessToken>, asked: ScopeSet, show: bool) -> Self {
        Self {
            scope: token.body.scope.clone().unwrap_or_else(|| asked.to_string()),
            expires_in: token.body.expires_in.map(|life| life.as_secs()),
            request_id: token.request_id.to_string(),
            access_token: show.then(|| token.body.secret.expose_secret().to_owned()),
        }
    }
}

impl Answer for Token {
    fn text(&self) -> String {
        let granted = facts([
            ("Granted", Some(harmless(&self.scope))),
            ("Good for", self.expires_in.map(|seconds| format!("{seconds} s"))),
            ("Request", Some(self.request_id.clone())),
        ]);
        format!("{granted}\nThe credentials are right. The token itself: --show")
    }
}
