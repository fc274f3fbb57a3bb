//! Identity of a checkpoint: the input, and all settings that affect the written items.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use reco_core::hex;
use reco_core::human::amount;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Bytes at the start of an input that are hashed.
const HEAD: u64 = 64 * 1024;

/// Everything that must be unchanged to resume a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Inputs, in order.
    pub inputs: Vec<InputIdentity>,
    /// ARN of the table or queue that is written to.
    pub table: String,
    /// `TableId` of the table, which changes when the table is deleted and recreated. Checkpoints
    /// of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table_id: Option<String>,
    /// SHA-256 of the policy.
    pub policy_fingerprint: String,
    /// Options that affect what is written, by name.
    pub settings: BTreeMap<String, String>,
}

/// Identity of one input, as far as it shows without reading it whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputIdentity {
    /// Canonical path.
    #[serde(with = "crate::files::input::as_text")]
    pub path: PathBuf,
    /// Stored size in bytes.
    pub bytes: u64,
    /// Modification time in nanoseconds since the epoch.
    pub modified_ns: u64,
    /// SHA-256 of the first 64 KiB as stored.
    pub head_sha256: String,
}

impl InputIdentity {
    /// Reads the identity of a file.
    ///
    /// # Errors
    /// Fails if the file cannot be read.
    pub fn of(path: &Path) -> Result<Self> {
        let look = || -> std::io::Result<Self> {
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            let since = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
            let mut head = Vec::new();
            file.take(HEAD).read_to_end(&mut head)?;
            Ok(InputIdentity {
                path: std::fs::canonicalize(path)?,
                bytes: metadata.len(),
                modified_ns: u64::try_from(since.as_nanos()).unwrap_or(u64::MAX),
                head_sha256: hex(&Sha256::digest(&head)),
            })
        };
        look().map_err(|error| {
            Error::input(format!("cannot read {}", path.display())).because(&error)
        })
    }

    /// Describes how this file differs from its earlier identity.
    fn change_since(&self, then: &InputIdentity) -> Option<String> {
        let path = self.path.display();
        if self.path != then.path {
            return Some(format!("input {path} was {}", then.path.display()));
        }
        if self.bytes != then.bytes {
            return Some(format!(
                "input {path} has {} bytes, but had {} before",
                self.bytes, then.bytes
            ));
        }
        if self.head_sha256 != then.head_sha256 {
            return Some(format!("input {path} has changed"));
        }
        (self.modified_ns != then.modified_ns)
            .then(|| format!("input {path} was modified since (its modification time differs)"))
    }
}

impl Identity {
    /// Describes every change since the earlier identity; empty if the run may be resumed.
    #[must_use]
    pub fn changes_since(&self, then: &Identity) -> Vec<String> {
        let mut changes = Vec::new();
        if self.inputs.len() != then.inputs.len() {
            let (now, before) = (self.inputs.len(), then.inputs.len());
            changes.push(format!("{} given, and {before} before", amount(now as u64, "input")));
        } else {
            let both = self.inputs.iter().zip(&then.inputs);
            changes.extend(both.filter_map(|(now, then)| now.change_since(then)));
        }
        if let (Some(now), Some(before)) = (&self.table_id, &then.table_id)
            && now != before
        {
            changes.push(format!(
                "the table was deleted and recreated since: its TableId is {now}, but was {before}"
            ));
        }
        let mut differs = |what: &str, now: Option<&String>, then: Option<&String>| {
            if now != then {
                let shown = |value: Option<&String>| value.cloned().unwrap_or("not set".to_owned());
                changes.push(format!("{what} is {}, but was {}", shown(now), shown(then)));
            }
        };
        differs("the table", Some(&self.table), Some(&then.table));
        let (now, before) = (&self.policy_fingerprint, &then.policy_fingerprint);
        differs("the policy's fingerprint", Some(now), Some(before));
        let names = self.settings.keys().chain(then.settings.keys());
        for name in names.collect::<std::collections::BTreeSet<_>>() {
            differs(name, self.settings.get(name), then.settings.get(name));
        }
        changes
    }

    /// Returns a name for the checkpoint that the same command finds again. It includes what makes
    /// separate runs of one input, such as `shard`, but not what merely must not change.
    #[must_use]
    pub fn name(&self) -> String {
        let mut digest = Sha256::new();
        for input in &self.inputs {
            digest.update(input.path.as_os_str().as_encoded_bytes());
            digest.update([0]);
        }
        digest.update(&self.table);
        digest.update([0]);
        digest.update(self.settings.get("shard").map(String::as_str).unwrap_or_default());
        let first = self.inputs.first().and_then(|input| input.path.file_name());
        let stem: String = first
            .map(|name| name.to_string_lossy())
            .unwrap_or_default()
            .chars()
            .take(40)
            .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
            .collect();
        format!("{stem}-{}", &hex(&digest.finalize())[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity {
            table_id: Some("t-1".to_owned()),
            inputs: vec![InputIdentity {
                path: "/data/recs.jsonl".into(),
                bytes: 10,
                modified_ns: 7,
                head_sha256: "ab".to_owned(),
            }],
            table: "arn:aws:dynamodb:us-east-1:000000000000:table/recs".to_owned(),
            policy_fingerprint: "cd".to_owned(),
            settings: BTreeMap::from([("facts".to_owned(), "sqlite".to_owned())]),
        }
    }

    fn changed(change: impl Fn(&mut Identity)) -> Vec<String> {
        let mut now = identity();
        change(&mut now);
        now.changes_since(&identity())
    }

    #[test]
    fn every_change_is_named() {
        assert_eq!(changed(|_| {}), [""; 0]);
        let one = |change: fn(&mut Identity)| changed(change).join("; ");
        let told = [
            one(|now| now.inputs[0].bytes = 11),
            one(|now| now.inputs[0].modified_ns = 8),
            one(|now| now.inputs[0].head_sha256.push('0')),
            one(|now| now.inputs[0].path.push("x")),
            one(|now| now.inputs.clear()),
            one(|now| now.table.push('2')),
            one(|now| now.policy_fingerprint.push('0')),
            one(|now| drop(now.settings.insert("facts".to_owned(), "none".to_owned()))),
            one(|now| drop(now.settings.insert("shard".to_owned(), "1/2".to_owned()))),
        ];
        insta::assert_snapshot!(told.join("\n"));
        assert_eq!(
            changed(|now| {
                now.table.push('2');
                now.inputs[0].bytes = 0
            })
            .len(),
            2
        );
    }

    #[test]
    fn parts_of_an_input_have_checkpoints_of_their_own() {
        let name = identity().name();
        assert!(name.starts_with("recs_jsonl-"), "{name}");
        let mut other = identity();
        other.settings.insert("shard".to_owned(), "1/2".to_owned());
        assert_ne!(other.name(), name);
        let mut other = identity();
        other.table.push('2');
        assert_ne!(other.name(), name);
        let mut same = identity();
        same.policy_fingerprint.push('0');
        same.inputs[0].bytes = 3;
        assert_eq!(same.name(), name, "found again, to be refused");
    }
}
