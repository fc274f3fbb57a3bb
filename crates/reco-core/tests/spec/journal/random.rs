//! Random journals: any prefix of one, repaired ones and broken ones.

use super::*;

/// The history of a message, as a script of records in the order in which a run writes them.
#[derive(Debug, Clone, Copy)]
enum Script {
    Open,
    Acked,
    Deleted,
    Refused,
    Uncertain,
    RetriedAcked,
    RetriedOpen,
    UncertainThenDeleted,
}

const SCRIPTS: [Script; 8] = [
    Script::Open,
    Script::Acked,
    Script::Deleted,
    Script::Refused,
    Script::Uncertain,
    Script::RetriedAcked,
    Script::RetriedOpen,
    Script::UncertainThenDeleted,
];

fn script(script: Script, message: &Message) -> Vec<Record<'static>> {
    let id = &*message.id;
    let intent = || begun(message, None, 1);
    match script {
        Script::Open => vec![intent()],
        Script::Acked => vec![intent(), ack(id, 1)],
        Script::Deleted => vec![intent(), ack(id, 1), deleted(id)],
        Script::Refused => vec![intent(), refused(id, 1)],
        Script::Uncertain => vec![intent(), uncertain(id, 1)],
        Script::RetriedAcked => vec![intent(), refused(id, 1), again(id, 2, 0), ack(id, 2)],
        Script::RetriedOpen => vec![intent(), refused(id, 1), again(id, 2, 0)],
        Script::UncertainThenDeleted => {
            vec![intent(), uncertain(id, 1), again(id, 2, 0), ack(id, 2), deleted(id)]
        }
    }
}

