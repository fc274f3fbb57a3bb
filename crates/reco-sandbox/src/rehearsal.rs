//! Rehearsal of messages: an empty local DynamoDB, and the Lambda's function, handed one message at a
//! time.

use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use reco_core::item::Schema;
use reco_core::message::Message;
use reco_core::policy::Policy;
use reco_core::rehearsal::HandlerAnswer;
use reco_lambda::lines::{Origin, Stamp, messages_returned};
use reco_lambda::{Handled, Pipeline, handle};
use reco_store::client::dynamodb_config;
use reco_store::facts::FactsSource;
use reco_store::writer::{Writer, WriterOptions};
use serde_json::Value;

use crate::runtime::{Fleet, FunctionBinary, FunctionError, FunctionLog};
use crate::sandbox::function_env;
use crate::worker::{self, event};
use crate::{Sandbox, SandboxError, SandboxOptions, ScratchDir};

/// File of the function's log.
const LOG: &str = "log";

/// Last bytes of the log, among which the line about a message is.
const LAST_BYTES: u64 = 256 * 1024;

/// An empty local DynamoDB for the table of a rehearsal.
pub struct RehearsalTable {
    sandbox: Sandbox,
    client: Client,
}

/// The function, writing to the local table.
pub enum RehearsalHandler {
    /// The handler that is built in.
    BuiltIn(Box<Pipeline>),
    /// A program that polls the Runtime API, and its log.
    Binary(Arc<Fleet>, ScratchDir),
}

/// Settings of a function's binary, as its environment has them.
#[derive(Debug)]
pub struct BinarySettings {
    /// Path of the program.
    pub path: PathBuf,
    /// Table that it writes to.
    pub table: String,
    /// Facts that it filters by.
    pub facts: String,
    /// File with the tables and columns of the facts.
    pub facts_tables: Option<String>,
    /// Policy that it filters with.
    pub policy: Policy,
    /// Attribute names that the policy does not set, by variable.
    pub names: Vec<(String, String)>,
}

/// Result of handling one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandledMessage {
    /// Its answer.
    pub answer: HandlerAnswer,
    /// Why it returned the message, as far as it says.
    pub reason: Option<String>,
    /// Duration.
    pub took: Duration,
}

impl RehearsalTable {
    /// Starts an empty DynamoDB.
    ///
    /// # Errors
    /// Those of [`Sandbox::start`].
    pub async fn start() -> Result<Self, SandboxError> {
        let sandbox = Sandbox::start(SandboxOptions::empty()).await?;
        let client = Client::from_conf(dynamodb_config(&sandbox.sdk_config()).build());
        Ok(RehearsalTable { sandbox, client })
    }

    /// Returns a client for it.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the built-in handler, writing to the local table.
    #[must_use]
    pub fn built_in(
        &self,
        facts: FactsSource,
        policy: Policy,
        table: &str,
        schema: Schema,
    ) -> RehearsalHandler {
        let only_newer = policy.writes.only_newer;
        let options = WriterOptions { only_newer, ..WriterOptions::default() };
        let writer = Writer::new(self.client.clone(), table, schema, options);
        RehearsalHandler::BuiltIn(Box::new(Pipeline { facts, policy, writer }))
    }

    /// Starts a function's binary that writes to the local table. It is given no credentials but those of
    /// the local DynamoDB.
    ///
    /// # Errors
    /// Those of [`Fleet::start`].
    pub async fn binary(
        &self,
        settings: BinarySettings,
    ) -> Result<RehearsalHandler, FunctionError> {
        let BinarySettings { path, table, facts, facts_tables, policy, names } = settings;
        let own = [("AWS_LAMBDA_FUNCTION_NAME", "rehearsal".to_owned())];
        let tables = facts_tables.map(|tables| ("RECO_FACTS_TABLES", tables));
        let settings = function_env(&self.sandbox.endpoint(), &table, facts, &policy);
        let variables = settings.chain(own).chain(tables);
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).chain(names);
        let place = ScratchDir::new("rehearsal").map_err(|error| FunctionError::Spawn {
            path: path.display().to_string(),
            reason: format!("cannot make a directory for its log: {error}"),
        })?;
        let log = FunctionLog::File(place.path().join(LOG));
        let binary = FunctionBinary { path, variables: variables.collect(), log };
        Ok(RehearsalHandler::Binary(Fleet::start(binary).await?, place))
    }

    /// Stops it.
    pub async fn close(self) {
        self.sandbox.shutdown().await;
    }
}

impl RehearsalHandler {
    /// Hands a message to the function, as the only one of its batch. `queue_arn` is the queue that
    /// the event names; `timeout` is the function's.
    pub async fn handle(
        &self,
        message: &Message,
        queue_arn: &str,
        timeout: Duration,
    ) -> HandledMessage {
        let event = event::of_kept(message, queue_arn);
        let begun = Instant::now();
        let stops_at = begun + timeout;
        let (answer, reason) = match self {
            RehearsalHandler::BuiltIn(pipeline) => {
                let deadline = stops_at - worker::MARGIN;
                match tokio::time::timeout_at(
                    stops_at.into(),
                    handle(pipeline, event, deadline.into()),
                )
                .await
                {
                    Ok(Ok(handled)) => told(&handled),
                    Ok(Err(error)) => (HandlerAnswer::Failed, Some(error.to_string())),
                    Err(_) => (HandlerAnswer::Failed, Some(timed_out(timeout))),
                }
            }
            RehearsalHandler::Binary(fleet, place) => match fleet.invoke(event, stops_at).await {
                Ok(response) if response.batch_item_failures.is_empty() => {
                    (HandlerAnswer::Handled, None)
                }
                Ok(_) => (HandlerAnswer::Returned, logged(place, &message.id)),
                Err(error) => (HandlerAnswer::Failed, Some(error)),
            },
        };
        HandledMessage { answer, reason, took: begun.elapsed() }
    }
}

impl RehearsalHandler {
    /// Returns the peak memory of a function's binary in MiB, where the system tells it.
    #[must_use]
    pub fn peak_mib(&self) -> Option<u64> {
        match self {
            RehearsalHandler::BuiltIn(_) => None,
            RehearsalHandler::Binary(fleet, _) => fleet.peak_mib(),
        }
    }
}

fn timed_out(timeout: Duration) -> String {
    format!("Task timed out after {:.2} seconds", timeout.as_secs_f64())
}

fn told(handled: &Handled) -> (HandlerAnswer, Option<String>) {
    let stamp = Stamp { request_id: "", at_ms: 0 };
    let origin = Origin { policy: "", function_version: "" };
    match messages_returned(&handled.report, &stamp, origin, "WARN").next() {
        None => (HandlerAnswer::Handled, None),
        Some(line) => (HandlerAnswer::Returned, reason_in(&line)),
    }
}

/// Returns the reason in the function's log for which it returned a message.
fn logged(place: &ScratchDir, message_id: &str) -> Option<String> {
    let mut file = std::fs::File::open(place.path().join(LOG)).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LAST_BYTES))).ok()?;
    let mut log = Vec::new();
    file.read_to_end(&mut log).ok()?;
    let log = String::from_utf8_lossy(&log);
    let mut lines = log.lines().rev().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let about = |line: &Value| {
        line.get("message_id").is_some_and(|id| id == message_id) && line.get("reason").is_some()
    };
    lines.find(about).and_then(|line| reason_in(&line))
}

/// Returns the reason in a line about a returned message: the error, or else the kind.
fn reason_in(line: &Value) -> Option<String> {
    let text = |member: &str| line.get(member)?.as_str().map(str::to_owned);
    text("error").or_else(|| text("reason"))
}
