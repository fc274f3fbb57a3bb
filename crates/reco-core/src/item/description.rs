//! Item description: attribute names and forms. Part of the policy, so that the Lambda, a backfill,
//! `classify` and `verify` all use the same one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{KeyType, Schema, SortKey};
use crate::time::TimeForm;

/// Layout of an item in the table. Omitted settings have their default, so that a policy without
/// `[item]` means the same as before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ItemDescription {
    /// The partition key attribute (`user_id`).
    pub key: Option<String>,
    /// Prefix of the user id in the partition key, such as `USER#`.
    pub key_prefix: String,
    /// Sort key attribute, if the table has one.
    pub sort_key: Option<String>,
    /// Sort key of every list, such as `RECS`.
    pub sort_value: Option<String>,
    /// Prefix of the user id in the sort key, if the sort key contains the id.
    pub sort_prefix: Option<String>,
    /// The list attribute (`recommended_note_ids`).
    pub list: Option<String>,
    /// Type of a list's elements. If unset, the type in the table's existing lists; without such
    /// lists, the type of each id: a JSON number is a Number, a JSON string a String.
    pub list_type: Option<KeyType>,
    /// The time attribute (`generated_at`).
    pub time: Option<String>,
    /// The form of the time attribute.
    pub time_form: TimeForm,
}

/// An invalid item description.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DescriptionError {
    /// An attribute without a name.
    #[error("item.{0} is empty; set an attribute name")]
    Empty(&'static str),
    /// Two attributes with the same name.
    #[error("the attribute {0:?} is configured twice; keys, list and time need different names")]
    SameName(String),
    /// A `sort_key` with neither or both of `sort_value` and `sort_prefix`.
    #[error(
        "item.sort_key {0:?} requires either sort_value (the sort key of every list) or sort_prefix (followed by the user id)"
    )]
    SortValue(String),
    /// A `sort_value` or `sort_prefix` without `sort_key`.
    #[error("item.{0} requires item.sort_key")]
    NoSortKey(&'static str),
    /// A setting that differs from one outside the policy.
    #[error(
        "the policy's item.{what} is {policy:?}, but {elsewhere:?} is configured elsewhere; set it only in the policy, which the Lambda reads, too"
    )]
    Conflict {
        /// Policy key.
        what: &'static str,
        /// Value in the policy.
        policy: String,
        /// Value from flags, environment or configuration.
        elsewhere: String,
    },
}

/// Attribute names configured outside the policy, by flags or environment variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// The partition key attribute.
    pub key: Option<String>,
    /// The list attribute.
    pub list: Option<String>,
    /// The time attribute.
    pub time: Option<String>,
    /// The type of a list's elements.
    pub list_type: Option<KeyType>,
}

