//! Rate that the pipeline can take: what the table, its indexes and the function have to spare,
//! and what messages cost. Pure arithmetic; the caller measures.

mod proposal;
mod words;

pub use proposal::{Bounce, Guard, Proposal, propose};

/// Share of the spare capacity that a proposal uses. Users differ in size and traffic comes in
/// bursts; a redrive that takes all of it throttles the pipeline.
pub const SHARE: f64 = 0.5;

/// The same, if the use of the capacity is not known.
pub const SHARE_OF_UNKNOWN: f64 = 0.25;

/// Messages to be sent through the pipeline, and their cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Number of messages.
    pub messages: u64,
    /// Write capacity units of their items in the table.
    pub wcu: u64,
}

impl Load {
    /// Returns the mean cost of a message in WCU: at least one, the smallest write.
    #[must_use]
    pub fn per_message(&self) -> f64 {
        if self.messages == 0 { 1.0 } else { (float(self.wcu) / float(self.messages)).max(1.0) }
    }
}

/// A table or global secondary index that the items are written to.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Name of the index; `None` for the table.
    pub index: Option<String>,
    /// WCU per second that it accepts.
    pub limit: f64,
    /// WCU per second that others use; `None` if unknown.
    pub used: Option<f64>,
    /// True if writes to it were throttled within the last minutes.
    pub throttled: bool,
    /// Writes per item: one, and one for each local index.
    pub writes: f64,
}

impl Place {
    /// Returns the WCU per second that are left. If the use is unknown, all of them.
    #[must_use]
    pub fn spare(&self) -> f64 {
        (self.limit - self.used.unwrap_or(0.0)).max(0.0)
    }

    fn share(&self) -> f64 {
        if self.used.is_some() { SHARE } else { SHARE_OF_UNKNOWN }
    }

    /// Returns the WCU that a message costs here.
    fn cost(&self, load: &Load) -> f64 {
        load.per_message() * self.writes
    }
}

/// Capacity that the pipeline has to spare, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Room {
    /// The table and the global indexes that items are in; empty if nothing is known of them.
    pub places: Vec<Place>,
    /// Messages per second that the function handled at most while its concurrency was exhausted;
    /// `None` if it was not, or is unknown.
    pub function: Option<f64>,
    /// True if throttles can be watched: CloudWatch responds, and there is a table or a function.
    pub watchable: bool,
    /// Reason why the table's capacity is not known.
    pub unknown: Option<String>,
}

/// Rate at which messages would come faster than they can be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Excess {
    /// WCU per second that the messages would need.
    pub needs: f64,
    /// Place that has too little.
    pub place: Place,
    /// True if no rate was given.
    pub unlimited: bool,
}

impl Room {
    /// Returns the place that runs short first for these messages.
    #[must_use]
    pub fn tightest(&self, load: &Load) -> Option<&Place> {
        let seconds = |place: &Place| place.cost(load) / place.spare().max(f64::MIN_POSITIVE);
        self.places.iter().max_by(|a, b| seconds(a).total_cmp(&seconds(b)))
    }

    /// Returns by how much a rate in messages per second exceeds what there is to spare; `None` is
    /// no rate limit. No more messages than there are count as a second's.
    #[must_use]
    pub fn excess(&self, load: &Load, rate: Option<f64>) -> Option<Excess> {
        let place = self.tightest(load)?;
        let messages = rate.unwrap_or(f64::INFINITY).min(float(load.messages));
        let needs = messages * place.cost(load);
        // Nothing is spare only of zero; a fraction of a unit is rounding.
        (needs > place.spare() + 1e-9).then(|| Excess {
            needs,
            place: place.clone(),
            unlimited: rate.is_none(),
        })
    }
}

/// Returns the value rounded down to two significant digits.
fn round_down(value: f64) -> f64 {
    if !(value > 0.0 && value.is_finite()) {
        return 0.0;
    }
    #[expect(clippy::cast_possible_truncation, reason = "an exponent")]
    let scale = 10_f64.powi(value.log10().floor() as i32 - 1);
    // Powers below one are not exact.
    let rounded = ((value / scale + 1e-9).floor() * scale * 1e6).round() / 1e6;
    if rounded > value + 1e-9 { 0.0 } else { rounded }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests;
