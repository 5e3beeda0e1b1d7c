//! What a name says of the value that it is given: a password, a token, a key, or none of them.

use crate::engine::validate::Kind;

/// Words of which a name is made, split at `_`, `-`, `.` and at humps.
struct Words<'n> {
    name: &'n [u8],
    at: usize,
}

impl<'n> Iterator for Words<'n> {
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

const PASSWORDS: &[&[u8]] = &[
    b"pass", b"password", b"passwords", b"passwd", b"passwds", b"pwd", b"pwds", b"pswd", b"passphrase", b"passcode", b"pw",
    b"passwort", b"kennwort", b"contrasena", b"senha", b"motdepasse", b"wachtwoord", b"passw",
];
const PASSWORD_ENDS: &[&[u8]] = &[b"password", b"passwd", b"passwort", b"passphrase", b"passwrd"];
const PASS_COMPOUNDS: &[&[u8]] = &[
    b"dbpass", b"userpass", b"mypass", b"smtppass", b"mailpass", b"ftppass", b"rootpass", b"adminpass", b"sshpass", b"authpass",
    b"keypass", b"storepass", b"dbpwd", b"userpwd", b"adminpwd", b"sapwd", b"bindpw", b"rootpw", b"ldappass", b"proxypass",
    b"sqlpass", b"mysqlpass",
];
const SECRETS: &[&[u8]] = &[b"secret", b"secrets"];
const TOKENS: &[&[u8]] = &[b"token", b"tokens", b"jwt", b"bearer"];
const KEYS: &[&[u8]] = &[
    b"apikey", b"accesskey", b"secretkey", b"privatekey", b"authkey", b"masterkey", b"encryptionkey", b"signingkey", b"appkey",
    b"licensekey", b"consumerkey", b"sharedkey", b"accountkey", b"storagekey", b"sshkey", b"cryptkey", b"passkey", b"skey",
    b"apikeys", b"iamapikey", b"serverkey", b"hmackey", b"aeskey", b"deskey", b"clientkey", b"hashkey", b"webkey",
];
/// Words that make a `key` one that opens something.
const QUALIFIERS: &[&[u8]] = &[
    b"api", b"access", b"secret", b"private", b"priv", b"auth", b"oauth", b"encryption", b"encrypt", b"encrypted", b"signing", b"sign",
    b"master", b"account", b"storage", b"service", b"app", b"application", b"consumer", b"license", b"licence", b"shared",
    b"symmetric", b"aes", b"des", b"hmac", b"rsa", b"ssh", b"crypto", b"crypt", b"cipher", b"jwt", b"webhook", b"deploy", b"admin",
    b"subscription", b"integration", b"developer", b"functions", b"host", b"write", b"instrumentation", b"security", b"maps", b"map",
    b"server", b"session", b"decryption", b"decrypt", b"signature", b"credential", b"site", b"project", b"merchant", b"pay", b"partner",
    b"payment", b"stripe", b"aws", b"azure", b"google", b"firebase", b"twitter", b"facebook", b"github", b"gitlab", b"mailgun", b"sendgrid",
    b"twilio", b"algolia", b"cloudinary", b"dropbox", b"tumblr", b"steam", b"weather", b"openai", b"anthropic", b"sentry", b"datadog", b"ibm",
    b"iam", b"cloud", b"wallet", b"validation", b"machine", b"user", b"lastfm", b"flickr", b"newrelic", b"bugsnag", b"mapbox", b"bing", b"hmackey",
    b"generic", b"rest", b"client", b"dev", b"prod", b"production", b"live", b"token", b"sk", b"hub", b"iot", b"sas", b"oss", b"s3", b"cos",
];
/// Behind the telling word these make the name one of something else.
const SUFFIXES: &[&[u8]] = &[
    b"id", b"ids", b"name", b"names", b"url", b"urls", b"uri", b"path", b"paths", b"file", b"files", b"filename", b"dir", b"directory", b"type",
    b"types", b"kind", b"length", b"len", b"size", b"count", b"counts", b"hash", b"hashes", b"hashed", b"hasher", b"field", b"fields", b"label",
    b"labels", b"placeholder", b"hint", b"hints", b"prompt", b"text", b"title", b"message", b"messages", b"msg", b"error", b"errors", b"required",
    b"regex", b"regexp", b"pattern", b"format", b"policy", b"expires", b"expire", b"expired", b"expiry", b"expiration", b"ttl", b"timeout", b"age",
    b"lifetime", b"duration", b"interval", b"date", b"time", b"timestamp", b"created", b"updated", b"valid", b"validator", b"validators", b"validate",
    b"input", b"inputs", b"column", b"columns", b"param", b"params", b"parameter", b"parameters", b"prefix", b"suffix", b"version", b"algorithm",
    b"alg", b"algo", b"method", b"methods", b"mode", b"scheme", b"provider", b"providers", b"service", b"endpoint", b"handler", b"manager", b"factory",
    b"class", b"enabled", b"enable", b"disabled", b"visible", b"visibility", b"toggle", b"icon", b"button", b"btn", b"link", b"page", b"screen", b"view",
    b"form", b"reset", b"change", b"changed", b"forgot", b"forgotten", b"strength", b"score", b"min", b"max", b"index", b"idx", b"position", b"pos",
    b"offset", b"map", b"mapping", b"table", b"row", b"usage", b"use", b"scope", b"scopes", b"issuer", b"audience", b"subject", b"state", b"status",
    b"event", b"events", b"press", b"pressed", b"down", b"up", b"code", b"codes", b"binding", b"bindings", b"word", b"words", b"frame", b"board",
    b"stream", b"source", b"uses", b"attr", b"attribute", b"attributes", b"property", b"properties", b"list", b"set", b"ref", b"reference", b"arn",
    b"store", b"vault", b"manager", b"exchange", b"rotation", b"fingerprint", b"thumbprint", b"digest", b"checksum", b"info", b"description", b"desc",
    b"help", b"doc", b"docs", b"example", b"comment", b"rule", b"rules", b"selector", b"element", b"el", b"node", b"callback", b"func", b"function",
    b"fn", b"header", b"headers", b"cookie", b"domain", b"host", b"hostname", b"port", b"address", b"email", b"user", b"username", b"owner", b"group", b"role", b"roles",
    b"kid", b"alias", b"usages", b"ops", b"curve", b"bits", b"request", b"response", b"result", b"results", b"limit", b"limits", b"budget", b"cost",
    b"price", b"usd", b"template", b"tmpl", b"var", b"variable", b"env", b"location", b"region", b"zone", b"filter", b"order", b"sort", b"separator", b"delimiter",
    b"sep", b"schema", b"spec", b"test", b"tests", b"ui", b"css", b"style", b"width", b"height", b"color", b"getter", b"setter", b"resolver", b"loader", b"generator",
    b"confirm", b"confirmed", b"match", b"matches", b"mismatch", b"failed", b"failure", b"invalid", b"success", b"exists", b"missing", b"not", b"is", b"has", b"reader", b"writer", b"renderer",
    b"encoder", b"decoder", b"parser", b"iterator", b"cache", b"pool", b"queue", b"lock", b"locked", b"sid", b"uuid", b"guid", b"serial", b"iv", b"hex", b"secs", b"seconds", b"minutes", b"hours", b"days",
    b"ring", b"chain", b"base", b"space", b"only", b"less", b"wizard", b"dialog", b"modal", b"panel", b"window", b"query", b"sql", b"statement", b"exception", b"plugin", b"extension", b"module", b"package",
    b"sha", b"md", b"crc", b"tab", b"menu", b"item", b"items", b"entry", b"entries", b"option", b"options", b"config", b"configuration", b"settings", b"setting", b"helper", b"util", b"utils", b"mixin", b"widget", b"component", b"command", b"action",
];
/// Before a `key` or `token` these make it one of data, not of a lock.
const PLAIN_PREFIXES: &[&[u8]] = &[
    b"public", b"pub", b"publishable", b"primary", b"foreign", b"partition", b"sort", b"row", b"cache", b"registry", b"dict", b"hot", b"arrow", b"group", b"index", b"search",
    b"route", b"translation", b"message", b"template", b"csrf", b"xsrf", b"next", b"page", b"continuation", b"cursor", b"sync", b"max", b"num", b"total", b"stop", b"bos", b"eos", b"pad",
    b"unk", b"cls", b"sep", b"mask", b"lex", b"punctuation", b"syntax", b"end", b"start", b"begin", b"idempotency", b"object", b"map", b"hash", b"range", b"lookup", b"react", b"data", b"json",
    b"attr", b"prop", b"enter", b"tab", b"escape", b"shift", b"ctrl", b"meta", b"alt", b"host", b"known", b"pre", b"issuer", b"subject", b"verification", b"verify", b"verifying", b"peer", b"config",
    b"cancellation", b"cancel", b"abort", b"injection", b"event", b"context", b"metric", b"label", b"column", b"field", b"feature", b"flag", b"option", b"test", b"expected", b"input", b"output", b"query",
    b"unique", b"composite", b"natural", b"parent", b"child", b"tag", b"string", b"number", b"ident", b"keyword", b"operator", b"open", b"close", b"left", b"right", b"paging", b"pagination", b"marker", b"topic", b"routing", b"constraint",
    b"i18n", b"locale", b"resource", b"type", b"sequence", b"bucket", b"s3object", b"storage_object", b"dedup", b"etag", b"anti", b"forgery", b"antiforgery", b"requestverification", b"widevine", b"special", b"additional", b"kms",
];

/// What the words of a name are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Tells(Kind),
    Qualifies,
    Other,
}

