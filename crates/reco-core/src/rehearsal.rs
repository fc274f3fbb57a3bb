//! Rehearsal of messages: what each ends as in the function, beside the ending that its class predicts.

use serde::Serialize;

use crate::classify::{Class, Classification};

/// Result of handing a message to the function.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase")]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Handled, and lists of it are in the table.
    Written,
    /// Handled, and none of its lists is in the table: the filter leaves nothing, or newer lists
    /// stay.
    #[strum(serialize = "nothing to write")]
    NothingToWrite,
    /// Lists of it are in the table, and it is returned for retry.
    #[strum(serialize = "partly written")]
    PartlyWritten,
    /// Returned for retry.
    Returned,
    /// The function failed or timed out.
    Failed,
    /// Not rehearsed, because no queue accepts it again.
    #[strum(serialize = "not sendable")]
    NotSendable,
}

/// Answer of the function to one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandlerAnswer {
    /// The message is done with.
    Handled,
    /// It is returned for retry.
    Returned,
    /// The function failed or timed out.
    Failed,
}

impl Ending {
    /// All endings, the worst last.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Returns the name used in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Returns the explanation used in tables.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Ending::Written => "handled; its lists would be in the table",
            Ending::NothingToWrite => "handled; none of its lists would be in the table",
            Ending::PartlyWritten => "its good lists would be written, and it would come back",
            Ending::Returned => "it would come back, and nothing would be written",
            Ending::Failed => "the function failed or timed out",
            Ending::NotSendable => "not rehearsed: no queue accepts it",
        }
    }

    /// Returns the ending of a message by the function's answer and the number of its lists that are
    /// in the table afterwards.
    #[must_use]
    pub const fn of(answer: HandlerAnswer, landed: usize) -> Self {
        match (answer, landed) {
            (HandlerAnswer::Failed, _) => Ending::Failed,
            (HandlerAnswer::Handled, 0) => Ending::NothingToWrite,
            (HandlerAnswer::Handled, _) => Ending::Written,
            (HandlerAnswer::Returned, 0) => Ending::Returned,
            (HandlerAnswer::Returned, _) => Ending::PartlyWritten,
        }
    }

    /// Returns the ending that a classification predicts. `sendable` is false for a message that
    /// no queue accepts; `only_newer` is the policy's `writes.only_newer`.
    #[must_use]
    pub fn expected(verdict: &Classification, sendable: bool, only_newer: bool) -> Self {
        let decodes = verdict.shape.is_some();
        // Oversize without a bad entry: the message itself is too large for the queue.
        if !sendable || (verdict.class == Class::Oversize && decodes && verdict.bad == 0) {
            return Ending::NotSendable;
        }
        let answer = if decodes && verdict.bad == 0 {
            HandlerAnswer::Handled
        } else {
            HandlerAnswer::Returned
        };
        let stays = only_newer && verdict.class == Class::Stale;
        Ending::of(answer, if stays { 0 } else { verdict.writable })
    }

    /// Returns whether a message that was expected to end as `expected` may end as `self`, where
    /// older lists give way only (`None` without `writes.only_newer`).
    #[must_use]
    pub fn agrees(self, expected: Ending, guarded: Option<Guarded>) -> bool {
        let fewer = matches!(
            (expected, self),
            (Ending::Written, Ending::NothingToWrite) | (Ending::PartlyWritten, Ending::Returned)
        );
        let more = matches!(
            (expected, self),
            (Ending::NothingToWrite, Ending::Written) | (Ending::Returned, Ending::PartlyWritten)
        );
        let excused = |guarded: Guarded| {
            (fewer && guarded.all_outdone) || (more && guarded.class == Class::Stale)
        };
        self == expected || guarded.is_some_and(excused)
    }
}

/// Evidence under `writes.only_newer`, which lets a list stay that is as new or newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guarded {
    /// True if the table has a list as new as, or newer than, each list of the message that it lacks.
    pub all_outdone: bool,
    /// Class of the message: the table may already hold the very list of a stale one.
    pub class: Class,
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::classify::{ClassifyContext, MessageContent, classify};
    use crate::decode::decode;
    use crate::facts::FactSet;
    use crate::item::{KeyType, Schema};
    use crate::policy::Policy;

    fn verdict(body: &str, limit: Option<usize>) -> Classification {
        let schema = Schema::with_key_type(KeyType::N);
        let facts = FactSet::Unavailable;
        let content = MessageContent::judge(decode(body), &facts, &Policy::default(), &schema);
        classify(
            &content,
            &ClassifyContext {
                message_bytes: body.len(),
                destination_limit: limit,
                sent_at: None,
                in_table: &HashMap::new(),
                superseded: false,
            },
        )
    }

    #[test]
    fn classes_predict_endings() {
        for (body, limit, ending) in [
            (r#"{"data":[[1,[10,11]]]}"#, None, Ending::Written),
            (r#"{"data":[]}"#, None, Ending::NothingToWrite),
            (r#"{"data":[[1,[]]]}"#, None, Ending::NothingToWrite),
            (r#"{"data":[[1,[10]],[null,[11]]]}"#, None, Ending::PartlyWritten),
            (r#"{"data":[[null,[11]]]}"#, None, Ending::Returned),
            (r#"{"data":[["not a number",[11]]]}"#, None, Ending::Returned),
            (r#"{"order":1}"#, None, Ending::Returned),
            ("{", None, Ending::Returned),
            (r#"{"data":[[1,[10,11]]]}"#, Some(5), Ending::NotSendable),
        ] {
            assert_eq!(Ending::expected(&verdict(body, limit), true, false), ending, "{body}");
        }
        let sound = verdict(r#"{"data":[[1,[10,11]]]}"#, None);
        assert_eq!(Ending::expected(&sound, false, false), Ending::NotSendable);
    }

    #[test]
    fn a_newer_list_stays_only_under_only_newer() {
        let mut stale = verdict(r#"{"data":[[1,[10,11]]]}"#, None);
        stale.class = Class::Stale;
        assert_eq!(Ending::expected(&stale, true, false), Ending::Written);
        assert_eq!(Ending::expected(&stale, true, true), Ending::NothingToWrite);
    }

    fn ending() -> impl Strategy<Value = Ending> {
        prop::sample::select(Ending::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn only_lists_that_are_outdone_excuse_another_ending(
            one in ending(), other in ending(), all_outdone: bool,
            class in prop::sample::select(Class::ALL.to_vec()),
        ) {
            let guarded = Guarded { all_outdone, class };
            prop_assert!(one.agrees(one, Some(guarded)));
            prop_assert_eq!(one.agrees(other, None), one == other);
            if !all_outdone && class != Class::Stale {
                prop_assert_eq!(one.agrees(other, Some(guarded)), one == other);
            }
            let handled = |ending| matches!(ending, Ending::Written | Ending::NothingToWrite);
            if one.agrees(other, Some(guarded)) {
                prop_assert_eq!(handled(one), handled(other));
            }
        }

        #[test]
        fn a_message_is_handled_or_returned_whatever_lands(landed in 0_usize..3) {
            let handled = Ending::of(HandlerAnswer::Handled, landed);
            let returned = Ending::of(HandlerAnswer::Returned, landed);
            prop_assert_ne!(handled, returned);
            prop_assert_eq!(Ending::of(HandlerAnswer::Failed, landed), Ending::Failed);
        }
    }
}
