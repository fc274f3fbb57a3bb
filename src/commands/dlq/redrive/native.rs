//! A redrive by a move task: SQS does it, and this shows how far it is.

use std::time::{Duration, Instant};

use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::RedriveArgs;
use crate::context::Context;
use crate::ui::{Report, Tone, Unit, View, amount, count, escape_line, known};
use reco_ops::aws::sqs::{MoveStatus, MoveTask, Sqs, StartTrouble};
use reco_ops::dlq::journal::{Journal, Lock};
use reco_ops::dlq::move_task::Follower;
use reco_ops::dlq::queues::QueuePair;
use reco_ops::dlq::redrive::report::Engine;
use reco_ops::error::Error;

/// Limits of a move task.
const WITHOUT: &str = "moved by SQS itself: no journal, no message ids, no digest checks";

/// A redrive that is SQS's own.
pub(super) struct Native<'a> {
    pub(super) context: &'a Context,
    pub(super) args: &'a RedriveArgs,
    pub(super) sqs: Sqs,
    pub(super) pair: QueuePair,
    pub(super) engine: Engine,
}

/// Reason why there is no report.
pub(super) enum Unstarted {
    /// No task was started, and recoctl can move the messages instead.
    Instead(Error),
    /// It failed.
    Failed(Error),
}

impl From<Error> for Unstarted {
    fn from(error: Error) -> Self {
        Unstarted::Failed(error)
    }
}

/// Result of the run.
struct Ended {
    task: MoveTask,
    interrupted: bool,
    time: Duration,
}

impl Native<'_> {
    pub(super) async fn run(self) -> Result<Outcome, Unstarted> {
        let dlq = self.pair.dlq.queue.clone();
        let home = self.context.home()?;
        let _lock = Lock::take(&home, &dlq.arn, &Journal::new_run_id())?;
        let about = amount(self.pair.dlq.state.visible, "message");
        self.context.ui.status(format!(
            "redriving from {} (about {about}) to {} with an SQS move task ({})",
            dlq.name,
            self.goes_to(),
            self.engine.engine_reason
        ));
        let began = Instant::now();
        let handle = self.start().await?;
        let mut follower = Follower::new(self.sqs.clone(), dlq, handle);
        let (task, interrupted) = self.follow(&mut follower).await?;
        let ended = Ended { task, interrupted, time: began.elapsed() };
        let report = self.report(ended);
        self.context.ui.report(&report)?;
        Ok(report.outcome())
    }

    fn goes_to(&self) -> String {
        let source = self.pair.source.as_ref().map(|source| source.queue.name.clone());
        source.unwrap_or_else(|| "the queue that each message came from".to_owned())
    }

    async fn start(&self) -> Result<String, Unstarted> {
        let dlq = &self.pair.dlq.queue;
        // AWS: without a destination each message goes to the queue that it came from. With one,
        // those go, too, that do not say where they came from.
        let to = self.pair.source.as_ref().map(|to| &to.queue);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 1 to 500, as was checked"
        )]
        let rate = self.args.guards.rate.map(|rate| rate.per_second() as u32);
        let failure = match self.sqs.start_move(dlq, to, rate).await {
            Ok(handle) => return Ok(handle),
            Err(failure) => failure,
        };
        match failure.trouble {
            StartTrouble::Denied | StartTrouble::Unsupported => {
                Err(Unstarted::Instead(failure.error))
            }
            StartTrouble::Refused => Err(failure.error.into()),
            StartTrouble::Ambiguous => {
                // No task was running before, and no other recoctl may start one now.
                let tasks = self.sqs.moves(dlq).await.unwrap_or_default();
                match tasks.into_iter().find_map(|task| task.handle) {
                    Some(handle) => {
                        let error = failure.error;
                        self.context.ui.warn(format!(
                            "the move task is running although the response to its start was lost: {error}"
                        ));
                        Ok(handle)
                    }
                    None => Err(failure
                        .error
                        .hint("it may have started anyway: check `recoctl dlq tasks list`")
                        .into()),
                }
            }
        }
    }

    /// Follows the task to its end. Ctrl-C asks whether to stop it; without a terminal it goes on,
    /// since SQS needs nobody for it and loses nothing.
    async fn follow(&self, follower: &mut Follower) -> Result<(MoveTask, bool), Unstarted> {
        let ui = &self.context.ui;
        let total = Some(self.pair.dlq.state.visible);
        let task = {
            let progress = ui.progress("moving", total, Unit::Messages);
            follower.follow(&self.context.cancel, &progress).await?
        };
        if !self.context.cancel.is_cancelled() || !task.status.is_active() {
            return Ok((task, false));
        }
        let question =
            "the move task continues without recoctl. Cancel it? (moved messages stay moved)";
        // Not ended by the signal that led here; a second one ends the command.
        let cancel = ui.may_ask && ui.ask(question, "--yes").await.unwrap_or(false);
        if !cancel {
            ui.warn("the move task continues; see `recoctl dlq tasks list`, or stop it with `recoctl dlq tasks cancel`");
            return Ok((task, true));
        }
        if let Err(error) = follower.cancel().await {
            ui.warn(format!("the move task was not cancelled: {error}"));
        }
        let progress = ui.progress("cancelling", total, Unit::Messages);
        Ok((follower.follow(&CancellationToken::new(), &progress).await?, true))
    }

    fn report(&self, ended: Ended) -> NativeReport {
        let Ended { task, interrupted, time } = ended;
        let (state, seconds) = (&self.pair.dlq.state, time.as_secs_f64());
        NativeReport {
            dlq: self.pair.dlq.queue.name.clone(),
            source: self.pair.source.as_ref().map(|source| source.queue.name.clone()),
            approximate_messages: state.visible,
            in_flight_elsewhere: state.in_flight,
            engine: self.engine.clone(),
            limits: vec![WITHOUT.to_owned()],
            dry_run: false,
            counts: Counts { moved: task.moved },
            rate_limit: self.args.guards.rate.map(|rate| rate.per_second()),
            duration_s: (seconds * 1000.0).round() / 1000.0,
            task,
            interrupted,
            journal: None,
        }
    }
}

