//! One truth: random lines lead to the same table and the same rejects by every path, and to those
//! of an independent model (`model.rs`, written from the documentation).
//!
//! The paths are a direct backfill, `--emit` read back, the function in random batches, and `--via
//! queue` with the sandbox's worker between queue and function. Rejects are compared entry by
//! entry.
//!
//! 3,200 lines in eight settings; `RECOCTL_DIFFERENTIAL_LINES=51200 cargo test --test differential`
//! takes more, `RECOCTL_DIFFERENTIAL_SEED` others.

mod input;
mod model;
mod rehearsal;
#[path = "../support/mod.rs"]
mod support;
mod ways;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType};
use aws_sdk_sqs::types::QueueAttributeName;
use fastrand::Rng;
use model::{Asked, Item, Removals, Rules, Table, World};
use reco_lambda::settings::Settings;
use reco_lambda::{FailureReason, MessageFailure, Pipeline, handle};
use reco_sandbox::SandboxOptions;
use reco_sandbox::cloudwatch::Cloudwatch;
use reco_sandbox::worker::{self, Source, Worker, WorkerOptions};
use serde_json::{Value, json};
use support::table::{create_plain, scanned};
use support::{Harness, Ran};
use tokio_util::sync::CancellationToken;

/// Returns the number of lines of all settings together.
fn lines_in_all() -> usize {
    let set = std::env::var("RECOCTL_DIFFERENTIAL_LINES").ok();
    set.map_or(3_200, |number| number.parse().expect("RECOCTL_DIFFERENTIAL_LINES is a number"))
}

fn seed() -> u64 {
    let set = std::env::var("RECOCTL_DIFFERENTIAL_SEED").ok();
    set.map_or(11, |number| number.parse().expect("RECOCTL_DIFFERENTIAL_SEED is a number"))
}

/// One setting, with its own sandbox.
struct Setting {
    harness: Harness,
    numbers: bool,
    only_newer: bool,
    world: Option<World>,
    random: Rng,
}

impl Setting {
    fn new(numbers: bool, with_facts: bool, only_newer: bool) -> Self {
        let mut harness = Harness::sandbox(SandboxOptions::empty());
        harness.set("RECOCTL_TABLE", "direct");
        harness.write("policy.toml", format!("[writes]\nonly_newer = {only_newer}\n"));
        harness.set("RECOCTL_POLICY", "policy.toml");
        let world = with_facts.then(input::world);
        if let Some(world) = &world {
            write_facts(&harness.home.path().join("facts.sqlite"), world);
            harness.set("RECOCTL_FACTS", "sqlite:facts.sqlite");
        }
        let number = u64::from(numbers) << 2 | u64::from(with_facts) << 1 | u64::from(only_newer);
        let random = Rng::with_seed(seed() * 8 + number);
        let setting = Setting { harness, numbers, only_newer, world, random };
        setting.create_table("direct");
        setting
    }

