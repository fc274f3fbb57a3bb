//! Which messages are to be moved.

use crate::flow::judge::Row;
use crate::flow::matcher::Match;
use crate::flow::repair::Mended;

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
    /// It could not be repaired; why.
    Unrepaired(String),
    /// SQS would not take it; why.
    Unsendable(String),
}

/// Decides over messages in their order, each with whether it is chosen and what mending made of
/// it; `room` is how many may be moved.
#[must_use]
pub fn decide<'a>(
    rows: impl IntoIterator<Item = (&'a Row, Match, Option<&'a Mended>)>,
    room: Option<usize>,
) -> Vec<Decision> {
    let mut room = room.unwrap_or(usize::MAX);
    let decide = |(row, chosen, mended): (&Row, Match, Option<&Mended>)| {
        match chosen {
            Match::Yes => {}
            Match::No => return Decision::Skip,
            Match::Undecided(error) => return Decision::Undecided(error),
        }
        let unsendable = match mended {
            Some(Mended::Refused(reason)) => return Decision::Unrepaired(reason.clone()),
            Some(Mended::Changed(changed)) => &changed.unsendable,
            None => &row.unsendable,
        };
        if let Some(reason) = unsendable {
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
        let rows_chosen = rows.iter().zip(chosen).map(|(row, chosen)| (row, chosen, None));
        assert_eq!(
            decide(rows_chosen, Some(1)),
            [
                Decision::Skip,
                Decision::Unsendable("too large".to_owned()),
                Decision::Undecided("why".to_owned()),
                Decision::Move,
                Decision::BeyondMax
            ]
        );
        assert_eq!(decide([(&rows[0], Match::Yes, None)], None), [Decision::Move]);
        let refused = Mended::Refused("why".to_owned());
        assert_eq!(
            decide([(&rows[2], Match::Yes, Some(&refused)), (&rows[2], Match::Yes, None)], Some(1)),
            [Decision::Unrepaired("why".to_owned()), Decision::Move]
        );
    }
}
