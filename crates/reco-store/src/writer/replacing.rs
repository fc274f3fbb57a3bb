//! Conditional replacement: writes an item only where the table still holds what an earlier input
//! wrote, or an item of a period.
//!
//! AWS: "PutItem" and "DeleteItem", `ConditionExpression`; the operator `=` compares lists by their
//! elements and order. DynamoDB checks and writes in one step, so that a list that another writer
//! stores at the same time is never overwritten.
//!
//! The first condition is what the table most likely holds. The response to a failed condition
//! contains the item: if it is to be replaced after all, it is, provided that it is unchanged.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use reco_core::item::{Action, Former, PlannedItem, Schema};
use reco_core::{Id, Time};

use super::Writer;
use super::guarded::{Condition, Write};
use super::report::Kept;
use crate::batch_get::Item;
use crate::encode::{self, id_of, scalar, time_of};
use crate::retry::Stop;

/// The list is the expected one.
const HOLDS: &str = "#list = :list";
/// The list and the time are the expected ones.
const HOLDS_AT: &str = "#list = :list AND #time = :time";
/// The list is the expected one, and there is no time.
const HOLDS_UNDATED: &str = "#list = :list AND attribute_not_exists(#time)";
/// There is no item.
const HOLDS_NOTHING: &str = "attribute_not_exists(#user)";
/// Never: the response tells what the table holds.
const NEVER: &str = "attribute_exists(#user) AND attribute_not_exists(#user)";
/// Seconds from which on a number is a time of one unit only: milliseconds are beyond every number of
/// seconds, and numbers that may be dates (`20251128`) are below.
const UNAMBIGUOUS: i64 = 1_000_000_000;
/// The time is in a period. Compares as the attribute is stored, so only numbers of one unit.
const BETWEEN: &str = "#time BETWEEN :from AND :to";
/// The item is unchanged since it was read, whatever its list is.
const SAME_TIME: &str = "#time = :time";

/// Lists of an earlier input, by user.
pub trait Formers: fmt::Debug + Send + Sync {
    /// Returns everything that the input has for a user, in its order.
    ///
    /// # Errors
    /// Description of why they cannot be looked up.
    fn of(&self, user: &Id) -> Result<Vec<Former>, String>;

    /// Returns the policy's maximum length of a list.
    fn max_len(&self) -> Option<usize>;
}

/// Condition for replacing an item.
#[derive(Debug, Clone)]
pub enum Replacing {
    /// A list of an earlier input.
    Lists(Arc<dyn Formers>),
    /// A list of a time in this period, both ends included.
    Between {
        /// Start of the period.
        from: Time,
        /// End of the period.
        to: Time,
    },
}

/// Condition for one user's item.
enum Wanted {
    Lists { lists: Vec<Former>, max_len: Option<usize> },
    Between { from: Time, to: Time },
}

impl Writer {
    /// Writes an item if the table holds what is to be replaced; returns the number of calls made.
    pub(super) async fn write_if_held(
        &self,
        item: &PlannedItem,
        replacing: &Replacing,
        stop: &Stop,
    ) -> (Write, u64) {
        let wanted = match replacing.wanted(&item.recommendation.user) {
            Ok(wanted) => wanted,
            Err(Unavailable::NotListed) => return (Write::Kept(Kept::NotListed), 0),
            Err(Unavailable::Unknown(why)) => return (Write::Unknown(why), 0),
        };
        let first = self.first_condition(item, &wanted);
        let next =
            |held: Option<Item>| self.unchanged(item, &wanted, held.as_ref()).map_err(Write::Kept);
        self.write_under(item, first, next, stop).await
    }

