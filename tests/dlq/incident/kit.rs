//! A DLQ with its source queue, plus faults and arrivals.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use reco_sandbox::SandboxOptions;
use reco_sandbox::sqs::{Planted, Sqs};

use crate::faults::Fault;
use crate::support::Harness;
use crate::support::queues::plant_sound;
pub use crate::support::queues::{FIFO, STANDARD, bodies, count, create, queues, sound, sqs};

/// Starts queues with this many sound messages, each of a different user.
pub fn with_messages(suffix: &str, messages: usize) -> Harness {
    let harness = queues(suffix, SandboxOptions::empty());
    plant_sound(&harness, suffix, messages, 7);
    harness
}

/// Puts a message into the DLQ; answers with its id.
pub fn plant(harness: &Harness, suffix: &str, body: &str, group: usize) -> String {
    let group_id = (!suffix.is_empty()).then(|| format!("group-{}", group % 7));
    let planted = Planted { body: body.to_owned(), group_id, ..Planted::default() };
    crate::support::queues::plant(harness, &format!("recs-dlq{suffix}"), planted)
}

/// A server in front of the sandbox's SQS that goes wrong until it is healed.
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
    let healed = Arc::new(AtomicBool::new(false));
    let is_healed = Arc::clone(&healed);
    let rule = move |action: &str, before: usize| {
        if is_healed.load(Ordering::Relaxed) { Fault::None } else { rule(action, before) }
    };
    crate::faults::in_front(harness, rule);
    Wrong(healed)
}

/// How many messages of a queue are in flight.
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

/// The journals of a harness.
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

/// Result of a consumer: bodies that it processed, and the ids under which it received each body.
#[derive(Default)]
pub struct Consumed {
    pub bodies: Vec<String>,
    pub ids: Vec<(String, String)>,
}

/// Works through the source queue until it is stopped; some messages fail and return to the DLQ
/// under their id, as a redrive policy moves them.
pub struct Consumer {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Consumed>>,
}

impl Consumer {
    pub fn start(
        harness: &Harness,
        suffix: &'static str,
        mut fails: impl FnMut(&str) -> bool + Send + 'static,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&stop);
        // A route to SQS that bypasses the faults, which only recoctl should meet.
        let rule: crate::faults::Rule = Arc::new(|_, _| Fault::None);
        let server = crate::faults::start(sqs(harness).clone(), rule);
        let (endpoint, _) = harness.runtime.block_on(server);
        let (client, sqs) = (harness.sqs_at(&endpoint), sqs(harness).clone());
        let runtime = harness.runtime.handle().clone();
        let thread = std::thread::spawn(move || {
            let mut consumed = Consumed::default();
            while !ended.load(Ordering::Relaxed) {
                let some = runtime.block_on(take(&client, &sqs, suffix));
                for (id, body, group_id) in some {
                    consumed.ids.push((body.clone(), id.clone()));
                    if fails(&body) {
                        let message_id = Some(id);
                        let planted = Planted { body, group_id, message_id, ..Planted::default() };
                        sqs.plant(&format!("recs-dlq{suffix}"), planted).expect("planted");
                    } else {
                        consumed.bodies.push(body);
                    }
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            consumed
        });
        Consumer { stop, thread: Some(thread) }
    }

    pub fn stop(mut self) -> Consumed {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().map(|thread| thread.join().expect("it works")).unwrap_or_default()
    }
}

/// Receives and deletes messages from the source queue.
async fn take(
    client: &aws_sdk_sqs::Client,
    sqs: &Sqs,
    suffix: &str,
) -> Vec<(String, String, Option<String>)> {
    let name = format!("recs{suffix}");
    let url = sqs.queue_url(&name);
    let receive = client.receive_message().queue_url(&url).max_number_of_messages(5);
    let names = aws_sdk_sqs::types::MessageSystemAttributeName::All;
    let Ok(answer) = receive.message_system_attribute_names(names).send().await else {
        return Vec::new();
    };
    let mut taken = Vec::new();
    for message in answer.messages.unwrap_or_default() {
        let (id, body) = (message.message_id.expect("an id"), message.body.expect("a body"));
        let group = aws_sdk_sqs::types::MessageSystemAttributeName::MessageGroupId;
        let group = message.attributes.and_then(|attributes| attributes.get(&group).cloned());
        let delete = client.delete_message().queue_url(&url);
        let handle = message.receipt_handle.expect("a handle");
        // A message that is not deleted is received again, and processed then.
        if delete.receipt_handle(handle).send().await.is_ok() {
            taken.push((id, body, group));
        }
    }
    taken
}
