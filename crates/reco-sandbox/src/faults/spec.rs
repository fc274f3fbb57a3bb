//! Text form of faults: `ACTION:KIND:PROBABILITY[:ARG]`.

use std::str::FromStr;

const BATCHES: &[&str] =
    &["SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"];
const HOLDS: &[&str] = &[
    "ReceiveMessage",
    "DeleteMessage",
    "DeleteMessageBatch",
    "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch",
];
const DIGESTS: &[&str] = &["SendMessage", "SendMessageBatch", "ReceiveMessage"];
/// Every action of the sandbox's SQS.
const ACTIONS: &[&str] = &[
    "CancelMessageMoveTask",
    "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch",
    "CreateQueue",
    "DeleteMessage",
    "DeleteMessageBatch",
    "DeleteQueue",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ListDeadLetterSourceQueues",
    "ListMessageMoveTasks",
    "ListQueueTags",
    "ListQueues",
    "PurgeQueue",
    "ReceiveMessage",
    "SendMessage",
    "SendMessageBatch",
    "SetQueueAttributes",
    "StartMessageMoveTask",
    "TagQueue",
    "UntagQueue",
];

/// Kind of fault.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum FaultKind {
    /// `error-before`: a 500 or 503 without the effect.
    ErrorBefore,
    /// `error-after`: a 500 or 503 although the effect happened.
    ErrorAfter,
    /// `throttle`: `RequestThrottled`, without the effect.
    Throttle,
    /// `drop-before`: the connection is closed without the effect.
    DropBefore,
    /// `drop-after`: the connection is closed although the effect happened.
    DropAfter,
    /// `slow`: the call waits for the argument's milliseconds before its effect.
    Slow,
    /// `entry-fail`: an entry fails without effect, the service being at fault.
    EntryFail,
    /// `entry-fail-sender`: an entry fails without effect, the sender being at fault.
    EntryFailSender,
    /// `entry-fail-after`: an entry is reported as failed, the service being at fault, although its
    /// effect happened.
    EntryFailAfter,
    /// `duplicate`: a receive also hands out a message that is in flight, under a new receipt
    /// handle, as standard queues may (AWS: at-least-once delivery). Never on FIFO queues.
    Duplicate,
    /// `lapse`: a visibility timeout ends early. On a receive: the argument's milliseconds (0
    /// unless given) after it. On deletes and visibility changes: just before the call, as if
    /// another consumer had received and released the message, so the handle is stale.
    Lapse,
    /// `miss`: a short poll of a standard queue misses messages, all of them or all but one, as it
    /// asks only some of the servers (AWS: "short polling"). A long poll never does.
    Miss,
    /// `wrong-md5`: an acknowledgement or a received message carries a wrong digest.
    #[strum(serialize = "wrong-md5")]
    WrongMd5,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Returns the kind's name in a specification.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Returns the actions that the kind applies to.
    #[must_use]
    pub const fn actions(self) -> &'static [&'static str] {
        match self {
            Self::ErrorBefore
            | Self::ErrorAfter
            | Self::Throttle
            | Self::DropBefore
            | Self::DropAfter
            | Self::Slow => ACTIONS,
            Self::EntryFail | Self::EntryFailSender | Self::EntryFailAfter => BATCHES,
            Self::Duplicate | Self::Miss => &["ReceiveMessage"],
            Self::Lapse => HOLDS,
            Self::WrongMd5 => DIGESTS,
        }
    }
}

/// A fault to inject, read from `ACTION:KIND:PROBABILITY[:ARG]`.
///
/// The action is one of SQS, or `*` for all that the kind applies to. The probability is per call,
/// or for `entry-*`, `lapse` and `wrong-md5` per entry or message.
///
/// ```
/// use reco_sandbox::faults::{Fault, FaultKind};
/// let fault: Fault = "SendMessageBatch:entry-fail:0.1".parse().unwrap();
/// assert_eq!(fault.kind(), FaultKind::EntryFail);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// `None` is `*`.
    action: Option<&'static str>,
    kind: FaultKind,
    probability: f64,
    argument: Option<u64>,
}

impl Fault {
    /// Kind of fault.
    #[must_use]
    pub const fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Returns the probability, from 0 to 1.
    pub(super) const fn probability(&self) -> f64 {
        self.probability
    }

    /// Returns the argument in milliseconds, or 0 if there is none.
    pub(super) fn argument_ms(&self) -> u64 {
        self.argument.unwrap_or(0)
    }

    /// Returns whether the fault applies to `action`.
    pub(super) fn befalls(&self, action: &str) -> bool {
        match self.action {
            Some(only) => only == action,
            None => self.kind.actions().contains(&action),
        }
    }
}

