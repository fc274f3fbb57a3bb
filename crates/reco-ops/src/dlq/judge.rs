//! Classification of received messages: decoding, facts lookup, table lookup, class.

mod row;
#[cfg(any(test, feature = "fixtures"))]
pub mod sample;

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use reco_core::classify::{ClassifyContext, Held, MessageContent, classify};
use reco_core::decode::{DecodeError, Decoded, decode};
use reco_core::facts::{FactSet, Facts, FactsError};
use reco_core::item::{ItemDescription, KeyType, PlannedItem, Schema};
use reco_core::judge::Verdict;
use reco_core::message::Message;
use reco_core::policy::Policy;
use reco_core::salvage::{SalvageError, Salvaged, salvage};
use reco_core::supersede::{UserDigest, user_digest};
use reco_core::{Id, IdMap, Recommendation, Time};
use reco_store::facts::FactsSource;
use reco_store::lists::Layout;
use serde::Serialize;

use crate::aws::{BY_POLICY, Table, foreign};
use crate::dlq::journal::{RedriveHistory, Redriven};
use crate::error::{Error, Result};
pub(crate) use row::values;
pub use row::{Body, Carried, Row, unsendable};

/// Body split into the entries to send and those rejected; `None` if there is nothing to split.
pub type Parted = std::result::Result<Option<Salvaged>, SalvageError>;

/// Inputs of the classification.
#[derive(Debug)]
pub struct Judge {
    facts: FactsSource,
    table: Option<Table>,
    policy: Policy,
    schema: Schema,
    layout: Option<Layout>,
    queue: QueueRules,
    history: Option<Arc<RedriveHistory>>,
    /// Source queue ARNs of messages, interned.
    sources: Mutex<BTreeSet<Arc<str>>>,
}

/// Configured inputs of the classification.
#[derive(Debug)]
pub struct Criteria {
    /// Policy of the Lambda's filter.
    pub policy: Policy,
    /// Source of the facts.
    pub facts: FactsSource,
    /// Layout of an item.
    pub item: ItemDescription,
    /// Table to check for newer lists, with the type of its lists.
    pub table: Option<Table>,
}

/// Queue properties used in the classification.
#[derive(Debug, Clone)]
pub struct QueueRules {
    /// The DLQ's retention in seconds.
    pub retention_s: i64,
    /// The destination's `MaximumMessageSize` in bytes, if the destination is known.
    pub destination_limit: Option<usize>,
    /// Destination of each message.
    pub homes: Homes,
}

/// Destinations of the messages. Messages to the same queue overwrite each other's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Homes {
    /// All messages go to one queue.
    One,
    /// Each goes to the queue it came from; one of unknown origin to this queue, if set.
    Source(Option<String>),
}

impl Homes {
    fn of<'a>(&'a self, message: &'a Message) -> Option<&'a str> {
        match self {
            Homes::One => None,
            Homes::Source(otherwise) => message.source_arn().or(otherwise.as_deref()),
        }
    }
}

/// Provenance of a classification, as reported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// SHA-256 of the policy's canonical form.
    pub policy_fingerprint: String,
    /// Kind of facts source that was used.
    pub facts: String,
    /// Name of the table checked for newer lists.
    pub table: Option<String>,
    /// Checks that were not possible, with the reason.
    pub limits: Vec<String>,
}

/// Maximum characters shown of a service's failure reason; `dlq peek --full` shows all.
const LONGEST_FAILURE: usize = 200;

/// Classified message, with the data that decides `superseded`.
#[derive(Debug)]
pub struct Examined {
    /// Classification so far; `superseded` is determined when the scan ends.
    pub row: Row,
    /// Digests of the users whose lists would be written, per destination queue.
    pub users: Box<[UserDigest]>,
    /// Generation time of its lists, milliseconds since the epoch.
    pub made_ms: i64,
}

impl Examined {
    /// Returns whether a redrive would get it written; only then does it supersede others.
    #[must_use]
    pub fn can_pass(&self) -> bool {
        self.row.verdict.class.can_pass() && self.row.unsendable.is_none()
    }
}

/// Plausible ages in seconds: from ten years old down to a clock that is a day ahead.
const AGES: std::ops::Range<i64> = -86_400..315_360_000;

