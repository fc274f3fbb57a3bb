//! `recoctl user`: one user's list, what the filter makes of it today, and where else the user stands.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use reco_core::Id;
use reco_core::outcome::Outcome;
use reco_core::policy::Policy;
use reco_core::standing::{Elsewhere, OtherList};
use reco_ops::aws::Table;
use reco_ops::backfill::{EntryRoute, Preparer, Times, UserEntries, entries_of};
use reco_ops::error::{Error, Kind, Result};
use reco_ops::user::{InDlq, Judgement, in_dlq, look, other_lists, runs_of};

use super::backfill::mapping;
use crate::config::{Key, Setting, SettingSource};
use crate::context::Context;
use crate::render::user::{UserArticle, UserItem, UserReport};

/// Arguments of `recoctl user`.
///
/// Shows the user's item in the table, and which of its ids the policy would drop with today's facts.
/// Reads only: one item and one lookup of facts; with --in the files, with --in-dlq the DLQ.
#[derive(Debug, Args)]
#[command(
    after_help = "Exits with 5 if the table has no item of the user, and with 4 if a file or the DLQ \
could not be looked through to its end."
)]
pub struct UserArgs {
    /// User id
    #[arg(value_name = "ID", allow_hyphen_values = true,
        value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub id: String,
    /// Also find the user in this file, in any shape that backfill reads, or in an export; repeatable
    #[arg(long = "in", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Convert each line of the files to one of backfill's input shapes with this jq expression
    #[arg(long, value_name = "JQ", requires = "files")]
    pub map: Option<String>,
    /// Also look through the DLQ for messages of the user; every message is visible again afterwards
    /// (implied by --dlq)
    #[arg(long)]
    pub in_dlq: bool,
    /// Look through the DLQ even if it has a redrive policy of its own
    #[arg(long)]
    pub force: bool,
    /// Show every id of the list, not only those that would be dropped today
    #[arg(long)]
    pub all: bool,
}

/// Looks the user up.
///
/// # Errors
/// Fails if table or facts do not answer, the table's key cannot hold the id, or a file or the DLQ
/// cannot be read.
pub async fn run(context: &Context, args: UserArgs) -> Result<Outcome> {
    let looks_at_dlq = args.in_dlq || named_dlq(context);
    if args.force && !looks_at_dlq {
        return Err(Error::new(Kind::Usage, "--force has no effect without --in-dlq"));
    }
    let policy = context.before_all(context.policy()).await?;
    let facts = context.facts().await?;
    let item = context.item(&policy, None)?;
    let name = context.settings.require(Key::Table)?;
    let sdk = context.sdk().await?;
    let table = context.before_all(Table::open(sdk, name, &item)).await?;
    let now = jiff::Timestamp::now().as_second();
    let judgement = Judgement { policy: &policy, facts: &facts, now };
    let events = context.ui.events();
    let looking = look(&table, judgement, Id::from(args.id.as_str()), &events);
    let mut story = context.before_all(looking).await?;
    let (kind, fingerprint) = (facts.kind(), policy.fingerprint());
    let mut elsewhere = Elsewhere::default();
    let (mut found, mut runs) = (None, Vec::new());
    if !args.files.is_empty() {
        runs = runs_of(&context.home()?, &table.info.arn, &args.files);
        let (schema, mapping) =
            (table.schema.clone(), mapping(context, args.map.as_deref()).await?);
        let facts = facts.clone();
        let preparer = judging(policy, schema, facts, mapping);
        let control = context.control();
        let entries = entries_of(&args.files, &preparer, &story.user, &control).await?;
        elsewhere.listed = OtherList::counting(other_lists(&entries));
        elsewhere.files = is_whole(&entries).then(|| entries.files.join(", "));
        found = Some(entries);
    }
    let mut dlq: Option<InDlq> = None;
    if looks_at_dlq {
        let open = async |options| context.session(options).await;
        let found = in_dlq(open, &context.home()?, (&story.user, args.force)).await?;
        elsewhere.waiting = found.newest_waiting();
        if !found.moved.is_empty() {
            // What was sent back may have been written, or wait in the source queue.
            elsewhere.files = None;
        }
        dlq = Some(found);
    }
    story.conclude(&elsewhere);
    let report = UserReport {
        articles: UserArticle::all(&story),
        user: story.user,
        table: table.info.name,
        standing: story.standing,
        sentence: story.sentence,
        item: story.stored.map(|stored| UserItem::of(stored, now)),
        user_in_facts: story.known,
        facts: kind,
        policy_fingerprint: fingerprint,
        in_files: found,
        in_dlq: dlq,
        runs,
        all: args.all,
        now,
    };
    context.ui.report(&report)
}

/// Returns whether the DLQ was named on the command line.
fn named_dlq(context: &Context) -> bool {
    let named = context.settings.get(Key::Dlq);
    matches!(named, Some(Setting { source: SettingSource::Flag(_), .. }))
}

fn is_whole(found: &UserEntries) -> bool {
    found.unread == 0 && found.broken.is_empty()
}

/// Returns the decoder and filter of a file's lines.
fn judging(
    policy: Policy,
    schema: reco_core::item::Schema,
    facts: reco_store::facts::FactsSource,
    mapping: Option<reco_ops::backfill::Mapping>,
) -> Arc<Preparer> {
    let (layout, times, route, shard) = (None, Times::default(), EntryRoute::Table, None);
    Arc::new(Preparer { facts, policy, schema, layout, times, route, shard, mapping })
}
