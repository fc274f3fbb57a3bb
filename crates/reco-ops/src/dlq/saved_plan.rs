//! Report of a dry run, used as the plan of a redrive.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::dlq::repair::RepairPlan;
use crate::dlq::select::{Classes, Matcher};
use crate::dlq::session::Session;
use crate::error::{Error, Result};

/// Plan of a dry run: the messages to move, and the settings it depends on.
#[derive(Debug)]
pub struct SavedPlan {
    path: String,
    ids: BTreeSet<String>,
    dlq: String,
    source: Option<String>,
    policy_fingerprint: String,
    repair: Option<RepairPlan>,
}

#[derive(Deserialize)]
struct Document {
    kind: String,
    dry_run: bool,
    dlq: String,
    source: Option<String>,
    policy_fingerprint: String,
    #[serde(default)]
    repair: Option<RepairPlan>,
    messages: Vec<Planned>,
}

#[derive(Deserialize)]
struct Planned {
    message_id: String,
    fate: String,
}

impl SavedPlan {
    /// Parses the text of a plan file; `path` is used in errors.
    ///
    /// # Errors
    /// When it is not the report of a dry run, or plans no moves.
    pub fn parse(path: &str, text: &str) -> Result<Self> {
        let how = "create a plan with `recoctl dlq redrive --dry-run --output json`";
        let document: Document = serde_json::from_str(text).map_err(|error| {
            Error::input(format!("plan {path} is not the report of a redrive"))
                .because(&error)
                .hint(how)
        })?;
        if document.kind != "dlq.redrive" || !document.dry_run {
            return Err(
                Error::input(format!("plan {path} is not the report of a dry run")).hint(how)
            );
        }
        let planned = document.messages.into_iter().filter(|message| message.fate == "planned");
        let ids: BTreeSet<String> = planned.map(|message| message.message_id).collect();
        if ids.is_empty() {
            return Err(Error::input(format!("plan {path} moves no messages")));
        }
        Ok(SavedPlan {
            path: path.to_owned(),
            ids,
            dlq: document.dlq,
            source: document.source,
            policy_fingerprint: document.policy_fingerprint,
            repair: document.repair,
        })
    }

    /// Returns a matcher for exactly the planned messages, whatever their class is now.
    #[must_use]
    pub fn matcher(&self) -> Matcher {
        Matcher {
            classes: Classes::Any,
            ids: Some(self.ids.clone()),
            sources: None,
            users: None,
            older_than_s: None,
            newer_than_s: None,
            query: None,
        }
    }

    /// Checks that this run would do what was planned.
    ///
    /// # Errors
    /// Refused when the queues, policy or repair differ from the plan.
    pub fn check(&self, session: &Session, repair: Option<&RepairPlan>) -> Result<()> {
        let queues = session.queues();
        let (planned, now) = (self.source.as_deref(), queues.source.as_deref());
        let words = |repair: Option<&RepairPlan>| repair.cloned().unwrap_or_default().words();
        let (planned_repair, repair) = (words(self.repair.as_ref()), words(repair));
        let pairs = [
            ("repair", Some(planned_repair.as_str()), Some(repair.as_str())),
            ("DLQ", Some(self.dlq.as_str()), Some(queues.dlq.as_str())),
            ("destination", planned, now),
            (
                "policy",
                Some(self.policy_fingerprint.as_str()),
                Some(session.basis.policy_fingerprint.as_str()),
            ),
        ];
        for (what, planned, now) in pairs {
            if planned != now {
                return Err(mismatch(&self.path, what, planned, now));
            }
        }
        Ok(())
    }
}

fn mismatch(path: &str, what: &str, planned: Option<&str>, now: Option<&str>) -> Error {
    let shown = |name: Option<&str>| name.unwrap_or("none").to_owned();
    Error::refused(format!("refusing to move by plan {path}: it was made for a different {what}"))
        .cause(format!("planned: {}; now: {}", shown(planned), shown(now)))
        .hint("create a new plan with --dry-run, or use the settings of the plan")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(kind: &str, dry_run: bool, fate: &str) -> String {
        let messages = [("a", fate), ("b", "skipped")].map(|(message_id, fate)| {
            serde_json::json!({"message_id": message_id, "class": "retryable", "fate": fate})
        });
        serde_json::json!({
            "schema_version": 1, "kind": kind, "dry_run": dry_run, "dlq": "d", "source": "s",
            "policy_fingerprint": "f", "messages": messages,
        })
        .to_string()
    }

    #[test]
    fn a_plan_is_exactly_what_is_planned() {
        let plan = SavedPlan::parse("p", &report("dlq.redrive", true, "planned")).expect("a plan");
        assert_eq!(plan.matcher().ids, Some(["a".to_owned()].into()));
    }

    #[test]
    fn what_is_no_plan_is_refused() {
        for text in [
            report("dlq.redrive", false, "planned"),
            report("dlq.peek", true, "planned"),
            report("dlq.redrive", true, "skipped"),
            "{}".to_owned(),
            String::new(),
        ] {
            assert!(SavedPlan::parse("p", &text).is_err(), "{text}");
        }
    }
}
