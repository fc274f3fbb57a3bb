//! `recoctl dlq redrive`: send back what can succeed, and lose nothing.

mod change;
mod engine;
mod guards;
mod log;
mod native;
mod repair;
mod report;
mod verify;
mod waves;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use reco_core::classify::Class;
use reco_core::outcome::Outcome;

use super::pair::Known;
use super::plan::Plan;
use super::select::{SelectArgs, warn_missing, warn_undecided};
use super::session::{Opening, Session, warn_unreleased};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::flow::hold::Released;
use crate::flow::journal::{Journal, now_ms};
use crate::flow::judge::Basis;
use crate::flow::matcher::{Classes, Match, Matcher, is_outdated};
use crate::flow::redrive::{Courier, Decision, Fate, Pace, Parcel, Rejects, decide, deliver};
use crate::flow::repair::{Changed, Mended, Mender, Repair};
use crate::flow::scan::{Found, Keep, Scan};
use crate::flow::spool::Spool;
use crate::ui::{Report, Unit, count};
pub use engine::EngineChoice;
use engine::{Chosen, Engine};
pub use guards::GuardArgs;
use guards::Sentries;
use log::Log;
use repair::RepairArgs;
pub(super) use repair::RepairPlan;
use report::{Ending, Record, RedriveReport};

/// A source queue this deep is worth a word before more is put on it.
const DEEP: u64 = 10_000;

/// Arguments of `recoctl dlq redrive`.
#[derive(Debug, Args)]
pub struct RedriveArgs {
    /// How fast, and when to pause or stop
    #[command(flatten)]
    pub guards: GuardArgs,
    /// Which messages
    #[command(flatten)]
    pub select: SelectArgs,
    /// Move at most so many messages, oldest first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max: Option<u32>,
    /// Move exactly the messages that a dry run planned: FILE is what `--dry-run --output json` wrote
    #[arg(long, value_name = "FILE", conflicts_with_all = ["class", "id", "filter", "older_than", "newer_than", "max"])]
    pub plan: Option<String>,
    /// Move to this queue (name, URL or ARN) instead of the source queue; of the same type as the DLQ
    #[arg(long, value_name = "QUEUE")]
    pub to: Option<String>,
    /// What is done to bodies on the way
    #[command(flatten)]
    pub repair: RepairArgs,
    /// Say what would be moved, and move nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Answer yes to what is asked when nothing narrows the choice (`--class all`)
    #[arg(long)]
    pub yes: bool,
    /// Receive even if the DLQ has a redrive policy of its own
    #[arg(long)]
    pub force: bool,
    /// Who moves the messages
    #[arg(long, value_enum, value_name = "ENGINE", default_value_t)]
    pub engine: EngineChoice,
    /// Write the journal to this new file instead of one in the state directory
    #[arg(long, value_name = "PATH")]
    pub journal: Option<PathBuf>,
}

impl RedriveArgs {
    /// The rejects file, where one is named; a dry run writes none.
    fn rejects(&self) -> Result<Option<Arc<Rejects>>> {
        let path = self.repair.rejects.as_deref().filter(|_| !self.dry_run);
        Ok(path.map(Rejects::create).transpose()?.map(Arc::new))
    }
}

/// What moves. `stale` and `superseded` would overwrite newer lists, so they are never meant unless
/// they are named.
fn matcher(select: &SelectArgs, repair: &RepairArgs) -> Result<Matcher> {
    select.matcher(match (select.names_messages(), repair.salvage) {
        (true, _) => Classes::NotOutdated,
        (false, true) => Classes::Only(vec![Class::Retryable, Class::Partial]),
        (false, false) => Classes::Only(vec![Class::Retryable]),
    })
}

