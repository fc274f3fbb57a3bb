//! Progress display of long work, on stderr only.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use reco_core::progress::{Pause, Rate, Total, Unit, WorkProgress};

use super::escape::escape_line;

/// Interval between lines without a terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Interval between drawings on a terminal.
const DRAW_EVERY: Duration = Duration::from_millis(120);

/// Columns that stay free at the end of a line.
const ECHO: usize = 4;

/// All bars of the process: other lines on stderr go above them, so that none is left behind.
static BARS: LazyLock<MultiProgress> =
    LazyLock::new(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));

/// Writes to the terminal while no bar is on it.
pub(super) fn above_bars<T>(write: impl FnOnce() -> T) -> T {
    BARS.suspend(write)
}

/// Removes all bars for good: a run that is stopped at once does not end its work.
pub(super) fn end_bars() {
    let _ = BARS.clear();
    BARS.set_draw_target(ProgressDrawTarget::hidden());
}

/// Style of the progress display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Bar that is redrawn, with or without color.
    Interactive {
        /// True if color is allowed.
        colored: bool,
    },
    /// Occasional lines.
    Lines,
    /// No output.
    Quiet,
}

/// Pauses of the run, by what holds it up: the reason, and when it is checked next.
pub(super) type Pauses = Arc<Mutex<BTreeMap<&'static str, (String, Instant)>>>;

/// Progress display, removed from the screen when dropped.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    work: Arc<Mutex<Work>>,
    lines: Option<Mutex<Instant>>,
}

/// Work in progress.
#[derive(Debug)]
struct Work {
    what: String,
    unit: Unit,
    done: u64,
    total: Total,
    note: Option<String>,
    rate: Rate,
    begun: Instant,
    /// When the last unit was done.
    moved: Instant,
    pauses: Pauses,
}

impl Work {
    fn state(&self) -> WorkProgress {
        let elapsed = self.begun.elapsed();
        let pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = pauses.iter().next().map(|(by, (why, next))| Pause {
            why: format!("{why} ({by})"),
            again_in: next.saturating_duration_since(Instant::now()),
        });
        WorkProgress {
            what: self.what.clone(),
            unit: self.unit,
            done: self.done,
            total: self.total,
            rate: self.rate.per_second(elapsed),
            note: self.note.clone(),
            pause,
            idle: self.moved.elapsed(),
            elapsed,
        }
    }
}

impl Bar {
    pub(super) fn new(
        mode: Mode,
        what: &str,
        total: Option<u64>,
        unit: Unit,
        pauses: &Pauses,
    ) -> Self {
        let work = Work {
            what: escape_line(what),
            unit,
            done: 0,
            total: total.map_or(Total::Unknown, Total::Exactly),
            note: None,
            rate: Rate::default(),
            begun: Instant::now(),
            moved: Instant::now(),
            pauses: Arc::clone(pauses),
        };
        let work = Arc::new(Mutex::new(work));
        let bar = match mode {
            Mode::Interactive { colored } => {
                let bar = BARS.add(ProgressBar::no_length());
                bar.set_style(style(Arc::clone(&work), colored));
                bar.enable_steady_tick(DRAW_EVERY);
                bar
            }
            Mode::Lines | Mode::Quiet => ProgressBar::hidden(),
        };
        let lines = (mode == Mode::Lines).then(|| Mutex::new(Instant::now()));
        Bar { bar, work, lines }
    }

    #[cfg(test)]
    pub(super) fn what(&self) -> String {
        self.work().what.clone()
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds units done.
    pub fn advance(&self, units: u64) {
        let done = self.work().done + units;
        self.set(done);
    }

    /// Sets the number of units done.
    pub fn set(&self, units: u64) {
        {
            let mut work = self.work();
            if work.done != units {
                work.moved = Instant::now();
            }
            work.done = units;
            let now = work.begun.elapsed();
            work.rate.note(units, now);
        }
        self.line();
    }

    /// Sets the number of units to do.
    pub fn expect(&self, total: Total) {
        self.work().total = total;
    }

    /// Sets what limits the rate.
    pub fn note(&self, note: &str) {
        self.work().note = Some(escape_line(note));
    }

    /// Writes a line if there is no terminal and the last one was a while ago.
    fn line(&self) {
        let Some(last) = &self.lines else { return };
        let Ok(mut last) = last.lock() else { return };
        if last.elapsed() < LINE_EVERY {
            return;
        }
        *last = Instant::now();
        let text = format!("{}\n", self.work().state().text());
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        BARS.remove(&self.bar);
    }
}

fn style(work: Arc<Mutex<Work>>, colored: bool) -> ProgressStyle {
    let line = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
        let state = work.lock().unwrap_or_else(PoisonError::into_inner).state();
        // The terminal echoes `^C` behind the line, which must not break it: it could not be cleared.
        let columns = usize::from(console::Term::stderr().size().1).saturating_sub(ECHO);
        let line = state.line(columns);
        let bar = line.bar.map(|(done, left)| {
            let (done, left) = ("━".repeat(done), "╌".repeat(left));
            match colored {
                true => format!("\u{1b}[36m{done}\u{1b}[0m\u{1b}[2m{left}\u{1b}[0m "),
                false => format!("{done}{left} "),
            }
        });
        let _ = write!(out, "{}{}{}", line.before, bar.unwrap_or_default(), line.after);
    };
    // The template is a constant; if it were invalid, indicatif's default applies.
    ProgressStyle::with_template("{line}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("line", line)
}
