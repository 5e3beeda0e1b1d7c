//! DSSE envelopes, protocol 1.0: <https://github.com/secure-systems-lab/dsse>.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::Deserialize;
use serde_json::json;
use thiserror::Error;

use super::key::{PublicKey, SigningKey};

/// The type of an in-toto statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// Signatures that are looked at.
const MOST: usize = 16;

/// Why bytes are no envelope.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EnvelopeError {
    /// No JSON of this form.
    #[error("it is no DSSE envelope: {0}")]
    Form(String),
    /// A field that is no base64.
    #[error("its `{0}` is no base64")]
    Base64(&'static str),
    /// Too many signatures.
    #[error("it has more than 16 signatures")]
    TooMany,
}

/// A payload with its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    payload_type: String,
    payload: Vec<u8>,
    signatures: Vec<(String, Vec<u8>)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawEnvelope {
    payload: String,
    payload_type: String,
    signatures: Vec<RawSignature>,
}

#[derive(Deserialize)]
struct RawSignature {
    #[serde(default)]
    keyid: String,
    sig: String,
}

impl Envelope {
    /// A statement that is not signed yet.
    pub fn new(statement: Vec<u8>) -> Self {
        Self { payload_type: PAYLOAD_TYPE.to_owned(), payload: statement, signatures: Vec::new() }
    }

    /// Reads one. Fields that DSSE does not know are left alone, as it demands.
    pub fn read(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let raw: RawEnvelope = serde_json::from_slice(bytes).map_err(|error| EnvelopeError::Form(error.to_string()))?;
        if raw.signatures.len() > MOST {
            return Err(EnvelopeError::TooMany);
        }
        let payload = decoded(&raw.payload, "payload")?;
        let one = |raw: RawSignature| Ok((raw.keyid, decoded(&raw.sig, "sig")?));
        let signatures = raw.signatures.into_iter().map(one).collect::<Result<_, _>>()?;
        Ok(Self { payload_type: raw.payload_type, payload, signatures })
    }

    /// The bytes that are signed: type and payload, each with its length in front.
    pub fn pae(&self) -> Vec<u8> {
        let (kind, payload) = (&self.payload_type, &self.payload);
        let head = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len());
        [head.as_bytes(), payload].concat()
    }

    /// Signs it.
    pub fn sign(&mut self, key: &SigningKey) {
        let signature = key.sign(&self.pae()).to_vec();
        self.add(key.public().id(), signature);
    }

    /// Adds a signature that somebody else made of [`Envelope::pae`].
    pub fn add(&mut self, key_id: String, signature: Vec<u8>) {
        self.signatures.push((key_id, signature));
    }

    /// Whether it has no signature.
    pub fn is_unsigned(&self) -> bool {
        self.signatures.is_empty()
    }

    /// Whether one of its signatures is by `key`, whatever name it gives that.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let bytes = self.pae();
        self.signatures.iter().any(|(_, signature)| key.verifies(&bytes, signature))
    }

    /// The type of the payload.
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The payload, to be believed after its signature only.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// One line of JSON, with its end.
    pub fn to_json(&self) -> String {
        let one = |(key, signature): &(String, Vec<u8>)| json!({ "keyid": key, "sig": STANDARD.encode(signature) });
        let signatures: Vec<_> = self.signatures.iter().map(one).collect();
        let payload = STANDARD.encode(&self.payload);
        let whole = json!({ "payload": payload, "payloadType": self.payload_type, "signatures": signatures });
        format!("{whole}\n")
    }
}

/// DSSE lets writers choose between both alphabets.
fn decoded(text: &str, field: &'static str) -> Result<Vec<u8>, EnvelopeError> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).map_err(|_| EnvelopeError::Base64(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signed_bytes_are_those_of_the_protocol() {
        // The example of the protocol's page.
        let envelope = Envelope {
            payload_type: "http://example.com/HelloWorld".to_owned(),
            payload: b"hello world".to_vec(),
            signatures: Vec::new(),
        };
        assert_eq!(envelope.pae(), b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut envelope = Envelope::new(b"{}".to_vec());
        envelope.add("k".to_owned(), vec![255; 64]);
        let text = envelope.to_json();
        assert_eq!(Envelope::read(text.as_bytes()), Ok(envelope.clone()));
        let other = text.replace('/', "_").replace("application_vnd", "application/vnd");
        assert_eq!(Envelope::read(other.as_bytes()), Ok(envelope));
        for wrong in [
            "",
            "{}",
            r#"{"payload":"!","payloadType":"a","signatures":[]}"#,
            r#"{"payload":"","payload":"","payloadType":"a","signatures":[]}"#,
        ] {
            assert!(Envelope::read(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
