//! The DynamoDB item: its shape, its exact size by the documented rules, and what writing it costs.

mod constant;
mod measure;

use serde::{Deserialize, Serialize};

use crate::clip::clip_id;
use crate::{Id, Recommendation};
pub use constant::{Attribute, AttributeError, Constant};
use measure::{Misfit, Size};

/// The largest item DynamoDB stores: 400 KB, names and values together.
/// AWS: "Service, account, and table quotas in Amazon DynamoDB", Items.
pub const MAX_ITEM_BYTES: usize = 400 * 1024;

/// A partition key value is at most 2,048 bytes long (same page, Partition keys).
pub const MAX_KEY_BYTES: usize = 2048;

/// The type of a scalar attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyType {
    /// Number.
    N,
    /// String.
    S,
}

/// How recommendations are laid out in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Schema {
    /// The partition key attribute (default `user_id`).
    pub user_attr: String,
    /// The list attribute (default `recommended_note_ids`).
    pub list_attr: String,
    /// The time attribute (default `generated_at`), a Number of epoch seconds; written only when
    /// the input says when the list was inferred.
    pub generated_at_attr: String,
    /// The partition key's type, from the table's own description.
    pub key_type: KeyType,
    /// The type of the list's elements; the key's unless configured.
    pub list_type: KeyType,
    /// What every item has beside these, such as a time to live.
    pub constants: Vec<Attribute>,
}

impl Schema {
    /// The default attribute names with one type for keys and list elements.
    #[must_use]
    pub fn with_key_type(key_type: KeyType) -> Self {
        Schema {
            user_attr: "user_id".to_owned(),
            list_attr: "recommended_note_ids".to_owned(),
            generated_at_attr: "generated_at".to_owned(),
            key_type,
            list_type: key_type,
            constants: Vec::new(),
        }
    }

    /// Gives every item these attributes, too.
    ///
    /// # Errors
    /// The name that is taken already.
    pub fn with_constants(
        mut self,
        constants: impl IntoIterator<Item = Attribute>,
    ) -> Result<Self, NameTaken> {
        for constant in constants {
            let own = [&self.user_attr, &self.list_attr, &self.generated_at_attr];
            let taken = own.into_iter().chain(self.constants.iter().map(|known| &known.name));
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
    /// [`ItemError`] when an id does not fit the attribute's type or the item is too large: the
    /// call would be refused by DynamoDB, and a whole batch with it.
    pub fn plan(&self, recommendation: Recommendation) -> Result<PlannedItem, ItemError> {
        let Size { stored: bytes, wire } = match self.put_size(&recommendation) {
            Ok(size) => size,
            Err(Misfit::Key) => return Err(ItemError::KeyNotNumeric(recommendation.user)),
            Err(Misfit::Article(rank)) => {
                let article = recommendation.articles[rank].clone();
                return Err(ItemError::ArticleNotNumeric { article, rank });
            }
        };
        check_key_length(&recommendation.user)?;
        if bytes > MAX_ITEM_BYTES {
            return Err(ItemError::TooLarge { bytes, articles: recommendation.articles.len() });
        }
        Ok(PlannedItem { recommendation, bytes, wire, action: Action::Put })
    }

    /// Plans the removal of a user's item. `generated_at` is when that was decided, in seconds
    /// since the epoch: a guarded delete leaves what is newer.
    ///
    /// # Errors
    /// [`ItemError`] when this table can have no item of that key.
    pub fn plan_delete(
        &self,
        user: Id,
        generated_at: Option<i64>,
    ) -> Result<PlannedItem, ItemError> {
        let Ok(Size { stored: bytes, wire }) = self.delete_size(&user) else {
            return Err(ItemError::KeyNotNumeric(user));
        };
        check_key_length(&user)?;
        let recommendation = Recommendation { user, articles: Vec::new(), generated_at };
        Ok(PlannedItem { recommendation, bytes, wire, action: Action::Delete })
    }
}

fn check_key_length(user: &Id) -> Result<(), ItemError> {
    match user.text_len() {
        bytes if bytes > MAX_KEY_BYTES => Err(ItemError::KeyTooLong { bytes }),
        _ => Ok(()),
    }
}

/// Write capacity units for an item of `bytes`: one for each 1 KB or part of it.
/// AWS: "DynamoDB read and write operations", Write operations. Indexes add their own.
#[must_use]
pub fn wcu(bytes: usize) -> u64 {
    bytes.div_ceil(1024).max(1) as u64
}

/// What is done to a user's item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Action {
    /// It is created or replaced.
    #[default]
    Put,
    /// It is removed.
    Delete,
}

/// A recommendation that this table can hold, or the removal of one that it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedItem {
    /// What is written. Of a removal only the user counts, and the time where writes are guarded.
    pub recommendation: Recommendation,
    /// Its size in bytes; of a removal, its key's.
    pub bytes: usize,
    /// What it adds to the body of a request, in bytes of JSON and without a comma: an id costs its
    /// digits and the brackets around them there, not a byte for two digits.
    pub wire: usize,
    /// What is done.
    pub action: Action,
}

impl PlannedItem {
    /// What writing it costs in WCU, when no larger item is replaced and no index is touched. A
    /// delete costs what its item does, which only DynamoDB knows: one at least.
    #[must_use]
    pub fn wcu(&self) -> u64 {
        wcu(self.bytes)
    }
}

/// An attribute's name that is used already.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the attribute {0:?} is set twice; each needs a name of its own")]
pub struct NameTaken(pub String);

/// A recommendation that the table cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// The table's key is a Number and the user id is not one.
    #[error("user id {:?} is not a plain whole number, and the table's partition key is of type N", clip_id(&.0.text()))]
    KeyNotNumeric(Id),
    /// The key is longer than DynamoDB allows.
    #[error("user id is {bytes} bytes long; a partition key holds at most {MAX_KEY_BYTES}")]
    KeyTooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The list's elements are Numbers and an article id is not one.
    #[error("article id {:?} at rank {} is not a plain whole number, and the table's lists are of type N", clip_id(&.article.text()), .rank + 1)]
    ArticleNotNumeric {
        /// The id.
        article: Id,
        /// Its index in the list, from 0.
        rank: usize,
    },
    /// The item is over 400 KB.
    #[error(
        "item is {bytes} bytes with {articles} articles; DynamoDB holds at most {MAX_ITEM_BYTES}"
    )]
    TooLarge {
        /// The item's size in bytes.
        bytes: usize,
        /// How many articles the list has.
        articles: usize,
    },
}
