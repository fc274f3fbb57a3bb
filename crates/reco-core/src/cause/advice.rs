//! Advice on redriving messages, by their recorded causes.

use super::{Cause, Unknown, resource};
use crate::human::{amount, duration};

/// Time since the last such end within which it counts as still going on: messages fail again after the
/// visibility timeout of their queue, and lines are in the log seconds later.
pub const RECENT_MS: i64 = 10 * 60_000;

/// Cause of the end of a message's last attempt, or the reason why it is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// Known cause.
    Cause(Cause),
    /// Reason why no cause is known.
    Unknown(Unknown),
}

/// Messages whose last attempts ended alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended<'a> {
    /// Their common cause, or the reason why none is known.
    pub recorded: &'a Recorded,
    /// Their number.
    pub messages: u64,
    /// Time of the last of these ends, milliseconds since the epoch.
    pub last_at_ms: Option<i64>,
    /// Id of one of them.
    pub example: &'a str,
}

/// Planned use of messages, which determines what has to work first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Redrive of whole messages.
    Redrive,
    /// Redrive of the good entries only.
    Salvage,
    /// Backfill of their lists, without the function.
    Write,
}

/// First thing to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Metrics of table and function.
    Metrics,
    /// The facts database.
    Facts,
    /// The attempts at this message.
    Message(String),
}

/// Advice on messages, by their recorded causes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advice {
    /// Nothing in the log speaks against it.
    Go,
    /// A few messages first: the cause may persist.
    FewFirst {
        /// Remedy.
        why: String,
    },
    /// Not yet: the cause persists.
    NotYet {
        /// First thing to check.
        look: Look,
        /// Cause and remedy.
        why: String,
    },
}

impl Advice {
    /// Returns the advice on messages that `here` tells of; `all` are those of the whole DLQ, since what
    /// goes on concerns every message that needs it.
    #[must_use]
    pub fn on(here: &[Ended<'_>], all: &[Ended<'_>], purpose: Use, now_ms: i64) -> Self {
        let goes_on = all.iter().filter(|ended| ended.is_recent(now_ms));
        let goes_on = goes_on.filter_map(|ended| Some((ended, ended.remedy(purpose)?)));
        let goes_on = goes_on.filter(|(_, remedy)| remedy.is_of_all);
        if let Some((ended, remedy)) = goes_on.max_by_key(|(ended, _)| ended.messages) {
            // Messages of other classes may have ended alike.
            let words = ended.words();
            let alike = || all.iter().filter(|other| other.words() == words);
            let last_at_ms = alike().filter_map(|other| other.last_at_ms).max().unwrap_or(now_ms);
            let ago_s = now_ms.saturating_sub(last_at_ms).max(0) / 1_000;
            let messages = amount(alike().map(|other| other.messages).sum(), "message");
            let why = format!(
                "{messages}: {words}, the last {} ago; {}, then classify again",
                duration(ago_s),
                remedy.helps
            );
            return Advice::NotYet { look: remedy.look, why };
        }
        let main = here.iter().max_by_key(|ended| ended.messages);
        match main.and_then(|ended| ended.remedy(purpose)) {
            Some(remedy) if !remedy.passes => Advice::FewFirst { why: remedy.helps },
            _ => Advice::Go,
        }
    }
}

/// Remedy for a cause.
struct Remedy {
    look: Look,
    helps: String,
    /// True if it passes by itself or with less load, once it does not go on.
    passes: bool,
    /// True if it concerns all messages, and not only those that it ended.
    is_of_all: bool,
}

