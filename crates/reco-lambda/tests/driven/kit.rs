//! Test environment: a table, a database and the binary between them.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType};
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use reco_sandbox::runtime::{Environment, FunctionBinary, FunctionError, FunctionLog};
use reco_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::expectation::{Lists, Message, sql};
use crate::mariadb;
use crate::support::create_table;

/// Enough time for any batch here, even on a busy machine.
pub const AMPLE: Duration = Duration::from_secs(30);

pub struct World {
    _running: Sandbox,
    pub table: Client,
    pub binary: FunctionBinary,
    directory: TempDir,
}

impl World {
    /// Starts a world with its own facts database and a table of this write capacity.
    pub async fn new(wcu: Option<f64>, variables: &[(&str, &str)]) -> Self {
        let database = mariadb::database(&sql());
        let facts = mariadb::server().url(&database);
        Self::with_facts(&facts, wcu, variables).await
    }

    pub async fn with_facts(facts: &str, wcu: Option<f64>, variables: &[(&str, &str)]) -> Self {
        let write_capacity = wcu.map(WriteCapacity::per_second);
        let options = SandboxOptions { write_capacity, ..SandboxOptions::empty() };
        let sandbox = Sandbox::start(options).await.unwrap();
        let table = Client::new(&sandbox.sdk_config());
        create_table(&table, "recs", &[("user_id", ScalarAttributeType::N)]).await;
        let directory = tempfile::tempdir().unwrap();
        let own = [
            ("AWS_LAMBDA_FUNCTION_NAME", "recs-writer"),
            ("RECO_TABLE", "recs"),
            ("RECO_FACTS", facts),
            ("RECO_LOG", "trace"),
        ];
        let log = FunctionLog::File(directory.path().join("log"));
        let binary = bootstrap(&sandbox, &[&own[..], variables].concat(), log);
        World { _running: sandbox, table, binary, directory }
    }

    pub async fn start(&self) -> Environment {
        Environment::start(&self.binary).await.unwrap()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap()
    }

    /// Returns the log lines with this `message`.
    pub fn said(&self, message: &str) -> Vec<Value> {
        let lines = self.lines();
        lines.into_iter().filter(|line| line["message"] == message).collect()
    }

    /// Every line whose `message` begins so.
    pub fn lines_with(&self, beginning: &str) -> Vec<Value> {
        let begins = |line: &Value| {
            line["message"].as_str().is_some_and(|message| message.starts_with(beginning))
        };
        self.lines().into_iter().filter(begins).collect()
    }

    /// The metrics lines.
    pub fn metrics(&self) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["_aws"].is_object()).collect()
    }

    fn lines(&self) -> Vec<Value> {
        self.log().lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// Returns all lists in the table.
    pub async fn held(&self) -> Lists {
        let number = |value: &AttributeValue| value.as_n().unwrap().parse::<i64>().unwrap();
        let mut held = Lists::new();
        let mut items = self.table.scan().table_name("recs").into_paginator().items().send();
        while let Some(item) = items.next().await {
            let item = item.unwrap();
            let list = item["recommended_note_ids"].as_l().unwrap();
            held.insert(number(&item["user_id"]), list.iter().map(number).collect());
        }
        held
    }
}

/// The real binary, with variables besides those that point at the sandbox.
pub fn bootstrap(sandbox: &Sandbox, own: &[(&str, &str)], log: FunctionLog) -> FunctionBinary {
    let own = own.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let variables = sandbox.env().into_iter().chain(own);
    FunctionBinary {
        path: env!("CARGO_BIN_EXE_bootstrap").into(),
        variables: variables.map(|(name, value)| (name.to_owned(), value)).collect(),
        log,
    }
}

pub fn event<'a>(records: impl IntoIterator<Item = &'a Value>) -> String {
    let records: Vec<&Value> = records.into_iter().collect();
    json!({ "Records": records }).to_string()
}

pub fn event_of<'a>(messages: impl IntoIterator<Item = &'a Message>) -> String {
    let records: Vec<Value> = messages.into_iter().map(Message::record).collect();
    event(&records)
}

/// Invokes the function and returns the ids of messages to retry.
pub async fn returned(
    environment: &mut Environment,
    event: String,
    time: Duration,
) -> Result<BTreeSet<String>, FunctionError> {
    let answer = environment.invoke(event, time).await?;
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap();
    let id = |failure: &Value| failure["itemIdentifier"].as_str().unwrap().to_owned();
    Ok(failures.iter().map(id).collect())
}
