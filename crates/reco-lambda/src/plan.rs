//! Write plan of a batch, with the messages that depend on each item. Pure.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};

use reco_core::Id;
use reco_core::classify::{JudgedEntry, MessageContent};
use reco_core::decode::{DecodeError, Decoded, decode};
use reco_core::facts::FactSet;
use reco_core::item::{PlannedItem, Schema};
use reco_core::judge::Verdict;
use reco_core::policy::Policy;

use crate::intake::Incoming;
use crate::report::{FailureReason, HandlerReport, SHOWN_ENTRIES};

/// A message whose outcome depends on the writes.
struct PendingMessage {
    id: String,
    attempt: Option<u64>,
    group: Option<String>,
    /// Users whose lists must be written, from this message or a newer one in the batch.
    users: Vec<Id>,
    failure: Option<FailureReason>,
}

/// The writes of a batch, each user once, and the messages that depend on them.
pub(crate) struct WritePlan {
    messages: Vec<PendingMessage>,
    /// Items to write, in the order in which users first occur.
    pub(crate) items: Vec<PlannedItem>,
}

impl WritePlan {
    /// Judges all messages and keeps one list of each user.
    ///
    /// The one that would be in the table if the entries had come one by one, so that it does not
    /// matter how messages are cut into batches: the last of those that the filter lets pass, and
    /// where only what is older is replaced, the one that the conditional writes would leave. When a
    /// message was sent decides nothing: that would hold within a batch only.
    pub(crate) fn make(
        incoming: Vec<Incoming>,
        facts: &FactSet,
        policy: &Policy,
        schema: &Schema,
        report: &mut HandlerReport,
    ) -> Self {
        let mut plan =
            WritePlan { messages: Vec::with_capacity(incoming.len()), items: Vec::new() };
        let mut kept: HashMap<Id, usize> = HashMap::new();
        let mut stopped: HashSet<String> = HashSet::new();
        for Incoming { id, attempt, group, decoded } in incoming {
            let mut pending =
                PendingMessage { id, attempt, group, users: Vec::new(), failure: None };
            if pending.group.as_ref().is_some_and(|group| stopped.contains(group)) {
                report.held += entries_in(&decoded);
                pending.failure = Some(FailureReason::BehindFailure);
                plan.messages.push(pending);
                continue;
            }
            let content = MessageContent::judge(decoded, facts, policy, schema);
            pending.failure = fault_of(&content);
            if let (Some(group), Some(_)) = (&pending.group, &pending.failure) {
                stopped.insert(group.clone());
            }
            report.bad += content.bad.len() as u64;
            for entry in content.entries {
                report.dropped += entry.judged.dropped;
                match entry.judged.verdict {
                    Verdict::Write(item) => {
                        pending.users.push(entry.user);
                        let only_newer = policy.writes.only_newer;
                        plan.keep(item, only_newer, &mut kept, report);
                    }
                    Verdict::Skip(reason) => *report.skipped.entry(reason).or_default() += 1,
                    Verdict::Reject(_) => report.rejected += 1,
                }
            }
            plan.messages.push(pending);
        }
        plan
    }

    fn keep(
        &mut self,
        item: PlannedItem,
        only_newer: bool,
        kept: &mut HashMap<Id, usize>,
        report: &mut HandlerReport,
    ) {
        match kept.entry(item.recommendation.user.clone()) {
            Slot::Vacant(slot) => {
                slot.insert(self.items.len());
                self.items.push(item);
            }
            Slot::Occupied(slot) => {
                report.superseded += 1;
                self.items[*slot.get()].follow(item, only_newer);
            }
        }
    }

