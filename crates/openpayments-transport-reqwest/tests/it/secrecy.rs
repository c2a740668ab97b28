//! Nothing printable shows a key, a password, or where a request went.

use std::error::Error;

use openpayments_transport::Transport;
use openpayments_transport_reqwest::{ClientIdentity, ReqwestTransport, Trust};
use secrecy::{ExposeSecret, SecretString};

use crate::certificates::Authority;
use crate::ends::{plain, post, soon};
use crate::raw_server::answering;

/// Pieces of the key in the ways a `Debug` could show it.
fn traces_of(issued: &crate::certificates::Issued) -> Vec<String> {
    let pem = issued.key_pem();
    let line = pem.expose_secret().lines().nth(1).unwrap().to_owned();
    let der = issued.key.serialize_der();
    let tail = &der[der.len() - 8..];
    let numbers = format!("{tail:?}");
    let hex = tail.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    vec![line, numbers.trim_matches(['[', ']']).to_owned(), hex]
}

#[test]
fn debug_shows_no_key_and_no_password_k1() {
    let issued = Authority::new("clients").client("client");
    let password = SecretString::from("hunter2");
    let identity = ClientIdentity::from_pfx(issued.pfx("hunter2"), &password).unwrap();
    let of_identity = format!("{identity:?} {identity:#?}");
    let builder = ReqwestTransport::builder()
        .trust(Trust::Only(Authority::new("banks").root_pem()))
        .identity(identity)
        .https_proxy("http://user:hunter2@127.0.0.1:1")
        .unwrap();
    let of_builder = format!("{builder:?} {builder:#?}");
    let of_transport = format!("{:?}", builder.build().unwrap());
    let of_error = format!("{:?}", ClientIdentity::from_pfx(issued.pfx("other"), &password).unwrap_err());
    for shown in [of_identity, of_builder, of_transport, of_error] {
        assert!(!shown.contains("hunter2"), "{shown}");
        for trace in traces_of(&issued) {
            assert!(!shown.contains(&trace), "{shown}");
        }
    }
}

#[tokio::test]
async fn no_error_tells_the_path_the_query_or_the_body_k4() {
    let answers = ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", "nonsense\r\n\r\n"];
    for answer in answers {
        let base = answering(answer).await;
        let error = soon(plain().send(post(format!("{base}/secret-path?token=secret")))).await.unwrap_err();
        let mut link: Option<&dyn Error> = Some(&error);
        while let Some(error) = link {
            let text = format!("{error} {error:?}");
            for word in ["secret", "token", "amount", "http://"] {
                assert!(!text.contains(word), "{text}");
            }
            link = error.source();
        }
    }
}
