//! Confirmation by the operator before something that cannot be undone.

use futures::future::LocalBoxFuture;

use crate::error::{Error, Result};

/// Prompt for confirmation before an irreversible action.
pub trait Ask {
    /// Asks a yes-or-no question; any answer but yes counts as no.
    ///
    /// # Errors
    /// Refused if no prompt is possible; interrupted by a signal.
    fn ask<'a>(&'a self, question: &'a str) -> LocalBoxFuture<'a, Result<bool>>;
}

/// Asks before an irreversible action; `undone` says what was not done without a yes, such as
/// "moved".
///
/// # Errors
/// Refused unless the answer is yes; those of [`Ask::ask`].
pub(super) async fn confirm(operator: &dyn Ask, question: &str, undone: &str) -> Result<()> {
    match operator.ask(question).await? {
        true => Ok(()),
        false => Err(Error::refused(format!("not confirmed: nothing was {undone}"))),
    }
}
