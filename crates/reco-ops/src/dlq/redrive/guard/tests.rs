//! Tests of guards that pause and resume the gate, and give up.

use std::collections::VecDeque;
use std::sync::Mutex;

use super::*;
use crate::error::Error;

/// Returns these results in order, then `Go`.
struct Scripted(Mutex<VecDeque<Result<Verdict>>>);

impl Watch for Scripted {
    const GUARD: Guard = Guard::MaxBacklog;
    const WHAT: &'static str = "a script";
    const EVERY: Duration = Duration::from_secs(1);

    async fn look(&mut self, _: &Gate) -> Result<Verdict> {
        let next = self.0.lock().map(|mut script| script.pop_front());
        next.ok().flatten().unwrap_or(Ok(Verdict::Go))
    }
}

fn started(script: Vec<Result<Verdict>>) -> (GuardTasks, Arc<Gate>) {
    let (mut guards, gate) = (GuardTasks::default(), Arc::new(Gate::default()));
    guards.set(Scripted(Mutex::new(script.into())), &gate, &Events::none());
    (guards, gate)
}

fn fails() -> Result<Verdict> {
    Err(Error::service("dark"))
}

#[tokio::test(start_paused = true)]
async fn a_pause_lasts_until_a_look_says_to_go_on() {
    let pause = || Ok(Verdict::Pause("deep".to_owned()));
    let (mut guards, gate) = started(vec![pause(), pause(), pause()]);
    let began = tokio::time::Instant::now();
    assert_eq!(gate.acquire(1).await, Ok(()));
    assert!(began.elapsed() >= Duration::from_secs(3));
    assert_eq!(gate.pauses()[&Guard::MaxBacklog].pauses, 1);
    guards.finish().await;
}

#[tokio::test(start_paused = true)]
async fn a_guard_that_cannot_see_pauses_and_after_three_looks_stops() {
    let (mut guards, gate) = started(vec![fails(), fails(), Ok(Verdict::Go), fails(), fails()]);
    assert_eq!(gate.acquire(1).await, Ok(()), "two failures are a pause");
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(gate.stopped(), None, "only failures in a row count");
    guards.finish().await;

    let (mut guards, gate) = started(vec![fails(), fails(), fails()]);
    let reason = gate.acquire(1).await.expect_err("it stops");
    assert!(
        reason.contains("--max-backlog could not read a script 3 times in a row: dark"),
        "{reason}"
    );
    guards.finish().await;
}
