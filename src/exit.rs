//! Exit codes: documented API (`docs/exit-codes.md`, `man recoctl`).

use reco_core::outcome::Outcome;

use crate::error::{Error, Kind};

/// Everything that was asked is done.
pub const SUCCESS: u8 = 0;
/// A service (or the facts database) failed, and nothing could be done.
pub const SERVICE: u8 = 1;
/// The command line is wrong.
pub const USAGE: u8 = 2;
/// The configuration is wrong or incomplete, or credentials are missing or refused.
pub const CONFIG: u8 = 3;
/// Some is done and some failed: read the report.
pub const PARTIAL: u8 = 4;
/// There was nothing to do.
pub const NOTHING_TO_DO: u8 = 5;
/// A class named by `--fail-on` was found.
pub const FINDINGS: u8 = 6;
/// Refused for safety; the message says which flag allows it.
pub const REFUSED: u8 = 7;
/// Input could not be read: a missing file, a broken archive, an unusable policy.
pub const INPUT: u8 = 8;
/// Stopped, because too many redriven messages came back to the DLQ.
pub const BOUNCED: u8 = 9;
/// A bug in recoctl.
pub const INTERNAL: u8 = 70;
/// Stopped by a signal; what was in flight was finished and reported.
pub const INTERRUPTED: u8 = 130;

/// Every code with its name and meaning, in order; the manual and `docs/exit-codes.md` come from
/// this table.
pub const TABLE: [(u8, &str, &str); 12] = [
    (SUCCESS, "success", "everything requested was done"),
    (SERVICE, "service error", "AWS or the facts database failed, and nothing was done"),
    (USAGE, "usage", "invalid command line"),
    (CONFIG, "config", "invalid or incomplete configuration, or missing or rejected credentials"),
    (PARTIAL, "partial", "some work succeeded and some failed; the report says which"),
    (NOTHING_TO_DO, "nothing to do", "no message or line matched"),
    (
        FINDINGS,
        "findings",
        "a check found a problem: a class named by --fail-on, an error in facts check, or a difference in verify",
    ),
    (REFUSED, "refused", "refused for safety; the message names the flag that allows it"),
    (INPUT, "input", "an input file is unreadable or invalid"),
    (
        BOUNCED,
        "bounced",
        "stopped because too many redriven messages came back to the DLQ; the report lists them",
    ),
    (INTERNAL, "internal", "a bug in recoctl; please report it"),
    (
        INTERRUPTED,
        "interrupted",
        "stopped by Ctrl-C, SIGTERM, SIGHUP or SIGQUIT; work in flight was finished and reported",
    ),
];

/// Every code with its name, as help lists them.
#[must_use]
pub fn list() -> String {
    TABLE.map(|(code, name, _)| format!("{code} {name}")).join(", ")
}

/// The code of a run that ended with a report.
#[must_use]
pub fn of_outcome(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Success => SUCCESS,
        Outcome::Partial => PARTIAL,
        Outcome::NothingToDo => NOTHING_TO_DO,
        Outcome::Findings => FINDINGS,
        Outcome::Failed => SERVICE,
        Outcome::Bounced => BOUNCED,
        Outcome::Interrupted => INTERRUPTED,
    }
}

/// The code of a run that ended with an error.
#[must_use]
pub fn of_error(error: &Error) -> u8 {
    match error.kind {
        Kind::Usage => USAGE,
        Kind::Config | Kind::Credentials => CONFIG,
        Kind::Service => SERVICE,
        Kind::Refused => REFUSED,
        Kind::Input => INPUT,
        Kind::Internal => INTERNAL,
        Kind::Interrupted => INTERRUPTED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_this_table() {
        let documented = include_str!("../docs/exit-codes.md");
        for (code, name, meaning) in TABLE {
            let row = format!("| {code} | {name} | {meaning} |\n");
            assert!(documented.contains(&row), "docs/exit-codes.md lacks {row}");
        }
        let rows = documented.lines().filter(|line| line.starts_with("| ")).count();
        assert_eq!(rows, TABLE.len() + 1, "docs/exit-codes.md has rows that no code stands for");
    }

    #[test]
    fn only_success_is_zero() {
        let outcomes = [
            Outcome::Partial,
            Outcome::NothingToDo,
            Outcome::Findings,
            Outcome::Failed,
            Outcome::Bounced,
            Outcome::Interrupted,
        ];
        assert_eq!(of_outcome(Outcome::Success), SUCCESS);
        assert!(outcomes.into_iter().all(|outcome| of_outcome(outcome) != SUCCESS));
    }
}