    fn rules(&self, removals: Removals) -> Rules<'_> {
        let (numbers, only_newer) = (self.numbers, self.only_newer);
        Rules { numbers, world: self.world.as_ref(), only_newer, removals }
    }

    fn create_table(&self, name: &str) {
        let kind = if self.numbers { ScalarAttributeType::N } else { ScalarAttributeType::S };
        create_plain(&self.harness, name, &[("user_id", kind)]);
    }

    fn table(&self, name: &str) -> Table {
        let items = scanned(&self.harness, name);
        let item = |item: &std::collections::HashMap<String, AttributeValue>| {
            let list = item["recommended_note_ids"].as_l().expect("a list").iter().map(typed);
            let time = item.get("generated_at").map(|time| nanos(&typed(time)));
            (typed(&item["user_id"]).1, Item { list: list.collect(), time })
        };
        items.iter().map(item).collect()
    }

    fn lines(&mut self) -> Vec<String> {
        let count = lines_in_all().div_ceil(8);
        (0..count).map(|_| input::line(&mut self.random)).collect()
    }

    /// Runs a backfill, and returns the lines and entries that it rejected.
    fn backfill(&self, lines: &[String], args: &[&str]) -> BTreeSet<Reject> {
        self.harness.write("in.jsonl", lines.join("\n") + "\n");
        let rejects = self.harness.home.path().join("rejects.jsonl");
        let _ = std::fs::remove_file(&rejects);
        let base = ["backfill", "in.jsonl", "--rejects", "rejects.jsonl", "--output", "json"];
        Ran::of(self.harness.recoctl(base).args(args).timeout(LONG)).ended_in([0, 4]);
        let text = std::fs::read_to_string(rejects).unwrap_or_default();
        text.lines().map(Reject::read).collect()
    }

    /// Opens the function as its environment would.
    fn function(&self, table: &str) -> Pipeline {
        let facts = match self.world {
            Some(_) => {
                format!("sqlite:{}", self.harness.home.path().join("facts.sqlite").display())
            }
            None => "none".to_owned(),
        };
        let policy = format!("[writes]\nonly_newer = {}\n", self.only_newer);
        let variables = [("RECO_TABLE", table), ("RECO_FACTS", &facts), ("RECO_POLICY", &policy)];
        let settings = Settings::read(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let shared = self.harness.the_sandbox().sdk_config();
        let opening = async { settings.expect("usable").open(&shared).await };
        self.harness.runtime.block_on(opening).expect("the function starts")
    }

    /// Hands bodies to the function in random batches and returns its rejects, asserting that it
    /// returned exactly the failed messages for retry.
    fn invoke(&mut self, function: &Pipeline, bodies: &[String]) -> BTreeSet<Reject> {
        let mut rejects = BTreeSet::new();
        let mut from = 0;
        while from < bodies.len() {
            let to = (from + self.random.usize(1..=10)).min(bodies.len());
            let mut event = SqsEvent::default();
            for (number, body) in bodies.iter().enumerate().take(to).skip(from) {
                let mut message = SqsMessage::default();
                message.message_id = Some(number.to_string());
                message.body = Some(body.clone());
                event.records.push(message);
            }
            let deadline = tokio::time::Instant::now() + LONG;
            let handling = handle(function, event, deadline);
            let handled = self.harness.runtime.block_on(handling).expect("handled");
            let returned = handled.response.batch_item_failures.into_iter();
            let returned: Vec<String> = returned.map(|f| f.item_identifier).collect();
            let failures = handled.report.failures;
            assert!(failures.iter().map(|f| &f.message_id).eq(&returned), "{failures:?}");
            rejects.extend(failures.iter().flat_map(|failure| Reject::of(failure, bodies)));
            from = to;
        }
        rejects
    }
}

const LONG: std::time::Duration = std::time::Duration::from_secs(1800);

/// A line, counted from 1, and the index of its entry if it has several.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Reject(u64, Option<u64>);

impl Reject {
    fn read(line: &str) -> Self {
        let reject: Value = serde_json::from_str(line).expect("JSON");
        Reject(reject["line"].as_u64().expect("a line"), reject["entry"].as_u64())
    }

    /// Converts the function's failure of a message into rejects of the line it came from.
    fn of(failure: &MessageFailure, bodies: &[String]) -> Vec<Self> {
        let number: usize = failure.message_id.parse().expect("ours");
        let line = number as u64 + 1;
        match &failure.reason {
            FailureReason::Malformed { .. } | FailureReason::Foreign => vec![Reject(line, None)],
            FailureReason::BadEntries { bad, rejected, entries } => {
                assert_eq!(entries.len() as u64, bad + rejected, "{failure:?}");
                let body: Value = serde_json::from_str(&bodies[number]).expect("JSON");
                let others = body["data"].as_array().is_some_and(|data| data.len() > 1);
                entries.iter().map(|index| Reject(line, others.then_some(*index as u64))).collect()
            }
            other => panic!("{number}: {other:?}"),
        }
    }
}

fn typed(value: &AttributeValue) -> model::Typed {
    match value {
        AttributeValue::N(text) => ('N', text.clone()),
        AttributeValue::S(text) => ('S', text.clone()),
        other => panic!("neither Number nor String: {other:?}"),
    }
}

fn nanos((kind, text): &model::Typed) -> i128 {
    assert_eq!(*kind, 'N', "times are Numbers");
    model::decimal(text).expect("a number")
}

