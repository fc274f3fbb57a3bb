//! Reads items back and compares them with what should have been written.

mod difference;
mod pace;

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use reco_core::Id;
use reco_core::item::{PlannedItem, Schema, gives_way};
use reco_core::message_outcome::InTable;

use self::difference::Expected;
pub use self::difference::{Difference, ExpiryBounds};
use self::pace::ReadPace;
use crate::batch_get::Item;
pub use crate::batch_get::MAX_KEYS;
use crate::encode::{key_of, time_of, user_of};
use crate::retry::{Halt, RetryOptions, Stop};
use crate::service::{ErrorKind, ServiceError};
use crate::table::consumed;
use crate::writer::{Kept, Replacing};

/// Reads items back and compares them. Cheap to clone; clones share one budget.
#[derive(Debug, Clone)]
pub struct Reader {
    client: Client,
    table: String,
    schema: Schema,
    retry: RetryOptions,
    pace: Arc<ReadPace>,
    /// True if writes keep lists of the same time.
    only_newer: bool,
    expiry: Option<ExpiryBounds>,
}

/// Result and cost of a comparison.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Compared {
    /// Items that differ in the table, by their index in the input.
    pub differences: Vec<(usize, Difference)>,
    /// Read capacity units consumed, as reported by DynamoDB.
    pub rcu: f64,
    /// Calls made.
    pub calls: u64,
    /// Calls repeated because keys came back unprocessed or the call failed.
    pub retries: u64,
    /// Calls throttled as a whole.
    pub throttled_calls: u64,
}

/// Reason why a comparison could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadFailure {
    /// The deadline passed, or the caller cancelled.
    #[error("stopped before all items were read")]
    Halted(Halt),
    /// Every attempt was throttled or failed.
    #[error("not read after {attempts} attempts without progress{}", .last.as_ref().map(|e| format!(": {e}")).unwrap_or_default())]
    Exhausted {
        /// Consecutive attempts without progress.
        attempts: u32,
        /// The last error; `None` if DynamoDB responded without reading anything.
        last: Option<ServiceError>,
    },
    /// DynamoDB rejected the call.
    #[error(transparent)]
    Refused(ServiceError),
    /// The lists that may be replaced cannot be looked up.
    #[error("cannot look up the lists to replace: {0}")]
    Unknown(String),
}

/// Effect that a write would have on a user's item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreseen {
    /// How the table's item differs from the one to write.
    pub change: Change,
    /// True if it would stay because only older lists are replaced.
    pub stale: bool,
    /// Why it would stay, if only some items are replaced and it is not one of them.
    pub kept: Option<Kept>,
}

/// How the table's item differs from the one to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The table holds what would be written.
    Same,
    /// The table holds another list, or other attributes.
    Changed,
    /// The table holds a newer list.
    Newer,
    /// The table holds no item of the user.
    New,
}

impl Change {
    fn of(difference: Option<&Difference>) -> Self {
        match difference {
            None => Change::Same,
            Some(Difference::Missing) => Change::New,
            Some(Difference::Newer { .. }) => Change::Newer,
            Some(_) => Change::Changed,
        }
    }
}

impl Reader {
    /// Creates a reader that consumes at most `rcu` read capacity units per second on average;
    /// `None` means unlimited.
    #[must_use]
    pub fn new(
        client: Client,
        table: impl Into<String>,
        schema: Schema,
        retry: RetryOptions,
        rcu: Option<f64>,
    ) -> Self {
        Reader {
            client,
            table: table.into(),
            schema,
            retry,
            pace: Arc::new(ReadPace::new(rcu)),
            only_newer: false,
            expiry: None,
        }
    }

    /// Ignores the constant attributes of a run.
    #[must_use]
    pub fn lists_only(mut self) -> Self {
        self.schema.constants.clear();
        self
    }

    /// Expects the result of a guarded writer: an item of the same time stays as it was, with the
    /// attributes of the run that wrote it.
    #[must_use]
    pub fn guarded(mut self) -> Self {
        self.only_newer = true;
        self.lists_only()
    }