/// Scans, moves, releases and reports.
///
/// # Errors
/// When the queues cannot be found, a safety rule refuses it, or the scan fails; after that,
/// failures are in the report.
pub async fn run(context: &Context, mut args: RedriveArgs) -> Result<Outcome> {
    let plan = args.plan.as_deref().map(Plan::read).transpose()?;
    let matcher = Arc::new(match &plan {
        Some(plan) => plan.matcher(),
        None => matcher(&args.select, &args.repair)?,
    });
    let repair = args.repair.repair()?;
    if must_confirm(&args) && !context.ui.may_ask {
        // Refuses before anything is received.
        context.ui.confirm(QUESTION, "--yes")?;
    }
    let engine = match engine::choose(context, &args).await? {
        Chosen::Native(outcome) => return Ok(outcome),
        Chosen::Client { engine, confirmed } => {
            args.yes |= confirmed;
            engine
        }
    };
    let spool = Arc::new(Spool::new()?);
    let keeps = !args.dry_run || matcher.needs_message() || !repair.is_none();
    let opening = Opening {
        need_source: true,
        force: args.force,
        keep: if keeps { Keep::Spooled(Arc::clone(&spool)) } else { Keep::Nothing },
        at_most: None,
        wanted: Arc::clone(&matcher),
        to: args.to.clone(),
    };
    let session = Session::open(context, opening).await?;
    if let Some(plan) = &plan {
        plan.check(&session, args.repair.plan().as_ref())?;
    }
    let Some(source) = session.pair.source.clone() else {
        return Err(Error::new(Kind::Internal, "the source queue was not looked for"));
    };
    announce(context, &session, &source, &args, &engine);
    let sentries = Sentries::new(context, &args.guards).await?;
    let log = Log::open(context, &session, &source, &args)?;
    let rejects = args.rejects()?;
    let mut redrive = Redrive::new(context, &session, &args, matcher, Arc::clone(&spool), sentries);
    redrive.repair = repair;
    redrive.rejects = rejects.clone();
    if let Some(log) = &log {
        redrive.courier = Some(redrive.courier(&source, spool, log.journal()));
        redrive.ending.journal = log.path();
    }
    redrive.ending.engine = engine;
    let result = redrive.run().await;
    redrive.sentries.finish().await;
    let released = session.release_all(context).await;
    redrive.released.merge(released);
    if result.is_ok() {
        redrive.verify().await;
    }
    redrive.ending.rejects = rejects.and_then(|rejects| rejects.finish());
    if let Err(error) = result {
        if let Some(log) = log {
            log.abandon(context);
        }
        return Err(error);
    }
    let mut report = redrive.report()?;
    if let Some(log) = log {
        log.close(context, &mut report).await;
    }
    context.ui.report(&report)?;
    Ok(report.outcome())
}

/// Asked when nothing narrows the choice.
const QUESTION: &str = "this moves every message, those included that would fail again or overwrite \
                        newer lists. Move all?";

fn must_confirm(args: &RedriveArgs) -> bool {
    let all = !args.select.class.is_empty() && !args.select.narrows();
    all && !args.yes && !args.dry_run
}

/// Asks, now that it is known what would be moved. Meanwhile the heartbeat keeps the hold.
fn confirm(context: &Context, found: &[Found]) -> Result<()> {
    let of = |chosen: fn(Class) -> bool| {
        let rows = found.iter().filter(|found| chosen(found.row.verdict.class));
        count(rows.count() as u64)
    };
    let question = format!(
        "{} messages were received, {} of them stale or superseded; {QUESTION}",
        of(|_| true),
        of(is_outdated)
    );
    if tokio::task::block_in_place(|| context.ui.confirm(&question, "--yes"))? {
        return Ok(());
    }
    Err(Error::refused("nothing was moved: not confirmed"))
}

fn announce(
    context: &Context,
    session: &Session,
    source: &Known,
    args: &RedriveArgs,
    engine: &Engine,
) {
    let queues = session.queues();
    let verb = if args.dry_run { "planning a redrive" } else { "redriving" };
    context.ui.status(format!(
        "{verb} from {} (about {} messages) to {}, engine {} ({})",
        queues.dlq,
        count(queues.approximate_messages),
        source.queue.name,
        engine.engine,
        engine.engine_reason
    ));
    let depth = source.state.visible + source.state.in_flight;
    if depth > DEEP {
        context.ui.warn(format!(
            "{} already holds about {} messages: what is moved waits behind them",
            source.queue.name,
            count(depth)
        ));
    }
    for limit in &session.basis.limits {
        context.ui.warn(limit);
    }
}

