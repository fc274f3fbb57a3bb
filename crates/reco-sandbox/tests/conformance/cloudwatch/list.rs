//! `ListMetrics`.

use aws_sdk_cloudwatch::types::{DimensionFilter, Metric};

use super::kit::*;

/// AWS DimensionFilter: a name alone matches every value; filters match dimensions one by one, so
/// a metric with more dimensions matches too.
pub async fn metrics_are_listed_by_name_and_dimension(kit: &Kit) -> Outcome {
    let namespace = unique("Check");
    let sets: [(&str, &[(&str, &str)]); 3] = [
        ("depth", &[("Queue", "a")]),
        ("depth", &[("Queue", "b"), ("Kind", "fifo")]),
        ("age", &[("Kind", "fifo")]),
    ];
    let data = sets.iter().map(|(name, set)| {
        kit.datum(name, 0).set_dimensions(Some(dimensions(set))).value(1.0).build()
    });
    kit.put(&namespace, data.collect()).await?;
    let by = |name: &str, value: Option<&str>| {
        let filter = DimensionFilter::builder().name(name);
        vec![filter.set_value(value.map(str::to_owned)).build()]
    };
    let cases = [
        ("all", None, vec![], 3),
        ("by metric", Some("depth"), vec![], 2),
        ("by name", None, by("Kind", None), 2),
        ("by value", None, by("Queue", Some("b")), 1),
        ("another value", None, by("Queue", Some("c")), 0),
        ("by metric and name", Some("age"), by("Queue", None), 0),
    ];
    for (what, metric, filter, expected) in cases {
        let list = kit.cloudwatch.list_metrics().namespace(&namespace);
        let list = list.set_metric_name(metric.map(str::to_owned));
        let answer = list.set_dimensions(Some(filter)).send().await?;
        same(what, answer.metrics().len(), expected)?;
    }
    let list = kit.cloudwatch.list_metrics().namespace(&namespace).metric_name("age");
    let metrics = list.send().await?.metrics.unwrap_or_default();
    let seen: Vec<_> = metrics.iter().map(Metric::dimensions).collect();
    same("its dimensions", seen, vec![dimensions(&[("Kind", "fifo")]).as_slice()])
}
