//! User interface: results on stdout, status on stderr.

mod chart;
mod escape;
mod events;
mod format;
mod palette;
mod pretty;
mod progress;
mod report;
mod table;

use std::io::{BufRead, BufWriter, IsTerminal, Write};

pub use chart::{MISSING, bar, sparkline};
use escape::{clipped, shown, shown_in_line};
pub use escape::{escape_line, escape_text};
pub use format::OutputFormat;
pub use palette::{Palette, Tone};
pub use pretty::pretty_json;
pub use reco_core::human::{UNKNOWN, amount, bytes, count, duration, form, was};
pub use report::{Report, View};
pub use table::{Align, Table};

use reco_ops::error::{Error, Kind, Result};
pub use reco_ops::event::{Progress, Unit};

/// Characters of one thing that is said on stderr; more would push what matters off the screen.
const SCREENFUL: usize = 2_000;

/// Causes of an error that are told.
const MOST_CAUSES: usize = 10;

/// Version of the JSON that reports are written as; see `docs/output.md`.
pub const SCHEMA_VERSION: u32 = 1;

/// Error code on Unix for writing to a terminal that has hung up.
const EIO: i32 = 5;

/// The terminal, or what stands in for it.
#[derive(Debug, Clone)]
pub struct Ui {
    /// Output format of results.
    pub output: OutputFormat,
    /// True if questions may be asked.
    pub may_ask: bool,
    quiet: bool,
    stderr_is_terminal: bool,
    view: View,
    status_palette: Palette,
}

