//! Completion of a command line in the shell. The scripts only ask this binary, so that they know
//! what it knows: the options of each command, environments of the config file, runs on this
//! machine.

mod sources;

use clap::{Arg, ArgAction, Command, ValueHint};
use clap_complete::Shell;

pub use sources::{Machine, Sources};

/// First argument of a process that answers a shell.
pub const MODE: &str = "__complete";

/// Candidate with its description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionCandidate {
    /// Whole word.
    pub value: String,
    /// One-line description.
    pub help: String,
}

/// Answer to a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completion {
    /// Names of files, completed by the shell, after this prefix of the word.
    Files(String),
    /// These words.
    Words(Vec<CompletionCandidate>),
}

impl Completion {
    fn none() -> Self {
        Completion::Words(Vec::new())
    }

    /// Returns the text for a script: `files PREFIX`, or `words` and one candidate per line.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Completion::Files(prefix) => format!("files\t{prefix}\n"),
            Completion::Words(words) => {
                let line = |word: &CompletionCandidate| format!("{}\t{}\n", word.value, word.help);
                format!("words\n{}", words.iter().map(line).collect::<String>())
            }
        }
    }
}

/// Completes the last of `words`, which follow `recoctl`.
#[must_use]
pub fn complete(recoctl: &Command, words: &[String], sources: &dyn Sources) -> Completion {
    let Some((current, before)) = words.split_last() else { return Completion::none() };
    let mut line = TypedWords { command: recoctl, position: 0, value_of: None, escaped: false };
    for word in before {
        line.take(word);
    }
    let config = config_file(before);
    Completer { recoctl, before, sources, config }.complete(&line, current)
}

/// Returns the config file that the words name.
fn config_file(words: &[String]) -> Option<String> {
    let named = words.iter().position(|word| word == "--config").and_then(|at| words.get(at + 1));
    named
        .cloned()
        .or_else(|| words.iter().find_map(|word| word.strip_prefix("--config=").map(str::to_owned)))
}

/// State after some words of the line.
struct TypedWords<'a> {
    command: &'a Command,
    /// Number of positional arguments so far.
    position: usize,
    /// Option that waits for values, and the index of the next one.
    value_of: Option<(&'a Arg, usize)>,
    escaped: bool,
}

impl<'a> TypedWords<'a> {
    fn take(&mut self, word: &str) {
        if let Some((arg, at)) = self.value_of.take() {
            let most = arg.get_num_args().map_or(1, |range| range.max_values());
            self.value_of = (at + 1 < most).then_some((arg, at + 1));
        } else if self.escaped {
            self.position += 1;
        } else if word == "--" {
            self.escaped = true;
        } else if let Some(long) = word.strip_prefix("--") {
            if !long.contains('=') {
                self.value_of =
                    long_option(self.command, long).filter(|arg| takes(arg)).map(|arg| (arg, 0));
            }
        } else if word.len() > 1 && word.starts_with('-') {
            self.value_of = self.short(&word[1..]).map(|arg| (arg, 0));
        } else if let Some(sub) = self.command.find_subcommand(word).filter(|_| self.position == 0)
        {
            self.command = sub;
        } else {
            self.position += 1;
        }
    }

    /// Returns the short option at the end of a group that takes its value from the next word.
    fn short(&self, group: &str) -> Option<&'a Arg> {
        for (at, short) in group.char_indices() {
            let arg = self.command.get_arguments().find(|arg| arg.get_short() == Some(short))?;
            if takes(arg) {
                return (at + short.len_utf8() == group.len()).then_some(arg);
            }
        }
        None
    }

    /// Returns the positional argument at the cursor.
    fn positional(&self) -> Option<&'a Arg> {
        let mut args: Vec<&Arg> = self.command.get_positionals().collect();
        args.sort_by_key(|arg| arg.get_index());
        let many = |arg: &&Arg| matches!(arg.get_action(), ArgAction::Append);
        args.get(self.position).copied().or_else(|| args.last().copied().filter(many))
    }
}

fn takes(arg: &Arg) -> bool {
    arg.get_action().takes_values()
}

fn long_option<'a>(command: &'a Command, long: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|arg| {
        arg.get_long() == Some(long)
            || arg.get_all_aliases().is_some_and(|aliases| aliases.contains(&long))
    })
}

struct Completer<'a> {
    recoctl: &'a Command,
    before: &'a [String],
    sources: &'a dyn Sources,
    config: Option<String>,
}

