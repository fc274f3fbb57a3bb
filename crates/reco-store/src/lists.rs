//! Type of the lists in a table, which new lists should match.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use reco_core::Id;
use reco_core::item::{KeyType, Schema};
use tokio::sync::{Mutex, OnceCell};

use crate::batch_get::{Item, MAX_KEYS, get_all};
use crate::encode::key_of;
use crate::retry::{self, RetryOptions};
use crate::service::{ErrorKind, ServiceError};

/// Parts of the table that a sample is taken from: segments of a parallel scan are ranges of the keys'
/// hashes, so the items of one partition do not speak for all.
const SEGMENTS: i32 = 8;

/// Items looked at in each.
const PER_SEGMENT: i32 = 13;

/// Number of users to look up before concluding that a table holds no lists.
const MOST_ASKED: usize = 1_000_000;

/// Element types of the sampled lists.
#[derive(Debug, Clone, PartialEq, Eq)]
enum HeldLists {
    /// No list was found.
    Nothing,
    /// Every element is of this type.
    One(KeyType),
    /// Some elements are Numbers and some Strings.
    Both,
    /// The attribute is not a list of ids but, say, a set (which has no order), a list of maps or a
    /// text.
    Foreign(String),
}

/// A table whose list attribute does not hold lists of ids.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListsError {
    /// The attribute holds something other than a list.
    #[error("its attribute {attribute:?} is {found}: {}", why(.found))]
    Foreign {
        /// The list attribute.
        attribute: String,
        /// Value found.
        found: String,
    },
    /// The table could not be read.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

fn why(found: &str) -> &'static str {
    if found.starts_with("a set") {
        "sets are unordered, but the order of a list is its ranking"
    } else {
        "a list of ids would overwrite it"
    }
}

/// Looks at the list attribute of about a hundred items in all parts of the table (`Scan`).
async fn sample(client: &Client, table: &str, schema: &Schema) -> Result<HeldLists, ServiceError> {
    Ok(of_items(&sample_items(client, table, &schema.list_attr).await?, schema))
}

/// Looks at the time attribute of about a hundred items in all parts of the table (`Scan`); returns
/// the number of items, and of those with a time.
///
/// # Errors
/// The service's error.
pub async fn sample_times(
    client: &Client,
    table: &str,
    schema: &Schema,
) -> Result<(u64, u64), ServiceError> {
    let name = &schema.generated_at_attr;
    let items = sample_items(client, table, name).await?;
    let timed =
        items.iter().filter(|item| !matches!(item.get(name), None | Some(AttributeValue::Null(_))));
    Ok((items.len() as u64, timed.count() as u64))
}

/// Returns this attribute of the first items of each segment.
async fn sample_items(
    client: &Client,
    table: &str,
    attribute: &str,
) -> Result<Vec<Item>, ServiceError> {
    let segments = (0..SEGMENTS).map(|segment| segment_with(client, table, attribute, segment));
    Ok(futures::future::try_join_all(segments).await?.concat())
}

async fn segment_with(
    client: &Client,
    table: &str,
    attribute: &str,
    segment: i32,
) -> Result<Vec<Item>, ServiceError> {
    let answer = retry::read("Scan", table, &RetryOptions::BRIEF, || {
        client
            .scan()
            .table_name(table)
            .segment(segment)
            .total_segments(SEGMENTS)
            .limit(PER_SEGMENT)
            .projection_expression("#attribute")
            .expression_attribute_names("#attribute", attribute)
            .send()
    })
    .await?;
    Ok(answer.items.unwrap_or_default())
}

/// Type in which the ids of lists are written, and what decided it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adopted {
    /// By configuration, whatever the table holds.
    Configured,
    /// Yet to be found: the table holds other items, too ([`Layout`]).
    Open,
    /// As the table's lists have it.
    Table(KeyType),
    /// Each id as it came: the table holds no lists, or lists of both types (`mixed`).
    Ids {
        /// True if it holds lists of both types.
        mixed: bool,
    },
    /// Like the key: the table's lists may not be looked at.
    Key(KeyType, ServiceError),
}

