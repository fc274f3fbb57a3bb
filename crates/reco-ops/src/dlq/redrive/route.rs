//! Destination of a message: the queue that it came from, unless another one is requested.
//!
//! AWS: several queues may share a DLQ; `DeadLetterQueueSourceArn` is the queue from which SQS
//! moved a message. It is absent on messages that were sent to the DLQ directly.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::aws::sqs::{Queue, QueueState, Sqs};
use crate::dlq::judge::Row;
use crate::sqs::Destination;

/// Destination of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Move it to this queue.
    To(Arc<Destination>),
    /// None: it belongs to another queue than the requested one.
    Other,
    /// None: its source queue is unknown or unusable; the reason.
    Nowhere(String),
}

/// Destinations of one redrive.
#[derive(Debug)]
pub struct Route {
    dlq: Queue,
    rule: Rule,
    /// Source queues looked up so far, by ARN.
    homes: BTreeMap<String, Way>,
    next: usize,
}

#[derive(Debug)]
enum Rule {
    /// All messages go to one queue.
    All(Arc<Destination>),
    /// Only messages of one queue go back to it, with those of unknown origin if `adopts`.
    Only { home: Arc<Destination>, adopts: bool },
    /// Each message goes to its source queue; one of unknown origin to the only queue, if set.
    Home { otherwise: Option<Arc<Destination>> },
}

impl Route {
    /// Routes all messages of a DLQ to one queue.
    #[must_use]
    pub fn all(dlq: &Queue, (queue, state): (&Queue, &QueueState)) -> Self {
        Route::new(dlq, Rule::All(Destination::new(0, queue.clone(), state)))
    }

    /// Routes only the messages of one source queue, back to it. `alone` means that no other queue
    /// has the same DLQ, so that messages of unknown origin count as its own.
    #[must_use]
    pub fn only(dlq: &Queue, (queue, state): (&Queue, &QueueState), alone: bool) -> Self {
        Route::new(
            dlq,
            Rule::Only { home: Destination::new(0, queue.clone(), state), adopts: alone },
        )
    }

    /// Routes each message to its source queue; one of unknown origin to `otherwise`, the only
    /// queue with this DLQ.
    #[must_use]
    pub fn home(dlq: &Queue, otherwise: Option<(&Queue, &QueueState)>) -> Self {
        let otherwise = otherwise.map(|(queue, state)| Destination::new(0, queue.clone(), state));
        let mut route = Route::new(dlq, Rule::Home { otherwise: otherwise.clone() });
        let known = otherwise.map(|one| (one.queue.arn.clone(), Way::To(one)));
        route.homes.extend(known);
        route
    }

    fn new(dlq: &Queue, rule: Rule) -> Self {
        Route { dlq: dlq.clone(), rule, homes: BTreeMap::new(), next: 1 }
    }

    /// Returns the only possible destination, if there is just one.
    #[must_use]
    pub fn sole(&self) -> Option<&Arc<Destination>> {
        match &self.rule {
            Rule::All(one) | Rule::Only { home: one, .. } => Some(one),
            Rule::Home { otherwise } => otherwise.as_ref(),
        }
    }

    /// Returns the destinations known so far.
    pub fn destinations(&self) -> impl Iterator<Item = &Arc<Destination>> {
        let fixed = match &self.rule {
            Rule::All(one) | Rule::Only { home: one, .. } => Some(one),
            Rule::Home { .. } => None,
        };
        fixed.into_iter().chain(self.homes.values().filter_map(|way| match way {
            Way::To(one) => Some(one),
            Way::Other | Way::Nowhere(_) => None,
        }))
    }

    /// Looks up the source queues of these messages.
    pub async fn learn(&mut self, sqs: &Sqs, rows: impl Iterator<Item = &Row>) {
        if !matches!(self.rule, Rule::Home { .. }) {
            return;
        }
        for arn in rows.filter_map(|row| row.source.as_deref()) {
            if !self.homes.contains_key(arn) {
                let way = self.find(sqs, arn).await;
                self.homes.insert(arn.to_owned(), way);
            }
        }
    }