impl Judge {
    /// Returns a judge without history.
    #[must_use]
    pub fn new(criteria: Criteria, queue: QueueRules) -> Self {
        let Criteria { policy, facts, item, table } = criteria;
        let (schema, layout) = match &table {
            Some(table) => (table.schema.clone(), Some(table.layout())),
            // String keys accept any id, so no message is malformed merely because the table is
            // unknown.
            None => (item.schema(KeyType::S, KeyType::S), None),
        };
        let (history, sources) = (None, Mutex::default());
        Judge { facts, table, policy, schema, layout, queue, history, sources }
    }

    /// Marks messages that an earlier run has already redriven.
    #[must_use]
    pub fn with_history(self, history: Arc<RedriveHistory>) -> Self {
        Judge { history: Some(history), ..self }
    }

    /// Returns the table that lists are checked against.
    #[must_use]
    pub fn table(&self) -> Option<&Table> {
        self.table.as_ref()
    }

    /// Returns the provenance of its classifications.
    #[must_use]
    pub fn basis(&self) -> Provenance {
        let mut limits = Vec::new();
        if self.facts.is_none() && self.policy.rules.need_facts() {
            limits.push(
                "facts are `none`: rules that need facts were skipped, so unknown users and lists that the filter would empty are not detected"
                    .to_owned(),
            );
        }
        if self.table.is_none() {
            limits.push(
                "no table configured: newer lists (`stale`) and key types were not checked, and WCU are computed for String ids"
                    .to_owned(),
            );
        }
        Provenance {
            policy_fingerprint: self.policy.fingerprint(),
            facts: self.facts.kind().to_owned(),
            table: self.table.as_ref().map(|table| table.info.name.clone()),
            limits,
        }
    }

    /// Classifies messages together, with one lookup of the facts and one of the table.
    ///
    /// # Errors
    /// When the facts or the table are unavailable: no message is classified without them.
    pub async fn examine(&self, messages: &[Message], now_ms: i64) -> Result<Vec<Examined>> {
        let bodies = messages.iter().map(|message| decode(&message.body));
        let contents = self.contents(bodies.collect()).await?;
        let in_table = match &self.table {
            Some(table) => {
                table.generated_at(contents.iter().flat_map(MessageContent::writable_users)).await?
            }
            None => HashMap::new(),
        };
        let pairs = messages.iter().zip(&contents);
        Ok(pairs.map(|(message, content)| self.row(message, content, &in_table, now_ms)).collect())
    }

    /// Judges decoded bodies as the Lambda would now, with one lookup of the facts.
    ///
    /// # Errors
    /// When the facts or the layout of the table's lists are unavailable.
    pub async fn contents(
        &self,
        decoded: Vec<Result<Decoded, DecodeError>>,
    ) -> Result<Vec<MessageContent>> {
        let facts = self.facts_for(&decoded).await?;
        let schema = self.schema_for(&decoded).await?;
        let judged =
            decoded.into_iter().map(|one| MessageContent::judge(one, &facts, &self.policy, schema));
        Ok(judged.collect())
    }

    /// Returns the users of a message and the items that the function would write for it, one for
    /// each user.
    ///
    /// # Errors
    /// When the facts or the table are unavailable.
    pub async fn plan(&self, message: &Message) -> Result<(Vec<Id>, Vec<PlannedItem>)> {
        let contents = self.contents(vec![decode(&message.body)]).await?;
        let entries = contents.into_iter().flat_map(|content| content.entries);
        let (mut users, mut kept) = (Vec::new(), IdMap::<PlannedItem>::default());
        for entry in entries {
            users.push(entry.user.clone());
            if let Verdict::Write(item) = entry.judged.verdict {
                match kept.entry(entry.user) {
                    Entry::Vacant(slot) => {
                        slot.insert(item);
                    }
                    Entry::Occupied(mut slot) => {
                        slot.get_mut().follow(item, self.policy.writes.only_newer);
                    }
                }
            }
        }
        Ok((users, kept.into_values().collect()))
    }

