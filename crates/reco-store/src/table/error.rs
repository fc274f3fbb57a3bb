//! Tables that cannot be used.

use reco_core::item::DescriptionError;

use crate::service::ServiceError;

/// A table that cannot be described, or cannot hold recommendations.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The service did not say.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// It is being made, or is gone soon.
    #[error("table {table:?} is {}", .status.in_words())]
    NotReady {
        /// The table.
        table: String,
        /// What it is instead.
        status: NotReady,
    },
    /// Its description lacks the partition key.
    #[error("table {table:?} has no readable partition key in its description")]
    NoKey {
        /// The table.
        table: String,
    },
    /// One user could have many items, and nothing says which is the list.
    #[error(
        "table {table:?} has the sort key {sort_key:?}; set in the policy which items are lists: [item] sort_key = {sort_key:?} and sort_value, e.g. \"RECS\""
    )]
    SortKey {
        /// The table.
        table: String,
        /// Its sort key attribute.
        sort_key: String,
    },
    /// The sort key is named otherwise, or there is none.
    #[error(
        "table {table:?} has {}, but the policy's item.sort_key is {configured:?}",
        .actual.as_ref().map_or("no sort key".to_owned(), |name| format!("the sort key {name:?}"))
    )]
    SortKeyName {
        /// The table.
        table: String,
        /// Its sort key attribute.
        actual: Option<String>,
        /// The policy's.
        configured: String,
    },
    /// The policy's key does not fit the key type.
    #[error("table {table:?} has the Number key {key:?}, and the policy's {what} is {value:?}")]
    NotNumeric {
        /// The table.
        table: String,
        /// Its key attribute.
        key: String,
        /// The policy's setting.
        what: &'static str,
        /// Content.
        value: String,
    },
    /// The sort key is Binary.
    #[error("table {table:?} has a Binary sort key {key:?}; it needs to be Number or String")]
    BinarySortKey {
        /// The table.
        table: String,
        /// Its sort key attribute.
        key: String,
    },
    /// The key is named otherwise.
    #[error(
        "table {table:?} has the partition key {actual:?}, but the user attribute is configured as {configured:?}; configure the same attribute, or the right table"
    )]
    KeyName {
        /// The table.
        table: String,
        /// Its partition key attribute.
        actual: String,
        /// The configured user attribute.
        configured: String,
    },
    /// Ids are numbers or strings.
    #[error("table {table:?} has a Binary partition key {key:?}; user ids need Number or String")]
    BinaryKey {
        /// The table.
        table: String,
        /// Its partition key attribute.
        key: String,
    },
    /// The configured item description is invalid.
    #[error(transparent)]
    Item(#[from] DescriptionError),
}

/// Why a table can be neither read nor written.
/// AWS: "TableDescription", `TableStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReady {
    /// `CREATING`: passes by itself.
    Creating,
    /// `DELETING`.
    Deleting,
    /// `ARCHIVING` or `ARCHIVED`, after its key could not be used for seven days.
    Archived,
    /// `INACCESSIBLE_ENCRYPTION_CREDENTIALS`.
    KeyInaccessible,
}

impl NotReady {
    pub(super) fn of(status: &str) -> Option<Self> {
        Some(match status {
            "CREATING" => NotReady::Creating,
            "DELETING" => NotReady::Deleting,
            "ARCHIVING" | "ARCHIVED" => NotReady::Archived,
            "INACCESSIBLE_ENCRYPTION_CREDENTIALS" => NotReady::KeyInaccessible,
            _ => return None,
        })
    }

    fn in_words(self) -> &'static str {
        match self {
            NotReady::Creating => "still being created; it can be used when its status is ACTIVE",
            NotReady::Deleting => "being deleted",
            NotReady::Archived => "archived; restore it from its backup",
            NotReady::KeyInaccessible => "not accessible: its KMS key cannot be used",
        }
    }
}
