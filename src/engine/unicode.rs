//! UTF-16 and UTF-32 texts made UTF-8, so that everything behind sees one encoding.
//!
//! Lines and columns count code points, so places in the UTF-8 text are places in the original. Files of two encodings are
//! made one: what `>>` of another shell appended to a text, and the UTF-16 strings in a program.

/// Units of UTF-16 that are text, from which on they count as such among other bytes.
const RUN: usize = 8;
/// Bytes of plain text, from which on they count as such among units of UTF-16. Each could be half an ideograph, so many
/// together are none.
const PLAIN: usize = 16;

/// The text in UTF-8 where it is UTF-16 or UTF-32, by its byte order mark or by the zero bytes that ASCII leaves in every
/// other place; parts in the other encoding are read as what they are. Any other bytes come back as they are.
pub fn to_utf8(bytes: Vec<u8>) -> Vec<u8> {
    match encoding(&bytes) {
        None => with_runs(bytes),
        Some((width, big)) => {
            let mark = if width == Width::Two { 2 } else { 4 };
            let is_marked = matches!(bytes[..], [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, 0, 0xFE, 0xFF, ..]);
            let rest = &bytes[mark..];
            // A mark before a text that is in no such encoding.
            if is_marked && memchr::memchr(0, rest).is_none() && std::str::from_utf8(rest).is_ok() {
                return rest.to_vec();
            }
            if width == Width::Two { from_utf16(&bytes, big) } else { from_utf32(&bytes, big) }
        }
    }
}

const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// `bytes` with every run of UTF-16 in it made ASCII, a blank before it where it would touch a word.
fn with_runs(bytes: Vec<u8>) -> Vec<u8> {
    let Some(first) = memchr::memchr(0, &bytes) else { return bytes };
    let mut out: Vec<u8> = Vec::new();
    let (mut taken, mut at) = (0, first);
    while let Some(next) = bytes.get(at..).and_then(|rest| memchr::memchr(0, rest)) {
        let zero = at + next;
        let run = |start: usize, low: usize| {
            let units = bytes[start..].chunks_exact(2);
            units.take_while(|unit| unit[1 - low] == 0 && is_plain(unit[low])).count()
        };
        let little = zero.checked_sub(1).filter(|&start| start >= taken).map_or(0, |start| run(start, 0));
        let (start, low, units) = if little >= RUN { (zero - 1, 0, little) } else { (zero, 1, run(zero, 1)) };
        if units < RUN {
            at = zero + 1;
            continue;
        }
        out.extend_from_slice(&bytes[taken..start]);
        if out.last().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            out.push(b' ');
        }
        taken = start + 2 * units;
        out.extend(bytes[start..taken].iter().skip(low).step_by(2));
        at = taken;
    }
    if taken == 0 {
        return bytes;
    }
    out.extend_from_slice(&bytes[taken..]);
    out
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
    let mut text = String::with_capacity(bytes.len() / 2);
    let (mut from, mut at, mut seen) = (0, 0, 0);
    while at < bytes.len() {
        if seen <= at {
            seen = at + bytes[at..].iter().take_while(|&&byte| is_plain(byte)).count();
            // The last byte may be the lower half of a unit.
            let halves = usize::from(!big && bytes.get(seen) == Some(&0));
            if let Some(plain) = bytes.get(at..seen.saturating_sub(halves)).filter(|plain| plain.len() >= PLAIN) {
                units(&bytes[from..at], big, &mut text);
                text.push_str(&String::from_utf8_lossy(plain));
                at += plain.len();
                (from, seen) = (at, at);
                continue;
            }
        }
        at += 2;
    }
    units(bytes.get(from..).unwrap_or_default(), big, &mut text);
    without_mark(text)
}

/// Appends what is UTF-16.
fn units(bytes: &[u8], big: bool, text: &mut String) {
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    });
    text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
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

    fn wide(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(if big { u16::to_be_bytes } else { u16::to_le_bytes }).collect()
    }

    #[test]
    fn a_text_of_two_encodings_is_one() {
        let (one, other) = ("first = \"a value\"\nünd\n", "second = \"another value\"\n");
        for big in [false, true] {
            let mark = if big { &b"\xfe\xff"[..] } else { b"\xff\xfe" };
            let appended = [mark, &wide(one, big), other.as_bytes()].concat();
            assert_eq!(String::from_utf8_lossy(&to_utf8(appended)), format!("{one}{other}"), "{big}");
            let between = [mark, &wide(one, big), other.as_bytes(), &wide(one, big)].concat();
            assert_eq!(String::from_utf8_lossy(&to_utf8(between)), format!("{one}{other}{one}"), "{big}");
            let long = other.repeat(40);
            let after = [long.as_bytes(), &wide(other, big)].concat();
            assert_eq!(String::from_utf8_lossy(&to_utf8(after)), format!("{long}{other}"), "{big}");
            for plain in [one, "k=1", "ü"] {
                assert_eq!(String::from_utf8_lossy(&to_utf8([mark, plain.as_bytes()].concat())), plain);
            }
            let chinese =
                "\u{4e2d}\u{6587}\u{6d4b}\u{8bd5}\u{9879}\u{76ee}\u{5bc6}\u{7801}\u{6587}\u{672c}\n".repeat(9);
            assert_eq!(String::from_utf8_lossy(&to_utf8([mark, &wide(&chinese, big)].concat())), chinese);
        }
    }

    #[test]
    fn strings_of_a_program_are_read_and_what_is_around_them_stays() {
        for big in [false, true] {
            let program = [&b"MZ\x90\x00\x03"[..], &wide("a string of it", big), b"\x00\x00\x01\xff\x07"].concat();
            let text = to_utf8(program);
            assert!(text.starts_with(b"MZ\x90\x00\x03a string of it"), "{text:?}");
            assert!(is_binary(&text) && text.ends_with(b"\x01\xff\x07"));
        }
        let numbers: Vec<u8> = (0..400_u32).flat_map(|n| (n % 100).to_le_bytes()).collect();
        assert_eq!(to_utf8(numbers.clone()), numbers);
    }
}
