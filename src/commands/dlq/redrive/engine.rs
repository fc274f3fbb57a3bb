//! Engine that moves the messages: recoctl itself, or an SQS message move task.
//!
//! A move task is all or nothing: it examines no messages, keeps no journal and checks no digests.
//! It is chosen when it supports all given options, because it runs without a connected client.

use clap::ValueEnum;
use futures::future::LocalBoxFuture;
use reco_core::outcome::Outcome;

use super::{RedriveArgs, must_confirm};
use crate::commands::backfill_rate::QueueRate;
use crate::config::{Key, Setting, SettingSource};
use crate::context::Context;
use crate::flags::select::Choice;
use crate::ui::Ui;
use reco_ops::aws::sqs::MOST_PER_SECOND;
use reco_ops::dlq::move_task::{MoveOptions, MoveOutcome, MovePlan, MoveQuestions, plan_move};
use reco_ops::dlq::redrive::report::Engine;
use reco_ops::dlq::session::Ask;
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

/// Chosen engine.
pub(super) enum ChosenEngine {
    /// SQS moved the messages, with this outcome.
    Native(Outcome),
    /// recoctl must move the messages.
    Client {
        engine: Engine,
        /// True if the operator has already confirmed.
        confirmed: bool,
    },
}

impl ChosenEngine {
    fn client(reason: impl Into<String>) -> Self {
        ChosenEngine::Client { engine: Engine::client(reason), confirmed: false }
    }
}

/// Chooses the engine; if it is SQS, also moves the messages.
///
/// # Errors
/// Fails if native is requested but not possible, another move task is running, the operator
/// declines, or the task cannot be followed.
pub(super) async fn choose(context: &Context, args: &RedriveArgs) -> Result<ChosenEngine> {
    let auto = match args.engine {
        EngineChoice::Client => return Ok(ChosenEngine::client("--engine client")),
        EngineChoice::Native => false,
        EngineChoice::Auto => true,
    };
    if let Some(reason) = beyond_native(args).or_else(|| judged_by(context)) {
        if auto {
            return Ok(ChosenEngine::client(reason));
        }
        return Err(Error::new(Kind::Usage, format!("--engine native is not possible: {reason}"))
            .hint("drop the options it does not support, or use --engine client"));
    }
    let options = MoveOptions {
        to: args.to.clone(),
        force: args.force,
        take_over: args.take_over.clone(),
        rate: args.guards.rate,
        client_instead: auto,
    };
    let planned = async { plan_move(context.world().await?, options).await };
    let native = match context.before_all(planned).await? {
        MovePlan::Native(native) => native,
        MovePlan::Client(reason) => return Ok(ChosenEngine::client(reason)),
    };
    // A message writes a list at least; a move task looks into none.
    QueueRate::check(context, args.guards.rate, (native.messages(), 1)).await?;
    let reason = if auto {
        "all messages are moved, with no option that needs the client"
    } else {
        "--engine native"
    };
    let confirmed = must_confirm(args);
    let after_signal = AfterSignal(&context.ui);
    let questions = MoveQuestions {
        start: confirmed.then_some(context as &dyn Ask),
        cancel: context.ui.may_ask.then_some(&after_signal as &dyn Ask),
    };
    match native.run(reason, questions).await? {
        MoveOutcome::Moved(report) => Ok(ChosenEngine::Native(context.ui.report(&*report)?)),
        MoveOutcome::Client(reason) => {
            Ok(ChosenEngine::Client { engine: Engine::client(reason), confirmed })
        }
    }
}

/// Prompts even after a signal, because the question is what to do about it. A second signal ends
/// the command.
struct AfterSignal<'a>(&'a Ui);

impl Ask for AfterSignal<'_> {
    fn ask<'a>(&'a self, question: &'a str) -> LocalBoxFuture<'a, Result<bool>> {
        Box::pin(self.0.ask(question))
    }
}

/// Returns an objection if a flag asks for classification, which SQS cannot do.
fn judged_by(context: &Context) -> Option<String> {
    let given = |key: &Key| {
        matches!(context.settings.get(*key), Some(Setting { source: SettingSource::Flag(_), .. }))
    };
    let key = [Key::Table, Key::Facts, Key::Policy].into_iter().find(given)?;
    Some(format!("a move task cannot classify messages ({})", key.flag()))
}

/// Returns the first requested option that a move task does not support.
fn beyond_native(args: &RedriveArgs) -> Option<String> {
    // No `..`, so that whoever adds a flag must decide here too.
    let RedriveArgs {
        guards,
        outcome,
        select,
        max,
        plan,
        to: _,
        repair,
        dry_run,
        yes: _,
        force: _,
        take_over: _,
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
        (
            !select.class.contains(&Choice::All),
            "an SQS move task cannot select classes, only move all (--class all)",
        ),
        (select.narrows(), "a move task cannot select messages"),
        (max.is_some(), "a move task does not support --max"),
        (repair.plan().is_some(), "a move task cannot repair bodies"),
        (journal.is_some(), "a move task does not support --journal"),
        (hold.is_some(), "a move task does not support --hold"),
        (!rate_fits, rate.as_str()),
    ];
    let asked = reasons.into_iter().find(|(asked, _)| *asked).map(|(_, reason)| reason);
    let asked = asked.or_else(|| outcome.beyond_native()).or_else(|| guards.beyond_rate());
    asked.map(str::to_owned)
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
            "--class all --force --take-over x",
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
            "--class all --wait",
            "--class all --wait 5m",
            "--class all --canary 1,10",
            "--plan p",
        ] {
            assert!(beyond(line).is_some(), "{line}");
        }
    }
}
