//! Commits and annotated tags as git stores them, whole: `git log` formats cut a message at its
//! first NUL, and what is cut would never be looked at.

use std::sync::Arc;

use super::command;
use super::error::GitError;
use super::repo::{Repo, unexpected};
use crate::change::{Blob, Change, Commit, Content, Entry, Kind, Oid};
use crate::paths::RepoPath;

/// What kind of object a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Commit,
    Tree,
    Blob,
    Tag,
}

impl Type {
    fn parse(word: &[u8]) -> Option<Self> {
        match word {
            b"commit" => Some(Self::Commit),
            b"tree" => Some(Self::Tree),
            b"blob" => Some(Self::Blob),
            b"tag" => Some(Self::Tag),
            _ => None,
        }
    }
}

/// The types of `ids`, in their order; `None` for those that are not here.
pub(super) fn types(repo: &Repo, ids: &[Oid]) -> Result<Vec<Option<Type>>, GitError> {
    let answer = command::feed(&repo.top, &["cat-file", "--batch-check=%(objecttype)"], &lines("", ids))?;
    let found: Vec<_> = answer
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| if line.ends_with(b" missing") { Ok(None) } else { Type::parse(line).map(Some).ok_or(line) })
        .collect::<Result<_, &[u8]>>()
        .map_err(|line| unexpected("cat-file", &String::from_utf8_lossy(line)))?;
    if found.len() == ids.len() { Ok(found) } else { Err(unexpected("cat-file", "fewer answers than questions")) }
}

/// The content of `ids`, each given to `each` in their order. All must be there.
pub(super) fn contents(
    repo: &Repo,
    ids: &[Oid],
    mut each: impl FnMut(Oid, &[u8]) -> Result<(), GitError>,
) -> Result<(), GitError> {
    let answer = command::feed(&repo.top, &["cat-file", "--batch"], &lines("", ids))?;
    let mut rest = &answer[..];
    for &id in ids {
        let short = || unexpected("cat-file", "it ended early");
        let end = memchr::memchr(b'\n', rest).ok_or_else(short)?;
        let header = &rest[..end];
        let size = header
            .rsplit(|&byte| byte == b' ')
            .next()
            .and_then(|size| std::str::from_utf8(size).ok()?.parse::<usize>().ok());
        let size = size.ok_or_else(|| unexpected("cat-file", &String::from_utf8_lossy(header)))?;
        rest = &rest[end + 1..];
        each(id, rest.get(..size).ok_or_else(short)?)?;
        rest = rest.get(size + 1..).ok_or_else(short)?;
    }
    Ok(())
}

/// `ids`, one a line, `prefix` before each: what `rev-list` and `cat-file` read.
pub(super) fn lines(prefix: &str, ids: &[Oid]) -> Vec<u8> {
    let mut text = Vec::with_capacity(ids.len() * 66);
    for id in ids {
        text.extend_from_slice(format!("{prefix}{id}\n").as_bytes());
    }
    text
}

/// The value of the first header called `name`, and the message behind the headers.
pub(super) fn header<'o>(object: &'o [u8], name: &str) -> Option<&'o [u8]> {
    object
        .split(|&byte| byte == b'\n')
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.strip_prefix(name.as_bytes())?.strip_prefix(b" "))
}

/// What stands behind the headers.
pub(super) fn message(object: &[u8]) -> &[u8] {
    memchr::memmem::find(object, b"\n\n").map_or(&[], |at| &object[at + 2..])
}

/// Who made the commit `id`, and how its message begins.
pub(super) fn commit(id: Oid, object: &[u8]) -> Commit {
    let author = header(object, "author").unwrap_or_default();
    let author = memchr::memrchr(b'>', author).map_or(author, |end| &author[..=end]);
    let lines = message(object).split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let subject = lines.into_iter().find(|line| !line.is_empty()).unwrap_or_default();
    Commit { id, author: author.to_vec(), subject: subject.to_vec() }
}

/// The message as a change; `label` tells what it belongs to. `None` where there is no message.
pub(super) fn message_change(label: &[u8], object: &[u8], commit: Option<&Arc<Commit>>) -> Option<Change> {
    let text = message(object);
    if text.trim_ascii().is_empty() {
        return None;
    }
    Some(Change {
        path: RepoPath::new([label, b" message"].concat()),
        kind: Kind::Added,
        entry: Entry::Message,
        content: Content::Blobs { new: Some(Blob::Text(text.into())), old: Vec::new() },
        commit: commit.cloned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_read_whole() {
        let object = b"tree 1\nparent 2\nauthor A U Thor <a@b> 1 +0000\ncommitter C <c@d> 2 +0000\ngpgsig x\n y\n\n\nSubject \n\nbody\0more\n";
        let id = Oid::from_hex(&[b'a'; 40]).unwrap();
        let found = commit(id, object);
        assert_eq!(found.author, b"A U Thor <a@b>");
        assert_eq!(found.subject, b"Subject");
        assert_eq!(message(object), b"\nSubject \n\nbody\0more\n");
        assert_eq!(message(b"tree 1\n"), b"");
        assert_eq!(header(object, "parent"), Some(&b"2"[..]));
        assert_eq!(header(b"object 1\n\nobject 2\n", "type"), None);
    }
}
