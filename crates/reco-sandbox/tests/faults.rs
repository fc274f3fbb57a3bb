//! Each fault as a real client sees it, and its effect on the queue.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "faults/receives.rs"]
mod receives;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::operation::delete_message_batch::DeleteMessageBatchOutput;
use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchOutput;
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, Message, MessageAttributeValue, SendMessageBatchRequestEntry,
};
use reco_sandbox::sqs::{Planted, QueueDepth};
use reco_sandbox::{Sandbox, SandboxOptions};

/// Body that `send_one` sends, and its digest.
const BODY: &str = "hello";
const BODY_MD5: &str = "5d41402abc4b2a76b9719d911017c592";

/// A sandbox with faults and one queue, which was created without them.
struct Faulty {
    sandbox: Sandbox,
    sqs: Client,
    url: String,
}

impl Faulty {
    async fn new(faults: &[&str]) -> Self {
        Self::seeded(faults, 0, "q").await
    }

    async fn seeded(faults: &[&str], fault_seed: u64, queue: &str) -> Self {
        let faults = faults.iter().map(|text| text.parse().unwrap()).collect();
        let options = SandboxOptions { faults, fault_seed, ..SandboxOptions::empty() };
        let sandbox = Sandbox::start(options).await.unwrap();
        let fifo: &[(&str, &str)] =
            if queue.ends_with(".fifo") { &[("FifoQueue", "true")] } else { &[] };
        sandbox.sqs().create_queue(queue, fifo).unwrap();
        let url = sandbox.sqs().queue_url(queue);
        let sqs = Client::new(&common::sdk_config(&sandbox));
        Self { sandbox, sqs, url }
    }

    fn plant(&self, count: usize) -> Vec<String> {
        let name = self.url.rsplit('/').next().unwrap();
        let group_id = name.ends_with(".fifo").then(|| "g".to_owned());
        let planted = |n| Planted {
            body: format!("body {n}"),
            group_id: group_id.clone(),
            ..Planted::default()
        };
        (0..count).map(|n| self.sandbox.sqs().plant(name, planted(n)).unwrap()).collect()
    }

    fn depth(&self) -> QueueDepth {
        self.sandbox.sqs().depth(self.url.rsplit('/').next().unwrap()).unwrap()
    }

    /// Returns the counts of visible and in-flight messages.
    fn held(&self) -> (usize, usize) {
        (self.depth().visible, self.depth().in_flight)
    }

    fn injected(&self, what: &str) -> u64 {
        self.sandbox.faults_injected().get(what).copied().unwrap_or(0)
    }

    async fn send_one(&self) -> Result<(), (Option<u16>, Option<String>, bool)> {
        let sent = self.sqs.send_message().queue_url(&self.url).message_body(BODY).send().await;
        sent.map(|_| ()).map_err(seen)
    }

    async fn receive(&self, max: i32) -> Vec<Message> {
        let receive = self.sqs.receive_message().queue_url(&self.url);
        let receive = receive.max_number_of_messages(max).visibility_timeout(60);
        receive.send().await.unwrap().messages.unwrap_or_default()
    }

    async fn send_batch(&self, bodies: usize) -> SendMessageBatchOutput {
        let entry = |n| {
            let entry = SendMessageBatchRequestEntry::builder().id(format!("e{n}"));
            entry.message_body(format!("body {n}")).build().unwrap()
        };
        let entries = (0..bodies).map(entry).collect();
        let batch = self.sqs.send_message_batch().queue_url(&self.url);
        batch.set_entries(Some(entries)).send().await.unwrap()
    }

    async fn delete_batch(&self, messages: &[Message]) -> DeleteMessageBatchOutput {
        let entry = |(n, message): (usize, &Message)| {
            let entry = DeleteMessageBatchRequestEntry::builder().id(format!("e{n}"));
            entry.receipt_handle(message.receipt_handle().unwrap()).build().unwrap()
        };
        let entries = messages.iter().enumerate().map(entry).collect();
        let batch = self.sqs.delete_message_batch().queue_url(&self.url);
        batch.set_entries(Some(entries)).send().await.unwrap()
    }

    async fn delete(&self, message: &Message) -> Result<(), Option<String>> {
        let delete = self.sqs.delete_message().queue_url(&self.url);
        let delete = delete.receipt_handle(message.receipt_handle().unwrap()).send().await;
        delete.map(|_| ()).map_err(|error| error.code().map(str::to_owned))
    }
}

