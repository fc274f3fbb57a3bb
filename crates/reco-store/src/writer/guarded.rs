//! Writing only what is newer than what the table holds.
//!
//! AWS: "PutItem", `ConditionExpression`. DynamoDB decides and writes in one step, so of two writers
//! the newer list wins whichever comes last.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ThrottlingReason};
use futures::{StreamExt, stream};
use reco_core::item::PlannedItem;

use super::Writer;
use super::attempt::Attempt;
use super::report::{WriteFailure, WriteReport};
use crate::encode::encode;
use crate::retry::{Halt, Stop};
use crate::service::{ErrorKind, ServiceError};

/// Puts of one batch in flight at once.
const WIDTH: usize = 8;

/// Times are equal when a message is delivered again: what it says stands there already.
const OLDER: &str = "attribute_not_exists(#user) OR attribute_not_exists(#time) OR #time < :time";
/// Nothing says that a list of unknown time is newer than one of known time.
const UNDATED: &str = "attribute_not_exists(#user) OR attribute_not_exists(#time)";

/// What one put came to.
enum Put {
    Written { wcu: f64 },
    Stale,
    Halted(Halt),
    Failed { error: ServiceError, throttled: Option<Vec<ThrottlingReason>> },
}

impl Writer {
    /// One attempt at each of these items.
    pub(super) async fn attempt_guarded(
        &self,
        items: Vec<PlannedItem>,
        stop: &Stop,
        report: &mut WriteReport,
    ) -> Attempt {
        let given = items.len();
        let mut puts = stream::iter(items)
            .map(|item| async move {
                let put = self.put_if_newer(&item, stop).await;
                (item, put)
            })
            .buffer_unordered(WIDTH);
        let (mut left, mut passing, mut failure) = (Vec::new(), None, None);
        while let Some((item, put)) = puts.next().await {
            report.calls += u64::from(!matches!(put, Put::Halted(_)));
            match put {
                Put::Written { wcu } => report.wcu += wcu,
                Put::Stale => report.stale += 1,
                Put::Halted(halt) => {
                    failure.get_or_insert(WriteFailure::from(halt));
                    left.push(item);
                }
                Put::Failed { error, throttled } => {
                    if let Some(reasons) = throttled {
                        report.throttled(&reasons);
                    }
                    if error.kind.is_transient() {
                        passing.get_or_insert(error);
                    } else {
                        failure.get_or_insert(WriteFailure::Refused(error));
                    }
                    left.push(item);
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

    async fn put_if_newer(&self, item: &PlannedItem, stop: &Stop) -> Put {
        if let Err(halt) = stop.check() {
            return Put::Halted(halt);
        }
        let generated_at = item.recommendation.generated_at;
        let time = generated_at.map(|seconds| AttributeValue::N(seconds.to_string()));
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(encode(item, &self.schema)))
            .condition_expression(if time.is_some() { OLDER } else { UNDATED })
            .expression_attribute_names("#user", &self.schema.user_attr)
            .expression_attribute_names("#time", &self.schema.generated_at_attr)
            .set_expression_attribute_values(time.map(|time| [(":time".to_owned(), time)].into()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send();
        let error = match stop.bound(call).await {
            Ok(Ok(answer)) => {
                let wcu = answer.consumed_capacity().and_then(|used| used.capacity_units());
                return Put::Written { wcu: wcu.unwrap_or_default() };
            }
            Ok(Err(error)) => error,
            Err(halt) => return Put::Halted(halt),
        };
        if let Some(PutItemError::ConditionalCheckFailedException(_)) = error.as_service_error() {
            return Put::Stale;
        }
        let sorted = ServiceError::from_sdk("PutItem", &self.table, &error);
        let reasons = || error.as_service_error().map(throttling_reasons).unwrap_or_default();
        let throttled = (sorted.kind == ErrorKind::Throttled).then(|| reasons().to_vec());
        Put::Failed { error: sorted, throttled }
    }
}

fn throttling_reasons(error: &PutItemError) -> &[ThrottlingReason] {
    match error {
        PutItemError::ProvisionedThroughputExceededException(e) => e.throttling_reasons(),
        PutItemError::RequestLimitExceeded(e) => e.throttling_reasons(),
        PutItemError::ThrottlingException(e) => e.throttling_reasons(),
        _ => &[],
    }
}
