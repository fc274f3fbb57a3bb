//! Outcome of an earlier run, from its journal.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::time::Duration;

use aws_config::SdkConfig;
use reco_core::journal::{Counts, Header};
use reco_core::message_outcome::{MovedMessage, Tracker};

use super::{Evidence, FunctionLog, OutcomeReport, OutcomeSummary};
use crate::aws::sqs::{Queue, Sqs};
use crate::dlq::causes::CauseOptions;
use crate::dlq::journal::check_is_redrive;
use crate::dlq::judge::{Criteria, Homes, Judge, QueueRules};
use crate::error::{Error, Result};
use crate::event::Control;
use crate::journal::{Home, Journal, Lock, each_kept, find, load};

/// Options of a look at an earlier run.
#[derive(Debug)]
pub struct EarlierOptions {
    /// Run id, a prefix of it, or the path of its journal.
    pub run: String,
    /// Time for which outcomes are waited for.
    pub wait: Duration,
    /// Place of the function's log.
    pub log: CauseOptions,
}

/// Finds out what became of the messages of an earlier run. `criteria` come with the reason why the
/// table cannot be read, if so. Reads only, but for the receive counts of
/// the DLQ's messages and the journal, which keeps what is found.
///
/// # Errors
/// When there is no such journal, it cannot be read, or its DLQ does not exist.
pub async fn earlier(
    connect: impl AsyncFn(&str) -> Result<SdkConfig>,
    criteria: impl Future<Output = Result<(Criteria, Option<String>)>>,
    (home, control): (&Home, &Control),
    options: EarlierOptions,
) -> Result<OutcomeReport> {
    let path = find(home, &options.run)?;
    let state = load(&path)?;
    let Some(header) = state.header().cloned() else {
        return Err(Error::input(format!("journal {} has no header", path.display()))
            .hint("the run was interrupted before it could send anything"));
    };
    check_is_redrive(&path, &header)?;
    let mut tracker = super::tracker(&state);
    let counts = state.counts();
    let sdk = connect(&header.source).await?;
    let (sqs, group) = (Sqs::new(&sdk), options.log.group());
    let (dlq, dlq_state) = sqs.resolve(&header.source).await?;
    let (criteria, no_table) = criteria.await?;
    let rules = QueueRules {
        retention_s: dlq_state.retention_s,
        destination_limit: None,
        homes: Homes::One,
    };
    let judge = Judge::new(criteria, rules);
    let table = judge.table().map(|table| table.info.name.clone());
    let evidence = Evidence {
        sqs: &sqs,
        dlq: &dlq,
        dlq_is_guarded: dlq_state.redrive.is_some(),
        lease: None,
        destinations: destinations(&sqs, &path, &header, control).await?,
        judge: &judge,
        no_table,
        log: group.as_deref().map(|group| FunctionLog { sdk: &sdk, group }),
        journal: &path,
        control,
    };
    // Not written before the end: until then the DLQ would be locked against other runs.
    let mut waited = super::wait(&evidence, &mut tracker, None, options.wait).await?;
    // Of a table that may not be read, the notes say so already.
    waited.notes.extend(judge.table().map(|_| judge.basis().limits).unwrap_or_default());
    let more = match keep(home, &path, &header, (&tracker, &waited)).await {
        Ok(more) => {
            let note = "the run moved more messages during the wait: run this command again";
            waited.notes.extend(more.then(|| note.to_owned()));
            more
        }
        Err(error) => {
            let active = Lock::holder(home, &header.source).is_some();
            let note = "a run on this DLQ is active: it may have moved more messages since";
            waited.notes.extend(active.then(|| note.to_owned()));
            control.events.warn(format!("the journal does not keep this outcome: {error}"));
            active
        }
    };
    Ok(OutcomeReport { more, ..report(&path, header, (&tracker, table), &counts, &waited) })
}

fn report(
    path: &Path,
    header: Header,
    (tracker, table): (&Tracker, Option<String>),
    counts: &Counts,
    waited: &super::Waited,
) -> OutcomeReport {
    OutcomeReport {
        journal: path.display().to_string(),
        run_id: header.run_id,
        started_at: header.started_at,
        source: header.source,
        table,
        moved: tracker.len() as u64,
        possibly_sent: counts.uncertain + counts.intended,
        not_deleted: counts.acked,
        more: false,
        summary: OutcomeSummary::of(tracker, waited),
        messages: OutcomeReport::rows(tracker),
    }
}

/// Enters outcomes that stay in the journal, unless a run on the DLQ may be writing it. Returns
/// whether more messages were moved since the tracker began.
async fn keep(
    home: &Home,
    path: &Path,
    header: &Header,
    (tracker, waited): (&Tracker, &super::Waited),
) -> Result<bool> {
    let _lock = Lock::take(home, &header.source, &header.run_id)?;
    // Read again under the lock: the run may have added to it since.
    let state = load(path)?;
    let known: HashMap<&str, _> = state.sent().map(|one| (one.message_id, one.became)).collect();
    let stay = |one: &MovedMessage<'_>| !one.outcome.is_open();
    let new = tracker.messages().filter(stay).map(|one| (one.message_id, one.outcome));
    let new = new.filter(|(id, outcome)| known.get(id) != Some(&Some(*outcome)));
    let journal = Journal::append(path, &state)?;
    super::record(Some(&journal), new.collect()).await?;
    let more = known.len() > tracker.len();
    if waited.looked && !more {
        super::record_all(&journal, tracker).await?;
    }
    Ok(more)
}

/// Returns the queues that the messages were sent to. Empty if one cannot be found: then nobody can
/// say that they have been worked through.
async fn destinations(
    sqs: &Sqs,
    path: &Path,
    header: &Header,
    control: &Control,
) -> Result<Vec<Queue>> {
    let mut arns: BTreeSet<String> = header.destination.iter().cloned().collect();
    if arns.is_empty() {
        each_kept(path, |kept| {
            arns.extend(kept.to);
            Ok(())
        })?;
    }
    let mut queues = Vec::new();
    for arn in arns {
        match sqs.resolve(&arn).await {
            Ok((queue, _)) => queues.push(queue),
            Err(error) => {
                control.events.warn(format!("cannot tell whether messages still wait: {error}"));
                return Ok(Vec::new());
            }
        }
    }
    Ok(queues)
}
