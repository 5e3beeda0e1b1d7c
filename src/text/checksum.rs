//! Checksums that issuers put into their tokens.

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// CRC-32 (ISO-HDLC) of `body` as six base-62 digits, zero-padded.
///
/// The suffix of GitHub's tokens since 2021 and of npm's: described in "Behind GitHub's new
/// authentication token formats", <https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>.
pub fn crc32_base62(body: &[u8]) -> [u8; 6] {
    let mut value = crc32fast::hash(body);
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(value % 62) as usize];
        value /= 62;
    }
    digits
}

/// CRC-32 (ISO-HDLC) of `body` as seven base-36 digits, zero-padded.
///
/// The suffix of GitLab's routable tokens: `append_crc` in
/// <https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/authn/token_field/generator/routable_token.rb>.
pub fn crc32_base36(body: &[u8]) -> [u8; 7] {
    const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut value = crc32fast::hash(body);
    let mut digits = [b'0'; 7];
    for digit in digits.iter_mut().rev() {
        *digit = BASE36[(value % 36) as usize];
        value /= 36;
    }
    digits
}

/// CRC-32 (ISO-HDLC) of `body` as eight lower-case hexadecimal digits, lowest byte first.
///
/// The suffix of Grafana's service account tokens: `CalculateChecksum` in
/// <https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/tokengen.go>.
pub fn crc32_hex_low_first(body: &[u8]) -> [u8; 8] {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut digits = [b'0'; 8];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(crc32fast::hash(body).to_le_bytes()) {
        pair[0] = HEX[usize::from(byte >> 4)];
        pair[1] = HEX[usize::from(byte & 15)];
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::{crc32_base36, crc32_base62, crc32_hex_low_first};

    #[test]
    fn base_36_pads_to_seven_digits() {
        // CRC-32 of "123456789" is the catalogue's check value.
        let text = crc32_base36(b"123456789");
        let value = u64::from_str_radix(std::str::from_utf8(&text).unwrap_or_default(), 36);
        assert_eq!(value, Ok(0xCBF4_3926));
        assert_eq!(crc32_base36(b""), *b"0000000");
    }

    #[test]
    fn the_lowest_byte_of_the_crc_comes_first() {
        assert_eq!(&crc32_hex_low_first(b"123456789"), b"2639f4cb");
    }

    #[test]
    fn the_digits_are_those_of_the_crc() {
        // CRC-32 of "123456789" is the catalogue's check value, 0xCBF43926 = 3421780262.
        let value = crc32_base62(b"123456789").iter().fold(0_u64, |sum, digit| {
            let place = super::BASE62.iter().position(|known| known == digit).unwrap_or_default();
            sum * 62 + place as u64
        });
        assert_eq!(value, 0xCBF4_3926);
    }
}
