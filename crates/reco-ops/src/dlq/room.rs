//! Measures what the table, its indexes and the function have to spare, for [`reco_core::room`].

use std::time::Duration;

use aws_config::SdkConfig;
use reco_core::budget::{Capacity, NEW_ON_DEMAND_WCU};
use reco_core::room::{Place, Room};

use crate::aws::{Cloudwatch, Span, Table};
use crate::error::{Error, Result};
use crate::journal::now_ms;
use crate::metrics::plan::{Measure, MetricsPlan, Subject};
use crate::metrics::report::{MeasureRow, Section};
use crate::metrics::{read, targets};

/// Minutes of metrics that are read.
const MINUTES: i64 = 15;

/// Share of the minutes in which use is below the value that counts: a redrive that bounced a few
/// minutes ago is not what others use.
const QUANTILE: f64 = 0.75;

/// Last minutes in which a throttle counts as going on.
const RECENT: usize = 3;

/// Timeout of the metrics: a proposal is not worth a longer wait.
const WITHIN: Duration = Duration::from_secs(5);

/// Measures the room of a table and a function, each if configured. Never fails: what cannot be
/// read is unknown.
pub async fn measure(sdk: &SdkConfig, table: Option<&Table>, function: Option<&str>) -> Room {
    let places = table.map(places).unwrap_or_default();
    if table.is_none() && function.is_none() {
        let unknown = Some("no table configured".to_owned());
        return Room { unknown, ..Room::default() };
    }
    let sections = sections(sdk, table, &places, function).await;
    room(places, sections, table.is_some())
}

/// Returns the table and the global indexes that items are in, with their limits.
#[expect(clippy::cast_precision_loss, reason = "capacities are far below 2^52")]
fn places(table: &Table) -> Vec<Place> {
    // With a time, an item is in at least as many indexes.
    let written: Vec<_> = table.info.written_indexes(&table.schema, true).collect();
    let local = written.iter().filter(|index| !index.global).count();
    let place = |index, limit, writes| Place { index, limit, used: None, throttled: false, writes };
    let own = limit(&table.info.capacity());
    let mut places: Vec<Place> =
        own.map(|limit| place(None, limit, 1.0 + local as f64)).into_iter().collect();
    for index in written.into_iter().filter(|index| index.global) {
        let units = |units: Option<i64>| units.map(|units| units as f64);
        let on_demand = table.info.capacity().provisioned.is_none();
        let capacity = Capacity {
            provisioned: units(index.wcu).filter(|_| !on_demand),
            on_demand_max: units(index.max_wcu),
            warm: units(index.warm_wcu),
        };
        places.extend(limit(&capacity).map(|limit| place(Some(index.name.clone()), limit, 1.0)));
    }
    places
}

/// Returns the WCU per second that are accepted at once. AWS: an on-demand table takes its warm
/// throughput immediately, a new one 4,000.
fn limit(capacity: &Capacity) -> Option<f64> {
    match capacity.provisioned {
        Some(provisioned) => Some(provisioned).filter(|units| *units > 0.0),
        None => {
            let warm = capacity.warm.filter(|warm| *warm > 0.0).unwrap_or(NEW_ON_DEMAND_WCU);
            Some(capacity.limit().map_or(warm, |most| most.min(warm)))
        }
    }
}

async fn sections(
    sdk: &SdkConfig,
    table: Option<&Table>,
    places: &[Place],
    function: Option<&str>,
) -> Result<Vec<Section>> {
    let mut plans = Vec::new();
    if let Some(table) = table {
        plans.push(MetricsPlan::table(&table.info.name));
        let indexes = places.iter().filter_map(|place| place.index.as_ref());
        plans.extend(indexes.map(|index| MetricsPlan::index(&table.info.name, index)));
    }
    plans.extend(function.map(|name| MetricsPlan::function(targets::function_name(name))));
    let end = now_ms() / 60_000 * 60;
    let span = Span { start: end - MINUTES * 60, end, period: 60 };
    let cloudwatch = Cloudwatch::new(sdk);
    let late = |_| Err(Error::service("CloudWatch does not respond"));
    tokio::time::timeout(WITHIN, read(&cloudwatch, plans, &span)).await.unwrap_or_else(late)
}

/// Combines limits and metrics.
fn room(mut places: Vec<Place>, sections: Result<Vec<Section>>, has_table: bool) -> Room {
    let unknown = match (places.is_empty(), has_table) {
        (false, _) => None,
        (true, true) => Some("the table's capacity is unknown".to_owned()),
        (true, false) => Some("no table configured".to_owned()),
    };
    let sections = match sections {
        Ok(sections) => sections,
        Err(error) => {
            tracing::debug!(%error, "no metrics: the use of the capacity is unknown");
            return Room { places, unknown, ..Room::default() };
        }
    };
    for place in &mut places {
        let of = |section: &&Section| match (&place.index, section.subject) {
            (None, Subject::Table) => true,
            (Some(index), Subject::Index) => section.name == *index,
            _ => false,
        };
        let Some(section) = sections.iter().find(of) else { continue };
        place.used = section.row(Measure::ConsumedWcu).and_then(used);
        place.throttled = section.row(Measure::Throttled).is_some_and(goes_on);
    }
    let functions = sections.iter().find(|section| section.subject == Subject::Function);
    Room { places, function: functions.and_then(handles), watchable: true, unknown }
}