/// Returns the status, the code, and whether the connection was lost.
fn seen<E: ProvideErrorMetadata>(error: SdkError<E>) -> (Option<u16>, Option<String>, bool) {
    let status = error.raw_response().map(|response| response.status().as_u16());
    let lost = matches!(error, SdkError::DispatchFailure(_));
    (status, error.code().map(str::to_owned), lost)
}

#[tokio::test]
async fn errors_of_the_service_come_before_or_after_the_effect() {
    for (kind, stored) in [("error-before", 0), ("error-after", 12)] {
        let faulty = Faulty::new(&[&format!("SendMessage:{kind}:1")]).await;
        let mut codes = BTreeSet::new();
        for _ in 0..12 {
            let (status, code, lost) = faulty.send_one().await.unwrap_err();
            assert!(matches!(status, Some(500 | 503)) && !lost, "{status:?}");
            codes.insert(code.unwrap());
        }
        let both = ["InternalFailure", "ServiceUnavailable"].map(str::to_owned);
        assert_eq!(codes, both.into(), "both errors come up");
        assert_eq!(faulty.held(), (stored, 0), "{kind}");
        assert_eq!(faulty.injected(&format!("SendMessage:{kind}")), 12);
    }
}

#[tokio::test]
async fn throttles_have_no_effect_and_an_error_that_sdks_retry() {
    let faulty = Faulty::new(&["SendMessage:throttle:1"]).await;
    let (_, code, _) = faulty.send_one().await.unwrap_err();
    assert_eq!(code.as_deref(), Some("RequestThrottled"));
    assert_eq!(faulty.held(), (0, 0));
    let retrying = Client::new(&faulty.sandbox.sdk_config());
    retrying.send_message().queue_url(&faulty.url).message_body("x").send().await.unwrap_err();
    assert_eq!(faulty.injected("SendMessage:throttle"), 1 + 3, "the SDK tries three times");
}

#[tokio::test]
async fn connections_are_closed_before_or_after_the_effect() {
    for (kind, stored) in [("drop-before", 0), ("drop-after", 3)] {
        let faulty = Faulty::new(&[&format!("SendMessage:{kind}:1")]).await;
        for _ in 0..3 {
            let (status, _, lost) = faulty.send_one().await.unwrap_err();
            assert!(lost && status.is_none(), "{kind}: {status:?}");
        }
        assert_eq!(faulty.held(), (stored, 0), "{kind}");
        assert_eq!(faulty.injected(&format!("SendMessage:{kind}")), 3);
        // The port still works: other calls of the same client pass.
        assert_eq!(faulty.receive(10).await.len(), stored);
    }
}

#[tokio::test]
async fn slow_calls_take_their_time_and_then_pass() {
    let faulty = Faulty::new(&["SendMessage:slow:1:150"]).await;
    let started = Instant::now();
    faulty.send_one().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(150), "{:?}", started.elapsed());
    assert_eq!((faulty.held(), faulty.injected("SendMessage:slow")), ((1, 0), 1));
}

#[tokio::test]
async fn entries_fail_without_effect_and_say_whose_fault_it_is() {
    for (kind, sender) in [("entry-fail", false), ("entry-fail-sender", true)] {
        let faulty = Faulty::new(&[&format!("SendMessageBatch:{kind}:0.5")]).await;
        let (mut sent, mut failed) = (0, 0);
        for _ in 0..10 {
            let answer = faulty.send_batch(10).await;
            let ids = answer.successful().iter().map(|entry| entry.id());
            let ids = ids.chain(answer.failed().iter().map(|entry| entry.id()));
            assert_eq!(ids.collect::<BTreeSet<_>>().len(), 10, "each entry is answered once");
            assert!(answer.failed().iter().all(|entry| entry.sender_fault() == sender));
            sent += answer.successful().len();
            failed += answer.failed().len();
        }
        assert!(sent > 10 && failed > 10, "{sent} sent and {failed} failed at even odds");
        assert_eq!(faulty.held(), (sent, 0), "{kind}");
        assert_eq!(faulty.injected(&format!("SendMessageBatch:{kind}")), failed as u64);
    }
}

