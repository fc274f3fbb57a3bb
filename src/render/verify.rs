//! Human-readable result of a verification.

use reco_core::outcome::Outcome;
use serde::Serialize;

use crate::render::rows;
use crate::ui::{Align, Report, TextTable, Tone, View, amount, count, escape_line, form};
use reco_ops::backfill::verify::{Unread, Verification, Wrong};

/// Maximum differences shown; JSON has more.
const SHOWN: usize = 10;

/// Result of a verification with its settings.
#[derive(Debug, Serialize)]
pub struct VerifyReport {
    /// Result of the run.
    pub outcome: Outcome,
    /// Name of the table.
    pub table: String,
    /// SHA-256 of the effective policy.
    pub policy_fingerprint: String,
    /// Source of the facts.
    pub facts: &'static str,
    /// Result of the verification.
    #[serde(flatten)]
    pub verification: Verification,
}

impl Report for VerifyReport {
    const KIND: &'static str = "verify";
    const ROWS: Option<&'static str> = Some("differences");

    fn outcome(&self) -> Outcome {
        self.outcome
    }

    fn render(&self, view: &View) -> String {
        let mut text = verification(&self.verification, &self.table, view);
        let policy = rows::fingerprint(&self.policy_fingerprint);
        let facts = [("facts", self.facts.to_owned()), ("policy", policy)];
        text.push_str(&rows::facts(facts, view));
        text
    }
}

/// Renders the result as part of a report.
pub fn verification(found: &Verification, table: &str, view: &View) -> String {
    let palette = view.palette;
    let mut text = headline(found, table, view);
    if !found.differences.is_empty() {
        let columns = [("WHERE", Align::Left), ("USER", Align::Right), ("WHAT", Align::Left)];
        let mut table = TextTable::new(view, &columns);
        table.never_narrow(&[0, 1]);
        found.differences.iter().take(SHOWN).for_each(|wrong| table.toned_row(row(wrong)));
        text.push_str(&format!("\n{}", table.finish()));
        text.push_str(&rows::hidden(found.differing.saturating_sub(SHOWN as u64)));
        text.push('\n');
    }
    text.push_str(&rows::facts(facts(found), view));
    for Unread { at, entry, detail, .. } in found.unread_lines.iter().take(SHOWN) {
        let entry = entry.map(|index| format!(", entry {index}")).unwrap_or_default();
        let label = palette.paint(Tone::Bad, "not read");
        let (file, detail) = (escape_line(&at.file), escape_line(detail));
        text.push_str(&format!("{label} {file}:{}{entry}: {detail}\n", at.line));
    }
    let more = found.unread.saturating_sub(SHOWN as u64);
    if more > 0 {
        text.push_str(&format!("and {} more that could not be read\n", count(more)));
    }
    for broken in &found.broken_inputs {
        let label = palette.paint(Tone::Bad, "input incomplete");
        text.push_str(&format!("{label} {}\n", escape_line(broken)));
    }
    if let Some(reason) = &found.stopped {
        let label = palette.paint(Tone::Warn, "verification incomplete");
        text.push_str(&format!("{label}: {}\n", escape_line(reason)));
    }
    text
}

fn row(wrong: &Wrong) -> [(String, Option<Tone>); 3] {
    let place = format!("{}:{}", escape_line(&wrong.at.file), wrong.at.line);
    let user = escape_line(&wrong.user.to_string());
    let what = escape_line(&wrong.difference.to_string());
    [(place, None), (user, None), (what, Some(Tone::Bad))]
}

fn headline(found: &Verification, table: &str, view: &View) -> String {
    let whose = match (found.sample, found.users) {
        (Some(_), Some(users)) => format!("a random sample of {}", amount(users, "user")),
        (Some(asked), None) => format!("a random sample of {}", amount(asked, "user")),
        (None, _) => "all users".to_owned(),
    };
    let compared = amount(found.compared, "list");
    let unjudged = unjudged(found);
    let (tone, verdict) = match (found.differing, found.compared) {
        (0, 0) => (Tone::Warn, "no user was compared".to_owned()),
        (0, _) if !unjudged.is_empty() => {
            (Tone::Warn, format!("{} same, {unjudged}: not judged", count(found.same)))
        }
        (n, _) if n > 0 && !unjudged.is_empty() => {
            let differ = form(n, "user differs", "users differ");
            let same = count(found.same);
            (Tone::Bad, format!("{} {differ}, {same} same, {unjudged}: not judged", count(n)))
        }
        (0, _) if found.unread > 0 => {
            (Tone::Warn, "no differences among the lists that could be read".to_owned())
        }
        (0, _) => (Tone::Good, "no differences".to_owned()),
        (1, _) => (Tone::Bad, "1 user differs".to_owned()),
        (n, _) => (Tone::Bad, format!("{} users differ", count(n))),
    };
    let verdict = view.palette.paint(tone, &verdict);
    format!("verified {whose} in {table}: {verdict} ({compared} compared)\n")
}