impl Adopted {
    /// The type; `None` as each id came.
    #[must_use]
    pub fn list_type(&self, schema: &Schema) -> Option<KeyType> {
        match self {
            Adopted::Configured => schema.list_type,
            Adopted::Open | Adopted::Ids { .. } => None,
            Adopted::Table(kind) | Adopted::Key(kind, _) => Some(*kind),
        }
    }
}

/// Decides in which type lists are written into a table, for recoctl and the Lambda alike: as
/// configured; else as the table holds them; and where it holds none, as the ids came.
///
/// # Errors
/// [`ListsError`] where the table's lists are none, or cannot be read.
pub async fn adopt(client: &Client, table: &str, schema: &Schema) -> Result<Adopted, ListsError> {
    if schema.list_type.is_some() {
        return Ok(Adopted::Configured);
    }
    if schema.is_shared() {
        return Ok(Adopted::Open);
    }
    match sample(client, table, schema).await {
        Ok(held) => {
            let mixed = held == HeldLists::Both;
            Ok(held.adopted(schema)?.map_or(Adopted::Ids { mixed }, Adopted::Table))
        }
        // Functions, dry runs and loaders may be allowed less than `Scan`.
        Err(error) if matches!(error.kind, ErrorKind::Denied | ErrorKind::Refused) => {
            Ok(Adopted::Key(schema.key_type, error))
        }
        Err(error) => Err(error.into()),
    }
}

/// Looks at the lists of these users (`BatchGetItem`), until one is found: a table that holds other
/// kinds of items, too, is not scanned for its lists.
async fn sample_of(
    client: &Client,
    table: &str,
    schema: &Schema,
    users: &[&Id],
) -> Result<HeldLists, ServiceError> {
    let request = |keys: &[Item]| {
        let keys = KeysAndAttributes::builder().set_keys(Some(keys.to_vec()));
        let list = keys.projection_expression("#list");
        list.expression_attribute_names("#list", &schema.list_attr).build().expect("keys are set")
    };
    for users in users.chunks(MAX_KEYS) {
        let keys = users.iter().map(|user| key_of(user, schema)).collect();
        let items = get_all(client, table, &RetryOptions::BRIEF, keys, request).await?;
        let held = of_items(&items, schema);
        if held != HeldLists::Nothing {
            return Ok(held);
        }
    }
    Ok(HeldLists::Nothing)
}

fn of_items(items: &[Item], schema: &Schema) -> HeldLists {
    let lists = items.iter().filter_map(|item| item.get(&schema.list_attr));
    lists.map(held).fold(HeldLists::Nothing, HeldLists::and)
}

fn held(value: &AttributeValue) -> HeldLists {
    let foreign = |what: &str| HeldLists::Foreign(what.to_owned());
    match value {
        AttributeValue::L(elements) => {
            elements.iter().map(element).fold(HeldLists::Nothing, HeldLists::and)
        }
        AttributeValue::Ns(_) => foreign("a set (NS)"),
        AttributeValue::Ss(_) => foreign("a set (SS)"),
        AttributeValue::Bs(_) => foreign("a set (BS)"),
        // Nothing that a list would take the place of.
        AttributeValue::Null(_) => HeldLists::Nothing,
        other => HeldLists::Foreign(format!("a {}", kind(other))),
    }
}

fn element(value: &AttributeValue) -> HeldLists {
    match value {
        AttributeValue::N(_) => HeldLists::One(KeyType::N),
        AttributeValue::S(_) => HeldLists::One(KeyType::S),
        other => HeldLists::Foreign(format!("a list of {}s", kind(other))),
    }
}

fn kind(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::M(_) => "map",
        AttributeValue::L(_) => "list",
        AttributeValue::S(_) => "text",
        AttributeValue::N(_) => "number",
        AttributeValue::B(_) => "binary value",
        AttributeValue::Bool(_) => "boolean",
        AttributeValue::Null(_) => "null",
        _ => "set",
    }
}

