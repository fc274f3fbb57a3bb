//! The flags by which bodies are repaired on the way.

use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use reco_ops::dlq::repair::{Repair, RepairPlan, Transform};
use reco_ops::error::{Error, Kind, Result};

/// What is done to bodies: envelopes off, then rewritten, then salvaged.
#[derive(Debug, Clone, Default, Args)]
pub struct RepairArgs {
    /// Take known envelopes (SNS, EventBridge, Lambda destination, SQS event) off, and send what is inside
    #[arg(long)]
    pub unwrap: bool,
    /// Rewrite each body by this jq expression, e.g. '.data |= map(select(.[0] != 0))'; it sees the body's JSON, or its text as a string. What does not decode afterwards is left in the DLQ
    #[arg(long, value_name = "JQ")]
    pub transform: Option<String>,
    /// Of messages with good and bad entries (class partial), send the entries that the filter accepts, and write the others to --rejects; takes partial messages along by default
    #[arg(long, requires = "rejects")]
    pub salvage: bool,
    /// With --salvage: write entries that are not sent to this new file, one JSON object a line
    #[arg(long, value_name = "FILE", requires = "salvage")]
    pub rejects: Option<PathBuf>,
}

impl RepairArgs {
    /// The repair, compiled.
    ///
    /// # Errors
    /// When the expression does not compile.
    pub async fn repair(&self, context: &Context) -> Result<Repair> {
        let compile = async |text: &str| {
            Transform::compile(text, &context.jq, &context.cancel).await.map_err(|error| {
                Error::new(Kind::Usage, format!("--transform {text:?} is no jq expression"))
                    .cause(error)
                    .hint("write a jq expression such as '.data |= map(select(.[0] != 0))'")
            })
        };
        let transform = match &self.transform {
            Some(text) => Some(compile(text).await?),
            None => None,
        };
        Ok(Repair { unwrap: self.unwrap, transform, salvage: self.salvage })
    }

    /// As the report has it; `None` without any repair.
    #[must_use]
    pub fn plan(&self) -> Option<RepairPlan> {
        let RepairArgs { unwrap, transform, salvage, .. } = self.clone();
        let any = unwrap || transform.is_some() || salvage;
        any.then_some(RepairPlan { unwrap, transform, salvage })
    }
}
