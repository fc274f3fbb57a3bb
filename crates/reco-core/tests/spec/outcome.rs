//! The truth table from what was done to how the run ends.

use reco_core::outcome::{Outcome, Tally};

#[test]
fn the_whole_truth_table() {
    for (done, failed, ended) in [
        (0, 0, Outcome::NothingToDo),
        (3, 0, Outcome::Success),
        (0, 2, Outcome::Failed),
        (3, 2, Outcome::Partial),
    ] {
        for excluded in [0, 9] {
            let tally = Tally { done, excluded, failed };
            assert_eq!(tally.outcome(false), ended, "{tally:?}");
            assert_eq!(tally.outcome(true), Outcome::Interrupted, "{tally:?}");
        }
    }
}
