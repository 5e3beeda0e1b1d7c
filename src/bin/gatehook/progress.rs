//! What people see while external stages run: on a terminal a live line a stage, which is gone in the end;
//! else a line at the start, every fifteen seconds, and at the end.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use gatehook::finding::Outcome;
use gatehook::pipeline::Follow;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::Output;

/// Between two words about a stage that goes on.
const PATIENCE: Duration = Duration::from_secs(15);
/// From then on a stage counts as slow, and its last line is shown.
const SLOW: Duration = Duration::from_secs(2);

/// Who tells.
pub(crate) enum Progress {
    /// No one: only findings are asked for.
    Silent,
    /// Lines, for logs and whatever else is no terminal.
    Lines(Lines),
    /// A terminal.
    Live(Live),
}

impl Progress {
    /// As the flags and standard error ask for.
    pub(crate) fn new(output: &Output) -> Self {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        match io::stderr().is_terminal() && !dumb {
            _ if output.reports.quiet => Self::Silent,
            true => Self::Live(Live::default()),
            false => Self::Lines(Lines::default()),
        }
    }
}

impl Follow for Progress {
    fn started(&self, stage: &str, timeout: Option<Duration>) {
        match (self, timeout) {
            (Self::Lines(lines), Some(timeout)) => lines.started(stage, timeout),
            (Self::Live(bars), timeout) => bars.started(stage, timeout),
            _ => {}
        }
    }

    fn line(&self, stage: &str, line: &str) {
        match self {
            Self::Silent => {}
            Self::Lines(lines) => lines.line(stage, line),
            Self::Live(bars) => bars.line(stage, line),
        }
    }

    fn ended(&self, stage: &str, outcome: &Outcome, found: usize, took: Duration) {
        match self {
            Self::Silent => {}
            Self::Lines(lines) => lines.ended(stage, outcome, found, took),
            Self::Live(bars) => bars.ended(stage),
        }
    }
}

fn tell(line: &str) {
    crate::door::tell(line);
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Running {
    since: Instant,
    timeout: Duration,
    last: String,
}

/// A line at the start, every fifteen seconds, and at the end.
#[derive(Default)]
pub(crate) struct Lines {
    running: Arc<Mutex<BTreeMap<String, Running>>>,
    clock: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
}

impl Lines {
    fn started(&self, stage: &str, timeout: Duration) {
        let running = Running { since: Instant::now(), timeout, last: String::new() };
        locked(&self.running).insert(stage.to_owned(), running);
        tell(&format!("note: stage `{stage}` begins, at most {}", told(timeout)));
        locked(&self.clock).get_or_insert_with(|| clock(Arc::clone(&self.running)));
    }

    fn line(&self, stage: &str, line: &str) {
        if let Some(running) = locked(&self.running).get_mut(stage) {
            line.clone_into(&mut running.last);
        }
    }

    fn ended(&self, stage: &str, outcome: &Outcome, found: usize, took: Duration) {
        if locked(&self.running).remove(stage).is_some() {
            tell(&format!("note: stage `{stage}` {} after {}", ended(outcome, found), told(took)));
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if let Some((stop, thread)) = locked(&self.clock).take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

/// Tells every fifteen seconds what still runs, until its sender is gone.
fn clock(running: Arc<Mutex<BTreeMap<String, Running>>>) -> (Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = channel::<()>();
    let thread = std::thread::spawn(move || {
        while stopped.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            for (stage, running) in locked(&running).iter() {
                let last = if running.last.is_empty() { String::new() } else { format!(": {}", running.last) };
                let (since, most) = (told(running.since.elapsed()), told(running.timeout));
                tell(&format!("note: stage `{stage}` goes on, {since} of {most}{last}"));
            }
        }
    });
    (stop, thread)
}

/// A live line a stage.
pub(crate) struct Live {
    all: MultiProgress,
    bars: Mutex<BTreeMap<String, (ProgressBar, Instant)>>,
}

impl Default for Live {
    fn default() -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        Self { all, bars: Mutex::default() }
    }
}

impl Live {
    fn started(&self, stage: &str, timeout: Option<Duration>) {
        let most = timeout.map(|most| format!(" of {}", told(most))).unwrap_or_default();
        let bar = self.all.add(ProgressBar::new_spinner());
        // The pattern is ours, the names in it are checked by the configuration.
        if let Ok(style) =
            ProgressStyle::with_template(&format!("{{spinner}} {stage:<16} {{elapsed:>4}}{most}  {{wide_msg}}"))
        {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        locked(&self.bars).insert(stage.to_owned(), (bar, Instant::now()));
    }

    fn line(&self, stage: &str, line: &str) {
        if let Some((bar, since)) = locked(&self.bars).get(stage)
            && since.elapsed() >= SLOW
        {
            bar.set_message(crate::door::clean(line));
        }
    }

    fn ended(&self, stage: &str) {
        if let Some((bar, _)) = locked(&self.bars).remove(stage) {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.all.clear();
    }
}

/// How it ended, in a few words.
fn ended(outcome: &Outcome, found: usize) -> String {
    match outcome {
        Outcome::Ran | Outcome::Cached if found == 0 => "found nothing".to_owned(),
        Outcome::Ran | Outcome::Cached => format!("found {found}"),
        Outcome::Skipped(_) => "was skipped".to_owned(),
        Outcome::Missing(_) => "did not run".to_owned(),
        Outcome::Failed(_) => "failed".to_owned(),
        Outcome::TimedOut => "ran out of time".to_owned(),
    }
}

fn told(time: Duration) -> String {
    match time.as_millis() {
        millis if millis < 1000 => format!("{millis} ms"),
        millis if millis < 10_000 && millis % 1000 != 0 => format!("{:.1} s", time.as_secs_f64()),
        millis => format!("{} s", millis / 1000),
    }
}
