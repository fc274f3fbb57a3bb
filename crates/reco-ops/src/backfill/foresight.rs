//! Comparison of a dry run with the table: what each write would change.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use reco_core::item::PlannedItem;
use reco_store::reader::{Change, Compared, Foreseen, ReadFailure, Reader};
use reco_store::retry::Stop;
use reco_store::writer::{Replacing, WriteFailure, WriteReport};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::write::{WriteBatch, Written};

/// Reads what the table holds for the users of a dry run.
#[derive(Debug)]
pub struct Foresight {
    /// Reader of the table.
    pub reader: Reader,
    /// Content that an item must have to be replaced.
    pub replacing: Option<Replacing>,
    /// Users to compare; `None` for all.
    pub sample: Option<Drawn>,
}

/// Random sample of users: those with the lowest hashes.
#[derive(Debug)]
pub struct Drawn {
    /// Hash function of this run.
    pub hasher: Arc<RandomState>,
    /// Highest hash in the sample.
    pub last: u64,
}

/// Change that a write of the input would make in the table.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CompareReport {
    /// Number of users requested for the sample; `None` if all.
    pub sample: Option<u64>,
    /// Lists and deletions compared with the table.
    pub compared: u64,
    /// Those that the table holds as they would be written.
    pub same: u64,
    /// Those for whose user the table holds another list, or other attributes.
    pub changed: u64,
    /// Those for whose user the table holds a newer list, which would be overwritten unless only
    /// older ones are.
    pub newer: u64,
    /// Those for whose user the table holds no item.
    pub new: u64,
    /// Read capacity units consumed, as reported by DynamoDB.
    pub consumed_rcu: f64,
    /// `BatchGetItem` calls.
    pub calls: u64,
    /// Retried calls.
    pub retries: u64,
    /// Calls that DynamoDB throttled entirely.
    pub throttled_calls: u64,
}

impl CompareReport {
    /// Adds a batch.
    pub(super) fn add(&mut self, foreseen: &[Foreseen], cost: &Compared) {
        for Foreseen { change, .. } in foreseen {
            *match change {
                Change::Same => &mut self.same,
                Change::Changed => &mut self.changed,
                Change::Newer => &mut self.newer,
                Change::New => &mut self.new,
            } += 1;
        }
        self.compared += foreseen.len() as u64;
        self.consumed_rcu += cost.rcu;
        self.calls += cost.calls;
        self.retries += cost.retries;
        self.throttled_calls += cost.throttled_calls;
    }
}

impl Foresight {
    fn is_drawn(&self, item: &PlannedItem) -> bool {
        let drawn =
            |sample: &Drawn| sample.hasher.hash_one(&item.recommendation.user) <= sample.last;
        self.sample.as_ref().is_none_or(drawn)
    }

    /// Compares a batch instead of writing it.
    pub(super) async fn compare(
        self: Arc<Self>,
        batch: WriteBatch,
        halt: CancellationToken,
    ) -> Written {
        let (entries, items) = batch.into_parts();
        let (drawn, others): (Vec<_>, Vec<_>) = items.into_iter().partition(|i| self.is_drawn(i));
        let mut report = WriteReport { written: others.len(), ..WriteReport::default() };
        if drawn.is_empty() {
            return Written { entries, report, compared: None };
        }
        let stop = Stop::on(halt);
        match self.reader.foresee(&drawn, self.replacing.as_ref(), &stop).await {
            Ok((foreseen, cost)) => {
                for (item, Foreseen { stale, kept, .. }) in drawn.into_iter().zip(&foreseen) {
                    let user = item.recommendation.user;
                    match kept {
                        Some(kept) => report.kept.push((user, *kept)),
                        None if *stale => {
                            report.stale += 1;
                            report.stale_users.push(user);
                        }
                        None => report.written += 1,
                    }
                }
                Written { entries, report, compared: Some((foreseen, cost)) }
            }
            Err(failure) => {
                report.failure = Some(match failure {
                    ReadFailure::Halted(halt) => halt.into(),
                    ReadFailure::Exhausted { attempts, last } => {
                        WriteFailure::Exhausted { attempts, last }
                    }
                    ReadFailure::Refused(error) => WriteFailure::Refused(error),
                    ReadFailure::Unknown(why) => WriteFailure::Unknown { why },
                });
                report.left = drawn;
                Written { entries, report, compared: None }
            }
        }
    }
}