fn word(lower: &[u8]) -> Word {
    let any = |list: &[&[u8]]| list.contains(&lower);
    if any(PASSWORDS) || any(PASS_COMPOUNDS) || PASSWORD_ENDS.iter().any(|end| lower.ends_with(end)) {
        return Word::Tells(Kind::Password);
    }
    if any(SECRETS) || (lower.len() > 6 && lower.ends_with(b"secret")) {
        return Word::Tells(Kind::Secret);
    }
    if any(TOKENS) || (lower.len() > 7 && lower.ends_with(b"token")) {
        return Word::Tells(Kind::Token);
    }
    if any(KEYS) || lower.ends_with(b"apikey") || lower.ends_with(b"secretkey") || lower.ends_with(b"accesskey") {
        return Word::Tells(Kind::ApiKey);
    }
    if lower == b"key" {
        return Word::Tells(Kind::Key);
    }
    if matches!(lower, b"credential" | b"credentials" | b"cred" | b"creds" | b"auth" | b"authorization" | b"salt" | b"salts" | b"nonce" | b"authkeys" | b"psk") {
        return Word::Tells(Kind::Credential);
    }
    if any(QUALIFIERS) {
        return Word::Qualifies;
    }
    Word::Other
}

/// What `name` says; `None` where it names something else, `password_length` or `publicKey`.
pub(in crate::engine) fn classify(name: &[u8]) -> Option<Kind> {
    let mut buffer = [0_u8; 32];
    let mut kind: Option<Kind> = None;
    let (mut qualified, mut plain, mut last_plain) = (false, false, false);
    for part in (Words { name, at: 0 }) {
        if part.len() > buffer.len() {
            return None;
        }
        let lower = &mut buffer[..part.len()];
        lower.copy_from_slice(part);
        lower.make_ascii_lowercase();
        let lower = &*lower;
        match word(lower) {
            Word::Tells(told) => {
                if kind.is_some_and(|kind| kind == Kind::Secret) && told == Kind::Key {
                    qualified = true;
                }
                // `client_secret`, `secret_token`: what tells more holds; a key of a token is a key.
                kind = Some(match (kind, told) {
                    (Some(Kind::Password), _) | (_, Kind::Password) => Kind::Password,
                    (Some(Kind::Secret), _) | (_, Kind::Secret) => Kind::Secret,
                    (Some(Kind::Credential), other) => {
                        qualified = true;
                        other
                    }
                    (Some(Kind::Token), Kind::Key) => Kind::ApiKey,
                    (Some(Kind::Token), _) | (_, Kind::Token) => Kind::Token,
                    (_, other) => other,
                });
                plain |= last_plain;
                last_plain = false;
            }
            other => {
                if kind.is_some() && SUFFIXES.contains(&lower) {
                    return None;
                }
                last_plain = PLAIN_PREFIXES.contains(&lower);
                qualified |= other == Word::Qualifies;
            }
        }
    }
    match kind? {
        Kind::Key | Kind::ApiKey | Kind::Token if plain => None,
        Kind::Key if qualified => Some(Kind::ApiKey),
        other => Some(other),
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
        ] {
            assert_eq!(classify(name.as_bytes()), kind, "{name}");
        }
    }
}
