//! Messages of one user in the DLQ.

use std::collections::BTreeSet;
use std::sync::Arc;

use reco_core::classify::{Class, MessageContent};
use reco_core::decode::{Decoded, decode};
use reco_core::item::Action;
use reco_core::judge::Verdict;
use reco_core::standing::{OtherFate, OtherList};
use reco_core::{Id, Time};
use serde::Serialize;

use super::runs::{MovedBy, moved_of};
use crate::dlq::chosen::Chosen;
use crate::dlq::journal::Home;
use crate::dlq::judge::Row;
use crate::dlq::reach::Reach;
use crate::dlq::scan::{Goal, Keep};
use crate::dlq::select::{Classes, Matcher};
use crate::dlq::session::{Looked, Session, SessionOptions};
use crate::error::Result;
use crate::files::spool::Spool;

/// Messages that are judged together, with one lookup of the facts.
const TOGETHER: usize = 200;

/// Messages of the DLQ with lists of a user.
#[derive(Debug, Clone, Serialize)]
pub struct InDlq {
    /// Name of the DLQ.
    pub dlq: String,
    /// Messages received; all of them are visible again.
    pub scanned: u64,
    /// Those with a list of the user, oldest first.
    pub messages: Vec<DlqMessage>,
    /// Reach of the scan.
    #[serde(flatten)]
    pub reach: Reach,
    /// Messages with a list of the user that redrives of this machine sent, by their journals.
    pub moved: Vec<MovedBy>,
    /// Messages that could not be made visible again at once.
    pub invisible: u64,
    /// Stopped by a signal.
    pub interrupted: bool,
}

/// Message with a list of the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DlqMessage {
    /// Message id.
    pub message_id: String,
    /// Class of the message.
    pub class: Class,
    /// Whether a redrive would have something written for the user: of the others, the message is
    /// dead, or the filter leaves nothing of the list today.
    pub waiting: bool,
    /// Why nothing would be written for the user, or else the first reason for the class.
    pub why: Option<String>,
    /// When the user's list was generated, or else when the message was sent.
    pub generated_at: Option<Time>,
    /// Ids in the user's list, if it can be read.
    pub ids: Option<usize>,
    /// What today's filter makes of the user's list.
    #[serde(skip)]
    pub fate: OtherFate,
}

/// Looks through the DLQ for messages of a user; every message is visible again afterwards. `force`
/// allows a DLQ with a redrive policy of its own.
///
/// # Errors
/// Fails if the queue cannot be found or received from, or a safety rule refuses it.
pub async fn in_dlq(
    open: impl AsyncFnOnce(SessionOptions) -> Result<Session>,
    home: &Home,
    (user, force): (&Id, bool),
) -> Result<InDlq> {
    let matcher = Arc::new(Matcher {
        classes: Classes::Any,
        ids: None,
        sources: None,
        older_than_s: None,
        newer_than_s: None,
        users: Some(BTreeSet::from([user.text().into_owned()])),
        query: None,
    });
    let spool = Arc::new(Spool::new()?);
    let keep = Keep::Spooled(Arc::clone(&spool));
    let session = open(SessionOptions::looking(Arc::clone(&matcher), keep, force)).await?;
    let Looked { mut scan, reach, released } = session.look(Goal::All).await?;
    let control = &session.control;
    let chosen = Chosen::of(&control.events, &matcher, Some(&spool), &mut scan).await?;
    let scanned = chosen.scanned;
    let chosen = chosen.with_messages(&spool, true)?;
    let (mut messages, mut found) = (Vec::new(), chosen.found.into_iter());
    while !control.cancel.is_cancelled() && found.len() > 0 {
        let rows: Vec<Row> = found.by_ref().take(TOGETHER).map(|found| *found.row).collect();
        messages.extend(judged(&session, user, rows).await?);
    }
    Ok(InDlq {
        dlq: session.pair.dlq.queue.name.clone(),
        scanned,
        messages,
        reach,
        moved: moved_of(home, &session.pair.dlq.queue.arn, user),
        invisible: released.invisible(),
        interrupted: control.cancel.is_cancelled(),
    })
}

