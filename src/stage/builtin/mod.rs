//! The built-in stages `secrets` and `insecure`: one pass over the content serves both.
//!
//! Works on both cores; a panic in one file is a gap of that file, the others are still reported.

mod allowed;
mod existing;
mod look;
mod names;
mod present;
mod dedup;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::change::{Change, Reader, Store};
use crate::engine::Engine;
use crate::finding::{Finding, Gap, GapKind, Salt};
use crate::sys::Interrupt;

/// How the content is looked at.
#[derive(Clone, Debug)]
pub struct Options {
    /// Key of the fingerprints.
    pub salt: Salt,
    /// Bytes of a file that are looked at, at most.
    pub limit: u64,
}

/// What the built-in stages give.
#[derive(Debug, Default)]
pub struct Looked {
    /// Findings, unsorted.
    pub findings: Vec<Finding>,
    /// What could not be looked at, or only in part.
    pub gaps: Vec<Gap>,
    /// Files whose content was looked at.
    pub files: usize,
    /// Lines that the changes add.
    pub added_lines: usize,
    /// Bytes looked at.
    pub bytes: u64,
    /// Matches that a proof refused.
    pub unproven: usize,
    /// Whether rules that only the push gate runs would have had something to look at.
    pub deferred: bool,
}

/// What a thread has so far.
#[derive(Default)]
struct Partial {
    looked: Looked,
    /// For each finding what makes it the same elsewhere, and the number of its change.
    keys: Vec<(existing::Key, usize)>,
}

impl Partial {
    fn absorb(&mut self, other: Self) {
        self.looked.findings.extend(other.looked.findings);
        self.looked.gaps.extend(other.looked.gaps);
        self.looked.files += other.looked.files;
        self.looked.added_lines += other.looked.added_lines;
        self.looked.bytes += other.looked.bytes;
        self.looked.unproven += other.looked.unproven;
        self.looked.deferred |= other.looked.deferred;
        self.keys.extend(other.keys);
    }

    fn gap(gap: Gap) -> Self {
        Self { looked: Looked { gaps: vec![gap], ..Looked::default() }, ..Self::default() }
    }
}

/// Changes that one thread takes at a time.
const BATCH: usize = 8;

/// Looks at all `changes`.
pub fn run(changes: &[Change], store: &dyn Store, engine: &Engine, options: &Options) -> Looked {
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Partial::default());
    let work = || {
        let mine = one_thread(changes, store, engine, options, &next);
        all.lock().unwrap_or_else(std::sync::PoisonError::into_inner).absorb(mine);
    };
    let threads = threads(changes.len());
    if threads == 1 {
        work();
    } else {
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
    }
    let mut all = all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    existing::number(&mut all.looked.findings, &all.keys);
    if !all.looked.findings.is_empty()
        && let Ok(mut reader) = store.reader()
    {
        existing::mark(&mut all.looked.findings, &all.keys, changes, reader.as_mut(), engine, options);
    }
    let mut looked = all.looked;
    hide_names(&mut looked, changes, engine, options);
    looked
}

/// Adds what stands in the names of files, and hides these names, and the authors whose headers hold a value,
/// wherever else they are reported.
fn hide_names(looked: &mut Looked, changes: &[Change], engine: &Engine, options: &Options) {
    let found = names::look(changes, engine, options);
    for (path, finding) in &found {
        let same = looked.findings.iter_mut().map(|one| &mut one.path);
        let gaps = looked.gaps.iter_mut().filter_map(|gap| gap.path.as_mut());
        same.chain(gaps).filter(|own| *own == path).for_each(|own| own.clone_from(&finding.path));
    }
    looked.findings.extend(found.into_iter().map(|(_, finding)| finding));
    let in_headers = |one: &&Finding| one.commit.is_some() && one.path.as_bytes().ends_with(b" headers");
    let authors: Vec<Option<String>> =
        looked.findings.iter().filter(in_headers).map(|one| one.author.clone()).collect();
    looked.findings.iter_mut().filter(|one| authors.contains(&one.author)).for_each(|one| one.author = None);
}

