//! What people and programs see: stdout is data, stderr is status.

mod chart;
mod escape;
mod human;
mod palette;
mod pretty;
mod progress;
mod report;
mod table;

use std::io::{BufRead, BufWriter, IsTerminal, Write};

use reco_core::clip::clip;

pub use chart::{MISSING, bar, sparkline};
pub use escape::{escape_line, escape_text};
pub use human::{amount, bytes, count, duration, form, was};
pub use palette::{Palette, Tone};
pub use pretty::pretty_json;
pub use progress::Progress;
pub use report::{Report, View};
pub use table::{Align, Table};

use crate::cli::OutputFormat;
use crate::error::{Error, Kind, Result};

/// Version of the JSON that reports are written as; see `docs/output.md`.
pub const SCHEMA_VERSION: u32 = 1;

/// Characters of a message at most: what it quotes may be megabytes long.
const SCREENFUL: usize = 2000;

/// The terminal, or what stands in for it.
#[derive(Debug, Clone)]
pub struct Ui {
    /// How results are written.
    pub output: OutputFormat,
    /// Whether questions may be asked.
    pub may_ask: bool,
    quiet: bool,
    stderr_is_terminal: bool,
    view: View,
    status_palette: Palette,
}

/// What decides how things look; gathered in one place, so that nothing else asks the environment.
#[derive(Debug, Clone, Copy, Default)]
pub struct UiOptions {
    /// No status and no progress.
    pub quiet: bool,
    /// No colour, by flag.
    pub no_color: bool,
    /// No questions.
    pub no_input: bool,
}

impl Ui {
    /// Looks at the process's own streams.
    #[must_use]
    pub fn from_process(options: UiOptions) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        // https://no-color.org: any non-empty value turns colour off.
        let colour = !options.no_color && !set("NO_COLOR");
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let stdout = console::Term::stdout();
        let stdout_is_terminal = std::io::stdout().is_terminal();
        let stderr_is_terminal = std::io::stderr().is_terminal();
        let width = stdout_is_terminal.then(|| usize::from(stdout.size().1));
        Ui {
            output: OutputFormat::Table,
            may_ask: !options.no_input && std::io::stdin().is_terminal() && stderr_is_terminal,
            quiet: options.quiet,
            stderr_is_terminal,
            view: View { width, palette: Palette::new(colour && !dumb && stdout_is_terminal) },
            status_palette: Palette::new(colour && !dumb && stderr_is_terminal),
        }
    }

    /// Writes a report to stdout in the chosen format.
    ///
    /// # Errors
    /// When stdout cannot be written; a reader that has gone away (`| head`) is no error.
    pub fn report<R: Report>(&self, report: &R) -> Result<()> {
        match self.output {
            OutputFormat::Table => self.print(&report.render(&self.view)),
            OutputFormat::Json => {
                let mut stdout = BufWriter::new(std::io::stdout().lock());
                let written = report::json(&mut stdout, report)?;
                printed(written.and_then(|()| stdout.flush()))
            }
            OutputFormat::Jsonl => self.print(&report::jsonl(report)?),
        }
    }

    /// Writes text to stdout.
    ///
    /// # Errors
    /// As [`Ui::report`].
    pub fn print(&self, text: &str) -> Result<()> {
        let mut stdout = std::io::stdout().lock();
        printed(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
    }

    /// A line of status: what is being done. Silent with `--quiet`.
    pub fn status(&self, text: impl AsRef<str>) {
        if !self.quiet {
            self.stderr(&clip(text.as_ref(), SCREENFUL));
        }
    }

    /// Something the operator should know although it is no error. Shown with `--quiet` too.
    pub fn warn(&self, text: impl AsRef<str>) {
        let label = self.status_palette.paint(Tone::Warn, "warning:");
        self.stderr(&format!("{label} {}", clip(text.as_ref(), SCREENFUL)));
    }

    /// What ended the command.
    pub fn error(&self, error: &Error) {
        let label = self.status_palette.paint(Tone::Bad, "error:");
        let mut text = format!("{label} {}", clip(&error.message, SCREENFUL));
        for cause in &error.causes {
            text.push_str("\n  because: ");
            text.push_str(&clip(&cause.replace('\n', "\n    "), SCREENFUL));
        }
        if let Some(hint) = &error.hint {
            let label = self.status_palette.paint(Tone::Good, "hint:");
            text.push_str(&format!("\n  {label} {}", clip(hint, SCREENFUL)));
        }
        self.stderr(&text);
    }

    fn stderr(&self, text: &str) {
        // Status that nobody can read must not stop the work.
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// Asks a yes-or-no question on the terminal; anything but yes is no.
    ///
    /// # Errors
    /// Refused when there is nobody to ask; `flag` names what answers beforehand.
    pub fn confirm(&self, question: &str, flag: &str) -> Result<bool> {
        if !self.may_ask {
            return Err(Error::refused(format!("{question} There is no terminal to ask on"))
                .hint(format!("add {flag} to answer yes beforehand")));
        }
        let _ = write!(std::io::stderr().lock(), "{question} [y/N] ");
        let mut answer = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut answer)
            .map_err(|error| Error::new(Kind::Input, "cannot read the answer").because(&error))?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// A progress display of `total` units (`None` when unknown): a bar on a terminal, a line now
    /// and then elsewhere, nothing with `--quiet`.
    #[must_use]
    pub fn progress(&self, what: &str, total: Option<u64>, unit: progress::Unit) -> Progress {
        let mode = match (self.quiet, self.stderr_is_terminal) {
            (true, _) => progress::Mode::Quiet,
            (false, true) => progress::Mode::Interactive,
            (false, false) => progress::Mode::Lines,
        };
        Progress::new(mode, what, total, unit)
    }

    /// How tables are drawn on stdout.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }
}

pub use progress::Unit;

/// Whoever reads stdout may stop when it has enough; what is in flight is finished all the same.
fn printed(written: std::io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::new(Kind::Input, "cannot write to stdout").because(&error))
        }
        _ => Ok(()),
    }
}
