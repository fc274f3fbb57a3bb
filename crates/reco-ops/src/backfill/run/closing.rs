//! Checkpoints, end and report of a run.

use std::collections::BTreeMap;

use reco_core::outcome::Outcome;
use reco_core::run_by::RunBy;

use super::super::checkpoint::CheckpointState;
use super::super::line_tracker::EntryOutcome;
use super::super::plan::BackfillPlan;
use super::super::prepare::Preparer;
use super::super::report::{At, BackfillReport, CheckpointReport, StopCause, Stopped};
use super::super::sink::Sink;
use super::super::sink::emit::Merged;
use super::{Run, internal};
use crate::error::{Error, Kind, Result};

impl Run {
    /// Returns the progress of the run.
    fn state(&self, finished: bool) -> CheckpointState {
        let at = self.line_tracker.first_open().unwrap_or(self.end);
        // Inputs from `at` on are read again, and so are their failures.
        let failures: BTreeMap<_, _> = self.inputs[..at.file.min(self.inputs.len())]
            .iter()
            .enumerate()
            .filter_map(|(number, input)| Some((number, input.failure.clone()?)))
            .collect();
        CheckpointState {
            finished,
            at,
            run_counts: self.line_tracker.settled_counts().clone(),
            writes: self.writes.clone(),
            duration_s: self.duration_s(),
            failures,
        }
    }

    fn duration_s(&self) -> f64 {
        self.earlier_s + self.begun.elapsed().as_secs_f64()
    }

    /// Saves the progress unless it is already saved.
    pub(super) fn save(&mut self) {
        let at = self.line_tracker.first_open().unwrap_or(self.end);
        if self.rejects_broken || !self.saver.as_mut().is_some_and(|saver| saver.is_due(at)) {
            return;
        }
        match self.rejects.mark() {
            Ok(mark) => {
                let state = self.state(false);
                if let Some(saver) = &mut self.saver {
                    saver.start(state, mark);
                }
            }
            Err(error) => self.rejects_fail(&error),
        }
    }

    /// Closes the run: waiting entries are left unwritten; rejects and checkpoint are completed.
    pub(in super::super) async fn close(&mut self) {
        for pending in self.window.abandon() {
            self.line_tracker.settle(pending.line, EntryOutcome::Left);
        }
        self.keep_rejects();
        let mark = self.rejects.mark();
        if let Err(error) = &mark {
            self.rejects_fail(error);
        }
        let finished = self.stop.is_none();
        let state = self.state(finished);
        if let Some(saver) = &mut self.saver {
            saver.settle().await;
            if let (Ok(mark), false) = (mark, self.rejects_broken) {
                saver.end(state, mark).await;
            }
        }
        // These belong to lines that a resumed run reads again; it truncates them first.
        let rest = self.line_tracker.remaining_rejects();
        self.write_rejects(rest);
        if let Err(error) = self.rejects.finish() {
            self.rejects_fail(&error);
        }
    }

    /// Writes the files of a run when all items are in: all of them or none. A stopped run writes
    /// none, and a full disk stops it.
    ///
    /// # Errors
    /// Only because of a bug in recoctl.
    pub(in super::super) async fn merge(&mut self) -> Result<Option<Merged>> {
        let Sink::Emit(emit) = &mut self.sink else { return Ok(None) };
        let Some(gathered) = emit.gathered() else { return Ok(None) };
        if self.stop.is_some() || gathered.is_empty() {
            gathered.abandon();
            self.line_tracker.undone();
            return Ok(None);
        }
        let cancel = self.cancel.clone();
        let merging = tokio::task::spawn_blocking(move || gathered.merge(&cancel));
        match merging.await.map_err(internal)? {
            Ok(merged) => {
                self.line_tracker.replaced(merged.replaced, merged.sizes);
                return Ok(Some(merged));
            }
            Err(_) if self.cancel.is_cancelled() => {
                self.stop(StopCause::Interrupted, "interrupted".to_owned());
            }
            Err(error) => self.stop(StopCause::Files, format!("cannot write the parts: {error}")),
        }
        self.line_tracker.undone();
        Ok(None)
    }

    /// Returns the report of a closed run.
    pub(in super::super) fn report(
        mut self,
        preparer: &Preparer,
        table: Option<String>,
    ) -> Result<BackfillReport> {
        let dealt_with = match &self.saver {
            Some(saver) if self.rejects_broken => saver.saved(),
            _ => self.line_tracker.first_open().unwrap_or(self.end),
        };
        let stopped = self.stop.take().map(|(cause, reason)| Stopped {
            cause,
            reason,
            resume_from: At::new(&self.inputs, dealt_with),
            untouched_from: At::new(&self.inputs, self.end),
        });
        let counts = self.line_tracker.run_counts().clone();
        if !counts.balances() {
            return Err(Error::new(Kind::Internal, "the counts of the run do not add up")
                .cause(format!("{:?}, {:?}", counts.lines, counts.entries)));
        }
        let duration_s = self.duration_s();
        let facts = preparer.facts_kind();
        let (writer, dated) = (self.sink.writer(), self.dated.share());
        let consumed = self.writes.consumed_wcu;
        let budget = self.write_options.account(writer, consumed, duration_s, dated);
        let concurrency = self.slots.report(budget.asked.is_some());
        let checkpoint = self.saver.as_ref().map(|saver| CheckpointReport {
            file: saver.path().display().to_string(),
            finished: stopped.is_none(),
            failure: saver.failure().map(str::to_owned),
        });
        let plan = self.sink.is_dry().then(|| {
            let largest = std::mem::take(&mut self.largest);
            BackfillPlan::new(self.plan, &counts.items, dated, largest, &self.inputs)
        });
        let mut report = BackfillReport {
            outcome: Outcome::Success,
            dry_run: self.sink.is_dry(),
            destination: preparer.route.into(),
            table,
            key_type: preparer.schema.key_type,
            list_type: preparer.list_type(self.write_options.list_type.clone()),
            if_newer: self.write_options.order.newest,
            budget,
            concurrency,
            batches: self.batches,
            waited_for_key: self.window.waited(),
            policy_fingerprint: preparer.policy.fingerprint(),
            facts,
            rules_skipped: facts == "none" && preparer.policy.rules.need_facts(),
            inputs: self.inputs,
            items_per_s: per_second(counts.entries.written, duration_s),
            counts,
            writes: self.writes,
            duration_s,
            shard: preparer.shard,
            queue: self.sink.queue_report(),
            emit: None,
            rejects_file: self.rejects.path().map(|path| path.display().to_string()),
            first_rejects: std::mem::take(&mut self.rejects.first),
            stopped,
            checkpoint,
            resumed: self.resumed,
            plan,
            by: RunBy::default(),
            next: None,
            compare: self.compare,
            replaced: None,
            verification: None,
        };
        report.outcome = report.judge();
        Ok(report)
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown rounded")]
fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
}
