//! Repair of the selected messages, before it is decided which ones are moved.

use reco_core::classify::Class;
use reco_core::decode::strip;
use reco_core::journal::Digest;
use reco_core::message::Message;
use reco_core::salvage::Rejected;
use reco_core::supersede::{Lists, UserDigest};
use serde::Serialize;

use super::{Repair, Step};
use crate::dlq::judge::{Examined, Judge};
use crate::dlq::scan::Found;
use crate::dlq::select::{Classes, Match, is_outdated};
use crate::error::{Error, Kind, Result};
use crate::files::spool::{Slot, Spool};

/// Messages classified together, with one lookup of the facts and one of the table.
const TOGETHER: usize = 100;

/// Result of repairing a message; there is none if it is unchanged.
#[derive(Debug)]
pub enum Repaired {
    /// It is sent with another body.
    Changed(Box<Changed>),
    /// It cannot be repaired and stays, for this reason.
    Refused(String),
}

/// Message that is sent with another body.
#[derive(Debug, Clone)]
pub struct Changed {
    /// New body, in the spool.
    pub out: Slot,
    /// Entries that are not sent, in the spool as lines of a rejects file.
    pub rejects: Option<Slot>,
    /// Number of entries that are not sent.
    pub rejected: usize,
    /// Applied steps.
    pub steps: Vec<Step>,
    /// Names of message attributes lost with an envelope.
    pub left_behind: Vec<String>,
    /// Class of the changed message.
    pub class: Class,
    /// Write capacity units that it will cost.
    pub wcu: u64,
    /// Size of the changed message in bytes, including attributes.
    pub size: usize,
    /// Digest of the changed body and attributes, by which it is recognised if it comes back.
    pub digest: Digest,
    /// Reason why SQS would refuse it.
    pub unsendable: Option<String>,
    users: Box<[UserDigest]>,
    made_ms: i64,
}

/// Repairer of the messages of a scan.
#[derive(Debug)]
pub struct Repairer<'a> {
    /// Requested repairs.
    pub repair: &'a Repair,
    /// Classifies the results.
    pub judge: &'a Judge,
    /// Store of the messages and of their new bodies.
    pub spool: &'a Spool,
    /// Requested classes: a message found to be outdated is sent only if its class is among them.
    pub wanted: &'a Classes,
}

/// Body being repaired.
struct Draft {
    at: usize,
    message: Message,
    steps: Vec<Step>,
    left_behind: Vec<String>,
    rejected: Vec<Rejected>,
}

/// Line of a rejects file.
#[derive(Serialize)]
struct RejectLine<'a> {
    message_id: &'a str,
    #[serde(flatten)]
    rejected: &'a Rejected,
}