/// Display settings, collected in one place so that no other code reads the environment.
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
                self.printed(written.and_then(|()| stdout.flush()))
            }
            OutputFormat::Jsonl => {
                let mut stdout = std::io::stdout().lock();
                let text = report::jsonl(report)?;
                self.printed(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
            }
        }
    }

    /// Writes text to stdout.
    ///
    /// # Errors
    /// As [`Ui::report`].
    pub fn print(&self, text: &str) -> Result<()> {
        let text = shown(text);
        let mut stdout = std::io::stdout().lock();
        self.printed(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
    }

    /// Whoever reads stdout may stop when it has enough, and a terminal may be gone (then a write is
    /// an I/O error); what is in flight is finished all the same.
    fn printed(&self, written: std::io::Result<()>) -> Result<()> {
        let Err(error) = written else { return Ok(()) };
        let hung_up = self.view.width.is_some() && error.raw_os_error() == Some(EIO);
        if hung_up || error.kind() == std::io::ErrorKind::BrokenPipe {
            return Ok(());
        }
        Err(Error::new(Kind::Input, "cannot write to stdout").because(&error))
    }

    /// A line of status: what is being done. Silent with `--quiet`.
    pub fn status(&self, text: impl AsRef<str>) {
        if !self.quiet {
            self.stderr(&self.status_line(text.as_ref()));
        }
    }

    /// Something the operator should know although it is no error. Shown with `--quiet` too.
    pub fn warn(&self, text: impl AsRef<str>) {
        self.stderr(&self.warning_line(text.as_ref()));
    }

    /// A warning about a text that comes from outside, which stands on a line of its own below it.
    pub fn warn_of(&self, text: impl AsRef<str>, quoted: impl AsRef<str>) {
        let quoted = shown_in_line(&clipped(quoted.as_ref(), SCREENFUL));
        self.stderr(&format!("{}\n    {quoted}", self.warning_line(text.as_ref())));
    }

    /// Prints the error that ended the command.
    pub fn error(&self, error: &Error) {
        self.stderr(&self.error_lines(error));
    }

    fn status_line(&self, text: &str) -> String {
        shown_in_line(&clipped(text, SCREENFUL))
    }

    fn warning_line(&self, text: &str) -> String {
        let label = self.status_palette.paint(Tone::Warn, "warning:");
        shown_in_line(&format!("{label} {}", clipped(text, SCREENFUL)))
    }

    /// A line for each of our own words; what stands in a line stays in it.
    fn error_lines(&self, error: &Error) -> String {
        let label = self.status_palette.paint(Tone::Bad, "error:");
        let mut lines = vec![format!("{label} {}", clipped(&error.message, SCREENFUL))];
        let causes = error.causes.iter().take(MOST_CAUSES);
        lines.extend(causes.map(|cause| format!("  because: {}", clipped(cause, SCREENFUL))));
        if let Some(hint) = &error.hint {
            let label = self.status_palette.paint(Tone::Good, "hint:");
            lines.push(format!("  {label} {}", clipped(hint, SCREENFUL)));
        }
        let lines: Vec<String> = lines.iter().map(|line| shown_in_line(line)).collect();
        lines.join("\n")
    }

    fn stderr(&self, line: &str) {
        // Status that nobody can read must not stop the work.
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }

    /// Refuses a question that there is no terminal to ask on; `flag` names what answers it
    /// beforehand.
    ///
    /// # Errors
    /// Refused without a terminal to prompt on.
    pub fn check_may_ask(&self, question: &str, flag: &str) -> Result<()> {
        if self.may_ask {
            return Ok(());
        }
        Err(Error::refused(format!("{question} No terminal to prompt on"))
            .hint(format!("pass {flag} to skip the prompt")))
    }

    /// Asks a yes-or-no question on the terminal; anything but yes is no. Other work of the run goes
    /// on meanwhile, and the future may be dropped.
    ///
    /// # Errors
    /// As [`Ui::check_may_ask`], or when the answer cannot be read.
    pub async fn ask(&self, question: &str, flag: &str) -> Result<bool> {
        self.check_may_ask(question, flag)?;
        let _ = write!(std::io::stderr().lock(), "{} [y/N] ", self.status_line(question));
        let read = tokio::task::spawn_blocking(|| {
            let mut answer = String::new();
            std::io::stdin().lock().read_line(&mut answer).map(|_| answer)
        });
        let answer = read.await.map_err(std::io::Error::other).flatten();
        let answer = answer
            .map_err(|error| Error::new(Kind::Input, "cannot read the answer").because(&error))?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Ends a line of stderr that was left open by a question.
    pub fn end_line(&self) {
        self.stderr("");
    }

    /// A progress display of `total` units (`None` when unknown): a bar on a terminal, a line now
    /// and then elsewhere, nothing with `--quiet`.
    #[must_use]
    pub fn progress(&self, what: &str, total: Option<u64>, unit: Unit) -> Progress {
        self.events().progress(what, total, unit)
    }

    fn bar(&self, what: &str, total: Option<u64>, unit: Unit) -> progress::Bar {
        let mode = match (self.quiet, self.stderr_is_terminal) {
            (true, _) => progress::Mode::Quiet,
            (false, true) => {
                let colored = self.status_palette != Palette::new(false);
                progress::Mode::Interactive { colored }
            }
            (false, false) => progress::Mode::Lines,
        };
        progress::Bar::new(mode, what, total, unit)
    }

    /// Returns the view for tables on stdout.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }
}

/// Where logs are written: stderr, a line at a time, safe to look at.
#[derive(Debug)]
pub struct LogLine;

impl Write for LogLine {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let text = shown_in_line(text.trim_end_matches('\n'));
        writeln!(std::io::stderr().lock(), "{text}").map(|()| line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Shows what the parser of the command line says: help and version as they are, faults safe to
/// look at, since they quote what was typed or pasted.
pub fn usage(error: &clap::Error) {
    if !error.use_stderr() || !error.render().to_string().contains(escape::is_unsafe) {
        // A closed pipe is no failure.
        let _ = error.print();
        return;
    }
    let _ = writeln!(std::io::stderr().lock(), "{}", usage_text(error).trim_end());
}

fn usage_text(error: &clap::Error) -> String {
    escape_text(&error.render().to_string())
}

/// Lets a panic say in one line what went wrong, safe to look at: its words may quote a body.
pub fn tame_panics() {
    std::panic::set_hook(Box::new(|panic| {
        // What a server sent, not what recoctl did: it is caught where the driver is called, and told there.
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
