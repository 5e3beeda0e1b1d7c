//! The built-in stages `secrets` and `insecure`: one pass over the content serves both.
//!
//! Works on both cores; a panic in one file is a gap of that file, the others are still reported.

mod existing;
mod look;
mod present;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::change::{Change, Reader, Store};
use crate::engine::Engine;
use crate::finding::{Finding, Gap, GapKind, Salt};

/// How the content is looked at.
#[derive(Clone, Debug)]
pub struct Options {
    /// Key of the fingerprints.
    pub salt: Salt,
    /// Bytes of a file that are looked at, at most.
    pub limit: u64,
    /// Threads, at most.
    pub threads: usize,
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
}

impl Looked {
    fn absorb(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.gaps.extend(other.gaps);
        self.files += other.files;
        self.added_lines += other.added_lines;
        self.bytes += other.bytes;
        self.unproven += other.unproven;
    }
}

/// Changes that one thread takes at a time.
const BATCH: usize = 8;

/// Looks at all `changes`.
pub fn run(changes: &[Change], store: &dyn Store, engine: &Engine, options: &Options) -> Looked {
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Looked::default());
    let work = || {
        let mut mine = Looked::default();
        let mut reader = match store.reader() {
            Ok(reader) => reader,
            Err(error) => {
                mine.gaps.push(Gap {
                    path: None,
                    kind: GapKind::Unread,
                    reason: format!("no object store: {error}"),
                    hint: String::new(),
                });
                all.lock().unwrap_or_else(std::sync::PoisonError::into_inner).absorb(mine);
                return;
            }
        };
        loop {
            let from = next.fetch_add(BATCH, Ordering::Relaxed);
            let Some(batch) = changes.get(from..changes.len().min(from + BATCH)).filter(|batch| !batch.is_empty())
            else {
                break;
            };
            for change in batch {
                mine.absorb(guarded(change, reader.as_mut(), engine, options));
            }
        }
        all.lock().unwrap_or_else(std::sync::PoisonError::into_inner).absorb(mine);
    };
    let threads = options.threads.min(changes.len().div_ceil(2 * BATCH)).max(1);
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
    let mut looked = all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if !looked.findings.is_empty()
        && let Ok(mut reader) = store.reader()
    {
        existing::mark(&mut looked.findings, changes, reader.as_mut(), engine, options);
    }
    looked
}

/// One change; a panic becomes a gap.
fn guarded(change: &Change, reader: &mut dyn Reader, engine: &Engine, options: &Options) -> Looked {
    catch_unwind(AssertUnwindSafe(|| look::at(change, reader, engine, options))).unwrap_or_else(|_| Looked {
        gaps: vec![Gap {
            path: Some(change.path.clone()),
            kind: GapKind::Unread,
            reason: "gatehook stumbled over this file (a defect of gatehook)".to_owned(),
            hint: "please report it; `GATEHOOK_ON_ERROR=allow GATEHOOK_REASON=…` lets it pass once".to_owned(),
        }],
        ..Looked::default()
    })
}
