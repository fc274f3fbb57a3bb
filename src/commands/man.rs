//! `recoctl man`: man pages, generated from the command tree.

mod synopsis;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use reco_core::outcome::Outcome;

use crate::exit;
use crate::ui::Ui;
use reco_ops::error::{Error, Kind, Result};

/// Arguments of `recoctl man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Command whose page to show, e.g. `dlq redrive`, in the pager if stdout is a terminal and as
    /// roff otherwise [default: recoctl's own page]
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
    /// Write all pages to this directory instead
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub out_dir: Option<PathBuf>,
}

/// Shows one page or writes all of them.
///
/// # Errors
/// Fails if the command does not exist or a page cannot be written.
pub fn run(ui: &Ui, args: &ManArgs, recoctl: Command) -> Result<Outcome> {
    let pages = pages(recoctl)?;
    if let Some(dir) = &args.out_dir {
        write_all(dir, &pages)?;
        return Ok(Outcome::Success);
    }
    let name = std::iter::once("recoctl").chain(args.command.iter().map(String::as_str));
    let name = name.collect::<Vec<_>>().join("-");
    let page = pages.iter().find(|(page, _)| *page == name).ok_or_else(|| {
        let command = args.command.join(" ");
        Error::new(Kind::Usage, format!("unknown command `{command}`"))
            .hint("`recoctl --help` lists the commands")
    })?;
    match ui.is_on_terminal() {
        true if opened(page)? => {}
        // Nobody reads roff.
        true => ui.print(&help(&args.command))?,
        false => ui.print(&page.1)?,
    }
    Ok(Outcome::Success)
}

/// Shows a page with `man`, which opens the pager. Returns false if there is no usable `man`.
fn opened((name, page): &(String, String)) -> Result<bool> {
    let failed = |error: std::io::Error| {
        Error::new(Kind::Input, "cannot write a temporary file for the page").because(&error)
    };
    let file = tempfile::Builder::new().prefix(&format!("{name}.")).suffix(".1").tempfile();
    let mut file = file.map_err(failed)?;
    file.write_all(page.as_bytes()).map_err(failed)?;
    let status = std::process::Command::new("man").arg(file.path()).status();
    Ok(status.is_ok_and(|status| status.success()))
}

/// Returns the help of a command.
fn help(path: &[String]) -> String {
    let mut recoctl = crate::cli::command();
    recoctl.build();
    let found = path.iter().try_fold(&recoctl, |command, word| command.find_subcommand(word));
    found.cloned().unwrap_or(recoctl).render_long_help().to_string()
}

fn write_all(dir: &Path, pages: &[(String, String)]) -> Result<()> {
    let failed = |path: &Path, error: std::io::Error| {
        Error::new(Kind::Input, format!("cannot write {}", path.display())).because(&error)
    };
    std::fs::create_dir_all(dir).map_err(|error| failed(dir, error))?;
    for (name, page) in pages {
        let path = dir.join(format!("{name}.1"));
        std::fs::write(&path, page).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

/// Returns the name and roff text of every page, one per subcommand.
///
/// # Errors
/// Fails if a page cannot be rendered.
pub fn pages(recoctl: Command) -> Result<Vec<(String, String)>> {
    let mut root = recoctl.disable_help_subcommand(true);
    root.build();
    let mut pages = Vec::new();
    collect(&root, "recoctl", &mut pages)?;
    Ok(pages)
}

fn collect(command: &Command, name: &str, pages: &mut Vec<(String, String)>) -> Result<()> {
    pages.push((name.to_owned(), render(command, name)?));
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        collect(sub, &format!("{name}-{}", sub.get_name()), pages)?;
    }
    Ok(())
}

fn render(command: &Command, name: &str) -> Result<String> {
    let mut roff = Vec::new();
    let man = clap_mangen::Man::new(command.clone().name(name.to_owned()).display_name(name))
        .title(name.to_uppercase())
        .date("");
    man.render(&mut roff).map_err(|error| {
        Error::new(Kind::Internal, format!("cannot render the page of {name}")).because(&error)
    })?;
    let page = String::from_utf8_lossy(&roff).into_owned();
    let (head, rest) = page.split_once(SYNOPSIS).unwrap_or((&page, ""));
    let rest = rest.find("\n.SH ").and_then(|at| rest.get(at + 1..)).unwrap_or_default();
    let synopsis = synopsis::synopsis(command, name);
    let path = name.split('-').skip(1).collect::<Vec<_>>().join(" ");
    let rest = &unfilled(rest);
    Ok([head, SYNOPSIS, &synopsis, rest, &examples(&path), &exit_status()].concat())
}

/// Heading of a page's synopsis.
const SYNOPSIS: &str = ".SH SYNOPSIS\n";

/// Keeps the lines of indented tables as they are.
fn unfilled(page: &str) -> String {
    let (mut text, mut in_table) = (String::new(), false);
    for line in page.lines() {
        let is_row = line.starts_with("  ");
        if is_row != in_table {
            text.push_str(if is_row { ".nf\n" } else { ".fi\n" });
            in_table = is_row;
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

fn examples(path: &str) -> String {
    let mut section = String::from(".SH EXAMPLES\n");
    for (line, purpose) in crate::cli::examples(path) {
        let (line, purpose) = (synopsis::escaped(line), synopsis::escaped(purpose));
        section.push_str(&format!(".TP\n\\fB{line}\\fR\n{purpose}\n"));
    }
    section
}

fn exit_status() -> String {
    let mut section = String::from(".SH \"EXIT STATUS\"\n");
    for (code, name, meaning) in exit::TABLE {
        section.push_str(&format!(".TP\n\\fB{code}\\fR\n{name}: {}\n", synopsis::escaped(meaning)));
    }
    section
}
