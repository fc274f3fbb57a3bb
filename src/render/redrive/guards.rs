//! Guard activity in sentences.

use super::text::NAMED;
use crate::render::rows;
use crate::ui::{amount, count, escape_line, form};
use reco_ops::dlq::redrive::report::RedriveReport;
use reco_ops::dlq::redrive::{Bounced, Guard, Pauses};

/// Describes pauses, a stop and bounced messages, as far as there are any.
pub(super) fn guards_text(report: &RedriveReport) -> String {
    let mut text: String =
        report.guards.iter().map(|(guard, pauses)| paused(*guard, pauses)).collect();
    if let Some(reason) = &report.stopped {
        text.push_str(&format!(
            "stopped: {}; unprocessed messages were released\n",
            escape_line(reason)
        ));
    }
    text.push_str(&bounced(&report.bounces));
    text
}

fn paused(guard: Guard, pauses: &Pauses) -> String {
    let times = match pauses.pauses {
        0 => return String::new(),
        1 => "once".to_owned(),
        many => format!("{} times", count(many)),
    };
    format!("{} paused it {times}, {:.1} s in all\n", guard.flag(), pauses.paused_s)
}

fn bounced(bounced: &Bounced) -> String {
    if bounced.bounced == 0 {
        return String::new();
    }
    let classes: Vec<String> = bounced
        .by_class
        .iter()
        .map(|(class, messages)| format!("{} {}", count(*messages), class.name()))
        .collect();
    let mut text = format!(
        "{} came back to the DLQ while {} moved ({:.1} %): {}\n",
        amount(bounced.bounced, "message"),
        format_args!("{} {}", count(bounced.sent), form(bounced.sent, "was", "were")),
        bounced.percent.unwrap_or_default(),
        if classes.is_empty() { "of unknown class".to_owned() } else { classes.join(", ") }
    );
    text.push_str(&rows::first(NAMED, &bounced.messages, |returned| {
        let class = returned.class.map_or("?", |class| class.name());
        let earlier = returned.run_id.as_deref().map(|run| format!(" of run {}", escape_line(run)));
        format!("{} {class}{}", escape_line(&returned.message_id), earlier.unwrap_or_default())
    }));
    text.push_str("  the reason of one: `recoctl dlq peek --full --id ID`\n");
    text
}
