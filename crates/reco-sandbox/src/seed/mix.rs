//! Number of messages by class.

use reco_core::classify::Class;
use std::collections::BTreeMap;

/// Shares of a realistic DLQ after an incident: most messages failed for a transient reason.
const SHARES: [(Class, usize); 9] = [
    (Class::Retryable, 33),
    (Class::Partial, 6),
    (Class::Malformed, 6),
    (Class::Foreign, 4),
    (Class::UnknownUser, 3),
    (Class::Empty, 2),
    (Class::Oversize, 1),
    (Class::Stale, 3),
    (Class::Superseded, 2),
];

/// A number of messages for each class. The default is a realistic mixture of 60.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mix {
    counts: BTreeMap<Class, usize>,
}

impl Default for Mix {
    fn default() -> Self {
        Self { counts: SHARES.into() }
    }
}

impl Mix {
    /// Returns the mixture of an empty DLQ.
    #[must_use]
    pub fn none() -> Self {
        Self { counts: BTreeMap::new() }
    }

    /// Returns the realistic mixture, scaled to `total` messages.
    #[must_use]
    pub fn of_total(total: usize) -> Self {
        let whole: usize = SHARES.iter().map(|(_, share)| share).sum();
        let mut counts: BTreeMap<_, _> =
            SHARES.iter().map(|(class, share)| (*class, total * share / whole)).collect();
        let given: usize = counts.values().sum();
        *counts.entry(Class::Retryable).or_default() += total - given;
        Self { counts }
    }

    /// Returns the same mixture with `count` messages of one class.
    #[must_use]
    pub fn with(mut self, class: Class, count: usize) -> Self {
        self.counts.insert(class, count);
        self
    }

    /// Returns the number of messages of a class. Superseded messages need a newer retryable
    /// message; without one there are none.
    #[must_use]
    pub fn count(&self, class: Class) -> usize {
        let count = |class| self.counts.get(&class).copied().unwrap_or_default();
        if class == Class::Superseded && count(Class::Retryable) == 0 {
            return 0;
        }
        count(class)
    }

    /// Returns the number of messages of all classes.
    #[must_use]
    pub fn total(&self) -> usize {
        Class::ALL.iter().map(|class| self.count(*class)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretched_mixture_has_the_total_it_was_asked_for() {
        assert_eq!(Mix::default().total(), 60);
        for total in [0, 1, 7, 60, 61, 1_000] {
            assert_eq!(Mix::of_total(total).total(), total);
        }
        assert!(Class::ALL.iter().all(|class| Mix::of_total(1_000).count(*class) > 0));
    }

    #[test]
    fn nothing_is_superseded_by_nothing() {
        let mix = Mix::default().with(Class::Retryable, 0);
        assert_eq!(mix.count(Class::Superseded), 0);
    }
}
