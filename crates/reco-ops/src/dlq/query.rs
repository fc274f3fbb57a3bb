//! jq expressions over messages.

use std::future::Future;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use reco_core::decode::users;
use reco_core::message::Message;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use crate::dlq::judge::{Row, values};
use crate::jq::{Child, Evaluator, JqResponse, is_json};

/// Time that evaluation may continue after the first signal.
const GRACE: Duration = Duration::from_secs(1);

/// Members of the input of `--where`: name, type (with `?` if it may be null or absent), and an
/// example of an expression.
pub const INPUT: [(&str, &str, &str); 25] = [
    ("message_id", "string", r#".message_id | startswith("ec51")"#),
    ("class", "string", r#".class == "partial""#),
    ("reasons", "strings", r#".reasons[0] | contains("line 1")"#),
    ("action", "string", r#".action | contains("redrive")"#),
    ("users", "number", ".users > 100"),
    ("user_ids", "ids", ".user_ids | index(42)"),
    ("body", "JSON?", ".body.data | length > 10"),
    ("body_text", "string", r#".body_text | contains("batch-7")"#),
    ("attributes", "object", r#".attributes.source == "batch""#),
    ("source", "string?", r#".source | endswith(":recs")"#),
    ("group_id", "string?", r#".group_id == "tenant-1""#),
    ("age_s", "number?", ".age_s > 3600"),
    ("time_left_s", "number?", ".time_left_s < 86400"),
    ("sent_at_ms", "number?", ".sent_at_ms < 1768435200000"),
    ("receive_count", "number", ".receive_count > 3"),
    ("size_bytes", "number", ".size_bytes > 100000"),
    ("shape", "string?", r#".shape == "item""#),
    ("envelopes", "strings", r#".envelopes | index("sns")"#),
    ("writable", "number", ".writable > 0"),
    ("bad", "number", ".bad > 0"),
    ("kept_articles", "number", ".kept_articles == 0"),
    ("dropped_articles", "object", ".dropped_articles | add > 0"),
    ("wcu", "number", ".wcu > 50"),
    ("unsendable", "string?", ".unsendable"),
    ("redriven", "object?", r#".redriven.sign == "came-back""#),
];

/// Compiled jq expression.
#[derive(Debug)]
pub struct Query {
    text: String,
    reads: Reads,
    jq: Evaluator,
    cancel: CancellationToken,
    stopped: OnceLock<Instant>,
}

impl Query {
    /// Compiles an expression. After `cancel` it is evaluated for another second at most.
    ///
    /// # Errors
    /// When it does not compile, with the position (character, from 1).
    pub async fn compile(
        text: &str,
        child: &Child,
        cancel: &CancellationToken,
    ) -> Result<Self, String> {
        let started = cancel.run_until_cancelled(Evaluator::start(text, child)).await;
        let jq = started.unwrap_or_else(|| Err("stopped by a signal".to_owned()))?;
        let (text, reads, cancel) = (text.to_owned(), Reads::of(text), cancel.clone());
        Ok(Query { text, reads, jq, cancel, stopped: OnceLock::new() })
    }

    /// Returns the text of the expression.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Rewrites a body; `None` if it does not change.
    ///
    /// # Errors
    /// When the expression fails, or returns no value or several.
    pub async fn rewrite(&self, body: &str) -> Result<Option<String>, String> {
        match self.before_the_end(self.jq.rewrite(body)).await? {
            JqResponse::Text(text) => Ok(Some(text)),
            JqResponse::No | JqResponse::Yes => Ok(None),
            JqResponse::Failed(why) => Err(why),
        }
    }

    /// Returns whether there is an output and the first one is neither `false` nor `null`.
    ///
    /// # Errors
    /// When the expression fails.
    pub async fn matches(&self, row: &Row, message: &Message) -> Result<bool, String> {
        match self.before_the_end(self.jq.matches(&input(row, message, self.reads))).await? {
            JqResponse::Yes => Ok(true),
            JqResponse::No | JqResponse::Text(_) => Ok(false),
            JqResponse::Failed(why) => Err(why),
        }
    }

    /// Returns whether the parts of the body that the expression names can be read.
    #[must_use]
    pub fn can_read(&self, message: &Message) -> bool {
        (!self.reads.body || is_json(&message.body))
            && (!self.reads.user_ids || users(&message.body).whole)
    }

    async fn before_the_end(
        &self,
        answer: impl Future<Output = JqResponse>,
    ) -> Result<JqResponse, String> {
        tokio::select! {
            biased;
            answer = answer => Ok(answer),
            () = self.end() => Err("stopped by a signal before it was matched".to_owned()),
        }
    }

    async fn end(&self) {
        self.cancel.cancelled().await;
        let end = *self.stopped.get_or_init(Instant::now) + GRACE;
        tokio::time::sleep_until(end.into()).await;
    }
}

/// Members of the input that come from the body and may be missing because of it.
#[derive(Debug, Clone, Copy, Default)]
struct Reads {
    body: bool,
    user_ids: bool,
}

impl Reads {
    /// Returns the members that an expression names.
    fn of(text: &str) -> Self {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let words = || text.split(|c: char| !is_word(c));
        Reads {
            body: words().any(|word| word == "body"),
            user_ids: words().any(|word| word == "user_ids"),
        }
    }
}

/// Returns the input of an expression for a message: the members of a row as `dlq peek` reports it,
/// and the message. `body` is null if the body is not JSON.
fn input(row: &Row, message: &Message, reads: Reads) -> String {
    let mut document = match serde_json::to_value(row) {
        Ok(Value::Object(document)) => document,
        _ => Map::new(),
    };
    // Only where it is asked for: bodies may be large.
    if reads.user_ids {
        document.insert("user_ids".to_owned(), json!(users(&message.body).ids));
    }
    document.insert("attributes".to_owned(), json!(values(&message.attributes)));
    document.insert("body_text".to_owned(), Value::String(message.body.clone()));
    let mut text = Value::Object(document).to_string();
    text.pop();
    text.push_str(",\"body\":");
    text.push_str(if is_json(&message.body) { &message.body } else { "null" });
    text.push('}');
    text
}

#[cfg(test)]
mod tests {

    use reco_core::message::{Attribute, AttributeValue};

    use super::*;
    use crate::dlq::judge::sample;

    fn message(body: &str) -> Message {
        let attribute = |data_type: &str, value| Attribute { data_type: data_type.into(), value };
        let attributes = [
            ("tries", attribute("Number.int", AttributeValue::Text("12".into()))),
            ("source", attribute("String", AttributeValue::Text("batch".into()))),
            ("raw", attribute("Binary", AttributeValue::Binary(vec![0, 255]))),
        ];
        Message {
            id: "m-1".to_owned(),
            body: body.to_owned(),
            attributes: attributes.map(|(name, value)| (name.to_owned(), value)).into(),
            ..Message::default()
        }
    }

    async fn matches(query: &str, body: &str) -> Result<bool, String> {
        evaluated(query, body, false).await
    }

    /// Evaluates an expression on a message, before or after a first signal.
    async fn evaluated(query: &str, body: &str, after_signal: bool) -> Result<bool, String> {
        let row = sample::row("m-1", body, 3_600, 60);
        let (child, cancel) = (Child::for_tests(), CancellationToken::new());
        let query = Query::compile(query, &child, &cancel).await.expect("it compiles");
        if after_signal {
            cancel.cancel();
        }
        query.matches(&row, &message(body)).await
    }

    #[tokio::test]
    async fn an_expression_sees_body_attributes_and_judgement() {
        let body = r#"{"data":[[9007199254740993,[2]]]}"#;
        for query in [
            ".body.data[0][0] == 9007199254740993",
            r#".class == "retryable" and .users == 1"#,
            r#".attributes.tries > 5 and .attributes.source == "batch""#,
            r#".attributes.raw == "AP8=""#,
            r#".body_text | contains("data")"#,
            r#".age_s == 3600 and .receive_count == 4 and .group_id == null and .source == null"#,
            r#".message_id == "m-1" and (.reasons | length) > 0"#,
            ".user_ids == [9007199254740993]",
            r#".shape == "queue-message" and .writable == 1 and .bad == 0 and .size_bytes > 0"#,
            ".body.data[] | select(.[0] > 1)",
        ] {
            assert_eq!(matches(query, body).await, Ok(true), "{query}");
        }
        for query in [".body.nothing", ".body.data[0][0] == 9007199254740992", "empty", "false"] {
            assert_eq!(matches(query, body).await, Ok(false), "{query}");
        }
    }

    /// The documentation of the input names all of its members, with examples that can be evaluated.
    #[tokio::test]
    async fn the_input_is_as_documented() {
        let body = r#"{"data":[[9,[2]]]}"#;
        let mut row = sample::row("m-1", body, 3_600, 60);
        row.unsendable = Some("too large".into());
        let document = input(&row, &message(body), Reads { body: true, user_ids: true });
        let document: serde_json::Map<String, Value> =
            serde_json::from_str(&document).expect("an object");
        let mut names: Vec<&str> = document.keys().map(String::as_str).collect();
        // Absent from this message.
        names.push("redriven");
        names.sort_unstable();
        let mut documented = INPUT.map(|(name, _, _)| name);
        documented.sort_unstable();
        assert_eq!(names, documented);
        for (name, kind, example) in INPUT {
            assert!(example.starts_with(&format!(".{name}")), "{example}");
            let value = document.get(name).unwrap_or(&Value::Null);
            let fits = match value {
                Value::Null => kind.ends_with('?'),
                Value::String(_) => ["string", "string?"].contains(&kind),
                Value::Number(_) => ["number", "number?"].contains(&kind),
                Value::Array(_) => ["strings", "ids"].contains(&kind),
                Value::Object(_) => ["object", "object?", "JSON?"].contains(&kind),
                Value::Bool(_) => false,
            };
            assert!(fits, "{name} is {kind}, not {value}");
            // Of a member that is null here, only that it compiles.
            let answer = matches(example, body).await;
            assert!(answer.is_ok() || value.is_null(), "{example}: {answer:?}");
        }
    }

    #[tokio::test]
    async fn a_body_that_is_no_json_is_null_and_a_deep_one_is_harmless() {
        assert_eq!(matches(".body == null", "{").await, Ok(true));
        assert_eq!(matches(".body == null", &"[".repeat(200_000)).await, Ok(true));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(matches(".body == null", &deep).await, Ok(true));
    }

    #[tokio::test]
    async fn an_expression_that_fails_on_a_message_says_why_in_bounds() {
        let body = format!("[1, [{}]]", vec!["10"; 50_000].join(","));
        let error = matches(".body.data", &body).await.expect_err("an array has no names");
        assert!(!error.is_empty() && error.chars().count() <= 201, "{error}");
        assert!(matches("halt", "{}").await.expect_err("it halts").contains("called halt"));
        assert_eq!(matches(r#"error("mine")"#, "{}").await, Err("\"mine\"".to_owned()));
    }

    #[tokio::test]
    async fn an_expression_that_never_ends_ends_soon_after_the_first_signal() {
        let error = evaluated("def f: f; f", "{}", true).await.expect_err("it does not end");
        assert!(error.contains("stopped by a signal"), "{error}");
    }

    #[tokio::test]
    async fn what_is_decided_at_once_is_decided_after_a_signal_too() {
        assert_eq!(evaluated(".body == {}", "{}", true).await, Ok(true));
    }
}
