//! Named checks, through the real SDK and for any endpoint, of what recoctl requires of SQS.
//!
//! A check creates its own queues and asserts what the AWS documentation says. A doc comment quotes
//! the statement that a check rests on.

mod delete;
mod fifo;
mod move_tasks;
mod queues;
mod receive;
mod redrive;
mod send;
mod visibility;

use super::check::{Check, checks};
use super::kit::Kit;

/// Every check. The compiler reports a check that is missing here as dead code.
pub const CHECKS: &[Check<Kit>] = checks! {
    queues {
        creating_again_needs_equal_attributes,
        names_are_checked,
        a_missing_queue_is_an_error_of_its_own,
        lists_filter_by_prefix_and_page,
        defaults_are_the_documented_ones,
        attributes_are_set_within_their_ranges,
        a_redrive_policy_needs_a_queue_of_its_type,
        dead_letter_sources_are_listed,
        a_purge_empties_and_may_not_repeat,
        a_deleted_name_is_not_free_at_once,
        tags_are_kept,
        tags_have_rules,
    }
    send {
        digests_prove_what_arrived,
        a_batch_fails_entry_by_entry,
        a_bad_batch_fails_whole,
        the_queues_size_limit_holds,
        attributes_count_for_the_size,
        a_batch_has_a_size_limit,
        forbidden_characters_are_refused,
        attribute_rules_hold,
        delays_hide_a_message,
        delays_have_a_range,
        a_standard_queue_takes_groups_but_no_deduplication_id,
    }
    receive {
        nothing_is_shown_unasked,
        system_attributes_are_shown_by_name,
        user_attributes_are_shown_by_name_and_prefix,
        attributes_of_every_kind_survive,
        receives_are_counted,
        a_timeout_of_zero_hides_nothing,
        a_timeout_ends,
        parameters_have_ranges,
        a_long_poll_ends_with_a_message,
        a_long_poll_sees_a_message_come_back,
        a_long_poll_ends_empty,
        counts_are_told_apart,
    }
    delete {
        deleting_twice_succeeds,
        an_old_handle_does_not_delete,
        the_latest_handle_deletes_after_its_timeout,
        a_foreign_handle_is_refused,
        a_batch_fails_entry_by_entry,
    }
    visibility {
        zero_shows_a_message_at_once,
        an_extension_counts_from_now,
        a_visible_message_is_not_in_flight,
        twelve_hours_are_the_limit,
        a_batch_fails_entry_by_entry,
    }
    redrive {
        a_worn_message_moves_with_all_it_has,
        the_receive_count_goes_on,
        a_fifo_move_resets_time_and_deduplication,
    }
    fifo {
        group_and_deduplication_id_are_required,
        a_group_is_ordered_and_blocks,
        groups_do_not_block_each_other,
        a_repeated_send_is_swallowed,
        deduplication_by_content,
        a_message_may_not_have_its_own_delay,
        a_lapsed_handle_does_not_delete,
        a_receive_attempt_repeats,
    }
    move_tasks {
        messages_go_home,
        a_task_goes_at_its_rate_and_can_be_cancelled,
        a_message_without_a_source_fails_the_task,
        a_destination_may_be_named,
        what_cannot_start,
    }
};
