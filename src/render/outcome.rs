//! Outcome of moved messages, as text.

use reco_core::message_outcome::{MessageOutcome, UserCounts};

use super::rows;
use crate::ui::{Tone, View, amount, count, escape_line, form};
use reco_ops::dlq::outcome::{Ended, OutcomeSummary};

/// Message with an outcome that is worth naming.
pub struct Named<'a> {
    /// Message id.
    pub message_id: &'a str,
    /// Its outcome.
    pub outcome: MessageOutcome,
    /// Reason, if the outcome needs one.
    pub reason: Option<&'a str>,
}

/// Renders the outcomes with the messages that did not end well, the users and how the wait ended.
pub fn outcomes<'a>(
    summary: &OutcomeSummary,
    messages: impl Iterator<Item = Named<'a>>,
    view: &View,
) -> String {
    let bad: Vec<Named<'_>> = messages.filter(|message| !message.outcome.is_good()).collect();
    let mut text = String::new();
    for (outcome, number) in &summary.counts {
        let name = format!("{:<16}", outcome.name());
        let name = view.palette.paint(tone(*outcome), &name);
        text.push_str(&format!("{name} {:>7}  {}\n", count(*number), outcome.meaning()));
        let named = bad.iter().filter(|message| message.outcome == *outcome);
        text.push_str(&rows::first(rows::NAMED, named, |message| {
            let reason = escape_line(message.reason.unwrap_or_default());
            format!("{} {reason}", escape_line(message.message_id)).trim_end().to_owned()
        }));
    }
    let total: u64 = summary.counts.values().sum();
    if total == 0 {
        return text;
    }
    if summary.users.users > 0 {
        text.push_str(&format!("{}\n", users(&summary.users)));
    }
    let waited = summary.waited_s;
    text.push_str(&match summary.ended {
        Ended::Settled => format!("all settled after {waited:.1} s\n"),
        Ended::Over if summary.is_open() => {
            format!("not all settled after {waited:.1} s\n")
        }
        Ended::Over => format!("looked for {waited:.1} s\n"),
        Ended::Interrupted => {
            format!("interrupted after {waited:.1} s: no message is affected by that\n")
        }
    });
    text + &rows::notes(&summary.notes, view)
}

/// Says how many users have a list, and what of the others.
pub fn users(users: &UserCounts) -> String {
    let UserCounts {
        users,
        have_list,
        without_list,
        inactive,
        unknown_user,
        too_few,
        refused,
        not_read,
    } = *users;
    let is = |number| form(number, "is", "are");
    let has = |number| form(number, "has", "have");
    let others = [
        (without_list, format!("{} still without it", is(without_list))),
        (inactive, format!("{} inactive", is(inactive))),
        (unknown_user, format!("{} unknown to the facts", is(unknown_user))),
        (too_few, format!("{} too few ids left after the filter", has(too_few))),
        (refused, format!("{} an id or list that the table cannot hold", has(refused))),
        (not_read, format!("{} not looked up", form(not_read, "was", "were"))),
    ];
    let others: Vec<String> = others
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, words)| format!("{} {words}", count(number)))
        .collect();
    let mut text =
        format!("{} of {} {} the list", count(have_list), amount(users, "user"), has(have_list));
    if !others.is_empty() {
        text.push_str(&format!("; {}", others.join(", ")));
    }
    text
}

fn tone(outcome: MessageOutcome) -> Tone {
    match outcome {
        MessageOutcome::Written | MessageOutcome::NothingToWrite | MessageOutcome::Superseded => {
            Tone::Good
        }
        MessageOutcome::StillWaiting => Tone::Warn,
        MessageOutcome::CameBack | MessageOutcome::Unknown => Tone::Bad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Palette;

    #[test]
    fn users_are_told_in_one_sentence() {
        let all =
            UserCounts { users: 1_420, have_list: 1_412, inactive: 8, ..UserCounts::default() };
        assert_eq!(users(&all), "1,412 of 1,420 users have the list; 8 are inactive");
        let one = UserCounts { users: 1, have_list: 1, ..UserCounts::default() };
        assert_eq!(users(&one), "1 of 1 user has the list");
        let each = UserCounts {
            users: 13,
            have_list: 0,
            without_list: 2,
            inactive: 1,
            unknown_user: 3,
            too_few: 1,
            refused: 2,
            not_read: 4,
        };
        assert_eq!(
            users(&each),
            "0 of 13 users have the list; 2 are still without it, 1 is inactive, 3 are unknown to the facts, 1 has too few ids left after the filter, 2 have an id or list that the table cannot hold, 4 were not looked up"
        );
    }

    #[test]
    fn messages_that_did_not_end_well_are_named_with_the_reason() {
        let summary = OutcomeSummary {
            unseen_dlq: false,
            counts: [(MessageOutcome::Written, 2), (MessageOutcome::CameBack, 12)].into(),
            users: UserCounts {
                users: 14,
                have_list: 2,
                without_list: 12,
                ..UserCounts::default()
            },
            log: None,
            ended: Ended::Over,
            waited_s: 1.25,
            notes: vec!["cannot\u{7} read".to_owned()],
        };
        let written = Named { message_id: "w", outcome: MessageOutcome::Written, reason: None };
        let ids: Vec<String> = (0..12).map(|at| format!("m{at}")).collect();
        let back = ids.iter().map(|id| Named {
            message_id: id,
            outcome: MessageOutcome::CameBack,
            reason: Some("in the DLQ again"),
        });
        let view = View { width: None, palette: Palette::new(false) };
        let text = outcomes(&summary, std::iter::once(written).chain(back), &view);
        insta::assert_snapshot!(text);
    }
}
