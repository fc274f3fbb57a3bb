//! Attributes of a queue: parsed, checked and rendered as the API's attribute map.

use std::collections::BTreeMap;

use aws_sdk_sqs::types::QueueAttributeName;
use serde::{Deserialize, Serialize};

use super::error::{ErrorKind, SqsError};

/// Attributes stored as given, because this server does not act on them.
const KEPT_AS_GIVEN: [&str; 5] = [
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "Policy",
    "RedriveAllowPolicy",
    "SqsManagedSseEnabled",
];

/// The settable attributes of a queue. Defaults and ranges are those of the API reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueueSettings {
    pub visibility_timeout_s: u64,
    pub delay_s: u64,
    pub retention_s: u64,
    pub max_message_bytes: u64,
    pub wait_s: u64,
    pub redrive: Option<RedrivePolicy>,
    pub fifo: bool,
    pub content_based_deduplication: bool,
    pub deduplication_per_group: bool,
    pub throughput_per_group: bool,
    kept: BTreeMap<String, String>,
}

/// Dead-letter queue of a queue, and the receives after which messages move there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RedrivePolicy {
    pub dead_letter_target_arn: String,
    /// AWS: 1 to 1,000.
    pub max_receive_count: u32,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            visibility_timeout_s: 30,
            delay_s: 0,
            retention_s: 345_600,
            max_message_bytes: 1_048_576,
            wait_s: 0,
            redrive: None,
            fifo: false,
            content_based_deduplication: false,
            deduplication_per_group: false,
            throughput_per_group: false,
            kept: BTreeMap::from([("SqsManagedSseEnabled".to_owned(), "true".to_owned())]),
        }
    }
}

impl QueueSettings {
    /// Sets one attribute.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SqsError> {
        match name {
            "VisibilityTimeout" => self.visibility_timeout_s = number(name, value, 0, 43_200)?,
            "DelaySeconds" => self.delay_s = number(name, value, 0, 900)?,
            "MessageRetentionPeriod" => self.retention_s = number(name, value, 60, 1_209_600)?,
            "MaximumMessageSize" => self.max_message_bytes = number(name, value, 1024, 1_048_576)?,
            "ReceiveMessageWaitTimeSeconds" => self.wait_s = number(name, value, 0, 20)?,
            "RedrivePolicy" => self.redrive = RedrivePolicy::parse(value)?,
            "FifoQueue" => self.fifo = flag(name, value)?,
            "ContentBasedDeduplication" => self.content_based_deduplication = flag(name, value)?,
            "DeduplicationScope" => {
                self.deduplication_per_group = choice(name, value, "queue", "messageGroup")?;
            }
            "FifoThroughputLimit" => {
                self.throughput_per_group = choice(name, value, "perQueue", "perMessageGroupId")?;
            }
            _ if KEPT_AS_GIVEN.contains(&name) => self.keep(name, value),
            _ => return Err(unknown(name)),
        }
        Ok(())
    }

    /// Returns whether a queue may use this one as its DLQ.
    ///
    /// AWS: SetQueueAttributes, `RedriveAllowPolicy`: `allowAll` (the default), `denyAll`, or `byQueue`
    /// with the ARNs.
    pub fn allows_source(&self, arn: &str) -> bool {
        let Some(policy) = self.kept.get("RedriveAllowPolicy") else { return true };
        let policy: serde_json::Value = serde_json::from_str(policy).unwrap_or_default();
        match policy["redrivePermission"].as_str() {
            Some("denyAll") => false,
            Some("byQueue") => policy["sourceQueueArns"]
                .as_array()
                .is_some_and(|listed| listed.iter().any(|each| each == arn)),
            _ => true,
        }
    }

    /// Sets every attribute of `given`, or none.
    pub fn with(mut self, given: &BTreeMap<String, String>) -> Result<Self, SqsError> {
        for (name, value) in given {
            self.set(name, value)?;
        }
        Ok(self)
    }

    fn keep(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            self.kept.remove(name);
        } else {
            self.kept.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Returns the settable attributes as GetQueueAttributes shows them.
    pub fn render(&self) -> BTreeMap<String, String> {
        let mut shown = self.kept.clone();
        let mut show = |name: &str, value: String| shown.insert(name.to_owned(), value);
        show("VisibilityTimeout", self.visibility_timeout_s.to_string());
        show("DelaySeconds", self.delay_s.to_string());
        show("MessageRetentionPeriod", self.retention_s.to_string());
        show("MaximumMessageSize", self.max_message_bytes.to_string());
        show("ReceiveMessageWaitTimeSeconds", self.wait_s.to_string());
        if let Some(policy) = &self.redrive {
            show("RedrivePolicy", policy.render());
        }
        if self.fifo {
            let scope = if self.deduplication_per_group { "messageGroup" } else { "queue" };
            let limit = if self.throughput_per_group { "perMessageGroupId" } else { "perQueue" };
            show("FifoQueue", "true".to_owned());
            show("ContentBasedDeduplication", self.content_based_deduplication.to_string());
            show("DeduplicationScope", scope.to_owned());
            show("FifoThroughputLimit", limit.to_owned());
        }
        shown
    }
}

