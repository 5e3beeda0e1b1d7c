//! Jobs on a few threads: each starts as soon as those that it waits for have ended, the first first.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A job and those that it waits for, by their numbers.
pub(super) struct Job {
    pub(super) after: Vec<usize>,
}

struct State<T> {
    waiting: Vec<usize>,
    ended: HashSet<usize>,
    given: HashMap<usize, T>,
}

/// Runs `jobs` on `threads` threads at most; `run` is given a job's number. What each gave, in their order.
/// A job that panics gives `None`, and those that wait for it run all the same.
pub(super) fn run<T: Send>(jobs: &[Job], threads: usize, run: &(dyn Fn(usize) -> T + Sync)) -> Vec<Option<T>> {
    let state = Mutex::new(State { waiting: (0..jobs.len()).collect(), ended: HashSet::new(), given: HashMap::new() });
    let changed = Condvar::new();
    let work = || {
        let mut guard = locked(&state);
        while !guard.waiting.is_empty() {
            let is_ready = |job: &usize| jobs[*job].after.iter().all(|before| guard.ended.contains(before));
            let Some(at) = guard.waiting.iter().position(is_ready) else {
                guard = changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let job = guard.waiting.remove(at);
            drop(guard);
            let given = catch_unwind(AssertUnwindSafe(|| run(job))).ok();
            guard = locked(&state);
            guard.ended.insert(job);
            if let Some(given) = given {
                guard.given.insert(job, given);
            }
            changed.notify_all();
        }
    };
    let threads = threads.clamp(1, jobs.len().max(1));
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    (0..jobs.len()).map(|job| state.given.remove(&job)).collect()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn who_waits_starts_when_the_others_have_ended() {
        let jobs = [&[2][..], &[], &[1], &[0, 2]].map(|after| Job { after: after.to_vec() });
        for threads in [1, 2, 8] {
            let clock = AtomicUsize::new(0);
            let given = run(&jobs, threads, &|job| {
                let begin = clock.fetch_add(1, Ordering::SeqCst);
                assert!(job != 1 || threads > 1 || begin == 0);
                (begin, clock.fetch_add(1, Ordering::SeqCst))
            });
            let span: Vec<(usize, usize)> = given.into_iter().map(Option::unwrap).collect();
            assert!(span[1].1 < span[2].0 && span[2].1 < span[0].0 && span[0].1 < span[3].0, "{span:?}");
        }
        assert!(run::<()>(&[], 2, &|_| ()).is_empty());
    }

    #[test]
    fn a_job_that_panics_holds_nobody_up() {
        let jobs = [&[][..], &[0]].map(|after| Job { after: after.to_vec() });
        let given = run(&jobs, 2, &|job| assert!(job != 0, "on purpose"));
        assert_eq!(given, [None, Some(())]);
    }
}
