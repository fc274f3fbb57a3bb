//! The source queue and its DLQ, found from whichever is configured.

use crate::aws::sqs::{Queue, QueueState, Sqs};
use crate::config::{Key, Settings};
use crate::error::{Error, Result};
use crate::ui::Ui;

/// A queue with its attributes.
#[derive(Debug, Clone)]
pub struct Known {
    /// The queue.
    pub queue: Queue,
    /// Its attributes when it was found.
    pub state: QueueState,
}

/// A DLQ and, where it could be found, the queue that its messages come from.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The dead-letter queue.
    pub dlq: Known,
    /// Where its messages go: the queue they came from, unless another is asked for.
    pub source: Option<Known>,
}

/// Finds the pair. With `need_source`, not finding the source queue is an error.
///
/// # Errors
/// When neither queue is configured, one does not exist, or one cannot be told from the other.
pub async fn find(sqs: &Sqs, settings: &Settings, ui: &Ui, need_source: bool) -> Result<Pair> {
    let pair = match (settings.value(Key::Queue), settings.value(Key::Dlq)) {
        (Some(source), Some(dlq)) => both(sqs, ui, source, dlq).await?,
        (Some(source), None) => from_source(sqs, source).await?,
        (None, Some(dlq)) => from_dlq(sqs, ui, dlq, need_source).await?,
        (None, None) => {
            return Err(Error::config("no queue is configured").hint(
                "give --queue (its DLQ is found from its redrive policy) or --dlq, set \
                 RECOCTL_QUEUE, or write `queue = \"...\"` in recoctl.toml",
            ));
        }
    };
    check(&pair)?;
    Ok(pair)
}

/// The pair with another destination than the queue that the messages came from.
///
/// # Errors
/// When the queue does not exist, is the DLQ itself, or is of another type than it.
pub async fn bound_for(sqs: &Sqs, pair: Pair, to: &str) -> Result<Pair> {
    let pair = Pair { source: Some(known(sqs, to).await?), ..pair };
    check(&pair)?;
    Ok(pair)
}

async fn known(sqs: &Sqs, given: &str) -> Result<Known> {
    let (queue, state) = sqs.resolve(given).await?;
    Ok(Known { queue, state })
}

async fn both(sqs: &Sqs, ui: &Ui, source: &str, dlq: &str) -> Result<Pair> {
    let (source, dlq) = tokio::try_join!(known(sqs, source), known(sqs, dlq))?;
    let (source_name, dlq_name) = (&source.queue.name, &dlq.queue.name);
    match &source.state.redrive {
        Some(policy) if policy.dead_letter_target_arn == dlq.queue.arn => {}
        Some(policy) => ui.warn(format!(
            "the redrive policy of {source_name} names {}, not {dlq_name}: messages of {dlq_name} \
             may come from elsewhere",
            policy.dead_letter_target_arn
        )),
        None => ui.warn(format!(
            "{source_name} has no redrive policy: nothing of it comes to {dlq_name}, and what \
             fails again is retried until retention ends"
        )),
    }
    Ok(Pair { dlq, source: Some(source) })
}

async fn from_source(sqs: &Sqs, source: &str) -> Result<Pair> {
    let source = known(sqs, source).await?;
    let Some(policy) = &source.state.redrive else {
        let name = &source.queue.name;
        return Err(Error::config(format!("queue {name} has no redrive policy, so no DLQ"))
            .hint("give --dlq, or set a redrive policy on the queue"));
    };
    let dlq = known(sqs, &policy.dead_letter_target_arn).await?;
    Ok(Pair { dlq, source: Some(source) })
}

async fn from_dlq(sqs: &Sqs, ui: &Ui, dlq: &str, need_source: bool) -> Result<Pair> {
    let dlq = known(sqs, dlq).await?;
    let sources = match sqs.dead_letter_sources(&dlq.queue).await {
        Ok(sources) => sources,
        Err(error) if need_source => return Err(error.hint("give --queue")),
        Err(error) => {
            ui.warn(format!(
                "the source queue is not known, so its size limit is not checked: {error}"
            ));
            return Ok(Pair { dlq, source: None });
        }
    };
    let name = &dlq.queue.name;
    match &sources[..] {
        [source] => {
            let source = known(sqs, source).await?;
            Ok(Pair { dlq, source: Some(source) })
        }
        _ if !need_source => Ok(Pair { dlq, source: None }),
        [] => Err(Error::config(format!("no queue names {name} as its DLQ"))
            .hint("give --queue: the queue that its messages are to go to")),
        many => {
            let names: Vec<&str> =
                many.iter().map(|url| url.rsplit('/').next().unwrap_or(url)).collect();
            Err(Error::config(format!("{} queues name {name} as their DLQ", many.len()))
                .cause(names.join(", "))
                .hint("give --queue: the one that the messages are to go to"))
        }
    }
}

