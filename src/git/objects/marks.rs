//! Commits and annotated tags as git stores them, whole: `git log` formats cut a message at its
//! first NUL, and what is cut would never be looked at.

use std::collections::HashSet;
use std::sync::Arc;

use super::odb::Fault;
pub(in crate::git) use super::odb::Type;
use crate::change::{Blob, Change, Commit, Content, Entry, Kind, Oid};
use crate::git::repository::command;
use crate::git::repository::error::GitError;
use crate::git::repository::repo::{Repo, unexpected};
use crate::paths::RepoPath;

/// The types of `ids`, in their order; `None` for those that are not here.
pub(in crate::git) fn types(repo: &Repo, ids: &[Oid]) -> Result<Vec<Option<Type>>, GitError> {
    let mut found: Vec<Option<Type>> = match repo.objects() {
        Ok(mut objects) => ids.iter().map(|id| objects.kind(*id)).collect(),
        Err(_) => vec![None; ids.len()],
    };
    let asked: Vec<Oid> = ids.iter().zip(&found).filter(|(_, kind)| kind.is_none()).map(|(id, _)| *id).collect();
    if asked.is_empty() {
        return Ok(found);
    }
    let answer = command::feed(&repo.top, &["cat-file", "--batch-check=%(objecttype)"], &lines("", &asked))?;
    let told = told_types(&answer)?;
    if told.len() != asked.len() {
        return Err(unexpected("cat-file", "another number of answers than of questions"));
    }
    found.iter_mut().filter(|kind| kind.is_none()).zip(told).for_each(|(kind, told)| *kind = told);
    Ok(found)
}

pub(in crate::git) fn told_types(answer: &[u8]) -> Result<Vec<Option<Type>>, GitError> {
    answer
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| if line.ends_with(b" missing") { Ok(None) } else { Type::parse(line).map(Some).ok_or(line) })
        .collect::<Result<_, &[u8]>>()
        .map_err(|line| unexpected("cat-file", &String::from_utf8_lossy(line)))
}

/// Bytes of a commit or a tag, at most.
const LARGEST: u64 = 64 << 20;

/// The content of `ids`, all of them of type `kind`, each given to `each` in no certain order. All must be there.
pub(in crate::git) fn contents(
    repo: &Repo,
    ids: &[Oid],
    kind: Type,
    mut each: impl FnMut(Oid, &[u8]) -> Result<(), GitError>,
) -> Result<(), GitError> {
    let mut asked = Vec::new();
    let mut own = repo.objects().ok();
    for &id in ids {
        let read = own.as_mut().map_or(Err(Fault::Missing), |objects| objects.read(id, kind, LARGEST));
        match read {
            Ok(loaded) if loaded.bytes.len() as u64 == loaded.size => each(id, &loaded.bytes)?,
            Ok(_) | Err(Fault::Missing | Fault::Large) => asked.push(id),
            Err(Fault::Unfit(reason)) => return Err(GitError::Unreadable { id, reason }),
        }
    }
    if asked.is_empty() {
        return Ok(());
    }
    let mark = Mark::new()?;
    let answer = command::feed(&repo.top, &["cat-file", "--batch"], &mark.questions(&asked))?;
    let mut rest = &answer[..];
    for &id in &asked {
        let (content, behind) = mark.answer(rest, id, kind)?;
        each(id, content)?;
        rest = behind;
    }
    Ok(())
}

/// A name that no object can guess, asked for behind each object: the answer to it shows where that of the object
/// ends, whatever the object says of its size.
pub(in crate::git) struct Mark(String);

impl Mark {
    pub(in crate::git) fn new() -> Result<Self, GitError> {
        let mut noise = [0; 16];
        getrandom::fill(&mut noise).map_err(|error| unexpected("cat-file", &error.to_string()))?;
        // No name of a ref: git looks for none.
        Ok(Self(format!("{:032x}..", u128::from_be_bytes(noise))))
    }

    /// One that is known, for tests.
    pub(in crate::git) fn of(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// What `cat-file --batch` is asked for `ids`.
    pub(in crate::git) fn questions(&self, ids: &[Oid]) -> Vec<u8> {
        ids.iter().flat_map(|id| format!("{id}\n{}\n", self.0).into_bytes()).collect()
    }

    /// What it answers to the name itself.
    pub(in crate::git) fn missing(&self) -> Vec<u8> {
        format!("{} missing\n", self.0).into_bytes()
    }

    /// The content in the answer for `id` that `text` begins with, and what stands behind the answer.
    pub(in crate::git) fn answer<'t>(
        &self,
        text: &'t [u8],
        id: Oid,
        kind: Type,
    ) -> Result<(&'t [u8], &'t [u8]), GitError> {
        let end = memchr::memchr(b'\n', text).ok_or_else(|| unexpected("cat-file", "it ended early"))?;
        let header = String::from_utf8_lossy(&text[..end]);
        if header == format!("{id} missing") {
            return Err(GitError::Missing(id));
        }
        let size = header.strip_prefix(&format!("{id} {} ", kind.word())).and_then(|size| size.parse::<usize>().ok());
        let size = size.ok_or_else(|| unexpected("cat-file", &header))?;
        let (content, behind) =
            text[end + 1..].split_at_checked(size).ok_or_else(|| unexpected("cat-file", "it ended early"))?;
        let behind = behind.strip_prefix(b"\n").and_then(|behind| behind.strip_prefix(&self.missing()[..]));
        behind
            .map(|behind| (content, behind))
            .ok_or(GitError::Unreadable { id, reason: "its header states a wrong size" })
    }
}

