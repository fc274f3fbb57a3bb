//! User interface: results on stdout, status on stderr.

mod breaks;
mod chart;
mod escape;
mod events;
mod palette;
mod pretty;
mod progress;
mod report;
mod table;

use std::io::{BufRead, BufWriter, IsTerminal, Write};

pub use breaks::{break_beside, break_command, break_lines, break_text, wrap};
pub use chart::{MISSING, bar, sparkline};
use escape::{clipped, shown, shown_in_line};
pub use escape::{escape_line, escape_text};
pub use palette::{Palette, Tone};
pub use pretty::pretty_json;
pub use reco_core::human::{UNKNOWN, amount, bytes, count, duration, form, was};
pub use report::{OutputFormat, Report, View};
pub use table::{Align, TextTable};

use reco_core::outcome::Outcome;
use reco_ops::error::{Error, Kind, Result};
pub use reco_ops::event::{Progress, Unit};

/// Maximum characters of one text on stderr; more would push important output off the screen.
const SCREENFUL: usize = 2_000;

/// Maximum causes of an error that are shown.
const MOST_CAUSES: usize = 10;

/// Version of the JSON format of reports; see `docs/output.md`.
pub const SCHEMA_VERSION: u32 = 1;

/// Error code on Unix for writing to a terminal that has hung up.
const EIO: i32 = 5;

/// Terminal, or pipes in its place.
#[derive(Debug, Clone)]
pub struct Ui {
    /// Output format of results.
    pub output: OutputFormat,
    /// True if prompts are allowed.
    pub may_ask: bool,
    /// True if details are wanted (`--verbose`).
    pub verbose: bool,
    quiet: bool,
    stderr_is_terminal: bool,
    /// Width of the terminal that shows stderr.
    stderr_width: Option<usize>,
    /// Layout of what goes to stdout.
    pub view: View,
    status_palette: Palette,
}

/// Display settings, collected in one place so that no other code reads the environment.
#[derive(Debug, Clone, Copy, Default)]
pub struct UiOptions {
    /// Suppresses status and progress.
    pub quiet: bool,
    /// Disables color (`--no-color`).
    pub no_color: bool,
    /// Disables prompts (`--no-input`).
    pub no_input: bool,
    /// Shows details (`--verbose`).
    pub verbose: bool,
}

