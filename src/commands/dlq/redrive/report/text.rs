//! The report of a redrive, for people.

use super::record::Record;
use super::{Category, Engine, RedriveReport};
use crate::commands::dlq::rows;
use crate::ui::{View, amount, count, escape_line, was};

/// Messages named in the table of each category; JSON has all.
pub(super) const NAMED: usize = 10;

impl RedriveReport {
    /// Each category with its messages, then what else there is to know.
    pub(super) fn text(&self, view: &View) -> String {
        let mut text = String::new();
        for (category, messages) in &self.counts {
            text.push_str(&self.section(*category, *messages, view));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&self.footer());
        text.push_str(&self.guards_text());
        text.push_str(&rows::basis(&self.basis, view));
        text
    }

    fn section(&self, category: Category, messages: u64, view: &View) -> String {
        let name = view.palette.paint(category.tone(), &format!("{:<12}", category.name()));
        let mut text = format!("{name} {:>7}  {}\n", count(messages), category.meaning());
        if category == Category::Skipped {
            for (class, messages) in &self.skipped_by_class {
                let class =
                    view.palette.paint(rows::tone(*class), &format!("{:<12}", class.name()));
                text.push_str(&format!("  {class} {:>5}\n", count(*messages)));
            }
            return text;
        }
        if matches!(category, Category::Moved | Category::Planned | Category::BeyondMax) {
            return text;
        }
        let named: Vec<&Record> =
            self.messages.iter().filter(|record| record.fate == category).collect();
        for record in named.iter().take(NAMED) {
            let reason = record.reason.as_deref().unwrap_or_default();
            text.push_str(&format!(
                "  {} {}\n",
                escape_line(&record.message_id),
                escape_line(reason)
            ));
        }
        if named.len() > NAMED {
            let more = count((named.len() - NAMED) as u64);
            text.push_str(&format!("  and {more} more; use --output json for the full list\n"));
        }
        text
    }

    /// Names what may be doubled.
    fn twice(&self) -> String {
        if self.perhaps_twice == 0 {
            return String::new();
        }
        let named = self.messages.iter().filter(|record| record.perhaps_twice).take(NAMED);
        let named: Vec<String> = named.map(|record| escape_line(&record.message_id)).collect();
        let more = if self.perhaps_twice > NAMED as u64 { ", ..." } else { "" };
        format!(
            "{} of the moved messages may be duplicated in the destination, since SQS reported a server-side failure when they were sent: {}{more}\n",
            count(self.perhaps_twice),
            named.join(", ")
        )
    }

    fn footer(&self) -> String {
        let dlq = &self.queues.dlq;
        let source = self.queues.source.as_deref().unwrap_or("the queue that each came from");
        let seen = amount(self.seen, "message");
        let mut text = match (self.seen, self.dry_run) {
            (0, _) => format!("no messages in {dlq}"),
            (_, true) => {
                format!("{seen} of {dlq} examined; nothing was moved (--dry-run)")
            }
            (_, false) => format!("{seen} of {dlq} received, destination {source}"),
        };
        if let Some(rate) = self.rate {
            text.push_str(&format!("; {rate:.1}/s"));
        }
        if let Some(limit) = self.rate_limit.filter(|_| self.rate.is_some()) {
            text.push_str(&format!(" of at most {limit}/s"));
        }
        text.push_str(&format!("; {:.1} s", self.duration_s));
        if self.wcu > 0 {
            let verb = if self.dry_run { "would cost" } else { "will cost" };
            text.push_str(&format!("; {verb} about {} WCU on the table", count(self.wcu)));
        }
        if self.interrupted {
            text.push_str("; interrupted: messages in flight were finished, the rest released");
        }
        text.push('\n');
        text.push_str(&self.changes.words(self.dry_run));
        text.push_str(&self.twice());
        let Engine { engine, engine_reason } = &self.engine;
        text.push_str(&format!("engine {engine}: {}\n", escape_line(engine_reason)));
        if let Some(journal) = &self.journal {
            text.push_str(&format!("journal {}\n", escape_line(journal)));
        }
        if self.moved_to.len() > 1 {
            for (queue, messages) in &self.moved_to {
                text.push_str(&format!(
                    "to {}: {}\n",
                    escape_line(queue),
                    amount(*messages, "message")
                ));
            }
        }
        if self.overtaking > 0 {
            text.push_str(&format!(
                "{} moved ahead of earlier messages of the same FIFO message group that stay in the DLQ\n",
                amount(self.overtaking, "message")
            ));
        }
        text.push_str(&self.reach.words());
        if self.queues.in_flight_elsewhere > 0 {
            let others = was(self.queues.in_flight_elsewhere);
            text.push_str(&format!("{others} in flight elsewhere and not received\n"));
        }
        text
    }
}
