//! Users whose item in the table is still a list of an input.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use reco_core::Id;
use reco_store::reader::{Foreseen, MAX_KEYS, ReadFailure, Reader};
use reco_store::retry::Stop;
use reco_store::writer::{Formers, Replacing};
use serde::Serialize;

use super::former::FormerIndex;
use super::{Preparer, RunProgress};
use crate::error::{Error, Result};
use crate::event::{Control, Unit};

/// Maximum users listed; the others are only counted.
const LISTED: usize = 1_000_000;

/// Users whose item in the table is a list of an input.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Holders {
    /// Users with a list in the input, as far as they were looked up.
    pub users: u64,
    /// Those whose item in the table is a list of the input.
    pub holding: u64,
    /// The first million of them.
    pub holders: Vec<ListHolder>,
    /// Lines and entries of the input that could not be read.
    pub unread: u64,
    /// Read capacity units consumed, as reported by DynamoDB.
    pub consumed_rcu: f64,
    /// `BatchGetItem` calls.
    pub calls: u64,
    /// Retried calls.
    pub retries: u64,
    /// Duration in seconds.
    pub duration_s: f64,
    /// Reason why it ended before all users were looked up, if so.
    pub stopped: Option<String>,
    /// True if a signal ended it.
    pub interrupted: bool,
}

/// User whose item in the table is a list of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListHolder {
    /// User.
    pub user: Id,
}

/// Looks up which users still hold a list of these files, by the rule of
/// [`reco_core::item::Former::is`]. Deletions in the files are not looked for.
///
/// # Errors
/// Fails if a file cannot be read, or no user could be looked up.
pub async fn holders(
    files: &[PathBuf],
    preparer: Arc<Preparer>,
    reader: Reader,
    control: &Control,
) -> Result<Holders> {
    let begun = Instant::now();
    let schema = preparer.schema.clone();
    let how = (&control.events, &control.cancel);
    let index = Arc::new(FormerIndex::build(files, preparer, how).await?);
    let replacing = Replacing::Lists(Arc::clone(&index) as Arc<dyn Formers>);
    let total = index.users()?;
    let progress = control.events.progress("looking up", Some(total), Unit::Users);
    let mut found = Holders { unread: index.unread, ..Holders::default() };
    let mut last = None;
    while !control.cancel.is_cancelled() {
        let users = index.users_after(last.as_deref(), MAX_KEYS)?;
        let Some(end) = users.last() else { break };
        last = Some(end.text().into_owned());
        let looked_up = users.len() as u64;
        // A deletion replaces whatever is a list of the input, and is no list itself.
        let items: Vec<_> =
            users.into_iter().filter_map(|user| schema.plan_delete(user, None).ok()).collect();
        let stop = Stop::on(control.cancel.clone());
        match reader.foresee(&items, Some(&replacing), &stop).await {
            Ok((foreseen, cost)) => {
                found.users += looked_up;
                found.consumed_rcu += cost.rcu;
                found.calls += cost.calls;
                found.retries += cost.retries;
                for (item, Foreseen { kept, .. }) in items.into_iter().zip(foreseen) {
                    if kept.is_some() {
                        continue;
                    }
                    found.holding += 1;
                    if found.holders.len() < LISTED {
                        found.holders.push(ListHolder { user: item.recommendation.user });
                    }
                }
            }
            Err(ReadFailure::Halted(_)) => break,
            Err(failure) if found.users == 0 => {
                return Err(Error::service("no user could be looked up").cause(failure.to_string()));
            }
            Err(failure) => {
                found.stopped = Some(failure.to_string());
                break;
            }
        }
        let at =
            RunProgress { done: found.users, taken: total, at_end: true, ..RunProgress::default() };
        at.show(&progress, None);
    }
    found.interrupted = control.cancel.is_cancelled();
    found.duration_s = begun.elapsed().as_secs_f64();
    Ok(found)
}
