//! The walk through a patch: which line begins what.

use std::sync::Arc;

use super::cursor::{Cursor, bare};
use super::header::{Diffs, Header};
use super::{Fault, Lack, Patch, hunk, names};
use crate::change::{Change, Commit, Content, Entry, Fragment, Kind};
use crate::paths::RepoPath;

/// Reads `input` to its end.
pub(super) fn read(input: &[u8]) -> Patch {
    let input = input.strip_prefix("\u{feff}".as_bytes()).unwrap_or(input);
    let mut reader =
        PatchReader { lines: Cursor::new(input), out: Patch::default(), commit: None, header: None, file: None };
    while let Some(line) = reader.lines.peek() {
        reader.step(line);
    }
    reader.end_file();
    reader.end_header(Diffs::None);
    reader.out
}

struct PatchReader<'p> {
    lines: Cursor<'p>,
    out: Patch,
    commit: Option<Arc<Commit>>,
    header: Option<Header>,
    file: Option<File>,
}

/// A name in a `---` or `+++` line.
#[derive(Debug, Default, PartialEq, Eq)]
enum Name {
    /// The line has not come.
    #[default]
    Unsaid,
    /// `/dev/null`.
    Nothing,
    Known(Vec<u8>),
}

impl Name {
    fn known(&self) -> Option<&[u8]> {
        match self {
            Self::Known(name) => Some(name),
            Self::Unsaid | Self::Nothing => None,
        }
    }
}

/// One file's part of the patch.
#[derive(Debug, Default)]
struct File {
    line: usize,
    /// Whether git's extended headers may stand in it.
    by_git: bool,
    /// What stands behind `diff --git`.
    git: Vec<u8>,
    /// The name that needs no prefix taken off: of `rename to`, `copy to`, `diff --cc`.
    sure: Option<Vec<u8>>,
    /// The `---` line.
    old: Name,
    /// The `+++` line.
    new: Name,
    kind: Option<Kind>,
    mode: Vec<u8>,
    fragments: Vec<Fragment>,
    hunks: usize,
    /// Whether the part is complete without a hunk.
    needs_hunk: bool,
    lacks: Vec<(usize, Lack)>,
    /// Whether the line before belonged to a hunk.
    behind_hunk: bool,
}

impl PatchReader<'_> {
    fn step(&mut self, line: &[u8]) {
        let content = bare(line);
        if let Some(header) = Header::begin(line, self.lines.number) {
            self.end_file();
            self.end_header(Diffs::None);
            self.commit = None;
            self.out.commits += 1;
            self.header = Some(header);
            self.lines.advance();
        } else if let Some(rest) = content.strip_prefix(b"diff --git ") {
            self.begin(File { by_git: true, git: rest.to_vec(), ..File::default() });
            self.lines.advance();
        } else if let Some(rest) = content.strip_prefix(b"diff --cc ").or(content.strip_prefix(b"diff --combined ")) {
            self.begin(File { by_git: true, sure: Some(names::unquote(rest)), ..File::default() });
            self.lines.advance();
        } else if content.starts_with(b"--- ") && self.lines.peek_second().is_some_and(|next| next.starts_with(b"+++ "))
        {
            self.names();
        } else if hunk::begins(content) {
            self.hunk(content);
        } else if is_other_format(content, self.lines.peek_second()) {
            self.begin(File { sure: names::in_header(&content[4..]), ..File::default() });
            self.lack(Lack::OtherFormat);
            self.lines.advance();
        } else if content.starts_with(b"Only in ") || content.ends_with(b" differ") && is_binary(content) {
            self.binary(content);
        } else if content == b"GIT binary patch" {
            self.git_binary();
        } else if !self.file.as_mut().is_some_and(|file| file.extended(content)) {
            self.text(line);
        } else {
            self.lines.advance();
        }
    }

    /// Begins a file's part.
    fn begin(&mut self, file: File) {
        self.end_file();
        self.end_header(Diffs::Some);
        self.out.files += 1;
        self.file = Some(File { line: self.lines.number, ..file });
    }

    /// `--- old` and `+++ new`.
    fn names(&mut self) {
        if self.file.as_ref().is_none_or(|file| file.new != Name::Unsaid || file.hunks > 0) {
            self.begin(File::default());
        }
        let mut name = || {
            let line = self.lines.peek().map(bare).unwrap_or_default();
            self.lines.advance();
            names::in_header(line.get(4..).unwrap_or_default()).map_or(Name::Nothing, Name::Known)
        };
        let (old, new) = (name(), name());
        if let Some(file) = &mut self.file {
            (file.old, file.new, file.needs_hunk) = (old, new, true);
        }
    }

    fn hunk(&mut self, content: &[u8]) {
        if self.file.is_none() {
            self.begin(File::default());
        }
        let Some(file) = &mut self.file else { return };
        let number = self.lines.number;
        self.lines.advance();
        file.hunks += 1;
        let Some(header) = hunk::header(content) else {
            file.lacks.push((number, Lack::BadHunk));
            return;
        };
        let read = hunk::read(&header, &mut self.lines);
        file.fragments.extend(read.fragment);
        if !read.whole {
            file.lacks.push((number, Lack::ShortHunk));
        }
        file.behind_hunk = read.whole;
    }

    /// `Binary files a/x and b/x differ`, `Files x and y differ`, `Only in DIR: NAME`.
    fn binary(&mut self, content: &[u8]) {
        if self.file.as_ref().is_none_or(|file| !file.by_git || file.hunks > 0) {
            let words = content.strip_suffix(b" differ").unwrap_or(content);
            let name = memchr::memmem::rfind(words, b" and ").map_or(words, |at| &words[at + 5..]);
            self.begin(File { sure: Some(names::without_prefix(name).to_vec()), ..File::default() });
        }
        if self.file.as_ref().is_some_and(|file| file.kind != Some(Kind::Deleted)) {
            self.lack(Lack::Binary);
        }
        self.lines.advance();
    }

    /// `GIT binary patch`: one or two blocks of base85, an empty line behind each.
    fn git_binary(&mut self) {
        if self.file.is_none() {
            self.begin(File::default());
        }
        if self.file.as_ref().is_some_and(|file| file.kind != Some(Kind::Deleted)) {
            self.lack(Lack::Binary);
        }
        self.lines.advance();
        while self.lines.peek().is_some_and(|line| line.starts_with(b"literal ") || line.starts_with(b"delta ")) {
            self.lines.advance();
            while self.lines.peek().is_some_and(|line| is_base85(bare(line))) {
                self.lines.advance();
            }
            if self.lines.peek().is_some_and(|line| bare(line).is_empty()) {
                self.lines.advance();
            }
        }
    }

    /// A line that belongs to no diff.
    fn text(&mut self, line: &[u8]) {
        if self.file.as_ref().is_some_and(|file| file.behind_hunk) {
            let signature = bare(line) == b"-- ";
            if !signature && (line.starts_with(b"+") || line.starts_with(b"-")) {
                self.lack(Lack::LongHunk);
            }
        }
        if let Some(file) = &mut self.file {
            file.behind_hunk = false;
        }
        if self.header.is_none() {
            self.end_file();
        }
        let number = self.lines.number;
        self.header.get_or_insert_with(|| Header::plain(number)).take(line);
        self.lines.advance();
    }

    fn lack(&mut self, lack: Lack) {
        if let Some(file) = &mut self.file {
            file.lacks.push((self.lines.number, lack));
        }
    }

    fn end_header(&mut self, diffs: Diffs) {
        let Some(header) = self.header.take() else { return };
        let names_commit = header.names_commit();
        let read = header.end(self.commit.as_ref(), diffs);
        if names_commit {
            self.commit = read.commit;
        }
        self.out.changes.extend(read.message);
        self.out.faults.extend(read.fault);
    }

    fn end_file(&mut self) {
        let Some(file) = self.file.take() else { return };
        let (path, mut lacks) = (RepoPath::new(file.path()), file.lacks.clone());
        if file.needs_hunk && file.hunks == 0 && lacks.is_empty() {
            lacks.push((file.line, Lack::NoHunk));
        }
        let fault = |(line, lack)| Fault { path: Some(path.clone()), line, lack };
        self.out.faults.extend(lacks.into_iter().map(fault));
        self.out.changes.push(file.change(path, self.commit.clone()));
    }
}

