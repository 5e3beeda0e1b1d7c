//! Grafana's service account tokens: prefix, underscore, thirty-two characters, underscore, and the
//! CRC-32 of all before that last underscore, lowest byte first, in hexadecimal.
//! Source: `pkg/components/satokengen/tokengen.go` of the repository `grafana/grafana`.

use crate::text::checksum::crc32_hex_low_first;

/// Whether `token` (`glsa_…_1a2b3c4d`) carries a right checksum.
pub(super) fn has_checksum(token: &[u8]) -> bool {
    let Some(last) = memchr::memrchr(b'_', token) else { return false };
    let (body, check) = (&token[..last], &token[last + 1..]);
    check.eq_ignore_ascii_case(&crc32_hex_low_first(body))
}

#[cfg(test)]
mod tests {
    use super::has_checksum;
    use crate::rules::placeholders::fill;

    #[test]
    fn only_the_right_checksum_passes() {
        for seed in 0..50 {
            assert!(has_checksum(fill("{grafana:glsa_}", seed).as_bytes()));
            assert!(!has_checksum(fill("glsa_{alnum:32}_{hex:8}", seed).as_bytes()));
        }
        assert!(!has_checksum(b"glsa"));
    }
}