/// Returns what the table holds that says nothing about the input, in words; empty if nothing.
fn unjudged(found: &Verification) -> String {
    let newer = (found.newer > 0).then(|| format!("{} newer in the table", count(found.newer)));
    let as_new = (found.as_new > 0).then(|| format!("{} of the same time", count(found.as_new)));
    newer.into_iter().chain(as_new).collect::<Vec<_>>().join(" and ")
}

fn facts(found: &Verification) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if found.newer > 0 {
        let whose = if found.newer == 1 { "user has" } else { "users have" };
        facts.push((
            "newer",
            format!("{} {whose} a newer list than the input's", count(found.newer)),
        ));
    }
    if found.as_new > 0 {
        let whose = form(found.as_new, "user has", "users have");
        let what = format!("{} {whose} a different list with the same time", count(found.as_new));
        facts.push(("same time", what));
    }
    if found.unread > 0 {
        let what = format!("{} could not be read", amount(found.unread, "line"));
        facts.push(("not read", what));
    }
    let (calls, retries) = (amount(found.calls, "call"), count(found.retries));
    facts.push(("reads", format!("{:.0} RCU, {calls}, {retries} retried", found.consumed_rcu)));
    if found.passes > 1 {
        let passes = found.passes;
        facts.push((
            "passes",
            format!("{passes} over the input, because later lines replace many lists"),
        ));
    }
    facts
}

#[cfg(test)]
mod tests {
    use reco_core::Id;
    use reco_store::reader::Difference;

    use super::*;
    use crate::ui::Palette;
    use reco_ops::backfill::report::At;
    use reco_ops::backfill::verify::Counted;

    fn report() -> VerifyReport {
        let wrong = |line: u64, difference: Difference| Wrong {
            at: At { file: "recs.jsonl".to_owned(), line, offset: line * 100 },
            entry: 0,
            user: Id::from(line + 7_000_000),
            difference,
        };
        let unread = |line: u64, entry: Option<usize>| Unread {
            at: At { file: "recs.jsonl".to_owned(), line, offset: line * 100 },
            entry,
            reason: "malformed",
            detail: "expected a list".to_owned(),
        };
        let list = Difference::List {
            rank: 3,
            expected: Some("17".to_owned()),
            found: None,
            expected_len: 100,
            found_len: 2,
        };
        let mut differences = vec![wrong(3, Difference::Missing), wrong(900, list)];
        differences.extend((1000..1010).map(|line| wrong(line, Difference::Missing)));
        VerifyReport {
            outcome: Outcome::Findings,
            table: "recommendations".to_owned(),
            policy_fingerprint: "cf2c930c04f04760a9ee84d39dc8b742".to_owned(),
            facts: "sqlite",
            verification: Verification {
                sample: Some(1000),
                users: Some(1000),
                compared: 1040,
                same: 1024,
                differing: 12,
                newer: 3,
                as_new: 1,
                unread: 12,
                unread_lines: vec![unread(7, None), unread(8, Some(2))],
                counted: Counted::default(),
                differences,
                broken_inputs: vec!["cut.gz:7: unexpected end of file".to_owned()],
                passes: 2,
                consumed_rcu: 1040.0,
                calls: 11,
                retries: 1,
                throttled_calls: 0,
                duration_s: 1.5,
                stopped: Some("the table went away".to_owned()),
                interrupted: false,
            },
        }
    }

    /// What was not judged is not called right.
    #[test]
    fn the_headline_judges_only_what_was_looked_at() {
        let view = View { width: None, palette: Palette::new(false) };
        let told = |same: u64, newer: u64, as_new: u64, differing: u64| {
            let compared = same + newer + as_new + differing;
            let found = Verification {
                sample: None,
                users: None,
                compared,
                same,
                newer,
                as_new,
                differing,
                unread: 0,
                ..report().verification
            };
            headline(&found, "recs", &view)
        };
        let of = "verified all users in recs:";
        assert_eq!(
            told(200, 200, 0, 0),
            format!("{of} 200 same, 200 newer in the table: not judged (400 lists compared)\n")
        );
        assert_eq!(told(400, 0, 0, 0), format!("{of} no differences (400 lists compared)\n"));
        assert_eq!(
            told(0, 400, 0, 0),
            format!("{of} 0 same, 400 newer in the table: not judged (400 lists compared)\n")
        );
        assert_eq!(
            told(10, 5, 3, 2),
            format!(
                "{of} 2 users differ, 10 same, 5 newer in the table and 3 of the same time: not judged (20 lists compared)\n"
            )
        );
        assert_eq!(told(10, 0, 0, 1), format!("{of} 1 user differs (11 lists compared)\n"));
        assert_eq!(told(0, 0, 0, 0), format!("{of} no user was compared (0 lists compared)\n"));
    }

    #[test]
    fn differences_are_listed_with_their_place() {
        for width in [80, 140] {
            let view = View { width: Some(width), palette: Palette::new(false) };
            insta::assert_snapshot!(format!("at_{width}"), report().render(&view));
        }
    }
}
