//! Exit codes, a documented API (`docs/exit-codes.md`, `man recoctl`), all from one table.

use reco_core::outcome::Outcome;

use reco_ops::error::{Error, Kind};

/// Defines each code once: as a constant documented by its meaning, and as a row of [`TABLE`].
macro_rules! codes {
    ($($constant:ident = $code:literal, $name:literal, $meaning:literal;)*) => {
        $(
            #[doc = concat!("Exit code of `", $name, "`: ", $meaning, ".")]
            pub const $constant: u8 = $code;
        )*

        /// All codes with name and meaning, in order. Source of `--help`, the man pages and
        /// `docs/exit-codes.md`.
        pub const TABLE: [(u8, &str, &str); [$($code),*].len()] =
            [$(($constant, $name, $meaning)),*];
    };
}

codes! {
    SUCCESS = 0, "success", "everything requested was done";
    SERVICE = 1, "service error", "AWS or the facts database failed, and nothing was done";
    USAGE = 2, "usage", "invalid command line";
    CONFIG = 3, "config",
        "invalid or incomplete configuration, or missing or rejected credentials";
    PARTIAL = 4, "partial", "some work succeeded and some failed; the report says which";
    NOTHING_TO_DO = 5, "nothing to do", "no message or line matched";
    FINDINGS = 6, "findings",
        "a check found a problem: a class named by --fail-on, an error in facts check, a difference in verify, or a rehearsed message that did not end as expected";
    REFUSED = 7, "refused", "refused for safety; the message names the flag that allows it";
    INPUT = 8, "input", "an input file is unreadable or invalid";
    BOUNCED = 9, "bounced",
        "stopped because too many redriven messages came back to the DLQ, or a canary stage did not end well; the report lists them";
    INTERNAL = 70, "internal", "a bug in recoctl; please report it";
    INTERRUPTED = 130, "interrupted",
        "stopped by Ctrl-C, SIGTERM, SIGHUP or SIGQUIT, or by another run that took over its lock with --take-over; work in flight was finished and reported";
}

/// Returns all codes with their names, for the help.
#[must_use]
pub fn list() -> String {
    TABLE.map(|(code, name, _)| format!("{code} {name}")).join(", ")
}

/// Returns the exit code of a run that ended with a report.
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

/// Returns the exit code of a run that ended with an error.
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
        let rows: String = TABLE
            .iter()
            .map(|(code, name, meaning)| format!("| {code} | {name} | {meaning} |\n"))
            .collect();
        let table = format!("| code | name | meaning |\n|---|---|---|\n{rows}");
        let theirs: String =
            documented.split_inclusive('\n').filter(|line| line.starts_with('|')).collect();
        assert!(theirs == table, "docs/exit-codes.md has drifted; its table is to be:\n\n{table}");
    }

    #[test]
    fn codes_stand_in_order_and_names_are_unique() {
        assert!(TABLE.is_sorted_by(|one, next| one.0 < next.0));
        let names: std::collections::BTreeSet<&str> =
            TABLE.iter().map(|(_, name, _)| *name).collect();
        assert_eq!(names.len(), TABLE.len());
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
