//! An answer is no larger than allowed and encoded as agreed.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use openpayments_transport::{Delivery, Limits, Response, TransportError, TransportErrorKind};

use super::{Behaviour, Outcome, Subject, answer, check, get, stage};

fn packed(body: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).and_then(|()| encoder.finish()).map_err(|error| error.to_string())
}

fn refused(sent: Result<Response, TransportError>, kind: TransportErrorKind) -> Outcome {
    match sent {
        Ok(answer) => Err(format!("accepted {} bytes", answer.body().len())),
        Err(error) if error.kind() == kind && error.delivery() == Delivery::Unknown => Ok(()),
        Err(error) => Err(format!("{error:?}")),
    }
}

pub(super) async fn gzip(subject: &dyn Subject) -> Outcome {
    let body = r#"{"accounts":[]}"#.repeat(50);
    let encoded = answer(200, &[("content-encoding", "gzip")], packed(body.as_bytes())?)?;
    let stage = stage(subject, vec![get(Behaviour::Answer(encoded))]).await?;
    let answer = stage.get().await?.map_err(|error| error.to_string())?;
    check(answer.body() == body.as_bytes(), || "the body differs".to_owned())?;
    for name in ["content-encoding", "content-length"] {
        check(!answer.headers().contains_key(name), || format!("{name} speaks of the encoded form"))?;
    }
    Ok(())
}

pub(super) async fn other_encodings(subject: &dyn Subject) -> Outcome {
    for encoding in ["br", "gzip, gzip", "x-evil"] {
        let encoded = answer(200, &[("content-encoding", encoding)], "whatever")?;
        let stage = stage(subject, vec![get(Behaviour::Answer(encoded))]).await?;
        refused(stage.get().await?, TransportErrorKind::Protocol)
            .map_err(|reason| format!("{encoding}: {reason}"))?;
    }
    Ok(())
}

pub(super) async fn body_at_limit(subject: &dyn Subject) -> Outcome {
    let stage = stage(subject, vec![get(Behaviour::Answer(answer(200, &[], vec![b'x'; 1000])?))]).await?;
    let sent = stage.get_within(Limits::default().with_body(1000)).await?;
    check(sent.as_ref().is_ok_and(|answer| answer.body().len() == 1000), || format!("{sent:?}"))
}

pub(super) async fn body_over_limit(subject: &dyn Subject) -> Outcome {
    let stage = stage(subject, vec![get(Behaviour::Answer(answer(200, &[], vec![b'x'; 1001])?))]).await?;
    let sent = stage.get_within(Limits::default().with_body(1000)).await?;
    refused(sent, TransportErrorKind::LimitExceeded)
}

pub(super) async fn endless(subject: &dyn Subject) -> Outcome {
    let stage = stage(subject, vec![get(Behaviour::Endless)]).await?;
    refused(stage.get().await?, TransportErrorKind::LimitExceeded)
}

pub(super) async fn bomb(subject: &dyn Subject) -> Outcome {
    let bomb = packed(&vec![0; 32 * 1024 * 1024])?;
    let stage =
        stage(subject, vec![get(Behaviour::Answer(answer(200, &[("content-encoding", "gzip")], bomb)?))])
            .await?;
    let sent = stage.get_within(Limits::default().with_body(Limits::ACCOUNT_DATA)).await?;
    refused(sent, TransportErrorKind::LimitExceeded)
}

pub(super) async fn head_within_limit(subject: &dyn Subject) -> Outcome {
    // Room is left for the fields a server adds by itself.
    let fields = vec![("x-filler", "v"); 120];
    let stage = stage(subject, vec![get(Behaviour::Answer(answer(200, &fields, "{}")?))]).await?;
    let answer = stage.get().await?.map_err(|error| error.to_string())?;
    let count = answer.headers().get_all("x-filler").iter().count();
    check(count == 120, || format!("{count} of 120 fields came through"))
}

pub(super) async fn header_fields(subject: &dyn Subject) -> Outcome {
    // Two above what is allowed, and far above what a parser would take.
    for count in [130, 200, 2000] {
        let fields = vec![("x-filler", "v"); count];
        let stage = stage(subject, vec![get(Behaviour::Answer(answer(200, &fields, "{}")?))]).await?;
        refused(stage.get().await?, TransportErrorKind::LimitExceeded)
            .map_err(|reason| format!("{count}: {reason}"))?;
    }
    Ok(())
}
