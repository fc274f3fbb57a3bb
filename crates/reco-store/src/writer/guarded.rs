//! Writing only what is newer than what the table holds.
//!
//! AWS: "PutItem" and "DeleteItem", `ConditionExpression`. DynamoDB decides and writes in one step,
//! so of two writers the newer list wins whichever comes last. A delete leaves nothing behind that
//! a later put of an older list could be held against.

use std::collections::HashMap;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConsumedCapacity, ReturnConsumedCapacity, ThrottlingReason,
};
use futures::{StreamExt, stream};
use reco_core::item::{Action, PlannedItem};

use super::Writer;
use super::attempt::Attempt;
use super::report::{WriteFailure, WriteReport};
use crate::encode::{encode, key};
use crate::retry::{Halt, Stop};
use crate::service::{ErrorKind, ServiceError};

/// Writes of one batch in flight at once.
const WIDTH: usize = 8;

/// Times are equal when a message is delivered again: what it says stands there already.
const OLDER: &str = "attribute_not_exists(#user) OR attribute_not_exists(#time) OR #time < :time";
/// Nothing says that a list of unknown time is newer than one of known time.
const UNDATED: &str = "attribute_not_exists(#user) OR attribute_not_exists(#time)";

/// What one write came to.
enum Write {
    Done { wcu: f64 },
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
        let mut writes = stream::iter(items)
            .map(|item| async move {
                let write = self.write_if_newer(&item, stop).await;
                (item, write)
            })
            .buffer_unordered(WIDTH);
        let (mut left, mut passing, mut failure) = (Vec::new(), None, None);
        while let Some((item, write)) = writes.next().await {
            report.calls += u64::from(!matches!(write, Write::Halted(_)));
            match write {
                Write::Done { wcu } => report.wcu += wcu,
                Write::Stale => report.found_stale(item),
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

    async fn write_if_newer(&self, item: &PlannedItem, stop: &Stop) -> Write {
        if let Err(halt) = stop.check() {
            return Write::Halted(halt);
        }
        match item.action {
            Action::Put => self.put_if_newer(item, stop).await,
            Action::Delete => self.delete_if_newer(item, stop).await,
        }
    }

    async fn put_if_newer(&self, item: &PlannedItem, stop: &Stop) -> Write {
        let Condition { expression, names, values } = self.condition(item);
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(encode(item, &self.schema)))
            .condition_expression(expression)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(values)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send();
        match stop.bound(call).await {
            Ok(Ok(answer)) => done(answer.consumed_capacity()),
            Ok(Err(error)) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Write::Stale,
                service => self.failed("PutItem", &error, service.map(put_throttled_by)),
            },
            Err(halt) => Write::Halted(halt),
        }
    }

    async fn delete_if_newer(&self, item: &PlannedItem, stop: &Stop) -> Write {
        let Condition { expression, names, values } = self.condition(item);
        let call = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key(item, &self.schema)))
            .condition_expression(expression)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(values)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send();
        match stop.bound(call).await {
            Ok(Ok(answer)) => done(answer.consumed_capacity()),
            Ok(Err(error)) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Write::Stale,
                service => self.failed("DeleteItem", &error, service.map(delete_throttled_by)),
            },
            Err(halt) => Write::Halted(halt),
        }
    }

    fn condition(&self, item: &PlannedItem) -> Condition {
        let time = item.recommendation.generated_at;
        let time = time.map(|seconds| AttributeValue::N(seconds.to_string()));
        Condition {
            expression: if time.is_some() { OLDER } else { UNDATED },
            names: HashMap::from([
                ("#user".to_owned(), self.schema.user_attr.clone()),
                ("#time".to_owned(), self.schema.generated_at_attr.clone()),
            ]),
            values: time.map(|time| HashMap::from([(":time".to_owned(), time)])),
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

/// "What the table holds is older", in DynamoDB's terms.
struct Condition {
    expression: &'static str,
    names: HashMap<String, String>,
    values: Option<HashMap<String, AttributeValue>>,
}

fn done(consumed: Option<&ConsumedCapacity>) -> Write {
    let wcu = consumed.and_then(|used| used.capacity_units()).unwrap_or_default();
    Write::Done { wcu }
}

fn put_throttled_by(error: &PutItemError) -> &[ThrottlingReason] {
    match error {
        PutItemError::ProvisionedThroughputExceededException(e) => e.throttling_reasons(),
        PutItemError::RequestLimitExceeded(e) => e.throttling_reasons(),
        PutItemError::ThrottlingException(e) => e.throttling_reasons(),
        _ => &[],
    }
}

fn delete_throttled_by(error: &DeleteItemError) -> &[ThrottlingReason] {
    match error {
        DeleteItemError::ProvisionedThroughputExceededException(e) => e.throttling_reasons(),
        DeleteItemError::RequestLimitExceeded(e) => e.throttling_reasons(),
        DeleteItemError::ThrottlingException(e) => e.throttling_reasons(),
        _ => &[],
    }
}