    /// Returns the item layout with the type of the lists that it found in the table.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        self.layout.as_ref().map_or(&self.schema, Layout::known)
    }

    /// Returns the policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Returns the source of the facts.
    #[must_use]
    pub fn facts(&self) -> &FactsSource {
        &self.facts
    }

    /// Splits bodies that have both good and bad entries, with one lookup of the facts.
    ///
    /// # Errors
    /// When the facts are unavailable.
    pub async fn salvage(&self, bodies: &[&str]) -> Result<Vec<Parted>> {
        let decoded: Vec<_> = bodies.iter().map(|body| decode(body)).collect();
        let facts = self.facts_for(&decoded).await?;
        let schema = self.schema_for(&decoded).await?;
        let part = |decoded: Result<Decoded, DecodeError>| match decoded {
            Ok(decoded) => salvage(decoded, &facts, &self.policy, schema),
            Err(_) => Ok(None),
        };
        Ok(decoded.into_iter().map(part).collect())
    }

    /// Returns the Lambda's item layout for the lists of these messages.
    async fn schema_for(&self, decoded: &[Result<Decoded, DecodeError>]) -> Result<&Schema> {
        let (Some(layout), Some(table)) = (&self.layout, &self.table) else {
            return Ok(&self.schema);
        };
        let sound = decoded.iter().flatten().flat_map(|decoded| &decoded.entries);
        let users = sound.map(|entry| &entry.recommendation.user);
        layout.for_users(users).await.map_err(|error| foreign(&table.info.name, &error, BY_POLICY))
    }

    async fn facts_for(&self, decoded: &[Result<Decoded, DecodeError>]) -> Result<FactSet> {
        let sound = decoded.iter().flatten().flat_map(|decoded| &decoded.entries);
        let lists: Vec<&Recommendation> = sound.map(|entry| &entry.recommendation).collect();
        self.facts.for_lists(&lists).await.map_err(|error| facts_failed(&error))
    }

    fn row(
        &self,
        message: &Message,
        content: &MessageContent,
        in_table: &HashMap<Id, Held>,
        now_ms: i64,
    ) -> Examined {
        let sent_at_ms = message.sent_at_ms();
        let size_bytes = message.size();
        let around = ClassifyContext {
            message_bytes: size_bytes,
            destination_limit: self.queue.destination_limit,
            sent_at: sent_at_ms.map(Time::from_millis),
            in_table,
            superseded: false,
        };
        let made = content.entries.iter().filter_map(|entry| entry.generated_at).max();
        let redriven = self.history.as_ref().and_then(|history| history.recognise(message));
        let mut verdict = classify(content, &around);
        verdict.reasons.extend(redriven.as_ref().map(Redriven::reason));
        verdict.reasons.extend(message.failure().map(|words| {
            let words: String = words.chars().take(LONGEST_FAILURE).collect();
            format!("reported by the service that sent it to the DLQ: {words}")
        }));
        verdict.reasons.shrink_to_fit();
        let row = Row {
            message_id: message.id.clone(),
            verdict,
            sent_at_ms,
            age_s: sent_at_ms.map(|sent| (now_ms - sent) / 1000).filter(|age| AGES.contains(age)),
            time_left_s: sent_at_ms.map(|sent| (sent - now_ms) / 1000 + self.queue.retention_s),
            receive_count: message.receive_count(),
            size_bytes,
            group_id: message.group_id().map(Into::into),
            source: message.source_arn().map(|arn| self.source(arn)),
            sequence: message.sequence().map(Box::new),
            unsendable: unsendable(message, self.queue.destination_limit).map(Into::into),
            redriven: redriven.map(Box::new),
            carried: None,
        };
        let home = self.queue.homes.of(message);
        Examined {
            row,
            users: content.writable_users().map(|user| user_digest(home, user)).collect(),
            made_ms: made.map(Time::millis).or(sent_at_ms).unwrap_or(i64::MAX),
        }
    }

    /// Returns the shared ARN of a source queue.
    fn source(&self, arn: &str) -> Arc<str> {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = sources.get(arn) {
            return Arc::clone(known);
        }
        let source: Arc<str> = arn.into();
        sources.insert(Arc::clone(&source));
        source
    }
}

fn facts_failed(error: &FactsError) -> Error {
    Error::facts("facts database unavailable; refusing to classify without it", error)
        .hint("check --facts, or pass `--facts none` to skip the rules that need facts")
}
