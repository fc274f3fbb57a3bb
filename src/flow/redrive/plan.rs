//! Which messages are to be moved.

use reco_core::classify::Class;

use crate::flow::judge::Row;

/// The classes that the operator asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Every message, whatever its class.
    All,
    /// Messages of these classes.
    Classes(Vec<Class>),
}

impl Selection {
    /// Whether a class is asked for.
    #[must_use]
    pub fn wants(&self, class: Class) -> bool {
        match self {
            Selection::All => true,
            Selection::Classes(classes) => classes.contains(&class),
        }
    }
}

/// What is to become of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// To be moved.
    Move,
    /// Of a class that was not asked for.
    Skip,
    /// Asked for, but beyond `--max`.
    BeyondMax,
    /// SQS would not take it; why.
    Unsendable(String),
}

/// Decides over messages in their order; `room` is how many may be moved.
#[must_use]
pub fn decide<'a>(
    rows: impl IntoIterator<Item = &'a Row>,
    selection: &Selection,
    room: Option<usize>,
) -> Vec<Decision> {
    let mut room = room.unwrap_or(usize::MAX);
    let decide = |row: &Row| {
        if !selection.wants(row.verdict.class) {
            return Decision::Skip;
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
    use reco_core::classify::Classification;
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
        let rows = [row(Class::Stale), unsendable, row(Class::Retryable), row(Class::Retryable)];
        let only = Selection::Classes(vec![Class::Retryable]);
        assert_eq!(
            decide(&rows, &only, Some(1)),
            [
                Decision::Skip,
                Decision::Unsendable("too large".to_owned()),
                Decision::Move,
                Decision::BeyondMax
            ]
        );
        assert_eq!(decide(&rows, &Selection::All, None)[0], Decision::Move);
    }
}
