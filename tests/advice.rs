//! Incidents in which the operator follows only the command lines that recoctl prints.

#[path = "advice/runbook.rs"]
mod runbook;
mod support;

use std::path::Path;
use std::time::Duration;

use reco_core::classify::Class;
use reco_sandbox::SandboxOptions;
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use reco_sandbox::seed::{Mix, Population, SeedOptions};
use reco_sandbox::sqs::Planted;
use serde_json::{Value, json};
use support::queues::plant;
use support::{Harness, Ran};

/// Capacity of the table in WCU per second.
const WCU: f64 = 20.0;

/// Time that the function gets to work through its queue.
const SETTLES_WITHIN: Duration = Duration::from_secs(90);

fn throttled(seed: SeedOptions) -> Harness {
    let write_capacity = Some(WriteCapacity::per_second(WCU));
    Harness::sandbox(SandboxOptions {
        write_capacity,
        seed: Some(seed),
        ..SandboxOptions::default()
    })
}

/// Runs a line as it is printed, comment included, in a shell that knows recoctl.
fn paste(harness: &Harness, line: &str) -> Ran {
    let binary = assert_cmd::cargo::cargo_bin!("recoctl");
    let directory = Path::new(&binary).parent().expect("a directory").display().to_string();
    let mut bash = harness.within(std::process::Command::new("bash"));
    bash.args(["-c", line]).env("PATH", format!("{directory}:/usr/bin:/bin"));
    Ran::from(bash.output().expect("bash runs"))
}

/// Returns the command lines that an output tells to run.
fn printed(ran: &Ran) -> Vec<String> {
    let lines = ran.stdout.lines().filter(|line| line.starts_with("  recoctl "));
    lines.map(|line| line.trim().to_owned()).collect()
}

fn depth(harness: &Harness, queue: &str) -> usize {
    let depth = harness.the_sandbox().sqs().depth(queue).expect("the queue exists");
    depth.visible + depth.in_flight + depth.delayed
}

fn settle(harness: &Harness) {
    let idle = harness.the_sandbox().idle(SETTLES_WITHIN);
    assert!(harness.runtime.block_on(idle), "the queue is not worked through");
}

/// Follows what is printed, from the alarm on, until classify tells nothing more to do. Returns the
/// lines that were run.
fn follow(harness: &Harness) -> Vec<String> {
    let (mut run, mut pending) = (Vec::new(), Vec::new());
    while run.len() < 30 {
        let line = match pending.is_empty() {
            true => "recoctl dlq classify".to_owned(),
            false => pending.remove(0),
        };
        run.push(line.clone());
        let told = printed(&paste(harness, &line).ended(0));
        if line.contains("dlq classify") {
            if told.is_empty() {
                return run;
            }
            pending = told;
        } else if line.contains("recoctl metrics") {
            // It is watched until no message waits any more.
            settle(harness);
        } else if !told.is_empty() {
            // What a redrive tells comes before what is left to do.
            pending.splice(0..0, told);
        }
    }
    panic!("there is no end to what is printed: {run:#?}");
}

#[test]
fn from_the_alarm_to_no_wrong_message_by_what_is_printed() {
    let harness = throttled(SeedOptions::default());
    let seeded = harness.the_sandbox().seed().expect("a seed").messages.clone();
    let of = |class: Class| -> Vec<&str> {
        let of_class = seeded.iter().filter(|message| message.class == class);
        of_class.map(|message| message.id.as_str()).collect()
    };
    // Those too large for the queue reach the table as well.
    let written = [of(Class::Retryable), of(Class::Oversize)].concat();
    let bodies = harness.the_sandbox().sqs().snapshot("recs-dlq").expect("there").messages;
    let good: Vec<String> = bodies
        .iter()
        .filter(|message| written.contains(&message.id.as_str()))
        .filter_map(|message| serde_json::from_str::<Value>(&message.body).ok())
        .map(|body| body.to_string())
        .collect();
    assert_eq!(good.len(), written.len());
    harness.write("good.jsonl", good.join("\n"));

    let run = follow(&harness);
    println!("{run:#?}");
    assert_eq!((depth(&harness, "recs-dlq"), depth(&harness, "recs")), (0, 0), "{run:#?}");
    assert!(run.iter().any(|line| line.contains("redrive --rate")), "{run:#?}");
    assert!(run.len() <= 12, "it takes few commands: {run:#?}");

    // Every good list is in the table, and no newer one was overwritten.
    let report = harness.json(0, ["verify", "good.jsonl", "--users", "all"]);
    assert_eq!(report["outcome"], "success", "{report}");
    // What was set aside is in files, none is lost.
    let set_aside: usize = std::fs::read_dir(harness.home.path())
        .expect("readable")
        .filter_map(|file| std::fs::read_to_string(file.expect("a file").path()).ok())
        .map(|text| text.lines().filter(|line| line.starts_with("{\"message\":")).count())
        .sum();
    let redriven = of(Class::Retryable).len() + of(Class::Partial).len();
    assert_eq!(set_aside, seeded.len() - redriven);
}