impl Ui {
    /// Creates the UI for the process's own streams.
    #[must_use]
    pub fn from_process(options: UiOptions) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        // https://no-color.org: any non-empty value disables color.
        let colour = !options.no_color && !set("NO_COLOR");
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let stdout = console::Term::stdout();
        let stdout_is_terminal = std::io::stdout().is_terminal();
        let stderr_is_terminal = std::io::stderr().is_terminal();
        let columns = |term: &console::Term| usize::from(term.size().1);
        let width = stdout_is_terminal.then(|| columns(&stdout));
        let stderr_width = stderr_is_terminal.then(|| columns(&console::Term::stderr()));
        Ui {
            output: OutputFormat::Table,
            may_ask: !options.no_input && std::io::stdin().is_terminal() && stderr_is_terminal,
            verbose: options.verbose,
            quiet: options.quiet,
            stderr_is_terminal,
            stderr_width,
            view: View { width, palette: Palette::new(colour && !dumb && stdout_is_terminal) },
            status_palette: Palette::new(colour && !dumb && stderr_is_terminal),
        }
    }

    /// Writes a report to stdout in the chosen format, and returns its outcome.
    ///
    /// # Errors
    /// Fails if stdout cannot be written; a closed pipe (`| head`) is not an error.
    pub fn report<R: Report>(&self, report: &R) -> Result<Outcome> {
        match self.output {
            OutputFormat::Table => self.print(&report.render(&self.view)),
            OutputFormat::Json => {
                let mut stdout = BufWriter::new(std::io::stdout().lock());
                let written = report::json(&mut stdout, report)?;
                self.printed(written.and_then(|()| stdout.flush()))
            }
            OutputFormat::Jsonl => {
                let mut stdout = std::io::stdout().lock();
                let text = report::jsonl(report)?;
                self.printed(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
            }
        }?;
        Ok(report.outcome())
    }

    /// Writes text to stdout.
    ///
    /// # Errors
    /// Same as [`Ui::report`].
    pub fn print(&self, text: &str) -> Result<()> {
        let text = shown(text);
        let written = progress::above_bars(|| {
            let mut stdout = std::io::stdout().lock();
            stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
        });
        self.printed(written)
    }

    /// Checks a write to stdout. A reader may stop early, and a terminal may be gone (an I/O error
    /// on write); work in flight is finished nonetheless.
    fn printed(&self, written: std::io::Result<()>) -> Result<()> {
        let Err(error) = written else { return Ok(()) };
        let hung_up = self.view.width.is_some() && error.raw_os_error() == Some(EIO);
        if hung_up || error.kind() == std::io::ErrorKind::BrokenPipe {
            return Ok(());
        }
        Err(Error::new(Kind::Input, "cannot write to stdout").because(&error))
    }

    /// Prints a status line about the current activity. Silent with `--quiet`.
    pub fn status(&self, text: impl AsRef<str>) {
        if !self.quiet {
            self.stderr(&self.status_line(text.as_ref()));
        }
    }

    /// Prints something that the operator should know although it is not an error, even with
    /// `--quiet`.
    pub fn warn(&self, text: impl AsRef<str>) {
        self.stderr(&self.warning_line(text.as_ref()));
    }

    /// Prints a warning about external text, which is quoted on a separate line below it.
    pub fn warn_of(&self, text: impl AsRef<str>, quoted: impl AsRef<str>) {
        let quoted = shown_in_line(&clipped(quoted.as_ref(), SCREENFUL));
        self.stderr(&format!("{}\n    {quoted}", self.warning_line(text.as_ref())));
    }

    /// Prints the error that ended the command.
    pub fn error(&self, error: &Error) {
        progress::end_bars();
        self.stderr(&self.error_lines(error));
    }

    fn status_line(&self, text: &str) -> String {
        self.fitted(&shown_in_line(&clipped(text, SCREENFUL)))
    }

    /// Breaks a line between words where the terminal ends.
    fn fitted(&self, line: &str) -> String {
        wrap(line, self.stderr_width, 2)
    }

    fn warning_line(&self, text: &str) -> String {
        let label = self.status_palette.paint(Tone::Warn, "warning:");
        self.fitted(&shown_in_line(&format!("{label} {}", clipped(text, SCREENFUL))))
    }

    /// Formats an error, with one line per part; line breaks within a part are escaped.
    fn error_lines(&self, error: &Error) -> String {
        let label = self.status_palette.paint(Tone::Bad, "error:");
        let mut lines = vec![format!("{label} {}", clipped(&error.message, SCREENFUL))];
        let causes = error.causes.iter().take(MOST_CAUSES);
        lines.extend(causes.map(|cause| format!("  because: {}", clipped(cause, SCREENFUL))));
        for hint in error.hint.iter().chain(&error.more_hints) {
            let label = self.status_palette.paint(Tone::Good, "hint:");
            lines.push(format!("  {label} {}", clipped(hint, SCREENFUL)));
        }
        let shown = |(at, line): (usize, &String)| {
            wrap(&shown_in_line(line), self.stderr_width, if at == 0 { 2 } else { 4 })
        };
        lines.iter().enumerate().map(shown).collect::<Vec<_>>().join("\n")
    }

    fn stderr(&self, line: &str) {
        let width = usize::from(console::Term::stderr().size().1);
        let line = break_lines(line, self.stderr_is_terminal.then_some(width));
        // A failure to write status must not stop the work.
        let _ = progress::above_bars(|| writeln!(std::io::stderr().lock(), "{line}"));
    }

    /// Refuses to prompt without a terminal; `--yes` skips every prompt.
    ///
    /// # Errors
    /// Refused without a terminal to prompt on.
    pub fn check_may_ask(&self, question: &str) -> Result<()> {
        if self.may_ask {
            return Ok(());
        }
        Err(Error::refused("refusing to go on without a confirmation: no terminal to prompt on")
            .cause(question)
            .hint("pass --yes to confirm in advance"))
    }

    /// Asks a yes-or-no question on the terminal; anything but yes is no. Other work of the run
    /// continues meanwhile, and the future may be dropped.
    ///
    /// # Errors
    /// Same as [`Ui::check_may_ask`], or fails if the answer cannot be read.
    pub async fn ask(&self, question: &str) -> Result<bool> {
        self.check_may_ask(question)?;
        let _ =
            write!(std::io::stderr().lock(), "{} ", self.status_line(&format!("{question} [y/N]")));
        let read = tokio::task::spawn_blocking(|| {
            let mut answer = String::new();
            std::io::stdin().lock().read_line(&mut answer).map(|_| answer)
        });
        let answer = read.await.map_err(std::io::Error::other).flatten();
        let answer = answer
            .map_err(|error| Error::new(Kind::Input, "cannot read the answer").because(&error))?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Ends a stderr line that a prompt left open.
    pub fn end_line(&self) {
        self.stderr("");
    }

    /// Creates a progress display of `total` units (`None` if unknown): a bar on a terminal,
    /// occasional lines elsewhere, nothing with `--quiet`.
    #[must_use]
    pub fn progress(&self, what: &str, total: Option<u64>, unit: Unit) -> Progress {
        self.events().progress(what, total, unit)
    }

    fn bar(
        &self,
        what: &str,
        total: Option<u64>,
        unit: Unit,
        pauses: &progress::Pauses,
    ) -> progress::Bar {
        let mode = match (self.quiet, self.stderr_is_terminal) {
            (true, _) => progress::Mode::Quiet,
            (false, true) => {
                let colored = self.status_palette != Palette::new(false);
                progress::Mode::Interactive { colored }
            }
            (false, false) => progress::Mode::Lines,
        };
        progress::Bar::new(mode, what, total, unit, pauses)
    }

    /// Returns whether stdout is a terminal.
    #[must_use]
    pub fn is_on_terminal(&self) -> bool {
        self.view.width.is_some()
    }
}

/// Writer of logs to stderr, line by line and safe to display.
#[derive(Debug)]
pub struct LogLine;

impl Write for LogLine {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let text = shown_in_line(text.trim_end_matches('\n'));
        progress::above_bars(|| writeln!(std::io::stderr().lock(), "{text}")).map(|()| line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Prints the output of the command-line parser: help and version unchanged, errors escaped, since
/// they quote what was typed or pasted.
pub fn usage(error: &clap::Error) {
    if !error.use_stderr() || !error.render().to_string().contains(escape::is_unsafe) {
        // A closed pipe is not a failure.
        let _ = error.print();
        return;
    }
    let _ = writeln!(std::io::stderr().lock(), "{}", usage_text(error).trim_end());
}

fn usage_text(error: &clap::Error) -> String {
    escape_text(&error.render().to_string())
}

/// Makes panics print one line that is safe to display: their message may quote a body.
pub fn tame_panics() {
    std::panic::set_hook(Box::new(|panic| {
        // Caused by a server's response, not by recoctl: the caller of the driver catches and
        // reports it.
        if panic.location().is_some_and(|at| at.file().contains("sqlx-mysql")) {
            return;
        }
        let _ = writeln!(std::io::stderr().lock(), "{}", panic_line(&panic.to_string()));
    }));
}

fn panic_line(words: &str) -> String {
    let words = escape_line(&clipped(words, SCREENFUL));
    format!("error: this is a bug in recoctl, please report it: {words}")
}

#[cfg(test)]
mod tests;
