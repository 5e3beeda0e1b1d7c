//! What people see of a scan that takes long: on a terminal a line with how far it is, gone in the end. A scan whose
//! output goes elsewhere, or that is asked to be quiet, shows nothing.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use gatehook::change::{Blob, Loaded, Oid, ReadError, Reader, Store};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::Output;

/// From then on a scan counts as long.
const LONG: Duration = Duration::from_millis(1500);
/// Between two looks at how far it is.
const BEAT: Duration = Duration::from_millis(150);

/// How far a scan is.
#[derive(Default)]
struct Far {
    /// Changes to look at; 0 while they are listed.
    all: AtomicUsize,
    read: AtomicUsize,
}

/// Shows how far a scan is, until it is dropped.
pub(crate) struct Watch {
    far: Arc<Far>,
    clock: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Watch {
    /// As the flags and standard error ask for.
    pub(crate) fn new(output: &Output) -> Self {
        let far = Arc::<Far>::default();
        let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        let shows = io::stderr().is_terminal() && !dumb && !output.reports.quiet;
        Self { clock: shows.then(|| clock(Arc::clone(&far))), far }
    }

    /// All is listed: so many changes are looked at.
    pub(crate) fn listed(&self, all: usize) {
        self.far.all.store(all, Ordering::Relaxed);
    }

    /// `store`, what is read from which counts.
    pub(crate) fn counting<'s>(&'s self, store: &'s dyn Store) -> Counted<'s> {
        Counted { store, far: &self.far }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.clock.take() {
            drop(stop);
            // A thread that only draws: nothing depends on it.
            let _ = thread.join();
        }
    }
}

fn clock(far: Arc<Far>) -> (Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = channel::<()>();
    let thread = std::thread::spawn(move || {
        if stopped.recv_timeout(LONG) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        while stopped.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
            bar.set_message(said(far.all.load(Ordering::Relaxed), far.read.load(Ordering::Relaxed)));
            bar.tick();
        }
        bar.finish_and_clear();
    });
    (stop, thread)
}

fn said(all: usize, read: usize) -> String {
    match all {
        0 => "listing what there is to look at".to_owned(),
        // Old sides are read too.
        _ => format!("looked at {} of {all} files", read.min(all)),
    }
}

/// A store that tells how much of it was read.
pub(crate) struct Counted<'s> {
    store: &'s dyn Store,
    far: &'s Far,
}

impl Store for Counted<'_> {
    fn reader(&self) -> Result<Box<dyn Reader + '_>, ReadError> {
        Ok(Box::new(CountedReader { reader: self.store.reader()?, far: self.far }))
    }
}

struct CountedReader<'s> {
    reader: Box<dyn Reader + 's>,
    far: &'s Far,
}

impl Reader for CountedReader<'_> {
    fn read(&mut self, blob: &Blob, limit: u64) -> Result<Loaded, ReadError> {
        self.far.read.fetch_add(1, Ordering::Relaxed);
        self.reader.read(blob, limit)
    }

    fn stood_before(&mut self, blob: Oid, commit: Option<Oid>) -> bool {
        self.reader.stood_before(blob, commit)
    }
}
