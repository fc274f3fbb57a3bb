//! Human-readable plan of a dry run.

use super::whole;
use crate::ui::{Align, TextTable, Tone, View, bar, bytes, count, duration, escape_line};
use reco_ops::backfill::plan::BackfillPlan;
use reco_ops::backfill::report::ItemSizes;

/// Width of the longest bar, in characters.
const BAR: usize = 32;

/// Renders the size histogram and the largest items.
pub(super) fn render(plan: &BackfillPlan, items: &ItemSizes, view: &View) -> String {
    let mut text = String::new();
    if items.count > 0 {
        text.push_str(&format!("\n{}", histogram(items, view)));
    }
    if !plan.largest.is_empty() {
        text.push_str(&format!("\n{}", largest(plan, view)));
    }
    text
}

/// Renders the histogram of item costs: an item of n WCU has at most n KB.
fn histogram(items: &ItemSizes, view: &View) -> String {
    let columns = [("WCU EACH", Align::Right), ("ITEMS", Align::Right), ("", Align::Left)];
    let mut table = TextTable::new(view, &columns);
    table.never_narrow(&[0, 1]);
    let top = items.histogram.buckets().map(|bucket| bucket.items).max().unwrap_or(0);
    for bucket in items.histogram.buckets() {
        let (min, max) = (bucket.min_wcu, bucket.max_wcu);
        let range = if min == max { format!("{min}") } else { format!("{min}-{max}") };
        let bar = bar(bucket.items, top, BAR);
        table.toned_row([(range, None), (count(bucket.items), None), (bar, Some(Tone::Faint))]);
    }
    table.finish()
}

fn largest(plan: &BackfillPlan, view: &View) -> String {
    let columns = [
        ("LARGEST", Align::Right),
        ("WCU", Align::Right),
        ("USER", Align::Right),
        ("WHERE", Align::Left),
    ];
    let mut table = TextTable::new(view, &columns);
    table.never_narrow(&[0, 1, 2]);
    for large in &plan.largest {
        let place = format!("{}:{}", escape_line(&large.at.file), large.at.line);
        let user = escape_line(&large.user.to_string());
        let size = bytes(large.bytes as u64);
        table.toned_row([(size, None), (count(large.wcu), None), (user, None), (place, None)]);
    }
    table.finish()
}

/// Returns duration and cost, one per line.
pub(super) fn facts(plan: &BackfillPlan, wcu: u64) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let units = count(wcu);
    let more = match plan.indexes {
        0 => String::new(),
        1 => " and for the table's index".to_owned(),
        n => format!(" and for the table's {n} indexes"),
    };
    facts.push(("WCU", format!("{units}, more if larger items are replaced{more}")));
    let time = match (plan.duration_s, plan.budget_wcu) {
        (Some(seconds), Some(budget)) => {
            format!("{} at {budget} WCU/s", duration(whole(seconds.ceil())))
        }
        _ => "unknown: the table has no write capacity limit".to_owned(),
    };
    facts.push(("time", time));
    if let (Some(cost), Some(price)) = (plan.cost, plan.price_per_million_wru) {
        let shown = if cost < 1.0 { format!("{cost:.4}") } else { format!("{cost:.2}") };
        facts.push(("cost", format!("{shown} at {price} per million write request units")));
    }
    facts
}
