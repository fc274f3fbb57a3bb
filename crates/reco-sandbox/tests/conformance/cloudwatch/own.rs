//! Tests that only the sandbox's own CloudWatch allows: percentiles, pages of every size, the words of
//! refusals, and alarms on data of this minute.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::error::ProvideErrorMetadata;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{ComparisonOperator, MetricDataQuery, StateValue, StatusCode};
use reco_sandbox::{Sandbox, SandboxOptions};

use super::alarms::{alarm, described};
use super::kit::*;

async fn started() -> Result<(Sandbox, Kit), Failure> {
    let sandbox = Sandbox::start(SandboxOptions::empty()).await?;
    let kit = Kit::new(&sandbox.endpoint()).await;
    Ok((sandbox, kit))
}

#[tokio::test]
async fn percentiles_are_of_the_nearest_rank() -> Outcome {
    let (_sandbox, kit) = started().await?;
    let plain = kit.values(&[(0, 1.0), (59, 3.0), (60, 10.0), (119, 20.0)]).await?;
    for (stat, [first, second]) in [("p50", [1.0, 10.0]), ("p99.9", [3.0, 20.0])] {
        let found = kit.get(query("q", &plain, stat, 60), 0, 120).await?;
        same(stat, found, vec![(0, first), (60, second)])?;
    }
    let weighted = unique("Check");
    let datum = kit.datum("m", 0).set_values(Some(vec![1.0, 5.0])).set_counts(Some(vec![9.0, 1.0]));
    kit.put(&weighted, vec![datum.build()]).await?;
    kit.has(&weighted, &[("p90", 1.0), ("p91", 5.0)]).await
}

#[tokio::test]
async fn pages_add_up_to_the_whole_whatever_their_size() -> Outcome {
    let (_sandbox, kit) = started().await?;
    let values: Vec<_> =
        (0_i32..20).map(|minute| (i64::from(minute) * 60, minute.into())).collect();
    let namespace = kit.values(&values).await?;
    let none = query_of("none", metric(&namespace, "none", &[]), "Sum", 60);
    for limit in [1, 7, 20, 39, 40, 100] {
        let (mut found, mut token, mut pages) = (BTreeMap::<_, Vec<_>>::new(), None, 0);
        loop {
            let request = kit.request(0, 3_600).set_scan_by(None).max_datapoints(limit);
            let request = request.metric_data_queries(query("a", &namespace, "Sum", 60));
            let request = request.metric_data_queries(none.clone());
            let request = request.metric_data_queries(query("b", &namespace, "Average", 60));
            let answer = request.set_next_token(token).send().await?;
            pages += 1;
            let mut points = 0;
            for result in answer.metric_data_results() {
                points += result.values().len();
                let id = result.id().unwrap_or_default().to_owned();
                found.entry(id).or_default().extend(kit.points(result));
                let partial = result.status_code() == Some(&StatusCode::PartialData);
                holds("a token for the rest", !partial || answer.next_token().is_some())?;
            }
            holds("points within the limit", points <= limit as usize)?;
            token = answer.next_token;
            if token.is_none() {
                break;
            }
        }
        same(&format!("pages of {limit}"), pages, 40_usize.div_ceil(limit as usize))?;
        let newest_first: Vec<_> = values.iter().rev().copied().collect();
        let whole = [("a", newest_first.clone()), ("b", newest_first), ("none", vec![])];
        same("together", found, whole.map(|(id, points)| (id.to_owned(), points)).into())?;
    }
    Ok(())
}

#[tokio::test]
async fn refusals_say_which_rule_is_broken() -> Outcome {
    let (_sandbox, kit) = started().await?;
    let call = || kit.request(0, 60);
    let of = |id: &str, stat: &str, period_s| {
        call().metric_data_queries(query(id, "Check", stat, period_s))
    };
    let one = || of("q", "Sum", 60);
    let expression = MetricDataQuery::builder().id("e").expression("SUM(METRICS())").build();
    let many = (0..501).map(|n| query(&format!("q{n}"), "Check", "Sum", 60)).collect();
    let cases = [
        ("math", call().metric_data_queries(expression), "metric math"),
        ("501 queries", call().set_metric_data_queries(Some(many)), "at most 500"),
        ("an id twice", one().metric_data_queries(query("q", "Check", "Sum", 60)), "more than one"),
        ("an id in capitals", of("Q", "Sum", 60), "not valid"),
        ("an odd period", of("q", "Sum", 61), "multiple of 60"),
        ("an unknown statistic", of("q", "Median", 60), "Median"),
        ("start at the end", one().end_time(kit.at(0)), "less than"),
        ("too many points", one().max_datapoints(100_801), "100800"),
        ("a foreign token", one().next_token("x"), "token"),
    ];
    for (what, call, expected) in cases {
        let error = call.send().await.expect_err(what);
        let message = error.message().unwrap_or_default();
        assert!(message.contains(expected), "{what}: {message}");
        assert!(error.code().is_some(), "{what}");
    }
    Ok(())
}

#[tokio::test]
async fn a_large_request_arrives_compressed_and_whole() -> Outcome {
    let (_sandbox, kit) = started().await?;
    // Far above the 10 KB from which the SDK compresses a body.
    let namespace = kit.values(&(0..900).map(|second| (second, 1.0)).collect::<Vec<_>>()).await?;
    let found = kit.get(query("q", &namespace, "Sum", 3_600), 0, 3_600).await?;
    same("the sum", found, vec![(0, 900.0)])
}

#[tokio::test]
async fn the_state_of_an_alarm_follows_the_data() -> Outcome {
    let (_sandbox, kit) = started().await?;
    let namespace = unique("Check");
    let recent = DateTime::from(SystemTime::now() - Duration::from_secs(90));
    let data = [("high", 9.0), ("low", 0.0)];
    let datum = |(name, value)| kit.datum(name, 0).timestamp(recent).value(value).build();
    kit.put(&namespace, data.map(datum).to_vec()).await?;
    let states = [
        ("high", StateValue::Alarm),
        ("low", StateValue::Ok),
        ("absent", StateValue::InsufficientData),
    ];
    for (name, state) in states {
        let put = alarm(&kit, name).namespace(&namespace).metric_name(name).set_dimensions(None);
        let put = put.datapoints_to_alarm(1).threshold(1.0);
        let operator = ComparisonOperator::GreaterThanOrEqualToThreshold;
        put.comparison_operator(operator).send().await?;
        same(name, described(&kit, name).await?[0].state_value(), Some(&state))?;
    }
    Ok(())
}
