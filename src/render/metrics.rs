//! Human-readable report of metrics.

use reco_core::outcome::Outcome;

use crate::render::backfill::whole;
use crate::ui::{
    MISSING, Palette, Report, Tone, View, break_beside, break_text, count, duration, escape_line,
    sparkline,
};
use reco_ops::metrics::meaning::clock;
use reco_ops::metrics::plan::{Live, MeasureUnit, Subject};
use reco_ops::metrics::report::{Finding, Level, MeasureRow, MetricsReport, Section};
use reco_ops::metrics::span::shown;

/// Width of a row's label, in columns.
const LABEL: usize = 20;
/// Width of a number, in columns.
const NUMBER: usize = 9;
/// Minimum and maximum width of a sparkline, in columns.
const SPARK: (usize, usize) = (12, 60);

impl Report for MetricsReport {
    const KIND: &'static str = "metrics";
    const ROWS: Option<&'static str> = Some("sections");

    fn outcome(&self) -> Outcome {
        Outcome::Success
    }

    fn render(&self, view: &View) -> String {
        let (span, period) = (self.end - self.start, i64::from(self.period_s));
        let label = format!("last {} by {} UTC", shown(span), shown(period));
        let axis = axis(self.start, self.end, spark_width(view));
        let mut text = format!("{}\n", drawn(&label, &axis, &self.sections, view));
        for finding in &self.findings {
            text.push_str(&said(finding, view));
        }
        for left_out in &self.left_out {
            text.push_str(&labelled("left out", Tone::Faint, left_out, view));
        }
        text
    }
}

fn spark_width(view: &View) -> usize {
    let numbers = 4 * (NUMBER + 1);
    view.width
        .map_or(SPARK.1, |width| width.saturating_sub(LABEL + 1 + numbers))
        .clamp(SPARK.0, SPARK.1)
}

#[cfg(feature = "sandbox")]
/// Renders every row as a sparkline with its numbers, under a heading.
pub fn curves(label: &str, sections: &[Section], view: &View) -> String {
    drawn(label, "", sections, view)
}

fn drawn(label: &str, axis: &str, sections: &[Section], view: &View) -> String {
    let (palette, width) = (view.palette, spark_width(view));
    let mut text = format!("{}\n", heading(label, axis, width, palette));
    for section in sections {
        text.push_str(&format!("\n{}\n", title(section, palette)));
        let (shown, folded): (Vec<&MeasureRow>, Vec<&MeasureRow>) =
            section.rows.iter().partition(|row| holds_any(row));
        for row in shown {
            text.push_str(&format!("{}\n", line(row, width, palette)));
        }
        text.push_str(&folds(&folded, view));
    }
    text
}

/// Returns whether the row shows anything: a value, unless all are zero in a row of troubles.
fn holds_any(row: &MeasureRow) -> bool {
    let zero = row.measure.is_trouble() && row.max.is_none_or(|most| most <= 0.0);
    row.incomplete.is_some() || (row.max.is_some() && !zero)
}

/// Names the rows that hold nothing.
fn folds(rows: &[&MeasureRow], view: &View) -> String {
    let named = |zero: bool| {
        let rows = rows.iter().filter(|row| row.max.is_some() == zero);
        rows.map(|row| row.measure.label().trim()).collect::<Vec<_>>().join(", ")
    };
    let groups = [("none: ", named(true)), ("no data: ", named(false))];
    let groups = groups.into_iter().filter(|(_, names)| !names.is_empty());
    let text =
        groups.map(|(label, names)| format!("{label}{names}")).collect::<Vec<_>>().join("; ");
    if text.is_empty() {
        return text;
    }
    let wrapped = break_text(&text, view.width, "  ");
    wrapped.lines().map(|line| format!("{}\n", view.palette.paint(Tone::Faint, line))).collect()
}

/// Draws the times of the first and the last period, and of the middle if there is room, in UTC.
fn axis(start: i64, end: i64, width: usize) -> String {
    let dated = end - start > 86_400;
    let [first, middle, last] = [start, start + (end - start) / 2, end].map(|at| clock(at, dated));
    let (label, ends) = (first.len(), first.len() + last.len());
    if width < ends + 1 {
        return first;
    }
    if width < ends + label + 4 {
        return format!("{first}{}{last}", " ".repeat(width - ends));
    }
    let before = width / 2 - label / 2 - label;
    let after = width - ends - before - label;
    format!("{first}{}{middle}{}{last}", " ".repeat(before), " ".repeat(after))
}

fn heading(label: &str, axis: &str, width: usize, palette: Palette) -> String {
    let names = ["LAST", "MAX", "AVG", "TOTAL"].map(|name| format!(" {name:>NUMBER$}"));
    let text = format!("{label:LABEL$} {axis:width$}{}", names.concat());
    palette.paint(Tone::Heading, text.trim_end())
}

fn title(section: &Section, palette: Palette) -> String {
    let kind = match section.subject {
        Subject::Table => "table",
        Subject::Index => "index",
        Subject::Function => "function",
        Subject::Queue => "queue",
        Subject::Dlq => "dead-letter queue",
    };
    let name = palette.paint(Tone::Heading, &format!("{kind} {}", escape_line(&section.name)));
    let live = section.live.map(|Live { visible, in_flight, delayed }| {
        let delayed =
            if delayed > 0 { format!(", {} delayed", count(delayed)) } else { String::new() };
        format!(" — now {} visible, {} in flight{delayed}", count(visible), count(in_flight))
    });
    format!("{name}{}", live.unwrap_or_default())
}

