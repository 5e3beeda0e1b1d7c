//! JSON Web Tokens: the header is a JSON object that names an algorithm. RFC 7515 section 4.1.1.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Whether the first part of `token` decodes to a JSON object with `alg`, and the second, unless
/// the token is encrypted, to a JSON object.
pub(super) fn has_header(token: &[u8]) -> bool {
    let mut parts = token.split(|&byte| byte == b'.');
    let header = parts.next().and_then(object);
    let Some(header) = header else { return false };
    if !matches!(header.get("alg"), Some(serde_json::Value::String(_))) {
        return false;
    }
    header.contains_key("enc") || parts.next().and_then(object).is_some_and(|claims| !is_sample(&claims))
}

/// A token whose one claim is a word, `{"some": "payload"}`: a sample, not an issued token.
fn is_sample(claims: &serde_json::Map<String, serde_json::Value>) -> bool {
    const REGISTERED: &[&str] = &["sub", "iss", "exp", "iat", "aud", "jti", "nbf"];
    let is_short = |value: &serde_json::Value| value.as_str().is_some_and(|text| text.len() < 12);
    claims.is_empty()
        || claims.len() == 1 && claims.iter().all(|(name, value)| !REGISTERED.contains(&&**name) && is_short(value))
}

fn object(part: &[u8]) -> Option<serde_json::Map<String, serde_json::Value>> {
    let decoded = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::has_header;
    use crate::rules::placeholders::fill;

    #[test]
    fn only_a_json_header_proves_a_token() {
        assert!(has_header(fill("{jwt}", 3).as_bytes()));
        assert!(!has_header(b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ.eyJhIjoxfQ.abc"));
        assert!(!has_header(b"eyJAAAA.eyJBBB"));
    }
}
