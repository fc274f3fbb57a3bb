//! Signals that end a run: Ctrl-C, SIGTERM, SIGHUP (the ssh session is gone) and SIGQUIT.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::ui::Ui;

/// Time within which a second signal counts as an echo of the first: GNU `timeout` signals the
/// child and its group, a closing terminal and its shell each send SIGHUP, and a key press may
/// repeat.
const ECHO: Duration = Duration::from_secs(1);

const STOPPING: &str =
    "stopping: finishing work in flight (send the signal again after a second to stop immediately)";

/// Listens for signals: the first cancels, so that the run finishes what is in flight and reports.
/// Resolves at the next one after a second or more, which stops the run at once.
///
/// Handlers are installed by the call itself, not at the first poll: work may have begun by then,
/// and a signal would kill the process in the middle of it.
pub fn listen(cancel: CancellationToken, ui: Ui) -> impl Future<Output = ()> {
    let signals = Signals::new();
    async move {
        let Some(mut signals) = signals else {
            // Signals are not supported on this system: the command runs to its end.
            return std::future::pending().await;
        };
        signals.next().await;
        let first = Instant::now();
        cancel.cancel();
        ui.status(STOPPING);
        loop {
            signals.next().await;
            if first.elapsed() >= ECHO {
                return;
            }
        }
    }
}

#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn new() -> Option<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut kinds = vec![SignalKind::interrupt(), SignalKind::terminate(), SignalKind::quit()];
        if !is_ignored(SignalKind::hangup().as_raw_value()) {
            kinds.push(SignalKind::hangup());
        }
        let signals: Result<Vec<_>, _> = kinds.into_iter().map(signal).collect();
        signals.ok().map(Signals)
    }

    async fn next(&mut self) {
        let received = self.0.iter_mut().map(|signal| Box::pin(signal.recv()));
        futures::future::select_all(received).await;
    }
}

/// Returns whether the parent process made this one ignore a signal, as `nohup` does with SIGHUP.
/// Requires `/proc`.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    (1..=64).contains(&signal) && mask & (1 << (signal - 1)) != 0
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Option<Self> {
        Some(Signals)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
