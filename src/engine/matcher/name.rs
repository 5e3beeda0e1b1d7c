//! What a name says of the value that it is given: a password, a token, a key, or none of them.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::engine::validate::Kind;

/// The words, by class.
static NAMES: &str = include_str!("names.txt");

/// Ends of words that are written without a hump: `mysqlpassword`, `appsecret`.
const ENDS: &[(&[u8], Kind)] = &[
    (b"password", Kind::Password),
    (b"passwd", Kind::Password),
    (b"passwort", Kind::Password),
    (b"passphrase", Kind::Password),
    (b"passwrd", Kind::Password),
    (b"secret", Kind::Secret),
    (b"token", Kind::Token),
    (b"apikey", Kind::ApiKey),
    (b"secretkey", Kind::ApiKey),
    (b"accesskey", Kind::ApiKey),
];

/// What a word is.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent classes of a word, not a state")]
struct Word {
    /// What it says the value is.
    tells: Option<Kind>,
    /// Whether it makes a `key` one that opens something.
    qualifies: bool,
    /// Whether, behind a telling word, it names something else.
    denies: bool,
    /// Whether, before a password or secret, it makes it a hash of one.
    made: bool,
    /// Whether, before a `key` or `token`, it makes it one of data.
    plain: bool,
}

fn words() -> &'static HashMap<&'static [u8], Word> {
    static WORDS: OnceLock<HashMap<&[u8], Word>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut words: HashMap<&[u8], Word> = HashMap::new();
        let mut class = "";
        for line in NAMES.lines().filter(|line| !line.starts_with('#')) {
            if !line.starts_with(' ') {
                class = line;
                continue;
            }
            for word in line.split_whitespace() {
                let entry = words.entry(word.as_bytes()).or_default();
                match class {
                    "password" => entry.tells = Some(Kind::Password),
                    "secret" => entry.tells = Some(Kind::Secret),
                    "token" => entry.tells = Some(Kind::Token),
                    "api-key" => entry.tells = Some(Kind::ApiKey),
                    "key" => entry.tells = Some(Kind::Key),
                    "credential" => entry.tells = Some(Kind::Credential),
                    "qualifier" => entry.qualifies = true,
                    "suffix" => entry.denies = true,
                    "made" => entry.made = true,
                    _ => entry.plain = true,
                }
            }
        }
        words
    })
}

fn word(lower: &[u8]) -> Word {
    if let Some(word) = words().get(lower) {
        return *word;
    }
    let tells = ENDS.iter().find(|(end, _)| lower.ends_with(end)).map(|(_, kind)| *kind);
    Word { tells, ..Word::default() }
}

/// What `name` says; `None` where it names something else, `password_length` or `publicKey`.
pub(in crate::engine) fn classify(name: &[u8]) -> Option<Kind> {
    let mut buffer = [0_u8; 32];
    let mut kind: Option<Kind> = None;
    let (mut qualified, mut plain, mut last_plain, mut denied, mut made) = (false, false, false, false, false);
    for part in (Parts { name, at: 0 }) {
        let lower = buffer.get_mut(..part.len())?;
        lower.copy_from_slice(part);
        lower.make_ascii_lowercase();
        let lower = &*lower;
        let word = word(lower);
        if let Some(told) = word.tells {
            qualified |= matches!((kind, told), (Some(Kind::Secret | Kind::Credential), _));
            kind = Some(joined(kind, told));
            plain |= last_plain;
            last_plain = false;
            denied = false;
        } else {
            // `pass_word` is a password, `key_word` a word.
            denied |= kind.is_some() && word.denies;
            denied |= kind.is_some() && kind != Some(Kind::Password) && lower.starts_with(b"word");
            last_plain = word.plain;
            qualified |= word.qualifies;
            made |= word.made && kind.is_none();
        }
    }
    match kind.filter(|_| !denied)? {
        Kind::Key | Kind::ApiKey | Kind::Token if plain => None,
        Kind::Password | Kind::Secret if made => None,
        Kind::Key if qualified => Some(Kind::ApiKey),
        other => Some(other),
    }
}

/// What two telling words say together: `secret_token` is a secret, `token_key` a key.
fn joined(first: Option<Kind>, second: Kind) -> Kind {
    match (first, second) {
        (Some(Kind::Password), _) | (_, Kind::Password) => Kind::Password,
        (Some(Kind::Secret), _) | (_, Kind::Secret) => Kind::Secret,
        (Some(Kind::Credential), other) => other,
        (Some(Kind::Token), Kind::Key) => Kind::ApiKey,
        (Some(Kind::Token), _) | (_, Kind::Token) => Kind::Token,
        (_, other) => other,
    }
}

/// The words of which a name is made, split at what is no letter and at humps.
struct Parts<'n> {
    name: &'n [u8],
    at: usize,
}

impl<'n> Iterator for Parts<'n> {
    type Item = &'n [u8];

    fn next(&mut self) -> Option<&'n [u8]> {
        let name = self.name;
        while self.at < name.len() && !name[self.at].is_ascii_alphabetic() {
            self.at += 1;
        }
        let start = self.at;
        if start == name.len() {
            return None;
        }
        self.at += 1;
        while self.at < name.len() && name[self.at].is_ascii_alphabetic() {
            let hump = name[self.at].is_ascii_uppercase()
                && (name[self.at - 1].is_ascii_lowercase()
                    || (name.get(self.at + 1).is_some_and(u8::is_ascii_lowercase)
                        && name[self.at - 1].is_ascii_uppercase()));
            if hump {
                break;
            }
            self.at += 1;
        }
        Some(&name[start..self.at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_their_value_is() {
        for (name, kind) in [
            ("DB_PASSWORD", Some(Kind::Password)),
            ("spring.datasource.password", Some(Kind::Password)),
            ("dbPasswordProd", Some(Kind::Password)),
            ("cloudant_pw", Some(Kind::Password)),
            ("aws_secret_access_key", Some(Kind::Secret)),
            ("clientSecret", Some(Kind::Secret)),
            ("APP_SECRET_TOKEN", Some(Kind::Secret)),
            ("apiKey", Some(Kind::ApiKey)),
            ("STEAM_KEY", Some(Kind::ApiKey)),
            ("APIKey", Some(Kind::ApiKey)),
            ("IBMCLOUDIAMAPIKEY", Some(Kind::ApiKey)),
            ("key", Some(Kind::Key)),
            ("auth_token", Some(Kind::Token)),
            ("user_auth", Some(Kind::Credential)),
            ("password_length", None),
            ("publicKey", None),
            ("private_key_id", None),
            ("tokenUrl", None),
            ("keyboard", None),
            ("passport", None),
            ("author", None),
            ("csrf_token", None),
            ("max_tokens", None),
            ("secretName", None),
            ("server.ssl.key-store-password", Some(Kind::Password)),
            ("secret_key_base", Some(Kind::Secret)),
            ("MESSAGE_BIRD_TOKEN", Some(Kind::Token)),
            ("key_word", None),
            ("hashed_password", None),
            ("hashed_secret", None),
            ("pass_word", Some(Kind::Password)),
        ] {
            assert_eq!(classify(name.as_bytes()), kind, "{name}");
        }
    }
}
