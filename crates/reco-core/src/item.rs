//! The DynamoDB item: its shape, its exact size by the documented rules, and what writing it costs.

mod constant;

use serde::{Deserialize, Serialize};

use crate::{Id, Recommendation};
pub use constant::{Attribute, AttributeError, Constant};

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
        self.check_key(&recommendation.user)?;
        for (rank, article) in recommendation.articles.iter().enumerate() {
            check_scalar(article, self.list_type)
                .map_err(|()| ItemError::ArticleNotNumeric { article: article.clone(), rank })?;
        }
        let bytes = self.size(&recommendation);
        if bytes > MAX_ITEM_BYTES {
            return Err(ItemError::TooLarge { bytes, articles: recommendation.articles.len() });
        }
        Ok(PlannedItem { recommendation, bytes, action: Action::Put })
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
        self.check_key(&user)?;
        let bytes = self.user_attr.len() + scalar_size(&user, self.key_type);
        let recommendation = Recommendation { user, articles: Vec::new(), generated_at };
        Ok(PlannedItem { recommendation, bytes, action: Action::Delete })
    }

    fn check_key(&self, user: &Id) -> Result<(), ItemError> {
        check_scalar(user, self.key_type).map_err(|()| ItemError::KeyNotNumeric(user.clone()))?;
        match user.text_len() {
            bytes if bytes > MAX_KEY_BYTES => Err(ItemError::KeyTooLong { bytes }),
            _ => Ok(()),
        }
    }

    /// The item's size in bytes. AWS: "DynamoDB item sizes and formats": attribute names in UTF-8
    /// bytes plus values; a list costs 3 bytes plus its elements plus 1 byte an element.
    #[must_use]
    pub fn size(&self, recommendation: &Recommendation) -> usize {
        let elements = recommendation.articles.iter();
        let list: usize = elements.map(|id| scalar_size(id, self.list_type) + 1).sum();
        let time = recommendation
            .generated_at
            .map_or(0, |seconds| self.generated_at_attr.len() + number_size(seconds.into()));
        let key = self.user_attr.len() + scalar_size(&recommendation.user, self.key_type);
        let constants =
            self.constants.iter().map(|constant| constant.name.len() + constant.value.size());
        key + self.list_attr.len() + 3 + list + time + constants.sum::<usize>()
    }
}

fn check_scalar(id: &Id, kind: KeyType) -> Result<(), ()> {
    match kind {
        KeyType::N if id.as_integer().is_none() => Err(()),
        _ => Ok(()),
    }
}

fn scalar_size(id: &Id, kind: KeyType) -> usize {
    match (kind, id.as_integer()) {
        (KeyType::N, Some(number)) => number_size(number),
        _ => id.text_len(),
    }
}

/// A number costs about one byte for two significant digits plus one byte; a negative one costs
/// one more. Leading and trailing zeros do not count.
fn number_size(number: i128) -> usize {
    if number == 0 {
        return 1;
    }
    // Division on 64 bits is several times faster, and ids fit.
    let digits = match u64::try_from(number.unsigned_abs()) {
        Ok(mut magnitude) => {
            while magnitude.is_multiple_of(10) {
                magnitude /= 10;
            }
            magnitude.ilog10() + 1
        }
        Err(_) => significant_digits(number.unsigned_abs()),
    };
    digits.div_ceil(2) as usize + 1 + usize::from(number < 0)
}

fn significant_digits(mut magnitude: u128) -> u32 {
    while magnitude.is_multiple_of(10) {
        magnitude /= 10;
    }
    magnitude.ilog10() + 1
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
    #[error("user id {:?} is not a plain whole number, and the table's partition key is of type N", .0.text())]
    KeyNotNumeric(Id),
    /// The key is longer than DynamoDB allows.
    #[error("user id is {bytes} bytes long; a partition key holds at most {MAX_KEY_BYTES}")]
    KeyTooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The list's elements are Numbers and an article id is not one.
    #[error("article id {:?} at rank {} is not a plain whole number, and the table's lists are of type N", .article.text(), .rank + 1)]
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