    /// Expects every item to expire within known bounds.
    #[must_use]
    pub fn expiring(mut self, expiry: ExpiryBounds) -> Self {
        self.expiry = Some(expiry);
        self
    }

    /// Compares items, at most [`MAX_KEYS`] of distinct users, with the table's present content
    /// (consistent reads).
    ///
    /// # Errors
    /// [`ReadFailure`] if not all items could be read.
    pub async fn compare(
        &self,
        items: &[PlannedItem],
        stop: &Stop,
    ) -> Result<Compared, ReadFailure> {
        let mut differences = Vec::new();
        let compared = self.each(items, stop, |at, found| {
            let expected = Expected {
                only_newer: self.only_newer,
                expiry: self.expiry.as_ref(),
                ..Expected::plain(&items[at], &self.schema)
            };
            let difference = expected.difference(found);
            differences.extend(difference.map(|difference| (at, difference)));
        });
        let mut compared = compared.await?;
        differences.sort_by_key(|(at, _)| *at);
        compared.differences = differences;
        Ok(compared)
    }

    /// Returns what the table holds for the user of each item, at most [`MAX_KEYS`] of distinct users,
    /// by the same comparison as [`Reader::compare`].
    ///
    /// # Errors
    /// [`ReadFailure`] if not all items could be read.
    pub async fn in_table(
        &self,
        items: &[PlannedItem],
        stop: &Stop,
    ) -> Result<Vec<InTable>, ReadFailure> {
        let mut all = vec![InTable::Nothing; items.len()];
        let read = self.each(items, stop, |at, found| {
            all[at] = match Expected::plain(&items[at], &self.schema).difference(found) {
                None => InTable::Same,
                Some(Difference::Missing) => InTable::Nothing,
                Some(Difference::Newer { .. }) => InTable::Newer,
                Some(_) => {
                    let held = found.and_then(|found| time_of(found, &self.schema).ok().flatten());
                    match items[at].recommendation.generated_at.zip(held) {
                        None => InTable::Other,
                        Some((own, held)) if held == own => InTable::SameTime,
                        Some(_) => InTable::Older,
                    }
                }
            };
        });
        read.await?;
        Ok(all)
    }

    /// Returns what writing these items would change, at most [`MAX_KEYS`] of distinct users, and,
    /// with `replacing`, which of the table's items would stay.
    ///
    /// # Errors
    /// [`ReadFailure`] if not all items could be read.
    pub async fn foresee(
        &self,
        items: &[PlannedItem],
        replacing: Option<&Replacing>,
        stop: &Stop,
    ) -> Result<(Vec<Foreseen>, Compared), ReadFailure> {
        let none = Foreseen { change: Change::Same, stale: false, kept: None };
        let mut foreseen = vec![none; items.len()];
        let mut unknown = None;
        let cost = self.each(items, stop, |at, found| {
            let expected = Expected::plain(&items[at], &self.schema);
            foreseen[at].change = Change::of(expected.difference(found).as_ref());
            let time = found.map(|found| time_of(found, &self.schema).ok().flatten());
            let gives_way = time.is_none_or(|time| gives_way(time, items[at].guard));
            foreseen[at].stale = self.only_newer && !gives_way;
            if let Some(replacing) = replacing {
                match replacing.foresee(&self.schema, &items[at], found) {
                    Ok(kept) => foreseen[at].kept = kept,
                    Err(why) => unknown = Some(why),
                }
            }
        });
        let cost = cost.await?;
        match unknown {
            Some(why) => Err(ReadFailure::Unknown(why)),
            None => Ok((foreseen, cost)),
        }
    }

