//! What was sent arrives, what was answered comes back.

use bytes::Bytes;
use http::Method;
use openpayments_transport::{Effect, Request};

use super::{Behaviour, Exchange, Outcome, Subject, answer, check, get, post, stage};

pub(super) async fn request_arrives(subject: &dyn Subject) -> Outcome {
    const TARGET: &str = "/psd2/v1/a%2Fb;c=1/d?from=2026-01-01&name=%C3%A5&empty=";
    let exchange = Exchange::new(Method::PUT, TARGET, Behaviour::Answer(answer(204, &[], "")?));
    let stage = stage(subject, vec![exchange]).await?;
    let body: Bytes = (0..=255).collect();
    let http = http::Request::put(format!("{}{TARGET}", stage.base))
        .header("x-one", "1")
        .header("psu-user-agent", "a; b")
        .body(body.clone())
        .map_err(|error| error.to_string())?;
    let sent = stage.transport.send(Request::new(http, Effect::Write)).await;
    check(sent.is_ok(), || format!("{sent:?}"))?;

    let received = stage.received();
    let [request] = received.as_slice() else {
        return Err(format!("{} requests arrived", received.len()));
    };
    let target = request.uri().path_and_query().map_or("", http::uri::PathAndQuery::as_str);
    check(request.method() == Method::PUT, || format!("method {}", request.method()))?;
    check(target == TARGET, || format!("target {target}"))?;
    check(request.body() == &body, || "the body differs".to_owned())?;
    for (name, value) in [("x-one", "1"), ("psu-user-agent", "a; b")] {
        let found = request.headers().get(name);
        check(found.is_some_and(|found| found == value), || format!("{name}: {found:?}"))?;
    }
    let offered = request.headers().get("accept-encoding");
    check(offered.is_none_or(|offered| offered == "gzip" || offered == "identity"), || {
        format!("C-13: offered {offered:?}")
    })
}

pub(super) async fn handed_through(subject: &dyn Subject) -> Outcome {
    let headers = [
        ("aspsp-sca-approach", "REDIRECT"),
        ("x-request-id", "99391c7e-ad88-49ec-a2ad-99ddcb1f7721"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
    ];
    let body: Bytes = (0..=255).collect();
    let stage = stage(subject, vec![get(Behaviour::Answer(answer(200, &headers, body.clone())?))]).await?;
    let answer = stage.get().await?.map_err(|error| error.to_string())?;
    check(answer.status() == 200, || format!("status {}", answer.status()))?;
    check(answer.body() == &body, || "the body differs".to_owned())?;
    check(answer.headers().get("aspsp-sca-approach").is_some_and(|value| value == "REDIRECT"), || {
        "a header is missing".to_owned()
    })?;
    let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
    check(cookies == ["a=1", "b=2"], || format!("repeated headers: {cookies:?}"))
}

pub(super) async fn no_content(subject: &dyn Subject) -> Outcome {
    let stage = stage(subject, vec![get(Behaviour::Answer(answer(204, &[], "")?))]).await?;
    let answer = stage.get().await?.map_err(|error| error.to_string())?;
    check(answer.status() == 204 && answer.body().is_empty(), || format!("{} with a body", answer.status()))
}

pub(super) async fn error_statuses(subject: &dyn Subject) -> Outcome {
    for status in [400, 401, 403, 404, 409, 429, 500, 502, 503, 504] {
        let problem = answer(status, &[("retry-after", "1")], r#"{"tppMessages":[]}"#)?;
        let stage = stage(subject, vec![post(Behaviour::Answer(problem))]).await?;
        let answer = stage.post().await?.map_err(|error| format!("{status}: {error}"))?;
        check(answer.status() == status && !answer.body().is_empty(), || {
            format!("{status} came back as {}", answer.status())
        })?;
        check(stage.deliveries() == 1, || format!("{status} was sent {} times", stage.deliveries()))?;
    }
    Ok(())
}

pub(super) async fn redirects(subject: &dyn Subject) -> Outcome {
    for status in [300, 301, 302, 303, 307, 308] {
        let redirect = answer(status, &[("location", "/psd2/v1/thing")], "")?;
        let stage = stage(subject, vec![get(Behaviour::Answer(redirect))]).await?;
        let answer = stage.get().await?.map_err(|error| format!("{status}: {error}"))?;
        check(answer.status() == status, || format!("{status} came back as {}", answer.status()))?;
        check(stage.deliveries() == 1, || format!("{status} was followed"))?;
    }
    Ok(())
}

pub(super) async fn one_delivery(subject: &dyn Subject) -> Outcome {
    let ok = answer(200, &[], "{}")?;
    let exchanges = vec![post(Behaviour::Answer(ok.clone())), post(Behaviour::Answer(ok))];
    let stage = stage(subject, exchanges).await?;
    for expected in 1..=2 {
        stage.post().await?.map_err(|error| error.to_string())?;
        check(stage.deliveries() == expected, || format!("{} deliveries", stage.deliveries()))?;
    }
    Ok(())
}
