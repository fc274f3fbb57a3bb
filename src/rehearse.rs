//! Rehearsal of messages: the function handles them one by one on a local copy of the items that
//! they concern. AWS is only read.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reco_core::Id;
use reco_core::classify::Class;
use reco_core::item::PlannedItem;
use reco_core::message::Message;
use reco_core::rehearsal::{Ending, Guarded};
use reco_core::supersede::{UserDigest, user_digest};
use reco_ops::aws::Table;
use reco_ops::dlq::judge::{Judge, Row};
use reco_ops::dlq::scan::Found;
use reco_ops::error::{Error, Kind, Result};
use reco_ops::files::spool::Spool;
use reco_sandbox::rehearsal::{BinarySettings, RehearsalHandler, RehearsalTable};
use reco_sandbox::runtime::FunctionError;
use reco_store::facts::needs_aws;
use reco_store::reader::{Difference, MAX_KEYS, Reader};
use reco_store::replica::{copy_items, create_like};
use reco_store::retry::{RetryOptions, Stop};
use serde::Serialize;

use crate::config::Key;
use crate::context::Context;
use crate::ui::Unit;

/// Queue that an event names if the message's own is not known.
const NO_QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:rehearsal";

/// Messages to handle, what they are judged by, and the function that handles them.
#[derive(Debug)]
pub struct RehearsalInput<'a> {
    /// Judge that classified them.
    pub judge: &'a Judge,
    /// Messages, oldest first.
    pub found: &'a [Found],
    /// Their bodies.
    pub spool: &'a Spool,
    /// Binary of the function; `None` for the built-in handler.
    pub lambda_bin: Option<&'a Path>,
    /// Timeout of the function.
    pub timeout: Duration,
    /// ARN of the queue that messages of unknown origin go to.
    pub queue_arn: Option<&'a str>,
}

/// Message with its ending.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rehearsed {
    /// Message id.
    pub message_id: String,
    /// Its class.
    pub class: Class,
    /// Ending that its class foretells.
    pub expected: Ending,
    /// Ending in the rehearsal.
    pub actual: Ending,
    /// False if it ended other than expected.
    pub agrees: bool,
    /// Why it was returned or failed, as far as the function says.
    pub reason: Option<String>,
    /// Lists of it in the table afterwards.
    pub lists: usize,
    /// Duration of its invocation in milliseconds; null if it was not handed over.
    pub took_ms: Option<f64>,
}

/// Result of a rehearsal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rehearsal {
    /// Messages in the order in which they were handled.
    pub messages: Vec<Rehearsed>,
    /// Users with a list of these messages in the table afterwards, each counted once.
    pub users: u64,
    /// Peak memory of the function's binary in MiB, where the system tells it.
    pub peak_mib: Option<u64>,
}

/// Rehearses messages until all are handled or a signal arrives.
///
/// # Errors
/// Fails if the table cannot be copied, the function does not start, or facts or table are
/// unavailable.
pub async fn rehearse(context: &Context, input: RehearsalInput<'_>) -> Result<Rehearsal> {
    let table = input.judge.table().ok_or_else(|| Error::config("no table is configured"))?;
    let local = RehearsalTable::start()
        .await
        .map_err(|error| Error::service("cannot start the local table").because(&error))?;
    let run = open(context, &input, (table, &local)).await?;
    let result = run.all(context).await;
    let peak_mib = run.handler.peak_mib();
    drop(run);
    local.close().await;
    result.map(|rehearsal| Rehearsal { peak_mib, ..rehearsal })
}

/// A rehearsal in progress.
struct RehearsalRun<'a> {
    table: &'a Table,
    handler: RehearsalHandler,
    reader: Reader,
    local: &'a RehearsalTable,
    input: &'a RehearsalInput<'a>,
}

async fn open<'a>(
    context: &Context,
    input: &'a RehearsalInput<'a>,
    (table, local): (&'a Table, &'a RehearsalTable),
) -> Result<RehearsalRun<'a>> {
    let name = &table.info.name;
    create_like(table.client(), name, local.client())
        .await
        .map_err(|error| Error::service(format!("cannot copy table {name}")).because(&error))?;
    // As the table's lists are: the local table has only some of them.
    let schema = input.judge.schema().clone();
    let mut policy = input.judge.policy().clone();
    policy.item.list_type = schema.list_type;
    let client = local.client().clone();
    let reader = Reader::new(client, name, schema.clone(), RetryOptions::default(), None);
    let reader = if policy.writes.only_newer { reader.guarded() } else { reader };
    let handler = match input.lambda_bin {
        None => {
            let facts = input.judge.facts().clone();
            local.built_in(facts, policy, name, schema)
        }
        Some(path) => {
            let settings = binary(context, path.to_owned(), name, policy)?;
            local.binary(settings).await.map_err(|error| unstartable(&error))?
        }
    };
    Ok(RehearsalRun { table, handler, reader, local, input })
}

