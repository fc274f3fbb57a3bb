//! Execution of a redrive, wave by wave, until every received message is accounted for.

mod going;
mod stages;
mod verify;
mod waves;
mod weigh;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream;
use reco_core::human::{count, was};
use reco_core::settle::Deletable;

use self::going::Going;
use self::stages::Stages;
pub use self::stages::{Canary, Stage};
use super::change::Changes;
use super::guards::Guards;
use super::report::{Category, Record, RedriveReport};
use super::{Ask, QUESTION, RedriveOptions};
use crate::dlq::journal::{Journal, now_ms};
use crate::dlq::redrive::{Candidate, Decision, Pace, Rejects, Route, Way, decide};
use crate::dlq::repair::{Repair, Repaired, Repairer};
use crate::dlq::scan::{Found, Scan};
use crate::dlq::select::{Match, Matcher, is_outdated};
use crate::dlq::session::{Session, confirm};
use crate::dlq::waves::Waves;
use crate::error::{Error, Kind, Result};
use crate::event::Unit;
use crate::files::spool::Spool;
use crate::sqs::{AckWatch, DeleteOutcome, Destination, Outbox, Released, SendOutcome};

/// State of a redrive.
pub struct Redrive<'a> {
    pub(super) session: &'a Session,
    pub(super) options: &'a RedriveOptions,
    matcher: Arc<Matcher>,
    pub(super) route: Route,
    pub(super) repair: Repair,
    pub(super) rejects: Option<Arc<Rejects>>,
    spool: Arc<Spool>,
    /// Prompt before anything is moved; `None` if no confirmation is needed, or it was given.
    pub(super) ask: Option<&'a dyn Ask>,
    /// `None` in a dry run, which sends no messages.
    pub(super) outbox: Option<Arc<Outbox>>,
    pace: Pace,
    pub(super) stages: Stages,
    pub(super) guards: Guards,
    pub(super) waves: Waves,
    /// Messages selected to be moved.
    moving: u64,
    /// Time spent moving.
    move_time: Duration,
    /// Report so far, without its records.
    pub(super) report: RedriveReport,
    pub(super) records: Vec<Record>,
    /// Proofs of messages that earlier runs sent and this one deleted.
    pub(super) cleared: Vec<Deletable>,
    /// Messages matching `--id` that are kept until all were seen: see
    /// [`Redrive::set_named_apart`].
    waiting: Vec<Found>,
    /// True once as many messages were received as were there when the run began.
    all_came: bool,
    /// FIFO: messages that arrived later and were left alone.
    arrived: u64,
    /// FIFO groups with a message that stays; later messages of the group overtake it.
    staying: HashSet<String>,
    /// FIFO groups with a selected message that cannot be moved, at the number of its destination
    /// if it has one; later messages of the group stay behind it.
    stuck: HashSet<(Option<usize>, Box<str>)>,
    pub(super) released: Released,
    began: Instant,
}

impl<'a> Redrive<'a> {
    pub(super) fn new(
        session: &'a Session,
        options: &'a RedriveOptions,
        (matcher, route): (Arc<Matcher>, Route),
        spool: Arc<Spool>,
        guards: Guards,
    ) -> Self {
        Redrive {
            session,
            options,
            matcher,
            route,
            repair: Repair::default(),
            rejects: None,
            spool,
            ask: None,
            outbox: None,
            pace: options.pace(),
            stages: Stages::new(&options.canary),
            guards,
            waves: Waves::default(),
            moving: 0,
            move_time: Duration::ZERO,
            report: RedriveReport {
                queues: session.queues(),
                basis: session.basis.clone(),
                engine: options.engine.clone(),
                dry_run: options.dry_run,
                changes: Changes { repair: options.repair.clone(), ..Changes::default() },
                rate_limit: options.rate.map(|rate| rate.per_second()),
                journal_is_kept: !options.dry_run,
                by: session.by.clone(),
                ..RedriveReport::default()
            },
            records: Vec::new(),
            cleared: Vec::new(),
            waiting: Vec::new(),
            all_came: false,
            arrived: 0,
            staying: HashSet::new(),
            stuck: HashSet::new(),
            released: Released::default(),
            began: Instant::now(),
        }
    }

