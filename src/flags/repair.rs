//! Flags that repair message bodies during a redrive.

use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use crate::flags::no_jq;
use reco_ops::dlq::repair::{Repair, RepairPlan, Transform};
use reco_ops::error::Result;

/// Body repairs, in this order: unwrap, transform, salvage.
#[derive(Debug, Clone, Default, Args)]
pub struct RepairArgs {
    /// Strip known envelopes (SNS, EventBridge, Lambda destination, SQS event) and send the content
    #[arg(long)]
    pub unwrap: bool,
    /// Rewrite each body with this jq expression, e.g. '.data |= map(select(.[0] != 0))'; the input
    /// is the body as JSON, or as a string if it is not JSON. Messages that still do not decode
    /// stay in the DLQ
    #[arg(long, value_name = "JQ")]
    pub transform: Option<String>,
    /// Split messages that have good and bad entries (class partial): send the entries that the
    /// filter accepts and save the others to --rejects; selects partial messages by default, too
    #[arg(long, requires = "rejects")]
    pub salvage: bool,
    /// With --salvage: save the entries that are not sent to this new file (JSON Lines)
    #[arg(long, value_name = "FILE", requires = "salvage")]
    pub rejects: Option<PathBuf>,
}

impl RepairArgs {
    /// Compiles the repair.
    ///
    /// # Errors
    /// Fails if the expression does not compile.
    pub async fn repair(&self, context: &Context) -> Result<Repair> {
        let transform = match &self.transform {
            Some(text) => {
                let compiled = Transform::compile(text, &context.jq, &context.cancel).await;
                let example = ".data |= map(select(.[0] != 0))";
                Some(compiled.map_err(|why| no_jq("--transform", text, why, example))?)
            }
            None => None,
        };
        Ok(Repair { unwrap: self.unwrap, transform, salvage: self.salvage })
    }

    /// Returns the repair as shown in reports; `None` without one.
    #[must_use]
    pub fn plan(&self) -> Option<RepairPlan> {
        let RepairArgs { unwrap, transform, salvage, .. } = self.clone();
        let any = unwrap || transform.is_some() || salvage;
        any.then_some(RepairPlan { unwrap, transform, salvage })
    }
}
