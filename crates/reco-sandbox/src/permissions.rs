//! IAM policies over the services: what an access key may call, by the documents that a deployment
//! gives it.
//!
//! AWS: "Policy evaluation logic", for policies of an identity alone: an explicit Deny wins, then an
//! Allow, and what nothing allows is denied. Actions and resources take `*` and `?`. Documents with a
//! `Condition`, `NotAction`, `NotResource` or `Principal` are refused, never approximated.

mod request;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::Value;

pub(crate) use request::{AskedCall, access_key};

/// What each access key may do. A key that is not named may do everything.
#[derive(Debug, Clone, Default)]
pub struct Permissions(BTreeMap<String, Vec<PolicyDocument>>);

/// An access key with a document that it is held to: `KEY=FILE` on the command line.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The access key.
    pub key: String,
    /// The document.
    pub document: PolicyDocument,
}

/// A policy document.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PolicyDocument {
    #[serde(default, rename = "Version")]
    _version: Option<Value>,
    #[serde(default, rename = "Id")]
    _id: Option<Value>,
    statement: OneOrMany<Statement>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Statement {
    #[serde(default, rename = "Sid")]
    _sid: Option<String>,
    effect: Effect,
    action: OneOrMany<String>,
    resource: OneOrMany<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Effect {
    Allow,
    Deny,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    fn iter(&self) -> impl Iterator<Item = &T> {
        match self {
            OneOrMany::One(one) => std::slice::from_ref(one),
            OneOrMany::Many(many) => many.as_slice(),
        }
        .iter()
    }
}

/// A text that is no policy document.
#[derive(Debug, thiserror::Error)]
#[error("not a policy document that the sandbox reads: {0}")]
pub struct DocumentError(#[from] serde_json::Error);

impl FromStr for PolicyDocument {
    type Err = DocumentError;

    fn from_str(text: &str) -> Result<Self, DocumentError> {
        Ok(serde_json::from_str(text)?)
    }
}

/// A call that is not allowed, in the words of AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    key: String,
    action: String,
    resource: String,
    explicit: bool,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Denied { key, action, resource, .. } = self;
        write!(
            f,
            "User: arn:aws:iam::000000000000:user/{key} is not authorized to perform: {action} on \
             resource: {resource} "
        )?;
        if self.explicit {
            f.write_str("with an explicit deny in an identity-based policy")
        } else {
            write!(f, "because no identity-based policy allows the {action} action")
        }
    }
}

impl Permissions {
    /// Permissions by these documents; several for one key add up.
    pub fn new(grants: impl IntoIterator<Item = Grant>) -> Self {
        let mut permissions = Permissions::default();
        for Grant { key, document } in grants {
            permissions.0.entry(key).or_default().push(document);
        }
        permissions
    }

    /// Whether a key may call, on every resource that the call names.
    pub(crate) fn check(&self, key: &str, asked: &AskedCall) -> Result<(), Denied> {
        let Some(documents) = self.0.get(key) else { return Ok(()) };
        for resource in &asked.resources {
            let matching = |effect: Effect| {
                documents.iter().flat_map(|document| document.statement.iter()).any(|statement| {
                    statement.effect == effect
                        && statement.action.iter().any(|pattern| {
                            matches(&pattern.to_lowercase(), &asked.action.to_lowercase())
                        })
                        && statement.resource.iter().any(|pattern| matches(pattern, resource))
                })
            };
            let explicit = matching(Effect::Deny);
            if explicit || !matching(Effect::Allow) {
                return Err(Denied {
                    key: key.to_owned(),
                    action: asked.action.clone(),
                    resource: resource.clone(),
                    explicit,
                });
            }
        }
        Ok(())
    }
}

/// IAM's wildcards: `*` for any text, `?` for one character.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while from < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(one) if *one == '?' || *one == text[from] => {
                at += 1;
                from += 1;
            }
            _ => {
                // The last `*` takes one character more.
                let Some((back, taken)) = star else { return false };
                (at, from) = (back + 1, taken + 1);
                star = Some((back, taken + 1));
            }
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn permissions(document: &str) -> Permissions {
        let document = document.parse().expect("a document");
        Permissions::new([Grant { key: "reader".to_owned(), document }])
    }

    fn asked(action: &str, resources: &[&str]) -> AskedCall {
        let resources = resources.iter().map(|each| (*each).to_owned()).collect();
        AskedCall { action: action.to_owned(), resources }
    }

    const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:recs";

    #[test]
    fn what_nothing_allows_is_denied_and_a_deny_wins() {
        let held = permissions(
            r#"{"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": ["sqs:Get*", "sqs:SendMessage"], "Resource": "arn:aws:sqs:*:recs*"},
                {"Sid": "No", "Effect": "Deny", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:recs-dlq"}
            ]}"#,
        );
        let dlq = format!("{QUEUE}-dlq");
        assert_eq!(held.check("reader", &asked("sqs:GetQueueUrl", &[QUEUE])), Ok(()));
        assert_eq!(held.check("reader", &asked("sqs:getqueueurl", &[QUEUE])), Ok(()));
        assert_eq!(held.check("reader", &asked("sqs:SendMessage", &[QUEUE])), Ok(()));
        let denied = held.check("reader", &asked("sqs:SendMessage", &[&dlq])).unwrap_err();
        assert!(denied.to_string().contains("with an explicit deny"), "{denied}");
        let denied = held.check("reader", &asked("sqs:PurgeQueue", &[QUEUE])).unwrap_err();
        let told = denied.to_string();
        assert!(told.contains("not authorized to perform: sqs:PurgeQueue on resource: "), "{told}");
        // Every resource of a batch counts.
        assert!(held.check("reader", &asked("sqs:SendMessage", &[QUEUE, &dlq])).is_err());
        assert_eq!(held.check("another", &asked("sqs:PurgeQueue", &[QUEUE])), Ok(()));
    }

    #[test]
    fn several_documents_add_up() {
        let document = |action: &str| {
            let text = format!(
                r#"{{"Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}}}"#
            );
            Grant { key: "a".to_owned(), document: text.parse().expect("a document") }
        };
        let held = Permissions::new([document("sqs:A"), document("sqs:B")]);
        assert!(held.check("a", &asked("sqs:A", &[QUEUE])).is_ok());
        assert!(held.check("a", &asked("sqs:B", &[QUEUE])).is_ok());
        assert!(held.check("a", &asked("sqs:C", &[QUEUE])).is_err());
    }

    #[test]
    fn what_is_not_evaluated_is_refused() {
        for statement in [
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {}"#,
            r#""Effect": "Allow", "NotAction": "sqs:*", "Resource": "*""#,
            r#""Effect": "Perhaps", "Action": "*", "Resource": "*""#,
            r#""Effect": "Allow", "Action": "*""#,
        ] {
            let text = format!(r#"{{"Statement": [{{{statement}}}]}}"#);
            assert!(text.parse::<PolicyDocument>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_text_matches_itself_and_what_a_star_stands_for(
            a in "[a-c:]{0,6}", b in "[a-c:]{0,6}", c in "[a-c:]{0,6}"
        ) {
            let text = [a.as_str(), &b, &c].concat();
            let (star, mark) = ([a.as_str(), "*", &c].concat(), "?".repeat(text.len()));
            let (longer, other) = ([text.as_str(), "?"].concat(), [text.as_str(), "x"].concat());
            prop_assert!(matches(&text, &text));
            prop_assert!(matches(&star, &text));
            prop_assert!(matches("*", &text));
            prop_assert!(matches(&mark, &text));
            prop_assert!(!matches(&longer, &text));
            prop_assert!(!matches(&other, &text));
        }
    }
}
