//! Item sizes and write costs.

use serde::{Deserialize, Serialize};

/// Upper bounds of the histogram's buckets in WCU, which equals KB: single units where most lists
/// are, then doubling, up to the 400 KB limit of an item.
const BUCKETS: [u64; 10] = [1, 2, 3, 4, 8, 16, 32, 64, 128, 400];

/// Item sizes in bytes by DynamoDB's rules, and their write cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemSizes {
    /// Number of items.
    pub count: u64,
    /// Smallest item.
    pub min_bytes: usize,
    /// Mean size.
    pub avg_bytes: usize,
    /// Largest item.
    pub max_bytes: usize,
    /// Total size.
    pub total_bytes: u64,
    /// Computed cost in WCU, assuming that no larger item is replaced and no index is touched; each
    /// removal counts as 1.
    pub wcu: u64,
    /// Histogram of item costs.
    pub histogram: Histogram,
}

impl ItemSizes {
    /// Adds an item of `bytes`.
    pub fn add(&mut self, bytes: usize) {
        self.min_bytes = if self.count == 0 { bytes } else { self.min_bytes.min(bytes) };
        self.max_bytes = self.max_bytes.max(bytes);
        self.count += 1;
        self.total_bytes += bytes as u64;
        self.avg_bytes = usize::try_from(self.total_bytes / self.count).unwrap_or(usize::MAX);
        let wcu = reco_core::item::wcu(bytes);
        self.wcu += wcu;
        self.histogram.add(wcu);
    }

    /// Adds a removal. It costs as much as the removed item, of which only the minimum is known.
    pub fn add_delete(&mut self) {
        self.wcu += 1;
    }
}

/// Items by their cost in WCU.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Histogram([u64; BUCKETS.len()]);

/// Items that cost from `min_wcu` to `max_wcu`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Lower bound in WCU.
    pub min_wcu: u64,
    /// Upper bound in WCU, which is also the largest size in KB.
    pub max_wcu: u64,
    /// Number of items.
    pub items: u64,
}

impl Histogram {
    fn add(&mut self, wcu: u64) {
        let at = BUCKETS.partition_point(|bound| *bound < wcu).min(BUCKETS.len() - 1);
        self.0[at] += 1;
    }

    /// Returns the buckets that hold items, cheapest first.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        let min = |at: usize| if at == 0 { 1 } else { BUCKETS[at - 1] + 1 };
        let all = self.0.iter().enumerate();
        all.filter(|(_, items)| **items > 0).map(move |(at, items)| Bucket {
            min_wcu: min(at),
            max_wcu: BUCKETS[at],
            items: *items,
        })
    }
}

impl Serialize for Histogram {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.buckets())
    }
}

impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut histogram = Histogram::default();
        for bucket in Vec::<Bucket>::deserialize(deserializer)? {
            let at = BUCKETS.binary_search(&bucket.max_wcu).map_err(|_| {
                serde::de::Error::custom(format!("no bucket ends at {} WCU", bucket.max_wcu))
            })?;
            histogram.0[at] = bucket.items;
        }
        Ok(histogram)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_in_the_bucket_of_its_cost() {
        let mut sizes = ItemSizes::default();
        for bytes in [1, 1024, 1025, 5000, 9000, 409_600] {
            sizes.add(bytes);
        }
        let buckets: Vec<_> =
            sizes.histogram.buckets().map(|b| (b.min_wcu, b.max_wcu, b.items)).collect();
        assert_eq!(buckets, [(1, 1, 2), (2, 2, 1), (5, 8, 1), (9, 16, 1), (129, 400, 1)]);
        assert_eq!((sizes.count, sizes.min_bytes, sizes.max_bytes), (6, 1, 409_600));
        assert_eq!(sizes.wcu, 1 + 1 + 2 + 5 + 9 + 400);
        let text = serde_json::to_string(&sizes).expect("serialises");
        assert_eq!(serde_json::from_str::<ItemSizes>(&text).expect("reads back"), sizes);
    }
}