/// Returns the acknowledged ids that were not deleted, from a plain reading of the records.
fn expected_deletable(records: &[Record<'_>]) -> Vec<String> {
    let gone: Vec<&String> = records
        .iter()
        .filter_map(|record| match record {
            Record::Deleted(deleted) => Some(&deleted.message_id),
            _ => None,
        })
        .collect();
    let acked = records.iter().filter_map(|record| match record {
        Record::Ack(ack) if !gone.contains(&&ack.message_id) => Some(ack.message_id.clone()),
        _ => None,
    });
    let acked: std::collections::BTreeSet<_> = acked.collect();
    acked.into_iter().collect()
}

/// Returns ids with an attempt that has no result, and with no acknowledged attempt.
fn expected_uncertain(records: &[Record<'_>]) -> Vec<String> {
    let mut open: BTreeMap<&str, BTreeMap<u64, bool>> = BTreeMap::new();
    let mut acked: Vec<&str> = Vec::new();
    for record in records {
        match record {
            Record::Intent(intent) => {
                open.entry(&intent.message.id).or_default().insert(intent.batch, true);
            }
            Record::Again(again) => {
                open.entry(&again.message_id).or_default().insert(again.batch, true);
            }
            Record::Refused(Unacknowledged { message_id, batch, .. }) => {
                open.entry(message_id).or_default().insert(*batch, false);
            }
            Record::Ack(ack) => acked.push(&ack.message_id),
            _ => {}
        }
    }
    let open = open
        .into_iter()
        .filter(|(id, attempts)| !acked.contains(id) && attempts.values().any(|is_open| *is_open));
    open.map(|(id, _)| id.to_owned()).collect()
}

pub fn any_attributes() -> impl Strategy<Value = BTreeMap<String, Attribute>> {
    let value = prop_oneof![
        any::<String>().prop_map(AttributeValue::Text),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(AttributeValue::Binary),
    ];
    let attribute =
        (any::<String>(), value).prop_map(|(data_type, value)| Attribute { data_type, value });
    prop::collection::btree_map(any::<String>(), attribute, 0..4)
}

fn any_message() -> impl Strategy<Value = Message> {
    let system = prop::collection::btree_map("[A-Za-z]{1,9}", any::<String>(), 0..3);
    (any::<String>(), any_attributes(), system).prop_map(|(body, attributes, system)| Message {
        body,
        attributes,
        system,
        ..message("m")
    })
}

/// A valid journal: the scripts of several messages, interleaved.
fn any_records() -> impl Strategy<Value = Vec<Record<'static>>> {
    let stories = prop::collection::vec((prop::sample::select(&SCRIPTS[..]), any_message()), 0..8);
    (stories, prop::collection::vec(any::<prop::sample::Index>(), 48)).prop_map(
        |(stories, order)| {
            let mut queues: Vec<_> = stories
                .into_iter()
                .enumerate()
                .map(|(n, (of, message))| {
                    script(of, &Message { id: format!("m{n}"), ..message }).into_iter()
                })
                .collect();
            let mut woven = Vec::new();
            for pick in order.iter().cycle() {
                queues.retain(|queue| queue.len() > 0);
                if queues.is_empty() {
                    break;
                }
                let next = pick.index(queues.len());
                woven.extend(queues[next].next());
            }
            woven
        },
    )
}

proptest! {
    /// However a journal is truncated, nothing unacknowledged is deletable, and nothing
    /// acknowledged is forgotten.
    #[test]
    fn any_prefix_replays_to_what_its_whole_lines_say(records in any_records(), cut in any::<prop::sample::Index>()) {
        let lines = journal(false, &records);
        let bytes = lines.concat();
        let cut = cut.index(bytes.len() + 1);
        let state = replay_bytes(&bytes[..cut]).unwrap();
        // A line counts as complete even without its newline.
        let mut end = 0;
        let whole = lines.iter().take_while(|line| { end += line.len(); end - 1 <= cut }).count();
        let said = &records[..whole.saturating_sub(1)];
        prop_assert_eq!(state.header().is_some(), whole > 0);
        prop_assert_eq!(deletable(&state), expected_deletable(said));
        let uncertain: Vec<_> = state.resume(0).uncertain.into_iter().map(|doubt| doubt.message_id).collect();
        prop_assert_eq!(uncertain, expected_uncertain(said));
        prop_assert_eq!(state.anomalies(), vec![]);
        let tail = state.tail();
        let torn = tail.torn.as_ref().map_or(0, |torn| torn.bytes);
        prop_assert_eq!(tail.whole_bytes + torn, cut as u64);
        prop_assert_eq!(tail.unterminated, torn == 0 && cut > 0 && bytes[cut - 1] != b'\n');
    }

    /// After the repair that the tail asks for, an appended journal reads like an undisturbed one.
    #[test]
    fn a_repaired_journal_goes_on(records in any_records(), cut in any::<prop::sample::Index>()) {
        let bytes = journal(false, &records).concat();
        let state = replay_bytes(&bytes[..cut.index(bytes.len() + 1)]).unwrap();
        let mut repaired = bytes[..usize::try_from(state.tail().whole_bytes).unwrap()].to_vec();
        if state.tail().unterminated { repaired.push(b'\n'); }
        if state.header().is_none() { repaired.extend(journal(false, &[]).concat()); }
        repaired.extend(lines(&[intent("later", 9), ack("later", 9)]).concat());
        let after = replay_bytes(&repaired).unwrap();
        let mut expected = deletable(&state);
        expected.insert(0, "later".to_owned());
        prop_assert_eq!(deletable(&after), expected);
        prop_assert!(after.tail().torn.is_none() && !after.tail().unterminated);
    }

    #[test]
    fn every_message_is_restored_byte_for_byte(records in any_records()) {
        let mut restore = Restore::new();
        let mut kept = BTreeMap::new();
        for line in journal(false, &records) {
            kept.extend(restore.line(&line).unwrap().map(|kept| (kept.message.id.clone(), kept.message)));
        }
        let expected = records.iter().filter_map(|record| match record {
            Record::Intent(Intent { message, .. }) => {
                Some((message.id.clone(), message.clone().into_owned()))
            }
            _ => None,
        });
        prop_assert_eq!(kept, expected.collect::<BTreeMap<_, _>>());
    }

    #[test]
    fn a_line_broken_before_the_last_is_an_error_with_its_number(records in any_records(), at in any::<prop::sample::Index>()) {
        let mut lines = journal(false, &records);
        prop_assume!(lines.len() > 1);
        let at = at.index(lines.len() - 1);
        let half = lines[at].len() / 2;
        lines[at].truncate(half);
        lines[at].push(b'\n');
        let error = replay_bytes(&lines.concat()).unwrap_err();
        prop_assert!(matches!(error, JournalError::Broken { line, .. } if line == at as u64 + 1), "{}", error);
    }
}