impl Completer<'_> {
    fn complete(&self, line: &TypedWords<'_>, word: &str) -> Completion {
        if let Some((arg, at)) = line.value_of {
            return self.values(arg, at, word, "");
        }
        if !line.escaped && word.starts_with('-') {
            let option = word.strip_prefix("--").and_then(|long| long.split_once('='));
            return match option {
                Some((long, value)) => long_option(line.command, long)
                    .filter(|arg| takes(arg))
                    .map_or_else(Completion::none, |arg| {
                        self.values(arg, 0, value, &format!("--{long}="))
                    }),
                None => self.options(line.command, word),
            };
        }
        let commands = subcommands(line.command, word);
        if line.position == 0 && !commands.is_empty() {
            return Completion::Words(commands);
        }
        let values = match line.positional() {
            Some(arg) => self.values(arg, 0, word, ""),
            None => Completion::none(),
        };
        match values {
            // Options only where nothing else can follow.
            Completion::Words(words) if words.is_empty() && word.is_empty() => {
                self.options(line.command, word)
            }
            values => values,
        }
    }

    /// Returns the visible options that begin with a word; those given already are left out.
    fn options(&self, command: &Command, word: &str) -> Completion {
        let given = |arg: &Arg, name: &str| {
            !matches!(arg.get_action(), ArgAction::Append | ArgAction::Count)
                && self.before.iter().any(|word| word == name)
        };
        let mut words = Vec::new();
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            let long = arg.get_long().map(|long| format!("--{long}"));
            let short = arg.get_short().map(|short| format!("-{short}"));
            // A short name only completes itself.
            let short = short.filter(|short| short == word);
            for name in long.into_iter().chain(short) {
                if name.starts_with(word) && !given(arg, &name) {
                    let help = arg.get_help().map(first_line).unwrap_or_default();
                    words.push(CompletionCandidate { value: name, help });
                }
            }
        }
        Completion::Words(words)
    }

    /// Returns the values of an argument that begin with `word`; `before` stands before it in the
    /// same word of the line.
    fn values(&self, arg: &Arg, at: usize, word: &str, before: &str) -> Completion {
        if let Some(prefix) = file_prefix(arg, at, word) {
            return Completion::Files(format!("{before}{prefix}"));
        }
        let (listed, last) = match arg.get_value_delimiter().and_then(|mark| word.rfind(mark)) {
            Some(end) => word.split_at(end + 1),
            None => ("", word),
        };
        let known: Vec<CompletionCandidate> = self.known(arg, at);
        let listed_already = |value: &str| listed.split(',').any(|one| one == value);
        let words = known
            .into_iter()
            .filter(|known| known.value.starts_with(last) && !listed_already(&known.value))
            .map(|known| CompletionCandidate {
                value: format!("{before}{listed}{}", known.value),
                ..known
            });
        Completion::Words(words.collect())
    }

    fn known(&self, arg: &Arg, at: usize) -> Vec<CompletionCandidate> {
        let plain = |value: String| CompletionCandidate { value, help: String::new() };
        match (arg.get_id().as_str(), at) {
            ("env_name", _) => {
                let config = self.config.as_deref();
                self.sources.environments(config).into_iter().map(plain).collect()
            }
            ("run", _) => self.sources.runs().into_iter().map(plain).collect(),
            ("facts", _) => ["none", "sqlite:", "mysql://"].map(str::to_owned).map(plain).into(),
            ("emit", 0) => vec![plain("dynamodb-json".to_owned())],
            ("command", _) => self.pages(),
            _ => arg
                .get_possible_values()
                .into_iter()
                .filter(|value| !value.is_hide_set())
                .map(|value| CompletionCandidate {
                    value: value.get_name().to_owned(),
                    help: value.get_help().map(first_line).unwrap_or_default(),
                })
                .collect(),
        }
    }

    /// Returns the commands that may follow in `recoctl man dlq ...`.
    fn pages(&self) -> Vec<CompletionCandidate> {
        let words = self.before.iter().skip_while(|word| *word != "man").skip(1);
        let mut command = self.recoctl;
        for word in words.filter(|word| !word.starts_with('-')) {
            match command.find_subcommand(word) {
                Some(sub) => command = sub,
                None => return Vec::new(),
            }
        }
        subcommands(command, "")
    }
}

/// Returns the prefix after which a file name is expected; `None` if none is.
fn file_prefix<'a>(arg: &Arg, at: usize, word: &'a str) -> Option<&'a str> {
    let prefix = match arg.get_id().as_str() {
        "id" | "user" | "ids" => word.starts_with('@').then_some("@"),
        "facts" => word.starts_with("sqlite:").then_some("sqlite:"),
        "policies" => word.find('=').map(|at| &word[..=at]),
        "emit" => (at > 0).then_some(""),
        "run" => word.contains(['/', '.']).then_some(""),
        _ => None,
    };
    let is_path = matches!(
        arg.get_value_hint(),
        ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath
    );
    prefix.or(is_path.then_some(""))
}

fn subcommands(command: &Command, word: &str) -> Vec<CompletionCandidate> {
    let shown = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    shown
        .filter(|sub| sub.get_name().starts_with(word))
        .map(|sub| CompletionCandidate {
            value: sub.get_name().to_owned(),
            help: sub.get_about().map(first_line).unwrap_or_default(),
        })
        .collect()
}

fn first_line(text: &clap::builder::StyledStr) -> String {
    let text = text.to_string();
    text.lines().next().unwrap_or_default().replace('\t', " ")
}

/// Returns the script for a shell. Those for bash, zsh and fish ask the binary; the others are
/// generated from the command tree.
#[must_use]
pub fn script(shell: Shell, recoctl: Command) -> String {
    match shell {
        Shell::Bash => include_str!("completion/recoctl.bash").to_owned(),
        Shell::Zsh => include_str!("completion/recoctl.zsh").to_owned(),
        Shell::Fish => include_str!("completion/recoctl.fish").to_owned(),
        other => {
            let mut script = Vec::new();
            clap_complete::generate(other, &mut visible(recoctl), "recoctl", &mut script);
            String::from_utf8_lossy(&script).into_owned()
        }
    }
}

/// Returns a copy of the tree without hidden options.
fn visible(mut recoctl: Command) -> Command {
    recoctl.build();
    copy(&recoctl)
}

fn copy(command: &Command) -> Command {
    let own =
        |arg: &&Arg| !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str());
    let args = command.get_arguments().filter(own).cloned().map(|arg| arg.global(false));
    let subs = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    let subs = subs.filter(|sub| sub.get_name() != "help").map(copy);
    let about = command.get_about().cloned().unwrap_or_default();
    Command::new(command.get_name().to_owned()).about(about).args(args).subcommands(subs)
}

#[cfg(test)]
mod tests;