fn check(pair: &Pair) -> Result<()> {
    let Some(source) = &pair.source else { return Ok(()) };
    if source.queue.arn == pair.dlq.queue.arn || source.queue.url == pair.dlq.queue.url {
        let name = &source.queue.name;
        return Err(Error::config(format!("{name} is named both as queue and as DLQ"))
            .hint("give the source queue as --queue and its DLQ as --dlq, or only one of them"));
    }
    if source.queue.fifo != pair.dlq.queue.fifo {
        // AWS: "the dead-letter queue of a FIFO queue must also be a FIFO queue".
        return Err(Error::config(format!(
            "{} and {} are not of the same type: one is FIFO",
            source.queue.name, pair.dlq.queue.name
        ))
        .hint("messages move between queues of one type only"));
    }
    Ok(())
}

/// The guard of everything that receives from, deletes from or moves out of a DLQ: refuses a queue
/// with a redrive policy of its own. It is a source queue that was named as a DLQ by mistake, or a
/// DLQ that receives push messages out of.
///
/// # Errors
/// Refused, unless `force`.
pub fn guard(pair: &Pair, force: bool) -> Result<()> {
    match &pair.dlq.state.redrive {
        // AWS: every receive counts, and nothing takes it back.
        Some(policy) if !force => Err(Error::refused(format!(
            "{} has a redrive policy of its own: receiving from it counts, and after {} receives a \
             message leaves it for {}",
            pair.dlq.queue.name, policy.max_receive_count, policy.dead_letter_target_arn
        ))
        .hint("check that this is the DLQ and not a source queue; --force does it all the same")),
        _ => Ok(()),
    }
}

/// As [`guard`], for what looks at no message and cannot be taken back: refuses a queue that is no
/// other queue's DLQ, too.
///
/// # Errors
/// Refused, unless `force`; without `force` also when SQS does not say whose DLQ it is.
pub async fn guard_whole(sqs: &Sqs, pair: &Pair, force: bool) -> Result<()> {
    guard(pair, force)?;
    if force {
        return Ok(());
    }
    let name = &pair.dlq.queue.name;
    let hint = "check that this is the DLQ; --force does it all the same";
    match sqs.dead_letter_sources(&pair.dlq.queue).await {
        Ok(sources) if sources.is_empty() => {
            Err(Error::refused(format!("no queue names {name} as its DLQ: it may be a live queue"))
                .hint(hint))
        }
        Ok(_) => Ok(()),
        Err(error) => {
            let message = format!("cannot tell whether {name} is a DLQ");
            Err(Error::refused(message).cause(error.to_string()).hint(hint))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::sqs::RedrivePolicy;
    use crate::exit;

    fn known(name: &str) -> Known {
        let queue = Queue {
            name: name.to_owned(),
            url: format!("http://host/1/{name}"),
            arn: format!("arn:aws:sqs:r:1:{name}"),
            fifo: name.ends_with(".fifo"),
        };
        let state = QueueState {
            visible: 0,
            in_flight: 0,
            delayed: 0,
            redrive: None,
            retention_s: 345_600,
            max_message_bytes: 1 << 20,
            visibility_timeout_s: 30,
        };
        Known { queue, state }
    }

    #[test]
    fn a_pair_is_two_queues_of_one_type() {
        let pair = |source, dlq| Pair { dlq: known(dlq), source: Some(known(source)) };
        assert!(check(&pair("a", "b")).is_ok());
        assert!(check(&pair("a", "a")).is_err());
        assert!(check(&pair("a.fifo", "b")).is_err());
        assert!(check(&pair("a.fifo", "b.fifo")).is_ok());
    }

    #[test]
    fn a_dlq_with_a_policy_of_its_own_is_left_alone_unless_forced() {
        let mut pair = Pair { dlq: known("a"), source: None };
        assert!(guard(&pair, false).is_ok());
        pair.dlq.state.redrive =
            Some(RedrivePolicy { dead_letter_target_arn: "arn".to_owned(), max_receive_count: 3 });
        assert_eq!(guard(&pair, false).map_err(|error| exit::of_error(&error)), Err(exit::REFUSED));
        assert!(guard(&pair, true).is_ok());
    }
}
