//! Lookup of the source queue and its DLQ, from whichever is configured.

use serde::Serialize;

use crate::aws::acting_on;
use crate::aws::sqs::{Queue, QueueState, Sqs};
use crate::error::{Error, Result};
use crate::event::Events;

/// Queue with its attributes.
#[derive(Debug, Clone)]
pub struct QueueInfo {
    /// Name, URL and ARN of the queue.
    pub queue: Queue,
    /// Attributes at the time of the lookup.
    pub state: QueueState,
}

/// DLQ with the queue that its messages come from, if known.
#[derive(Debug, Clone)]
pub struct QueuePair {
    /// The dead-letter queue.
    pub dlq: QueueInfo,
    /// Destination of its messages: the named queue, else the only queue with this DLQ, or another
    /// requested destination. `None` if each message goes to its own source queue.
    pub source: Option<QueueInfo>,
    /// True if the source queue was named, so that only its messages are meant.
    pub named: bool,
    /// Names of the queues with this DLQ; `None` if unknown.
    pub sources: Option<Vec<String>>,
    /// Reason why the DLQ's messages cannot have come from the named source queue.
    pub mismatch: Option<String>,
}

impl QueuePair {
    /// Returns a pair of which only the DLQ is known.
    #[must_use]
    pub const fn of_dlq(dlq: QueueInfo) -> Self {
        QueuePair { dlq, source: None, named: false, sources: None, mismatch: None }
    }

    /// Returns the line that says which queues of which account a command is about to change.
    #[must_use]
    pub fn acting_on(&self) -> String {
        let mut what = format!("DLQ {}", self.dlq.queue.name);
        if let Some(source) = &self.source {
            what.push_str(&format!(", queue {}", source.queue.name));
        }
        acting_on(&self.dlq.queue.arn, &what)
    }

    /// Returns whether several queues share this DLQ.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.sources.as_ref().is_some_and(|sources| sources.len() > 1)
    }
}

/// Queues as shown in reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Queues {
    /// Name of the DLQ.
    pub dlq: String,
    /// Name of the source queue, if known.
    pub source: Option<String>,
    /// Approximate number of visible messages in the DLQ at the start.
    #[serde(serialize_with = "reco_core::human::known")]
    pub approximate_messages: u64,
    /// Messages held by other consumers at the start, which cannot be received.
    #[serde(serialize_with = "reco_core::human::known")]
    pub in_flight_elsewhere: u64,
}

impl Queues {
    /// Returns the queues of a pair, with the counts it was found with.
    #[must_use]
    pub fn of(pair: &QueuePair) -> Self {
        Queues {
            dlq: pair.dlq.queue.name.clone(),
            source: pair.source.as_ref().map(|source| source.queue.name.clone()),
            approximate_messages: pair.dlq.state.visible,
            in_flight_elsewhere: pair.dlq.state.in_flight,
        }
    }
}

/// Queues as configured, by name, URL or ARN.
#[derive(Debug, Clone, Copy, Default)]
pub struct QueueNames<'a> {
    /// The source queue.
    pub source: Option<&'a str>,
    /// The dead-letter queue.
    pub dlq: Option<&'a str>,
}

/// Finds the source queue and its DLQ.
///
/// # Errors
/// When neither queue is configured, one does not exist, or they do not form a pair.
pub async fn find(sqs: &Sqs, named: QueueNames<'_>, events: &Events) -> Result<QueuePair> {
    let mut pair = match (named.source, named.dlq) {
        (Some(source), Some(dlq)) => both(sqs, events, source, dlq).await?,
        (Some(source), None) => from_source(sqs, source).await?,
        (None, Some(dlq)) => from_dlq(sqs, dlq).await?,
        (None, None) => {
            return Err(Error::config("no queue is configured").hint(
                "pass --queue (its redrive policy names the DLQ) or --dlq, set RECOCTL_QUEUE, or write `queue = \"...\"` in recoctl.toml",
            ));
        }
    };
    let sources = sqs.dead_letter_sources(&pair.dlq.queue).await;
    match sources {
        Ok(sources) => {
            if let ([only], None) = (&sources[..], &pair.source) {
                pair.source = Some(known(sqs, only).await?);
            }
            let name = |url: &String| url.rsplit(['/', ':']).next().unwrap_or(url).to_owned();
            pair.sources = Some(sources.iter().map(name).collect());
        }
        Err(error) if pair.source.is_none() => events.warn(format!(
            "source queue unknown, so its message size limit is not checked: {error}"
        )),
        // Not needed: each message names its own source queue.
        Err(_) => {}
    }
    check(&pair)?;
    Ok(pair)
}