/// Returns the use per second. CloudWatch has no data for minutes without writes.
fn used(row: &MeasureRow) -> Option<f64> {
    if row.incomplete.is_some() {
        return None;
    }
    let mut values: Vec<f64> = row.values().map(|value| value.unwrap_or(0.0)).collect();
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index among a few minutes"
    )]
    let at = (values.len() as f64 * QUANTILE) as usize;
    values.get(at.min(values.len().saturating_sub(1))).copied()
}

fn goes_on(row: &MeasureRow) -> bool {
    row.values().rev().take(RECENT).flatten().any(|value| value > 0.0)
}

/// Returns the invocations per second in the busiest minute with throttles; an invocation has at
/// least one message.
fn handles(section: &Section) -> Option<f64> {
    let (throttles, invocations) =
        (section.row(Measure::Throttles)?, section.row(Measure::Invocations)?);
    let minutes = throttles.values().zip(invocations.values());
    let busy = minutes.filter(|(throttles, _)| throttles.is_some_and(|throttles| throttles > 0.0));
    busy.map(|(_, invocations)| invocations.unwrap_or(0.0).max(1.0) / 60.0).reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Series;

    const SPAN: Span = Span { start: 0, end: 900, period: 60 };

    fn row(measure: Measure, values: &[f64]) -> MeasureRow {
        let points = (0..).map(|at| at * 60).zip(values.iter().copied()).collect();
        MeasureRow::new(measure, &Series { points, incomplete: None }, &SPAN)
    }

    fn table(rows: Vec<MeasureRow>) -> Section {
        Section::new(Subject::Table, "recs".to_owned(), None, rows)
    }

    fn place() -> Place {
        Place { index: None, limit: 20.0, used: None, throttled: false, writes: 1.0 }
    }

    fn of(rows: Vec<MeasureRow>) -> Place {
        room(vec![place()], Ok(vec![table(rows)]), true).places.remove(0)
    }

    #[test]
    fn a_burst_of_three_minutes_is_not_what_others_use() {
        let mut consumed = vec![300.0; 15];
        consumed[11..14].fill(1_200.0);
        assert_eq!(of(vec![row(Measure::ConsumedWcu, &consumed)]).used, Some(5.0));
        let steady = vec![1_200.0; 15];
        assert_eq!(of(vec![row(Measure::ConsumedWcu, &steady)]).used, Some(20.0));
        assert_eq!(of(vec![row(Measure::ConsumedWcu, &[])]).used, Some(0.0), "an idle table");
    }

    #[test]
    fn throttles_count_while_they_are_recent() {
        let at = |minute: usize| {
            let mut throttled = vec![0.0; 15];
            throttled[minute] = 4.0;
            of(vec![row(Measure::Throttled, &throttled)]).throttled
        };
        assert_eq!([at(2), at(11), at(12), at(14)], [false, false, true, true]);
    }

    #[test]
    fn without_metrics_the_use_is_unknown_and_the_limit_is_not() {
        let room = room(vec![place()], Err(Error::service("denied")), true);
        assert_eq!((room.places[0].used, room.watchable), (None, false));
        assert_eq!(
            super::room(vec![], Ok(vec![]), false).unknown.as_deref(),
            Some("no table configured")
        );
    }

    #[test]
    fn a_throttled_function_handles_what_it_did() {
        let mut throttles = vec![0.0; 15];
        throttles[3..5].fill(9.0);
        let mut invocations = vec![6_000.0; 15];
        invocations[3..5].copy_from_slice(&[120.0, 180.0]);
        let function = |throttles: &[f64]| {
            let rows =
                vec![row(Measure::Invocations, &invocations), row(Measure::Throttles, throttles)];
            handles(&Section::new(Subject::Function, "f".to_owned(), None, rows))
        };
        assert_eq!(function(&throttles), Some(3.0));
        assert_eq!(function(&[0.0; 15]), None);
    }

    #[test]
    fn on_demand_accepts_its_warm_throughput_and_never_more_than_its_maximum() {
        let of = |provisioned, on_demand_max, warm| {
            limit(&Capacity { provisioned, on_demand_max, warm })
        };
        assert_eq!(of(Some(20.0), None, Some(4_000.0)), Some(20.0));
        assert_eq!(of(None, None, None), Some(4_000.0));
        assert_eq!(of(None, Some(500.0), None), Some(500.0));
        assert_eq!(of(None, Some(50_000.0), Some(12_000.0)), Some(12_000.0));
    }
}