/// Returns messages with what the function would make of the user's list in each.
async fn judged(session: &Session, user: &Id, rows: Vec<Row>) -> Result<Vec<DlqMessage>> {
    let body = |row: &Row| Some(row.carried.as_ref()?.body.as_ref()?.0.clone());
    let decoded: Vec<_> = rows.iter().map(|row| decode(&body(row).unwrap_or_default())).collect();
    let lists: Vec<_> =
        decoded.iter().map(|one| one.as_ref().ok().and_then(|one| list_of(one, user))).collect();
    let contents = session.scanner.judge.contents(decoded).await?;
    let mut messages = Vec::with_capacity(rows.len());
    for ((row, list), content) in rows.into_iter().zip(lists).zip(contents) {
        let fate = fate_of(&content, user);
        let can_pass = matches!(row.verdict.class, Class::Retryable | Class::Partial);
        let sent = row.sent_at_ms.map(Time::from_millis);
        messages.push(DlqMessage {
            message_id: row.message_id,
            class: row.verdict.class,
            waiting: can_pass && matches!(fate, OtherFate::Kept(_) | OtherFate::Removal),
            why: why(fate).filter(|_| can_pass).or_else(|| row.verdict.reasons.first().cloned()),
            generated_at: list.and_then(|(time, _)| time).or(sent),
            ids: list.map(|(_, ids)| ids),
            fate,
        });
    }
    Ok(messages)
}

/// Returns time and length of the last list of the user in a body.
fn list_of(decoded: &Decoded, user: &Id) -> Option<(Option<Time>, usize)> {
    let mut entries = decoded.entries.iter().map(|entry| &entry.recommendation);
    let last = entries.rfind(|list| list.user == *user)?;
    Some((last.generated_at, last.articles.len()))
}

/// Returns what the function would make of the user's lists in a message: of several, the last one
/// that is written stays.
fn fate_of(content: &MessageContent, user: &Id) -> OtherFate {
    let entries = content.entries.iter();
    let fates =
        entries.filter(|entry| entry.user == *user).map(|entry| match &entry.judged.verdict {
            Verdict::Write(item) if item.action == Action::Delete => OtherFate::Removal,
            Verdict::Write(item) => OtherFate::Kept(item.recommendation.articles.len()),
            Verdict::Skip(why) => OtherFate::Nothing(*why),
            Verdict::Reject(_) => OtherFate::Unusable,
        });
    let strength = |fate: &OtherFate| match fate {
        OtherFate::Kept(_) | OtherFate::Removal => 2,
        OtherFate::Nothing(_) => 1,
        OtherFate::Unusable => 0,
    };
    fates.max_by_key(strength).unwrap_or(OtherFate::Unusable)
}

/// Returns why nothing would be written for the user of a message that is not dead.
fn why(fate: OtherFate) -> Option<String> {
    match fate {
        OtherFate::Nothing(why) => {
            Some(format!("nothing would be written for the user: {}", why.name()))
        }
        OtherFate::Unusable => Some("the list of the user cannot be written".to_owned()),
        OtherFate::Kept(_) | OtherFate::Removal => None,
    }
}

impl InDlq {
    /// Returns the newest list that would be written if its message were redriven.
    #[must_use]
    pub fn newest_waiting(&self) -> Option<OtherList> {
        // A deletion leaves no list: it is among the messages, and nothing waits to be written.
        let kept = |message: &&DlqMessage| matches!(message.fate, OtherFate::Kept(_));
        let waiting = self.messages.iter().filter(|message| message.waiting).filter(kept);
        OtherList::counting(waiting.map(|message| {
            let id: String = message.message_id.chars().take(8).collect();
            let (time, fate) = (message.generated_at, message.fate);
            OtherList { place: format!("message {id}"), time, fate }
        }))
    }
}
