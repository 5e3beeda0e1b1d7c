//! Values that are something else: references, addresses, paths, code, ciphertext, hashes.

/// Whether `value` is recognisably no literal secret but a thing of another kind.
pub(in crate::engine) fn is_something_else(value: &[u8]) -> bool {
    is_template(value)
        || begins_as_other(value)
        || is_code(value)
        || is_path_or_file(value)
        || is_address(value)
        || is_numeric(value)
        || is_key_id(value)
        || is_mysql_hash(value)
        || (value.contains(&b';') && value.contains(&b'='))
        || is_colour(value)
}

/// `*EE0D72…`: what a `mysql` server keeps in place of a password.
fn is_mysql_hash(value: &[u8]) -> bool {
    value.len() == 41 && value[0] == b'*' && value[1..].iter().all(u8::is_ascii_hexdigit)
}

/// `#66d9ef`.
fn is_colour(value: &[u8]) -> bool {
    value.len() <= 9 && value[0] == b'#' && value[1..].iter().all(u8::is_ascii_hexdigit)
}

/// AWS's ids of keys have a rule of their own, and open nothing alone.
fn is_key_id(value: &[u8]) -> bool {
    value.len() == 20
        && (value.starts_with(b"AKIA") || value.starts_with(b"ASIA"))
        && value.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Whether `value` is a UUID in its canonical form, any case.
pub(in crate::engine) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn has(value: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(value, part).is_some()
}

/// Template marks and references to variables.
fn is_template(value: &[u8]) -> bool {
    const MARKS: &[&[u8]] =
        &[b"${", b"#{", b"{{", b"}}", b"<%", b"%>", b"$(", b"@{", b"{%", b"%s", b"%d", b"%v", b"[[", b"<#", b"{}"];
    if MARKS.iter().any(|mark| has(value, mark)) {
        return true;
    }
    let pair = |open: u8, close: u8| {
        memchr::memchr(open, value).is_some_and(|from| memchr::memchr(close, &value[from..]).is_some())
    };
    let first = value.first().copied().unwrap_or_default();
    let second = value.get(1).copied().unwrap_or_default();
    pair(b'<', b'>')
        || pair(b'{', b'}')
        || has(value, b"%(")
        || (pair(b'[', b']') && (first == b'[' || second.is_ascii_alphabetic()))
        || (first == b'$' && (second.is_ascii_alphabetic() || second == b'_') && is_name(&value[1..]))
        || (first == b'%' && value.last() == Some(&b'%'))
        || (first == b'@' && value.last() == Some(&b'@'))
        || (first == b':' && is_name(&value[1..]))
}

fn is_name(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'>' | b'[' | b']'))
        && !value.iter().skip(1).any(u8::is_ascii_digit)
}

/// Schemes, hashes, ciphertext, public keys: told by how they begin.
fn begins_as_other(value: &[u8]) -> bool {
    const BEGINNINGS: &[&[u8]] = &[
        b"arn:",
        b"urn:",
        b"data:",
        b"env:",
        b"file:",
        b"vault:",
        b"op://",
        b"ssm:",
        b"ref:",
        b"ref+",
        b"secret:",
        b"sha1-",
        b"sha256-",
        b"sha384-",
        b"sha512-",
        b"sha1:",
        b"sha256:",
        b"sha512:",
        b"md5:",
        b"{sha",
        b"{ssha",
        b"{md5}",
        b"{crypt}",
        b"{bcrypt}",
        b"{cipher}",
        b"{aes}",
        b"enc(",
        b"enc[",
        b"$2a$",
        b"$2b$",
        b"$2y$",
        b"$1$",
        b"$5$",
        b"$6$",
        b"$y$",
        b"$apr1$",
        b"$argon2",
        b"$pbkdf2",
        b"md5$",
        b"sha1$",
        b"sha256$",
        b"u2fsdgvkx1",
        b"$scrypt",
        b"pbkdf2",
        b"argon2",
        b"bcrypt",
        b"scrypt:",
        b"aaaab3nzac1",
        b"aaaac3nzac1",
        b"aaaae2vjzhnh",
        b"ssh-",
        b"-----",
        b"system.",
        b"this.",
        b"self.",
        b"process.env",
        b"os.env",
        b"base64:$",
        b"base64,",
        b"i18n",
        b"javascript:",
        b"mailto:",
        b"tel:",
        b"0x0000",
        b"com.",
        b"org.",
        b"www.",
        b"io.",
        b"net.",
        b"java.",
        b"javax.",
        b"projects/",
        b"urn%3a",
        b"http%3a",
    ];
    let head = value[..value.len().min(14)].to_ascii_lowercase();
    BEGINNINGS.iter().any(|beginning| head.starts_with(beginning)) || has(value, b"://")
}

/// Expressions and regular expressions.
fn is_code(value: &[u8]) -> bool {
    const MARKS: &[&[u8]] = &[
        b"=>", b"->", b"::", b"==", b"&&", b"||", b"()", b"(?", b".*", b".+", b"[a-z", b"[A-Z", b"[0-9", b"[^", b"];",
        b");", b"\\d", b"\\w", b"\\s", b"\\b", b"\\n", b"\\r", b"\\t", b"\\x", b"\\u", b"\\0", b"\\\\", b"/*", b"*/",
        b"/>", b"...", b"('", b"(\"", b"',", b"\",", b"\":", b"),", b"=!0", b"=!1",
    ];
    // A padded base64 value ends in `==`, and that is no comparison.
    let body = value.strip_suffix(b"==").unwrap_or(value);
    MARKS.iter().any(|mark| has(body, mark))
        || body.first() == Some(&b'^')
        || is_call(body)
        || (body.first() == Some(&b'/') && body.len() > 2 && matches!(body.last(), Some(b'/')))
}

