//! Report sections for writes on a condition, and for a dry run that is compared with the table.

use super::{count, escape_line};
use crate::render::rows;
use crate::ui::{Align, TextTable, Tone, View, amount};
use reco_ops::backfill::report::{BackfillReport, CompareReport, ReplaceReport};

/// Returns why lists were not written, in words: what the table holds instead comes first.
pub(super) fn kept(report: &BackfillReport) -> String {
    let file = match &report.replaced {
        Some(ReplaceReport::WhereTableHolds { file, .. }) => escape_line(file),
        _ => "the other file".to_owned(),
    };
    let of = |reason: &str, words: &str| {
        let n = report.counts.kept.get(reason).copied().filter(|n| *n > 0)?;
        Some(format!("{} {words}", count(n)))
    };
    let reasons = [
        of("other-list", "hold another list"),
        of("no-item", "without an item"),
        of("already-right", "already right"),
        of("not-listed", &format!("not in {file}")),
    ];
    reasons.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Returns the condition of the writes.
pub(super) fn facts(report: &BackfillReport) -> Vec<(&'static str, String)> {
    let Some(replaced) = &report.replaced else { return Vec::new() };
    match replaced {
        ReplaceReport::WhereTableHolds { file, lists, unread } => {
            let lists = amount(*lists, "list");
            let what = format!("what {} wrote ({lists})", escape_line(file));
            let mut facts = vec![("replaces", what)];
            if *unread > 0 {
                let unread = amount(*unread, "line");
                facts.push(("", format!("{unread} of it could not be read: their lists stay")));
            }
            facts
        }
        ReplaceReport::WrittenBetween { from, to } => {
            vec![("replaces", format!("items of {} to {}", from.iso(), to.iso()))]
        }
    }
}

/// Renders what a write would change in the table, and what it cost to read.
pub(super) fn compared(report: &BackfillReport, compare: &CompareReport, view: &View) -> String {
    let columns = [("IN THE TABLE", Align::Left), ("LISTS", Align::Right), ("", Align::Left)];
    let mut table = TextTable::new(view, &columns);
    table.never_narrow(&[0, 1]);
    let overwrites = match (&report.replaced, report.if_newer) {
        (Some(_), _) => "",
        (None, true) => "would stay",
        (None, false) => "would be overwritten; --if-newer keeps them",
    };
    let rows = [
        ("same", compare.same, "", Tone::Good),
        ("another list", compare.changed, "", Tone::Warn),
        ("a newer list", compare.newer, overwrites, Tone::Bad),
        ("no item", compare.new, "", Tone::Good),
    ];
    for (name, lists, what, tone) in rows {
        let tone = (lists > 0).then_some(tone);
        table.toned_row([(name.to_owned(), tone), (count(lists), None), (what.to_owned(), None)]);
    }
    let whose = match compare.sample {
        Some(_) => "a random sample",
        None => "all",
    };
    let (lists, calls) = (amount(compare.compared, "list"), amount(compare.calls, "call"));
    let cost =
        format!("{:.0} RCU in {calls}, {} retried", compare.consumed_rcu, count(compare.retries));
    let line = rows::facts([("compared", format!("{whose}: {lists}, {cost}"))], view);
    format!("{line}\n{}", table.finish())
}
