//! Deltas: an object told as pieces of another and what is new. Format after gitformat-pack(5).

/// What `delta` makes of `base`; `None` where the two do not fit, or more than `limit` bytes come of it.
pub(in crate::git) fn apply(base: &[u8], delta: &[u8], limit: u64) -> Option<Vec<u8>> {
    let mut rest = delta;
    if size(&mut rest)? != base.len() as u64 {
        return None;
    }
    let wanted = usize::try_from(size(&mut rest)?).ok().filter(|size| *size as u64 <= limit)?;
    let mut made = Vec::new();
    made.try_reserve_exact(wanted).ok()?;
    while let Some((&word, behind)) = rest.split_first() {
        rest = behind;
        let piece = if word & 0x80 != 0 {
            let (mut from, mut length) = (0_usize, 0_usize);
            for bit in 0..4 {
                if word & (1 << bit) != 0 {
                    from |= usize::from(next(&mut rest)?) << (8 * bit);
                }
            }
            for bit in 0..3 {
                if word & (0x10 << bit) != 0 {
                    length |= usize::from(next(&mut rest)?) << (8 * bit);
                }
            }
            if length == 0 {
                length = 0x10000;
            }
            base.get(from..from.checked_add(length)?)?
        } else {
            // Zero is kept for later.
            let (piece, behind) = rest.split_at_checked(usize::from(word)).filter(|_| word != 0)?;
            rest = behind;
            piece
        };
        if made.len() + piece.len() > wanted {
            return None;
        }
        made.extend_from_slice(piece);
    }
    (made.len() == wanted).then_some(made)
}

/// How many bytes the delta says that it makes.
pub(super) fn size_of_result(delta: &[u8]) -> Option<u64> {
    let mut rest = delta;
    size(&mut rest)?;
    size(&mut rest)
}

fn next(rest: &mut &[u8]) -> Option<u8> {
    let (&first, behind) = rest.split_first()?;
    *rest = behind;
    Some(first)
}

fn size(rest: &mut &[u8]) -> Option<u64> {
    let (mut size, mut shift) = (0_u64, 0);
    loop {
        let byte = next(rest)?;
        size |= u64::from(byte & 0x7f).checked_shl(shift)?;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_copied_and_inserted() {
        // From 5 bytes to 9: three new ones, all of the old, one new.
        let delta = [5, 9, 3, b'a', b'b', b'c', 0x90, 5, 1, b'!'];
        assert_eq!(apply(b"hello", &delta, 100).as_deref(), Some(&b"abchello!"[..]));
        assert_eq!(apply(b"hello", &delta, 8), None);
        let from = [5, 2, 0x91, 3, 2];
        assert_eq!(apply(b"hello", &from, 100).as_deref(), Some(&b"lo"[..]));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let good = [5, 9, 3, b'a', b'b', b'c', 0x90, 5, 1, b'!'];
        for cut in 0..good.len() {
            assert_eq!(apply(b"hello", &good[..cut], 100), None, "{cut}");
        }
        assert_eq!(apply(b"hell", &good, 100), None, "another base");
        assert_eq!(apply(b"hello", &[5, 1, 0], 100), None, "a word without meaning");
        assert_eq!(apply(b"hello", &[5, 3, 0x91, 4, 3], 100), None, "past the end of the base");
        assert_eq!(apply(b"hello", &[5, 2, 0x90, 5], 100), None, "more than it says");
        assert_eq!(apply(b"hello", &[0xff; 40], 100), None, "a size without end");
    }
}