/// Returns the pair with another destination than the source queue.
///
/// # Errors
/// When the queue does not exist, is the DLQ itself, or is of another type.
pub async fn bound_for(sqs: &Sqs, pair: QueuePair, to: &str) -> Result<QueuePair> {
    let source = Some(known(sqs, to).await?);
    let pair = QueuePair { source, named: false, mismatch: None, ..pair };
    check(&pair)?;
    Ok(pair)
}

async fn known(sqs: &Sqs, given: &str) -> Result<QueueInfo> {
    let (queue, state) = sqs.resolve(given).await?;
    Ok(QueueInfo { queue, state })
}

async fn both(sqs: &Sqs, events: &Events, source: &str, dlq: &str) -> Result<QueuePair> {
    let (source, dlq) = tokio::try_join!(known(sqs, source), known(sqs, dlq))?;
    let (source_name, dlq_name) = (&source.queue.name, &dlq.queue.name);
    let mismatch = match &source.state.redrive {
        Some(policy) if policy.dead_letter_target_arn == dlq.queue.arn => None,
        Some(policy) => Some(format!(
            "the redrive policy of {source_name} names {}, not {dlq_name}",
            policy.dead_letter_target_arn
        )),
        None => Some(format!("{source_name} has no redrive policy, so {dlq_name} is not its DLQ")),
    };
    if let Some(mismatch) = &mismatch {
        events.warn(format!("{mismatch}: messages in {dlq_name} come from another queue"));
    }
    Ok(QueuePair { dlq, source: Some(source), named: true, sources: None, mismatch })
}

async fn from_source(sqs: &Sqs, source: &str) -> Result<QueuePair> {
    let source = known(sqs, source).await?;
    let Some(policy) = &source.state.redrive else {
        let name = &source.queue.name;
        return Err(Error::config(format!("queue {name} has no redrive policy and so no DLQ"))
            .hint("pass --dlq, or set a redrive policy on the queue"));
    };
    let dlq = known(sqs, &policy.dead_letter_target_arn).await?;
    Ok(QueuePair { dlq, source: Some(source), named: true, sources: None, mismatch: None })
}

async fn from_dlq(sqs: &Sqs, dlq: &str) -> Result<QueuePair> {
    let dlq = known(sqs, dlq).await?;
    Ok(QueuePair::of_dlq(dlq))
}

/// Refuses to move messages to a queue that they cannot have come from.
///
/// # Errors
/// Refused, with the mismatch; never for a destination set with `--to`.
pub fn check_home(pair: &QueuePair) -> Result<()> {
    let Some(mismatch) = &pair.mismatch else { return Ok(()) };
    let (dlq, source) = (&pair.dlq.queue.name, pair.source.as_ref());
    let source = source.map_or("the source queue", |source| source.queue.name.as_str());
    Err(Error::refused(format!("refusing to move messages: {dlq} is not the DLQ of {source}"))
        .cause(mismatch)
        .hint(format!(
            "name the queues of one pipeline, or pass --to {source} to move them there anyway"
        )))
}

/// Checks that there is a queue to move messages back to.
///
/// # Errors
/// When no queue was named and no queue has this DLQ.
pub fn check_source(pair: &QueuePair) -> Result<()> {
    let none = pair.sources.as_ref().is_some_and(Vec::is_empty);
    if pair.source.is_some() || !none {
        return Ok(());
    }
    let name = &pair.dlq.queue.name;
    Err(Error::config(format!("no queue names {name} as its DLQ"))
        .hint("name the destination queue with --queue or --to"))
}

