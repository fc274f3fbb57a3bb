//! A redrive under way: wave by wave, until every message that was received is accounted for.

mod verify;
mod waves;

use std::sync::Arc;
use std::time::Instant;

use super::guards::Sentries;
use super::report::{Ending, Record, RedriveReport};
use super::{RedriveArgs, confirm, must_confirm};
use crate::commands::dlq::pair::Known;
use crate::commands::dlq::select::{warn_missing, warn_undecided};
use crate::commands::dlq::session::{Session, warn_unreleased};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::flow::hold::Released;
use crate::flow::journal::{Journal, now_ms};
use crate::flow::judge::Basis;
use crate::flow::matcher::{Match, Matcher};
use crate::flow::redrive::{Courier, Decision, Fate, Pace, Parcel, Rejects, decide, deliver};
use crate::flow::repair::{Changed, Mended, Mender, Repair};
use crate::flow::scan::{Found, Scan};
use crate::flow::spool::Spool;
use crate::ui::Unit;

/// A redrive under way.
pub struct Redrive<'a> {
    context: &'a Context,
    session: &'a Session,
    args: &'a RedriveArgs,
    matcher: Arc<Matcher>,
    pub(super) repair: Repair,
    pub(super) rejects: Option<Arc<Rejects>>,
    spool: Arc<Spool>,
    confirmed: bool,
    /// None in a dry run, which sends nothing.
    pub(super) courier: Option<Arc<Courier>>,
    pace: Pace,
    pub(super) sentries: Sentries,
    pub(super) ending: Ending,
    records: Vec<Record>,
    pub(super) released: Released,
    began: Instant,
}

impl<'a> Redrive<'a> {
    pub(super) fn new(
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

    pub(super) fn courier(
        &self,
        to: &Known,
        spool: Arc<Spool>,
        journal: Arc<Journal>,
    ) -> Arc<Courier> {
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
        let chosen = self.choose(&scan.found).await?;
        let mended = self.mend(&mut scan, &chosen).await?;
        let candidates = scan.found.iter().zip(chosen).zip(&mended);
        let candidates =
            candidates.map(|((found, chosen), mended)| (&*found.row, chosen, mended.as_ref()));
        let decisions = decide(candidates, room);
        let (mut going, mut staying) = (Vec::new(), Vec::new());
        for ((found, mended), decision) in scan.found.into_iter().zip(mended).zip(decisions) {
            let changed = mended.and_then(Mended::into_changed);
            if decision == Decision::Move && !self.args.dry_run {
                going.push((found, changed));
            } else {
                self.ending.moving += u64::from(decision == Decision::Move);
                staying.push(found.row.message_id.clone());
                self.records.push(Record::decided(&found.row, &decision, changed.as_deref()));
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

    async fn choose(&mut self, found: &[Found]) -> Result<Vec<Match>> {
        let matches = self.matcher.decide_all(found, Some(&self.spool)).await?;
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

    async fn move_all(&mut self, going: Vec<(Found, Option<Box<Changed>>)>) -> Result<u64> {
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
            going.iter().map(|(found, changed)| self.parcel(found, changed.as_deref())).collect();
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
            .map(|((found, changed), fate)| Record::moved(&found.row, fate, changed.as_deref()));
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
    pub(super) fn report(self) -> Result<RedriveReport> {
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
