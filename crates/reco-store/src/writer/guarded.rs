//! Guarded writes: replace an item only with a newer one.
//!
//! AWS: "PutItem" and "DeleteItem", `ConditionExpression`. DynamoDB checks and writes in one step,
//! so of two writers the newer list wins in either order. A delete leaves nothing to compare a
//! later put of an older list with.
//!
//! DynamoDB compares Numbers regardless of their unit. The response to a failed condition contains
//! the item: if another writer left its time in another form, that form is read, and the item is
//! replaced only if it is still unchanged.

use std::collections::HashMap;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConsumedCapacity, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
    ThrottlingReason,
};
use futures::{StreamExt, stream};
use reco_core::item::{Action, PlannedItem, gives_way};
use reco_core::time::{EARLIEST_PLAUSIBLE, FIRST_IMPLAUSIBLE, TimeForm};

use super::Writer;
use super::attempt::Attempt;
use super::report::{Kept, WriteFailure, WriteReport};
use crate::batch_get::Item;
use crate::encode::{self, encode, key, time_of};
use crate::retry::{Halt, Stop};
use crate::service::{ErrorKind, ServiceError};

/// Strictly older, since a redelivered message has the same time and is already written. Numbers
/// that cannot be seconds, such as 20260115, are not compared as seconds.
const OLDER: &str = "attribute_not_exists(#user) OR attribute_not_exists(#time) \
                     OR (#time < :time AND NOT #time BETWEEN :early AND :since)";
/// The same for milliseconds: smaller numbers may be seconds, or the digits of a date.
const OLDER_MILLISECONDS: &str = "attribute_not_exists(#user) OR attribute_not_exists(#time) \
                                  OR (#time < :time AND #time > :least)";
/// Smallest number of thirteen digits (September 2001).
const LEAST_MILLISECONDS: i64 = 1_000_000_000_000;
/// A list of unknown time does not replace one of known time.
const UNDATED: &str = "attribute_not_exists(#user) OR attribute_not_exists(#time)";
/// The item is unchanged since it was read.
const SAME: &str = "attribute_not_exists(#user) OR #time = :seen";

/// Return the item if the condition fails.
const SHOW: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

/// Maximum writes of one batch in flight.
const WIDTH: usize = 8;

/// Maximum attempts at an item that keeps changing.
const LOOKS: usize = 5;

/// Makes a conditional call. The SDK has builders and errors of its own for each operation, alike but for
/// their types.
macro_rules! conditional {
    ($writer:expr, $call:expr, $condition:expr, $stop:expr, $operation:literal, $error:ident) => {{
        let Condition { expression, names, values } = $condition;
        let call = $call
            .table_name(&$writer.table)
            .condition_expression(expression)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(SHOW)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send();
        Call::Over(match $stop.bound(call).await {
            Ok(Ok(answer)) => done(answer.consumed_capacity()),
            Ok(Err(error)) => match error.as_service_error() {
                Some($error::ConditionalCheckFailedException(held)) => {
                    return Call::Held(held.item().cloned());
                }
                service => {
                    let reasons = service.map(|error| match error {
                        $error::ProvisionedThroughputExceededException(e) => e.throttling_reasons(),
                        $error::RequestLimitExceeded(e) => e.throttling_reasons(),
                        $error::ThrottlingException(e) => e.throttling_reasons(),
                        _ => &[],
                    });
                    $writer.failed($operation, &error, reasons)
                }
            },
            Err(halt) => Write::Halted(halt),
        })
    }};
}

/// Result of one write.
pub(super) enum Write {
    Done {
        wcu: f64,
    },
    Stale,
    /// The table holds something else than what is to be replaced.
    Kept(Kept),
    /// What is to be replaced cannot be looked up.
    Unknown(String),
    /// The time of the item in the table cannot be read.
    Unreadable(String),
    /// The item kept changing between attempts.
    Contended,
    Halted(Halt),
    Failed {
        error: ServiceError,
        throttled: Option<Vec<ThrottlingReason>>,
    },
}

/// Result of one call.
enum Call {
    Over(Write),
    /// The condition failed; the item, if the response contains it.
    Held(Option<Item>),
}

impl Writer {
    /// Makes one attempt at each item.
    pub(super) async fn attempt_guarded(
        &self,
        items: Vec<PlannedItem>,
        stop: &Stop,
        report: &mut WriteReport,
    ) -> Attempt {
        let given = items.len();
        let mut writes = stream::iter(items)
            .map(|item| async move {
                let (write, calls) = match &self.replacing {
                    Some(replacing) => self.write_if_held(&item, replacing, stop).await,
                    None => self.write_if_newer(&item, stop).await,
                };
                (item, write, calls)
            })
            .buffer_unordered(WIDTH);
        let (mut left, mut passing, mut failure) = (Vec::new(), None, None);
        while let Some((item, write, calls)) = writes.next().await {
            report.calls += calls;
            match write {
                Write::Done { wcu } => report.wcu += wcu,
                Write::Stale => report.found_stale(item),
                Write::Kept(kept) => report.keep(item, kept),
                Write::Unknown(why) => {
                    failure.get_or_insert(WriteFailure::Unknown { why });
                    left.push(item);
                }
                Write::Unreadable(why) => {
                    let user = item.recommendation.user.to_string();
                    report.refuse(item, WriteFailure::Unreadable { user, why });
                }
                Write::Contended => left.push(item),
                Write::Halted(halt) => {
                    failure.get_or_insert(WriteFailure::from(halt));
                    left.push(item);
                }
                Write::Failed { error, throttled } => {
                    if let Some(reasons) = throttled {
                        report.throttled(&reasons);
                    }
                    if error.kind.is_transient() {
                        passing.get_or_insert(error);
                        left.push(item);
                        continue;
                    }
                    let refused = WriteFailure::Refused(error);
                    if refused.is_about_one() {
                        report.refuse(item, refused);
                    } else {
                        failure.get_or_insert(refused);
                        left.push(item);
                    }
                }
            }
        }
        report.last_error = passing.clone().or(report.last_error.take());
        match (failure, passing) {
            (Some(failure), _) => Attempt::Failed { left, failure },
            (None, Some(error)) if left.len() == given => Attempt::Passing { left, error },
            (None, _) => Attempt::Answered { left },
        }
    }

