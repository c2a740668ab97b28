//! What is told when no complete answer came.

use std::time::Duration;

use http::Method;
use openpayments_transport::{Delivery, Effect, Limits, Stage as Reached, TransportErrorKind};

use super::{Behaviour, Outcome, Subject, answer, check, post, stage};

pub(super) async fn unreachable(subject: &dyn Subject) -> Outcome {
    let stage = stage(subject, vec![post(Behaviour::Unreachable)]).await?;
    let sent = stage.post().await?;
    let told = sent.as_ref().err().map(|error| (error.kind(), error.delivery()));
    let expected = (TransportErrorKind::Connection(Reached::Connect), Delivery::NotSent);
    check(told == Some(expected), || format!("{sent:?}"))?;
    check(stage.deliveries() == 0, || "something arrived".to_owned())
}

pub(super) async fn cut_before_head(subject: &dyn Subject) -> Outcome {
    let again = answer(200, &[], "{}")?;
    let exchanges = vec![post(Behaviour::CutBeforeHead), post(Behaviour::Answer(again))];
    let stage = stage(subject, exchanges).await?;
    let sent = stage.post().await?;
    let told = sent.as_ref().err().map(|error| (error.kind(), error.delivery()));
    let expected = (TransportErrorKind::Connection(Reached::Exchange), Delivery::Unknown);
    check(told == Some(expected), || format!("{sent:?}"))?;
    check(stage.deliveries() == 1, || format!("delivered {} times", stage.deliveries()))
}

pub(super) async fn cut_in_body(subject: &dyn Subject) -> Outcome {
    let created = answer(201, &[("location", "/psd2/v1/payments/1")], vec![b'x'; 1000])?;
    let stage = stage(subject, vec![post(Behaviour::CutInBody(created))]).await?;
    let sent = stage.post().await?;
    let Err(error) = sent else {
        return Err("half a body passed for a whole one".to_owned());
    };
    let told = (error.kind(), error.delivery());
    let expected = (TransportErrorKind::Connection(Reached::Exchange), Delivery::Unknown);
    check(told == expected, || format!("{error:?}"))?;
    let location = error.headers().and_then(|headers| headers.get("location"));
    check(location.is_some_and(|location| location == "/psd2/v1/payments/1"), || "no location".to_owned())?;
    check(error.status().is_some_and(|status| status == 201), || format!("status {:?}", error.status()))
}

pub(super) async fn silence(subject: &dyn Subject) -> Outcome {
    let stage = stage(subject, vec![post(Behaviour::Silent)]).await?;
    let limits = Limits::default().with_total(Duration::from_millis(250));
    let sent = stage.send(Method::POST, Effect::Write, limits).await?;
    let told = sent.as_ref().err().map(|error| (error.kind(), error.delivery()));
    let expected = (TransportErrorKind::Timeout(Reached::Exchange), Delivery::Unknown);
    check(told == Some(expected), || format!("{sent:?}"))
}