/// A redrive under way.
struct Redrive<'a> {
    context: &'a Context,
    session: &'a Session,
    args: &'a RedriveArgs,
    matcher: Arc<Matcher>,
    repair: Repair,
    rejects: Option<Arc<Rejects>>,
    spool: Arc<Spool>,
    confirmed: bool,
    /// None in a dry run, which sends nothing.
    courier: Option<Arc<Courier>>,
    pace: Pace,
    sentries: Sentries,
    ending: Ending,
    records: Vec<Record>,
    released: Released,
    began: Instant,
}

impl<'a> Redrive<'a> {
    fn new(
        context: &'a Context,
        session: &'a Session,
        args: &'a RedriveArgs,
        matcher: Arc<Matcher>,
        spool: Arc<Spool>,
        sentries: Sentries,
    ) -> Self {
        Redrive {
            context,
            session,
            args,
            matcher,
            repair: Repair::default(),
            rejects: None,
            spool,
            confirmed: !must_confirm(args),
            courier: None,
            pace: args.guards.pace(),
            sentries,
            ending: Ending::default(),
            records: Vec::new(),
            released: Released::default(),
            began: Instant::now(),
        }
    }

    fn courier(&self, to: &Known, spool: Arc<Spool>, journal: Arc<Journal>) -> Arc<Courier> {
        Arc::new(Courier {
            sqs: self.session.sqs.clone(),
            from: self.session.pair.dlq.queue.clone(),
            to: to.queue.clone(),
            to_limit: to.state.max_message_bytes,
            hold: Arc::clone(&self.session.hold),
            spool,
            journal,
            rejects: self.rejects.clone(),
            bounces: Arc::clone(&self.sentries.bounces),
        })
    }

    fn fifo(&self) -> bool {
        self.session.pair.dlq.queue.fifo
    }

    /// Moves what one scan found; answers with how many were moved.
    async fn wave(&mut self, mut scan: Scan) -> Result<u64> {
        self.records.extend(scan.damaged.iter().map(Record::damaged));
        scan.found = self.set_returned_apart(scan.found)?;
        let taken = self.ending.moving;
        let room = self.args.max.map(|max| (u64::from(max).saturating_sub(taken)) as usize);
        if !self.confirmed && !scan.found.is_empty() {
            confirm(self.context, &scan.found)?;
            self.confirmed = true;
        }
        let chosen = self.choose(&scan.found)?;
        let mended = self.mend(&mut scan, &chosen).await?;
        let candidates = scan.found.iter().zip(chosen).zip(&mended);
        let candidates =
            candidates.map(|((found, chosen), mended)| (&found.row, chosen, mended.as_ref()));
        let decisions = decide(candidates, room);
        let (mut going, mut staying) = (Vec::new(), Vec::new());
        for ((found, mended), decision) in scan.found.into_iter().zip(mended).zip(decisions) {
            let changed = mended.and_then(Mended::into_changed);
            if decision == Decision::Move && !self.args.dry_run {
                going.push((found, changed));
            } else {
                self.ending.moving += u64::from(decision == Decision::Move);
                staying.push(found.row.message_id.clone());
                self.records.push(Record::decided(&found.row, &decision, changed.as_ref()));
            }
        }
        if !self.fifo() && self.ending.exhausted {
            // They have been seen; others may have them back while the rest is moved. On a FIFO
            // queue, and where more is to come, they would be received again by the next scan.
            let released = self.session.hold.release(staying).await;
            warn_unreleased(self.context, &released);
            self.released.merge(released);
        }
        self.move_all(going).await
    }

    /// Sets messages apart that this run moved in an earlier wave and that came back: they would
    /// go round and round. They stay held until the end.
    fn set_returned_apart(&mut self, found: Vec<Found>) -> Result<Vec<Found>> {
        let bounces = Arc::clone(&self.sentries.bounces);
        let mut rest = Vec::with_capacity(found.len());
        for found in found {
            let sent_any = self.ending.moving > 0;
            let slot = found.slot.filter(|_| sent_any && !self.args.dry_run);
            let message = slot.map(|slot| self.spool.get(slot)).transpose()?;
            if let Some(sign) = message.and_then(|message| bounces.recognise(&message)) {
                let row = &found.row;
                bounces.came_back(&row.message_id, sign, Some(row.verdict.class));
                self.records.push(Record::came_back(row));
            } else {
                bounces.found(&found.row);
                rest.push(found);
            }
        }
        if let Some(reason) = bounces.verdict() {
            self.context.ui.warn(format!("stopping: {reason}"));
            self.pace.brake().stop(reason);
        }
        Ok(rest)
    }