/// Writes the facts to a SQLite file, with Python.
fn write_facts(path: &Path, world: &World) {
    let script = "
import json, sqlite3, sys
world = json.load(sys.stdin)
db = sqlite3.connect(sys.argv[1])
db.executescript('''
CREATE TABLE users(id TEXT PRIMARY KEY, status TEXT);
CREATE TABLE articles(id TEXT PRIMARY KEY, status TEXT, author_id TEXT);
CREATE TABLE reads(user_id TEXT, article_id TEXT, PRIMARY KEY (user_id, article_id));
CREATE TABLE mutes(user_id TEXT, author_id TEXT, PRIMARY KEY (user_id, author_id));
''')
for name in ('users', 'articles', 'reads', 'mutes'):
    rows = world[name]
    if rows:
        db.executemany(f'INSERT INTO {name} VALUES (%s)' % ','.join('?' * len(rows[0])), rows)
db.commit()
";
    let status = |yes: bool, is: &str| if yes { is.to_owned() } else { "no".to_owned() };
    let users = world.users.iter().map(|(id, active)| json!([id, status(*active, "active")]));
    let articles = world
        .articles
        .iter()
        .map(|(id, (published, author))| json!([id, status(*published, "published"), author]));
    let pairs = |pairs: &BTreeSet<(String, String)>| {
        pairs.iter().map(|(one, other)| json!([one, other])).collect::<Vec<_>>()
    };
    let tables = json!({
        "users": users.collect::<Vec<_>>(),
        "articles": articles.collect::<Vec<_>>(),
        "reads": pairs(&world.reads),
        "mutes": pairs(&world.mutes),
    });
    let mut python = std::process::Command::new("python3")
        .args(["-c", script])
        .arg(path)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let mut stdin = python.stdin.take().expect("piped");
    serde_json::to_writer(&mut stdin, &tables).expect("fed");
    drop(stdin);
    assert!(python.wait().expect("ends").success());
}

/// Returns the model's result for lines, one after the other.
fn expected(lines: &[String], rules: &Rules<'_>) -> (Table, BTreeSet<Reject>) {
    let (mut table, mut rejects) = (Table::new(), BTreeSet::new());
    for (number, text) in (1_u64..).zip(lines) {
        let Some(asked) = model::line(text, rules) else {
            rejects.insert(Reject(number, None));
            continue;
        };
        for (index, one) in (0_u64..).zip(&asked) {
            model::apply(&mut table, one, rules.only_newer);
            if matches!(one, Asked::Bad) {
                rejects.insert(Reject(number, (asked.len() > 1).then_some(index)));
            }
        }
    }
    (table, rejects)
}

#[track_caller]
fn assert_same(way: &str, found: &Table, expected: &Table, lines: &[String]) {
    let users: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    for user in users {
        if found.get(user) == expected.get(user) {
            continue;
        }
        let quoted = json!(user).to_string();
        let about: Vec<_> = (1..)
            .zip(lines)
            .filter(|(_, l)| l.contains(&quoted) || l.contains(user.as_str()))
            .collect();
        panic!(
            "{way}: user {user:?} has {:?}, not {:?}; lines: {:?}",
            found.get(user),
            expected.get(user),
            &about[about.len().saturating_sub(6)..]
        );
    }
}

fn compare(numbers: bool, with_facts: bool, only_newer: bool) {
    let mut setting = Setting::new(numbers, with_facts, only_newer);
    let lines = setting.lines();
    let (table, rejects) = expected(&lines, &setting.rules(Removals::Done));
    assert!(table.len() > 3 && rejects.len() > 3, "there is something to compare");

    assert_eq!(setting.backfill(&lines, &[]), rejects, "direct: rejects");
    assert_same("direct", &setting.table("direct"), &table, &lines);
    let emit = ["--emit", "dynamodb-json", "out", "--emit-compression", "none"];
    let found = setting.emit(&lines, &emit);
    assert_eq!(found.1, rejects, "emit: rejects");
    assert_same("emit", &found.0, &table, &lines);

    setting.through_the_function();
    setting.through_a_rehearsal();
    setting.through_the_queue();
}

#[test]
fn number_keys_without_facts() {
    compare(true, false, false);
    compare(true, false, true);
}

#[test]
fn number_keys_with_facts() {
    compare(true, true, false);
    compare(true, true, true);
}

#[test]
fn string_keys_without_facts() {
    compare(false, false, false);
    compare(false, false, true);
}

#[test]
fn string_keys_with_facts() {
    compare(false, true, false);
    compare(false, true, true);
}