    async fn find(&mut self, sqs: &Sqs, arn: &str) -> Way {
        let (queue, state) = match sqs.resolve(arn).await {
            Ok(found) => found,
            Err(error) => {
                return Way::Nowhere(format!("cannot use the queue it came from: {error}"));
            }
        };
        if queue.fifo != self.dlq.fifo {
            return Way::Nowhere(format!("{} is not of the same type as the DLQ", queue.name));
        }
        if queue.arn == self.dlq.arn {
            return Way::Nowhere("its source is the DLQ itself".to_owned());
        }
        let way = Way::To(Destination::new(self.next, queue, &state));
        self.next += 1;
        way
    }

    /// Returns the destination of a message.
    #[must_use]
    pub fn way(&self, row: &Row) -> Way {
        match (&self.rule, row.source.as_deref()) {
            (Rule::All(one), _) => Way::To(Arc::clone(one)),
            (Rule::Only { home, .. }, Some(arn)) if *arn == home.queue.arn => {
                Way::To(Arc::clone(home))
            }
            (Rule::Only { .. }, Some(_)) => Way::Other,
            (Rule::Only { home, adopts: true }, None) => Way::To(Arc::clone(home)),
            (Rule::Home { .. }, Some(arn)) => {
                let unknown = || Way::Nowhere(format!("{arn} was not looked up"));
                self.homes.get(arn).cloned().unwrap_or_else(unknown)
            }
            (Rule::Home { otherwise: Some(one) }, None) => Way::To(Arc::clone(one)),
            (Rule::Only { .. } | Rule::Home { .. }, None) => {
                Way::Nowhere("its source queue is unknown; set a destination with --to".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dlq::judge::sample;

    fn queue(name: &str) -> (Queue, QueueState) {
        let queue = Queue {
            name: name.to_owned(),
            url: format!("http://host/1/{name}"),
            arn: format!("arn:aws:sqs:r:1:{name}"),
            fifo: false,
        };
        (queue, QueueState::default())
    }

    fn from(source: Option<&str>) -> Row {
        let source = source.map(|name| format!("arn:aws:sqs:r:1:{name}").into());
        Row { source, ..sample::row("m", "[1, [10]]", 0, 0) }
    }

    fn name(way: &Way) -> Option<&str> {
        match way {
            Way::To(one) => Some(&one.queue.name),
            Way::Other | Way::Nowhere(_) => None,
        }
    }

    #[test]
    fn with_a_destination_everything_goes_there() {
        let ((dlq, _), to) = (queue("dlq"), queue("to"));
        let route = Route::all(&dlq, (&to.0, &to.1));
        for source in [None, Some("a"), Some("b")] {
            assert_eq!(name(&route.way(&from(source))), Some("to"));
        }
    }

    #[test]
    fn with_a_source_only_its_messages_go() {
        let ((dlq, _), a) = (queue("dlq"), queue("a"));
        let shared = Route::only(&dlq, (&a.0, &a.1), false);
        assert_eq!(name(&shared.way(&from(Some("a")))), Some("a"));
        assert_eq!(shared.way(&from(Some("b"))), Way::Other);
        assert!(matches!(shared.way(&from(None)), Way::Nowhere(reason) if reason.contains("--to")));
        let alone = Route::only(&dlq, (&a.0, &a.1), true);
        assert_eq!(name(&alone.way(&from(None))), Some("a"));
        assert_eq!(alone.way(&from(Some("b"))), Way::Other, "whatever it says counts");
    }

    #[test]
    fn without_either_each_goes_home() {
        let ((dlq, _), a, b) = (queue("dlq"), queue("a"), queue("b"));
        let mut route = Route::home(&dlq, Some((&a.0, &a.1)));
        assert_eq!(name(&route.way(&from(Some("a")))), Some("a"));
        assert_eq!(name(&route.way(&from(None))), Some("a"));
        assert!(matches!(route.way(&from(Some("b"))), Way::Nowhere(_)));
        route.homes.insert(b.0.arn.clone(), Way::To(Destination::new(1, b.0.clone(), &b.1)));
        assert_eq!(name(&route.way(&from(Some("b")))), Some("b"));
        assert_eq!(route.destinations().count(), 2);
        let several = Route::home(&dlq, None);
        assert!(matches!(several.way(&from(None)), Way::Nowhere(_)));
    }
}