    /// Reads items and passes each, by its index, to `take`.
    async fn each(
        &self,
        items: &[PlannedItem],
        stop: &Stop,
        mut take: impl FnMut(usize, Option<&Item>),
    ) -> Result<Compared, ReadFailure> {
        let mut compared = Compared::default();
        let mut pending: HashMap<&Id, usize> =
            items.iter().enumerate().map(|(at, item)| (&item.recommendation.user, at)).collect();
        let (mut strain, mut fruitless, mut last) = (0, 0, None);
        while !pending.is_empty() {
            if strain > 0 {
                stop.pause(self.retry.delay(strain)).await.map_err(ReadFailure::Halted)?;
                compared.retries += 1;
            }
            let before = pending.len();
            let keys = pending.keys().map(|user| key_of(user, &self.schema)).collect();
            match self.get(keys, stop, &mut compared).await? {
                Ok(answer) => self.settle(&mut pending, answer, &mut take),
                Err(error) => last = Some(error),
            }
            let progress = pending.len() < before;
            strain = if progress { strain.max(1) } else { strain + 1 };
            fruitless = if progress { 0 } else { fruitless + 1 };
            if fruitless >= self.retry.max_attempts {
                return Err(ReadFailure::Exhausted { attempts: fruitless, last });
            }
        }
        Ok(compared)
    }

    /// Makes one call; the inner error is transient.
    async fn get(
        &self,
        keys: Vec<Item>,
        stop: &Stop,
        compared: &mut Compared,
    ) -> Result<Result<BatchGetItemOutput, ServiceError>, ReadFailure> {
        let reserved = self.pace.reserve(keys.len());
        stop.pause(reserved.wait).await.map_err(ReadFailure::Halted)?;
        let names = self.attributes();
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true)
            .projection_expression(names.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
            .set_expression_attribute_names(Some(names))
            .build()
            .expect("the keys are set");
        let call = self
            .client
            .batch_get_item()
            .request_items(&self.table, keys)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send();
        compared.calls += 1;
        let error = match stop.bound(call).await.map_err(ReadFailure::Halted)? {
            Ok(answer) => {
                let used = answer.consumed_capacity().iter().map(|c| consumed(c.capacity_units()));
                let used: f64 = used.sum();
                compared.rcu += used;
                self.pace.correct(&reserved, used);
                return Ok(Ok(answer));
            }
            Err(error) => ServiceError::from_sdk("BatchGetItem", &self.table, &error),
        };
        self.pace.correct(&reserved, 0.0);
        compared.throttled_calls += u64::from(error.kind == ErrorKind::Throttled);
        if error.kind.is_transient() { Ok(Err(error)) } else { Err(ReadFailure::Refused(error)) }
    }

    /// Passes on the items that a response covers; unprocessed keys stay pending.
    fn settle(
        &self,
        pending: &mut HashMap<&Id, usize>,
        answer: BatchGetItemOutput,
        take: &mut impl FnMut(usize, Option<&Item>),
    ) {
        let user_of = |item: &Item| user_of(item, &self.schema);
        let unread = answer.unprocessed_keys.unwrap_or_default();
        let unread: std::collections::HashSet<Id> =
            unread.values().flat_map(KeysAndAttributes::keys).filter_map(user_of).collect();
        let found: HashMap<Id, Item> = answer
            .responses
            .unwrap_or_default()
            .into_values()
            .flatten()
            .filter_map(|item| Some((user_of(&item)?, item)))
            .collect();
        pending.retain(|user, at| {
            if unread.contains(user) {
                return true;
            }
            take(*at, found.get(user));
            false
        });
    }

    /// Returns the attributes to compare, under aliases that avoid reserved words.
    fn attributes(&self) -> HashMap<String, String> {
        let Schema { user_attr, list_attr, generated_at_attr, constants, .. } = &self.schema;
        let constants = constants.iter().map(|constant| &constant.name);
        let sort = self.schema.sort.iter().map(|sort| &sort.name);
        let expiry = self.expiry.iter().map(|expiry| &expiry.name);
        let own = [user_attr, list_attr, generated_at_attr];
        let names = own.into_iter().chain(sort).chain(constants).chain(expiry);
        names.enumerate().map(|(number, name)| (format!("#a{number}"), name.clone())).collect()
    }
}
