//! The type of the lists that a table holds: what is written should be like them.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use reco_core::Id;
use reco_core::item::{KeyType, Schema};
use tokio::sync::OnceCell;

use crate::encode::key_of;
use crate::retry::{self, RetryOptions};
use crate::service::{ErrorKind, ServiceError};

/// Items looked at by a scan.
pub const SAMPLE: i32 = 25;

/// Users looked up where a table holds other items, too.
/// AWS: "BatchGetItem": 100 items a call.
pub const USERS: usize = 100;

/// Element types of the sampled lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// No list was found.
    Nothing,
    /// Every element is of this type.
    One(KeyType),
    /// Some elements are Numbers and some Strings.
    Both,
    /// The attribute is no list of ids: a set, which has no order, a list of maps, a text.
    Foreign(String),
}

/// A table whose lists are none that ids could be written like.
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

/// Looks at the list attribute of a few items (`Scan`).
///
/// # Errors
/// In the service's own words.
pub async fn sample(client: &Client, table: &str, schema: &Schema) -> Result<Held, ServiceError> {
    let answer = retry::read("Scan", table, &retry_options(), || {
        client
            .scan()
            .table_name(table)
            .limit(SAMPLE)
            .projection_expression("#list")
            .expression_attribute_names("#list", &schema.list_attr)
            .send()
    })
    .await?;
    Ok(of_items(answer.items(), schema))
}

/// Looks at the lists of some users (`BatchGetItem`), at most [`USERS`] of them: a table that holds
/// other kinds of items, too, is not scanned for its lists.
///
/// # Errors
/// In the service's own words.
pub async fn sample_of<'a>(
    client: &Client,
    table: &str,
    schema: &Schema,
    users: impl IntoIterator<Item = &'a Id>,
) -> Result<Held, ServiceError> {
    let fitting = users.into_iter().filter(|user| schema.check_user(user).is_ok());
    let mut users: Vec<&Id> = Vec::new();
    for user in fitting {
        if users.len() < USERS && !users.contains(&user) {
            users.push(user);
        }
    }
    if users.is_empty() {
        return Ok(Held::Nothing);
    }
    let keys = users.into_iter().map(|user| key_of(user, schema)).collect();
    let wanted = KeysAndAttributes::builder()
        .set_keys(Some(keys))
        .projection_expression("#list")
        .expression_attribute_names("#list", &schema.list_attr)
        .build()
        .expect("the keys are set");
    let answer = retry::read("BatchGetItem", table, &retry_options(), || {
        client.batch_get_item().request_items(table, wanted.clone()).send()
    })
    .await?;
    // What comes back unread is not asked for again: a sample is a sample.
    let items: Vec<_> = answer.responses.unwrap_or_default().into_values().flatten().collect();
    Ok(of_items(&items, schema))
}

fn retry_options() -> RetryOptions {
    RetryOptions { max_attempts: 5, ..RetryOptions::default() }
}

fn of_items(items: &[HashMap<String, AttributeValue>], schema: &Schema) -> Held {
    let lists = items.iter().filter_map(|item| item.get(&schema.list_attr));
    lists.map(held).fold(Held::Nothing, Held::and)
}

fn held(value: &AttributeValue) -> Held {
    let foreign = |what: &str| Held::Foreign(what.to_owned());
    match value {
        AttributeValue::L(elements) => elements.iter().map(element).fold(Held::Nothing, Held::and),
        AttributeValue::Ns(_) => foreign("a set (NS)"),
        AttributeValue::Ss(_) => foreign("a set (SS)"),
        AttributeValue::Bs(_) => foreign("a set (BS)"),
        AttributeValue::Null(_) => Held::Nothing,
        other => Held::Foreign(format!("a {}", kind(other))),
    }
}

