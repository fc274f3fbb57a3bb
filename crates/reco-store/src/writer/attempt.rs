//! One `BatchWriteItem` call and its result.

use aws_sdk_dynamodb::operation::batch_write_item::{BatchWriteItemError, BatchWriteItemOutput};
use aws_sdk_dynamodb::types::{ThrottlingReason, WriteRequest};
use bytes::Bytes;
use reco_core::item::PlannedItem;
use reco_core::{Id, IdSet};

use super::Writer;
use super::report::{WriteFailure, WriteReport};
use crate::encode::{batch_body, user_of};
use crate::retry::Stop;
use crate::service::{ErrorKind, ServiceError};
use crate::table::consumed;

/// Result of one call.
pub(super) enum Attempt {
    /// DynamoDB responded; `left` came back unprocessed.
    Answered { left: Vec<PlannedItem> },
    /// The whole call failed for a transient reason.
    Passing { left: Vec<PlannedItem>, error: ServiceError },
    /// The call failed permanently.
    Failed { left: Vec<PlannedItem>, failure: WriteFailure },
}

impl Writer {
    pub(super) async fn attempt(
        &self,
        items: Vec<PlannedItem>,
        stop: &Stop,
        report: &mut WriteReport,
    ) -> Attempt {
        let body = Bytes::from(batch_body(&self.table, &items, &self.schema));
        // The SDK gets the table, since the endpoint may depend on it, and does everything else:
        // credentials, signature, connection, response. Only the body is replaced.
        let call = self
            .client
            .batch_write_item()
            .request_items(&self.table, Vec::new())
            .customize()
            .mutate_request(move |request| {
                request.headers_mut().insert("content-length", body.len().to_string());
                *request.body_mut() = body.clone().into();
            })
            .send();
        report.calls += 1;
        let error = match stop.bound(call).await {
            Ok(Ok(answer)) => return self.answered(items, answer, report),
            Ok(Err(error)) => error,
            Err(halt) => return Attempt::Failed { left: items, failure: halt.into() },
        };
        let sorted = ServiceError::from_sdk("BatchWriteItem", &self.table, &error);
        if !sorted.kind.is_transient() {
            return Attempt::Failed { left: items, failure: WriteFailure::Refused(sorted) };
        }
        if sorted.kind == ErrorKind::Throttled {
            let reasons = error.as_service_error().map(throttling_reasons).unwrap_or_default();
            report.throttled(reasons);
        }
        Attempt::Passing { left: items, error: sorted }
    }

    /// Splits the items by a response.
    fn answered(
        &self,
        items: Vec<PlannedItem>,
        answer: BatchWriteItemOutput,
        report: &mut WriteReport,
    ) -> Attempt {
        report.wcu += answer
            .consumed_capacity()
            .iter()
            .map(|used| consumed(used.capacity_units()))
            .sum::<f64>();
        // The response may key the table by name or by ARN.
        let returned: Vec<WriteRequest> =
            answer.unprocessed_items.unwrap_or_default().into_values().flatten().collect();
        let users: IdSet = returned.iter().filter_map(|request| self.user_of(request)).collect();
        let left = if users.len() == returned.len()
            && users.iter().all(|user| items.iter().any(|i| i.recommendation.user == *user))
        {
            items.into_iter().filter(|item| users.contains(&item.recommendation.user)).collect()
        } else {
            // A response with items that were not sent says nothing about what was written.
            items
        };
        report.returned += left.len() as u64;
        Attempt::Answered { left }
    }

    fn user_of(&self, request: &WriteRequest) -> Option<Id> {
        let attributes = match (request.put_request(), request.delete_request()) {
            (Some(put), None) => put.item(),
            (None, Some(delete)) => delete.key(),
            _ => return None,
        };
        user_of(attributes, &self.schema)
    }
}

fn throttling_reasons(error: &BatchWriteItemError) -> &[ThrottlingReason] {
    match error {
        BatchWriteItemError::ProvisionedThroughputExceededException(e) => e.throttling_reasons(),
        BatchWriteItemError::RequestLimitExceeded(e) => e.throttling_reasons(),
        BatchWriteItemError::ThrottlingException(e) => e.throttling_reasons(),
        _ => &[],
    }
}