    fn choose(&mut self, found: &[Found]) -> Result<Vec<Match>> {
        let matches = self.matcher.decide_all(found, Some(&self.spool))?;
        self.ending.undecided += warn_undecided(self.context, &matches);
        Ok(matches)
    }

    /// Repairs what is chosen, where that was asked for.
    async fn mend(&self, scan: &mut Scan, chosen: &[Match]) -> Result<Vec<Option<Mended>>> {
        let mender = Mender {
            repair: &self.repair,
            judge: &self.session.scanner.judge,
            spool: &self.spool,
            wanted: &self.matcher.classes,
        };
        let mut newest = std::mem::take(&mut scan.newest);
        mender.mend(&scan.found, chosen, &mut newest, now_ms()).await
    }

    async fn move_all(&mut self, going: Vec<(Found, Option<Changed>)>) -> Result<u64> {
        if going.is_empty() {
            return Ok(0);
        }
        let Some(courier) = self.courier.clone() else {
            return Err(Error::new(Kind::Internal, "a dry run was about to move messages"));
        };
        let total = going.len() as u64;
        self.ending.moving += total;
        let progress = self.context.ui.progress("moving", Some(total), Unit::Messages);
        let parcels: Vec<Parcel> =
            going.iter().map(|(found, changed)| self.parcel(found, changed.as_ref())).collect();
        let began = Instant::now();
        let pace = self.pace.clone();
        self.sentries.begin(self.context, &courier, pace.brake()).await?;
        let lookout = self.sentries.look_out(self.context, self.session, pace.brake()).await;
        let fates = deliver(courier, parcels, pace, &self.context.cancel, &progress).await;
        self.ending.move_time += began.elapsed();
        if let Some(lookout) = lookout {
            // Looked at, and let go: not counted among what was received and left.
            let released = self.session.hold.release(lookout.finish().await).await;
            warn_unreleased(self.context, &released);
            self.released.unreleased.extend(released.unreleased);
        }
        let fates = fates?;
        let moved = fates.iter().filter(|fate| matches!(fate, Fate::Moved { .. })).count();
        let records = going
            .iter()
            .zip(fates)
            .map(|((found, changed), fate)| Record::moved(&found.row, fate, changed.as_ref()));
        self.records.extend(records);
        Ok(moved as u64)
    }

    fn parcel(&self, found: &Found, changed: Option<&Changed>) -> Parcel {
        Parcel {
            id: found.row.message_id.clone(),
            order_group: found.row.group_id.clone().filter(|_| self.fifo()),
            size: changed.map_or(found.row.size_bytes, |changed| changed.size),
            slot: found.slot.unwrap_or_default(),
            out: changed.map(|changed| changed.out),
            rejects: changed.and_then(|changed| changed.rejects),
        }
    }

    /// What the judgement rests on; in waves it is of each wave.
    fn basis(&self) -> Basis {
        let mut basis = self.session.basis.clone();
        if !self.fifo() && self.ending.waves > 1 {
            basis.limits.push(format!(
                "more messages than may be held at once: `superseded` was judged within each of {} \
                 waves",
                self.ending.waves
            ));
        }
        basis
    }

    /// The report, once every message that was received is accounted for.
    fn report(self) -> Result<RedriveReport> {
        let interrupted = self.context.cancel.is_cancelled();
        let (seen, recorded) = (self.ending.seen, self.records.len() as u64);
        if seen != recorded {
            return Err(Error::new(
                Kind::Internal,
                format!("{seen} messages were received but {recorded} are accounted for"),
            )
            .hint("look into the queues before running again, and report this"));
        }
        let missing = self.matcher.missing_of(self.records.iter().map(Record::message_id));
        warn_missing(self.context, &missing);
        let basis = (self.session.queues(), self.basis());
        let ending = Ending {
            interrupted,
            missing,
            time: self.began.elapsed(),
            guards: self.pace.brake().pauses(),
            stopped: self.pace.brake().stopped(),
            bounces: self.sentries.bounces.summary(),
            ..self.ending
        };
        Ok(RedriveReport::new(basis, self.args, self.records, self.released, &ending))
    }
}