    /// Returns the condition that most likely holds.
    fn first_condition(&self, item: &PlannedItem, wanted: &Wanted) -> Condition {
        let own = |text: &'static str, values: Vec<(&str, AttributeValue)>| {
            self.condition_of(text, values)
        };
        match wanted {
            Wanted::Between { from, to } => {
                let at = |time: Time| encode::time(time, &self.schema);
                // Texts of one time differ by zone and precision, and DynamoDB compares their bytes.
                if !at(*from).is_n() || from.seconds() < UNAMBIGUOUS {
                    return own(NEVER, Vec::new());
                }
                own(BETWEEN, vec![(":from", at(*from)), (":to", at(*to))])
            }
            Wanted::Lists { lists, .. } => {
                let last = lists.iter().rev().find(|list| list.removal || list.kept.is_some());
                let Some(last) = last.or(lists.last()).filter(|last| !last.removal) else {
                    // Nothing is to be deleted where there is nothing.
                    let removal = item.action == Action::Delete;
                    return own(if removal { NEVER } else { HOLDS_NOTHING }, Vec::new());
                };
                let ids = last.kept.as_ref().unwrap_or(&last.given);
                if *ids == item.recommendation.articles {
                    // What is right already is not written again.
                    return own(NEVER, Vec::new());
                }
                let ids = ids.iter().map(|id| scalar(id, item.type_of(id))).collect();
                let mut values = vec![(":list", AttributeValue::L(ids))];
                values.extend(last.time.map(|time| (":time", encode::time(time, &self.schema))));
                own(if last.time.is_some() { HOLDS_AT } else { HOLDS }, values)
            }
        }
    }

    /// Examines the item that failed the condition. Returns the condition that it is unchanged if
    /// it is to be replaced after all, otherwise why it is kept.
    fn unchanged(
        &self,
        item: &PlannedItem,
        wanted: &Wanted,
        held: Option<&Item>,
    ) -> Result<Condition, Kept> {
        decide(&self.schema, item, wanted, held)?;
        let Some(held) = held else { return Ok(self.condition_of(HOLDS_NOTHING, Vec::new())) };
        let list = held.get(&self.schema.list_attr).cloned();
        let stamp = held.get(&self.schema.generated_at_attr).cloned();
        Ok(match (list, stamp) {
            (Some(list), Some(time)) => {
                self.condition_of(HOLDS_AT, vec![(":list", list), (":time", time)])
            }
            (Some(list), None) => self.condition_of(HOLDS_UNDATED, vec![(":list", list)]),
            // Only a period selects items without a list, and then they have a time.
            (None, stamp) => {
                let time = stamp.unwrap_or(AttributeValue::Null(true));
                self.condition_of(SAME_TIME, vec![(":time", time)])
            }
        })
    }

    /// Returns a condition with the names and values that its expression uses: DynamoDB refuses
    /// others.
    fn condition_of(
        &self,
        expression: &'static str,
        values: Vec<(&str, AttributeValue)>,
    ) -> Condition {
        let schema = &self.schema;
        let names = [
            ("#user", &schema.user_attr),
            ("#list", &schema.list_attr),
            ("#time", &schema.generated_at_attr),
        ];
        let names = names.into_iter().filter(|(alias, _)| expression.contains(alias));
        let values: HashMap<String, AttributeValue> =
            values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Condition {
            expression,
            names: names.map(|(alias, name)| (alias.to_owned(), name.clone())).collect(),
            values: Some(values).filter(|values| !values.is_empty()),
        }
    }
}

/// Decides whether an item in the table is to be replaced; if not, says why it is kept.
fn decide(
    schema: &Schema,
    item: &PlannedItem,
    wanted: &Wanted,
    held: Option<&Item>,
) -> Result<(), Kept> {
    let removal = item.action == Action::Delete;
    let Some(held) = held else {
        let removed = match wanted {
            Wanted::Lists { lists, .. } => lists.iter().any(|list| list.removal),
            Wanted::Between { .. } => false,
        };
        return match (removal, removed) {
            (true, _) => Err(Kept::Same),
            (false, true) => Ok(()),
            (false, false) => Err(Kept::NoItem),
        };
    };
    let ids = held.get(&schema.list_attr).and_then(ids_of);
    let time = time_of(held, schema).ok().flatten();
    let replaceable = match (wanted, &ids) {
        (Wanted::Lists { lists, max_len }, Some(ids)) => {
            lists.iter().any(|former| former.is(ids, time, *max_len))
        }
        (Wanted::Lists { .. }, None) => false,
        (Wanted::Between { from, to }, _) => time.is_some_and(|time| (*from..=*to).contains(&time)),
    };
    let own = &item.recommendation;
    let same = !removal
        && ids.as_deref() == Some(own.articles.as_slice())
        && (own.generated_at.is_none() || own.generated_at == time);
    match wanted {
        Wanted::Lists { .. } if same => Err(Kept::Same),
        _ if replaceable => Ok(()),
        _ if same => Err(Kept::Same),
        _ => Err(Kept::Other),
    }
}

impl Replacing {
    fn wanted(&self, user: &Id) -> Result<Wanted, Unavailable> {
        match self {
            Replacing::Between { from, to } => Ok(Wanted::Between { from: *from, to: *to }),
            Replacing::Lists(formers) => match formers.of(user) {
                Ok(lists) if lists.is_empty() => Err(Unavailable::NotListed),
                Ok(lists) => Ok(Wanted::Lists { lists, max_len: formers.max_len() }),
                Err(why) => Err(Unavailable::Unknown(why)),
            },
        }
    }

    /// Returns what a write would do while the table holds this item of the user: `None` if it
    /// would replace it.
    ///
    /// # Errors
    /// Description of why the lists to replace cannot be looked up.
    pub(crate) fn foresee(
        &self,
        schema: &Schema,
        item: &PlannedItem,
        held: Option<&Item>,
    ) -> Result<Option<Kept>, String> {
        match self.wanted(&item.recommendation.user) {
            Ok(wanted) => Ok(decide(schema, item, &wanted, held).err()),
            Err(Unavailable::NotListed) => Ok(Some(Kept::NotListed)),
            Err(Unavailable::Unknown(why)) => Err(why),
        }
    }
}

/// Reason why nothing is known of a user's item.
enum Unavailable {
    NotListed,
    Unknown(String),
}

/// Returns the ids of a list attribute; `None` if it is not a list of ids.
fn ids_of(list: &AttributeValue) -> Option<Vec<Id>> {
    list.as_l().ok()?.iter().map(id_of).collect()
}