    pub(super) fn outbox(&self, spool: Arc<Spool>, journal: Arc<Journal>) -> Arc<Outbox> {
        let watch: Arc<dyn AckWatch> = self.guards.bounces.clone();
        Arc::new(Outbox {
            journal: Some(journal),
            lease: Some(Arc::clone(&self.session.lease)),
            spool: Some(spool),
            rejects: self.rejects.clone(),
            watch: Some(watch),
            journal_destination: self.route.sole().map(|to| to.queue.arn.clone()),
            ..Outbox::new(self.session.sqs.clone())
        })
    }

    fn fifo(&self) -> bool {
        self.session.pair.dlq.queue.fifo
    }

    /// Moves the selected messages of one scan; returns how many were moved.
    async fn wave(&mut self, mut scan: Scan) -> Result<u64> {
        self.records.extend(scan.damaged.iter().map(Record::damaged));
        self.note_cleared(std::mem::take(&mut scan.cleared));
        self.set_returned_apart(&mut scan.found)?;
        self.leave_arrivals(&mut scan.found);
        if !scan.found.is_empty()
            && let Some(operator) = self.ask.take()
        {
            confirm(operator, &question(&scan.found), "moved").await?;
        }
        self.clear_sent(&mut scan.found).await?;
        let first = self.records.len();
        let going = self.part(scan).await?;
        self.weigh(first).await;
        // While stages are left, all that is visible in the DLQ came since.
        if !self.fifo() && self.waves.reach.exhausted && !self.stages.are_left() {
            // Other consumers may have them back while the rest is moved. On a FIFO queue, or if
            // more scans follow, the next scan would receive them again.
            let moves = |one: &&Record| one.is(Category::Planned) && !self.options.dry_run;
            let staying = self.records[first..].iter().filter(|one| !moves(one));
            let released = self.session.release(staying.map(Record::message_id)).await;
            self.released.merge(released);
        }
        self.move_all(going).await
    }

    /// Decides on the messages of a scan and enters their records; returns those to move.
    async fn part(&mut self, mut scan: Scan) -> Result<Vec<Going>> {
        let chosen = self.choose(&scan.found).await?;
        let mut repaired = self.mend(&mut scan, &chosen).await?.into_iter();
        self.route.learn(&self.session.sqs, scan.found.iter().map(|found| &*found.row)).await;
        let mut going = Vec::new();
        if self.records.is_empty() {
            // The exact number in most cases; growth by doubling could take twice as much memory.
            self.records.reserve_exact(scan.found.len());
            going.reserve_exact(if self.options.dry_run { 0 } else { scan.found.len() });
        }
        for (found, chosen) in scan.found.into_iter().zip(chosen) {
            let repaired = repaired.next().flatten();
            let candidate = Candidate {
                row: &found.row,
                chosen,
                repaired: repaired.as_ref(),
                way: self.route.way(&found.row),
                remembered: self.remembered(&found.row.message_id),
            };
            let full = self.options.max.is_some_and(|max| self.moving >= u64::from(max));
            let to = match &candidate.way {
                Way::To(to) => Some(Arc::clone(to)),
                Way::Other | Way::Nowhere(_) => None,
            };
            let decision = decide(candidate, full, self.options.resend_uncertain);
            let decision = self.keep_order(&found, to.as_deref(), decision);
            let changed = repaired.and_then(Repaired::into_changed);
            self.note_order(&found, &decision);
            self.moving += u64::from(matches!(decision, Decision::Move(_)));
            let record = Record::decided(&found.row, &decision, changed.as_deref());
            if let (Decision::Move(to), false) = (decision, self.options.dry_run) {
                let record = self.records.len();
                going.push(self.going(record, found, changed, to));
            }
            self.records.push(record);
        }
        Ok(going)
    }