/// Reason why a fault specification is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// Too few or too many parts.
    #[error(
        "{0:?} is not a valid fault: use ACTION:KIND:PROBABILITY[:ARG], such as SendMessageBatch:entry-fail:0.1"
    )]
    Parts(String),
    /// Unknown action.
    #[error("unknown action {0:?}: use * or one of {list}", list = ACTIONS.join(", "))]
    Action(String),
    /// Unknown kind of fault.
    #[error("unknown fault {0:?}: use one of {list}", list = FaultKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", "))]
    Kind(String),
    /// The kind does not apply to the action.
    #[error("{kind} does not apply to {action}: use * or one of {list}", kind = kind.name(), list = kind.actions().join(", "))]
    Unfit {
        /// Requested kind of fault.
        kind: FaultKind,
        /// Requested action.
        action: &'static str,
    },
    /// The probability is not a number from 0 to 1.
    #[error("probability {0:?} is not a number from 0 to 1")]
    Probability(String),
    /// `slow` without its milliseconds.
    #[error("slow needs milliseconds, such as ReceiveMessage:slow:0.5:200")]
    NoTime,
    /// The argument is not a whole number of milliseconds.
    #[error("{0:?} is not a whole number of milliseconds")]
    Time(String),
    /// An argument for a kind that takes none.
    #[error("{kind} takes no argument, but {argument:?} was given", kind = kind.name())]
    Surplus {
        /// Requested kind of fault.
        kind: FaultKind,
        /// Argument as given.
        argument: String,
    },
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let parts: Vec<&str> = text.split(':').collect();
        let (action, kind, probability, argument) = match parts[..] {
            [action, kind, probability] => (action, kind, probability, None),
            [action, kind, probability, argument] => (action, kind, probability, Some(argument)),
            _ => return Err(FaultError::Parts(text.to_owned())),
        };
        let action = read_action(action)?;
        let named = |of: &FaultKind| of.name() == kind;
        let kind = FaultKind::ALL.iter().copied().find(named);
        let kind = kind.ok_or_else(|| FaultError::Kind(parts[1].to_owned()))?;
        if let Some(action) = action.filter(|action| !kind.actions().contains(action)) {
            return Err(FaultError::Unfit { kind, action });
        }
        let number = probability.parse().ok().filter(|number| (0.0..=1.0).contains(number));
        let probability = number.ok_or_else(|| FaultError::Probability(probability.to_owned()))?;
        Ok(Self { action, kind, probability, argument: read_argument(kind, argument)? })
    }
}

fn read_action(text: &str) -> Result<Option<&'static str>, FaultError> {
    if text == "*" {
        return Ok(None);
    }
    let known = ACTIONS.iter().find(|action| **action == text);
    known.map(|action| Some(*action)).ok_or_else(|| FaultError::Action(text.to_owned()))
}

fn read_argument(kind: FaultKind, text: Option<&str>) -> Result<Option<u64>, FaultError> {
    match (kind, text) {
        (FaultKind::Slow, None) => Err(FaultError::NoTime),
        (_, None) => Ok(None),
        (FaultKind::Slow | FaultKind::Lapse, Some(text)) => {
            text.parse().map(Some).map_err(|_| FaultError::Time(text.to_owned()))
        }
        (kind, Some(text)) => Err(FaultError::Surplus { kind, argument: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqs::wire::SqsCall;

    #[test]
    fn every_action_is_one_of_the_server() {
        for action in ACTIONS {
            assert!(SqsCall::parse(action, br#"{"SourceArn":"x"}"#).is_ok(), "{action}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (text, says) in [
            ("", "is not a valid fault"),
            ("SendMessage", "is not a valid fault"),
            ("*:slow:1:2:3", "is not a valid fault"),
            ("SendMesage:throttle:1", "unknown action \"SendMesage\""),
            ("*:trottle:1", "unknown fault \"trottle\""),
            (
                "SendMessage:entry-fail:1",
                "entry-fail does not apply to SendMessage: use * or one of",
            ),
            ("*:throttle:1.1", "probability \"1.1\""),
            ("*:throttle:-0.1", "probability"),
            ("*:throttle:NaN", "probability"),
            ("*:throttle:often", "probability \"often\""),
            ("*:slow:1", "slow needs milliseconds"),
            ("*:slow:1:soon", "\"soon\" is not a whole number"),
            ("*:throttle:1:7", "throttle takes no argument, but \"7\" was given"),
        ] {
            let error = text.parse::<Fault>().expect_err(text).to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