/// Refuses attribute names that are not in the service model, which the SDK is made of.
pub(crate) fn check_readable(name: &str) -> Result<(), SqsError> {
    if QueueAttributeName::values().contains(&name) { Ok(()) } else { Err(unknown(name)) }
}

impl RedrivePolicy {
    /// Parses the attribute's JSON; the empty string removes the policy.
    fn parse(text: &str) -> Result<Option<Self>, SqsError> {
        if text.is_empty() {
            return Ok(None);
        }
        let refuse = |reason: &str| SqsError::invalid("RedrivePolicy", text, reason);
        let given: GivenPolicy = serde_json::from_str(text)
            .map_err(|error| refuse(&format!("it is not a redrive policy: {error}")))?;
        let count = match &given.max_receive_count {
            GivenCount::Number(number) => Some(*number),
            GivenCount::Text(text) => text.parse().ok(),
        };
        let count = count
            .filter(|count| (1..=1000).contains(count))
            .ok_or_else(|| refuse("maxReceiveCount must be between 1 and 1000"))?;
        Ok(Some(Self {
            dead_letter_target_arn: given.dead_letter_target_arn,
            max_receive_count: count,
        }))
    }

    /// Returns the attribute's JSON, with the count as a number however it was given.
    fn render(&self) -> String {
        // A struct of a string and a number always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns the name of the dead-letter queue: the last part of its ARN.
    pub fn target_name(&self) -> &str {
        self.dead_letter_target_arn.rsplit(':').next().unwrap_or_default()
    }
}

/// SQS accepts the count as a number or as a string.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GivenPolicy {
    dead_letter_target_arn: String,
    max_receive_count: GivenCount,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum GivenCount {
    Number(u32),
    Text(String),
}

fn unknown(name: &str) -> SqsError {
    SqsError::new(ErrorKind::InvalidAttributeName, format!("unknown attribute {name}"))
}

fn bad_value(name: &str, value: &str, expected: &str) -> SqsError {
    SqsError::new(
        ErrorKind::InvalidAttributeValue,
        format!("invalid value {value:?} for the attribute {name}: expected {expected}"),
    )
}

fn number(name: &str, value: &str, low: u64, high: u64) -> Result<u64, SqsError> {
    value
        .parse()
        .ok()
        .filter(|number| (low..=high).contains(number))
        .ok_or_else(|| bad_value(name, value, &format!("a whole number from {low} to {high}")))
}

fn flag(name: &str, value: &str) -> Result<bool, SqsError> {
    choice(name, value, "false", "true")
}

fn choice(name: &str, value: &str, off: &str, on: &str) -> Result<bool, SqsError> {
    if value == off || value == on {
        return Ok(value == on);
    }
    Err(bad_value(name, value, &format!("{off} or {on}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redrive_policy_takes_its_count_either_way_and_shows_a_number() {
        for count in ["3", "\"3\""] {
            let text =
                format!(r#"{{"deadLetterTargetArn":"arn:x:dlq","maxReceiveCount":{count}}}"#);
            let mut settings = QueueSettings::default();
            settings.set("RedrivePolicy", &text).expect("a valid policy");
            assert_eq!(
                settings.render()["RedrivePolicy"],
                r#"{"deadLetterTargetArn":"arn:x:dlq","maxReceiveCount":3}"#
            );
            settings.set("RedrivePolicy", "").expect("clearing is allowed");
            assert_eq!(settings.redrive, None);
        }
        for bad in ["{", "{}", r#"{"deadLetterTargetArn":"a","maxReceiveCount":0}"#] {
            assert!(RedrivePolicy::parse(bad).is_err(), "{bad}");
        }
    }
}
