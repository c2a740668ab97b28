//! QR codes for BankID.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::{ECL, QRBuilder, QRCode};
use secrecy::{ExposeSecret, SecretString};

use crate::machine::FRAME_LIFE;

/// One picture of a QR code. Whoever scans it can sign in the PSU's place, so it is shown to the PSU alone and taken
/// away with the next event that says so. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct QrFrame {
    payload: SecretString,
    /// The bank's own picture, where it sends one and keeps to itself what it says.
    picture: Option<Vec<u8>>,
    /// When it came, if it is worth something for a moment only.
    came_at: Option<Duration>,
}

/// Light modules around the code; the standard asks for four.
const MARGIN: usize = 4;
/// Pixels per module in a PNG.
const PIXELS: usize = 8;

impl QrFrame {
    /// A frame of exactly this payload, or `None` if it is too long for a code.
    pub(crate) fn new(payload: SecretString) -> Option<Self> {
        encode(&payload).map(|_| Self { payload, picture: None, came_at: None })
    }

    /// The bank's own picture, a PNG.
    pub(crate) fn of_picture(png: Vec<u8>) -> Self {
        Self { payload: SecretString::default(), picture: Some(png), came_at: None }
    }

    /// It changes every second; this one came now.
    pub(crate) fn that_came_at(mut self, now: Duration) -> Self {
        self.came_at = Some(now);
        self
    }

    /// Whether it is still worth showing at `now`, by the clock of the caller
    /// ([`Clock::monotonic`](openpayments_client::Clock::monotonic)). A code that changes every second is stale after
    /// two; one that stands still is not.
    pub fn is_fresh(&self, now: Duration) -> bool {
        self.came_at.is_none_or(|came_at| now.saturating_sub(came_at) < FRAME_LIFE)
    }

    /// The code in half-block characters, with a margin, for terminals: two modules a character in height. Empty for a
    /// picture made by the bank, which only [`to_png`](Self::to_png) and [`to_svg`](Self::to_svg) can show.
    pub fn to_unicode(&self) -> String {
        self.code().map(|code| code.to_str()).unwrap_or_default()
    }

    /// The code as a scalable picture, with a margin. It holds no script and loads nothing.
    pub fn to_svg(&self) -> String {
        if let Some(png) = &self.picture {
            return format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\">\
                <image width=\"100\" height=\"100\" href=\"data:image/png;base64,{}\"/></svg>",
                STANDARD.encode(png)
            );
        }
        self.code().map(|code| SvgBuilder::default().margin(MARGIN).to_str(&code)).unwrap_or_default()
    }

    /// The code as a PNG file, with a margin.
    pub fn to_png(&self) -> Vec<u8> {
        match &self.picture {
            Some(png) => png.clone(),
            None => self.code().and_then(|code| draw(&code)).unwrap_or_default(),
        }
    }

    /// What the code says; empty for a picture made by the bank.
    pub fn payload(&self) -> &SecretString {
        &self.payload
    }

    fn code(&self) -> Option<QRCode> {
        if self.picture.is_some() {
            return None;
        }
        encode(&self.payload)
    }
}

/// Correction level Q, as the platform's samples use.
fn encode(payload: &SecretString) -> Option<QRCode> {
    QRBuilder::new(payload.expose_secret()).ecl(ECL::Q).build().ok()
}

/// Black on white, one byte a pixel.
fn draw(code: &QRCode) -> Option<Vec<u8>> {
    let side = (code.size + 2 * MARGIN) * PIXELS;
    let mut pixels = Vec::with_capacity(side * side);
    for y in 0..side {
        for x in 0..side {
            let inside = |at: usize| (at / PIXELS).checked_sub(MARGIN).filter(|at| *at < code.size);
            let dark = inside(x)
                .zip(inside(y))
                .and_then(|(x, y)| code.data.get(y * code.size + x))
                .is_some_and(|module| module.value());
            pixels.push(if dark { 0 } else { 255 });
        }
    }
    let mut file = Vec::new();
    let side = u32::try_from(side).ok()?;
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(file)
}