impl Ended<'_> {
    fn is_recent(&self, now_ms: i64) -> bool {
        self.last_at_ms.is_some_and(|at| now_ms.saturating_sub(at) < RECENT_MS)
    }

    fn words(&self) -> String {
        match self.recorded {
            Recorded::Cause(cause) => cause.words(),
            Recorded::Unknown(unknown) => unknown.summary(),
        }
    }

    /// Returns what helps, if the cause stands in the way of `purpose`.
    fn remedy(&self, purpose: Use) -> Option<Remedy> {
        let cause = match self.recorded {
            Recorded::Cause(cause) => cause,
            Recorded::Unknown(unknown) => return of_unknown(unknown, purpose),
        };
        let this = || Look::Message(self.example.to_owned());
        let remedy = |look, passes, is_of_all, helps: &str| {
            Some(Remedy { look, helps: helps.to_owned(), passes, is_of_all })
        };
        match cause {
            Cause::ThrottledWrites { by } => remedy(Look::Metrics, true, true, &capacity(by)),
            // The login is the function's.
            Cause::Facts { stage, .. } if stage == "auth" && purpose == Use::Write => None,
            Cause::Facts { stage, .. } if stage == "auth" => {
                remedy(Look::Facts, false, true, "give the function a login that works")
            }
            Cause::Facts { .. } => {
                remedy(Look::Facts, true, true, "the facts database must answer first")
            }
            _ if purpose == Use::Write => None,
            Cause::FunctionTimeout => remedy(
                Look::Metrics,
                false,
                true,
                "look at the function's duration beside its timeout, and at what it waits for (facts, throttled writes)",
            ),
            Cause::OutOfMemory => remedy(
                Look::Metrics,
                false,
                true,
                "raise the function's memory, or lower the batch size of its event source mapping",
            ),
            Cause::Crashed { .. } | Cause::BatchFailed { .. } => {
                remedy(this(), false, true, "look at the function's error")
            }
            Cause::NoLayout { .. } | Cause::NotWritten { .. } => {
                remedy(this(), false, true, "look at the table's error")
            }
            Cause::Other { .. } | Cause::RefusedItem { .. } => {
                remedy(this(), false, false, "look at why the function returned them")
            }
            Cause::Malformed { .. } | Cause::Foreign if purpose == Use::Redrive => {
                remedy(this(), false, false, OTHER_VERSION)
            }
            Cause::BadEntries { .. } if purpose == Use::Redrive => {
                remedy(this(), false, false, OTHER_VERSION)
            }
            Cause::NoFailureReported => remedy(
                this(),
                false,
                false,
                "the function reported no failure: is the queue's visibility timeout shorter than the function's timeout?",
            ),
            Cause::Malformed { .. }
            | Cause::Foreign
            | Cause::BadEntries { .. }
            | Cause::BehindFailure => None,
        }
    }
}

/// Said of messages that are sound here and were not in the function.
const OTHER_VERSION: &str =
    "the function found them unusable, so it may be of another version or policy: `dlq rehearse`";

fn of_unknown(unknown: &Unknown, purpose: Use) -> Option<Remedy> {
    match unknown {
        Unknown::NotStarted { .. } if purpose != Use::Write => Some(Remedy {
            look: Look::Metrics,
            helps: "the function failed to start then: look at its log".to_owned(),
            passes: false,
            is_of_all: true,
        }),
        _ => None,
    }
}

/// Returns what helps against throttled writes, by the reason that DynamoDB gives for the first. AWS:
/// "ThrottlingReason" (DynamoDB).
fn capacity(by: &[String]) -> String {
    let reason = by.first().map_or("", String::as_str);
    let of = throttled(by);
    if reason.contains("KeyRangeThroughput") {
        format!(
            "one partition of {of} is hot, and takes 1,000 WCU a second at most: write more slowly"
        )
    } else if reason.contains("AccountLimit") {
        format!("the account's quota is used up by {of} and others: raise it, or write more slowly")
    } else if reason.contains("MaxOnDemand") {
        format!("raise the on-demand maximum of {of}, or wait")
    } else {
        format!("raise the write capacity of {of}, or wait")
    }
}