fn binary(
    context: &Context,
    path: PathBuf,
    table: &str,
    policy: reco_core::policy::Policy,
) -> Result<BinarySettings> {
    let facts = context.settings.value(Key::Facts).unwrap_or("none").to_owned();
    if needs_aws(&facts) {
        return Err(Error::new(Kind::Usage, "--lambda-bin cannot use facts that need AWS")
            .cause("the binary is given no credentials, so it can open no secret and sign no token")
            .hint("leave --lambda-bin out, or pass --facts with a snapshot"));
    }
    let names = [
        ("RECO_USER_ATTR", Key::KeyAttribute),
        ("RECO_LIST_ATTR", Key::ListAttribute),
        ("RECO_GENERATED_AT_ATTR", Key::GeneratedAtAttribute),
    ];
    let names = names.into_iter().filter_map(|(variable, key)| {
        Some((variable.to_owned(), context.settings.value(key)?.to_owned()))
    });
    let facts_tables = context.settings.value(Key::FactsTables).map(|path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
        path.display().to_string()
    });
    let (table, names) = (table.to_owned(), names.collect());
    Ok(BinarySettings { path, table, facts, facts_tables, policy, names })
}

fn unstartable(error: &FunctionError) -> Error {
    Error::config("cannot start the function's binary")
        .because(error)
        .hint("pass the path of bootstrap, built with cargo build --package reco-lambda")
}

impl RehearsalRun<'_> {
    async fn all(&self, context: &Context) -> Result<Rehearsal> {
        let input = self.input;
        let total = Some(input.found.len() as u64);
        let progress = context.ui.progress("rehearsing", total, Unit::Messages);
        let mut rehearsal = Rehearsal::default();
        let mut copied: HashSet<UserDigest> = HashSet::new();
        let mut with_list: HashSet<UserDigest> = HashSet::new();
        for found in input.found {
            if context.cancel.is_cancelled() {
                break;
            }
            let slot = found.slot.ok_or_else(|| {
                Error::new(Kind::Internal, "a message to rehearse has no content")
            })?;
            let message = input.spool.get(slot)?;
            let rehearsed = self.one((&found.row, &message), (&mut copied, &mut with_list)).await?;
            rehearsal.messages.push(rehearsed);
            progress.advance(1);
        }
        rehearsal.users = with_list.len() as u64;
        Ok(rehearsal)
    }

    async fn one(
        &self,
        (row, message): (&Row, &Message),
        (copied, with_list): (&mut HashSet<UserDigest>, &mut HashSet<UserDigest>),
    ) -> Result<Rehearsed> {
        let judge = self.input.judge;
        let only_newer = judge.policy().writes.only_newer;
        let expected = Ending::expected(&row.verdict, row.unsendable.is_none(), only_newer);
        let rehearsed = Rehearsed {
            message_id: row.message_id.clone(),
            class: row.verdict.class,
            expected,
            actual: Ending::NotSendable,
            agrees: true,
            reason: row.unsendable.as_deref().map(str::to_owned),
            lists: 0,
            took_ms: None,
        };
        if expected == Ending::NotSendable {
            return Ok(rehearsed);
        }
        let (users, plans) = judge.plan(message).await?;
        self.copy(users.iter().filter(|user| copied.insert(user_digest(None, user)))).await?;
        let home = row.source.as_deref().or(self.input.queue_arn);
        let handled =
            self.handler.handle(message, home.unwrap_or(NO_QUEUE), self.input.timeout).await;
        let (landed, all_outdone) = self.landed(&plans).await?;
        let class = row.verdict.class;
        let guarded = only_newer.then_some(Guarded { all_outdone, class });
        with_list.extend(landed.iter().map(|user| user_digest(None, user)));
        let actual = Ending::of(handled.answer, landed.len());
        Ok(Rehearsed {
            actual,
            agrees: actual.agrees(expected, guarded),
            reason: handled.reason,
            lists: landed.len(),
            took_ms: Some((handled.took.as_secs_f64() * 10_000.0).round() / 10.0),
            ..rehearsed
        })
    }

    async fn copy(&self, users: impl Iterator<Item = &Id>) -> Result<()> {
        let name = &self.table.info.name;
        copy_items((self.table.client(), self.local.client()), name, &self.table.schema, users)
            .await
            .map(|_| ())
            .map_err(|error| {
                Error::service(format!("cannot copy items of table {name}")).because(&error)
            })
    }

    /// Returns the users whose planned lists are in the local table, and whether it holds lists as
    /// new or newer for all others.
    async fn landed<'p>(&self, plans: &'p [PlannedItem]) -> Result<(Vec<&'p Id>, bool)> {
        let (mut landed, mut all_outdone) = (Vec::with_capacity(plans.len()), true);
        for plans in plans.chunks(MAX_KEYS) {
            let compared =
                self.reader.compare(plans, &Stop::default()).await.map_err(|error| {
                    Error::service("cannot read the local table").because(&error)
                })?;
            let outdone = |difference: &Difference| {
                matches!(difference, Difference::Newer { .. } | Difference::AsNew { .. })
            };
            all_outdone &= compared.differences.iter().all(|(_, one)| outdone(one));
            let differ: HashSet<usize> = compared.differences.iter().map(|(at, _)| *at).collect();
            let same = plans.iter().enumerate().filter(|(at, _)| !differ.contains(at));
            landed.extend(same.map(|(_, plan)| &plan.recommendation.user));
        }
        Ok((landed, all_outdone))
    }
}
