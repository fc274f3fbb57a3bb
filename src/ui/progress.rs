//! Progress display of long work, on stderr only.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::escape::escape_line;
use reco_ops::event::Unit;

/// Interval between lines without a terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

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

/// Progress display, removed from the screen when dropped.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    lines: Option<Mutex<Instant>>,
    what: String,
    unit: Unit,
}

impl Bar {
    pub(super) fn new(mode: Mode, what: &str, total: Option<u64>, unit: Unit) -> Self {
        let target = match mode {
            Mode::Interactive { .. } => ProgressDrawTarget::stderr(),
            Mode::Lines | Mode::Quiet => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(total, target);
        let colored = mode == Mode::Interactive { colored: true };
        bar.set_style(style(total.is_some(), unit, colored));
        let what = escape_line(what);
        bar.set_message(what.clone());
        if matches!(mode, Mode::Interactive { .. }) {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        let lines = (mode == Mode::Lines).then(|| Mutex::new(Instant::now()));
        Bar { bar, lines, what, unit }
    }

    #[cfg(test)]
    pub(super) fn what(&self) -> &str {
        &self.what
    }

    /// Adds units done.
    pub fn advance(&self, units: u64) {
        self.bar.inc(units);
        self.line();
    }

    /// Sets the number of units done.
    pub fn set(&self, units: u64) {
        self.bar.set_position(units);
        self.line();
    }

    fn line(&self) {
        let Some(last) = &self.lines else { return };
        let Ok(mut last) = last.lock() else { return };
        if last.elapsed() < LINE_EVERY {
            return;
        }
        *last = Instant::now();
        let done = self.bar.position();
        let of = self.bar.length().map(|total| format!(" of {}", self.shown(total)));
        let line = format!("{}: {}{}", self.what, self.shown(done), of.unwrap_or_default());
        let _ = std::io::Write::write_all(
            &mut std::io::stderr().lock(),
            format!("{line}\n").as_bytes(),
        );
    }

    fn shown(&self, units: u64) -> String {
        match self.unit {
            Unit::Messages => super::count(units),
            Unit::Bytes => super::bytes(units),
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn style(known_total: bool, unit: Unit, colored: bool) -> ProgressStyle {
    let template = match (known_total, unit) {
        (true, Unit::Messages) => {
            "{msg} {wide_bar:.cyan/dim} {human_pos}/{human_len}  {per_sec}  eta {eta}"
        }
        (true, Unit::Bytes) => {
            "{msg} {wide_bar:.cyan/dim} {bytes}/{total_bytes}  {bytes_per_sec}  eta {eta}"
        }
        (false, Unit::Messages) => "{spinner} {msg} {human_pos}  {per_sec}  {elapsed}",
        (false, Unit::Bytes) => "{spinner} {msg} {bytes}  {bytes_per_sec}  {elapsed}",
    };
    let template = if colored { template } else { &template.replace(":.cyan/dim", "") };
    // The templates are constants in this file; if one were invalid, indicatif's default applies.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━━╌")
}
