//! Repeatable choice of which faults strike, and counts of those that did.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use fastrand::Rng;
use parking_lot::Mutex;

use super::spec::{Fault, FaultKind};

/// Configured faults, and the random numbers that decide when they strike.
///
/// Each fault draws from a separate stream for each action, so that calls of other actions, such as
/// a worker's polls, do not change which faults strike.
#[derive(Debug)]
pub(crate) struct Dice {
    faults: Vec<Fault>,
    seed: u64,
    streams: Mutex<HashMap<(usize, String), Rng>>,
    injected: Mutex<BTreeMap<String, u64>>,
}

/// The dice for one call.
#[derive(Debug)]
pub(crate) struct Roll<'a> {
    dice: &'a Dice,
    action: &'a str,
}

/// A fault that strikes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strike {
    /// Argument of the fault, in milliseconds.
    pub argument_ms: u64,
    /// A random number, for choices within the fault.
    pub luck: u64,
}

impl Strike {
    /// Returns a random bit.
    pub const fn coin(self) -> bool {
        self.luck & 1 == 1
    }
}

impl Dice {
    pub fn new(faults: Vec<Fault>, seed: u64) -> Self {
        Self { faults, seed, streams: Mutex::default(), injected: Mutex::default() }
    }

    pub const fn roll<'a>(&'a self, action: &'a str) -> Roll<'a> {
        Roll { dice: self, action }
    }

    pub fn injected(&self) -> BTreeMap<String, u64> {
        self.injected.lock().clone()
    }

    /// Returns a random number for choices within the fault if the fault strikes.
    fn strikes(&self, index: usize, action: &str, probability: f64) -> Option<u64> {
        let mut streams = self.streams.lock();
        let stream = streams.entry((index, action.to_owned())).or_insert_with(|| {
            let mut hasher = DefaultHasher::new();
            (self.seed, index, action).hash(&mut hasher);
            Rng::with_seed(hasher.finish())
        });
        let (chance, luck) = (stream.f64(), stream.u64(..));
        // `f64()` is below 1, so a probability of 1 always strikes and one of 0 never does.
        (chance < probability).then_some(luck)
    }
}

impl Roll<'_> {
    /// Returns the strike if a fault of this kind strikes now, without counting it.
    pub fn strikes(&self, kind: FaultKind) -> Option<Strike> {
        let faults = self.dice.faults.iter().enumerate();
        let mut faults =
            faults.filter(|(_, fault)| fault.kind() == kind && fault.befalls(self.action));
        faults.find_map(|(index, fault)| {
            let luck = self.dice.strikes(index, self.action, fault.probability())?;
            Some(Strike { argument_ms: fault.argument_ms(), luck })
        })
    }

    /// Returns the strike if a fault of this kind strikes now, and counts it as injected.
    pub fn inject(&self, kind: FaultKind) -> Option<Strike> {
        self.strikes(kind).inspect(|_| self.count(kind))
    }

    /// Counts a fault as injected.
    pub fn count(&self, kind: FaultKind) {
        let mut injected = self.dice.injected.lock();
        *injected.entry(format!("{}:{}", self.action, kind.name())).or_default() += 1;
    }
}
