//! Reads the table's lists of the users of the moved messages.

use std::collections::{HashMap, HashSet};

use reco_core::Id;
use reco_core::classify::JudgedEntry;
use reco_core::decode::{DecodeError, Decoded, decode};
use reco_core::item::PlannedItem;
use reco_core::journal::KeptMessage;
use reco_core::judge::Verdict;
use reco_core::message::Message;
use reco_core::message_outcome::{ListFate, Tracker, UserFate, Wanted, lacks_some};
use reco_core::supersede::{UserDigest, user_digest};
use reco_store::reader::{MAX_KEYS, ReadFailure, Reader};
use reco_store::retry::{RetryOptions, Stop};
use reco_store::service::ErrorKind;
use tokio::sync::mpsc::channel;
use tokio_util::sync::CancellationToken;

use super::{Evidence, Reason};
use crate::dlq::judge::Judge;
use crate::error::{Error, Kind, Result};
use crate::journal::each_kept;

/// Messages that are judged together, with one lookup of the facts.
const TOGETHER: usize = 200;

/// Messages that are read from the journal ahead of those being judged.
const READ_AHEAD: usize = 4;

/// Maximum bytes of the bodies among them.
const BYTES: usize = 1024 * 1024;

/// Maximum bytes of the items in one call: a response holds 16 MB.
const CALL_BYTES: usize = 4 * 1024 * 1024;

/// Fewer attempts than a backfill makes: the next look tries again.
const RETRIES: RetryOptions = RetryOptions {
    max_attempts: 4,
    base_delay: std::time::Duration::from_millis(50),
    max_delay: std::time::Duration::from_secs(2),
};

/// Reads the journal once and enters what the table holds for the messages that the tracker wants.
/// Returns what could not be read, and why.
///
/// # Errors
/// When the journal cannot be read.
pub(super) async fn read(evidence: &Evidence<'_>, tracker: &mut Tracker) -> Result<Vec<String>> {
    let reader = evidence.judge.table().map(|table| table.reader(RETRIES, None).lists_only());
    let failure = evidence.no_table.as_deref().map(|reason| (reason.into(), true));
    let (judge, cancel) = (evidence.judge, &evidence.control.cancel);
    let mut look = Look { judge, cancel, reader, failure, notes: Vec::new() };
    // A body may take a quarter of a megabyte.
    let (give, mut take) = channel(READ_AHEAD);
    let path = evidence.journal.to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        each_kept(&path, |kept| {
            // Without a receiver the look has ended.
            give.blocking_send(kept)
                .map_err(|_| Error::new(Kind::Interrupted, "the look at the journal was stopped"))
        })
    });
    let (mut together, mut bytes, mut judged) = (Vec::new(), 0, Vec::new());
    while let Some(kept) = take.recv().await {
        let wanted = tracker.wanted(&kept.message.id);
        if wanted == Wanted::Nothing {
            continue;
        }
        bytes += sent(&kept).len();
        together.push((kept, wanted));
        if together.len() >= TOGETHER || bytes >= BYTES {
            judged.extend(look.judge(std::mem::take(&mut together)).await);
            bytes = 0;
        }
        if evidence.control.cancel.is_cancelled() {
            return Ok(Vec::new());
        }
    }
    judged.extend(look.judge(together).await);
    reading.await.map_err(Error::unexpected("reading the journal"))??;
    if evidence.control.cancel.is_cancelled() {
        // What was read before stands.
        return Ok(Vec::new());
    }
    tracker.begin();
    for Judged { message_id, fates, fails, reason } in judged {
        tracker.enter(&message_id, &fates, fails, reason.as_ref());
    }
    let failure = look.failure.iter().map(|(reason, _)| reason.to_string());
    Ok(failure.chain(look.notes).collect())
}