fn check(pair: &QueuePair) -> Result<()> {
    let Some(source) = &pair.source else { return Ok(()) };
    if source.queue.arn == pair.dlq.queue.arn || source.queue.url == pair.dlq.queue.url {
        let name = &source.queue.name;
        return Err(Error::config(format!("{name} is given both as the queue and as the DLQ"))
            .hint("pass the source queue as --queue and its DLQ as --dlq, or only one of them"));
    }
    if source.queue.fifo != pair.dlq.queue.fifo {
        // AWS: "the dead-letter queue of a FIFO queue must also be a FIFO queue".
        return Err(Error::config(format!(
            "{} and {} differ in type: one is FIFO",
            source.queue.name, pair.dlq.queue.name
        ))
        .hint("messages can only move between queues of the same type"));
    }
    Ok(())
}

/// Guards every command that receives from, deletes from or moves out of a DLQ: refuses a queue
/// that has a redrive policy of its own. It is either a source queue named as a DLQ by mistake, or
/// a DLQ from which receives push messages on.
///
/// # Errors
/// Refused, unless `force`.
pub fn guard(pair: &QueuePair, force: bool) -> Result<()> {
    match &pair.dlq.state.redrive {
        // AWS: every receive counts, and the count cannot be reset.
        Some(policy) if !force => Err(Error::refused(format!(
            "refusing to receive messages: {} has a redrive policy of its own",
            pair.dlq.queue.name
        ))
        .cause(format!(
            "every receive counts, and after {} receives a message moves on to {}",
            policy.max_receive_count, policy.dead_letter_target_arn
        ))
        .hint("check that this is the DLQ and not a source queue; --force proceeds anyway")),
        _ => Ok(()),
    }
}

/// Stricter [`guard`] for irreversible operations that inspect no messages: also refuses a queue
/// that is no other queue's DLQ.
///
/// # Errors
/// Refused, unless `force`; without `force` also when the queues with this DLQ cannot be listed.
pub async fn guard_whole(sqs: &Sqs, pair: &QueuePair, force: bool) -> Result<()> {
    guard(pair, force)?;
    if force {
        return Ok(());
    }
    let name = &pair.dlq.queue.name;
    let hint = "check that this is the DLQ; --force proceeds anyway";
    match sqs.dead_letter_sources(&pair.dlq.queue).await {
        Ok(sources) if sources.is_empty() => Err(Error::refused(format!(
            "refusing to purge: no queue names {name} as its DLQ, so it may be a live queue"
        ))
        .hint(hint)),
        Ok(_) => Ok(()),
        Err(error) => {
            let message = format!("refusing to purge {name}: cannot determine whether it is a DLQ");
            Err(Error::refused(message).cause(error.to_string()).hint(hint))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::sqs::RedrivePolicy;
    use crate::error::Kind;

    fn known(name: &str) -> QueueInfo {
        let queue = Queue {
            name: name.to_owned(),
            url: format!("http://host/1/{name}"),
            arn: format!("arn:aws:sqs:r:1:{name}"),
            fifo: name.ends_with(".fifo"),
        };
        QueueInfo { queue, state: QueueState::default() }
    }

    fn alone(dlq: &str) -> QueuePair {
        QueuePair::of_dlq(known(dlq))
    }

    #[test]
    fn a_pair_is_two_queues_of_one_type() {
        let pair = |source, dlq| QueuePair { source: Some(known(source)), ..alone(dlq) };
        assert!(check(&pair("a", "b")).is_ok());
        assert!(check(&pair("a", "a")).is_err());
        assert!(check(&pair("a.fifo", "b")).is_err());
        assert!(check(&pair("a.fifo", "b.fifo")).is_ok());
    }

    #[test]
    fn a_dlq_with_a_policy_of_its_own_is_left_alone_unless_forced() {
        let mut pair = alone("a");
        assert!(guard(&pair, false).is_ok());
        pair.dlq.state.redrive =
            Some(RedrivePolicy { dead_letter_target_arn: "arn".to_owned(), max_receive_count: 3 });
        assert_eq!(guard(&pair, false).map_err(|error| error.kind), Err(Kind::Refused));
        assert!(guard(&pair, true).is_ok());
    }
}
