//! UTF-16 and UTF-32 texts made UTF-8, so that everything behind sees one encoding.
//!
//! Lines and columns count code points, so places in the UTF-8 text are places in the original.

/// The text in UTF-8 where it is UTF-16 or UTF-32, by its byte order mark or by the zero bytes that
/// ASCII leaves in every other place; any other bytes come back as they are.
pub fn to_utf8(bytes: Vec<u8>) -> Vec<u8> {
    match encoding(&bytes) {
        None => bytes,
        Some((Width::Two, big)) => from_utf16(&bytes, big),
        Some((Width::Four, big)) => from_utf32(&bytes, big),
    }
}

/// Whether `bytes` are neither text nor UTF-16 or UTF-32: a zero byte in the first 8 KiB.
pub fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(8192)]).is_some()
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Width {
    Two,
    Four,
}

/// Width of a unit, and whether its high byte comes first.
fn encoding(bytes: &[u8]) -> Option<(Width, bool)> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] => return Some((Width::Four, false)),
        [0, 0, 0xFE, 0xFF, ..] => return Some((Width::Four, true)),
        [0xFF, 0xFE, ..] => return Some((Width::Two, false)),
        [0xFE, 0xFF, ..] => return Some((Width::Two, true)),
        _ => {}
    }
    let sample = &bytes[..bytes.len().min(512) & !3];
    if sample.len() < 8 || memchr::memchr(0, sample).is_none() {
        return None;
    }
    let zeros =
        |offset: usize, step: usize| sample.iter().skip(offset).step_by(step).filter(|&&byte| byte == 0).count();
    let units = sample.len() / 4;
    let quarter = [zeros(0, 4), zeros(1, 4), zeros(2, 4), zeros(3, 4)];
    if quarter[3] == units && quarter[2] == units && quarter[1] == units && quarter[0] == 0 {
        return Some((Width::Four, false));
    }
    if quarter[0] == units && quarter[1] == units && quarter[2] == units && quarter[3] == 0 {
        return Some((Width::Four, true));
    }
    let pairs = sample.len() / 2;
    let (even, odd) = (zeros(0, 2), zeros(1, 2));
    if even == 0 && odd * 10 >= pairs * 9 {
        return Some((Width::Two, false));
    }
    if odd == 0 && even * 10 >= pairs * 9 {
        return Some((Width::Two, true));
    }
    None
}

fn from_utf16(bytes: &[u8], big: bool) -> Vec<u8> {
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    });
    let text: String = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    without_mark(text)
}

fn from_utf32(bytes: &[u8], big: bool) -> Vec<u8> {
    let text: String = bytes
        .chunks_exact(4)
        .map(|unit| {
            let unit = [unit[0], unit[1], unit[2], unit[3]];
            let code = if big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
        })
        .collect();
    without_mark(text)
}

fn without_mark(text: String) -> Vec<u8> {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_encodings_are_known_with_and_without_a_mark() {
        let text = "key = \"value\"\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let wide: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        for bytes in [little.clone(), big, wide, [&b"\xff\xfe"[..], &little].concat()] {
            assert_eq!(String::from_utf8_lossy(&to_utf8(bytes)), text);
        }
        assert_eq!(to_utf8(b"plain".to_vec()), b"plain");
        assert_eq!(to_utf8(vec![0, 1, 2, 3, 0, 9, 9, 9]), [0, 1, 2, 3, 0, 9, 9, 9]);
    }
}
