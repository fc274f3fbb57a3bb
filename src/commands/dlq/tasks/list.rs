//! `recoctl dlq tasks list`.

use reco_core::outcome::Outcome;
use serde::Serialize;

use super::{TaskRow, dlq, table};
use crate::context::Context;
use crate::ui::{Report, View};
use reco_ops::error::Result;

#[derive(Debug, Serialize)]
struct TasksReport {
    dlq: String,
    tasks: Vec<TaskRow>,
}

/// Lists the tasks.
///
/// # Errors
/// Fails if the DLQ cannot be found or the call to SQS fails.
pub async fn run(context: &Context) -> Result<Outcome> {
    let (sqs, dlq) = dlq(context).await?;
    let tasks = sqs.moves(&dlq).await?.into_iter().map(TaskRow::from).collect();
    let report = TasksReport { dlq: dlq.name, tasks };
    context.ui.report(&report)
}

impl Report for TasksReport {
    const KIND: &'static str = "dlq.tasks.list";
    const ROWS: Option<&'static str> = Some("tasks");

    fn outcome(&self) -> Outcome {
        Outcome::Success
    }

    fn render(&self, view: &View) -> String {
        if self.tasks.is_empty() {
            return format!("SQS lists no move tasks for {}\n", self.dlq);
        }
        table(&self.tasks, view)
    }
}
