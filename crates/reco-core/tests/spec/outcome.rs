//! Truth table from counts to outcomes.

use reco_core::outcome::{Outcome, Tally};

#[test]
fn the_whole_truth_table() {
    use Outcome::{Failed, NothingToDo, Partial, Success};
    // partly, failed, missing, done
    for (partly, failed, missing, done, ended) in [
        (0, 0, 0, 0, NothingToDo),
        (0, 0, 0, 3, Success),
        (0, 0, 2, 0, NothingToDo),
        (0, 0, 2, 3, Partial),
        (0, 2, 0, 0, Failed),
        (0, 2, 0, 3, Partial),
        (0, 2, 2, 0, Failed),
        (0, 2, 2, 3, Partial),
        (1, 0, 0, 0, Partial),
        (1, 0, 0, 3, Partial),
        (1, 0, 2, 0, Partial),
        (1, 0, 2, 3, Partial),
        (1, 2, 0, 0, Partial),
        (1, 2, 0, 3, Partial),
        (1, 2, 2, 0, Partial),
        (1, 2, 2, 3, Partial),
    ] {
        for excluded in [0, 9] {
            let tally = Tally { done, excluded, failed, partly, missing };
            assert_eq!(tally.outcome(false), ended, "{tally:?}");
            assert_eq!(tally.outcome(true), Outcome::Interrupted, "{tally:?}");
        }
    }
}

#[test]
fn only_what_is_done_as_a_whole_is_a_success() {
    let range = || 0..3u64;
    for partly in range() {
        for failed in range() {
            for missing in range() {
                for done in range() {
                    let tally = Tally { done, excluded: 0, failed, partly, missing };
                    let whole = done > 0 && partly + failed + missing == 0;
                    assert_eq!(tally.outcome(false) == Outcome::Success, whole, "{tally:?}");
                }
            }
        }
    }
}
