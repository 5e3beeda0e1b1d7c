//! What stands before the diffs of a commit: `git log`'s header, or a mail's.

use std::sync::Arc;

use super::cursor::bare;
use super::{Fault, Lack};
use crate::change::{Blob, Change, Commit, Content, Entry, Kind, Oid};
use crate::paths::RepoPath;

/// How the lines of the header and message are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// No commit: any text around diffs.
    Plain,
    /// `git log` and `git show`: headers, an empty line, the message indented by four.
    Log,
    /// `git format-patch`: a mail.
    Mail,
}

/// A text that is looked at as a message, and the commit that it belongs to.
#[derive(Debug)]
pub(super) struct Header {
    form: Form,
    /// Line of the patch that it begins in.
    line: usize,
    /// The commit's id as the patch has it, perhaps cut short.
    name: Vec<u8>,
    author: Vec<u8>,
    part: Part,
    /// `Merge` or `Encoded`, where a line says so.
    lack: Option<Lack>,
    text: Vec<u8>,
}

/// Where in it the next line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Headers,
    /// In the headers, behind a subject that may go on.
    Subject,
    Message,
}

/// What a header came to.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// The commit, where its whole id is known.
    pub(super) commit: Option<Arc<Commit>>,
    /// The message.
    pub(super) message: Option<Change>,
    /// What is wrong with it.
    pub(super) fault: Option<Fault>,
}

impl Header {
    /// A text that belongs to `commit`, or to none.
    pub(super) fn plain(line: usize) -> Self {
        let (name, author, text) = (Vec::new(), Vec::new(), Vec::new());
        Self { form: Form::Plain, line, name, author, part: Part::Message, lack: None, text }
    }

    /// The header that `line` begins, if it does.
    pub(super) fn begin(line: &[u8], number: usize) -> Option<Self> {
        let line = bare(line);
        let (form, rest) = match line {
            [b'c', b'o', b'm', b'm', b'i', b't', b' ', rest @ ..] => (Form::Log, rest),
            [b'F', b'r', b'o', b'm', b' ', rest @ ..] => (Form::Mail, rest),
            _ => return None,
        };
        // `git log` puts a mark before the id with --left-right, --boundary or --cherry-mark.
        let rest = match rest {
            [b'<' | b'>' | b'-' | b'=' | b'+', rest @ ..] if form == Form::Log => {
                rest.strip_prefix(b" ").unwrap_or(rest)
            }
            _ => rest,
        };
        let name: &[u8] = rest.split(u8::is_ascii_whitespace).next()?;
        let is_id = name.len() >= 4 && name.iter().all(u8::is_ascii_hexdigit);
        // Only the day that `git format-patch` always writes tells its mails from a line of prose.
        let whole = Oid::from_hex(name).is_some() && form == Form::Mail && rest.ends_with(b" Mon Sep 17 00:00:00 2001");
        let alone = form == Form::Log && matches!(rest.get(name.len()), None | Some(b' ' | b'\t'));
        let alone = alone && (name.len() >= 40 || rest.len() == name.len() || rest[name.len()..].starts_with(b" ("));
        (is_id && (whole || alone)).then(|| Self {
            form,
            name: name.to_vec(),
            part: Part::Headers,
            ..Self::plain(number)
        })
    }

    /// Whether it names a commit.
    pub(super) fn names_commit(&self) -> bool {
        self.form != Form::Plain
    }

    /// Takes in one more line.
    pub(super) fn take(&mut self, line: &[u8]) {
        let content = bare(line);
        match (self.part, self.form) {
            (Part::Message, Form::Log) => self.text.extend_from_slice(line.strip_prefix(b"    ").unwrap_or(line)),
            (Part::Message, _) => self.text.extend_from_slice(line),
            _ if content.is_empty() => {
                self.part = Part::Message;
                if self.form == Form::Mail {
                    self.text.extend_from_slice(line);
                }
            }
            (_, Form::Mail) => self.mail_header(line, content),
            _ => self.log_header(content),
        }
    }

    fn log_header(&mut self, content: &[u8]) {
        if let Some(author) = content.strip_prefix(b"Author:") {
            self.author = author.trim_ascii().to_vec();
        } else if let Some(author) = content.strip_prefix(b"author ") {
            let end = memchr::memrchr(b'>', author).map_or(author.len(), |end| end + 1);
            self.author = author[..end].to_vec();
        } else if content.starts_with(b"Merge:") {
            self.lack = Some(Lack::Merge);
        }
    }

    fn mail_header(&mut self, line: &[u8], content: &[u8]) {
        if content.starts_with(b" ") || content.starts_with(b"\t") {
            if self.part == Part::Subject {
                self.text.extend_from_slice(line);
            }
            return;
        }
        let lower = content.to_ascii_lowercase();
        self.part = Part::Headers;
        if lower.starts_with(b"from:") {
            self.author = content["from:".len()..].trim_ascii().to_vec();
        } else if lower.starts_with(b"subject:") {
            self.part = Part::Subject;
            self.text.extend_from_slice(line["subject:".len()..].trim_ascii_start());
        } else if lower.starts_with(b"content-transfer-encoding:")
            && (lower.ends_with(b"base64") || lower.ends_with(b"quoted-printable"))
        {
            self.lack = Some(Lack::Encoded);
        }
    }

    /// What it came to. `diffs`: whether files follow.
    pub(super) fn end(self, within: Option<&Arc<Commit>>, diffs: Diffs) -> Read {
        let subject = self.text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty());
        let commit = match self.form {
            Form::Plain => within.cloned(),
            Form::Log | Form::Mail => Oid::from_hex(&self.name.to_ascii_lowercase())
                .map(|id| Arc::new(Commit { id, author: self.author, subject: subject.unwrap_or_default().to_vec() })),
        };
        let label = match &commit {
            Some(commit) => format!("commit {:.12} message", commit.id.to_string()).into_bytes(),
            None if self.name.is_empty() => b"text of the patch".to_vec(),
            None => [b"commit ", &self.name[..], b" message"].concat(),
        };
        let lack = self.lack.filter(|&lack| lack == Lack::Encoded || diffs == Diffs::None);
        let fault = lack.map(|lack| Fault { path: Some(RepoPath::new(&label[..])), line: self.line, lack });
        let message = (!self.text.trim_ascii().is_empty()).then(|| Change {
            path: RepoPath::new(label),
            kind: Kind::Added,
            entry: Entry::Message,
            content: Content::Blobs { new: Some(Blob::Text(self.text.into())), old: Vec::new() },
            commit: commit.clone(),
        });
        Read { commit, message, fault }
    }
}

/// Whether a commit's header has diffs behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Diffs {
    /// At least one.
    Some,
    /// The next commit follows, or the end.
    None,
}
