//! Named checks, through the real SDK and for any endpoint, of what recoctl requires of CloudWatch.
//!
//! A check creates its own series and alarms and asserts what the AWS documentation says. A doc
//! comment quotes the statement that a check rests on.

mod alarms;
mod get;
mod identity;
pub mod kit;
mod list;
mod own;
mod put;
mod refusal;

use super::check::{Check, checks};
use kit::Kit;

/// Every check. The compiler reports a check that is missing here as dead code.
pub const CHECKS: &[Check<Kit>] = checks! {
    put {
        values_of_a_minute_are_one_sample_each,
        a_statistic_set_counts_as_its_samples,
        values_weigh_by_their_counts,
        values_without_counts_count_once,
        high_resolution_is_kept_by_the_second,
        kinds_of_value_exclude_each_other,
        counts_are_as_many_as_values,
        values_have_a_range,
        times_have_a_range,
    }
    identity {
        the_order_of_dimensions_means_nothing,
        fewer_dimensions_are_another_series,
        no_dimensions_are_another_series,
    }
    get {
        every_statistic_is_computed,
        samples_are_gathered_by_period,
        the_start_is_inclusive_and_the_end_exclusive,
        a_start_within_a_minute_is_rounded_down,
        the_newest_point_comes_first,
        the_oldest_point_comes_first_when_asked,
        no_data_is_empty_and_not_zero,
        queries_are_told_apart_by_id_and_label,
        a_label_is_the_metrics_name_by_default,
        data_that_is_not_wanted_is_not_returned,
        a_limit_makes_pages,
    }
    refusal {
        an_id_is_used_once,
        an_id_begins_with_a_small_letter,
        a_period_is_of_a_documented_length,
        the_start_is_before_the_end,
        a_statistic_is_a_known_one,
        a_request_has_at_most_500_queries,
        a_token_is_one_that_was_given,
    }
    alarms {
        an_alarm_is_described_as_it_was_put,
        an_alarm_is_replaced_by_its_name,
        alarms_are_found_by_name_prefix_and_state,
        descriptions_page,
        a_deleted_alarm_is_gone,
        an_incomplete_alarm_is_refused,
    }
    list {
        metrics_are_listed_by_name_and_dimension,
    }
};
