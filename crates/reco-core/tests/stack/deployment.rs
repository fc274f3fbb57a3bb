//! Other guarantees of `deploy/`: settings for the function, recoctl and CloudWatch, and the
//! README's table of rules.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::rules::{Severity, rules};
use serde_json::{Value, json};

use crate::boundaries::{VPC, with};
use crate::cloudformation::Template;
use crate::template::{deployed, read};

fn dashboard(template: &Template) -> Value {
    let body = template.properties("Dashboard")["DashboardBody"].as_str().unwrap().to_owned();
    serde_json::from_str(&body).unwrap()
}

#[test]
fn the_dashboard_is_json_and_names_what_is_deployed() {
    let body = dashboard(&deployed(&[("PipelineName", json!("films"))]));
    let widgets = body["widgets"].as_array().unwrap();
    assert_eq!(widgets[0]["properties"]["alarms"].as_array().unwrap().len(), 7);
    let text = body.to_string();
    for name in ["\"films\"", "\"films-dlq\"", "\"films-writer\"", "\"films-recommendations\""] {
        assert!(text.contains(name), "{name}");
    }
}

#[test]
fn every_alarm_is_on_the_dashboard() {
    let template = deployed(&[]);
    let body = dashboard(&template).to_string();
    for alarm in template.resources("AWS::CloudWatch::Alarm") {
        assert!(body.contains(&format!("\"{alarm}.Arn\"")), "{alarm}");
    }
}

/// A metric that is never emitted leaves a chart empty and an alarm silent.
#[test]
fn the_functions_own_metrics_are_emitted() {
    let template = deployed(&[]);
    let metrics = read("crates/reco-lambda/src/metrics.rs");
    let namespace = "Reco/Writer";
    assert!(metrics.contains(&format!("NAMESPACE: &str = \"{namespace}\"")));
    let body = dashboard(&template);
    let widgets = body["widgets"].as_array().unwrap().iter();
    let charted = widgets.filter_map(|widget| widget["properties"]["metrics"].as_array()).flatten();
    let charted = charted.filter(|metric| metric[0] == namespace).map(|metric| metric[1].clone());
    let alarms = template.resources("AWS::CloudWatch::Alarm").into_iter();
    let alarms = alarms.map(|id| template.properties(id)).filter(|a| a["Namespace"] == namespace);
    let names: BTreeSet<String> = charted
        .chain(alarms.map(|alarm| alarm["MetricName"].clone()))
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(metrics.contains(&format!("\"{name}\"")), "the function emits no {name}");
    }
}

#[test]
fn the_snippet_is_a_section_of_recoctl_toml() {
    let snippet = deployed(&[]).output("RecoctlToml");
    let parsed: toml::Table = toml::from_str(snippet.as_str().unwrap()).unwrap();
    let section = parsed["env"]["recs"].as_table().unwrap();
    let keys: BTreeSet<&str> = section.keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(["dlq", "function", "queue", "region", "table"]));
    assert_eq!(section["queue"].as_str(), Some("arn:aws:sqs:eu-west-1:123456789012:recs"));
    assert_eq!(section["table"].as_str(), Some("recs-recommendations"));
    let settings = read("src/config/settings.rs");
    for key in keys {
        assert!(settings.contains(&format!("\"{key}\"")), "recoctl knows no {key}");
    }
}

fn variables(parameters: &[(&str, Value)]) -> BTreeSet<String> {
    let properties = deployed(parameters).properties("Function");
    properties["Environment"]["Variables"].as_object().unwrap().keys().cloned().collect()
}

/// The function reads every variable that the template sets.
#[test]
fn the_function_reads_what_the_template_sets() {
    let cache = ["RECO_FACTS_CACHE_ARTICLES", "RECO_FACTS_CACHE_SECONDS"];
    let always = ["RECO_FACTS", "RECO_TABLE"].into_iter().chain(cache);
    assert_eq!(variables(&[]), always.map(str::to_owned).collect());
    let source = read("crates/reco-lambda/src/settings.rs");
    let all = variables(&[
        ("PolicyToml", json!("limits.max_len = 5")),
        ("PolicyFingerprint", json!("0".repeat(64))),
        ("FactsTablesToml", json!("users.table = 'members'")),
    ]);
    assert_eq!(all.len(), 7);
    let files = with(&[("PolicyFile", "policy.toml"), ("FactsTablesFile", "tables.toml")]);
    let files = &files.properties("Function")["Environment"]["Variables"];
    assert_eq!(files["RECO_POLICY"], "policy.toml");
    assert_eq!(files["RECO_FACTS_TABLES"], "tables.toml");
    for name in all {
        assert!(source.contains(&format!("\"{name}\"")), "the function does not read {name}");
    }
}

#[test]
fn the_function_enters_a_vpc_only_when_asked() {
    assert!(deployed(&[]).properties("Function").get("VpcConfig").is_none());
    let template = with(&VPC);
    let vpc = &template.properties("Function")["VpcConfig"];
    assert_eq!(vpc["SubnetIds"], json!(["subnet-1", "subnet-2"]));
    assert_eq!(template.resources("AWS::EC2::SecurityGroupIngress"), ["RdsProxyIngress"]);
    assert_eq!(template.output("RdsProxyAddress"), "proxy.example.com:3306");
}

/// Grants by action: a wider grant must be added here, too.
#[test]
fn grants_are_the_least_that_is_needed() {
    let template = deployed(&[]);
    let mut grants = String::new();
    let mut statements = |holder: &str, document: &Value| {
        for statement in document["Statement"].as_array().unwrap() {
            assert_eq!(statement["Effect"], "Allow");
            let list = |value: &Value| match value {
                Value::Array(items) => {
                    items.iter().map(|item| item.as_str().unwrap()).collect::<Vec<_>>().join(" ")
                }
                one => one.as_str().unwrap().to_owned(),
            };
            let (actions, on) = (list(&statement["Action"]), list(&statement["Resource"]));
            writeln!(grants, "{holder}: {actions} on {on}").unwrap();
        }
    };
    let role = template.properties("FunctionRole");
    assert!(
        role.get("ManagedPolicyArns").is_none(),
        "outside a VPC the role needs no other policy"
    );
    for policy in role["Policies"].as_array().unwrap() {
        statements("function", &policy["PolicyDocument"]);
    }
    for id in template.resources("AWS::IAM::ManagedPolicy") {
        statements(id, &template.properties(id)["PolicyDocument"]);
    }
    insta::assert_snapshot!(grants);
}

fn table_of_rules() -> String {
    let mut table = String::from("| rule | what must hold | why | source |\n|---|---|---|---|\n");
    for rule in rules() {
        let id = rule.id;
        let severity = if rule.severity == Severity::Error { "error" } else { "warning" };
        let (title, reason) = (rule.title, rule.reason);
        let source = format!("[{}]({})", rule.source.title, rule.source.url);
        writeln!(table, "| `{id}` ({severity}) | {title} | {reason} | {source} |").unwrap();
    }
    table
}

#[test]
fn the_readme_has_the_table_of_rules() {
    let (readme, table) = (read("deploy/README.md"), table_of_rules());
    assert!(readme.contains(&table), "deploy/README.md must contain:\n{table}");
}