/// As many as the machine has and the work is worth. The machine is asked only where there is work for
/// two: on Linux the answer stands in a handful of files.
fn threads(changes: usize) -> usize {
    match changes.div_ceil(2 * BATCH) {
        0 | 1 => 1,
        most => std::thread::available_parallelism().map_or(1, usize::from).min(most),
    }
}

fn one_thread(
    changes: &[Change],
    store: &dyn Store,
    engine: &Engine,
    options: &Options,
    next: &AtomicUsize,
) -> Partial {
    if changes.is_empty() {
        return Partial::default();
    }
    let mut reader = match store.reader() {
        Ok(reader) => reader,
        Err(error) => {
            let reason = format!("no object store: {error}");
            return Partial::gap(Gap { path: None, kind: GapKind::Unread, reason, hint: String::new() });
        }
    };
    let mut mine = Partial::default();
    loop {
        let from = next.fetch_add(BATCH, Ordering::Relaxed);
        let Some(batch) = changes.get(from..changes.len().min(from + BATCH)).filter(|batch| !batch.is_empty()) else {
            return mine;
        };
        if Interrupt::asked() {
            let reason = "interrupted".to_owned();
            mine.absorb(Partial::gap(Gap { path: None, kind: GapKind::Unread, reason, hint: String::new() }));
            return mine;
        }
        for (number, change) in (from..).zip(batch) {
            let mut looked = guarded(change, reader.as_mut(), engine, options);
            for (_, of) in &mut looked.keys {
                *of = number;
            }
            mine.absorb(looked);
        }
    }
}

/// One change; a panic becomes a gap.
fn guarded(change: &Change, reader: &mut dyn Reader, engine: &Engine, options: &Options) -> Partial {
    catch_unwind(AssertUnwindSafe(|| look::at(change, reader, engine, options))).unwrap_or_else(|_| {
        Partial::gap(Gap {
            path: Some(change.path.clone()),
            kind: GapKind::Unread,
            reason: "internal error in gatehook while it read this file: please report it".to_owned(),
            hint: "please report it; `GATEHOOK_ON_ERROR=allow GATEHOOK_REASON=…` lets it pass once".to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::change::{Blob, Content, Entry, Kind, Loaded, ReadError};
    use crate::paths::RepoPath;
    use crate::rules::{RuleSet, placeholders};

    /// A store that panics over one of its texts.
    struct Trap;

    impl Store for Trap {
        fn reader(&self) -> Result<Box<dyn Reader + '_>, ReadError> {
            Ok(Box::new(Self))
        }
    }

    impl Reader for Trap {
        fn read(&mut self, blob: &Blob, _limit: u64) -> Result<Loaded, ReadError> {
            let Blob::Text(text) = blob else { return Err(ReadError::Unsupported) };
            assert!(&text[..] != b"trap", "a defect");
            Ok(Loaded { bytes: text.to_vec(), size: text.len() as u64 })
        }
    }

    #[test]
    fn a_panic_in_one_file_is_its_gap_and_the_others_are_still_reported() {
        let change = |path: &str, text: &str| Change {
            path: RepoPath::from(path),
            kind: Kind::Added,
            entry: Entry::File,
            content: Content::Blobs { new: Some(Blob::Text(Arc::from(text.as_bytes()))), old: Vec::new() },
            commit: None,
        };
        let key = placeholders::fill("key = 'AKIA{base32:16}'", 1);
        let changes = [change("a.py", "trap"), change("b.py", &key)];
        let options = Options { salt: Salt::default(), limit: 1 << 20 };
        let looked = run(&changes, &Trap, &Engine::new(RuleSet::default()), &options);
        assert_eq!(looked.gaps.len(), 1);
        assert_eq!((looked.gaps[0].kind, looked.gaps[0].path.as_ref()), (GapKind::Unread, Some(&changes[0].path)));
        assert!(looked.findings.iter().any(|finding| finding.path == changes[1].path));
    }
}
