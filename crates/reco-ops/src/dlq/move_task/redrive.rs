//! Redrive by a move task: SQS moves the messages, and recoctl follows the task to its end.
//!
//! A move task is all or nothing: it inspects no messages, keeps no journal and checks no digests.

use std::time::{Duration, Instant};

use reco_core::human::{amount, count, known};
use reco_core::outcome::{Outcome, Tally};
use reco_core::run_by::RunBy;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::Follower;
use crate::aws::sqs::{MoveStatus, MoveTask, Sqs, StartTrouble};
use crate::dlq::journal::{Home, HomeOptions, Journal};
use crate::dlq::lock::{Claim, DlqLock};
use crate::dlq::queues::{self, QueuePair};
use crate::dlq::redrive::report::Engine;
use crate::dlq::redrive::{QUESTION, Rate};
use crate::dlq::session::{Ask, Queues, World, confirm};
use crate::error::{Error, Result};
use crate::event::{Control, Unit};

/// Limits of a move task.
const WITHOUT: &str = "moved by SQS itself: no journal, no message ids, no digest checks";

/// Options of a redrive by a move task.
#[derive(Debug, Clone)]
pub struct MoveOptions {
    /// Destination other than the source queue.
    pub to: Option<String>,
    /// Proceeds even if the DLQ has a redrive policy of its own.
    pub force: bool,
    /// Run on another machine whose lock on the DLQ is taken over.
    pub take_over: Option<String>,
    /// Maximum rate in messages per second: a whole number that SQS accepts.
    pub rate: Option<Rate>,
    /// True if recoctl may move the messages itself when SQS cannot.
    pub client_instead: bool,
}

/// Result of the checks before a move task.
pub enum MovePlan {
    /// SQS can move the messages.
    Native(Box<MoveRedrive>),
    /// recoctl has to move them, for this reason.
    Client(String),
}

/// Prompts of a redrive by a move task.
#[derive(Default)]
pub struct MoveQuestions<'a> {
    /// Prompt before the task is started; `None` if no confirmation is needed.
    pub start: Option<&'a dyn Ask>,
    /// Prompt after a signal whether to cancel the task; `None` if nobody can answer.
    pub cancel: Option<&'a dyn Ask>,
}

/// Result of a redrive by a move task.
pub enum MoveOutcome {
    /// SQS moved messages, as reported.
    Moved(Box<MoveReport>),
    /// SQS did not start a task, for this reason; recoctl is to move the messages.
    Client(String),
}

/// Redrive by a move task, ready to run.
pub struct MoveRedrive {
    sqs: Sqs,
    pair: QueuePair,
    home: HomeOptions,
    control: Control,
    options: MoveOptions,
}

/// Checks whether a move task is possible, without starting one.
///
/// # Errors
/// When the queues cannot be found or do not belong together, another move task is running, or a
/// move task is not possible and recoctl may not move the messages itself.
pub async fn plan_move(world: World<'_>, options: MoveOptions) -> Result<MovePlan> {
    let World { sdk, queues: names, home, control } = world;
    let sqs = Sqs::new(sdk);
    let mut pair = queues::find(&sqs, names, &control.events).await?;
    if let Some(to) = &options.to {
        pair = queues::bound_for(&sqs, pair, to).await?;
    }
    queues::check_home(&pair)?;
    queues::guard(&pair, options.force)?;
    if let Some(reason) = forbidden(&sqs, &pair).await? {
        if options.client_instead {
            return Ok(MovePlan::Client(reason));
        }
        return Err(Error::refused(format!("--engine native is not possible: {reason}"))
            .hint("use --engine client"));
    }
    if let Some(reason) = smaller(&pair).filter(|_| options.client_instead) {
        return Ok(MovePlan::Client(reason));
    }
    Ok(MovePlan::Native(Box::new(MoveRedrive { sqs, pair, home, control, options })))
}