/// Returns the ids of the messages that are not yet sent and whose lists the table lacks: if it has
/// them later, the function has handled the message. Messages that share a user are left out: the
/// list may be the other's. Empty if the table cannot be read.
pub(in crate::dlq) async fn lacking(
    judge: &Judge,
    cancel: &CancellationToken,
    messages: impl Iterator<Item = Message>,
) -> HashSet<String> {
    let reader = judge.table().map(|table| table.reader(RETRIES, None).lists_only());
    let mut look = Look { judge, cancel, reader, failure: None, notes: Vec::new() };
    let (mut all, mut together, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut messages = messages.peekable();
    while let Some(message) = messages.next() {
        bytes += message.body.len();
        together.push((KeptMessage { message, out: None, to: None }, Wanted::Lists));
        if together.len() >= TOGETHER || bytes >= BYTES || messages.peek().is_none() {
            all.extend(look.judge(std::mem::take(&mut together)).await);
            bytes = 0;
        }
    }
    let mut messages_of: HashMap<UserDigest, u32> = HashMap::new();
    for one in &all {
        let users: HashSet<UserDigest> = one.fates.iter().map(|(user, _)| *user).collect();
        users.into_iter().for_each(|user| *messages_of.entry(user).or_default() += 1);
    }
    let alone = |one: &Judged| one.fates.iter().all(|(user, _)| messages_of.get(user) == Some(&1));
    let lacks = |one: &Judged| one.reason.is_none() && lacks_some(&one.fates) && alone(one);
    all.into_iter().filter(lacks).map(|one| one.message_id).collect()
}

/// Returns the body that was sent.
fn sent(kept: &KeptMessage) -> &str {
    kept.out.as_deref().unwrap_or(&kept.message.body)
}

/// One pass over the messages.
struct Look<'a> {
    judge: &'a Judge,
    cancel: &'a CancellationToken,
    reader: Option<Reader>,
    /// Reason why the table is not asked any more, and whether that will stay so.
    failure: Option<(Reason, bool)>,
    notes: Vec<String>,
}

/// A message with the fates of its lists.
struct Judged {
    message_id: String,
    fates: Vec<UserFate>,
    fails: bool,
    reason: Option<Reason>,
}

impl Judged {
    fn is_not_read(&mut self, fate: usize, (reason, stays): &(Reason, bool)) {
        self.fates[fate].1 = if *stays { ListFate::Unreadable } else { ListFate::Unread };
        self.reason = Some(Reason::clone(reason));
    }
}

/// A list to look up: its place among the messages and their fates.
type Lookup = (usize, usize, PlannedItem);

