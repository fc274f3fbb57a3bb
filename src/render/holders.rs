//! Users whose item in the table is still a list of some files.

use reco_core::outcome::Outcome;
use serde::Serialize;

use crate::render::rows;
use crate::ui::{Report, Tone, View, amount, count, escape_line};
use reco_ops::backfill::Holders;

/// Maximum users shown; JSON has more.
const SHOWN: usize = 20;

/// Result of `recoctl verify --same`.
#[derive(Debug, Serialize)]
pub struct HoldersReport {
    /// Result of the run.
    pub outcome: Outcome,
    /// Names of the files.
    pub files: Vec<String>,
    /// Name of the table.
    pub table: String,
    /// SHA-256 of the effective policy.
    pub policy_fingerprint: String,
    /// Source of the facts.
    pub facts: &'static str,
    /// Users found.
    #[serde(flatten)]
    pub found: Holders,
}

impl Report for HoldersReport {
    const KIND: &'static str = "verify.same";
    const ROWS: Option<&'static str> = Some("holders");

    fn outcome(&self) -> Outcome {
        self.outcome
    }

    fn render(&self, view: &View) -> String {
        let (palette, found) = (view.palette, &self.found);
        let files: Vec<_> = self.files.iter().map(|file| escape_line(file)).collect();
        let files = files.join(", ");
        let (tone, verdict) = match found.holding {
            0 => (Tone::Good, format!("no user holds a list of {files}")),
            1 => (Tone::Warn, format!("1 user holds a list of {files}")),
            users => (Tone::Warn, format!("{} users hold a list of {files}", count(users))),
        };
        let verdict = palette.paint(tone, &verdict);
        let users = amount(found.users, "user");
        let mut text = format!("{verdict} in {} ({users} looked up)\n", escape_line(&self.table));
        for holder in found.holders.iter().take(SHOWN) {
            text.push_str(&format!("  {}\n", escape_line(&holder.user.to_string())));
        }
        let more = found.holding.saturating_sub(SHOWN as u64);
        if more > 0 {
            let more = count(more);
            text.push_str(&format!("and {more} more; use --output jsonl for the full list\n"));
        }
        let (calls, retries) = (amount(found.calls, "call"), count(found.retries));
        let reads = format!("{:.0} RCU, {calls}, {retries} retried", found.consumed_rcu);
        let policy = rows::fingerprint(&self.policy_fingerprint);
        let facts = [("reads", reads), ("facts", self.facts.to_owned()), ("policy", policy)];
        text.push_str(&rows::facts(facts, view));
        if found.unread > 0 {
            let label = palette.paint(Tone::Bad, "not read");
            text.push_str(&format!("{label} {} of the files\n", amount(found.unread, "line")));
        }
        if let Some(reason) = &found.stopped {
            let label = palette.paint(Tone::Warn, "incomplete");
            text.push_str(&format!("{label}: {}\n", escape_line(reason)));
        }
        text
    }
}