impl fmt::Debug for QrFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QrFrame(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYLOADS: [&str; 2] = [
        "bankid.67df3917-fa0d-44e5-b327-edcc928297f8.0.dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8",
        "https://app.bankid.com/?autostarttoken=1-2&redirect=null",
    ];

    fn scan(width: usize, height: usize, light: impl Fn(usize, usize) -> bool) -> String {
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(
                width,
                height,
                |x, y| {
                    if light(x, y) { 255 } else { 0 }
                },
            );
        image.detect_grids()[0].decode().unwrap().1
    }

    /// Reads half blocks back into modules: light is a full block on a dark terminal.
    fn scan_unicode(unicode: &str) -> String {
        let scale = 3;
        let lines: Vec<Vec<char>> = unicode.lines().map(|line| line.chars().collect()).collect();
        let width = lines.iter().map(Vec::len).max().unwrap();
        let is_light = |x: usize, y: usize| {
            let c = lines.get(y / 2).and_then(|line| line.get(x)).copied().unwrap_or(' ');
            matches!((c, y % 2), ('█', _) | ('▀', 0) | ('▄', 1))
        };
        scan(width * scale, lines.len() * 2 * scale, |x, y| is_light(x / scale, y / scale))
    }

    fn scan_png(png: &[u8]) -> String {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let side = |pixels: u32| usize::try_from(pixels).unwrap();
        let (width, height) = (side(info.width), side(info.height));
        scan(width, height, |x, y| pixels[y * width + x] > 127)
    }

    /// The dark modules are squares drawn as `M<x>,<y>h1v1h-1`.
    fn scan_svg(svg: &str) -> String {
        let side: usize =
            svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let mut dark = std::collections::HashSet::new();
        for square in svg.split('M').skip(1) {
            let Some((at, _)) = square.split_once('h') else {
                continue;
            };
            let Some((x, y)) = at.split_once(',') else {
                continue;
            };
            dark.insert((x.parse::<usize>().unwrap(), y.parse::<usize>().unwrap()));
        }
        assert!(!dark.is_empty(), "{}", svg.get(..300).unwrap());
        let scale = 4;
        scan(side * scale, side * scale, |x, y| !dark.contains(&(x / scale, y / scale)))
    }

    #[test]
    fn every_picture_says_the_payload_to_the_letter() {
        for payload in PAYLOADS {
            let frame = QrFrame::new(SecretString::from(payload)).unwrap();
            assert_eq!(scan_unicode(&frame.to_unicode()), payload);
            assert_eq!(scan_png(&frame.to_png()), payload);
            assert_eq!(scan_svg(&frame.to_svg()), payload);
        }
    }

    #[test]
    fn a_picture_of_the_banks_is_handed_on_as_it_came() {
        let png = QrFrame::new(SecretString::from(PAYLOADS[0])).unwrap().to_png();
        let frame = QrFrame::of_picture(png.clone());
        assert_eq!(frame.to_png(), png);
        assert_eq!(frame.to_unicode(), "");
        assert!(frame.to_svg().contains(&STANDARD.encode(&png)));
    }

    #[test]
    fn a7_a_frame_is_stale_after_two_seconds_and_a_still_code_is_not() {
        let still = QrFrame::new(SecretString::from("x")).unwrap();
        let frame = still.clone().that_came_at(Duration::from_secs(5));
        assert!(frame.is_fresh(Duration::from_millis(6_999)));
        assert!(!frame.is_fresh(Duration::from_secs(7)));
        assert!(still.is_fresh(Duration::from_secs(1000)));
    }

    #[test]
    fn what_fits_no_code_makes_no_frame() {
        assert!(QrFrame::new(SecretString::from("x".repeat(100_000))).is_none());
    }
}
