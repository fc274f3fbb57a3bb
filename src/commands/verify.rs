//! `recoctl verify`: compares the table with files of recommendations.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use reco_core::Time;
use reco_core::item::{Attribute, KeyType};
use reco_core::outcome::Outcome;
use reco_core::shard::Shard;
use reco_store::reader::{ExpiryBounds, Reader};

use super::backfill::{mapping, read_back};
use crate::config::Key;
use crate::context::Context;
use crate::flags::facts::FactsArgs;
use crate::flags::reliability::per_second;
use crate::flags::seconds;
use crate::flags::writing::{list_type, time};
use crate::render::holders::HoldersReport;
use crate::render::verify::VerifyReport;
use crate::ui::{amount, escape_line};
use reco_ops::aws::Table;
use reco_ops::backfill::report::At;
use reco_ops::backfill::verify::{MAX_SUSPECTS, Scope, Verification, Verify, readable_again};
use reco_ops::backfill::{
    EntryRoute, Holders, Preparer, READS, RETRY, Times, chosen_of_exports, holders,
};
use reco_ops::error::{Error, Kind, Result};

/// Arguments of `recoctl verify`.
#[derive(Debug, Args)]
#[command(after_help = "The last list of each user in the files counts, filtered as the Lambda \
filters it. Lists (in order) and times are compared.\n\
Exits with 6 if anything differs; the report names file, line and user. Exits with 4 if lines \
could not be read.")]
pub struct VerifyArgs {
    /// Input files: JSON Lines or JSON arrays, optionally gzip- or zstd-compressed
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Number of randomly sampled users to check, or `all`
    #[arg(long, value_name = "N|all", default_value = "1000")]
    pub users: Scope,
    /// List the users whose item in the table is still a list of the files, whatever other lists
    /// the table holds
    #[arg(long, conflicts_with_all = ["users", "if_newer", "attrs", "ttl"])]
    pub same: bool,
    /// Maximum read capacity units per second [default: no limit]
    #[arg(long, value_name = "N", value_parser = per_second)]
    pub rcu: Option<f64>,
    /// Convert each line to one of backfill's input shapes with this jq expression
    #[arg(long, value_name = "JQ")]
    pub map: Option<String>,
    /// Verify only the users of shard I of N
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Facts options.
    #[command(flatten)]
    pub facts: FactsArgs,
    /// Options of the backfill that wrote the files.
    #[command(flatten)]
    pub written: WrittenArgs,
    /// Maximum number of users in memory; more than that need additional passes over the files
    #[arg(long, value_name = "N", default_value_t = MAX_SUSPECTS, hide = true, conflicts_with = "same")]
    pub max_suspects: usize,
}

/// Flags of the backfill that wrote the files.
#[derive(Debug, Args)]
#[command(next_help_heading = "Backfill options")]
pub struct WrittenArgs {
    /// Expect the newest list of each user, and accept what the table holds for the same time
    /// [implied by writes.only_newer in the policy]
    #[arg(long)]
    pub if_newer: bool,
    /// Generation time of lists without a `generated_at`: ISO 8601 or epoch seconds
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub generated_at: Option<Time>,
    /// Expect this attribute in every item
    #[arg(long = "attr", value_name = "NAME=VALUE")]
    pub attrs: Vec<Attribute>,
    /// Expect every item to expire within this time from now, and not yet
    #[arg(long, value_name = "DURATION", value_parser = seconds)]
    pub ttl: Option<i64>,
    /// TTL attribute of the table
    #[arg(long, value_name = "NAME", default_value = "expires_at", requires = "ttl")]
    pub ttl_attribute: String,
    /// Expect list ids as Numbers (N) or Strings (S) [default: as in the table's lists]
    #[arg(long, value_name = "N|S", value_parser = list_type)]
    pub list_type: Option<KeyType>,
}

impl WrittenArgs {
    /// Sets the layout of the table, with the constant attributes of every item.
    fn lay_out(&self, table: &mut Table) -> Result<()> {
        let schema = table.schema.clone().with_constants(self.attrs.iter().cloned());
        table.schema =
            schema.map_err(|error| Error::new(Kind::Usage, "invalid --attr").because(&error))?;
        Ok(())
    }

    /// Returns the expected expiry of items, if any.
    fn expiry(&self) -> Option<ExpiryBounds> {
        let now = jiff::Timestamp::now().as_second();
        let latest = now.saturating_add(self.ttl?);
        Some(ExpiryBounds { name: self.ttl_attribute.clone(), after: now, latest })
    }
}

/// Runs the verification.
///
/// # Errors
/// Fails if it ended before anything was compared.
pub async fn run(context: &Context, args: VerifyArgs) -> Result<Outcome> {
    context.before_all(readable_again(&args.files)).await?;
    let policy = context.policy().await?;
    let facts = args.facts.open(context).await?;
    let name = context.settings.require(Key::Table)?;
    let VerifyArgs { written, shard, .. } = args;
    let mapping = mapping(context, args.map.as_deref()).await?;
    let item = context.item(&policy, written.list_type)?;
    let sdk = context.sdk().await?;
    let mut table = context.before_all(Table::open(sdk, name, &item)).await?;
    written.lay_out(&mut table)?;
    let newest = written.if_newer || policy.writes.only_newer;
    let times = Times { default: written.generated_at, required: written.if_newer };
    let (schema, route) = (table.schema.clone(), EntryRoute::Table);
    // Ids are compared by value, and by type only if one is set.
    let layout = None;
    let reader = table.reader(RETRY, args.rcu);
    let reader = if newest { reader.guarded() } else { reader };
    let reader = written.expiry().into_iter().fold(reader, Reader::expiring);
    let preparer =
        Arc::new(Preparer { facts, policy, schema, layout, times, route, shard, mapping });
    let control = context.control();
    if args.same {
        let found = holders(&args.files, Arc::clone(&preparer), reader, &control).await?;
        let report = HoldersReport {
            outcome: holders_outcome(&found),
            files: args.files.iter().map(|file| file.display().to_string()).collect(),
            table: table.info.name,
            policy_fingerprint: preparer.policy.fingerprint(),
            facts: preparer.facts.kind(),
            found,
        };
        return context.ui.report(&report);
    }
    let choosing = chosen_of_exports(&args.files, &preparer, newest, &control);
    let chosen = context.before_all(choosing).await?;
    let verify = Verify {
        files: args.files,
        preparer: Arc::clone(&preparer),
        reader,
        newest,
        scope: args.users,
        chosen,
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
            Err(Error::service("no user could be compared").cause(reason.clone()))
        }
        (Outcome::Failed, None) => Err(nothing_read(&report.verification)),
        _ => Ok(outcome),
    }
}

/// Returns the outcome of a search for users with a list of the files: nothing to do if there are
/// none.
fn holders_outcome(found: &Holders) -> Outcome {
    match found {
        _ if found.interrupted => Outcome::Interrupted,
        _ if found.stopped.is_some() || found.unread > 0 => Outcome::Partial,
        _ if found.holding == 0 => Outcome::NothingToDo,
        _ => Outcome::Success,
    }
}

/// Returns the reason why nothing of the input could be compared with the table.
fn nothing_read(found: &Verification) -> Error {
    let error = Error::input("no user could be compared");
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
