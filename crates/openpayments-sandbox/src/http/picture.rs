//! QR codes as pictures, for banks that send nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fast_qr::{ECL, QRBuilder};

/// Light modules around the code; the standard asks for four.
const MARGIN: usize = 4;
/// Pixels of a module, each way.
const SCALE: usize = 4;

/// A PNG of the code that says `text`, as a data URI; none if the text is too long for a code.
pub(super) fn data_uri(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::Q).build().ok()?;
    let light = vec![255; (code.size + 2 * MARGIN) * SCALE];
    let mut pixels = light.repeat(MARGIN * SCALE);
    for modules in code.data.chunks(code.size).take(code.size) {
        let mut line = light.clone();
        let dark = modules.iter().enumerate().filter(|(_, module)| module.value());
        for (at, _) in dark {
            let left = (at + MARGIN) * SCALE;
            line.get_mut(left..left + SCALE)?.fill(0);
        }
        pixels.extend(line.repeat(SCALE));
    }
    pixels.extend(light.repeat(MARGIN * SCALE));
    let side = u32::try_from(light.len()).ok()?;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(format!("data:image/png;base64,{}", STANDARD.encode(&file)))
}
