//! Report of a redrive by a move task.

use reco_core::outcome::Outcome;

use crate::render::{by, rows};
use crate::ui::{Report, Tone, View, amount, count, escape_line};
use reco_ops::aws::sqs::MoveStatus;
use reco_ops::dlq::move_task::MoveReport;
use reco_ops::dlq::redrive::report::Engine;
use reco_ops::dlq::session::Queues;

impl Report for MoveReport {
    const KIND: &'static str = "dlq.redrive";

    fn outcome(&self) -> Outcome {
        MoveReport::outcome(self)
    }

    fn render(&self, view: &View) -> String {
        let task = &self.task;
        let tone = if task.status == MoveStatus::Completed { Tone::Good } else { Tone::Warn };
        let (moved, status) = (count(task.moved), view.palette.paint(tone, task.status.name()));
        let Queues { dlq, source, .. } = &self.queues;
        let source = source.as_deref().unwrap_or("the queue that each came from");
        let mut text = format!("moved        {moved:>7}  about, from {dlq} to {source}\n\n");
        let of = task.to_move.map(|to_move| format!(" of about {}", amount(to_move, "message")));
        let moved = match of {
            Some(of) => format!("{moved}{of}"),
            None => amount(task.moved, "message"),
        };
        text.push_str(&format!("move task {status}: {moved}; {:.1} s", self.duration_s));
        if let Some(reason) = &task.failure {
            text.push_str(&format!("; {}", escape_line(reason)));
        }
        text.push('\n');
        let Engine { engine, engine_reason } = &self.engine;
        text.push_str(&format!("engine {engine}: {}\n", escape_line(engine_reason)));
        text.push_str(&by::line(&self.by, view));
        if task
            .failure
            .as_deref()
            .is_some_and(|reason| reason.contains("CouldNotDetermineMessageSource"))
        {
            text.push_str(
                "some messages were sent directly to the DLQ: move them with `--engine client`\n",
            );
        }
        if task.status.is_active() {
            text.push_str("it continues; stop it with `recoctl dlq tasks cancel`\n");
        }
        text + &rows::notes(&self.limits, view)
    }
}
