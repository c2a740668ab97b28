//! The reader on its own: what it gives back, what it refuses, and how little it holds when it does.

use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderValue;
use http::header::LOCATION;
use proptest::prelude::*;

use super::*;

fn head(encoding: Option<&'static str>) -> Parts {
    let (mut head, ()) = http::Response::new(()).into_parts();
    if let Some(encoding) = encoding {
        head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    head
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn read(
    encoding: Option<&'static str>,
    limits: Limits,
    chunks: &[&[u8]],
) -> Result<Bytes, TransportErrorKind> {
    let kind = |error: TransportError| error.kind();
    let mut reader = BodyReader::new(&head(encoding), limits).map_err(kind)?;
    for chunk in chunks {
        reader.push(chunk).map_err(kind)?;
    }
    reader.finish().map_err(kind)
}

#[test]
fn a_body_as_large_as_the_limit_is_read_and_one_byte_more_is_not() {
    let limits = Limits::default().with_body(10);
    assert_eq!(read(None, limits, &[b"01234", b"56789"]), Ok("0123456789".into()));
    assert_eq!(read(None, limits, &[b"01234", b"56789", b"!"]), Err(TransportErrorKind::LimitExceeded));
    assert_eq!(read(Some("gzip"), limits, &[&gzip(b"0123456789")]), Ok("0123456789".into()));
    assert_eq!(read(Some("gzip"), limits, &[&gzip(b"0123456789!")]), Err(TransportErrorKind::LimitExceeded));
}

#[test]
fn the_limit_counts_decoded_bytes_not_received_ones_c12() {
    let body = vec![b' '; 50_000];
    let packed = gzip(&body);
    assert!(packed.len() < 1000);
    let refused = read(Some("gzip"), Limits::default().with_body(40_000), &[&packed]);
    assert_eq!(refused, Err(TransportErrorKind::LimitExceeded));
}

#[test]
fn a_gzip_bomb_stops_at_the_limit_and_memory_stays_flat_i040() {
    let step = gzip(&vec![0; 64 * 1024 * 1024]);
    let limits = Limits::default().with_body(Limits::ACCOUNT_DATA);
    let mut reader = BodyReader::new(&head(Some("gzip")), limits).unwrap();
    let error = reader.push(&step).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::LimitExceeded);
    // The state that held the bytes is gone with the error.
    assert!(matches!(reader.state, State::Failed(_)));
    assert_eq!(reader.push(&step).unwrap_err().kind(), TransportErrorKind::LimitExceeded);
    assert_eq!(reader.finish().unwrap_err().kind(), TransportErrorKind::LimitExceeded);
}

#[test]
fn a_sink_never_takes_a_byte_above_what_is_allowed_i040() {
    let mut sink = Sink::new(Limits::default().with_body(1000));
    let mut decoder = MultiGzDecoder::new(&mut sink);
    assert!(decoder.write_all(&gzip(&vec![0; 10_000_000])).is_err());
    drop(decoder);
    assert!(sink.is_full());
    assert!(sink.into_bytes().len() <= 1000);
}

#[test]
fn a_ratio_above_200_is_refused_although_the_size_is_allowed_c12() {
    let body = vec![0; 1_000_000];
    let packed = gzip(&body);
    assert!(packed.len() * 200 < body.len());
    let limits = Limits::default().with_body(8_000_000);
    assert_eq!(read(Some("gzip"), limits, &[&packed]), Err(TransportErrorKind::LimitExceeded));
}

#[test]
fn a_small_body_may_shrink_as_well_as_it_likes() {
    let body = vec![b'a'; 64 * 1024];
    let packed = gzip(&body);
    assert!(packed.len() * 200 < body.len());
    assert_eq!(read(Some("gzip"), Limits::default(), &[&packed]), Ok(body.into()));
}

#[test]
fn a_truncated_gzip_stream_is_refused_wherever_it_is_cut() {
    let packed = gzip(b"{\"transactionStatus\":\"RCVD\"}");
    for cut in 1..packed.len() {
        let result = read(Some("gzip"), Limits::default(), &[&packed[..cut]]);
        assert_eq!(result, Err(TransportErrorKind::Protocol), "cut at {cut}");
    }
}

#[test]
fn a_flipped_bit_in_the_checksum_is_refused() {
    let mut packed = gzip(b"some body");
    let crc = packed.len() - 5;
    packed[crc] ^= 1;
    assert_eq!(read(Some("gzip"), Limits::default(), &[&packed]), Err(TransportErrorKind::Protocol));
}

#[test]
fn plain_text_that_claims_to_be_gzip_is_refused() {
    let result = read(Some("gzip"), Limits::default(), &[b"{\"not\":\"gzip\"}"]);
    assert_eq!(result, Err(TransportErrorKind::Protocol));
}

#[test]
fn an_answer_without_a_body_may_name_an_encoding() {
    assert_eq!(read(Some("gzip"), Limits::default(), &[]), Ok(Bytes::new()));
}

#[test]
fn several_gzip_members_are_one_body() {
    let packed = [gzip(b"one "), gzip(b"two")].concat();
    assert_eq!(read(Some("gzip"), Limits::default(), &[&packed]), Ok("one two".into()));
}

#[test]
fn a_decoded_answer_does_not_describe_its_encoded_form() {
    let packed = gzip(b"body");
    let answer = http::Response::builder()
        .header(CONTENT_ENCODING, "gzip")
        .header(CONTENT_LENGTH, packed.len())
        .header("x-request-id", "kept")
        .body(Bytes::from(packed))
        .unwrap();
    let answer = BodyReader::read_whole(answer, Limits::default()).unwrap();
    assert_eq!(answer.body(), "body");
    assert_eq!(answer.headers().len(), 1);
    assert_eq!(answer.headers()["x-request-id"], "kept");
}

#[test]
fn an_answer_that_was_not_encoded_keeps_its_headers() {
    let answer = http::Response::builder().header(CONTENT_LENGTH, 4).body(Bytes::from("body")).unwrap();
    let answer = BodyReader::read_whole(answer, Limits::default()).unwrap();
    assert_eq!(answer.headers()[CONTENT_LENGTH], "4");
}

#[test]
fn a_refused_body_leaves_the_head_in_the_error_f09() {
    let answer = http::Response::builder()
        .status(201)
        .header(LOCATION, "/psd2/v1/payments/1")
        .body(Bytes::from_static(&[0; 20]))
        .unwrap();
    let error = BodyReader::read_whole(answer, Limits::default().with_body(10)).unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(201));
    assert_eq!(error.headers().unwrap()[LOCATION], "/psd2/v1/payments/1");
}

