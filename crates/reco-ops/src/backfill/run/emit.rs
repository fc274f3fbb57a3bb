//! End of a run that writes files: all of them or none.

use super::super::report::StopCause;
use super::super::sink::Sink;
use super::super::sink::emit::Merged;
use super::{Run, internal};
use crate::error::Result;

impl Run {
    /// Writes the parts when all items are in. A stopped run writes none.
    ///
    /// # Errors
    /// Fails only on a bug in recoctl; a full disk stops the run instead.
    pub(in super::super) async fn merge(&mut self) -> Result<Option<Merged>> {
        let Sink::Emit(emit) = &mut self.sink else { return Ok(None) };
        let Some(gathered) = emit.gathered() else { return Ok(None) };
        if self.stop.is_some() || gathered.is_empty() {
            gathered.abandon();
            self.line_tracker.undone();
            return Ok(None);
        }
        let cancel = self.cancel.clone();
        let merging = tokio::task::spawn_blocking(move || gathered.merge(&cancel));
        match merging.await.map_err(|error| internal(&error))? {
            Ok(merged) => {
                self.line_tracker.replaced(merged.replaced, merged.sizes);
                Ok(Some(merged))
            }
            Err(_) if self.cancel.is_cancelled() => {
                self.stop(StopCause::Interrupted, "interrupted".to_owned());
                self.line_tracker.undone();
                Ok(None)
            }
            Err(error) => {
                self.stop(StopCause::Files, format!("cannot write the parts: {error}"));
                self.line_tracker.undone();
                Ok(None)
            }
        }
    }
}
