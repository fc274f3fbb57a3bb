//! `recoctl user`: one user's list, and what the filter makes of it today.

use clap::Args;
use reco_core::Id;
use reco_core::outcome::Outcome;
use reco_ops::aws::Table;
use reco_ops::error::Result;
use reco_ops::user::{Judgement, look};

use crate::config::Key;
use crate::context::{Context, unix_seconds};
use crate::render::user::UserReport;

/// Arguments of `recoctl user`.
///
/// Shows the user's item in the table, and which of its ids the policy would drop with today's facts.
/// Reads only: one item, one lookup of facts, no queue.
#[derive(Debug, Args)]
#[command(
    after_help = "Exits with 5 if the table has no item of the user. Messages of the user that \
wait in the DLQ: recoctl dlq peek --user ID."
)]
pub struct UserArgs {
    /// User id
    #[arg(value_name = "ID", allow_hyphen_values = true,
        value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub id: String,
    /// Show every id of the list, not only those that would be dropped today
    #[arg(long)]
    pub all: bool,
}

/// Looks the user up.
///
/// # Errors
/// Fails if table or facts do not answer, or the table's key cannot hold the id.
pub async fn run(context: &Context, args: UserArgs) -> Result<Outcome> {
    let policy = context.policy().await?;
    let facts = context.facts().await?;
    let item = context.item(&policy)?;
    let name = context.settings.require(Key::Table)?;
    let table = Table::open(context.sdk().await?, name, &item).await?;
    let now = unix_seconds();
    let judgement = Judgement { policy: &policy, facts: &facts, now };
    let story = look(&table, judgement, Id::from(args.id.as_str()), &context.events()).await?;
    let report = UserReport {
        table: table.info.name,
        policy_fingerprint: policy.fingerprint(),
        facts: facts.kind(),
        all: args.all,
        now,
        story,
    };
    context.ui.report(&report)?;
    Ok(crate::ui::Report::outcome(&report))
}