/// Returns the AWS rule that rules out a move task, as far as it can be checked in advance.
async fn forbidden(sqs: &Sqs, pair: &QueuePair) -> Result<Option<String>> {
    let dlq = &pair.dlq.queue;
    if pair.dlq.state.visible == 0 {
        return Ok(Some(format!("{} looks empty", dlq.name)));
    }
    if pair.named && pair.is_shared() {
        // A move task would move every message, including those of the other queues.
        return Ok(Some("the DLQ has messages of other queues than --queue".to_owned()));
    }
    // AWS: the source of a move task must be the dead-letter queue of an SQS queue.
    match sqs.dead_letter_sources(dlq).await {
        Ok(sources) if sources.is_empty() => {
            return Ok(Some(format!("no queue names {} as its DLQ", dlq.name)));
        }
        Ok(_) => {}
        Err(error) => return Ok(Some(error.to_string())),
    }
    match sqs.moves(dlq).await {
        Ok(tasks) => match tasks.iter().find(|task| task.status.is_active()) {
            Some(task) => Err(busy(&dlq.name, task)),
            None => Ok(None),
        },
        Err(error) => Ok(Some(error.to_string())),
    }
}

/// Returns a reason against a move task if the destination accepts smaller messages than the DLQ.
/// AWS does not document what a move task does with a message that is too large; recoctl leaves it
/// in the DLQ and names it.
fn smaller(pair: &QueuePair) -> Option<String> {
    let (dlq, source) = (&pair.dlq, pair.source.as_ref()?);
    let (has, takes) = (dlq.state.max_message_bytes, source.state.max_message_bytes);
    (takes < has).then(|| {
        let name = &source.queue.name;
        format!("{name} accepts messages up to {takes} bytes, and the DLQ may hold larger ones")
    })
}

fn busy(dlq: &str, task: &MoveTask) -> Error {
    let of = task.to_move.map(|to_move| format!(" of about {}", amount(to_move, "message")));
    Error::refused(format!("refusing to move while a move task is running on {dlq}"))
        .cause(match of {
            Some(of) => format!("it has moved {}{of}", count(task.moved)),
            None => format!("it has moved {}", amount(task.moved, "message")),
        })
        .hint(
            "see `recoctl dlq tasks list`; wait for it to finish, or stop it with `recoctl dlq tasks cancel`",
        )
}

/// Result of starting a task.
enum Started {
    /// It is running under this handle.
    Task(String),
    /// SQS refused to start one.
    Refused(Error),
}

impl MoveRedrive {
    /// Returns the approximate number of messages to move.
    #[must_use]
    pub const fn messages(&self) -> u64 {
        self.pair.dlq.state.visible
    }

    /// Asks, starts the task and follows it; `engine_reason` says why SQS moves the messages.
    ///
    /// # Errors
    /// When it is not confirmed, the task cannot be started and recoctl may not move the messages
    /// instead, or the task cannot be followed.
    pub async fn run(
        self,
        engine_reason: &str,
        questions: MoveQuestions<'_>,
    ) -> Result<MoveOutcome> {
        let dlq = self.pair.dlq.queue.clone();
        let about = amount(self.pair.dlq.state.visible, "message");
        self.control.events.status(self.pair.acting_on());
        if let Some(ask) = questions.start {
            let question = format!("{} holds about {about}; {QUESTION}", dlq.name);
            confirm(ask, &question, "moved").await?;
        }
        let (home, run_id) = (Home::of(&self.home)?, Journal::new_run_id());
        let take_over = self.options.take_over.as_deref();
        let claim = Claim { home: &home, run_id: &run_id, take_over };
        let lock = DlqLock::take(&self.sqs, &dlq, claim, &self.control).await?;
        self.control.events.status(format!(
            "redriving from {} (about {about}) to {} with an SQS move task ({engine_reason})",
            dlq.name,
            self.goes_to(),
        ));
        let began = Instant::now();
        let handle = match self.start().await? {
            Started::Task(handle) => handle,
            Started::Refused(error) if self.options.client_instead => {
                // recoctl takes it again, to move the messages itself.
                lock.release().await;
                return Ok(MoveOutcome::Client(format!("SQS did not start a move task: {error}")));
            }
            Started::Refused(error) => {
                return Err(match error.hint {
                    Some(_) => error,
                    None => error.hint("use --engine client"),
                });
            }
        };
        let mut follower = Follower::new(self.sqs.clone(), dlq, handle);
        let (task, interrupted) = self.follow(&mut follower, questions.cancel).await?;
        let ended = (task, interrupted, began.elapsed());
        let report = self.report(ended, engine_reason, lock.by());
        Ok(MoveOutcome::Moved(Box::new(report)))
    }

    fn goes_to(&self) -> String {
        let source = self.pair.source.as_ref().map(|source| source.queue.name.clone());
        source.unwrap_or_else(|| "the queue that each message came from".to_owned())
    }

