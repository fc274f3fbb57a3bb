//! The seeded pipeline: the core puts every message of the DLQ into its intended class.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::QueueAttributeName;
use reco_core::classify::{Class, ClassifyContext, Held, MessageContent, classify};
use reco_core::decode::decode;
use reco_core::facts::{FactSet, FactsRequest};
use reco_core::item::{KeyType, Schema};
use reco_core::policy::Policy;
use reco_core::supersede::{Newest, UserDigest, user_digest};
use reco_core::{Id, Time};
use reco_sandbox::seed::{DLQ, Mix, QUEUE, SeedOptions};
use reco_sandbox::sqs::SnapshotMessage;
use reco_sandbox::{Sandbox, SandboxOptions};
use std::collections::{BTreeMap, HashMap, HashSet};

async fn seeded(seed: SeedOptions) -> Sandbox {
    let options = SandboxOptions { seed: Some(seed), ..SandboxOptions::default() };
    Sandbox::start(options).await.unwrap()
}

async fn facts(sandbox: &Sandbox, messages: &[SnapshotMessage]) -> FactSet {
    let decoded: Vec<_> = messages.iter().filter_map(|m| decode(&m.body).ok()).collect();
    let entries = decoded.iter().flat_map(|decoded| &decoded.entries);
    let request = FactsRequest::of(entries.map(|entry| &entry.recommendation));
    common::facts(sandbox, &request).await
}

async fn in_table(sandbox: &Sandbox) -> HashMap<Id, Held> {
    let held = |item: HashMap<String, AttributeValue>| {
        let number = |name: &str| item[name].as_n().unwrap().parse::<i64>().unwrap();
        (Id::from(number("user_id")), Held::At(Time::from_seconds(number("generated_at"))))
    };
    common::items(sandbox).await.into_iter().map(held).collect()
}

struct Judged<'a> {
    message: &'a SnapshotMessage,
    content: MessageContent,
    made_ms: i64,
}

fn judge<'a>(message: &'a SnapshotMessage, facts: &FactSet) -> Judged<'a> {
    let schema = Schema::with_key_type(KeyType::N);
    let content = MessageContent::judge(decode(&message.body), facts, &Policy::default(), &schema);
    let stated = content.entries.first().and_then(|entry| entry.generated_at);
    let made_ms = stated.map_or(message.sent_at_ms as i64, Time::millis);
    Judged { message, content, made_ms }
}

fn digests(content: &MessageContent) -> Vec<UserDigest> {
    content.writable_users().map(|user| user_digest(None, user)).collect()
}

async fn classes(sandbox: &Sandbox) -> BTreeMap<String, Class> {
    let in_table = in_table(sandbox).await;
    let snapshot = sandbox.sqs().snapshot(DLQ).unwrap();
    let facts = facts(sandbox, &snapshot.messages).await;
    let judged: Vec<_> = snapshot.messages.iter().map(|message| judge(message, &facts)).collect();
    let mut newest = Newest::default();
    for one in &judged {
        newest.observe(&digests(&one.content), one.made_ms);
    }
    let class = |one: &Judged<'_>| {
        let around = ClassifyContext {
            message_bytes: one.message.body.len(),
            destination_limit: Some(256 * 1024),
            sent_at: Some(Time::from_millis(one.message.sent_at_ms as i64)),
            in_table: &in_table,
            superseded: newest.supersedes(&digests(&one.content), one.made_ms),
        };
        (one.message.id.clone(), classify(&one.content, &around).class)
    };
    judged.iter().map(class).collect()
}

#[tokio::test]
async fn every_message_is_of_the_class_it_was_made_for() {
    for (mix, rng_seed) in [(Mix::default(), 7), (Mix::of_total(150), 7), (Mix::of_total(75), 8)] {
        let options = SeedOptions { mix: mix.clone(), rng_seed, ..SeedOptions::default() };
        let sandbox = seeded(options).await;
        let found = classes(&sandbox).await;
        let seed = sandbox.seed().unwrap();
        for message in &seed.messages {
            assert_eq!(found[&message.id], message.class, "{}", message.about);
        }
        assert_eq!(found.len(), mix.total());
        for class in Class::ALL.iter().copied() {
            assert_eq!(seed.counts()[&class], mix.count(class), "{class}");
        }
    }
}

#[tokio::test]
async fn the_same_seed_makes_the_same_messages() {
    let (first, second) =
        tokio::join!(seeded(SeedOptions::default()), seeded(SeedOptions::default()));
    let third = seeded(SeedOptions { rng_seed: 8, ..SeedOptions::default() }).await;
    assert_eq!(first.seed().unwrap().messages, second.seed().unwrap().messages);
    assert_ne!(first.seed().unwrap().messages, third.seed().unwrap().messages);
    let facts = first.seed().unwrap().facts.clone();
    assert!(facts.exists());
    drop(first);
    assert!(!facts.exists(), "the facts file outlives its sandbox");
}

#[tokio::test]
async fn the_dlq_shows_what_a_redrive_must_carry_over() {
    let sandbox = seeded(SeedOptions::default()).await;
    let messages = sandbox.sqs().snapshot(DLQ).unwrap().messages;
    let kinds: HashSet<&str> = messages
        .iter()
        .flat_map(|message| message.attributes.values())
        .map(|attribute| attribute.data_type.as_str())
        .collect();
    assert_eq!(kinds, HashSet::from(["String", "Number", "Binary", "String.json", "Number.float"]));
    let some = |what: fn(&SnapshotMessage) -> bool| messages.iter().any(what);
    assert!(some(|message| message.trace_header.is_some()));
    assert!(some(|message| message.group_id.is_some()));
    assert!(some(|message| message.dead_letter_source_arn.is_none()));
    assert!(some(|message| message.dead_letter_source_arn.is_some()));
    assert!(some(|message| message.body.contains('\u{202e}')));
    assert!(some(|message| message.receive_count >= 20));
    let now_ms = jiff::Timestamp::now().as_millisecond() as u64;
    let oldest = messages.iter().map(|message| message.sent_at_ms).min().unwrap();
    let left_min = (oldest + 14 * 86_400_000 - now_ms) / 60_000;
    assert!(left_min < 60, "{left_min} minutes left");
}

#[tokio::test]
async fn the_environment_names_the_pipeline() {
    let sandbox = seeded(SeedOptions::default()).await;
    let env: BTreeMap<_, _> = sandbox.env().into_iter().collect();
    let config = common::sdk_config(&sandbox);
    let sqs = aws_sdk_sqs::Client::new(&config);
    let url = sqs.get_queue_url().queue_name(&env["RECOCTL_QUEUE"]).send().await.unwrap();
    let attributes = sqs.get_queue_attributes().queue_url(url.queue_url().unwrap());
    let attributes = attributes.attribute_names(QueueAttributeName::All).send().await.unwrap();
    let redrive = &attributes.attributes().unwrap()[&QueueAttributeName::RedrivePolicy];
    assert!(redrive.contains(&format!(":{}\"", env["RECOCTL_DLQ"])), "{redrive}");
    assert_eq!(env["RECOCTL_QUEUE"], QUEUE);
    let dynamodb = aws_sdk_dynamodb::Client::new(&config);
    let table = dynamodb.describe_table().table_name(&env["RECOCTL_TABLE"]).send().await.unwrap();
    assert!(table.table().unwrap().item_count().unwrap() > 0);
    let facts = env["RECOCTL_FACTS"].strip_prefix("sqlite:").unwrap();
    assert!(std::path::Path::new(facts).exists());
}