/// `ids`, one a line, `prefix` before each: what `rev-list` and `cat-file` read.
pub(in crate::git) fn lines(prefix: &str, ids: &[Oid]) -> Vec<u8> {
    let mut text = Vec::with_capacity(ids.len() * 66);
    for id in ids {
        text.extend_from_slice(format!("{prefix}{id}\n").as_bytes());
    }
    text
}

/// The value of the first header called `name`, and the message behind the headers.
pub(in crate::git) fn header<'o>(object: &'o [u8], name: &str) -> Option<&'o [u8]> {
    object
        .split(|&byte| byte == b'\n')
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.strip_prefix(name.as_bytes())?.strip_prefix(b" "))
}

/// The tree and the parents of a commit; `None` where its headers are not in git's own order.
pub(in crate::git) fn tree_and_parents(object: &[u8]) -> Option<(Oid, Vec<Oid>)> {
    let mut lines = object.split(|&byte| byte == b'\n');
    let tree = Oid::from_hex(lines.next()?.strip_prefix(b"tree ")?)?;
    let mut parents = Vec::new();
    for line in lines {
        match line.strip_prefix(b"parent ") {
            Some(hex) => parents.push(Oid::from_hex(hex)?),
            None if line.starts_with(b"author ") => return Some((tree, parents)),
            None => return None,
        }
    }
    None
}

/// What stands behind the headers.
pub(in crate::git) fn message(object: &[u8]) -> &[u8] {
    memchr::memmem::find(object, b"\n\n").map_or(&[], |at| &object[at + 2..])
}

/// Who made the commit `id`, and how its message begins.
pub(in crate::git) fn commit(id: Oid, object: &[u8]) -> Commit {
    let author = header(object, "author").unwrap_or_default();
    let author = memchr::memrchr(b'>', author).map_or(author, |end| &author[..=end]);
    let lines = message(object).split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let subject = lines.into_iter().find(|line| !line.is_empty()).unwrap_or_default();
    Commit { id, author: author.to_vec(), subject: subject.to_vec() }
}

/// The message as a change; `label` tells what it belongs to. `None` where there is no message.
pub(in crate::git) fn message_change(label: &[u8], object: &[u8], commit: Option<&Arc<Commit>>) -> Option<Change> {
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

/// The headers as a change, without what names objects and times; `None` where all of them are `seen` already:
/// most commits of a history are by the same few people.
pub(in crate::git) fn headers_change(
    label: &[u8],
    object: &[u8],
    commit: Option<&Arc<Commit>>,
    seen: &mut HashSet<[u8; 32]>,
) -> Option<Change> {
    let mut text = Vec::new();
    for line in object.split(|&byte| byte == b'\n').take_while(|line| !line.is_empty()) {
        let name = line.split(|&byte| byte == b' ').next().unwrap_or_default();
        let kept = match name {
            b"tree" | b"parent" | b"object" | b"type" => continue,
            b"author" | b"committer" | b"tagger" => memchr::memrchr(b'>', line).map_or(line, |end| &line[..=end]),
            _ => line,
        };
        if seen.insert(*blake3::hash(kept).as_bytes()) {
            text.extend_from_slice(kept);
            text.push(b'\n');
        }
    }
    (!text.is_empty()).then(|| Change {
        path: RepoPath::new([label, b" headers"].concat()),
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
    fn an_answer_is_taken_at_its_size_only_where_its_mark_follows() {
        let (id, mark) = (Oid::sha1([0x11; 20]), Mark::of("n.."));
        let answer = |size: usize, content: &str| format!("{id} tag {size}\n{content}\nn.. missing\nrest").into_bytes();
        let good = answer(5, "hello");
        assert_eq!(mark.answer(&good, id, Type::Tag).unwrap(), (&b"hello"[..], &b"rest"[..]));
        assert!(
            mark.answer(&good, id, Type::Commit).is_err() && mark.answer(&good, Oid::sha1([0; 20]), Type::Tag).is_err()
        );
        for size in [0, 4, 6, 7, 17, 99] {
            assert!(mark.answer(&answer(size, "hello"), id, Type::Tag).is_err(), "{size}");
        }
        for cut in 0..good.len() - 4 {
            assert!(mark.answer(&good[..cut], id, Type::Tag).is_err(), "{cut}");
        }
        let missing = format!("{id} missing\n").into_bytes();
        assert!(matches!(mark.answer(&missing, id, Type::Tag), Err(GitError::Missing(_))));
    }

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
