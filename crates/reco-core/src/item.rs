//! The DynamoDB item: its layout, its exact size by the documented rules, and its write cost.

mod constant;
mod description;
mod former;
mod layout;
mod measure;
mod sequence;

use serde::{Deserialize, Serialize};

use crate::clip::clip_id;
use crate::time::TimeForm;
use crate::words::amount;
use crate::{Id, Recommendation, Time};
pub use constant::{Attribute, AttributeError, Constant};
pub use description::{Beside, DescriptionError, ItemDescription};
pub use former::Former;
pub use layout::Attributes;
use measure::{Misfit, Size};
pub use sequence::gives_way;

/// Maximum size of an item: 400 KB, including attribute names.
/// AWS: "Service, account, and table quotas in Amazon DynamoDB", Items.
pub const MAX_ITEM_BYTES: usize = 400 * 1024;

/// Maximum length of a partition key value in bytes (same page, Partition keys).
pub const MAX_KEY_BYTES: usize = 2048;

/// Maximum length of a sort key value in bytes (same page, Sort keys).
pub const MAX_SORT_BYTES: usize = 1024;

/// The type of a scalar attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyType {
    /// Number.
    N,
    /// String.
    S,
}

/// Layout of recommendations in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Schema {
    /// The partition key attribute (default `user_id`).
    pub user_attr: String,
    /// Prefix of the user id in the partition key.
    pub key_prefix: String,
    /// Sort key, if the table has one.
    pub sort: Option<SortKey>,
    /// The list attribute (default `recommended_note_ids`).
    pub list_attr: String,
    /// The time attribute (default `generated_at`); written only if the input has a generation
    /// time.
    pub generated_at_attr: String,
    /// Type of the partition key, from the table description.
    pub key_type: KeyType,
    /// Type of the list's elements; `None` keeps the type of each id: a JSON number is a Number, a
    /// JSON string a String.
    pub list_type: Option<KeyType>,
    /// The form of the time attribute.
    pub time_form: TimeForm,
    /// Additional attributes of every item, such as a TTL.
    pub constants: Vec<Attribute>,
}

/// Sort key of a list and how it is built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SortKey {
    /// Attribute name.
    pub name: String,
    /// Attribute type.
    pub kind: KeyType,
    /// The whole sort key, or the prefix of the user id.
    pub text: String,
    /// True if the user id follows `text`.
    pub with_user: bool,
}

impl SortKey {
    /// Returns the sort key of a user's list.
    #[must_use]
    pub fn of(&self, user: &Id) -> String {
        if self.with_user { format!("{}{}", self.text, user.text()) } else { self.text.clone() }
    }
}

/// A key attribute with its value for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPart<'a> {
    /// Attribute name.
    pub name: &'a str,
    /// Attribute type.
    pub kind: KeyType,
    /// Attribute value.
    pub text: String,
}

impl Schema {
    /// Returns the default layout with one type for keys and list elements.
    #[must_use]
    pub fn with_key_type(key_type: KeyType) -> Self {
        let list_type = Some(key_type);
        Schema { list_type, ..ItemDescription::default().schema(key_type, KeyType::S) }
    }