/// A table of 20 WCU per second, and this many messages of ten users each in the DLQ.
fn of_ten_users(messages: u64) -> Harness {
    let population = Some(Population { users: messages * 10, reads: 0 });
    let seed = SeedOptions { population, mix: Mix::none(), ..SeedOptions::default() };
    let harness = throttled(seed);
    for message in 0..messages {
        let entry = |number: u64| {
            let user = Population::user(message * 10 + number);
            let articles: Vec<u64> = (0..20).map(|rank| Population::article(user, rank)).collect();
            json!([user, articles])
        };
        let data: Vec<Value> = (0..10).map(entry).collect();
        let planted = Planted { body: json!({"data": data}).to_string(), ..Planted::default() };
        plant(&harness, "recs-dlq", planted);
    }
    harness
}

#[test]
fn at_the_proposed_rate_none_comes_back() {
    let harness = of_ten_users(40);
    let classified = paste(&harness, "recoctl dlq classify");
    let line = printed(&classified).remove(0);
    assert!(
        line.starts_with("recoctl dlq redrive --rate 1   # 400 WCU; the table has 20/s to spare"),
        "{line}"
    );
    let stderr = paste(&harness, &line).ended(0).stderr;
    assert!(!stderr.contains("would need"), "its own advice is not warned of: {stderr}");
    settle(&harness);
    assert_eq!(depth(&harness, "recs-dlq"), 0, "none comes back");
    assert_eq!(harness.json(0, ["dlq", "classify"])["steps"], json!([]));
}

#[test]
fn beyond_it_the_figures_are_told_and_after_a_bounce_another_line() {
    let harness = of_ten_users(60);
    let first = printed(&paste(&harness, "recoctl dlq classify")).remove(0);
    let warned = "--rate 50: 60 messages would need 500 WCU/s, but the table has 20/s to spare: what is throttled comes back; use --rate 1";
    paste(&harness, "recoctl dlq redrive --rate 50 --dry-run").says(warned);
    paste(&harness, "recoctl dlq redrive --rate 50").says(warned);
    settle(&harness);
    assert!(depth(&harness, "recs-dlq") > 0, "the table throttles, and messages come back");
    let second = printed(&paste(&harness, "recoctl dlq classify")).remove(0);
    assert_ne!(first, second);
    assert!(second.contains("of the last run came back"), "{second}");
    assert!(second.contains("--max-throttles"), "{second}");
}

#[test]
fn without_a_table_a_guard_is_proposed_and_no_number() {
    let mut harness = of_ten_users(2);
    harness.unset("RECOCTL_TABLE");
    harness.unset("RECOCTL_FUNCTION");
    let line = printed(&paste(&harness, "recoctl dlq classify")).remove(0);
    assert_eq!(
        line,
        "recoctl dlq redrive --max-backlog 100   # no table configured: no rate to propose, so a guard"
    );
    paste(&harness, &line).ended(0);
}

#[test]
fn lists_sent_through_the_queue_are_held_to_the_same_figures() {
    let harness = of_ten_users(3);
    let line = |message: u64| {
        let user = Population::user(message);
        let articles: Vec<u64> = (0..20).map(|rank| Population::article(user, rank)).collect();
        json!([user, articles]).to_string()
    };
    let lines: Vec<String> = (0..30).map(line).collect();
    harness.write("lists.jsonl", lines.join("\n"));
    let told = |args: &str| {
        let line = format!(
            "recoctl backfill lists.jsonl --via queue --dry-run --users-per-message 10 {args}"
        );
        paste(&harness, &line).ended(0)
    };
    told("--rate 100").says("--rate 100: a message of up to 10 lists costs at least 10 WCU, and they would need 1,000 WCU/s, but the table has 20/s to spare: what is throttled comes back; use --rate 1");
    told("").says("no --rate: a message of up to 10 lists costs at least 10 WCU, and the table has 20/s to spare");
    assert!(!told("--rate 1").stderr.contains("to spare"));
}

#[test]
fn while_a_run_holds_messages_a_second_look_names_it() {
    let harness = of_ten_users(30);
    let mut child = support::spawn(&harness, &["dlq", "redrive", "--rate", "0.5"]);
    let held = || harness.the_sandbox().sqs().depth("recs-dlq").expect("there").in_flight;
    support::eventually("the run holds them", Duration::from_secs(60), || held() > 20);
    let looked = paste(&harness, "recoctl dlq classify");
    let peeked = paste(&harness, "recoctl dlq peek");
    let report = harness.json(0, ["dlq", "classify"]);
    support::interrupt(&child);
    child.wait().expect("it ends");
    for ran in [looked, peeked] {
        ran.shows("no message of recs-dlq is visible")
            .shows("in flight, likely held by run ")
            .shows(format!("(process {} of this machine, since ", child.id()));
    }
    assert_eq!(report["held_by"]["pid"], child.id(), "{}", report["held_by"]);
}