    /// Reports the messages to retry, given the users whose lists were not written, and those of them
    /// whose items DynamoDB refuses, with the reason.
    pub(crate) fn settle(
        self,
        left: &HashSet<Id>,
        refused: &HashMap<Id, String>,
        report: &mut HandlerReport,
    ) {
        let mut stopped: HashSet<String> = HashSet::new();
        for PendingMessage { id, attempt, group, users, failure } in self.messages {
            let unwritten: HashSet<Id> =
                users.into_iter().filter(|user| left.contains(user)).collect();
            let refusals: Vec<&String> =
                unwritten.iter().filter_map(|user| refused.get(user)).collect();
            let refused = refusals.len() as u64;
            // Of several, always the same one.
            let refusal = refusals.into_iter().min();
            let users = unwritten.len() as u64;
            let behind = group.as_ref().is_some_and(|group| stopped.contains(group));
            let failure = failure
                .or((users > 0).then_some(FailureReason::NotWritten { users, refused }))
                .or(behind.then_some(FailureReason::BehindFailure));
            if let Some(reason) = failure {
                stopped.extend(group);
                if let Some(refusal) = refusal {
                    report.refusals.insert(id.clone(), refusal.clone());
                }
                report.fail(&id, attempt, reason);
            }
        }
    }
}

/// Returns the number of entries in a message, good and bad.
pub(crate) fn entries_in(decoded: &Result<Decoded, DecodeError>) -> u64 {
    decoded.as_ref().map_or(0, |decoded| (decoded.entries.len() + decoded.bad.len()) as u64)
}

/// Returns the reason why a message with this body is returned whatever the facts and the table, if it
/// is.
#[must_use]
pub fn fault(body: &str, policy: &Policy, schema: &Schema) -> Option<FailureReason> {
    fault_of(&MessageContent::judge(decode(body), &FactSet::Unavailable, policy, schema))
}

