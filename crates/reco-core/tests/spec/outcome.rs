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
        for (excluded, times) in [(0, 1), (0, 2), (9, 1)] {
            let [partly, failed, missing, done] =
                [partly, failed, missing, done].map(|count| count * times);
            let tally = Tally { done, excluded, failed, partly, missing };
            assert_eq!(tally.outcome(false), ended, "{tally:?}");
            assert_eq!(tally.outcome(true), Outcome::Interrupted, "{tally:?}");
        }
    }
}
