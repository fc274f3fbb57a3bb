//! Deduplication state of a FIFO queue, so that repeated calls have no effect.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// AWS: the deduplication interval is 5 minutes, for sends and for receive attempts.
pub(crate) const INTERVAL_MS: u64 = 5 * 60 * 1000;

/// A map that forgets its entries after the deduplication interval.
#[derive(Debug)]
pub(crate) struct Recent<V> {
    entries: HashMap<String, (u64, V)>,
    order: VecDeque<(u64, String)>,
}

impl<V> Default for Recent<V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new() }
    }
}

impl<V: Clone> Recent<V> {
    pub fn get(&mut self, key: &str, now: u64) -> Option<V> {
        while let Some((at, oldest)) = self.order.front() {
            if at + INTERVAL_MS > now {
                break;
            }
            // A renewed entry has a later time than its old place in line.
            if self.entries.get(oldest).is_some_and(|(entered, _)| entered == at) {
                self.entries.remove(oldest);
            }
            self.order.pop_front();
        }
        self.entries.get(key).map(|(_, value)| value.clone())
    }

    pub fn insert(&mut self, key: String, value: V, now: u64) {
        self.order.push_back((now, key.clone()));
        self.entries.insert(key, (now, value));
    }
}

/// Response to the first send with a deduplication id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FirstSend {
    pub message_id: Arc<str>,
    pub sequence: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_remembered_for_five_minutes() {
        let mut recent = Recent::default();
        recent.insert("d".into(), 1, 1000);
        assert_eq!(recent.get("d", 1000 + INTERVAL_MS - 1), Some(1));
        assert_eq!(recent.get("d", 1000 + INTERVAL_MS), None);
        assert!(recent.order.is_empty(), "the line is emptied too");
    }

    #[test]
    fn renewing_an_entry_outlives_its_first_place_in_line() {
        let mut recent = Recent::default();
        recent.insert("a".into(), 1, 0);
        recent.insert("a".into(), 2, 1000);
        assert_eq!(recent.get("a", INTERVAL_MS + 1), Some(2));
        assert_eq!(recent.get("a", INTERVAL_MS + 1000), None);
    }
}