impl Look<'_> {
    async fn judge(&mut self, messages: Vec<(KeptMessage, Wanted)>) -> Vec<Judged> {
        if messages.is_empty() {
            return Vec::new();
        }
        let decoded: Vec<_> = messages.iter().map(|(kept, _)| decode(sent(kept))).collect();
        let contents = match self.judge.contents(decoded).await {
            Ok(contents) => contents,
            Err(error) => return self.not_judged(messages, &error),
        };
        let (mut judged, mut lookups) = (Vec::new(), Vec::new());
        for (at, ((kept, wanted), content)) in messages.into_iter().zip(contents).enumerate() {
            let fails = content.decoded.is_err() || !content.bad.is_empty();
            let mut fates: Vec<UserFate> = Vec::new();
            for JudgedEntry { user, judged, .. } in content.entries {
                let fate = match judged.verdict {
                    Verdict::Skip(reason) => ListFate::Skipped(reason),
                    Verdict::Reject(_) => ListFate::Refused,
                    Verdict::Write(_) if wanted == Wanted::Users => ListFate::Known,
                    Verdict::Write(item) => {
                        lookups.push((at, fates.len(), item));
                        ListFate::Unread
                    }
                };
                fates.push((user_digest(None, &user), fate));
            }
            judged.push(Judged { message_id: kept.message.id, fates, fails, reason: None });
        }
        for lookups in calls(lookups) {
            self.look_up(lookups, &mut judged).await;
        }
        judged
    }

    /// Returns the messages with their users, as far as they decode.
    fn not_judged(&mut self, messages: Vec<(KeptMessage, Wanted)>, error: &Error) -> Vec<Judged> {
        let reason: Reason = error.to_string().into();
        let fate = match error.kind {
            Kind::Config | Kind::Credentials => ListFate::Unreadable,
            _ => ListFate::Unread,
        };
        if !self.notes.iter().any(|note| **note == *reason) {
            self.notes.push(reason.to_string());
        }
        let users = |decoded: Result<Decoded, DecodeError>| {
            let entries = decoded.map(|decoded| decoded.entries).unwrap_or_default();
            let user = |id: &Id| (user_digest(None, id), fate);
            entries.iter().map(|entry| user(&entry.recommendation.user)).collect()
        };
        let judged = messages.into_iter().map(|(kept, _)| Judged {
            fates: users(decode(sent(&kept))),
            fails: false,
            reason: Some(Reason::clone(&reason)),
            message_id: kept.message.id,
        });
        judged.collect()
    }

    /// Looks up the users of one call.
    async fn look_up(&mut self, lookups: Vec<Lookup>, judged: &mut [Judged]) {
        let (reason, stays): (Reason, bool) = match (&self.failure, &self.reader) {
            (Some(failure), _) => failure.clone(),
            (None, None) => ("no table is configured".into(), true),
            (None, Some(reader)) => {
                let stop = Stop::on(self.cancel.clone());
                let (places, items): (Vec<_>, Vec<_>) =
                    lookups.into_iter().map(|(at, fate, item)| ((at, fate), item)).unzip();
                match reader.in_table(&items, &stop).await {
                    Ok(held) => {
                        for ((at, fate), held) in places.into_iter().zip(held) {
                            judged[at].fates[fate].1 = ListFate::InTable(held);
                        }
                        return;
                    }
                    Err(failure) => {
                        let stays = matches!(&failure, ReadFailure::Refused(error) if !error.kind.is_transient());
                        let failure: (Reason, bool) = (self.words(&failure).into(), stays);
                        self.failure = Some(failure.clone());
                        for (at, fate) in places {
                            judged[at].is_not_read(fate, &failure);
                        }
                        return;
                    }
                }
            }
        };
        let failure = (reason, stays);
        for (at, fate, _) in lookups {
            judged[at].is_not_read(fate, &failure);
        }
    }

    fn words(&self, failure: &ReadFailure) -> String {
        let table = self.judge.table().map_or("", |table| table.info.name.as_str());
        let needs = match failure {
            ReadFailure::Refused(error) if error.kind == ErrorKind::Denied => {
                " (needs dynamodb:BatchGetItem on the table)"
            }
            _ => "",
        };
        format!("cannot read from table {table}: {failure}{needs}")
    }
}

/// Cuts lookups into calls: of distinct users, and not too many or too large.
fn calls(lookups: Vec<Lookup>) -> Vec<Vec<Lookup>> {
    let mut calls = Vec::new();
    let mut rest = lookups;
    while !rest.is_empty() {
        let (mut call, mut later) = (Vec::new(), Vec::new());
        let (mut users, mut bytes) = (HashSet::new(), 0);
        for lookup in rest {
            let item = &lookup.2;
            let full = call.len() >= MAX_KEYS || bytes + item.bytes > CALL_BYTES;
            if (full && !call.is_empty()) || !users.insert(item.recommendation.user.clone()) {
                later.push(lookup);
                continue;
            }
            bytes += item.bytes;
            call.push(lookup);
        }
        calls.push(call);
        rest = later;
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;
    use reco_core::Recommendation;
    use reco_core::item::{KeyType, Schema};

    fn lookup(at: usize, user: i64) -> Lookup {
        let articles = vec![Id::from(1_i64)];
        let recommendation = Recommendation { user: Id::from(user), articles, generated_at: None };
        let item = Schema::with_key_type(KeyType::N).plan(recommendation).expect("fits");
        (at, 0, item)
    }

    #[test]
    fn a_call_has_each_user_once_and_at_most_a_hundred() {
        let users = (0..250).map(|user| user % 120);
        let lookups: Vec<Lookup> = users.enumerate().map(|(at, user)| lookup(at, user)).collect();
        let calls = calls(lookups);
        let mut places: Vec<usize> = calls.iter().flatten().map(|lookup| lookup.0).collect();
        places.sort_unstable();
        assert_eq!(places, (0..250).collect::<Vec<_>>(), "each list is looked up once");
        for call in &calls {
            let users: HashSet<_> =
                call.iter().map(|lookup| &lookup.2.recommendation.user).collect();
            assert_eq!(users.len(), call.len());
            assert!((1..=MAX_KEYS).contains(&call.len()), "{}", call.len());
        }
        assert!(super::calls(Vec::new()).is_empty());
    }
}