#[tokio::test]
async fn a_batch_may_fail_whole_but_a_bad_batch_stays_bad() {
    let faulty = Faulty::new(&["*:entry-fail:1"]).await;
    faulty.plant(2);
    assert_eq!(faulty.send_batch(2).await.failed().len(), 2);
    let held = faulty.receive(10).await;
    let answer = faulty.delete_batch(&held).await;
    assert_eq!((answer.successful().len(), answer.failed().len()), (0, 2));
    assert_eq!(faulty.held(), (0, 2), "nothing was deleted");
    let twice = [held[0].clone(), held[0].clone()].map(|message| {
        let entry = DeleteMessageBatchRequestEntry::builder().id("same");
        entry.receipt_handle(message.receipt_handle.unwrap()).build().unwrap()
    });
    let batch = faulty.sqs.delete_message_batch().queue_url(&faulty.url);
    let error = batch.set_entries(Some(twice.to_vec())).send().await.unwrap_err();
    assert_eq!(error.code(), Some("AWS.SimpleQueueService.BatchEntryIdsNotDistinct"));
}

#[tokio::test]
async fn entries_may_be_reported_as_failed_after_their_effect() {
    let faulty = Faulty::new(&["*:entry-fail-after:1"]).await;
    let answer = faulty.send_batch(3).await;
    assert_eq!((answer.successful().len(), answer.failed().len()), (0, 3));
    assert!(answer.failed().iter().all(|entry| !entry.sender_fault()));
    assert_eq!(faulty.held(), (3, 0), "sent all the same");
    let held = faulty.receive(10).await;
    let answer = faulty.delete_batch(&held).await;
    assert_eq!((answer.successful().len(), answer.failed().len()), (0, 3));
    assert_eq!(faulty.held(), (0, 0), "deleted all the same");
}

#[tokio::test]
async fn digests_may_be_wrong_on_sends_and_receives() {
    let faulty = Faulty::new(&["SendMessage:wrong-md5:1", "ReceiveMessage:wrong-md5:1"]).await;
    let label = MessageAttributeValue::builder().data_type("String").string_value("v");
    let label = label.build().unwrap();
    let (mut bodies, mut attributes) = (0, 0);
    let mut note = |body: Option<&str>, attribute: Option<&str>, right: &str| {
        bodies += usize::from(body != Some(BODY_MD5));
        attributes += usize::from(attribute != Some(right));
    };
    let clean = Faulty::new(&[]).await;
    let send = |faulty: &Faulty| {
        let send = faulty.sqs.send_message().queue_url(&faulty.url).message_body(BODY);
        send.message_attributes("k", label.clone()).send()
    };
    let right = send(&clean).await.unwrap().md5_of_message_attributes.unwrap();
    for _ in 0..10 {
        let sent = send(&faulty).await.unwrap();
        note(sent.md5_of_message_body(), sent.md5_of_message_attributes(), &right);
    }
    let receive =
        faulty.sqs.receive_message().queue_url(&faulty.url).message_attribute_names("All");
    let received = receive.max_number_of_messages(10).send().await.unwrap();
    for message in received.messages() {
        assert_eq!(message.body(), Some(BODY), "only the digest is wrong");
        note(message.md5_of_body(), message.md5_of_message_attributes(), &right);
    }
    assert_eq!((bodies + attributes, received.messages().len()), (20, 10), "one digest each");
    assert!(bodies > 2 && attributes > 2, "{bodies} of bodies, {attributes} of attributes");
    assert_eq!(faulty.injected("ReceiveMessage:wrong-md5"), 10);
}

#[tokio::test]
async fn a_star_befalls_every_action_that_the_kind_fits() {
    let faulty = Faulty::new(&["*:throttle:1"]).await;
    let listed = faulty.sqs.list_queues().send().await.unwrap_err();
    assert_eq!(listed.code(), Some("RequestThrottled"));
    faulty.send_one().await.unwrap_err();
    let injected = faulty.sandbox.faults_injected();
    assert_eq!(
        injected.keys().collect::<Vec<_>>(),
        ["ListQueues:throttle", "SendMessage:throttle"]
    );
}

/// Returns the entries that fail in 40 batch sends, with or without other calls in between.
async fn pattern(seed: u64, others: bool) -> Vec<String> {
    let faults = ["SendMessageBatch:entry-fail:0.3", "*:slow:0.2:1"];
    let faulty = Faulty::seeded(&faults, seed, "q").await;
    let mut failed = Vec::new();
    for call in 0..40 {
        if others {
            faulty.receive(1).await;
        }
        let answer = faulty.send_batch(3).await;
        failed.extend(answer.failed().iter().map(|entry| format!("{call}:{}", entry.id())));
    }
    failed
}

#[tokio::test]
async fn the_same_seed_strikes_the_same_calls() {
    let first = pattern(7, false).await;
    assert_eq!(first, pattern(7, true).await, "whatever other calls there are");
    assert_ne!(first, pattern(8, false).await);
    assert!((10..60).contains(&first.len()), "about 36 of 120: {}", first.len());
}