/// `name(…)`.
fn is_call(value: &[u8]) -> bool {
    let Some(open) = memchr::memchr(b'(', value) else { return false };
    open > 1
        && memchr::memchr(b')', &value[open..]).is_some()
        && value[..open].iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}

fn is_path_or_file(value: &[u8]) -> bool {
    const ENDS: &[&[u8]] = &[
        b".pem",
        b".key",
        b".crt",
        b".cer",
        b".pub",
        b".json",
        b".yaml",
        b".yml",
        b".txt",
        b".xml",
        b".html",
        b".htm",
        b".js",
        b".ts",
        b".jsx",
        b".tsx",
        b".vue",
        b".py",
        b".rb",
        b".go",
        b".rs",
        b".php",
        b".java",
        b".png",
        b".jpg",
        b".gif",
        b".svg",
        b".css",
        b".scss",
        b".md",
        b".csv",
        b".log",
        b".conf",
        b".cfg",
        b".ini",
        b".env",
        b".sh",
        b".p12",
        b".pfx",
        b".jks",
        b".keytab",
        b".kdbx",
        b".properties",
        b".aspx",
        b".asp",
        b".jsp",
        b".do",
        b".com",
        b".org",
        b".net",
        b".io",
        b".gpg",
        b".asc",
        b".exe",
        b".dll",
        b".zip",
        b".gz",
        b".tar",
        b".local",
        b".internal",
        b".dev",
        b".lock",
        b".sql",
        b".db",
        b".keystore",
        b".resx",
        b".snap",
        b".mp3",
        b".mp4",
        b".woff",
        b".woff2",
        b".wasm",
        b".proto",
        b".gradle",
        b".class",
        b".h",
        b".c",
        b".cpp",
        b".hpp",
        b".cs",
        b".csproj",
        b".sln",
        b".vbproj",
        b".vcxproj",
        b".swift",
        b".kt",
        b".toml",
        b".tpl",
        b".tmpl",
        b".template",
        b".length",
    ];
    let lower = value[value.len().saturating_sub(12)..].to_ascii_lowercase();
    let first = value.first().copied().unwrap_or_default();
    let second = value.get(1).copied().unwrap_or_default();
    ENDS.iter().any(|end| lower.ends_with(end))
        || value.starts_with(b"./")
        || value.starts_with(b"../")
        || value.starts_with(b"~/")
        || value.starts_with(b"--")
        || (second == b':' && first.is_ascii_alphabetic() && matches!(value.get(2), Some(b'\\' | b'/')))
        || (first == b'/' && is_rooted(value))
        || value.starts_with(b"\\\\")
}

/// `/usr/…`: a word in lower case behind the first slash, and another slash or nothing behind it.
fn is_rooted(value: &[u8]) -> bool {
    let part = value[1..].split(|&byte| byte == b'/').next().unwrap_or_default();
    part.len() >= 2 && part.iter().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.'))
}

/// E-mail addresses, and host names with a port.
fn is_address(value: &[u8]) -> bool {
    if let Some(at) = memchr::memrchr(b'@', value) {
        let host = &value[at + 1..];
        let dot = memchr::memrchr(b'.', host);
        let named = host.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
        if let Some(dot) = dot
            && named
            && dot > 0
            && host.len() - dot > 2
            && host[dot + 1..].iter().all(u8::is_ascii_alphabetic)
        {
            return true;
        }
    }
    value.starts_with(b"localhost") || value.starts_with(b"127.0.0.1")
}

/// Numbers, dates, versions, addresses of the Internet Protocol.
fn is_numeric(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let rest = value
        .iter()
        .filter(|byte| !byte.is_ascii_digit() && !matches!(byte, b'.' | b'-' | b':' | b'/' | b'+' | b',' | b'_'))
        .count();
    rest == 0
        || (rest <= 2
            && digits > 0
            && matches!(value.last(), Some(b'Z' | b's' | b'm' | b'h' | b'd' | b'L' | b'n' | b'x' | b'%' | b'F' | b'f')))
        || (value.starts_with(b"0x") && value.len() <= 18)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_things_are_known() {
        for value in [
            "${DB_PASSWORD}",
            "$password",
            "{{ token }}",
            "<your token>",
            "https://example.com/x",
            "/etc/ssl/private",
            "server.pem",
            "a@b.example",
            "2024-01-01T00:00:00Z",
            "1.2.3",
            "$2y$10$abc",
            "getToken()",
            "^[a-z]+$",
            "%PASSWORD%",
            "sha256-abc=",
            "ENC(abc)",
            "foo::bar",
            "%(password)s",
            "@PASSWORD@",
        ] {
            assert!(is_something_else(value.as_bytes()), "{value}");
        }
        for value in ["S3cure!pass", "kX9pQ2vLr7TzW4bN", "pa$$w0rd", "/8Kx+qPz9w==", "a@b", "x.y!z9"] {
            assert!(!is_something_else(value.as_bytes()), "{value}");
        }
        assert!(is_uuid(b"123e4567-e89b-42d3-a456-426614174000"));
    }
}
