//! Faults in front of SQS that a client must survive, injected on purpose and counted.
//!
//! `FaultySqs` stands between the gateway and the server and works on parsed calls and replies.
//! Faults strike in the order of a call's life: slow, dropped or refused before its effect, partial
//! failures during it, dropped or refused after it. Every client of the port meets them, the worker
//! included; in-process access by tests does not.

mod batch;
mod dice;
mod digest;
mod spec;
mod visibility;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub use spec::{Fault, FaultError, FaultKind};

use crate::http::{Request, Response};
use crate::sqs::wire::{SqsCall, SqsReply};
use crate::sqs::{self, ErrorKind, Sqs, SqsError};
use dice::{Dice, Roll, Strike};

/// SQS with faults in front of it. Clones share the server, the dice and the counts.
#[derive(Debug, Clone)]
pub(crate) struct FaultySqs {
    sqs: Sqs,
    dice: Arc<Dice>,
}

/// Signal to close the connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("an injected fault closed the connection")]
pub(crate) struct Dropped;

impl FaultySqs {
    /// Returns a server with these faults; the same seed gives the same faults to the same calls.
    pub fn new(sqs: Sqs, faults: Vec<Fault>, seed: u64) -> Self {
        Self { sqs, dice: Arc::new(Dice::new(faults, seed)) }
    }

    /// Returns how often each fault was injected so far, by `ACTION:KIND`; entries and messages
    /// count one by one.
    pub fn injected(&self) -> BTreeMap<String, u64> {
        self.dice.injected()
    }

    /// Answers one awsJson call, or asks for its connection to be closed.
    pub async fn handle(&self, request: Request) -> Result<Response, Dropped> {
        match sqs::parse(&request) {
            Ok(call) => {
                let action = sqs::action(&request).unwrap_or_default();
                self.answer(call, &self.dice.roll(action)).await
            }
            Err(error) => Ok(sqs::render(Err(error))),
        }
    }

    async fn answer(&self, call: SqsCall, roll: &Roll<'_>) -> Result<Response, Dropped> {
        if let Some(strike) = roll.inject(FaultKind::Slow) {
            tokio::time::sleep(Duration::from_millis(strike.argument_ms)).await;
        }
        if roll.inject(FaultKind::DropBefore).is_some() {
            return Err(Dropped);
        }
        if let Some(strike) = roll.inject(FaultKind::ErrorBefore) {
            return Ok(sqs::render(Err(server_error(strike))));
        }
        if roll.inject(FaultKind::Throttle).is_some() {
            let error = SqsError::new(ErrorKind::RequestThrottled, "rate exceeded (injected)");
            return Ok(sqs::render(Err(error)));
        }
        let reply = self.perform(call, roll).await;
        if roll.inject(FaultKind::DropAfter).is_some() {
            return Err(Dropped);
        }
        if let Some(strike) = roll.inject(FaultKind::ErrorAfter) {
            return Ok(sqs::render(Err(server_error(strike))));
        }
        Ok(sqs::render(reply))
    }

    /// Performs a call, with faults for some of its entries or messages.
    async fn perform(&self, mut call: SqsCall, roll: &Roll<'_>) -> Result<SqsReply, SqsError> {
        let refused = batch::refuse(&mut call, roll)?;
        visibility::lapse_before(&self.sqs, &call, roll);
        let mut reply = match call {
            SqsCall::ReceiveMessage(call) => visibility::receive(&self.sqs, call, roll).await?,
            call => match batch::when_empty(&call) {
                Some(empty) => empty,
                None => self.sqs.perform(call).await?,
            },
        };
        batch::fail(&mut reply, refused, roll);
        digest::spoil(&mut reply, roll);
        Ok(reply)
    }
}

/// Returns one of the two errors with which AWS reports a fault of its own.
fn server_error(strike: Strike) -> SqsError {
    if strike.coin() {
        SqsError::new(ErrorKind::InternalFailure, "internal failure (injected)")
    } else {
        SqsError::new(ErrorKind::ServiceUnavailable, "service unavailable (injected)")
    }
}