impl File {
    /// Takes in a line of git's extended header; `false` where it is none.
    fn extended(&mut self, content: &[u8]) -> bool {
        if !self.by_git || self.hunks > 0 {
            return false;
        }
        let word = |word: &[u8]| content.strip_prefix(word);
        if let Some(mode) = word(b"new file mode ") {
            (self.kind, self.mode) = (Some(Kind::Added), mode.to_vec());
        } else if let Some(mode) = word(b"deleted file mode ") {
            (self.kind, self.mode) = (Some(Kind::Deleted), mode.to_vec());
        } else if let Some(mode) = word(b"new mode ") {
            self.mode = mode.to_vec();
        } else if let Some(name) = word(b"rename to ").or(word(b"copy to ")) {
            self.sure = Some(names::unquote(name));
        } else if let Some(index) = word(b"index ") {
            if let Some(space) = memchr::memchr(b' ', index) {
                self.mode = index[space + 1..].to_vec();
            }
        } else if let Some(modes) = word(b"mode ") {
            let at = memchr::memmem::find(modes, b"..").map_or(0, |dots| dots + 2);
            self.mode = modes[at..].to_vec();
        } else {
            let known: [&[u8]; 5] =
                [b"old mode ", b"similarity index ", b"dissimilarity index ", b"rename from ", b"copy from "];
            return known.iter().any(|known| content.starts_with(known));
        }
        true
    }

    fn path(&self) -> Vec<u8> {
        if let Some(sure) = &self.sure {
            return sure.clone();
        }
        let (old, new) = (self.old.known(), self.new.known());
        match names::in_git_line(&self.git, old, new) {
            Some((old, new)) => names::path(Some(&old), Some(&new)),
            None => names::path(old, new),
        }
    }

    fn change(self, path: RepoPath, commit: Option<Arc<Commit>>) -> Change {
        let entry = match &self.mode[..] {
            b"120000" => Entry::Symlink,
            b"160000" => Entry::Gitlink,
            b"100755" => Entry::Executable,
            _ => Entry::File,
        };
        let kind = self.kind.unwrap_or(match (&self.old, &self.new) {
            (_, Name::Nothing) => Kind::Deleted,
            (Name::Nothing, _) => Kind::Added,
            _ => Kind::Modified,
        });
        Change { path, kind, entry, content: Content::Fragments(self.fragments), commit }
    }
}

/// The beginning of a context diff: `*** old`, `--- new`.
fn is_other_format(content: &[u8], next: Option<&[u8]>) -> bool {
    content.starts_with(b"*** ") && !content.ends_with(b" ****") && next.is_some_and(|next| next.starts_with(b"--- "))
}

fn is_binary(content: &[u8]) -> bool {
    content.starts_with(b"Binary files ") || content.starts_with(b"Files ")
}

/// Whether `line` can be one of a binary patch: a length, then base85.
fn is_base85(line: &[u8]) -> bool {
    line.len() >= 2 && line[0].is_ascii_alphabetic() && line.iter().all(u8::is_ascii_graphic)
}
