//! Queries that break a rule. An answer would be taken for data.

use super::kit::*;

/// AWS MetricDataQuery, `Id`: unique within a call.
pub async fn an_id_is_used_once(kit: &Kit) -> Outcome {
    let request = kit.request(0, 60);
    let request = request.metric_data_queries(query("q", "Check", "Sum", 60));
    let request = request.metric_data_queries(query("q", "Check", "Maximum", 60));
    refused("twice", request.send().await, VALIDATION)
}

/// AWS MetricDataQuery, `Id`: letters, digits and underscores, a lower-case letter first.
pub async fn an_id_begins_with_a_small_letter(kit: &Kit) -> Outcome {
    for id in ["Q", "1q", "_q", "q-1", "q 1", "é"] {
        let request = kit.request(0, 60).metric_data_queries(query(id, "Check", "Sum", 60));
        refused(id, request.send().await, VALIDATION)?;
    }
    Ok(())
}

/// AWS MetricStat, `Period`: 1, 5, 10, 20, 30 or a multiple of 60 seconds.
pub async fn a_period_is_of_a_documented_length(kit: &Kit) -> Outcome {
    for period_s in [61, 2, -60, 0] {
        let request = kit.request(0, 60).metric_data_queries(query("q", "Check", "Sum", period_s));
        refused(&format!("{period_s} s"), request.send().await, VALIDATION)?;
    }
    Ok(())
}

pub async fn the_start_is_before_the_end(kit: &Kit) -> Outcome {
    for (what, end) in [("before", 0), ("equal", 60)] {
        let request = kit.request(60, end).metric_data_queries(query("q", "Check", "Sum", 60));
        refused(what, request.send().await, VALIDATION)?;
    }
    Ok(())
}

pub async fn a_statistic_is_a_known_one(kit: &Kit) -> Outcome {
    let request = kit.request(0, 60).metric_data_queries(query("q", "Check", "Median", 60));
    refused("Median", request.send().await, VALIDATION)
}

/// AWS GetMetricData: up to 500 queries per call.
pub async fn a_request_has_at_most_500_queries(kit: &Kit) -> Outcome {
    let queries = |n| (0..n).map(|i| query(&format!("q{i}"), "Check", "Sum", 60)).collect();
    let request = |n| kit.request(0, 60).set_metric_data_queries(Some(queries(n))).send();
    same("500", request(500).await?.metric_data_results().len(), 500)?;
    refused("501", request(501).await, VALIDATION)
}

/// AWS GetMetricData, errors.
pub async fn a_token_is_one_that_was_given(kit: &Kit) -> Outcome {
    let request = kit.request(0, 60).metric_data_queries(query("q", "Check", "Sum", 60));
    refused("made up", request.next_token("made-up").send().await, "InvalidNextToken")
}
