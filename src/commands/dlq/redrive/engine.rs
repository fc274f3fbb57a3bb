//! Engine that moves the messages: recoctl, or SQS with a message move task.
//!
//! A move task is all or nothing: it looks at no message, keeps no journal and checks no digest. It
//! is taken where nothing is asked for that it cannot do, since it needs nobody to stay connected.

use clap::ValueEnum;
use reco_core::outcome::Outcome;

use super::native::{Native, Unstarted};
use super::{RedriveArgs, must_confirm};
use crate::commands::dlq::select::Choice;
use crate::config::{Key, Setting, Source};
use crate::context::Context;
use crate::ui::{amount, count};
use reco_ops::aws::sqs::{MOST_PER_SECOND, MoveTask, Sqs};
use reco_ops::dlq::queues::{self as pair, QueuePair};
use reco_ops::dlq::redrive::QUESTION;
use reco_ops::dlq::redrive::report::Engine;
use reco_ops::error::{Error, Kind, Result};

/// Requested engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum EngineChoice {
    /// recoctl receives, sends and deletes, and keeps a journal
    Client,
    /// SQS moves all messages itself (StartMessageMoveTask); only with `--class all`
    Native,
    /// Native if it supports the given options, else client
    #[default]
    Auto,
}

/// Result of the choice of an engine.
pub(super) enum Chosen {
    /// SQS moved the messages; how that ended.
    Native(Outcome),
    /// recoctl is to move them.
    Client {
        engine: Engine,
        /// True if the operator has said yes already.
        confirmed: bool,
    },
}

impl Chosen {
    fn client(reason: impl Into<String>) -> Self {
        Chosen::Client { engine: Engine::client(reason), confirmed: false }
    }
}

/// Chooses the engine, and moves the messages if it is SQS's own.
///
/// # Errors
/// When native is asked for and cannot do it, another move task is running, the prompt is not
/// confirmed, or the task cannot be followed.
pub(super) async fn choose(context: &Context, args: &RedriveArgs) -> Result<Chosen> {
    let auto = match args.engine {
        EngineChoice::Client => return Ok(Chosen::client("--engine client")),
        EngineChoice::Native => false,
        EngineChoice::Auto => true,
    };
    if let Some(reason) = beyond_native(args).or_else(|| judged_by(context)) {
        if auto {
            return Ok(Chosen::client(reason));
        }
        return Err(Error::new(Kind::Usage, format!("--engine native is not possible: {reason}"))
            .hint("drop the options it does not support, or use --engine client"));
    }
    let sqs = Sqs::new(context.sdk().await?);
    let events = context.events();
    let found = pair::find(&sqs, context.queues(), &events);
    let pair = context.before_all(found).await?;
    let pair = match &args.to {
        Some(to) => pair::bound_for(&sqs, pair, to).await?,
        None => pair,
    };
    pair::check_home(&pair)?;
    pair::guard(&pair, args.force)?;
    if let Some(reason) = forbidden(&sqs, &pair).await? {
        if auto {
            return Ok(Chosen::client(reason));
        }
        return Err(Error::refused(format!("--engine native is not possible: {reason}"))
            .hint("use --engine client"));
    }
    if let Some(reason) = smaller(&pair).filter(|_| auto) {
        return Ok(Chosen::client(reason));
    }
    let confirmed = must_confirm(args);
    if confirmed {
        confirm(context, &pair).await?;
    }
    let reason = if auto {
        "all messages are moved, with no option that needs the client"
    } else {
        "--engine native"
    };
    let native = Native { context, args, sqs, pair, engine: Engine::native(reason) };
    match native.run().await {
        Ok(outcome) => Ok(Chosen::Native(outcome)),
        Err(Unstarted::Instead(error)) if auto => {
            let engine = Engine::client(format!("SQS did not start a move task: {error}"));
            Ok(Chosen::Client { engine, confirmed })
        }
        Err(Unstarted::Instead(error)) => Err(match error.hint {
            Some(_) => error,
            None => error.hint("use --engine client"),
        }),
        Err(Unstarted::Failed(error)) => Err(error),
    }
}

/// The flag that says by what messages are to be judged, where one is given: SQS judges none.
fn judged_by(context: &Context) -> Option<String> {
    let given = |key: &Key| {
        matches!(context.settings.get(*key), Some(Setting { source: Source::Flag(_), .. }))
    };
    let key = [Key::Table, Key::Facts, Key::Policy].into_iter().find(given)?;
    Some(format!("a move task cannot classify messages ({})", key.flag()))
}

