//! Selection of the messages to move, with their destinations.

use std::sync::Arc;

use super::Way;
use crate::dlq::journal::Sign;
use crate::dlq::judge::Row;
use crate::dlq::repair::Repaired;
use crate::dlq::select::Match;
use crate::sqs::{Destination, Doubt};

/// Decision on one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Move it to this queue.
    Move(Arc<Destination>),
    /// Not selected.
    Skip,
    /// Not selected because `--where` failed on it; the error.
    Undecided(String),
    /// Selected, but it came from another queue than the named one.
    Elsewhere,
    /// Selected, but its source queue is unknown or unusable; the reason.
    Homeless(String),
    /// Selected, but possibly sent by an earlier run, whose id is given.
    PerhapsSent(String),
    /// Selected, but beyond `--max`.
    BeyondMax,
    /// Cannot be repaired; the reason.
    Unrepaired(String),
    /// SQS would refuse it; the reason.
    Unsendable(String),
    /// FIFO: an earlier message of its group cannot be moved.
    Behind,
}

impl Decision {
    /// Returns whether the message was selected but cannot be moved.
    #[must_use]
    pub const fn is_stuck(&self) -> bool {
        match self {
            Decision::Homeless(_)
            | Decision::PerhapsSent(_)
            | Decision::Unrepaired(_)
            | Decision::Unsendable(_)
            | Decision::Behind => true,
            Decision::Move(_)
            | Decision::Skip
            | Decision::Undecided(_)
            | Decision::Elsewhere
            | Decision::BeyondMax => false,
        }
    }
}

/// Message to decide about.
#[derive(Debug)]
pub struct Candidate<'a> {
    /// Classified message.
    pub row: &'a Row,
    /// Result of the selection.
    pub chosen: Match,
    /// Result of the repair.
    pub repaired: Option<&'a Repaired>,
    /// Destination of the message.
    pub way: Way,
    /// Earlier attempt that the destination still deduplicates, so that sending again is harmless.
    pub remembered: Option<Doubt>,
}

/// Decides on a message. None is moved once the run is `full`; `resend` includes messages that may
/// have been sent before.
#[must_use]
pub fn decide(candidate: Candidate<'_>, full: bool, resend: bool) -> Decision {
    let Candidate { row, chosen, repaired, way, remembered } = candidate;
    match chosen {
        Match::Yes => {}
        Match::No | Match::Unread => return Decision::Skip,
        Match::Undecided(error) => return Decision::Undecided(error),
    }
    let to = match way {
        Way::To(to) => to,
        Way::Other => return Decision::Elsewhere,
        Way::Nowhere(reason) => return Decision::Homeless(reason),
    };
    if let Some(redriven) = row.redriven.as_ref().filter(|one| one.sign == Sign::PerhapsSent)
        && !resend
        && remembered.is_none()
    {
        return Decision::PerhapsSent(redriven.run_id.clone());
    }
    let (size, unsendable) = match repaired {
        Some(Repaired::Refused(reason)) => return Decision::Unrepaired(reason.clone()),
        Some(Repaired::Changed(changed)) => (changed.size, changed.unsendable.as_deref()),
        None => (row.size_bytes, row.unsendable.as_deref()),
    };
    if let Some(reason) = unsendable {
        return Decision::Unsendable(reason.to_owned());
    }
    if size > to.limit {
        let (name, limit) = (&to.queue.name, to.limit);
        return Decision::Unsendable(format!("it is {size} bytes; {name} accepts at most {limit}"));
    }
    if full { Decision::BeyondMax } else { Decision::Move(to) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::sqs::Queue;
    use crate::dlq::journal::Redriven;
    use crate::dlq::judge::sample;

    fn to() -> Arc<Destination> {
        let (name, url, arn) = ("recs".to_owned(), String::new(), String::new());
        let queue = Queue { name, url, arn, fifo: false };
        Arc::new(Destination { number: 0, queue, limit: 1_000, stamp: None })
    }

    fn row() -> Row {
        sample::row("m", "[1, [10]]", 0, 0)
    }

    fn candidate(row: &Row, chosen: Match) -> Candidate<'_> {
        Candidate { row, chosen, repaired: None, way: Way::To(to()), remembered: None }
    }

    #[test]
    fn what_cannot_be_sent_is_not_beyond_the_most_and_what_is_not_asked_for_is_never_moved() {
        let unsendable = Row { unsendable: Some("too large".into()), ..row() };
        let large = Row { size_bytes: 1_001, ..row() };
        let sound = row();
        let candidates = [
            candidate(&sound, Match::No),
            candidate(&unsendable, Match::Yes),
            candidate(&large, Match::Yes),
            candidate(&sound, Match::Undecided("why".to_owned())),
            Candidate { way: Way::Other, ..candidate(&sound, Match::Yes) },
            Candidate { way: Way::Nowhere("lost".to_owned()), ..candidate(&sound, Match::Yes) },
            candidate(&sound, Match::Yes),
        ];
        let all = candidates.map(|candidate| decide(candidate, true, false));
        assert_eq!(
            all,
            [
                Decision::Skip,
                Decision::Unsendable("too large".to_owned()),
                Decision::Unsendable("it is 1001 bytes; recs accepts at most 1000".to_owned()),
                Decision::Undecided("why".to_owned()),
                Decision::Elsewhere,
                Decision::Homeless("lost".to_owned()),
                Decision::BeyondMax
            ]
        );
        assert_eq!(decide(candidate(&sound, Match::Yes), false, false), Decision::Move(to()));
    }

    #[test]
    fn what_cannot_be_repaired_stays() {
        let (sound, refused) = (row(), Repaired::Refused("why".to_owned()));
        let candidate = Candidate { repaired: Some(&refused), ..candidate(&sound, Match::Yes) };
        assert_eq!(decide(candidate, false, false), Decision::Unrepaired("why".to_owned()));
    }

    #[test]
    fn what_was_perhaps_sent_goes_only_when_that_is_said_or_does_no_harm() {
        let redriven = Redriven {
            run_id: "r".to_owned(),
            run_started_at: String::new(),
            sign: Sign::PerhapsSent,
        };
        let row = Row { redriven: Some(Box::new(redriven)), ..row() };
        let chosen = || candidate(&row, Match::Yes);
        assert_eq!(decide(chosen(), false, false), Decision::PerhapsSent("r".to_owned()));
        assert_eq!(decide(chosen(), false, true), Decision::Move(to()));
        let remembered = Some(Doubt { since_ms: 0, reason: String::new() });
        let known = Candidate { remembered, ..chosen() };
        assert_eq!(decide(known, false, false), Decision::Move(to()));
    }
}
