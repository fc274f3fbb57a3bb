//! Sources that can be told what is known already.

use std::future::Future;

use reco_core::facts::{FactSet, Facts, FactsError, FactsRequest};

use super::database::KnownArticles;

/// A source of facts that asks only for the articles that are not known yet. Users, reads and
/// mutes are asked for whole.
pub trait LookupKnowing: Facts {
    /// As [`Facts::lookup`], with some articles' facts at hand.
    ///
    /// # Errors
    /// As [`Facts::lookup`].
    fn lookup_knowing(
        &self,
        request: &FactsRequest,
        known: KnownArticles,
    ) -> impl Future<Output = Result<FactSet, FactsError>> + Send;
}