impl ItemDescription {
    /// Returns the partition key attribute.
    #[must_use]
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or("user_id")
    }

    /// Returns the list attribute.
    #[must_use]
    pub fn list(&self) -> &str {
        self.list.as_deref().unwrap_or("recommended_note_ids")
    }

    /// Returns the time attribute.
    #[must_use]
    pub fn time(&self) -> &str {
        self.time.as_deref().unwrap_or("generated_at")
    }

    /// Returns whether the table may also hold items of other kinds.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.sort_key.is_some() || !self.key_prefix.is_empty()
    }

    /// Checks that names are set and distinct, and that the sort key is complete.
    ///
    /// # Errors
    /// [`DescriptionError`] with the policy key.
    pub fn check(&self) -> Result<(), DescriptionError> {
        let named = [
            ("key", Some(self.key())),
            ("list", Some(self.list())),
            ("time", Some(self.time())),
            ("sort_key", self.sort_key.as_deref()),
        ];
        let mut seen: Vec<&str> = Vec::new();
        for (what, name) in named.into_iter().filter_map(|(what, name)| Some((what, name?))) {
            if name.is_empty() {
                return Err(DescriptionError::Empty(what));
            }
            if seen.contains(&name) {
                return Err(DescriptionError::SameName(name.to_owned()));
            }
            seen.push(name);
        }
        match (&self.sort_key, &self.sort_value, &self.sort_prefix) {
            (None, Some(_), _) => Err(DescriptionError::NoSortKey("sort_value")),
            (None, None, Some(_)) => Err(DescriptionError::NoSortKey("sort_prefix")),
            (Some(_), Some(value), None) if value.is_empty() => {
                Err(DescriptionError::Empty("sort_value"))
            }
            (None, None, None) | (Some(_), Some(_), None) | (Some(_), None, Some(_)) => Ok(()),
            (Some(name), _, _) => Err(DescriptionError::SortValue(name.clone())),
        }
    }

    /// Adds settings from outside the policy, for deployments that predate the `[item]` section.
    ///
    /// # Errors
    /// [`DescriptionError::Conflict`] if both set a value and the values differ.
    pub fn beside(mut self, beside: Beside) -> Result<Self, DescriptionError> {
        let Beside { key, list, time, list_type } = beside;
        for (what, mine, other) in [
            ("key", &mut self.key, key),
            ("list", &mut self.list, list),
            ("time", &mut self.time, time),
        ] {
            take(what, mine, other)?;
        }
        let told = |kind: KeyType| format!("{kind:?}");
        let mut mine = self.list_type.map(told);
        take("list_type", &mut mine, list_type.map(told))?;
        self.list_type = self.list_type.or(list_type);
        self.check()?;
        Ok(self)
    }

    /// Returns the item layout for a table with these key types.
    #[must_use]
    pub fn schema(&self, key_type: KeyType, sort_type: KeyType) -> Schema {
        let sort = self.sort_key.as_ref().map(|name| SortKey {
            name: name.clone(),
            kind: sort_type,
            text: self.sort_value.clone().or(self.sort_prefix.clone()).unwrap_or_default(),
            with_user: self.sort_value.is_none(),
        });
        Schema {
            user_attr: self.key().to_owned(),
            key_prefix: self.key_prefix.clone(),
            sort,
            list_attr: self.list().to_owned(),
            generated_at_attr: self.time().to_owned(),
            key_type,
            list_type: self.list_type,
            time_form: self.time_form,
            constants: Vec::new(),
        }
    }

    /// Returns the layout to assume without a table: ids are Numbers unless they have a prefix, and
    /// a sort key is a String.
    #[must_use]
    pub fn assumed_schema(&self) -> Schema {
        let key_type = if self.key_prefix.is_empty() { KeyType::N } else { KeyType::S };
        self.schema(key_type, KeyType::S)
    }

    /// Returns the settings that differ from the default by policy key, in a fixed order.
    #[must_use]
    pub fn settings(&self) -> BTreeMap<&'static str, String> {
        let ItemDescription {
            key,
            key_prefix,
            sort_key,
            sort_value,
            sort_prefix,
            list,
            list_type,
            time,
            time_form,
        } = self;
        let default = ItemDescription::default();
        let own = |name: &Option<String>, usual: &str| name.clone().filter(|name| name != usual);
        let form = (*time_form != default.time_form).then(|| time_form.name().to_owned());
        [
            ("key", own(key, default.key())),
            ("key_prefix", Some(key_prefix.clone()).filter(|prefix| !prefix.is_empty())),
            ("sort_key", sort_key.clone()),
            ("sort_value", sort_value.clone()),
            ("sort_prefix", sort_prefix.clone()),
            ("list", own(list, default.list())),
            ("list_type", list_type.map(|kind| format!("{kind:?}"))),
            ("time", own(time, default.time())),
            ("time_form", form),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

fn take(
    what: &'static str,
    mine: &mut Option<String>,
    other: Option<String>,
) -> Result<(), DescriptionError> {
    match (&mine, other) {
        (Some(policy), Some(elsewhere)) if *policy != elsewhere => {
            let policy = policy.clone();
            Err(DescriptionError::Conflict { what, policy, elsewhere })
        }
        (None, other) => {
            *mine = other;
            Ok(())
        }
        _ => Ok(()),
    }
}