/// Returns the reason why a message fails regardless of the writes.
fn fault_of(content: &MessageContent) -> Option<FailureReason> {
    match &content.decoded {
        Err(DecodeError::Malformed { position, .. }) => {
            Some(FailureReason::Malformed { at: position.to_string() })
        }
        Err(DecodeError::Foreign { .. }) => Some(FailureReason::Foreign),
        Ok(_) => {
            let reject = |entry: &&JudgedEntry| matches!(entry.judged.verdict, Verdict::Reject(_));
            let rejected = content.entries.iter().filter(reject).map(|entry| entry.index);
            let bad = content.bad.iter().map(|(index, _)| *index);
            let mut entries: Vec<usize> = bad.chain(rejected).collect();
            let bad = content.bad.len() as u64;
            let rejected = entries.len() as u64 - bad;
            entries.sort_unstable();
            entries.truncate(SHOWN_ENTRIES);
            (!entries.is_empty()).then_some(FailureReason::BadEntries { bad, rejected, entries })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use reco_core::Time;
    use reco_core::item::{KeyType, gives_way};

    use super::*;

    fn message(id: &str, group: Option<&str>, body: &str) -> Incoming {
        let group = group.map(str::to_owned);
        Incoming { id: id.to_owned(), attempt: Some(1), group, decoded: decode(body) }
    }

    fn plan(incoming: Vec<Incoming>) -> (WritePlan, HandlerReport) {
        plan_under(incoming, false)
    }

    fn plan_under(incoming: Vec<Incoming>, only_newer: bool) -> (WritePlan, HandlerReport) {
        let mut report = HandlerReport {
            entries: incoming.iter().map(|message| entries_in(&message.decoded)).sum(),
            ..HandlerReport::default()
        };
        let (facts, mut policy) = (FactSet::Unavailable, Policy::default());
        policy.writes.only_newer = only_newer;
        let schema = Schema::with_key_type(KeyType::N);
        let plan = WritePlan::make(incoming, &facts, &policy, &schema, &mut report);
        (plan, report)
    }

    fn lists(plan: &WritePlan) -> Vec<(String, String)> {
        let list = |item: &PlannedItem| {
            let articles = item.recommendation.articles.iter().map(ToString::to_string);
            (item.recommendation.user.to_string(), articles.collect::<Vec<_>>().join(","))
        };
        plan.items.iter().map(list).collect()
    }

    fn owned(lists: &[(&str, &str)]) -> Vec<(String, String)> {
        lists.iter().map(|(user, list)| ((*user).to_owned(), (*list).to_owned())).collect()
    }

    fn settled(
        plan: WritePlan,
        left: &[i64],
        mut report: HandlerReport,
    ) -> Vec<(String, FailureReason)> {
        let left = left.iter().copied().map(Id::from).collect();
        plan.settle(&left, &HashMap::new(), &mut report);
        report.failures.into_iter().map(|failure| (failure.message_id, failure.reason)).collect()
    }

    #[test]
    fn the_last_list_that_came_is_written_whatever_its_time() {
        let (dated, _) = plan(vec![
            message("a", None, r#"{"data":[[7,[1]]],"generated_at":200}"#),
            message("b", None, r#"{"data":[[7,[2]]],"generated_at":100}"#),
        ]);
        assert_eq!(lists(&dated), owned(&[("7", "2")]));
        let (by_order, report) = plan(vec![
            message("a", None, r#"{"data":[[7,[1]],[8,[5]],[7,[3]]]}"#),
            message("b", None, r#"{"data":[["7",[2]]]}"#),
        ]);
        assert_eq!(lists(&by_order), owned(&[("7", "2"), ("8", "5")]));
        assert_eq!(report.superseded, 2);
    }

    #[test]
    fn where_only_older_lists_are_replaced_the_newest_is_what_the_writes_would_leave() {
        let dated = r#"{"data":[[7,[1]]],"generated_at":200}"#;
        let batch = [
            // Of unknown time: the table would not take it over the dated one.
            ([dated, r#"{"data":[[7,[2]]]}"#], "1"),
            ([r#"{"data":[[7,[2]]]}"#, dated], "1"),
            ([dated, r#"{"data":[[7,[3]]],"generated_at":200}"#], "1"),
            ([dated, r#"{"data":[[7,[3]]],"generated_at":200.5}"#], "3"),
            ([r#"{"data":[[7,[4]]]}"#, r#"{"data":[[7,[5]]]}"#], "5"),
        ];
        for (messages, kept) in batch {
            let incoming = messages.iter().map(|body| message("m", None, body)).collect();
            let (plan, _) = plan_under(incoming, true);
            assert_eq!(lists(&plan), owned(&[("7", kept)]), "{messages:?}");
        }
    }

    /// What the writes of a batch leave of a table: each user's time and first article.
    fn write(
        table: &mut BTreeMap<String, (Option<Time>, String)>,
        bodies: &[String],
        only_newer: bool,
    ) {
        let incoming = bodies.iter().map(|body| message("m", None, body)).collect();
        for item in plan_under(incoming, only_newer).0.items {
            let user = item.recommendation.user.to_string();
            let held = table.get(&user);
            if !only_newer || held.is_none_or(|(time, _)| gives_way(*time, item.guard)) {
                let list = item.recommendation.articles[0].to_string();
                table.insert(user, (item.recommendation.generated_at, list));
            }
        }
    }

    proptest! {
        #[test]
        fn any_cutting_into_batches_ends_in_the_same_table(
            entries in prop::collection::vec((0_u8..3, prop::option::of(0_u8..6)), 1..24),
            cuts in prop::collection::vec(1_usize..6, 24),
            only_newer in any::<bool>(),
        ) {
            let body = |(article, (user, time)): (usize, &(u8, Option<u8>))| match time {
                Some(half) => {
                    let time = f64::from(*half) / 2.0;
                    format!(r#"{{"data":[[{user},[{article}]]],"generated_at":{time}}}"#)
                }
                None => format!(r#"{{"data":[[{user},[{article}]]]}}"#),
            };
            let bodies: Vec<String> = entries.iter().enumerate().map(body).collect();
            let (mut one_by_one, mut in_batches) = (BTreeMap::new(), BTreeMap::new());
            bodies.chunks(1).for_each(|batch| write(&mut one_by_one, batch, only_newer));
            let mut rest = &bodies[..];
            for cut in cuts {
                let (batch, after) = rest.split_at(cut.min(rest.len()));
                write(&mut in_batches, batch, only_newer);
                rest = after;
            }
            prop_assert!(rest.is_empty());
            prop_assert_eq!(in_batches, one_by_one);
        }
    }

    #[test]
    fn a_later_list_that_the_filter_empties_does_not_hide_an_earlier_one() {
        let (plan, report) = plan(vec![
            message("a", None, r#"{"data":[[7,[1]]]}"#),
            message("b", None, r#"{"data":[[7,[]]]}"#),
        ]);
        assert_eq!(lists(&plan), owned(&[("7", "1")]));
        assert_eq!(report.skipped.values().sum::<u64>(), 1);
    }

    #[test]
    fn a_superseded_message_fails_with_the_newer_write() {
        let batch = || {
            vec![
                message("old", None, r#"{"data":[[7,[1]]]}"#),
                message("new", None, r#"{"data":[[7,[2]]]}"#),
                message("other", None, r#"{"data":[[8,[2]]]}"#),
            ]
        };
        let (unwritten, report) = plan(batch());
        let lost = FailureReason::NotWritten { users: 1, refused: 0 };
        let expected = [("old".to_owned(), lost.clone()), ("new".to_owned(), lost)];
        assert_eq!(settled(unwritten, &[7], report), expected);
        let (written, report) = plan(batch());
        assert_eq!(settled(written, &[], report), []);
    }

    #[test]
    fn bad_entries_fail_their_message_and_the_good_ones_are_still_written() {
        let (plan, report) = plan(vec![
            message("poison", None, "{not json"),
            message("foreign", None, r#"{"order": 1}"#),
            message("partial", None, r#"{"data":[[1,[5]],[2],["x",[5]]]}"#),
            message("good", None, "[3,[6]]"),
        ]);
        assert_eq!(lists(&plan), owned(&[("1", "5"), ("3", "6")]));
        assert_eq!((report.bad, report.rejected), (1, 1));
        let failures = settled(plan, &[], report);
        assert_eq!(failures.len(), 3);
        assert!(matches!(&failures[0].1, FailureReason::Malformed { .. }));
        assert_eq!(failures[1], ("foreign".to_owned(), FailureReason::Foreign));
        let reason = FailureReason::BadEntries { bad: 1, rejected: 1, entries: vec![1, 2] };
        assert_eq!(failures[2], ("partial".to_owned(), reason));
    }

    #[test]
    fn a_fifo_group_stops_at_its_first_failure() {
        let (plan, report) = plan(vec![
            message("a1", Some("a"), "[1,[5]]"),
            message("a2", Some("a"), "poison"),
            message("b1", Some("b"), "[2,[5]]"),
            message("a3", Some("a"), "[1,[9]]"),
            message("a4", Some("a"), r#"{"data":[[3,[5]],[4]]}"#),
        ]);
        assert_eq!(lists(&plan), owned(&[("1", "5"), ("2", "5")]), "a3 and a4 are not looked at");
        assert_eq!(report.held, 3);
        let ids: Vec<String> = settled(plan, &[], report).into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, ["a2", "a3", "a4"]);
    }

    #[test]
    fn a_failed_write_stops_a_fifo_group_too() {
        let (plan, report) = plan(vec![
            message("a1", Some("a"), "[1,[5]]"),
            message("b1", Some("b"), "[2,[5]]"),
            message("a2", Some("a"), "[3,[5]]"),
        ]);
        let failures = settled(plan, &[1], report);
        let unwritten = ("a1".to_owned(), FailureReason::NotWritten { users: 1, refused: 0 });
        assert_eq!(failures, [unwritten, ("a2".to_owned(), FailureReason::BehindFailure)]);
    }
}
