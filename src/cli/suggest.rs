//! What was probably meant by an unknown command.
//!
//! clap suggests whatever looks alike: to `dlq read` it would answer `redrive`. A command that
//! changes something is suggested only for a slip of a finger, and never beside one that reads.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Commands that change something in AWS or on this machine.
const CHANGING: [&str; 9] =
    ["redrive", "import", "purge", "rm", "backfill", "resume", "restore", "cancel", "trust"];

/// Words for commands of other names.
const SYNONYMS: [(&str, &[&str]); 3] = [
    (
        "read show view list inspect look cat head tail describe search find count status",
        &["dlq peek", "dlq classify"],
    ),
    ("retry replay resend move requeue", &["dlq redrive"]),
    ("delete remove clear drop empty", &["dlq purge"]),
];

/// Returns the error with suggestions of commands that were probably meant.
pub(super) fn improved(
    mut error: clap::Error,
    args: &[OsString],
    recoctl: &Command,
) -> clap::Error {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return error;
    }
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    let meant = meant(&path(args, typed, recoctl), typed, recoctl);
    error.remove(ContextKind::SuggestedSubcommand);
    if !meant.is_empty() {
        let lines: Vec<String> = meant.iter().map(|path| format!("`recoctl {path}`")).collect();
        let tip = format!("did you mean {}?", lines.join(" or "));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

/// Returns the words of the command before the unknown one.
fn path(args: &[OsString], typed: &str, recoctl: &Command) -> Vec<String> {
    let (mut command, mut path) = (recoctl, Vec::new());
    for word in args.iter().skip(1).map(|word| word.to_string_lossy()) {
        if word == typed {
            break;
        }
        if let Some(sub) = command.find_subcommand(&*word) {
            path.push(sub.get_name().to_owned());
            command = sub;
        }
    }
    path
}

/// Returns the paths of the commands that `typed` after `path` probably means.
fn meant(path: &[String], typed: &str, recoctl: &Command) -> Vec<String> {
    let mut all = Vec::new();
    collect(recoctl, "", &mut all);
    let here = path.join(" ");
    let typed = typed.to_lowercase();
    // The right name in the wrong place: `recoctl redrive`.
    let elsewhere: Vec<String> =
        all.iter().filter(|known| known.name == typed).map(|known| known.path.clone()).collect();
    if !elsewhere.is_empty() {
        return elsewhere;
    }
    let synonyms = SYNONYMS.iter().find(|(words, _)| words.split(' ').any(|word| word == typed));
    if let Some((_, paths)) = synonyms {
        return paths.iter().map(|path| (*path).to_owned()).collect();
    }
    let near: Vec<(usize, &KnownCommand)> = all
        .iter()
        .filter_map(|known| {
            // Insertions, deletions, replacements and swaps of neighbours.
            let distance = strsim::osa_distance(&typed, &known.name);
            (distance <= known.most()).then_some((distance, known))
        })
        .collect();
    // Those in the same place first.
    let local = |known: &KnownCommand| known.parent() == here;
    let pool: Vec<_> = match near.iter().any(|(_, known)| local(known)) {
        true => near.into_iter().filter(|(_, known)| local(known)).collect(),
        false => near,
    };
    let Some(least) = pool.iter().map(|(distance, _)| *distance).min() else { return Vec::new() };
    let nearest: Vec<&KnownCommand> = pool
        .into_iter()
        .filter(|(distance, _)| *distance == least)
        .map(|(_, known)| known)
        .collect();
    let reads = nearest.iter().any(|known| !known.changes());
    let mut paths: Vec<String> = nearest
        .into_iter()
        .filter(|known| !reads || !known.changes())
        .map(|known| known.path.clone())
        .collect();
    paths.dedup();
    paths
}

/// A command by one of its names.
struct KnownCommand {
    name: String,
    path: String,
}

impl KnownCommand {
    fn parent(&self) -> &str {
        self.path.rsplit_once(' ').map_or("", |(parent, _)| parent)
    }

    fn changes(&self) -> bool {
        CHANGING.contains(&self.path.rsplit(' ').next().unwrap_or_default())
    }

    /// Returns the most mistakes in typing it that are taken for one.
    fn most(&self) -> usize {
        match self.name.len() {
            0..=2 => 0,
            3..=4 => 1,
            _ if self.changes() => 1,
            _ => 2,
        }
    }
}

fn collect(command: &Command, parent: &str, all: &mut Vec<KnownCommand>) {
    for sub in command.get_subcommands() {
        let path = format!("{parent} {}", sub.get_name()).trim_start().to_owned();
        for name in std::iter::once(sub.get_name()).chain(sub.get_all_aliases()) {
            all.push(KnownCommand { name: name.to_owned(), path: path.clone() });
        }
        collect(sub, &path, all);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn suggested(line: &str) -> Vec<String> {
        let (path, typed) = line.rsplit_once(' ').unwrap_or(("", line));
        let path: Vec<String> = path.split_whitespace().map(str::to_owned).collect();
        meant(&path, typed, &crate::cli::tree())
    }

    #[test]
    fn the_right_word_in_the_wrong_place_names_the_place() {
        assert_eq!(suggested("redrive"), ["dlq redrive"]);
        assert_eq!(suggested("peek"), ["dlq peek"]);
        assert_eq!(suggested("dlq backfill"), ["backfill"]);
        assert_eq!(suggested("dlq resume"), ["dlq journal resume"]);
        assert_eq!(suggested("snapshot"), ["facts snapshot"]);
    }

    #[test]
    fn a_slip_of_a_finger_is_recognised() {
        assert_eq!(suggested("dlq peak"), ["dlq peek"]);
        assert_eq!(suggested("dlq calssify"), ["dlq classify"]);
        assert_eq!(suggested("metrcis"), ["metrics"]);
        assert_eq!(suggested("dlq prge"), ["dlq purge"]);
        assert_eq!(suggested("dlq redirve"), ["dlq redrive"]);
        assert_eq!(suggested("dlq xyzzy"), [""; 0]);
    }

    #[test]
    fn a_word_for_reading_is_never_answered_with_a_command_that_changes() {
        for word in ["read", "show", "list", "view", "inspect", "look", "status", "count"] {
            for path in suggested(&format!("dlq {word}")) {
                let verb = path.rsplit(' ').next().unwrap_or_default();
                assert!(!CHANGING.contains(&verb), "{word}: {path}");
            }
        }
        assert_eq!(suggested("dlq read"), ["dlq peek", "dlq classify"]);
        assert_eq!(suggested("dlq xport"), ["dlq export"], "and not import");
        assert_eq!(suggested("dlq delete"), ["dlq purge"], "which is meant");
    }

    #[test]
    fn every_command_that_changes_is_known() {
        let mut all = Vec::new();
        collect(&crate::cli::tree(), "", &mut all);
        for name in CHANGING {
            assert!(all.iter().any(|known| known.name == name), "{name}");
        }
    }

    proptest! {
        /// One or two mistakes in a verb that reads never lead to one that changes.
        #[test]
        fn mistakes_in_a_reading_verb_are_harmless(
            verb in prop::sample::select(vec!["peek", "get", "classify", "export", "tasks", "journal"]),
            at in any::<prop::sample::Index>(),
            change in 0..4,
            letter in "[a-z]",
        ) {
            let mut word: Vec<char> = verb.chars().collect();
            let at = at.index(word.len());
            let letter = letter.chars().next().unwrap_or('x');
            match change {
                0 => { word.remove(at); }
                1 => word.insert(at, letter),
                2 => word[at] = letter,
                _ => word.swap(at, (at + 1) % verb.len()),
            }
            let word: String = word.into_iter().collect();
            let tree = crate::cli::tree();
            let dlq = tree.find_subcommand("dlq").expect("a group");
            prop_assume!(dlq.find_subcommand(&word).is_none());
            for path in suggested(&format!("dlq {word}")) {
                let last = path.rsplit(' ').next().unwrap_or_default();
                prop_assert!(!CHANGING.contains(&last), "{word}: {path}");
            }
        }
    }
}