/// Returns what has to have more capacity: `index by-time of table recs`.
fn throttled(by: &[String]) -> String {
    let mut named: Vec<String> = by.iter().map(|by| resource(by)).collect();
    named.dedup();
    if named.is_empty() { "the table".to_owned() } else { named.join(" and ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;
    const MINUTE: i64 = 60_000;

    fn throttled_by(by: &[&str]) -> Recorded {
        let by = by.iter().map(|by| (*by).to_owned()).collect();
        Recorded::Cause(Cause::ThrottledWrites { by })
    }

    fn facts(stage: &str) -> Recorded {
        Recorded::Cause(Cause::Facts { stage: stage.to_owned(), error: None })
    }

    fn ended(recorded: &Recorded, messages: u64, ago: i64) -> Ended<'_> {
        Ended { recorded, messages, last_at_ms: Some(NOW - ago * MINUTE), example: "m-1" }
    }

    fn on(ended: &[Ended<'_>], purpose: Use) -> Advice {
        Advice::on(ended, ended, purpose, NOW)
    }

    fn not_yet(advice: Advice) -> (Look, String) {
        match advice {
            Advice::NotYet { look, why } => (look, why),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_over_lets_messages_go_and_what_goes_on_does_not() {
        let table = "TableWriteProvisionedThroughputExceeded arn:aws:dynamodb:r:1:table/recs";
        let throttled = throttled_by(&[table]);
        assert_eq!(on(&[ended(&throttled, 28, 60)], Use::Redrive), Advice::Go);
        let (look, why) = not_yet(on(&[ended(&throttled, 28, 2)], Use::Redrive));
        assert_eq!(look, Look::Metrics);
        assert_eq!(
            why,
            "28 messages: throttled writes to table recs, the last 2m ago; raise the write capacity of table recs, or wait, then classify again"
        );
        // A clock that is behind makes nothing old.
        assert!(matches!(on(&[ended(&throttled, 1, -1)], Use::Redrive), Advice::NotYet { .. }));
    }

    #[test]
    fn an_index_is_named_as_what_needs_capacity() {
        let index = throttled_by(&[
            "IndexWriteProvisionedThroughputExceeded arn:aws:dynamodb:r:1:table/recs/index/by-time",
        ]);
        let (_, why) = not_yet(on(&[ended(&index, 3, 1)], Use::Redrive));
        assert!(why.contains("raise the write capacity of index by-time of table recs"), "{why}");
        assert_eq!(on(&[ended(&index, 3, 11)], Use::Redrive), Advice::Go);
        let (_, why) = not_yet(on(&[ended(&throttled_by(&[]), 3, 1)], Use::Redrive));
        assert!(why.contains("capacity of the table"), "{why}");
    }

    #[test]
    fn what_helps_depends_on_the_reason_of_the_throttling() {
        for (reason, said) in [
            ("TableWriteProvisionedThroughputExceeded", "raise the write capacity of table recs"),
            ("TableWriteKeyRangeThroughputExceeded", "one partition of table recs is hot"),
            ("TableWriteAccountLimitExceeded", "the account's quota"),
            (
                "TableWriteMaxOnDemandThroughputExceeded",
                "raise the on-demand maximum of table recs",
            ),
        ] {
            let by = format!("{reason} arn:aws:dynamodb:r:1:table/recs");
            let (_, why) = not_yet(on(&[ended(&throttled_by(&[&by]), 3, 1)], Use::Redrive));
            assert!(why.contains(said), "{reason}: {why}");
        }
    }

    #[test]
    fn messages_of_several_classes_that_ended_alike_are_counted_together() {
        let throttled = throttled_by(&[]);
        let all = [ended(&throttled, 28, 2), ended(&throttled, 5, 1)];
        let (_, why) = not_yet(Advice::on(&all[..1], &all, Use::Redrive, NOW));
        assert!(why.starts_with("33 messages: ") && why.contains("the last 1m ago"), "{why}");
    }

    #[test]
    fn facts_that_fail_still_hold_up_every_use() {
        for stage in ["connect", "timeout", "query", "auth"] {
            let facts = facts(stage);
            for purpose in [Use::Redrive, Use::Salvage, Use::Write] {
                // Writing without the function does not need its login.
                if stage == "auth" && purpose == Use::Write {
                    assert_eq!(on(&[ended(&facts, 5, 3)], purpose), Advice::Go);
                    continue;
                }
                assert_eq!(not_yet(on(&[ended(&facts, 5, 3)], purpose)).0, Look::Facts, "{stage}");
            }
        }
        assert_eq!(on(&[ended(&facts("timeout"), 5, 30)], Use::Redrive), Advice::Go);
        // A login does not mend itself.
        let login = facts("auth");
        assert!(matches!(on(&[ended(&login, 5, 30)], Use::Redrive), Advice::FewFirst { .. }));
    }

    #[test]
    fn what_goes_on_elsewhere_in_the_dlq_counts_and_of_the_old_the_most_frequent() {
        let (old, new) = (throttled_by(&[]), facts("connect"));
        let (here, there) = ([ended(&old, 28, 60)], ended(&new, 1, 1));
        let all = [here[0].clone(), there];
        assert_eq!(not_yet(Advice::on(&here, &all, Use::Redrive, NOW)).0, Look::Facts);
        let timeout = Recorded::Cause(Cause::FunctionTimeout);
        let all = [ended(&old, 28, 60), ended(&timeout, 5, 60)];
        assert_eq!(on(&all, Use::Redrive), Advice::Go);
    }

    #[test]
    fn a_function_that_fails_by_itself_gets_a_few_first() {
        for (cause, said) in [
            (Cause::FunctionTimeout, "duration beside its timeout"),
            (Cause::OutOfMemory, "raise the function's memory"),
            (Cause::Crashed { error: None }, "the function's error"),
            (Cause::BatchFailed { error: None }, "the function's error"),
            (Cause::NoLayout { error: None }, "the table's error"),
            (Cause::NotWritten { error: None }, "the table's error"),
        ] {
            let recorded = Recorded::Cause(cause);
            match on(&[ended(&recorded, 2, 60)], Use::Redrive) {
                Advice::FewFirst { why } => assert!(why.contains(said), "{why}"),
                other => panic!("{recorded:?}: {other:?}"),
            }
            assert!(not_yet(on(&[ended(&recorded, 2, 1)], Use::Redrive)).1.contains(said));
            // Writing without the function does not need it.
            assert_eq!(on(&[ended(&recorded, 2, 1)], Use::Write), Advice::Go);
        }
    }

    #[test]
    fn content_is_no_reason_to_wait() {
        let bad = Recorded::Cause(Cause::BadEntries { bad: 1, rejected: 0 });
        assert_eq!(on(&[ended(&bad, 6, 1)], Use::Salvage), Advice::Go);
        match on(&[ended(&bad, 6, 1)], Use::Redrive) {
            Advice::FewFirst { why } => assert!(why.contains("dlq rehearse"), "{why}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_not_known_stands_in_the_way_only_if_the_function_did_not_start() {
        for unknown in
            [Unknown::NoLine, Unknown::FunctionThrottled { throttles: 3 }, Unknown::OtherConsumer]
        {
            let recorded = Recorded::Unknown(unknown);
            let ended = Ended { last_at_ms: None, ..ended(&recorded, 9, 0) };
            assert_eq!(on(&[ended], Use::Redrive), Advice::Go);
        }
        let recorded = Recorded::Unknown(Unknown::NotStarted { starts: 3, error: None });
        let ended = Ended { last_at_ms: None, ..ended(&recorded, 9, 0) };
        assert!(matches!(on(&[ended], Use::Redrive), Advice::FewFirst { .. }));
        assert_eq!(on(&[], Use::Redrive), Advice::Go);
    }
}
