//! The whole pipeline: messages redriven from the DLQ end up in the table, or in the DLQ again.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::DeleteMessageBatchRequestEntry as Delete;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry as Send;
use reco_core::classify::Class;
use reco_core::decode::decode;
use reco_core::facts::FactsRequest;
use reco_core::filter::filter;
use reco_core::policy::Policy;
use reco_core::{Id, Recommendation};
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use reco_sandbox::seed::{DLQ, Mix, QUEUE, SeedOptions};
use reco_sandbox::sqs::SnapshotMessage;
use reco_sandbox::{Sandbox, SandboxOptions};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// Starts a pipeline that moves a message to the DLQ after two receives of one second each.
async fn sandbox(write_capacity: Option<WriteCapacity>, mix: Mix) -> Sandbox {
    let seed = SeedOptions {
        mix,
        visibility_timeout_s: 1,
        max_receive_count: 2,
        ..SeedOptions::default()
    };
    let options = SandboxOptions { seed: Some(seed), write_capacity, ..SandboxOptions::default() };
    Sandbox::start(options).await.unwrap()
}

/// Moves everything from the DLQ to its source, as a minimal client would.
async fn redrive(sandbox: &Sandbox) -> usize {
    let sqs = aws_sdk_sqs::Client::new(&common::sdk_config(sandbox));
    let (dlq, queue) = (sandbox.sqs().queue_url(DLQ), sandbox.sqs().queue_url(QUEUE));
    let mut moved = 0;
    loop {
        let receive = sqs.receive_message().queue_url(&dlq).max_number_of_messages(10);
        let messages = receive.send().await.unwrap().messages.unwrap_or_default();
        if messages.is_empty() {
            return moved;
        }
        moved += messages.len();
        let (mut send, mut delete) = (
            sqs.send_message_batch().queue_url(&queue),
            sqs.delete_message_batch().queue_url(&dlq),
        );
        for (id, message) in messages.iter().enumerate() {
            let entry = Send::builder().id(id.to_string()).message_body(message.body().unwrap());
            send = send.entries(entry.build().unwrap());
            let entry = Delete::builder().id(id.to_string());
            let entry = entry.receipt_handle(message.receipt_handle().unwrap());
            delete = delete.entries(entry.build().unwrap());
        }
        assert!(send.send().await.unwrap().failed().is_empty());
        assert!(delete.send().await.unwrap().failed().is_empty());
    }
}

/// Returns the filter's result for these messages, by user.
async fn expected(sandbox: &Sandbox, messages: &[SnapshotMessage]) -> HashMap<Id, Vec<Id>> {
    let recommendations: Vec<Recommendation> = messages
        .iter()
        .flat_map(|message| decode(&message.body).unwrap().entries)
        .map(|entry| entry.recommendation)
        .collect();
    let facts = common::facts(sandbox, &FactsRequest::of(&recommendations)).await;
    let kept = |recommendation| filter(recommendation, &facts, &Policy::default()).verdict.ok();
    let kept = recommendations.into_iter().filter_map(kept);
    kept.map(|kept| (kept.user, kept.articles)).collect()
}

async fn in_table(sandbox: &Sandbox) -> HashMap<Id, Vec<Id>> {
    let id = |value: &AttributeValue| Id::from(value.as_n().unwrap().parse::<i64>().unwrap());
    let list = |item: &HashMap<String, AttributeValue>| {
        let articles = item["recommended_note_ids"].as_l().unwrap();
        (id(&item["user_id"]), articles.iter().map(id).collect())
    };
    common::items(sandbox).await.iter().map(list).collect()
}

fn of_class(sandbox: &Sandbox, class: Class) -> Vec<SnapshotMessage> {
    let seeded = &sandbox.seed().unwrap().messages;
    let mut messages = sandbox.sqs().snapshot(DLQ).unwrap().messages;
    messages.retain(|message| seeded.iter().any(|s| s.id == message.id && s.class == class));
    messages
}

#[tokio::test]
async fn what_is_redriven_ends_in_the_table_and_poison_in_the_dlq() {
    let mix = Mix::default().with(Class::Oversize, 0).with(Class::Superseded, 0);
    let sandbox = sandbox(None, mix.clone()).await;
    let retryable = of_class(&sandbox, Class::Retryable);
    let expected = expected(&sandbox, &retryable).await;
    assert!(expected.len() > retryable.len());
    let mut poison = BTreeMap::<String, usize>::new();
    for class in [Class::Partial, Class::Malformed, Class::Foreign] {
        for message in of_class(&sandbox, class) {
            *poison.entry(message.body).or_default() += 1;
        }
    }
    assert_eq!(redrive(&sandbox).await, mix.total());
    assert!(sandbox.idle(Duration::from_secs(20)).await, "the source queue never drained");
    let table = in_table(&sandbox).await;
    for (user, articles) in &expected {
        assert_eq!(table.get(user), Some(articles), "user {user}");
    }
    let mut dead = BTreeMap::<String, usize>::new();
    for message in sandbox.sqs().snapshot(DLQ).unwrap().messages {
        assert_eq!(message.dead_letter_source_arn, Some(sandbox.sqs().queue_arn(QUEUE)));
        *dead.entry(message.body).or_default() += 1;
    }
    assert_eq!(dead, poison);
}

#[tokio::test]
async fn a_table_without_capacity_fills_the_dlq_again_and_loses_nothing() {
    let mix = Mix::none().with(Class::Retryable, 20);
    let sandbox = sandbox(Some(WriteCapacity::per_second(0.1)), mix).await;
    let before = of_class(&sandbox, Class::Retryable);
    redrive(&sandbox).await;
    assert!(sandbox.idle(Duration::from_secs(20)).await, "the source queue never drained");
    let after = sandbox.sqs().snapshot(DLQ).unwrap().messages;
    let after: Vec<_> = after.into_iter().map(|message| message.body).collect();
    assert!(after.len() >= 18, "only {} came back", after.len());
    let (back, gone): (Vec<_>, Vec<_>) =
        before.into_iter().partition(|message| after.contains(&message.body));
    assert_eq!(back.len(), after.len(), "the DLQ holds what it held before, each once");
    let table = in_table(&sandbox).await;
    for (user, articles) in expected(&sandbox, &gone).await {
        assert_eq!(table.get(&user), Some(&articles), "user {user} is neither here nor there");
    }
}

#[tokio::test]
async fn the_worker_may_be_left_out() {
    let options = SandboxOptions { worker: None, ..SandboxOptions::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let moved = {
        let sqs = aws_sdk_sqs::Client::new(&common::sdk_config(&sandbox));
        let send = sqs.send_message().queue_url(sandbox.sqs().queue_url(QUEUE));
        send.message_body("{}").send().await.unwrap();
        sandbox.idle(Duration::from_millis(500)).await
    };
    assert!(!moved);
    assert_eq!(sandbox.sqs().depth(QUEUE).unwrap().visible, 1);
}
