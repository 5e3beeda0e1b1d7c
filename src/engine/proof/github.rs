//! GitHub's and npm's token checksum: the last six characters are the CRC-32 of the thirty before,
//! in base 62. Source: "Behind GitHub's new authentication token formats", GitHub engineering, 2021.

use crate::text::checksum::crc32_base62;

/// Whether `token` (`ghp_` or `npm_`, thirty characters, six of checksum) carries a right checksum.
pub(super) fn has_checksum(token: &[u8]) -> bool {
    let Some(underscore) = token.iter().position(|&byte| byte == b'_') else { return false };
    let rest = &token[underscore + 1..];
    if rest.len() < 12 {
        return false;
    }
    let (body, check) = rest.split_at(rest.len() - 6);
    crc32_base62(body) == *check
}

#[cfg(test)]
mod tests {
    use super::has_checksum;
    use crate::rules::placeholders::fill;

    #[test]
    fn only_the_right_checksum_passes() {
        for seed in 0..50 {
            assert!(has_checksum(fill("{github:ghp_}", seed).as_bytes()));
            assert!(!has_checksum(fill("{github-wrong-checksum:ghp_}", seed).as_bytes()));
        }
    }
}