    /// Writes an item if it is newer; returns the number of calls made.
    async fn write_if_newer(&self, item: &PlannedItem, stop: &Stop) -> (Write, u64) {
        let first = self.condition(item, None);
        let next = |held| self.judge(item, held).map(|seen| self.condition(item, Some(&seen)));
        self.write_under(item, first, next, stop).await
    }

    /// Writes an item under the first condition; where that fails, under the one that `next` makes
    /// of what the table holds. Returns the number of calls made.
    pub(super) async fn write_under(
        &self,
        item: &PlannedItem,
        first: Condition,
        next: impl Fn(Option<Item>) -> Result<Condition, Write>,
        stop: &Stop,
    ) -> (Write, u64) {
        let (mut condition, mut calls) = (first, 0);
        for _ in 0..LOOKS {
            if let Err(halt) = stop.check() {
                return (Write::Halted(halt), calls);
            }
            let call = self.call_if(item, condition, stop).await;
            calls += u64::from(!matches!(call, Call::Over(Write::Halted(_))));
            match call {
                Call::Over(write) => return (write, calls),
                Call::Held(held) => match next(held) {
                    Ok(again) => condition = again,
                    Err(write) => return (write, calls),
                },
            }
        }
        (Write::Contended, calls)
    }

    /// Examines the item that failed the condition. Returns its time attribute if it is older after
    /// all, otherwise the result of the write.
    fn judge(&self, item: &PlannedItem, held: Option<Item>) -> Result<AttributeValue, Write> {
        // Without the item in the response, only the condition counts.
        let Some(held) = held else { return Err(Write::Stale) };
        match (time_of(&held, &self.schema), item.guard) {
            (Ok(time), guard) if gives_way(time, guard) => {
                held.get(&self.schema.generated_at_attr).cloned().ok_or(Write::Contended)
            }
            // A list of unknown time does not replace it, whatever its own time.
            (Ok(_), _) | (Err(_), None) => Err(Write::Stale),
            (Err(why), Some(_)) => Err(Write::Unreadable(why)),
        }
    }

    /// Puts or deletes an item if its condition holds.
    async fn call_if(&self, item: &PlannedItem, condition: Condition, stop: &Stop) -> Call {
        match item.action {
            Action::Put => {
                let call = self.client.put_item().set_item(Some(encode(item, &self.schema)));
                conditional!(self, call, condition, stop, "PutItem", PutItemError)
            }
            Action::Delete => {
                let call = self.client.delete_item().set_key(Some(key(item, &self.schema)));
                conditional!(self, call, condition, stop, "DeleteItem", DeleteItemError)
            }
        }
    }

    /// Returns the condition that the table's item is older; for an item that was examined, that it
    /// is unchanged.
    fn condition(&self, item: &PlannedItem, seen: Option<&AttributeValue>) -> Condition {
        let n = |number: i64| AttributeValue::N(number.to_string());
        let guard = item.guard.map(|time| encode::time(time, &self.schema));
        let own = |value| [(":time".to_owned(), value)];
        let (expression, values) = match (seen, guard, self.schema.time_form) {
            (Some(seen), ..) => (SAME, HashMap::from([(":seen".to_owned(), seen.clone())])),
            // Text times cannot be compared as strings: one time can be written in many ways.
            (None, None, _) | (None, Some(_), TimeForm::Iso8601) => (UNDATED, HashMap::new()),
            (None, Some(guard), TimeForm::Seconds) => {
                let mut values = HashMap::from(own(guard));
                values.insert(":early".to_owned(), n(FIRST_IMPLAUSIBLE));
                values.insert(":since".to_owned(), n(EARLIEST_PLAUSIBLE - 1));
                (OLDER, values)
            }
            (None, Some(guard), TimeForm::Milliseconds) => {
                let mut values = HashMap::from(own(guard));
                values.insert(":least".to_owned(), n(LEAST_MILLISECONDS));
                (OLDER_MILLISECONDS, values)
            }
        };
        Condition {
            expression,
            names: HashMap::from([
                ("#user".to_owned(), self.schema.user_attr.clone()),
                ("#time".to_owned(), self.schema.generated_at_attr.clone()),
            ]),
            values: Some(values).filter(|values| !values.is_empty()),
        }
    }

    fn failed<E>(
        &self,
        operation: &'static str,
        error: &SdkError<E, HttpResponse>,
        reasons: Option<&[ThrottlingReason]>,
    ) -> Write
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let error = ServiceError::from_sdk(operation, &self.table, error);
        let throttled =
            (error.kind == ErrorKind::Throttled).then(|| reasons.unwrap_or_default().to_vec());
        Write::Failed { error, throttled }
    }
}

/// A `ConditionExpression` with its names and values.
pub(super) struct Condition {
    pub(super) expression: &'static str,
    pub(super) names: HashMap<String, String>,
    pub(super) values: Option<HashMap<String, AttributeValue>>,
}

fn done(consumed: Option<&ConsumedCapacity>) -> Write {
    Write::Done { wcu: crate::table::consumed(consumed.and_then(|used| used.capacity_units())) }
}