fn element(value: &AttributeValue) -> Held {
    match value {
        AttributeValue::N(_) => Held::One(KeyType::N),
        AttributeValue::S(_) => Held::One(KeyType::S),
        other => Held::Foreign(format!("a list of {}s", kind(other))),
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

impl Held {
    /// Both together; what is no list is the worst that can be found.
    fn and(self, other: Held) -> Held {
        match (self, other) {
            (Held::Foreign(found), _) | (_, Held::Foreign(found)) => Held::Foreign(found),
            (Held::Nothing, other) | (other, Held::Nothing) => other,
            (Held::One(one), Held::One(other)) if one == other => Held::One(one),
            _ => Held::Both,
        }
    }

    /// The type to write, where the table's lists have one.
    ///
    /// # Errors
    /// [`ListsError::Foreign`] where they are no lists of ids.
    pub fn adopted(self, schema: &Schema) -> Result<Option<KeyType>, ListsError> {
        match self {
            Held::Nothing | Held::Both => Ok(None),
            Held::One(kind) => Ok(Some(kind)),
            Held::Foreign(found) => {
                Err(ListsError::Foreign { attribute: schema.list_attr.clone(), found })
            }
        }
    }
}

/// Item layout, completed on first use: if a table also holds other kinds of items, the type of its
/// lists is determined from the first users. Cheap to clone; clones share the result.
#[derive(Debug, Clone)]
pub struct Layout {
    client: Client,
    table: String,
    schema: Schema,
    found: Arc<OnceCell<Schema>>,
}

impl Layout {
    /// A layout whose list type may be still to be found.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>, schema: Schema) -> Self {
        Layout { client, table: table.into(), schema, found: Arc::default() }
    }

    /// The layout as far as it is known.
    #[must_use]
    pub fn known(&self) -> &Schema {
        self.found.get().unwrap_or(&self.schema)
    }

    /// The layout, for which these users' lists may be looked at.
    ///
    /// # Errors
    /// [`ListsError`] where the table's lists are none, or cannot be read.
    pub async fn for_users<'a>(
        &self,
        users: impl IntoIterator<Item = &'a Id>,
    ) -> Result<&Schema, ListsError> {
        if self.schema.list_type.is_some() || !self.schema.is_shared() {
            return Ok(&self.schema);
        }
        let find = || async {
            let held = match sample_of(&self.client, &self.table, &self.schema, users).await {
                // Who may only write takes the ids as they came.
                Err(error) if error.kind == ErrorKind::Denied => Held::Nothing,
                held => held?,
            };
            let list_type = held.adopted(&self.schema)?;
            Ok(Schema { list_type, ..self.schema.clone() })
        };
        self.found.get_or_try_init(find).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> AttributeValue {
        AttributeValue::N(text.to_owned())
    }

    fn s(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    fn of(lists: Vec<AttributeValue>) -> Held {
        lists.iter().map(held).fold(Held::Nothing, Held::and)
    }

    #[test]
    fn lists_are_of_one_type_or_mixed() {
        let list = AttributeValue::L;
        assert_eq!(of(vec![]), Held::Nothing);
        assert_eq!(of(vec![list(vec![])]), Held::Nothing);
        assert_eq!(of(vec![list(vec![]), list(vec![n("1")])]), Held::One(KeyType::N));
        assert_eq!(of(vec![list(vec![s("1")]), list(vec![s("x")])]), Held::One(KeyType::S));
        assert_eq!(of(vec![list(vec![n("1"), s("1")])]), Held::Both);
        assert_eq!(of(vec![list(vec![n("1")]), list(vec![s("1")])]), Held::Both);
        assert_eq!(of(vec![AttributeValue::Null(true)]), Held::Nothing);
    }

    #[test]
    fn what_is_no_list_of_ids_is_foreign() {
        let map = AttributeValue::M(HashMap::from([("id".to_owned(), n("1"))]));
        let foreign = [
            (AttributeValue::Ns(vec!["1".to_owned()]), "a set (NS)"),
            (AttributeValue::Ss(vec!["a".to_owned()]), "a set (SS)"),
            (AttributeValue::L(vec![map.clone()]), "a list of maps"),
            (AttributeValue::L(vec![n("1"), map.clone()]), "a list of maps"),
            (s("[1,2]"), "a text"),
            (map, "a map"),
        ];
        for (value, found) in foreign {
            let list = AttributeValue::L(vec![n("1")]);
            assert_eq!(
                of(vec![list.clone(), value.clone(), s("x")]),
                Held::Foreign(found.to_owned())
            );
            let schema = Schema { list_type: None, ..Schema::with_key_type(KeyType::N) };
            let error = of(vec![value, list]).adopted(&schema).expect_err("refused").to_string();
            assert!(error.contains(found), "{error}");
        }
    }
}