    /// Keeps a message behind an earlier one of its FIFO group that was selected but cannot be moved.
    fn keep_order(
        &mut self,
        found: &Found,
        to: Option<&Destination>,
        decision: Decision,
    ) -> Decision {
        let ordered = self.fifo() && to.is_none_or(|to| to.queue.fifo);
        let Some(group) = found.row.group_id.clone().filter(|_| ordered) else { return decision };
        let key = (to.map(|to| to.number), group);
        if decision.is_stuck() {
            self.stuck.insert(key);
            return decision;
        }
        // Where a message without a destination would go is not known: it may be anywhere.
        let waits = self.stuck.contains(&key) || self.stuck.contains(&(None, key.1));
        let moves = matches!(decision, Decision::Move(_));
        if moves && waits { Decision::Behind } else { decision }
    }

    /// Counts messages that overtake an earlier one of their FIFO group that stays.
    fn note_order(&mut self, found: &Found, decision: &Decision) {
        let Some(group) = found.row.group_id.as_ref().filter(|_| self.fifo()) else { return };
        if !matches!(decision, Decision::Move(_)) {
            self.staying.insert(group.to_string());
        } else if self.staying.contains(&**group) {
            self.report.overtaking += 1;
        }
    }

    /// Enters messages that this run sent but did not delete, and that were received again.
    pub(super) fn note_cleared(&mut self, cleared: Vec<(Deletable, DeleteOutcome)>) {
        if cleared.is_empty() {
            return;
        }
        let at: HashMap<&str, usize> =
            self.records.iter().enumerate().map(|(at, one)| (one.message_id(), at)).collect();
        let at: Vec<Option<usize>> =
            cleared.iter().map(|(one, _)| at.get(one.message_id()).copied()).collect();
        for ((_, outcome), at) in cleared.into_iter().zip(at) {
            if let (Some(at), DeleteOutcome::Deleted) = (at, outcome) {
                self.records[at].is_deleted_after_all();
                self.report.deleted_again += 1;
            }
        }
    }

    /// Returns the ids of messages that were sent but possibly not deleted.
    pub(super) fn not_deleted(&self) -> impl Iterator<Item = &str> {
        let records = self.records.iter().filter(|record| record.is(Category::NotDeleted));
        records.map(Record::message_id)
    }

    /// Takes out messages that this run moved in an earlier wave and that came back: they would go
    /// round in circles. They stay held until the end.
    fn set_returned_apart(&mut self, found: &mut Vec<Found>) -> Result<()> {
        let bounces = Arc::clone(&self.guards.bounces);
        let sent_any = self.moving > 0 && !self.options.dry_run;
        let mut signs = Vec::new();
        for slot in found.iter().filter(|_| sent_any).map(|found| found.slot) {
            let message = slot.map(|slot| self.spool.get(slot)).transpose()?;
            signs.push(message.and_then(|message| bounces.recognise(&message)));
        }
        let mut signs = signs.into_iter();
        found.retain(|found| {
            let row = &found.row;
            let Some(sign) = signs.next().flatten() else {
                bounces.found(row);
                return true;
            };
            bounces.came_back(&row.message_id, sign, Some(row.verdict.class));
            self.records.push(Record::came_back(row));
            false
        });
        if let Some(reason) = bounces.verdict() {
            self.session.warn(format!("stopping: {reason}"));
            self.pace.gate().stop(reason);
        }
        Ok(())
    }

    async fn choose(&mut self, found: &[Found]) -> Result<Vec<Match>> {
        self.check_names(found)?;
        self.waves.decide(self.session, &self.matcher, &self.spool, found).await
    }

