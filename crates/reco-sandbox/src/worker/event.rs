//! The event that Lambda builds from received messages.

use aws_lambda_events::encodings::Base64Data;
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage, SqsMessageAttribute};
use aws_sdk_sqs::types::{Message, MessageAttributeValue};
use reco_core::message::{self, AttributeValue};

/// Returns an event of these messages, with everything SQS returned about them.
pub fn of(messages: &[Message], queue_arn: &str) -> SqsEvent {
    let mut event = SqsEvent::default();
    event.records = messages.iter().map(|message| record(message, queue_arn)).collect();
    event
}

/// Bytes of a message's record in the event, as JSON.
pub fn size(message: &Message, queue_arn: &str) -> usize {
    serde_json::to_vec(&record(message, queue_arn)).map_or(0, |record| record.len() + 1)
}

/// Returns an event of one message as recoctl keeps it.
pub fn of_kept(message: &message::Message, queue_arn: &str) -> SqsEvent {
    let mut record = SqsMessage::default();
    record.message_id = Some(message.id.clone());
    record.receipt_handle = Some(message.receipt_handle.clone());
    record.body = Some(message.body.clone());
    record.attributes = message.system.clone().into_iter().collect();
    let attributes = message.attributes.iter().map(|(name, value)| {
        let (text, bytes) = match &value.value {
            AttributeValue::Text(text) => (Some(text.as_str()), None),
            AttributeValue::Binary(bytes) => (None, Some(&**bytes)),
        };
        (name.clone(), attribute(&value.data_type, text, bytes))
    });
    record.message_attributes = attributes.collect();
    let mut event = SqsEvent::default();
    event.records = vec![addressed(record, queue_arn)];
    event
}

fn record(message: &Message, queue_arn: &str) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id = message.message_id.clone();
    record.receipt_handle = message.receipt_handle.clone();
    record.body = message.body.clone();
    record.md5_of_body = message.md5_of_body.clone();
    record.md5_of_message_attributes = message.md5_of_message_attributes.clone();
    record.attributes = message
        .attributes
        .iter()
        .flatten()
        .map(|(name, value)| (name.as_str().to_owned(), value.clone()))
        .collect();
    let attributes = message.message_attributes.iter().flatten().map(|(name, value)| {
        let MessageAttributeValue { data_type, string_value, binary_value, .. } = value;
        let bytes = binary_value.as_ref().map(AsRef::as_ref);
        (name.clone(), attribute(data_type, string_value.as_deref(), bytes))
    });
    record.message_attributes = attributes.collect();
    addressed(record, queue_arn)
}

/// Adds what a record says of its queue.
fn addressed(mut record: SqsMessage, queue_arn: &str) -> SqsMessage {
    record.event_source = Some("aws:sqs".to_owned());
    record.event_source_arn = Some(queue_arn.to_owned());
    // arn:aws:sqs:<region>:<account>:<name>
    record.aws_region = queue_arn.split(':').nth(3).map(str::to_owned);
    record
}

fn attribute(data_type: &str, text: Option<&str>, bytes: Option<&[u8]>) -> SqsMessageAttribute {
    let mut attribute = SqsMessageAttribute::default();
    attribute.data_type = Some(data_type.to_owned());
    attribute.string_value = text.map(str::to_owned);
    attribute.binary_value = bytes.map(|bytes| {
        let mut data = Base64Data::default();
        bytes.clone_into(&mut data);
        data
    });
    attribute
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_sqs::primitives::Blob;
    use aws_sdk_sqs::types::MessageSystemAttributeName;

    #[test]
    fn the_event_is_what_lambda_sends() {
        let text = MessageAttributeValue::builder().data_type("Number.int").string_value("7");
        let binary =
            MessageAttributeValue::builder().data_type("Binary").binary_value(Blob::new([1, 2, 3]));
        let message = Message::builder()
            .message_id("id")
            .receipt_handle("handle")
            .body("{}")
            .md5_of_body("99914b932bd37a50b983c5e7c90ae93b")
            .attributes(MessageSystemAttributeName::ApproximateReceiveCount, "3")
            .message_attributes("n", text.build().expect("complete"))
            .message_attributes("b", binary.build().expect("complete"))
            .build();
        let event = of(&[message], "arn:aws:sqs:eu-west-1:000000000000:recs");
        let json = serde_json::to_value(&event).expect("serialised");
        let record = &json["Records"][0];
        assert_eq!(record["messageId"], "id");
        assert_eq!(record["attributes"]["ApproximateReceiveCount"], "3");
        assert_eq!(record["messageAttributes"]["n"]["dataType"], "Number.int");
        assert_eq!(record["messageAttributes"]["n"]["stringValue"], "7");
        assert_eq!(record["messageAttributes"]["b"]["binaryValue"], "AQID");
        assert_eq!(record["eventSourceARN"], "arn:aws:sqs:eu-west-1:000000000000:recs");
        assert_eq!(record["awsRegion"], "eu-west-1");
    }
}
