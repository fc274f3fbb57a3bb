//! The rate of messages whose cost is not known before they go, checked against what the table has to spare.

use reco_core::room::{Load, Room, propose};

use crate::config::Key;
use crate::context::Context;
use crate::ui::amount;
use reco_ops::aws::Table;
use reco_ops::backfill::report::BackfillReport;
use reco_ops::dlq::redrive::Rate;
use reco_ops::dlq::room;
use reco_ops::error::{Kind, Result};

/// Messages of a backfill, whose length is not known: more than are sent in any second.
pub const MANY: u64 = 1_000_000;

/// Rate of a run, and what the pipeline has to spare for it.
pub struct QueueRate {
    rate: Option<f64>,
    users: u64,
    room: Room,
}

impl QueueRate {
    /// Measures the room, and warns of a rate that is too high even if each list costs one unit.
    ///
    /// # Errors
    /// Fails if AWS cannot be set up.
    pub async fn check(
        context: &Context,
        rate: Option<Rate>,
        (messages, users): (u64, u16),
    ) -> Result<Self> {
        let sdk = context.sdk().await?;
        let opened = async {
            let name = context.settings.require(Key::Table)?;
            let item = context.item(&context.policy().await?, None)?;
            Table::open(sdk, name, &item).await
        };
        let table = match context.before_all(opened).await {
            Err(error) if error.kind == Kind::Interrupted => return Err(error),
            // It is only asked for advice.
            table => table.ok(),
        };
        let function = context.settings.value(Key::Function);
        let measured = async { Ok(room::measure(sdk, table.as_ref(), function).await) };
        let room = context.before_all(measured).await?;
        let rate = QueueRate { rate: rate.map(Rate::per_second), users: users.into(), room };
        let wcu = messages.saturating_mul(rate.users);
        rate.warn(context, &Load { messages, wcu }, "at least ");
        Ok(rate)
    }

    /// Warns with the exact cost, once a dry run knows it.
    pub fn check_again(&self, context: &Context, report: &BackfillReport) {
        if let Some(queue) = report.queue.as_ref().filter(|_| report.dry_run) {
            let load = Load { messages: queue.messages, wcu: report.counts.items.wcu };
            self.warn(context, &load, "");
        }
    }

    fn warn(&self, context: &Context, load: &Load, at_least: &str) {
        let Some(excess) = self.room.excess(load, self.rate) else { return };
        let proposal = propose(load, &self.room, None);
        let slower = proposal.rate.map(|rate| format!("; use --rate {rate}")).unwrap_or_default();
        let each = format!("{at_least}{:.0} WCU", load.per_message());
        let cost = format!("a message of up to {} costs {each}", amount(self.users, "list"));
        context.ui.warn(match self.rate {
            Some(rate) => format!("--rate {rate}: {cost}, and they {excess}{slower}"),
            None => format!(
                "no --rate: {cost}, and {}: what is throttled goes to the DLQ{slower}",
                excess.place.spare_words()
            ),
        });
    }
}