#[derive(Debug, Serialize)]
struct Counts {
    #[serde(serialize_with = "known")]
    moved: u64,
}

/// Report of a redrive by a move task, without details of single messages.
#[derive(Debug, Serialize)]
struct NativeReport {
    dlq: String,
    source: Option<String>,
    #[serde(serialize_with = "known")]
    approximate_messages: u64,
    #[serde(serialize_with = "known")]
    in_flight_elsewhere: u64,
    #[serde(flatten)]
    engine: Engine,
    limits: Vec<String>,
    dry_run: bool,
    counts: Counts,
    rate_limit: Option<f64>,
    duration_s: f64,
    task: MoveTask,
    interrupted: bool,
    journal: Option<String>,
}

impl Report for NativeReport {
    const KIND: &'static str = "dlq.redrive";

    fn outcome(&self) -> Outcome {
        let completed = self.task.status == MoveStatus::Completed;
        let failed = u64::from(!completed);
        let tally = Tally { done: self.task.moved, failed, ..Tally::default() };
        tally.outcome(self.interrupted)
    }

    fn render(&self, view: &View) -> String {
        let task = &self.task;
        let tone = if task.status == MoveStatus::Completed { Tone::Good } else { Tone::Warn };
        let (moved, status) = (count(task.moved), view.palette.paint(tone, task.status.name()));
        let source = self.source.as_deref().unwrap_or("the queue that each came from");
        let mut text = format!("moved        {moved:>7}  about, from {} to {source}\n\n", self.dlq);
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
        for limit in &self.limits {
            let label = view.palette.paint(Tone::Warn, "note:");
            text.push_str(&format!("{label} {limit}\n"));
        }
        text
    }
}
