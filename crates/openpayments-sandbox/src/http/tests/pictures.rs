//! Where the bank draws the code itself.

use base64::Engine as _;

use super::*;

/// What the code of a picture says, found as a camera would.
fn scanned(answer: &Answer) -> String {
    let challenge = &answer.json()["challengeData"];
    assert!(challenge.get("data").is_none(), "a picture and nothing else");
    let encoded = challenge["image"].as_str().unwrap().strip_prefix("data:image/png;base64,").unwrap();
    let file = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap();
    assert!(file.len() < 512 * 1024);
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let (width, height) = (usize::try_from(frame.width).unwrap(), usize::try_from(frame.height).unwrap());
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    image.detect_grids()[0].decode().unwrap().1
}

#[tokio::test]
async fn a_picture_is_another_one_each_second_opens_the_app_while_fresh_and_then_not() {
    let bench = Bench::manual();
    let caller = bench.payments_caller("SWEDSESS").await.with("tpp-redirect-preferred", "false");
    let payment = super::payments::pay(&caller, "domestic", &super::payments::domestic("1")).await;
    let (authorisation, chosen) = caller.choose(&payment, "mbid_animated_qr_image").await;
    let first = scanned(&chosen);
    bench.advance(1_000);
    let second = scanned(&caller.get(&authorisation).await);
    assert_ne!(first, second);
    bench.advance(2_000);
    let path = |text: &str| text.strip_prefix("http://localhost").unwrap().to_owned();
    assert_eq!(bench.send("GET", &path(&first), &[], "").await.status, 410, "stale");
    let opened = bench.send("GET", &path(&second), &[], "").await;
    assert!(opened.header("location").contains("/bankid/order/"), "{}", opened.text);
}
