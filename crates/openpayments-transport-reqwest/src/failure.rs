//! What an error of the HTTP client means, and whether the request may have arrived.

mod cause;
mod chain;

use std::io;

use openpayments_transport::{CertificateSide, Delivery, Stage, TransportError, TransportErrorKind};
use rustls::AlertDescription;

use self::cause::Cause;
use self::chain::links;

/// Tells what `error` means. What is kept of its text has no URL in it.
pub(crate) fn classify(error: &reqwest::Error) -> TransportError {
    let (kind, delivery) = kind_of(error);
    let failure = TransportError::new(kind, delivery);
    match Cause::of(error) {
        Some(cause) => failure.with_source(cause),
        None => failure,
    }
}

fn kind_of(error: &reqwest::Error) -> (TransportErrorKind, Delivery) {
    // An error while connecting came before the request was handed to a connection. Nothing else is as certain.
    let delivery = if error.is_connect() { Delivery::NotSent } else { Delivery::Unknown };
    if error.is_builder() {
        return (TransportErrorKind::InvalidRequest, Delivery::NotSent);
    }
    if error.is_dns() {
        return (TransportErrorKind::Connection(Stage::Dns), Delivery::NotSent);
    }
    // Before anything else: with TLS 1.3 the server's word on our certificate comes when the request may already be
    // out, and then looks like any failed exchange.
    if let Some(kind) = links(error).find_map(tls_kind) {
        return (kind, delivery);
    }
    if error.is_timeout() {
        let stage = if error.is_connect() { Stage::Connect } else { Stage::Exchange };
        return (TransportErrorKind::Timeout(stage), delivery);
    }
    if links(error).any(is_tunnel_failure) {
        return (TransportErrorKind::Proxy, Delivery::NotSent);
    }
    if error.is_connect() {
        return (TransportErrorKind::Connection(Stage::Connect), Delivery::NotSent);
    }
    let kind = links(error).find_map(framing).unwrap_or(TransportErrorKind::Connection(Stage::Exchange));
    (kind, Delivery::Unknown)
}

fn tls_kind(link: &(dyn std::error::Error + 'static)) -> Option<TransportErrorKind> {
    Some(match link.downcast_ref::<rustls::Error>() {
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => {
            TransportErrorKind::Certificate(CertificateSide::Theirs)
        }
        Some(rustls::Error::AlertReceived(alert)) => alert_kind(*alert),
        Some(_) => TransportErrorKind::Tls,
        None => alert_kind(alert_in(&link.to_string())?),
    })
}

/// The alert in the text that rustls makes of it. HTTP/2 keeps of an IO error nothing but its text.
fn alert_in(text: &str) -> Option<AlertDescription> {
    let name = text.strip_prefix("received fatal alert: ")?;
    (0..=u8::MAX).map(AlertDescription::from).find(|alert| format!("{alert:?}") == name)
}

fn alert_kind(alert: AlertDescription) -> TransportErrorKind {
    if is_about_our_certificate(alert) {
        TransportErrorKind::Certificate(CertificateSide::Mine)
    } else {
        TransportErrorKind::Tls
    }
}

/// Whether an alert says that the server does not like our certificate, or that we have none.
fn is_about_our_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateUnobtainable
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
    )
}

/// The tunnel's error type is not public; its text begins like this.
fn is_tunnel_failure(link: &(dyn std::error::Error + 'static)) -> bool {
    link.to_string().starts_with("tunnel error")
}

/// What a broken head or body is: not the HTTP agreed on, or too much of it.
fn framing(link: &(dyn std::error::Error + 'static)) -> Option<TransportErrorKind> {
    if let Some(error) = link.downcast_ref::<hyper::Error>()
        && error.is_parse()
    {
        // The variant for a head above what the parser takes can be told by its text only.
        let too_large = error.to_string().contains("too large");
        return Some(if too_large {
            TransportErrorKind::LimitExceeded
        } else {
            TransportErrorKind::Protocol
        });
    }
    let error = link.downcast_ref::<io::Error>()?;
    // The chunk parser's way to say that sizes or trailers make no sense.
    let nonsense = matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData);
    nonsense.then_some(TransportErrorKind::Protocol)
}

#[cfg(test)]
mod tests;