/// Returns the first requested option that a move task does not support.
fn beyond_native(args: &RedriveArgs) -> Option<String> {
    // Without `..`, so that whoever adds a flag decides here, too.
    let RedriveArgs {
        guards,
        select,
        max,
        plan,
        to: _,
        repair,
        dry_run,
        yes: _,
        force: _,
        journal,
        resend_uncertain: _,
        hold,
        engine: _,
    } = args;
    let rate_fits = guards.rate.map(|rate| rate.per_second()).is_none_or(|rate| {
        rate.fract() == 0.0 && (1.0..=f64::from(MOST_PER_SECOND)).contains(&rate)
    });
    let rate = format!("a move task's rate is a whole number from 1 to {MOST_PER_SECOND}");
    let reasons = [
        (*dry_run, "a dry run lists each message"),
        (plan.is_some(), "--plan lists its messages"),
        (!select.class.contains(&Choice::All), "a move task moves every class (--class all)"),
        (select.narrows(), "a move task cannot select messages"),
        (max.is_some(), "a move task does not support --max"),
        (repair.plan().is_some(), "a move task cannot repair bodies"),
        (journal.is_some(), "a move task does not support --journal"),
        (hold.is_some(), "a move task does not support --hold"),
        (!rate_fits, rate.as_str()),
    ];
    let asked = reasons.into_iter().find(|(asked, _)| *asked).map(|(_, reason)| reason);
    asked.or_else(|| guards.beyond_rate()).map(str::to_owned)
}

/// Returns the AWS rule that rules out a move task, as far as it can be checked in advance.
async fn forbidden(sqs: &Sqs, pair: &QueuePair) -> Result<Option<String>> {
    let dlq = &pair.dlq.queue;
    if pair.dlq.state.visible == 0 {
        return Ok(Some(format!("{} looks empty", dlq.name)));
    }
    if pair.named && pair.is_shared() {
        // A move task brings every message home, those of the other queues, too.
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

/// AWS does not say what a move task does with a message that the destination would not take;
/// recoctl leaves it in the DLQ and names it.
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
    Error::refused(format!("a move task is already running on {dlq}"))
        .cause(match of {
            Some(of) => format!("it has moved {}{of}", count(task.moved)),
            None => format!("it has moved {}", amount(task.moved, "message")),
        })
        .hint(
            "see `recoctl dlq tasks list`; wait for it to finish, or stop it with `recoctl dlq tasks cancel`",
        )
}

async fn confirm(context: &Context, pair: &QueuePair) -> Result<()> {
    let about = amount(pair.dlq.state.visible, "message");
    let question = format!("{} holds about {about}; {QUESTION}", pair.dlq.queue.name);
    if context.confirm(&question, "--yes").await? {
        return Ok(());
    }
    Err(Error::refused("nothing was moved: not confirmed"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: RedriveArgs,
    }

    fn beyond(line: &str) -> Option<String> {
        let words = std::iter::once("redrive").chain(line.split_whitespace());
        beyond_native(&Line::try_parse_from(words).expect("a command line").args)
    }

    #[test]
    fn a_move_task_does_all_or_nothing_at_a_whole_rate() {
        for line in [
            "--class all",
            "--class all --rate 500",
            "--class all --rate 1 --to q --yes",
            "--class all --stop-on-bounce off",
        ] {
            assert_eq!(beyond(line), None, "{line}");
        }
        for line in [
            "",
            "--class retryable",
            "--class all --id x",
            "--class all --where true",
            "--class all --older-than 2h",
            "--class all --max 5",
            "--class all --dry-run",
            "--class all --unwrap",
            "--class all --transform .",
            "--class all --salvage --rejects r",
            "--class all --journal j",
            "--class all --hold 10",
            "--class all --rate 0.5",
            "--class all --rate 10.5",
            "--class all --rate 501",
            "--class all --rate 50 --ramp 1m",
            "--class all --max-backlog 100",
            "--class all --max-throttles 100",
            "--class all --stop-on-bounce 5%",
            "--plan p",
        ] {
            assert!(beyond(line).is_some(), "{line}");
        }
    }
}