impl HeldLists {
    /// Combines two findings; an attribute that is not a list of ids takes precedence.
    fn and(self, other: HeldLists) -> HeldLists {
        match (self, other) {
            (HeldLists::Foreign(found), _) | (_, HeldLists::Foreign(found)) => {
                HeldLists::Foreign(found)
            }
            (HeldLists::Nothing, other) | (other, HeldLists::Nothing) => other,
            (HeldLists::One(one), HeldLists::One(other)) if one == other => HeldLists::One(one),
            _ => HeldLists::Both,
        }
    }

    /// Returns the type to write, if the table's lists have one.
    fn adopted(self, schema: &Schema) -> Result<Option<KeyType>, ListsError> {
        match self {
            HeldLists::Nothing | HeldLists::Both => Ok(None),
            HeldLists::One(kind) => Ok(Some(kind)),
            HeldLists::Foreign(found) => {
                Err(ListsError::Foreign { attribute: schema.list_attr.clone(), found })
            }
        }
    }
}

/// Item layout whose list type may be found while writing. If a table also holds other kinds of
/// items, the list type is that of the first list found for the users to be written; until then,
/// every user is looked up before a write. Cheap to clone; clones share what is found.
#[derive(Debug, Clone)]
pub struct Layout {
    client: Client,
    table: String,
    schema: Schema,
    found: Arc<OnceCell<Schema>>,
    asked: Arc<Mutex<Asked>>,
}

/// Users without a list when looked up. A list that the table holds for them later was written
/// since, and says nothing about the lists before.
#[derive(Debug, Default)]
struct Asked {
    users: HashSet<u64>,
    hasher: RandomState,
}

impl Asked {
    /// Returns the users that were not looked up yet, each once and in order, with their hashes.
    fn new_of<'a>(&self, users: impl Iterator<Item = &'a Id>) -> (Vec<&'a Id>, HashSet<u64>) {
        let (mut new, mut hashes) = (Vec::new(), HashSet::new());
        for user in users {
            let hash = self.hasher.hash_one(user);
            if !self.users.contains(&hash) && hashes.insert(hash) {
                new.push(user);
            }
        }
        (new, hashes)
    }
}

impl Layout {
    /// Creates a layout whose list type may not be known yet.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>, schema: Schema) -> Self {
        let (found, asked) = (Arc::default(), Arc::default());
        Layout { client, table: table.into(), schema, found, asked }
    }

    /// Returns the layout as far as it is known.
    #[must_use]
    pub fn known(&self) -> &Schema {
        self.found.get().unwrap_or(&self.schema)
    }

    /// Returns whether the list type is still to be found; it then depends on which users come
    /// first.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.schema.list_type.is_none() && self.schema.is_shared() && self.found.get().is_none()
    }

    /// Returns the layout for lists of these users, looking up some or all of them if necessary.
    ///
    /// # Errors
    /// [`ListsError`] if the table's lists are not lists of ids or cannot be read.
    pub async fn for_users<'a>(
        &self,
        users: impl IntoIterator<Item = &'a Id>,
    ) -> Result<&Schema, ListsError> {
        if self.schema.list_type.is_some() || !self.schema.is_shared() {
            return Ok(&self.schema);
        }
        if let Some(found) = self.found.get() {
            return Ok(found);
        }
        // One lookup at a time: a task that waits here may find the result afterwards.
        let mut asked = self.asked.lock().await;
        if let Some(found) = self.found.get() {
            return Ok(found);
        }
        let fitting = users.into_iter().filter(|user| self.schema.check_user(user).is_ok());
        let (new, hashes) = asked.new_of(fitting);
        let list_type = match sample_of(&self.client, &self.table, &self.schema, &new).await {
            Ok(HeldLists::Nothing) if asked.users.len() + hashes.len() <= MOST_ASKED => {
                asked.users.extend(hashes);
                return Ok(&self.schema);
            }
            // Without permission to read, keep the type of each id.
            Err(error) if error.kind == ErrorKind::Denied => None,
            held => held?.adopted(&self.schema)?,
        };
        let found = || async { Schema { list_type, ..self.schema.clone() } };
        Ok(self.found.get_or_init(found).await)
    }
}

#[cfg(test)]
mod tests;