    /// Returns whether the table may also hold items of other kinds.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.sort.is_some() || !self.key_prefix.is_empty()
    }

    /// Returns the key of a user's item: the partition key, then the sort key if there is one.
    pub fn key_of(&self, user: &Id) -> impl Iterator<Item = KeyPart<'_>> {
        let text = match self.key_prefix.as_str() {
            "" => user.text().into_owned(),
            prefix => format!("{prefix}{}", user.text()),
        };
        let partition = KeyPart { name: &self.user_attr, kind: self.key_type, text };
        let sort = self.sort.as_ref().map(|sort| KeyPart {
            name: &sort.name,
            kind: sort.kind,
            text: sort.of(user),
        });
        std::iter::once(partition).chain(sort)
    }

    /// Returns the user whose item has this key; `None` for items of other kinds.
    #[must_use]
    pub fn user_of_key(&self, partition: &str, sort: Option<&str>) -> Option<Id> {
        let user = partition.strip_prefix(self.key_prefix.as_str()).filter(|id| !id.is_empty())?;
        let user = Id::from(user);
        let sort_fits = match (&self.sort, sort) {
            (None, _) => true,
            (Some(own), Some(sort)) => own.of(&user) == sort,
            (Some(_), None) => false,
        };
        sort_fits.then_some(user)
    }

    /// Checks that the table can hold an item of this user.
    ///
    /// # Errors
    /// [`ItemError`] if the user id does not fit the key.
    pub fn check_user(&self, user: &Id) -> Result<(), ItemError> {
        let sort = self.sort.as_ref();
        let sort_needs_number = sort.is_some_and(|s| s.with_user && s.kind == KeyType::N);
        let needs_number = self.key_type == KeyType::N || sort_needs_number;
        if needs_number && user.as_integer().is_none() {
            return Err(self.not_numeric(user.clone()));
        }
        let bytes = self.key_prefix.len() + user.text_len();
        if bytes > MAX_KEY_BYTES {
            return Err(ItemError::KeyTooLong { bytes });
        }
        let bytes =
            sort.map_or(0, |s| s.text.len() + if s.with_user { user.text_len() } else { 0 });
        if bytes > MAX_SORT_BYTES {
            return Err(ItemError::SortKeyTooLong { bytes });
        }
        Ok(())
    }

    /// Returns the error for a non-numeric id where a key attribute is a Number.
    fn not_numeric(&self, user: Id) -> ItemError {
        match self.key_type {
            KeyType::N => ItemError::KeyNotNumeric(user),
            KeyType::S => ItemError::SortKeyNotNumeric(user),
        }
    }

    /// Returns the type in which an id of a list is written.
    #[must_use]
    pub fn type_of(&self, article: &Id) -> KeyType {
        type_of(article, self.list_type)
    }

    /// Adds attributes to every item.
    ///
    /// # Errors
    /// [`NameTaken`] if a name is already in use.
    pub fn with_constants(
        mut self,
        constants: impl IntoIterator<Item = Attribute>,
    ) -> Result<Self, NameTaken> {
        for constant in constants {
            let own = [&self.user_attr, &self.list_attr, &self.generated_at_attr];
            let sort = self.sort.iter().map(|sort| &sort.name);
            let known = self.constants.iter().map(|known| &known.name);
            let taken = own.into_iter().chain(sort).chain(known);
            if taken.into_iter().any(|taken| *taken == constant.name) {
                return Err(NameTaken(constant.name));
            }
            self.constants.push(constant);
        }
        Ok(self)
    }

    /// Sizes a filtered recommendation and checks that this table can hold it.
    ///
    /// # Errors
    /// [`ItemError`] if an id does not fit the attribute's type or the item is too large: DynamoDB
    /// would reject the call and the whole batch with it.
    pub fn plan(&self, recommendation: Recommendation) -> Result<PlannedItem, ItemError> {
        let Size { stored: bytes, wire } = match self.put_size(&recommendation) {
            Ok(size) => size,
            Err(Misfit::Key) => return Err(self.not_numeric(recommendation.user)),
            Err(Misfit::Article(rank)) => {
                let article = recommendation.articles[rank].clone();
                return Err(ItemError::ArticleNotNumeric { article, rank });
            }
        };
        self.check_user(&recommendation.user)?;
        if bytes > MAX_ITEM_BYTES {
            return Err(ItemError::TooLarge { bytes, articles: recommendation.articles.len() });
        }
        let guard = recommendation.generated_at;
        let (action, list_type) = (Action::Put, self.list_type);
        Ok(PlannedItem { recommendation, bytes, wire, action, guard, list_type })
    }

    /// Plans the deletion of a user's item. `generated_at` is the time of the deletion: a guarded
    /// delete keeps newer items.
    ///
    /// # Errors
    /// [`ItemError`] if the table cannot hold an item of this user.
    pub fn plan_delete(
        &self,
        user: Id,
        generated_at: Option<Time>,
    ) -> Result<PlannedItem, ItemError> {
        let Ok(Size { stored: bytes, wire }) = self.delete_size(&user) else {
            return Err(self.not_numeric(user));
        };
        self.check_user(&user)?;
        let recommendation = Recommendation { user, articles: Vec::new(), generated_at };
        let action = Action::Delete;
        let (guard, list_type) = (generated_at, self.list_type);
        Ok(PlannedItem { recommendation, bytes, wire, action, guard, list_type })
    }
}

