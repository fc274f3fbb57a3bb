//! Which messages are to be moved.

use crate::flow::judge::Row;
use crate::flow::matcher::Match;

/// What is to become of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// To be moved.
    Move,
    /// Not chosen.
    Skip,
    /// Not chosen, because the expression that chooses failed on it; with the error.
    Undecided(String),
    /// Asked for, but beyond `--max`.
    BeyondMax,
    /// SQS would not take it; why.
    Unsendable(String),
}

/// Decides over messages in their order, each with whether it is chosen; `room` is how many may be
/// moved.
#[must_use]
pub fn decide<'a>(
    rows: impl IntoIterator<Item = (&'a Row, Match)>,
    room: Option<usize>,
) -> Vec<Decision> {
    let mut room = room.unwrap_or(usize::MAX);
    let decide = |(row, chosen): (&Row, Match)| {
        match chosen {
            Match::Yes => {}
            Match::No => return Decision::Skip,
            Match::Undecided(error) => return Decision::Undecided(error),
        }
        if let Some(reason) = &row.unsendable {
            return Decision::Unsendable(reason.clone());
        }
        if room == 0 {
            return Decision::BeyondMax;
        }
        room -= 1;
        Decision::Move
    };
    rows.into_iter().map(decide).collect()
}

#[cfg(test)]
mod tests {
    use reco_core::classify::{Class, Classification};
    use reco_core::filter::DropCounts;

    use super::*;

    fn row(class: Class) -> Row {
        let verdict = Classification {
            class,
            reasons: vec![String::new()],
            action: class.action(),
            shape: None,
            envelopes: vec![],
            users: 0,
            writable: 0,
            bad: 0,
            kept_articles: 0,
            dropped_articles: DropCounts::default(),
            wcu: 0,
        };
        Row::for_tests("m", verdict, 0)
    }

    #[test]
    fn what_cannot_be_sent_takes_no_room_and_what_is_not_asked_for_is_never_moved() {
        let unsendable = Row { unsendable: Some("too large".to_owned()), ..row(Class::Retryable) };
        let retryable = || row(Class::Retryable);
        let rows = [row(Class::Stale), unsendable, retryable(), retryable(), retryable()];
        let failed = || Match::Undecided("why".to_owned());
        let chosen = [Match::No, Match::Yes, failed(), Match::Yes, Match::Yes];
        assert_eq!(
            decide(rows.iter().zip(chosen), Some(1)),
            [
                Decision::Skip,
                Decision::Unsendable("too large".to_owned()),
                Decision::Undecided("why".to_owned()),
                Decision::Move,
                Decision::BeyondMax
            ]
        );
        assert_eq!(decide([(&rows[0], Match::Yes)], None), [Decision::Move]);
    }
}
