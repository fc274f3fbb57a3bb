//! How far a run is, for its progress display.

use crate::event::{Progress, Total};

/// How far a run is: in units of what it does, not of what it reads.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RunProgress {
    /// Bytes of input read, as stored.
    pub read_bytes: u64,
    /// Items or lists done.
    pub done: u64,
    /// Items or lists taken in so far, done or not.
    pub taken: u64,
    /// True if the whole input is taken in.
    pub at_end: bool,
    /// Write capacity units per second that may be used, if limited.
    pub budget_wcu: Option<f64>,
}

impl RunProgress {
    /// Returns how many items there are in an input of this size.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate")]
    pub fn total(&self, input_bytes: Option<u64>) -> Total {
        match input_bytes {
            _ if self.at_end => Total::Exactly(self.taken),
            Some(bytes) if self.read_bytes > 0 && self.taken > 0 => {
                let whole = bytes.max(self.read_bytes) as f64;
                Total::About((self.taken as f64 * whole / self.read_bytes as f64).round() as u64)
            }
            _ => Total::Unknown,
        }
    }

    /// Shows it; `input_bytes` is the size of the input, if known.
    pub fn show(&self, progress: &Progress, input_bytes: Option<u64>) {
        progress.expect(self.total(input_bytes));
        progress.set(self.done);
        if let Some(budget) = self.budget_wcu {
            let budget = reco_core::progress::two_digits(budget);
            progress.note(format!("budget {budget} WCU/s"));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_whole_is_estimated_until_it_is_read() {
        let half = RunProgress { read_bytes: 500, done: 138, taken: 300, ..RunProgress::default() };
        assert_eq!(half.total(Some(1000)), Total::About(600));
        assert_eq!(half.total(None), Total::Unknown, "a pipe");
        let whole = RunProgress { taken: 600, read_bytes: 1000, at_end: true, ..half };
        assert_eq!(whole.total(Some(1000)), Total::Exactly(600));
        assert_eq!(whole.total(None), Total::Exactly(600));
        assert_eq!(RunProgress::default().total(Some(1000)), Total::Unknown);
    }

    proptest! {
        /// There is never less to do than what was taken in.
        #[test]
        fn no_estimate_is_below_what_was_taken_in(
            read_bytes in 0_u64..1 << 40, taken in 0_u64..1 << 30, bytes in 0_u64..1 << 40,
        ) {
            let standing = RunProgress { read_bytes, taken, ..RunProgress::default() };
            if let Total::About(total) = standing.total(Some(bytes)) {
                prop_assert!(total >= taken);
            }
        }
    }
}