impl Repairer<'_> {
    /// Repairs the selected messages of a scan, in order; empty if no repairs are requested. `lists`
    /// are those of the whole scan before any repair.
    ///
    /// # Errors
    /// When spool, facts or table fail: no message is classified without them.
    pub async fn repair(
        &self,
        found: &[Found],
        chosen: &[Match],
        lists: &Lists,
        now_ms: i64,
    ) -> Result<Vec<Option<Repaired>>> {
        if self.repair.is_none() {
            return Ok(Vec::new());
        }
        let mut repaired: Vec<Option<Repaired>> = found.iter().map(|_| None).collect();
        let at: Vec<usize> = (0..found.len()).filter(|at| chosen[*at] == Match::Yes).collect();
        for some in at.chunks(TOGETHER) {
            let mut drafts = Vec::with_capacity(some.len());
            for at in some {
                match self.draft(*at, &found[*at]).await? {
                    Ok(draft) => drafts.push(draft),
                    Err(reason) => repaired[*at] = Some(Repaired::Refused(reason)),
                }
            }
            if self.repair.salvage {
                drafts = self.salvage(drafts, &mut repaired).await?;
            }
            self.judge_all(drafts, found, &mut repaired, now_ms).await?;
        }
        self.drop_superseded(&mut repaired, lists);
        Ok(repaired)
    }

    async fn draft(&self, at: usize, found: &Found) -> Result<Result<Draft, String>> {
        let slot = found
            .slot
            .ok_or_else(|| Error::new(Kind::Internal, "a message to repair was not spooled"))?;
        let message = self.spool.get(slot)?;
        let (steps, left_behind, rejected) = (Vec::new(), Vec::new(), Vec::new());
        let mut draft = Draft { at, message, steps, left_behind, rejected };
        if self.repair.unwrap {
            match strip(&draft.message.body) {
                Ok(Some(stripped)) => {
                    draft.left_behind = stripped.attributes;
                    draft.becomes(stripped.body, Step::Unwrap);
                }
                Ok(None) => {}
                Err(error) => return Ok(Err(format!("--unwrap: {error}"))),
            }
        }
        if let Some(transform) = &self.repair.transform {
            match transform.apply(&draft.message.body).await {
                Ok(Some(body)) => draft.becomes(body, Step::Transform),
                Ok(None) => {}
                Err(error) => return Ok(Err(format!("--transform failed: {error}"))),
            }
        }
        Ok(Ok(draft))
    }

    /// Removes bad entries from messages that also have good ones.
    async fn salvage(
        &self,
        drafts: Vec<Draft>,
        repaired: &mut [Option<Repaired>],
    ) -> Result<Vec<Draft>> {
        let bodies: Vec<&str> = drafts.iter().map(|draft| draft.message.body.as_str()).collect();
        let salvaged = self.judge.salvage(&bodies).await?;
        let mut kept = Vec::with_capacity(drafts.len());
        for (mut draft, salvaged) in drafts.into_iter().zip(salvaged) {
            match salvaged {
                Ok(None) => {}
                Ok(Some(salvaged)) => {
                    draft.rejected = salvaged.rejected;
                    draft.becomes(salvaged.body, Step::Salvage);
                }
                Err(error) => {
                    repaired[draft.at] = Some(Repaired::Refused(format!("--salvage: {error}")));
                    continue;
                }
            }
            kept.push(draft);
        }
        Ok(kept)
    }

    async fn judge_all(
        &self,
        drafts: Vec<Draft>,
        found: &[Found],
        repaired: &mut [Option<Repaired>],
        now_ms: i64,
    ) -> Result<()> {
        let (same, changed): (Vec<Draft>, Vec<Draft>) =
            drafts.into_iter().partition(|draft| draft.steps.is_empty());
        for draft in same {
            let verdict = &found[draft.at].row.verdict;
            if self.repair.transform.is_some() && is_broken(verdict.class) {
                repaired[draft.at] = Some(Repaired::Refused(format!(
                    "--transform did not change it: {}",
                    verdict.reasons.first().map_or("it does not decode", String::as_str)
                )));
            }
        }
        let messages: Vec<Message> = changed.iter().map(|draft| draft.message.clone()).collect();
        let examined = self.judge.examine(&messages, now_ms).await?;
        for (draft, examined) in changed.into_iter().zip(examined) {
            repaired[draft.at] = Some(self.judged(&draft, examined)?);
        }
        Ok(())
    }

    fn judged(&self, draft: &Draft, examined: Examined) -> Result<Repaired> {
        let Examined { row, users, made_ms } = examined;
        let why = row.verdict.reasons.first().cloned().unwrap_or_default();
        let class = row.verdict.class;
        if is_broken(class) {
            let flags: Vec<&str> = draft.steps.iter().map(|step| step.flag()).collect();
            let flags = flags.join(", ");
            return Ok(Repaired::Refused(format!("{flags} made it {class}: {why}")));
        }
        if let Some(reason) = self.outdated(class, &why) {
            return Ok(Repaired::Refused(reason));
        }
        let lines = draft.reject_lines()?;
        let rejects = (!lines.is_empty()).then(|| self.spool.put_text(&lines)).transpose()?;
        Ok(Repaired::Changed(Box::new(Changed {
            out: self.spool.put_text(&draft.message.body)?,
            rejects,
            rejected: draft.rejected.len(),
            steps: draft.steps.clone(),
            left_behind: draft.left_behind.clone(),
            class,
            wcu: row.verdict.wcu,
            size: row.size_bytes,
            digest: Digest::of(&draft.message.body, &draft.message.attributes),
            unsendable: row.unsendable.map(Into::into),
            users,
            made_ms,
        })))
    }

    /// Returns the reason not to send an outdated message: a repair may reveal that newer lists
    /// exist.
    fn outdated(&self, class: Class, why: &str) -> Option<String> {
        let named = !is_outdated(class) || self.wanted.has(class);
        (!named).then(|| {
            format!("after the repair it is {class} ({why}); --class {class} sends it anyway")
        })
    }

    fn drop_superseded(&self, repaired: &mut [Option<Repaired>], lists: &Lists) {
        let mut newest = lists.newest();
        let sendable = |changed: &&Changed| changed.unsendable.is_none();
        let changed = repaired.iter().flatten().filter_map(Repaired::changed);
        for changed in changed.filter(sendable).filter(|changed| changed.class.can_pass()) {
            newest.observe(&changed.users, changed.made_ms);
        }
        for slot in repaired {
            let Some(Repaired::Changed(changed)) = slot else { continue };
            let superseded = newest.supersedes(&changed.users, changed.made_ms);
            changed.users = Box::default();
            if superseded && !is_outdated(changed.class) {
                changed.class = Class::Superseded;
                let why = "newer messages of this scan hold all of its users";
                if let Some(reason) = self.outdated(Class::Superseded, why) {
                    *slot = Some(Repaired::Refused(reason));
                }
            }
        }
    }
}

impl Repaired {
    /// Takes the changed message.
    #[must_use]
    pub fn into_changed(self) -> Option<Box<Changed>> {
        match self {
            Repaired::Changed(changed) => Some(changed),
            Repaired::Refused(_) => None,
        }
    }

    /// Returns the changed message.
    #[must_use]
    pub fn changed(&self) -> Option<&Changed> {
        match self {
            Repaired::Changed(changed) => Some(changed),
            Repaired::Refused(_) => None,
        }
    }
}

impl Draft {
    fn becomes(&mut self, body: String, step: Step) {
        self.message.body = body;
        self.steps.push(step);
    }

    fn reject_lines(&self) -> Result<String> {
        let mut lines = String::new();
        for rejected in &self.rejected {
            let line = RejectLine { message_id: &self.message.id, rejected };
            let line = serde_json::to_string(&line).map_err(|error| {
                Error::new(Kind::Internal, "cannot write a rejected entry").because(&error)
            })?;
            lines.push_str(&line);
            lines.push('\n');
        }
        Ok(lines)
    }
}

/// Returns whether messages of this class fail however often they are sent.
fn is_broken(class: Class) -> bool {
    matches!(class, Class::Malformed | Class::Foreign)
}
