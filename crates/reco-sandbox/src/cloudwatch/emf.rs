//! Metrics in embedded metric format, taken from the lines that a function prints, as CloudWatch
//! Logs does.
//!
//! AWS: "Specification: Embedded metric format".

use super::Cloudwatch;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct EmbeddedMetrics {
    #[serde(rename = "_aws")]
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    timestamp: i64,
    cloud_watch_metrics: Vec<MetricDirective>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDirective {
    namespace: String,
    dimensions: Vec<Vec<String>>,
    metrics: Vec<MetricDefinition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDefinition {
    name: String,
}

impl Cloudwatch {
    /// Records the metrics of a log line; returns `false` if it has none.
    pub fn record_line(&self, line: &Value) -> bool {
        let Ok(EmbeddedMetrics { metadata }) = EmbeddedMetrics::deserialize(line) else {
            return false;
        };
        for directive in &metadata.cloud_watch_metrics {
            for names in &directive.dimensions {
                let values =
                    names.iter().map(|name| Some((name.as_str(), line.get(name)?.as_str()?)));
                let Some(dimensions) = values.collect::<Option<Vec<_>>>() else { continue };
                for MetricDefinition { name } in &directive.metrics {
                    // Each value of a list is a sample.
                    let values = match line.get(name) {
                        Some(Value::Array(values)) => values.as_slice(),
                        Some(value) => std::slice::from_ref(value),
                        None => &[],
                    };
                    let time = metadata.timestamp.div_euclid(1_000);
                    for value in values.iter().filter_map(Value::as_f64) {
                        self.record(&directive.namespace, name, &dimensions, time, value);
                    }
                }
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::SeriesKey;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_becomes_samples_of_its_series() {
        let metrics = Cloudwatch::by_second();
        let line = |timestamp: i64, written: Value| {
            json!({
                "_aws": {
                    "Timestamp": timestamp,
                    "CloudWatchMetrics": [{
                        "Namespace": "Reco/Writer",
                        "Dimensions": [["FunctionName"]],
                        "Metrics": [{ "Name": "EntriesWritten", "Unit": "Count" }],
                    }],
                },
                "FunctionName": "f",
                "EntriesWritten": written,
            })
        };
        assert!(metrics.record_line(&line(7_100, json!(40))));
        assert!(metrics.record_line(&line(7_900, json!([2, 3]))));
        assert!(metrics.record_line(&line(9_000, json!(5))));
        let key = SeriesKey::new("Reco/Writer", "EntriesWritten", &[("FunctionName", "f")]);
        let sums: Vec<_> = metrics.state.lock().store.periods(&key, 0, 60, 1).into_iter().collect();
        let sums: Vec<_> = sums.iter().map(|(time, sample)| (*time, sample.sum)).collect();
        assert_eq!(sums, [(7, 45.0), (9, 5.0)]);
    }

    #[test]
    fn other_lines_have_no_metrics() {
        let metrics = Cloudwatch::new();
        for line in [json!({ "message": "init done" }), json!("text"), json!({ "_aws": 1 })] {
            assert!(!metrics.record_line(&line), "{line}");
        }
    }
}
