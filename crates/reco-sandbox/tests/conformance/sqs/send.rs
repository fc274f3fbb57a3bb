//! Sending, one by one and in batches.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_sqs::primitives::Blob;
use aws_sdk_sqs::types::{
    MessageAttributeValue, MessageSystemAttributeNameForSends as ForSends,
    MessageSystemAttributeValue,
};
use md5::{Digest, Md5};

use super::super::kit::*;

/// AWS: 1 MiB per message and 1 MiB per batch.
const LIMIT: usize = 1_048_576;

fn hex(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the documented digest of message attributes, implemented a second time.
fn attributes_md5(attributes: &HashMap<String, MessageAttributeValue>) -> String {
    let mut bytes = Vec::new();
    let mut field = |marks: &[u8], field: &[u8]| {
        bytes.extend_from_slice(marks);
        bytes.extend_from_slice(&(field.len() as u32).to_be_bytes());
        bytes.extend_from_slice(field);
    };
    for (name, value) in BTreeMap::from_iter(attributes) {
        field(&[], name.as_bytes());
        field(&[], value.data_type().as_bytes());
        match value.binary_value() {
            Some(blob) => field(&[2], blob.as_ref()),
            None => field(&[1], value.string_value().unwrap_or_default().as_bytes()),
        }
    }
    hex(&bytes)
}

pub async fn digests_prove_what_arrived(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let attributes = every_kind()?;
    let trace = "Root=1-5759e988-bd862e3fe1be46a994272793";
    let header = MessageSystemAttributeValue::builder().data_type("String").string_value(trace);
    let send = kit.sqs.send_message().queue_url(&url).message_body("grüße");
    let send = send
        .set_message_attributes(Some(attributes.clone()))
        .message_system_attributes(ForSends::AwsTraceHeader, header.build()?)
        .send()
        .await?;
    let expected = attributes_md5(&attributes);
    let header = HashMap::from([("AWSTraceHeader".to_owned(), text("String", trace)?)]);
    same("body", send.md5_of_message_body(), Some(hex("grüße".as_bytes()).as_str()))?;
    same("attributes", send.md5_of_message_attributes(), Some(expected.as_str()))?;
    let system = attributes_md5(&header);
    same("system", send.md5_of_message_system_attributes(), Some(system.as_str()))?;
    let message = kit.receive_one(&url, 30).await?;
    same("received id", message.message_id(), send.message_id())?;
    same("received body", message.md5_of_body(), send.md5_of_message_body())?;
    same("received attributes", message.md5_of_message_attributes(), Some(expected.as_str()))?;
    same("trace header", self::system(&message, "AWSTraceHeader").as_deref(), Some(trace))?;
    let plain = kit.sqs.send_message().queue_url(&url).message_body("x").send().await?;
    same("no attributes, no digest", plain.md5_of_message_attributes(), None)
}

/// AWS: a batch can partly fail, so it answers 200 and lists the failures.
pub async fn a_batch_fails_entry_by_entry(kit: &Kit) -> Outcome {
    let url = kit.queue(&[("MaximumMessageSize", "1024")]).await?;
    let batch = kit.sqs.send_message_batch().queue_url(&url);
    let batch = batch
        .entries(entry("good-1", "a")?)
        .entries(entry("control", "\u{b}")?)
        .entries(entry("large", &"x".repeat(1025))?)
        .entries(entry("good_2", "b")?);
    let reply = batch.send().await?;
    let sent: Vec<_> = reply.successful().iter().map(|entry| entry.id()).collect();
    same("sent", sent, vec!["good-1", "good_2"])?;
    let failed: Vec<_> = reply
        .failed()
        .iter()
        .map(|entry| (entry.id(), entry.code(), entry.sender_fault()))
        .collect();
    let expected = vec![("control", "InvalidMessageContents", true), ("large", INVALID, true)];
    same("failed", failed, expected)?;
    let md5 = reply.successful().iter().map(|entry| entry.md5_of_message_body().to_owned());
    same("digests", md5.collect::<Vec<_>>(), vec![hex(b"a"), hex(b"b")])?;
    same("counts", kit.counts(&url).await?, [2, 0, 0])
}

pub async fn a_bad_batch_fails_whole(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let send = async |ids: &[&str]| {
        let entries = ids.iter().map(|id| entry(id, "x")).collect::<Result<Vec<_>, _>>()?;
        let batch = kit.sqs.send_message_batch().queue_url(&url).set_entries(Some(entries));
        Ok::<_, Failure>(batch.send().await)
    };
    let code = |name: &str| format!("AWS.SimpleQueueService.{name}");
    let eleven: Vec<_> = (0..11).map(|i| i.to_string()).collect();
    let eleven: Vec<_> = eleven.iter().map(String::as_str).collect();
    refused("none", send(&[]).await?, &code("EmptyBatchRequest"))?;
    refused("eleven", send(&eleven).await?, &code("TooManyEntriesInBatchRequest"))?;
    refused("repeated id", send(&["a", "b", "a"]).await?, &code("BatchEntryIdsNotDistinct"))?;
    refused("bad id", send(&["a.b"]).await?, &code("InvalidBatchEntryId"))?;
    let long = "x".repeat(81);
    refused("long id", send(&[&long]).await?, &code("InvalidBatchEntryId"))?;
    refused("no id", send(&[""]).await?, &code("InvalidBatchEntryId"))?;
    same("nothing sent", kit.counts(&url).await?, [0, 0, 0])?;
    let ten = send(&eleven[..10]).await??;
    same("ten", ten.successful().len(), 10)?;
    same("the longest", send(&["B-1_z", &long[..80]]).await??.successful().len(), 2)
}

pub async fn the_queues_size_limit_holds(kit: &Kit) -> Outcome {
    let url = kit.queue(&[("MaximumMessageSize", "1024")]).await?;
    kit.send(&url, &"x".repeat(1024)).await?;
    let body = "x".repeat(1025);
    let send = kit.sqs.send_message().queue_url(&url).message_body(body).send().await;
    refused("one byte over", send, INVALID)
}

/// AWS: name, type and value of each attribute count towards the message's size.
pub async fn attributes_count_for_the_size(kit: &Kit) -> Outcome {
    let url = kit.queue(&[("MaximumMessageSize", "1024")]).await?;
    let send = async |body: usize| {
        let send = kit.sqs.send_message().queue_url(&url).message_body("x".repeat(body));
        let send = send.message_attributes("ab", text("String", "cde")?);
        Ok::<_, Failure>(send.send().await)
    };
    let beside = "ab".len() + "String".len() + "cde".len();
    send(1024 - beside).await??;
    refused("one byte over", send(1025 - beside).await?, INVALID)
}

pub async fn a_batch_has_a_size_limit(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let send = async |first: usize| {
        let batch = kit.sqs.send_message_batch().queue_url(&url);
        let batch = batch.entries(entry("a", &"x".repeat(first))?);
        Ok::<_, Failure>(batch.entries(entry("b", &"y".repeat(LIMIT / 2))?).send().await)
    };
    same("at the limit", send(LIMIT / 2).await??.successful().len(), 2)?;
    let over = send(LIMIT / 2 + 1).await?;
    refused("one byte over", over, "AWS.SimpleQueueService.BatchRequestTooLong")
}

/// AWS: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.
pub async fn forbidden_characters_are_refused(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    for body in ["\0", "a\u{1b}[0m", "\u{fffe}", "\u{ffff}"] {
        let send = kit.sqs.send_message().queue_url(&url).message_body(body).send().await;
        refused(&format!("{body:?}"), send, "InvalidMessageContents")?;
    }
    let allowed = "\t\n\r \u{7f}\u{d7ff}\u{e000}\u{fffd}\u{10000}\u{10ffff}";
    kit.send(&url, allowed).await?;
    same("allowed", kit.receive_one(&url, 30).await?.body(), Some(allowed))
}

pub async fn attribute_rules_hold(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let send = async |attributes: HashMap<String, MessageAttributeValue>| {
        let send = kit.sqs.send_message().queue_url(&url).message_body("x");
        send.set_message_attributes(Some(attributes)).send().await
    };
    let one = |name: &str, value| HashMap::from([(name.to_owned(), value)]);
    let many = |count: usize| {
        let value = text("String", "x")?;
        Ok::<_, Failure>((0..count).map(|i| (format!("a{i}"), value.clone())).collect())
    };
    send(many(10)?).await?;
    send(one("a.b-c_D", text("Number.int", "-12.5e3")?)).await?;
    let x = text("String", "x")?;
    let both = MessageAttributeValue::builder().data_type("String").string_value("x");
    let bad = [
        ("eleven", many(11)?),
        ("empty value", one("a", text("String", "")?)),
        ("no bytes", one("a", binary("Binary", &[])?)),
        ("two values", one("a", both.binary_value(Blob::new([1])).build()?)),
        ("bad type", one("a", text("Text", "x")?)),
        ("not a number", one("a", text("Number", "twelve")?)),
        ("no name", one("", x.clone())),
        ("reserved", one("AWS.a", x.clone())),
        ("a dot first", one(".a", x.clone())),
        ("two dots", one("a..b", x.clone())),
        ("a space", one("a b", x)),
    ];
    for (what, attributes) in bad {
        refused(what, send(attributes).await, INVALID)?;
    }
    Ok(())
}

pub async fn delays_hide_a_message(kit: &Kit) -> Outcome {
    let url = kit.queue(&[("DelaySeconds", "900")]).await?;
    kit.send(&url, "by the queue").await?;
    let send = kit.sqs.send_message().queue_url(&url).message_body("own");
    send.delay_seconds(1).send().await?;
    same("counts", kit.counts(&url).await?, [0, 0, 2])?;
    same("hidden", kit.receive(&url, 10, 30).await?.len(), 0)?;
    pause(1300).await;
    same("after its delay", bodies(&kit.receive(&url, 10, 30).await?), vec!["own"])
}

pub async fn delays_have_a_range(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    for delay in [-1, 901] {
        let send = kit.sqs.send_message().queue_url(&url).message_body("x").delay_seconds(delay);
        refused(&format!("{delay} s"), send.send().await, INVALID)?;
    }
    Ok(())
}

/// AWS: standard queues accept a `MessageGroupId` (fair queues) but no deduplication id.
pub async fn a_standard_queue_takes_groups_but_no_deduplication_id(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let send = kit.sqs.send_message().queue_url(&url).message_body("x").message_group_id("g");
    send.send().await?;
    let message = kit.receive_one(&url, 30).await?;
    same("group", system(&message, "MessageGroupId").as_deref(), Some("g"))?;
    let send = kit.sqs.send_message().queue_url(&url).message_body("x");
    refused("deduplication id", send.message_deduplication_id("d").send().await, INVALID)
}
