//! Report of a redrive, as text and JSON.

mod change;
mod guards;
mod native;
mod text;

use reco_core::outcome::Outcome;

use crate::ui::{Report, View, break_lines};
use reco_ops::dlq::redrive::report::RedriveReport;

impl Report for RedriveReport {
    const KIND: &'static str = "dlq.redrive";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        RedriveReport::outcome(self)
    }

    fn render(&self, view: &View) -> String {
        break_lines(&text::text(self, view), view.width)
    }
}

#[cfg(test)]
mod tests;
