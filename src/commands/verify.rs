//! `recoctl verify`: does the table hold what files of recommendations say?

pub(super) mod render;

use std::sync::Arc;

use clap::Args;
use reco_core::outcome::Outcome;
use serde::Serialize;

use super::backfill::{READS, RETRY, positive, read_back};
use crate::aws::Table;
use crate::config::Key;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::flow::backfill::verify::{MAX_SUSPECTS, Scope, Verification, Verify, readable_again};
use crate::flow::backfill::{Preparer, Route, Times};

/// Arguments of `recoctl verify`.
#[derive(Debug, Args)]
#[command(after_help = "For each user the last list of the files counts, filtered as the Lambda \
filters; lists and times are compared, in order.\n\
Exit code 6 when something differs: the report names file, line and user.")]
pub struct VerifyArgs {
    /// Files of JSON lines, plain or compressed by gzip or zstd
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,
    /// A random sample of so many users, or all
    #[arg(long, value_name = "N|all", default_value = "1000")]
    pub users: Scope,
    /// Read capacity units a second that may be consumed (default: no limit)
    #[arg(long, value_name = "N", value_parser = positive)]
    pub rcu: Option<f64>,
    /// Users in memory at most; more take further readings of the files
    #[arg(long, value_name = "N", default_value_t = MAX_SUSPECTS, hide = true)]
    pub max_suspects: usize,
}

/// What a verification found, with what it ran with.
#[derive(Debug, Serialize)]
pub struct VerifyReport {
    /// How it ended.
    pub outcome: Outcome,
    /// The table.
    pub table: String,
    /// SHA-256 of the policy in force.
    pub policy_fingerprint: String,
    /// Where facts came from.
    pub facts: &'static str,
    /// What was found.
    #[serde(flatten)]
    pub verification: Verification,
}

/// Runs it.
///
/// # Errors
/// What ended it before anything was compared.
pub async fn run(context: &Context, args: VerifyArgs) -> Result<Outcome> {
    readable_again(&args.files).await?;
    let policy = context.policy()?;
    let facts = context.facts().await?;
    let name = context.settings.require(Key::Table)?;
    let item = context.item(&policy)?;
    let table = Table::open(context.sdk().await?, name, &item).await?;
    // Ids are compared, and their types only where one is set.
    let (schema, times) = (table.schema.clone(), Times::default());
    let (route, shard) = (Route::Table, None);
    let layout = None;
    let preparer = Arc::new(Preparer { facts, policy, schema, layout, times, route, shard });
    let verify = Verify {
        files: args.files,
        preparer: Arc::clone(&preparer),
        reader: table.reader(RETRY, args.rcu),
        scope: args.users,
        concurrency: READS,
        max_suspects: args.max_suspects,
        cancel: context.cancel.clone(),
    };
    let verification = read_back(context, verify).await?;
    let outcome = verification.outcome();
    let report = VerifyReport {
        outcome,
        table: table.info.name,
        policy_fingerprint: preparer.policy.fingerprint(),
        facts: preparer.facts.kind(),
        verification,
    };
    context.ui.report(&report)?;
    match (outcome, &report.verification.stopped) {
        (Outcome::Failed, Some(reason)) => {
            Err(Error::service("nothing could be compared").cause(reason.clone()))
        }
        (Outcome::Failed, None) => Err(Error::input("nothing could be compared")
            .cause(report.verification.broken_inputs.join("; "))),
        _ => Ok(outcome),
    }
}
