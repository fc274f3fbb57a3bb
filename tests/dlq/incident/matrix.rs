//! Everything at once, drawn at random from a seed: faults, both types of queue, arriving messages,
//! a consumer that fails some, a run that is stopped, and the operator's next attempt. In the end
//! every message is in exactly one place or named, and every invisible one is reported.
//!
//! `RECOCTL_MATRIX_RUNS=2000` draws that many; `RECOCTL_MATRIX_FROM` is the first seed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use fastrand::Rng;
use reco_sandbox::SandboxOptions;
use reco_sandbox::faults::{Fault, FaultKind};
use serde_json::Value;

use super::kit::*;
use crate::support::{Harness, Ran, spawn};

/// Calls that a redrive makes for each message; faults of earlier calls only end it early.
const ACTIONS: [&str; 4] =
    ["ReceiveMessage", "SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"];

/// One run of the matrix.
#[derive(Debug, Clone)]
struct Case {
    seed: u64,
    suffix: &'static str,
    messages: usize,
    fault: Option<Fault>,
    /// Pause between two arrivals, and whether they are poison.
    arrivals: Option<(Duration, bool)>,
    /// True if a consumer works through the source queue and fails some messages.
    consumer: bool,
    /// Signal, and the time after which it is sent.
    stop: Option<(&'static str, Duration)>,
    /// True if the run is resumed before it is tried again.
    resume: bool,
}

impl Case {
    fn draw(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let kind = rng.choice(FaultKind::ALL).copied();
        let fault = kind.filter(|_| rng.f64() < 0.8).and_then(|kind| {
            let actions: Vec<&str> =
                ACTIONS.into_iter().filter(|action| kind.actions().contains(action)).collect();
            let action = rng.choice(actions)?;
            let argument = if kind == FaultKind::Slow { ":60" } else { "" };
            let fault = format!("{action}:{}:{:.2}{argument}", kind.name(), 0.05 + 0.3 * rng.f64());
            Some(fault.parse().expect("a fault"))
        });
        let pause = rng.choice([2_000, 300, 20]).map(Duration::from_millis);
        let stop = rng.choice(["KILL", "TERM", "HUP", "INT"]);
        let after = Duration::from_millis(rng.u64(20..1_600));
        Case {
            seed,
            suffix: if rng.bool() { STANDARD } else { FIFO },
            messages: rng.usize(10..80),
            fault,
            arrivals: pause.filter(|_| rng.bool()).map(|pause| (pause, rng.bool())),
            consumer: rng.f64() < 0.3,
            stop: stop.filter(|_| rng.f64() < 0.8).map(|signal| (signal, after)),
            resume: rng.bool(),
        }
    }
}

/// Messages named by any report.
#[derive(Debug, Default)]
struct Named {
    ids: BTreeSet<String>,
    /// Number of messages reported as still invisible.
    invisible: u64,
}

impl Named {
    fn read(&mut self, ran: &Ran) {
        let Ok(report) = serde_json::from_str::<Value>(&ran.stdout) else {
            return self.read_status(&ran.stderr);
        };
        for row in report["messages"].as_array().into_iter().flatten() {
            let named =
                ["uncertain", "not-deleted", "not-seen"].iter().any(|fate| row["fate"] == *fate);
            if named || row["perhaps_twice"] == true {
                self.ids.extend(row["message_id"].as_str().map(str::to_owned));
                self.ids.extend(row["sent_as"].as_str().map(str::to_owned));
            }
        }
        let unreleased = report["unreleased"].as_array().map_or(0, Vec::len) as u64;
        let lost = report["lost"]["messages"].as_u64().unwrap_or(0);
        self.invisible += unreleased + lost;
    }

    /// Adds the invisible messages that a run reported on stderr: a run that ended with an error
    /// has no report.
    fn read_status(&mut self, text: &str) {
        let lost = text.split("SQS responses were lost: up to ").nth(1);
        let number = lost.and_then(|rest| rest.split(' ').next()?.replace(',', "").parse().ok());
        self.invisible += number.unwrap_or(0);
    }

