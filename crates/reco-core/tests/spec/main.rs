//! Guarantees of the core, rule by rule, through its public interface.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test may look at the clock, the core may not")]

mod batch;
mod budget;
mod classify;
mod decode;
mod decode_props;
mod envelope;
mod export;
mod filter;
mod item;
mod journal;
mod outcome;
mod policy;
mod record;
mod salvage;
mod settle;
mod shapes;
mod supersede;

use reco_core::{Id, Recommendation};

/// Creates a recommendation without a time.
fn rec(user: impl Into<Id>, articles: impl IntoIterator<Item = u64>) -> Recommendation {
    let articles = articles.into_iter().map(Id::from).collect();
    Recommendation { user: user.into(), articles, generated_at: None }
}
