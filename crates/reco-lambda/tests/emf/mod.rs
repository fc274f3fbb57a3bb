//! Validator for CloudWatch's embedded metric format, independent of the code that emits it.
//!
//! AWS: "Specification: Embedded metric format", and PutMetricData for names and units.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::StandardUnit;
use serde_json::Value;

/// Validates a line and returns its metrics: value and unit by name.
pub fn valid(line: &Value) -> BTreeMap<String, (f64, String)> {
    let root = line.as_object().unwrap();
    let aws = root["_aws"].as_object().unwrap();
    let timestamp = aws["Timestamp"].as_u64().unwrap();
    // From 2000 to 2199.
    assert!((946_684_800_000..7_258_118_400_000).contains(&timestamp), "{timestamp}");
    let mut metrics = BTreeMap::new();
    let directives = aws["CloudWatchMetrics"].as_array().unwrap();
    assert!(!directives.is_empty());
    for directive in directives {
        let namespace = directive["Namespace"].as_str().unwrap();
        assert!((1..=255).contains(&namespace.len()) && !namespace.starts_with("AWS/"));
        for set in directive["Dimensions"].as_array().unwrap() {
            let names = set.as_array().unwrap();
            assert!(names.len() <= 30);
            for name in names {
                let value = root[name.as_str().unwrap()].as_str().unwrap();
                assert!((1..=1024).contains(&value.len()), "{name} is {value:?}");
            }
        }
        let definitions = directive["Metrics"].as_array().unwrap();
        assert!(definitions.len() <= 100, "{} metrics", definitions.len());
        for definition in definitions {
            let (name, value, unit) = metric(definition, line);
            assert!(metrics.insert(name.clone(), (value, unit)).is_none(), "{name} twice");
        }
    }
    assert!(!metrics.is_empty());
    metrics
}

fn metric(definition: &Value, line: &Value) -> (String, f64, String) {
    let keys: Vec<&String> = definition.as_object().unwrap().keys().collect();
    let known = ["Name", "Unit", "StorageResolution"];
    assert!(keys.iter().all(|key| known.contains(&key.as_str())), "{keys:?}");
    let name = definition["Name"].as_str().unwrap();
    assert!((1..=1024).contains(&name.len()) && name.is_ascii());
    let unit = definition["Unit"].as_str().unwrap();
    assert!(StandardUnit::values().contains(&unit), "{unit}");
    let value = line[name].as_f64().unwrap_or_else(|| panic!("{name} is {}", line[name]));
    assert!(value.is_finite());
    (name.to_owned(), value, unit.to_owned())
}
