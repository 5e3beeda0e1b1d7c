//! OSV's archives over HTTPS: only what changed, going on where an earlier download stopped, checked by the server's own checksum.

#![allow(clippy::disallowed_methods, reason = "what is half downloaded is kept in a file")]

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use ureq::Agent;
use ureq::http::Response;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// Most bytes of an archive.
const LARGEST: u64 = 2 << 30;
/// How long nothing may come.
const SILENCE: Duration = Duration::from_secs(60);

/// Why an archive is not there.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The server cannot be reached, or the connection broke.
    #[error("cannot download `{url}`")]
    Unreachable {
        /// What was asked for.
        url: String,
        /// What went wrong.
        source: Box<ureq::Error>,
    },
    /// The server answers otherwise than it should.
    #[error("`{url}` answers {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// The answer.
        status: u16,
    },
    /// What came is not what was sent.
    #[error("`{url}` came damaged: {reason}")]
    Damaged {
        /// What was asked for.
        url: String,
        /// How it is known.
        reason: &'static str,
    },
    /// The certificates cannot be read.
    #[error("the certificates cannot be read: {0}")]
    Certificates(&'static str),
    /// What came cannot be kept.
    #[error("cannot write `{path}`")]
    Unwritable {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What a server says.
#[derive(Debug)]
pub enum Answer {
    /// It has nothing newer than what the tag names.
    Unchanged,
    /// A newer archive.
    New {
        /// Its bytes.
        bytes: Vec<u8>,
        /// What the server calls this state; empty where it does not say.
        tag: String,
    },
}

/// Somebody who has the archives.
pub trait Archives {
    /// The archive of an ecosystem, unless it is the one that `tag` names. `follow` hears how far it is and how large
    /// it will be.
    fn fetch(
        &self,
        ecosystem: &str,
        tag: &str,
        follow: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Answer, ServiceError>;
}

/// The archives at `base`. With `ca` the certificates in it are trusted, and no others; what is half there is kept
/// in `parts`. A proxy is taken from the environment.
pub fn https(base: &str, ca: Option<&[u8]>, parts: &Path) -> Result<impl Archives, ServiceError> {
    let mut tls = TlsConfig::builder();
    if let Some(pem) = ca {
        let mut certificates: Vec<Certificate<'static>> = Vec::new();
        for item in parse_pem(pem) {
            if let PemItem::Certificate(one) = item.map_err(|_| ServiceError::Certificates("the file is not PEM"))? {
                certificates.push(one);
            }
        }
        if certificates.is_empty() {
            return Err(ServiceError::Certificates("the file holds none"));
        }
        tls = tls.root_certs(RootCerts::from(certificates));
    }
    let agent = Agent::config_builder()
        .tls_config(tls.build())
        .http_status_as_error(false)
        .timeout_connect(Some(Duration::from_secs(30)))
        .timeout_recv_response(Some(SILENCE))
        .user_agent(concat!("gatehook/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent();
    Ok(Https { agent, base: base.trim_end_matches('/').to_owned(), parts: parts.to_owned() })
}

struct Https {
    agent: Agent,
    base: String,
    parts: PathBuf,
}

impl Archives for Https {
    fn fetch(
        &self,
        ecosystem: &str,
        tag: &str,
        follow: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Answer, ServiceError> {
        let url = format!("{}/{}/all.zip", self.base, ecosystem.replace(' ', "%20"));
        let name: String = ecosystem.chars().filter(char::is_ascii_alphanumeric).collect();
        let (part, part_tag) = (self.parts.join(format!("{name}.part")), self.parts.join(format!("{name}.tag")));
        fs::create_dir_all(&self.parts).map_err(unwritable(&self.parts))?;
        let begun = part_of(&part, &part_tag);
        let mut request = self.agent.get(&url);
        if let Some((length, tag)) = &begun {
            request = request.header("Range", format!("bytes={length}-")).header("If-Range", tag);
        } else if !tag.is_empty() {
            request = request.header("If-None-Match", tag);
        }
        let unreachable = |source| ServiceError::Unreachable { url: url.clone(), source: Box::new(source) };
        let response = request.call().map_err(unreachable)?;
        let status = response.status().as_u16();
        let start = match (status, &begun) {
            (304, _) => return Ok(Answer::Unchanged),
            (200, _) => 0,
            (206, Some((length, _))) => *length,
            // The part is all there is, or of something else: once more from the start.
            (416, Some(_)) => {
                forget(&part, &part_tag);
                return self.fetch(ecosystem, tag, follow);
            }
            _ => return Err(ServiceError::Status { url, status }),
        };
        let header = |name: &str| text_of(&response, name);
        let (new_tag, sums) = (header("etag"), header("x-goog-hash"));
        let total = header("content-length").parse::<u64>().ok().map(|length| length + start);
        if start == 0 && !new_tag.is_empty() {
            fs::write(&part_tag, &new_tag).map_err(unwritable(&part_tag))?;
        }
        let mut file = fs::OpenOptions::new()
            .create(true)
            .write(true)
            .append(start > 0)
            .truncate(start == 0)
            .open(&part)
            .map_err(unwritable(&part))?;
        let mut body = response.into_body().into_with_config().limit(LARGEST).reader();
        let mut buffer = vec![0; 64 << 10];
        let mut done = start;
        loop {
            let read = body.read(&mut buffer).map_err(|error| unreachable(ureq::Error::Io(error)))?;
            if read == 0 {
                break;
            }
            file.write_all(&buffer[..read]).map_err(unwritable(&part))?;
            done += read as u64;
            follow(done, total);
        }
        drop(file);
        if total.is_some_and(|total| total != done) {
            return Err(ServiceError::Damaged { url, reason: "it ended too early; the next run goes on from there" });
        }
        let bytes = fs::read(&part).map_err(unwritable(&part))?;
        forget(&part, &part_tag);
        if let Some(expected) = crc_of(&sums).filter(|expected| *expected != crc32c(&bytes)) {
            let _ = expected;
            return Err(ServiceError::Damaged { url, reason: "its checksum is another one" });
        }
        Ok(Answer::New { bytes, tag: new_tag })
    }
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> ServiceError {
    let path = path.to_owned();
    |source| ServiceError::Unwritable { path, source }
}

fn text_of<T>(response: &Response<T>, name: &str) -> String {
    let values = response.headers().get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.collect::<Vec<_>>().join(",")
}

/// How much is there of an earlier download, and of which state.
fn part_of(part: &Path, tag: &Path) -> Option<(u64, String)> {
    let length = fs::metadata(part).ok()?.len();
    let tag = fs::read_to_string(tag).ok()?;
    // A weak tag says nothing about bytes.
    (length > 0 && !tag.is_empty() && !tag.starts_with("W/")).then_some((length, tag))
}

fn forget(part: &Path, tag: &Path) {
    let _ = fs::remove_file(part);
    let _ = fs::remove_file(tag);
}

/// The checksum in `x-goog-hash: crc32c=BASE64,md5=…`, as OSV's storage sends it.
fn crc_of(header: &str) -> Option<u32> {
    let value = header.split(',').find_map(|one| one.trim().strip_prefix("crc32c="))?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(value).ok()?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

/// CRC-32C, as RFC 3720 has it.
fn crc32c(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0_u32; 256];
        let mut at = 0;
        while at < 256 {
            #[allow(clippy::cast_possible_truncation, reason = "below 256")]
            let mut value = at as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 { value >> 1 ^ 0x82f6_3b78 } else { value >> 1 };
                bit += 1;
            }
            table[at] = value;
            at += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |crc, byte| TABLE[((crc ^ u32::from(*byte)) & 0xff) as usize] ^ crc >> 8)
}

#[cfg(test)]
mod tests;
