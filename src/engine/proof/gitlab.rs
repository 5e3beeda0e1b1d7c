//! GitLab's routable tokens: the last seven characters are the CRC-32, in base 36, of everything before
//! them, prefix included. Source: `lib/authn/token_field/generator/routable_token.rb` of GitLab, and
//! "Routable tokens" in GitLab's handbook.

use crate::text::checksum::crc32_base36;

/// Whether `token` (`glpat-<base64url payload>.<version>.<payload length><CRC>`) carries a right CRC.
///
/// Versions before the version field, with one dot, put the CRC at the same place.
pub(super) fn has_checksum(token: &[u8]) -> bool {
    let Some(body) = token.len().checked_sub(7) else { return false };
    let (body, check) = token.split_at(body);
    body.contains(&b'.') && crc32_base36(body) == *check
}

#[cfg(test)]
mod tests {
    use super::has_checksum;
    use crate::rules::placeholders::fill;

    #[test]
    fn only_the_right_checksum_passes() {
        for seed in 0..50 {
            let token = fill("{gitlab-routable:glpat-}", seed);
            assert!(has_checksum(token.as_bytes()), "{token}");
            let (head, tail) = token.split_at(10);
            let last = if tail.starts_with('A') { "B" } else { "A" };
            assert!(!has_checksum(format!("{head}{last}{}", &tail[1..]).as_bytes()));
        }
        assert!(!has_checksum(b"glpat-"));
    }
}