fn line(row: &MeasureRow, width: usize, palette: Palette) -> String {
    let values: Vec<Option<f64>> = row.values().collect();
    let spark = sparkline(&values, width);
    let padding = " ".repeat(width.saturating_sub(spark.chars().count()));
    let bad = row.measure.is_trouble() && row.total > Some(0.0);
    let spark = palette.paint(if bad { Tone::Bad } else { Tone::Command }, &spark);
    let level = |value: Option<f64>| number(value, row.unit);
    // Measures that do not add up have no total, as opposed to an unknown one.
    let total = match (row.unit, row.total) {
        (MeasureUnit::PerSecond | MeasureUnit::Count, total) => number(total, MeasureUnit::Count),
        _ => String::new(),
    };
    let numbers = [level(row.last), level(row.max), level(row.avg), total];
    let numbers = numbers.map(|number| format!(" {number:>NUMBER$}")).concat();
    let incomplete = row.incomplete.as_deref().map(|why| {
        format!("\n{}", palette.paint(Tone::Warn, &format!("  incomplete: {}", escape_line(why))))
    });
    let text = format!("{:LABEL$} {spark}{padding}{numbers}", row.measure.label());
    format!("{}{}", text.trim_end(), incomplete.unwrap_or_default())
}

fn number(value: Option<f64>, unit: MeasureUnit) -> String {
    let Some(value) = value else { return MISSING.to_string() };
    match unit {
        MeasureUnit::Seconds => duration(whole(value)),
        _ if value >= 1e7 => format!("{:.1}M", value / 1e6),
        _ if value >= 100.0 || value.fract().abs() < 0.05 => count(whole(value).unsigned_abs()),
        _ => format!("{value:.1}"),
    }
}

fn said(finding: &Finding, view: &View) -> String {
    let (tone, mark) = match finding.level {
        Level::Bad => (Tone::Bad, "bad "),
        Level::Warn => (Tone::Warn, "look"),
        Level::Good => (Tone::Good, "ok  "),
    };
    let advice = finding.advice.as_deref().map(|advice| format!(": {advice}")).unwrap_or_default();
    labelled(mark, tone, &format!("{}: {}{advice}", finding.name, finding.text), view)
}

/// Renders a line with a label, broken between words.
fn labelled(label: &str, tone: Tone, text: &str, view: &View) -> String {
    let indent = " ".repeat(label.len() + 1);
    let text = break_beside(&escape_line(text), view.width, &indent);
    format!("{} {text}\n", view.palette.paint(tone, label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reco_ops::aws::{Series, Span};
    use reco_ops::metrics::meaning::meaning;
    use reco_ops::metrics::plan::Measure;

    /// Hour with an incident in the middle.
    const SPAN: Span = Span { start: 1_700_000_040, end: 1_700_003_640, period: 60 };

    fn row(measure: Measure, value: impl Fn(u32) -> Option<f64>) -> MeasureRow {
        let points = (0..60)
            .filter_map(|minute| Some((SPAN.start + i64::from(minute) * 60, value(minute)?)));
        MeasureRow::new(measure, &Series { points: points.collect(), incomplete: None }, &SPAN)
    }

    fn report() -> MetricsReport {
        let incident = |minute: u32| (20..32).contains(&minute);
        let only_then = move |value: f64| move |minute: u32| incident(minute).then_some(value);
        let consumed = move |minute: u32| Some(if incident(minute) { 7056.0 } else { 2400.0 });
        let table = vec![
            row(Measure::ConsumedWcu, consumed),
            row(Measure::ProvisionedWcu, |minute| (minute % 5 == 0).then_some(120.0)),
            row(Measure::Throttled, only_then(100.25)),
            row(Measure::ThrottledProvisioned, only_then(100.25)),
            row(Measure::ThrottledKeyRange, |_| None),
        ];
        let mut slow = row(Measure::DurationMean, move |minute| {
            Some(if incident(minute) { 2712.5 } else { 71.25 })
        });
        slow.incomplete = Some("PartialData".to_owned());
        let function = vec![
            row(Measure::Invocations, |_| Some(48.0)),
            row(Measure::Errors, move |minute| Some(if incident(minute) { 12.0 } else { 0.0 })),
            slow,
        ];
        let dlq = vec![
            row(Measure::Visible, |minute| Some(f64::from(minute.saturating_sub(20)))),
            row(Measure::OldestAge, |minute| Some(f64::from(minute) * 61.0)),
        ];
        let live = Some(Live { visible: 41, in_flight: 2, delayed: 1 });
        let name = |name: &str| name.to_owned();
        let sections = vec![
            Section::new(Subject::Table, name("recommendations"), None, table),
            Section::new(Subject::Function, name("recs-writer"), None, function),
            Section::new(Subject::Dlq, name("recs-dlq"), live, dlq),
        ];
        MetricsReport {
            start: SPAN.start,
            end: SPAN.end,
            period_s: SPAN.period,
            findings: meaning(&sections, SPAN.period),
            sections,
            left_out: vec!["source queue: no queue names recs-dlq as its DLQ".to_owned()],
        }
    }

    fn rendered(width: usize) -> String {
        report().render(&View { width: Some(width), palette: Palette::new(false) })
    }

    #[test]
    fn an_incident_at_80_columns() {
        let text = rendered(80);
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn an_incident_at_140_columns() {
        insta::assert_snapshot!(rendered(140));
    }

    #[test]
    fn json_has_every_point() {
        let mut report = report();
        for row in report.sections.iter_mut().flat_map(|section| &mut section.rows) {
            row.points.truncate(3);
        }
        insta::assert_json_snapshot!(report);
    }
}
