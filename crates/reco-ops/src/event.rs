//! Events of a running flow: data that the caller renders or drops.

mod signer;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use reco_core::progress::{Total, Unit};
pub use signer::Signer;

/// Event of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Current activity.
    Status(String),
    /// Something that the operator should know although it is not an error.
    Warning(String),
    /// Start of long work.
    Began {
        /// Id of the work, unique within the run.
        task: u64,
        /// Description of the work.
        what: String,
        /// Total number of units, if known.
        total: Option<u64>,
        /// Unit of the counts.
        unit: Unit,
    },
    /// Progress by a number of units.
    Advanced {
        /// Id of the work.
        task: u64,
        /// Units done since the last event.
        units: u64,
    },
    /// Progress up to a total number of units.
    Reached {
        /// Id of the work.
        task: u64,
        /// Units done so far.
        units: u64,
    },
    /// What is known of the number of units to do.
    Expected {
        /// Id of the work.
        task: u64,
        /// Number of units.
        total: Total,
    },
    /// Limit of the rate of the work.
    Noted {
        /// Id of the work.
        task: u64,
        /// Limit, in words.
        note: String,
    },
    /// Pause of all work.
    Paused {
        /// What pauses it, such as a flag.
        by: &'static str,
        /// Reason.
        why: String,
        /// Time until it is checked whether the work goes on.
        again_in: Duration,
    },
    /// End of a pause.
    Resumed {
        /// What had paused the work.
        by: &'static str,
    },
    /// End of long work.
    Ended {
        /// Id of the work.
        task: u64,
    },
}

/// Sink of events. Cheap to clone.
#[derive(Clone)]
pub struct Events {
    sink: Arc<dyn Fn(Event) + Send + Sync>,
    tasks: Arc<AtomicU64>,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

impl Events {
    /// Creates a sink that passes every event to `sink`, which must not block.
    pub fn new(sink: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Events { sink: Arc::new(sink), tasks: Arc::default() }
    }

    /// Creates a sink that drops all events.
    #[must_use]
    pub fn none() -> Self {
        Events::new(drop)
    }

    /// Reports the current activity.
    pub fn status(&self, text: impl AsRef<str>) {
        (self.sink)(Event::Status(text.as_ref().to_owned()));
    }

    /// Reports something that the operator should know although it is not an error.
    pub fn warn(&self, text: impl AsRef<str>) {
        (self.sink)(Event::Warning(text.as_ref().to_owned()));
    }

    /// Reports that all work pauses, and when it is checked whether it goes on.
    pub fn pause(&self, by: &'static str, why: impl Into<String>, again_in: Duration) {
        (self.sink)(Event::Paused { by, why: why.into(), again_in });
    }

    /// Reports the end of a pause.
    pub fn go_on(&self, by: &'static str) {
        (self.sink)(Event::Resumed { by });
    }

    /// Starts long work of `total` units (`None` if unknown).
    #[must_use]
    pub fn progress(&self, what: &str, total: Option<u64>, unit: Unit) -> Progress {
        let task = self.tasks.fetch_add(1, Ordering::Relaxed);
        (self.sink)(Event::Began { task, what: what.to_owned(), total, unit });
        Progress { events: self.clone(), task }
    }
}

/// Long work in progress; it ends when this is dropped.
#[derive(Debug)]
pub struct Progress {
    events: Events,
    task: u64,
}

impl Progress {
    /// Creates a progress that is not reported.
    #[must_use]
    pub fn none() -> Self {
        Events::none().progress("", None, Unit::Messages)
    }

    /// Adds units done.
    pub fn advance(&self, units: u64) {
        (self.events.sink)(Event::Advanced { task: self.task, units });
    }

    /// Sets the number of units to do.
    pub fn expect(&self, total: Total) {
        (self.events.sink)(Event::Expected { task: self.task, total });
    }

    /// Says what limits the rate.
    pub fn note(&self, note: impl Into<String>) {
        (self.events.sink)(Event::Noted { task: self.task, note: note.into() });
    }

    /// Sets the number of units done.
    pub fn set(&self, units: u64) {
        (self.events.sink)(Event::Reached { task: self.task, units });
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        (self.events.sink)(Event::Ended { task: self.task });
    }
}

/// Event sink and cancellation of a flow.
#[derive(Debug, Clone)]
pub struct Control {
    /// Sink of the flow's events.
    pub events: Events,
    /// Cancelled by the first signal: finish what is in flight, release the rest, report.
    pub cancel: CancellationToken,
    /// Who runs it, and why.
    pub signer: Signer,
    /// Work that must end before the process does, such as releasing a lock that others see.
    pub closing: TaskTracker,
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn work_is_told_from_its_beginning_to_its_end() {
        let told: Arc<Mutex<Vec<Event>>> = Arc::default();
        let sink = Arc::clone(&told);
        let events = Events::new(move |event| sink.lock().expect("told").push(event));
        events.status("begins");
        let first = events.progress("scanning", Some(2), Unit::Messages);
        let second = events.clone().progress("reading", None, Unit::Bytes);
        first.advance(1);
        second.set(7);
        drop(first);
        events.warn("odd");
        drop(second);
        let (what, unit) = ("scanning".to_owned(), Unit::Messages);
        let expected = [
            Event::Status("begins".to_owned()),
            Event::Began { task: 0, what, total: Some(2), unit },
            Event::Began { task: 1, what: "reading".to_owned(), total: None, unit: Unit::Bytes },
            Event::Advanced { task: 0, units: 1 },
            Event::Reached { task: 1, units: 7 },
            Event::Ended { task: 0 },
            Event::Warning("odd".to_owned()),
            Event::Ended { task: 1 },
        ];
        assert_eq!(*told.lock().expect("told"), expected);
    }
}