    async fn start(&self) -> Result<Started> {
        let dlq = &self.pair.dlq.queue;
        // AWS: without a destination each message goes to the queue it came from. With one,
        // messages of unknown origin are moved as well.
        let to = self.pair.source.as_ref().map(|to| &to.queue);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 1 to 500, as was checked"
        )]
        let rate = self.options.rate.map(|rate| rate.per_second() as u32);
        let failure = match self.sqs.start_move(dlq, to, rate).await {
            Ok(handle) => return Ok(Started::Task(handle)),
            Err(failure) => failure,
        };
        match failure.trouble {
            StartTrouble::Denied | StartTrouble::Unsupported => Ok(Started::Refused(failure.error)),
            StartTrouble::Refused => Err(failure.error),
            StartTrouble::Ambiguous => {
                // No task was running before, and the lock keeps other recoctl processes from
                // starting one.
                let tasks = self.sqs.moves(dlq).await.unwrap_or_default();
                let error = failure.error;
                let Some(handle) = tasks.into_iter().find_map(|task| task.handle) else {
                    return Err(
                        error.hint("it may have started anyway: check `recoctl dlq tasks list`")
                    );
                };
                self.control.events.warn(format!(
                    "the move task is running although the response to its start was lost: {error}"
                ));
                Ok(Started::Task(handle))
            }
        }
    }

    /// Follows the task to its end. After a signal, asks whether to cancel it; if nobody can
    /// answer, it continues, since SQS needs no client for it and loses no messages.
    async fn follow(
        &self,
        follower: &mut Follower,
        ask: Option<&dyn Ask>,
    ) -> Result<(MoveTask, bool)> {
        let Control { events, cancel, .. } = &self.control;
        let total = Some(self.pair.dlq.state.visible);
        let task = {
            let progress = events.progress("moving", total, Unit::Messages);
            follower.follow(cancel, &progress).await?
        };
        if !cancel.is_cancelled() || !task.status.is_active() {
            return Ok((task, false));
        }
        let question =
            "the move task continues without recoctl. Cancel it? (moved messages stay moved)";
        let confirmed = match ask {
            Some(ask) => ask.ask(question).await.unwrap_or(false),
            None => false,
        };
        if !confirmed {
            events.warn("the move task continues; see `recoctl dlq tasks list`, or stop it with `recoctl dlq tasks cancel`");
            return Ok((task, true));
        }
        if let Err(error) = follower.cancel().await {
            events.warn(format!("the move task was not cancelled: {error}"));
        }
        let progress = events.progress("cancelling", total, Unit::Messages);
        let ended = follower.follow(&CancellationToken::new(), &progress).await;
        let ended = ended.unwrap_or_else(|error| {
            events.warn(error.to_string());
            task
        });
        Ok((ended, true))
    }

    fn report(
        &self,
        (task, interrupted, time): (MoveTask, bool, Duration),
        engine_reason: &str,
        by: &RunBy,
    ) -> MoveReport {
        MoveReport {
            queues: Queues::of(&self.pair),
            engine: Engine::native(engine_reason),
            limits: vec![WITHOUT.to_owned()],
            dry_run: false,
            counts: MoveCounts { moved: task.moved },
            rate_limit: self.options.rate.map(|rate| rate.per_second()),
            duration_s: (time.as_secs_f64() * 1000.0).round() / 1000.0,
            task,
            interrupted,
            journal: None,
            by: by.clone(),
        }
    }
}

/// Counts of a redrive by a move task.
#[derive(Debug, Serialize)]
pub struct MoveCounts {
    #[serde(serialize_with = "known")]
    moved: u64,
}

/// Report of a redrive by a move task, without details of single messages.
#[expect(missing_docs, reason = "plain data, named as in the JSON")]
#[derive(Debug, Serialize)]
pub struct MoveReport {
    #[serde(flatten)]
    pub queues: Queues,
    #[serde(flatten)]
    pub engine: Engine,
    pub limits: Vec<String>,
    pub dry_run: bool,
    pub counts: MoveCounts,
    pub rate_limit: Option<f64>,
    pub duration_s: f64,
    pub task: MoveTask,
    pub interrupted: bool,
    pub journal: Option<String>,
    pub by: RunBy,
}

impl MoveReport {
    /// Returns the outcome of the move.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let failed = u64::from(self.task.status != MoveStatus::Completed);
        let tally = Tally { done: self.task.moved, failed, ..Tally::default() };
        tally.outcome(self.interrupted)
    }
}