proptest! {
    #[test]
    fn what_was_sent_is_what_is_read_however_it_is_cut(
        body in proptest::collection::vec(any::<u8>(), 0..4096),
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
        packed in any::<bool>(),
    ) {
        let wire = if packed { gzip(&body) } else { body.clone() };
        let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(wire.len() + 1)).collect();
        places.extend([0, wire.len()]);
        places.sort_unstable();
        let chunks: Vec<_> = places.windows(2).map(|pair| &wire[pair[0]..pair[1]]).collect();
        let read = read(packed.then_some("gzip"), Limits::default(), &chunks);
        prop_assert_eq!(read, Ok(Bytes::from(body)));
    }

    #[test]
    fn a_body_is_read_exactly_when_it_is_within_the_limit(
        size in 0usize..3000,
        limit in 0usize..3000,
        packed in any::<bool>(),
    ) {
        let body = vec![7; size];
        let wire = if packed { gzip(&body) } else { body.clone() };
        let read = read(packed.then_some("gzip"), Limits::default().with_body(limit), &[&wire]);
        if size <= limit {
            prop_assert_eq!(read, Ok(Bytes::from(body)));
        } else {
            prop_assert_eq!(read, Err(TransportErrorKind::LimitExceeded));
        }
    }

    #[test]
    fn no_bytes_make_it_panic_or_outgrow_its_limit(
        chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..6),
        magic in any::<bool>(),
    ) {
        let mut chunks = chunks;
        if magic {
            chunks.insert(0, vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
        }
        let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
        if let Ok(body) = read(Some("gzip"), Limits::default().with_body(500), &chunks) {
            prop_assert!(body.len() <= 500);
        }
    }
}
