//! `recoctl verify`: does the table hold what files of recommendations say?

pub(super) mod render;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use reco_core::Time;
use reco_core::item::{Attribute, KeyType};
use reco_core::outcome::Outcome;
use reco_core::shard::Shard;
use reco_store::reader::{Expiry, Reader};
use serde::Serialize;

use super::backfill::writing::{list_type, time};
use super::backfill::{READS, RETRY, mapping, positive, read_back};
use super::metrics::seconds;
use crate::config::Key;
use crate::context::Context;
use crate::ui::{amount, escape_line};
use reco_ops::aws::Table;
use reco_ops::backfill::report::At;
use reco_ops::backfill::verify::{MAX_SUSPECTS, Scope, Verification, Verify, readable_again};
use reco_ops::backfill::{Preparer, Route, Times};
use reco_ops::error::{Error, Kind, Result};

/// Arguments of `recoctl verify`.
#[derive(Debug, Args)]
#[command(after_help = "For each user the last list of the files counts, filtered as the Lambda \
filters; lists and times are compared, in order.\n\
Exit code 6 when something differs: the report names file, line and user. Exit code 4 when lines \
could not be read.")]
pub struct VerifyArgs {
    /// Files of JSON lines or arrays, plain or compressed by gzip or zstd
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// A random sample of so many users, or all
    #[arg(long, value_name = "N|all", default_value = "1000")]
    pub users: Scope,
    /// Read capacity units a second that may be consumed (default: no limit)
    #[arg(long, value_name = "N", value_parser = positive)]
    pub rcu: Option<f64>,
    /// Make each line one of the shapes that backfill knows by this jq expression
    #[arg(long, value_name = "JQ")]
    pub map: Option<String>,
    /// Verify the users of shard I of N only
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// How the files were written
    #[command(flatten)]
    pub written: WrittenArgs,
    /// Users in memory at most; more take further readings of the files
    #[arg(long, value_name = "N", default_value_t = MAX_SUSPECTS, hide = true)]
    pub max_suspects: usize,
}

/// How the files were written: the flags that backfill was given.
#[derive(Debug, Args)]
#[command(next_help_heading = "As the files were written")]
pub struct WrittenArgs {
    /// Only what was newer was written: the newest list of a user counts, and what the table holds
    /// of the same time stands [implied by writes.only_newer of the policy]
    #[arg(long)]
    pub if_newer: bool,
    /// When lists without a `generated_at` were made: ISO 8601 or epoch seconds
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub generated_at: Option<Time>,
    /// Every item has this attribute
    #[arg(long = "attr", value_name = "NAME=VALUE")]
    pub attrs: Vec<Attribute>,
    /// Every item expires no later than so long from now, and has not expired yet
    #[arg(long, value_name = "DURATION", value_parser = seconds)]
    pub ttl: Option<i64>,
    /// The attribute that the table's time to live goes by
    #[arg(long, value_name = "NAME", default_value = "expires_at", requires = "ttl")]
    pub ttl_attribute: String,
    /// Ids in lists are Numbers or Strings [default: as the lists in the table are]
    #[arg(long, value_name = "N|S", value_parser = list_type)]
    pub list_type: Option<KeyType>,
}

impl WrittenArgs {
    /// The layout of the table, with what every item has.
    fn lay_out(&self, table: &mut Table) -> Result<()> {
        let schema = table.schema.clone().with_constants(self.attrs.iter().cloned());
        table.schema = schema
            .map_err(|error| Error::new(Kind::Usage, "--attr cannot be used so").because(&error))?;
        Ok(())
    }

    /// When items expire.
    fn expiry(&self) -> Option<Expiry> {
        let now = jiff::Timestamp::now().as_second();
        let latest = now.saturating_add(self.ttl?);
        Some(Expiry { name: self.ttl_attribute.clone(), after: now, latest })
    }
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
    context.before_all(readable_again(&args.files)).await?;
    let policy = context.policy().await?;
    let facts = context.facts().await?;
    let name = context.settings.require(Key::Table)?;
    let VerifyArgs { written, shard, .. } = args;
    let mapping = mapping(context, args.map.as_deref()).await?;
    let item = context.item_with(&policy, written.list_type)?;
    let sdk = context.sdk().await?;
    let mut table = context.before_all(Table::open(sdk, name, &item)).await?;
    written.lay_out(&mut table)?;
    let newest = written.if_newer || policy.writes.only_newer;
    let times = Times { default: written.generated_at, required: written.if_newer };
    let (schema, route) = (table.schema.clone(), Route::Table);
    // Ids are compared, and their types only where one is set.
    let layout = None;
    let reader = table.reader(RETRY, args.rcu);
    let reader = if newest { reader.guarded() } else { reader };
    let reader = written.expiry().into_iter().fold(reader, Reader::expiring);
    let preparer =
        Arc::new(Preparer { facts, policy, schema, layout, times, route, shard, mapping });
    let verify = Verify {
        files: args.files,
        preparer: Arc::clone(&preparer),
        reader,
        newest,
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
        (Outcome::Failed, None) => Err(nothing_read(&report.verification)),
        _ => Ok(outcome),
    }
}

/// Why nothing of the input could be held against the table.
fn nothing_read(found: &Verification) -> Error {
    let error = Error::input("nothing could be compared");
    let first = found.unread_lines.first().map(|unread| {
        let At { file, line, .. } = &unread.at;
        format!(
            "{} could not be read, the first {}:{line}: {}",
            amount(found.unread, "line"),
            escape_line(file),
            escape_line(&unread.detail)
        )
    });
    found.broken_inputs.iter().cloned().chain(first).fold(error, Error::cause)
}
