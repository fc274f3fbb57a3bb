//! A DLQ with its source queue, plus faults and arrivals.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use reco_sandbox::SandboxOptions;
use reco_sandbox::sqs::{Planted, Sqs};
use serde_json::{Value, json};

use crate::faults::{self, Fault};
use crate::support::Harness;

pub const STANDARD: &str = "";
pub const FIFO: &str = ".fifo";

/// Starts a sandbox with `recs` and its DLQ `recs-dlq`, both with a suffix to their names.
pub fn queues(suffix: &str, options: SandboxOptions) -> Harness {
    let mut harness = Harness::sandbox(options);
    let sqs = harness.the_sandbox().sqs().clone();
    create(&sqs, &format!("recs-dlq{suffix}"), None);
    create(&sqs, &format!("recs{suffix}"), Some(&format!("recs-dlq{suffix}")));
    harness.set("RECOCTL_QUEUE", &format!("recs{suffix}"));
    harness
}

/// Creates a queue, with a DLQ if one is named.
pub fn create(sqs: &Sqs, name: &str, dlq: Option<&str>) {
    let policy = dlq.map(|dlq| {
        json!({"deadLetterTargetArn": sqs.queue_arn(dlq), "maxReceiveCount": 5}).to_string()
    });
    let mut attributes: Vec<(&str, &str)> = Vec::new();
    if name.ends_with(FIFO) {
        attributes.push(("FifoQueue", "true"));
    }
    attributes.extend(policy.as_deref().map(|policy| ("RedrivePolicy", policy)));
    sqs.create_queue(name, &attributes).expect("created");
}

/// Starts queues with this many sound messages, each of a different user.
pub fn with_messages(suffix: &str, messages: usize) -> Harness {
    let harness = queues(suffix, SandboxOptions::empty());
    (0..messages).for_each(|user| drop(plant(&harness, suffix, &sound(user), user)));
    harness
}

/// Returns a body that can be written.
pub fn sound(user: usize) -> String {
    format!("[{user},[2]]")
}

/// Puts a message into the DLQ; returns its id.
pub fn plant(harness: &Harness, suffix: &str, body: &str, group: usize) -> String {
    let group_id = (!suffix.is_empty()).then(|| format!("group-{}", group % 7));
    let planted = Planted { body: body.to_owned(), group_id, ..Planted::default() };
    sqs(harness).plant(&format!("recs-dlq{suffix}"), planted).expect("planted")
}

pub fn sqs(harness: &Harness) -> &Sqs {
    harness.the_sandbox().sqs()
}

/// A server in front of the sandbox's SQS that fails until it is healed.
pub struct Wrong(Arc<AtomicBool>);

impl Wrong {
    /// Serves every call from now on.
    pub fn heal(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Puts a server in front of the sandbox's SQS that fails by this rule.
pub fn behind(
    harness: &mut Harness,
    rule: impl Fn(&str, usize) -> Fault + Send + Sync + 'static,
) -> Wrong {
    let (sqs, healed) = (sqs(harness).clone(), Arc::new(AtomicBool::new(false)));
    let is_healed = Arc::clone(&healed);
    let rule = move |action: &str, before: usize| {
        if is_healed.load(Ordering::Relaxed) { Fault::None } else { rule(action, before) }
    };
    let (endpoint, _) = harness.runtime.block_on(faults::start(sqs, Arc::new(rule)));
    harness.set("AWS_ENDPOINT_URL_SQS", &endpoint);
    Wrong(healed)
}

/// Returns the bodies in a queue, sorted.
pub fn bodies(harness: &Harness, queue: &str) -> Vec<String> {
    let messages = sqs(harness).snapshot(queue).expect("there").messages;
    let mut bodies: Vec<String> = messages.into_iter().map(|message| message.body).collect();
    bodies.sort();
    bodies
}

/// Returns the number of messages in flight in a queue.
pub fn in_flight(harness: &Harness, queue: &str) -> usize {
    sqs(harness).snapshot(queue).expect("there").depth.in_flight
}

/// Returns how often each body is in the source queue and in the DLQ.
pub fn copies(harness: &Harness, suffix: &str) -> BTreeMap<String, (usize, usize)> {
    let mut copies: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for body in bodies(harness, &format!("recs{suffix}")) {
        copies.entry(body).or_default().0 += 1;
    }
    for body in bodies(harness, &format!("recs-dlq{suffix}")) {
        copies.entry(body).or_default().1 += 1;
    }
    copies
}

pub fn count(report: &Value, category: &str) -> u64 {
    report["counts"][category].as_u64().unwrap_or(0)
}

/// Returns the journals of a harness.
pub fn journals(harness: &Harness) -> Vec<PathBuf> {
    let root = harness.home.path().join(".local/state/recoctl/journal");
    let mut found = Vec::new();
    for endpoint in std::fs::read_dir(root).into_iter().flatten().flatten() {
        let files = std::fs::read_dir(endpoint.path()).into_iter().flatten().flatten();
        let files = files.map(|file| file.path());
        found.extend(files.filter(|path| path.extension().is_some_and(|name| name == "jsonl")));
    }
    found.sort();
    found
}

/// Messages that keep arriving in the DLQ until this is dropped.
pub struct Arrivals {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Vec<String>>>,
}

impl Arrivals {
    /// Sends one message every `pause`, sound or poison.
    pub fn start(harness: &Harness, suffix: &'static str, pause: Duration, poison: bool) -> Self {
        let (sqs, stop) = (sqs(harness).clone(), Arc::new(AtomicBool::new(false)));
        let ended = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut bodies = Vec::new();
            while !ended.load(Ordering::Relaxed) {
                let number = 1_000_000 + bodies.len();
                let body = if poison { format!("poison {number}") } else { sound(number) };
                let group_id = (!suffix.is_empty()).then(|| format!("late-{}", number % 5));
                let planted = Planted { body: body.clone(), group_id, ..Planted::default() };
                sqs.plant(&format!("recs-dlq{suffix}"), planted).expect("planted");
                bodies.push(body);
                std::thread::sleep(pause);
            }
            bodies
        });
        Arrivals { stop, thread: Some(thread) }
    }

    /// Stops arrivals; returns the bodies of all that arrived.
    pub fn stop(mut self) -> Vec<String> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().map(|thread| thread.join().expect("it plants")).unwrap_or_default()
    }
}

impl Drop for Arrivals {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