fn type_of(article: &Id, list_type: Option<KeyType>) -> KeyType {
    list_type.unwrap_or(match article {
        Id::Int(_) | Id::Uint(_) => KeyType::N,
        Id::Str(_) => KeyType::S,
    })
}

/// Returns the write capacity units for an item of `bytes` bytes: one for each 1 KB or part of it.
/// AWS: "DynamoDB read and write operations", Write operations. Indexes add their own.
#[must_use]
pub fn wcu(bytes: usize) -> u64 {
    bytes.div_ceil(1024).max(1) as u64
}

/// Action on a user's item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Action {
    /// Create or replace it.
    #[default]
    Put,
    /// Delete it.
    Delete,
}

/// A write that the table can hold: a recommendation to put, or a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedItem {
    /// Recommendation to write. For a deletion only the user matters, and the time if writes are
    /// guarded.
    pub recommendation: Recommendation,
    /// Item size in bytes; for a deletion, the size of its key.
    pub bytes: usize,
    /// Bytes of JSON that it adds to a request body, without a comma. More than the stored size, in
    /// which two digits of a number take one byte.
    pub wire: usize,
    /// Put or delete.
    pub action: Action,
    /// For guarded writes, the time that the table's item must be older than: the item's own, or
    /// that of a newer deletion that it follows.
    pub guard: Option<Time>,
    /// Type of the list's elements, as in [`Schema::list_type`].
    pub list_type: Option<KeyType>,
}

impl PlannedItem {
    /// Returns the type in which an id of its list is written.
    #[must_use]
    pub fn type_of(&self, article: &Id) -> KeyType {
        type_of(article, self.list_type)
    }

    /// Returns the write cost in WCU, if no larger item is replaced and no index is updated. A
    /// delete costs as much as the deleted item, whose size only DynamoDB knows: at least one.
    #[must_use]
    pub fn wcu(&self) -> u64 {
        wcu(self.bytes)
    }
}

/// An attribute name that is already in use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the attribute {0:?} is set twice; attribute names must be unique")]
pub struct NameTaken(pub String);

/// A recommendation that the table cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// The table's key is a Number and the user id is not one.
    #[error("user id {:?} is not a plain whole number, and the table's partition key is of type N", clip_id(&.0.text()))]
    KeyNotNumeric(Id),
    /// The sort key is a Number and the user id is not one.
    #[error("user id {:?} is not a plain whole number, and the table's sort key is of type N", clip_id(&.0.text()))]
    SortKeyNotNumeric(Id),
    /// The key is longer than DynamoDB allows.
    #[error("user id is {bytes} bytes long; a partition key holds at most {MAX_KEY_BYTES}")]
    KeyTooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The sort key is longer than DynamoDB allows.
    #[error("the sort key is {bytes} bytes long; it holds at most {MAX_SORT_BYTES}")]
    SortKeyTooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The list's elements are Numbers and an article id is not one.
    #[error("article id {:?} at rank {} is not a plain whole number, and the table's lists are of type N", clip_id(&.article.text()), .rank + 1)]
    ArticleNotNumeric {
        /// Article id.
        article: Id,
        /// Its index in the list, from 0.
        rank: usize,
    },
    /// The item is over 400 KB.
    #[error(
        "item is {bytes} bytes with {}; DynamoDB holds at most {MAX_ITEM_BYTES}",
        amount(*.articles, "article")
    )]
    TooLarge {
        /// The item's size in bytes.
        bytes: usize,
        /// Number of articles in the list.
        articles: usize,
    },
}
