//! QR codes for BankID.

use std::fmt;

use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::{ECL, QRBuilder, QRCode};
use secrecy::{ExposeSecret, SecretString};

/// One picture of a QR code. Whoever scans it can sign in the PSU's place, so it is shown to the PSU alone and worth
/// nothing after the next event. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct QrFrame {
    payload: SecretString,
}

impl QrFrame {
    /// A frame of exactly this payload, or `None` if it is too long for a code.
    pub(crate) fn new(payload: SecretString) -> Option<Self> {
        encode(&payload).map(|_| Self { payload })
    }

    /// The code in half-block characters, with a margin, for terminals: two modules a character in height.
    pub fn to_unicode(&self) -> String {
        encode(&self.payload).map(|code| code.to_str()).unwrap_or_default()
    }

    /// The code as a scalable picture, with a margin.
    pub fn to_svg(&self) -> String {
        encode(&self.payload).map(|code| SvgBuilder::default().margin(4).to_str(&code)).unwrap_or_default()
    }

    /// What the code says.
    pub fn payload(&self) -> &SecretString {
        &self.payload
    }
}

/// Correction level Q, as the platform's samples use.
fn encode(payload: &SecretString) -> Option<QRCode> {
    QRBuilder::new(payload.expose_secret()).ecl(ECL::Q).build().ok()
}

impl fmt::Debug for QrFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QrFrame(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads half blocks back into modules and decodes them: light is a full block on a dark terminal.
    fn scan(unicode: &str) -> String {
        let scale = 3;
        let lines: Vec<Vec<char>> = unicode.lines().map(|line| line.chars().collect()).collect();
        let width = lines.iter().map(Vec::len).max().unwrap();
        let is_light = |x: usize, y: usize| {
            let c = lines.get(y / 2).and_then(|line| line.get(x)).copied().unwrap_or(' ');
            matches!((c, y % 2), ('█', _) | ('▀', 0) | ('▄', 1))
        };
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(width * scale, lines.len() * 2 * scale, |x, y| {
                if is_light(x / scale, y / scale) { 255 } else { 0 }
            });
        let grids = image.detect_grids();
        grids[0].decode().unwrap().1
    }

    #[test]
    fn a_terminal_frame_says_the_payload_to_the_letter() {
        for payload in [
            "bankid.67df3917-fa0d-44e5-b327-edcc928297f8.0.dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8",
            "https://app.bankid.com/?autostarttoken=1-2&redirect=null",
        ] {
            let frame = QrFrame::new(SecretString::from(payload)).unwrap();
            assert_eq!(scan(&frame.to_unicode()), payload);
            assert!(frame.to_svg().starts_with("<svg"));
        }
    }

    #[test]
    fn what_fits_no_code_makes_no_frame() {
        assert!(QrFrame::new(SecretString::from("x".repeat(100_000))).is_none());
    }
}