    /// Repairs the selected messages, if repairs are requested.
    async fn mend(&self, scan: &mut Scan, chosen: &[Match]) -> Result<Vec<Option<Repaired>>> {
        let repairer = Repairer {
            repair: &self.repair,
            judge: &self.session.scanner.judge,
            spool: &self.spool,
            wanted: &self.matcher.classes,
        };
        let lists = std::mem::take(&mut scan.lists);
        repairer.repair(&scan.found, chosen, &lists, now_ms()).await
    }

    async fn move_all(&mut self, going: Vec<Going>) -> Result<u64> {
        match self.stages.are_left() {
            true => self.move_in_stages(going).await,
            false => self.move_together(going).await,
        }
    }

    async fn move_together(&mut self, going: Vec<Going>) -> Result<u64> {
        let places = going.first().zip(going.last()).map(|(a, b)| a.record..=b.record);
        let Some(places) = places else { return Ok(0) };
        let Some(outbox) = self.outbox.clone() else {
            return Err(Error::new(Kind::Internal, "a dry run attempted to move messages"));
        };
        let total = going.len() as u64;
        let progress = self.session.control.events.progress("moving", Some(total), Unit::Messages);
        let began = Instant::now();
        let pace = self.pace.clone();
        self.guards.begin(self.session, &self.route, pace.gate());
        let bounce_task = self.guards.watch_bounces(self.session, pace.gate()).await;
        let (cancel, records) = (&self.session.control.cancel, &mut self.records);
        let mut moved = 0;
        self.guards.bounces.reserve(going.len());
        let tell = |at: usize, outcome: SendOutcome| {
            records[at].is_settled(outcome);
            moved += u64::from(records[at].is(Category::Moved));
        };
        let messages = stream::iter(going.into_iter().map(Going::outgoing));
        let result = outbox.send_all(messages, &pace, cancel, &progress, tell).await;
        self.move_time += began.elapsed();
        for record in self.records[places].iter_mut().filter(|one| one.is(Category::Planned)) {
            record.is_settled(SendOutcome::Uncertain {
                reason: "its outcome is not known".to_owned(),
            });
        }
        if let Some(bounce_task) = bounce_task {
            // Inspected and released; not counted among the received messages.
            let watched = bounce_task.finish().await;
            let released = self.session.release(&watched.held).await;
            self.released.merge_invisible(released);
            self.note_cleared(watched.cleared);
        }
        result.map(|()| moved)
    }

    /// Returns the report, after checking that every received message is accounted for.
    pub(super) fn into_report(mut self) -> Result<RedriveReport> {
        let ids = self.records.iter().map(Record::message_id);
        let missing = self.waves.account(self.session, &self.matcher, ids)?;
        if !self.fifo() && self.waves.count > 1 {
            self.report.basis.limits.push(format!(
                "too many messages to hold at once: `superseded` was determined within each of {} waves",
                self.waves.count
            ));
        }
        let report = RedriveReport {
            interrupted: self.session.is_cancelled(),
            missing,
            duration_s: (self.began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            guards: self.pace.gate().pauses(),
            stopped: self.pace.gate().stopped(),
            bounces: self.guards.bounces.summary(),
            canary: self.stages.into_report(),
            released: self.released,
            ..self.report
        };
        let report = report.with(self.waves, self.records);
        let rate = per_second(report.of(Category::Moved), self.move_time.as_secs_f64());
        Ok(RedriveReport { rate, ..report })
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate is shown with one decimal")]
fn per_second(moved: u64, seconds: f64) -> Option<f64> {
    (moved > 0 && seconds > 0.0).then(|| (moved as f64 / seconds * 10.0).round() / 10.0)
}

/// Number of messages moved, by destination queue name.
pub type MovedTo = BTreeMap<String, u64>;

/// Returns the question that is asked once it is known what would be moved. The heartbeat keeps the
/// messages held meanwhile.
fn question(found: &[Found]) -> String {
    let outdated = found.iter().filter(|found| is_outdated(found.row.verdict.class)).count();
    format!(
        "{} received, {} of them stale or superseded; {QUESTION}",
        was(found.len() as u64),
        count(outdated as u64)
    )
}
