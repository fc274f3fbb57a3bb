//! Report of a load run.

use reco_core::outcome::Outcome;

use crate::load::numbers::{LoadMeasures, LoadParameters};
use crate::load::run::{LoadEnd, LoadReport};
use crate::load::verdict::SaturatedStage;
use crate::render::metrics::curves;
use crate::ui::{Report, Tone, View, amount, break_lines, count, duration, form};

impl Report for LoadReport {
    const KIND: &'static str = "sandbox.load";
    const ROWS: Option<&'static str> = Some("sections");

    fn outcome(&self) -> Outcome {
        if self.ended == LoadEnd::Interrupted { Outcome::Interrupted } else { Outcome::Success }
    }

    fn render(&self, view: &View) -> String {
        let palette = view.palette;
        let label = format!("{} by 1s", duration(self.end - self.start));
        let (tone, mark) = match self.verdict.stage {
            SaturatedStage::None => (Tone::Good, "keeps up"),
            SaturatedStage::Queue => (Tone::Warn, "the queue saturates first"),
            SaturatedStage::Function => (Tone::Warn, "the function saturates first"),
            SaturatedStage::Database => (Tone::Warn, "the database saturates first"),
            SaturatedStage::Table => (Tone::Warn, "the table saturates first"),
        };
        let mut text = format!("{}\n{}\n", self.asked(), self.got());
        text.push_str(&format!("\n{}", curves(&label, &self.sections, view)));
        let mark = palette.paint(tone, mark);
        let mut verdict = format!("\n{mark}: {}\n", self.verdict.why);
        for change in &self.verdict.change {
            verdict.push_str(&format!("  {} {change}\n", palette.paint(Tone::Command, "try")));
        }
        if let Some(caveat) = &self.verdict.caveat {
            verdict.push_str(&format!("  {} {caveat}\n", palette.paint(Tone::Faint, "but")));
        }
        text.push_str(&break_lines(&verdict, view.width));
        text
    }
}

impl LoadReport {
    fn asked(&self) -> String {
        let LoadParameters { users, rate, wcu, concurrency, batch_size, per_message, .. } =
            self.parameters;
        let rate =
            rate.map_or("as fast as possible".to_owned(), |rate| format!("{rate} per second"));
        let wcu = wcu.map_or("no WCU limit".to_owned(), |wcu| format!("{wcu} WCU"));
        format!(
            "{} users, {rate}; {wcu}, concurrency {concurrency}, batches of {batch_size} x \
             {per_message} users",
            count(users)
        )
    }

    fn got(&self) -> String {
        let LoadMeasures { elapsed_s, sent, written, skipped, left, dead, throttled, .. } =
            self.measured;
        let ended = match self.ended {
            LoadEnd::Drained => "all users handled",
            LoadEnd::TimeUp => "stopped by --for",
            LoadEnd::Interrupted => "interrupted",
        };
        let mut text = format!(
            "{elapsed_s:.1} s, {ended}: {} sent, {} written ({:.0} per second)",
            amount(sent, "user"),
            amount(written, "list"),
            self.verdict.users_per_s
        );
        for (number, what) in [
            (skipped, "with an empty list after filtering"),
            (throttled, form(throttled, "write throttled", "writes throttled")),
            (left, form(left, "message left", "messages left")),
            (dead, form(dead, "message in the DLQ", "messages in the DLQ")),
        ] {
            if number > 0 {
                text.push_str(&format!(", {} {what}", count(number)));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests;