    /// Adds the messages that journals name as possible duplicates.
    fn read_journals(&mut self, harness: &Harness) {
        for path in journals(harness) {
            let path = path.to_str().expect("UTF-8").to_owned();
            let args = ["dlq", "journal", "show", &path, "--output", "json"];
            let shown = harness.run(args).stdout;
            let Ok(report) = serde_json::from_str::<Value>(&shown) else { continue };
            let double = report["possibly_double"].as_array().into_iter().flatten();
            self.ids.extend(double.filter_map(Value::as_str).map(str::to_owned));
            // Sent or perhaps sent, and not deleted: a resume and every later run name them.
            for row in report["messages"].as_array().into_iter().flatten() {
                let open = ["acked", "uncertain", "intended"];
                if open.iter().any(|standing| row["standing"] == *standing) {
                    self.ids.extend(row["message_id"].as_str().map(str::to_owned));
                }
            }
        }
    }
}

/// Runs a command that is not killed for being slow: with throttled deletes, a FIFO redrive of
/// everything that arrived takes minutes on a busy machine, and messages hidden by a kill are not
/// named.
fn unhurried(harness: &Harness, args: &[&str]) -> Ran {
    Ran::of(harness.recoctl(args).timeout(Duration::from_secs(1_800)))
}

fn first_run(harness: &Harness, case: &Case, named: &mut Named) {
    let args = ["dlq", "redrive", "--stop-on-bounce", "off", "--output", "json"];
    let Some((signal, after)) = case.stop else {
        return named.read(&unhurried(harness, &args));
    };
    let child = spawn(harness, &args);
    std::thread::sleep(after);
    let id = child.id().to_string();
    // It may have exited already.
    let _ = std::process::Command::new("kill").args([&format!("-{signal}"), &id]).output();
    let (done, told) = mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    let output = told.recv_timeout(Duration::from_secs(120)).expect("it ends after a signal");
    named.read(&Ran::from(output.expect("it ran")));
}

fn run(case: &Case) {
    let faults: Vec<Fault> = case.fault.iter().cloned().collect();
    let options = SandboxOptions { faults, fault_seed: case.seed, ..SandboxOptions::empty() };
    let harness = queues(case.suffix, options);
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for user in 0..case.messages {
        let id = plant(&harness, case.suffix, &sound(user), user);
        ids.entry(sound(user)).or_default().insert(id);
    }
    let arrivals =
        case.arrivals.map(|(pause, poison)| Arrivals::start(&harness, case.suffix, pause, poison));
    let mut rng = Rng::with_seed(case.seed ^ 0xC0FFEE);
    let fails = move |_: &str| rng.f64() < 0.3;
    let consumer = case.consumer.then(|| Consumer::start(&harness, case.suffix, fails));
    let mut named = Named::default();
    first_run(&harness, case, &mut named);
    if case.resume
        && let Some(path) = journals(&harness).pop()
    {
        let path = path.to_str().expect("UTF-8").to_owned();
        let args = ["dlq", "journal", "resume", &path, "--output", "json"];
        named.read(&unhurried(&harness, &args));
    }
    // Only a killed run leaves messages hidden, until their visibility timeout ends.
    let hidden_by_kill = matches!(case.stop, Some(("KILL", _)));
    let args = ["dlq", "redrive", "--stop-on-bounce", "off", "--output", "json"];
    named.read(&unhurried(&harness, &args));
    let arrived = arrivals.map(Arrivals::stop).unwrap_or_default();
    let consumed = consumer.map(Consumer::stop).unwrap_or_default();
    named.read_journals(&harness);
    for (body, id) in consumed.ids {
        ids.entry(body).or_default().insert(id);
    }
    check(&harness, case, &mut ids, (arrived, consumed.bodies), &named);
    if !hidden_by_kill {
        let in_flight = in_flight(&harness, &format!("recs-dlq{}", case.suffix)) as u64;
        assert!(
            in_flight <= named.invisible,
            "{case:?}: {in_flight} invisible, said {}",
            named.invisible
        );
    }
}

/// Asserts that every body is somewhere, and that one in more than one place is named by one of its
/// ids.
fn check(
    harness: &Harness,
    case: &Case,
    ids: &mut BTreeMap<String, BTreeSet<String>>,
    (arrived, consumed): (Vec<String>, Vec<String>),
    named: &Named,
) {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for queue in ["recs", "recs-dlq"] {
        let snapshot = sqs(harness).snapshot(&format!("{queue}{}", case.suffix)).expect("there");
        for message in snapshot.messages {
            ids.entry(message.body.clone()).or_default().insert(message.id.clone());
            places.entry(message.body).or_default().push(format!("{queue}:{}", message.id));
        }
    }
    for body in consumed {
        places.entry(body).or_default().push("consumed".to_owned());
    }
    for body in (0..case.messages).map(sound).chain(arrived) {
        let there = places.get(&body).cloned().unwrap_or_default();
        assert!(!there.is_empty(), "{case:?}: {body} is lost");
        let known = ids.get(&body).cloned().unwrap_or_default();
        assert!(
            there.len() == 1 || known.iter().any(|id| named.ids.contains(id)),
            "{case:?}: {body} is in {there:?}, and not named"
        );
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn whatever_happens_and_whatever_is_tried_next_every_message_is_in_one_place_or_named() {
    let (from, runs) = (number("RECOCTL_MATRIX_FROM").unwrap_or(0), number("RECOCTL_MATRIX_RUNS"));
    let runs = runs.unwrap_or(24);
    let (next, failed) = (AtomicU64::new(from), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + runs {
                        return;
                    }
                    // A failing seed must not hide failures of later seeds; its panic is printed.
                    if std::panic::catch_unwind(|| run(&Case::draw(seed))).is_err() {
                        failed.lock().expect("no panic holds it").push(seed);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("no panic holds it");
    assert!(failed.is_empty(), "of {runs} seeds from {from} on these failed: {failed:?}");
}
