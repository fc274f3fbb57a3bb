//! `recoctl dlq tasks`: message move tasks, which SQS carries out itself.

mod cancel;
mod list;

use clap::Subcommand;
use reco_core::outcome::Outcome;
use serde::Serialize;

use crate::context::Context;
use crate::render::rows;
use crate::ui::{Align, TextTable, Tone, UNKNOWN, View, count, duration, escape_line};
use reco_ops::aws::sqs::{MoveTask, Queue, Sqs};
use reco_ops::dlq::queues as pair;
use reco_ops::error::Result;

/// The commands on move tasks.
#[derive(Debug, Subcommand)]
pub enum TasksCommand {
    /// List the DLQ's most recent move tasks (up to 10), newest first
    #[command(visible_alias = "ls")]
    List,
    /// Cancel the DLQ's running move task; messages already moved stay moved
    Cancel,
}

/// Runs a subcommand.
pub async fn run(context: &Context, command: TasksCommand) -> Result<Outcome> {
    match command {
        TasksCommand::List => list::run(context).await,
        TasksCommand::Cancel => cancel::run(context).await,
    }
}

async fn dlq(context: &Context) -> Result<(Sqs, Queue)> {
    let found = async {
        let sqs = Sqs::new(context.sdk().await?);
        let pair = pair::find(&sqs, context.queues(), &context.ui.events()).await?;
        Ok((sqs, pair.dlq.queue))
    };
    context.before_all(found).await
}

/// Move task as shown in reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct TaskRow {
    #[serde(flatten)]
    task: MoveTask,
    /// Seconds since the start, if known.
    age_s: Option<i64>,
}

impl From<MoveTask> for TaskRow {
    fn from(task: MoveTask) -> Self {
        let now_ms = reco_ops::dlq::journal::now_ms();
        let began = Some(task.started_at_ms).filter(|began| *began > 0);
        TaskRow { age_s: began.map(|began| (now_ms - began).max(0) / 1000), task }
    }
}

const fn tone(task: &MoveTask) -> Tone {
    use reco_ops::aws::sqs::MoveStatus;
    match task.status {
        MoveStatus::Running | MoveStatus::Completed => Tone::Good,
        MoveStatus::Cancelling | MoveStatus::Cancelled | MoveStatus::Unknown => Tone::Warn,
        MoveStatus::Failed => Tone::Bad,
    }
}

/// Formats a count for a column.
fn some(number: u64) -> String {
    if number == UNKNOWN { "?".to_owned() } else { count(number) }
}

fn table(tasks: &[TaskRow], view: &View) -> String {
    let columns = [
        ("STATUS", Align::Left),
        ("MOVED", Align::Right),
        ("OF", Align::Right),
        ("RATE", Align::Right),
        ("BEGUN", Align::Right),
        ("TO", Align::Left),
        ("REASON", Align::Left),
    ];
    let mut table = TextTable::new(view, &columns);
    table.never_narrow(&[0, 1, 2, 3, 4]);
    for TaskRow { task, age_s } in tasks {
        let rate = task.rate_limit.map_or_else(|| "-".to_owned(), |rate| format!("{rate}/s"));
        let to = task.destination.as_deref().map_or("their source".to_owned(), rows::queue_name);
        let failure = task.failure.as_deref().unwrap_or_default();
        table.toned_row([
            (task.status.name().to_owned(), Some(tone(task))),
            (some(task.moved), None),
            (task.to_move.map_or_else(|| "?".to_owned(), some), None),
            (rate, None),
            (age_s.map_or_else(|| "?".to_owned(), |s| format!("{} ago", duration(s))), None),
            (to, None),
            (escape_line(failure), None),
        ]);
    }
    table.finish()
}
