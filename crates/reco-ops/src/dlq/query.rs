//! jq expressions over messages.

use std::future::Future;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use reco_core::message::Message;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::dlq::judge::{Row, values};
use crate::jq::{Answer, Child, Evaluator, is_json};

/// Time that evaluation may continue after the first signal.
const GRACE: Duration = Duration::from_secs(1);

/// Compiled jq expression.
#[derive(Debug)]
pub struct Query {
    text: String,
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
        let (text, cancel) = (text.to_owned(), cancel.clone());
        Ok(Query { text, jq, cancel, stopped: OnceLock::new() })
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
            Answer::Text(text) => Ok(Some(text)),
            Answer::No | Answer::Yes => Ok(None),
            Answer::Failed(why) => Err(why),
        }
    }

    /// Returns whether there is an output and the first one is neither `false` nor `null`.
    ///
    /// # Errors
    /// When the expression fails.
    pub async fn matches(&self, row: &Row, message: &Message) -> Result<bool, String> {
        match self.before_the_end(self.jq.matches(&input(row, message))).await? {
            Answer::Yes => Ok(true),
            Answer::No | Answer::Text(_) => Ok(false),
            Answer::Failed(why) => Err(why),
        }
    }

    async fn before_the_end(&self, answer: impl Future<Output = Answer>) -> Result<Answer, String> {
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

/// Returns the input of an expression for a message. `body` is null if the body is not JSON.
fn input(row: &Row, message: &Message) -> String {
    let document = json!({
        "message_id": row.message_id,
        "body_text": message.body,
        "attributes": values(&message.attributes),
        "class": row.verdict.class,
        "reasons": row.verdict.reasons,
        "age_s": row.age_s,
        "receive_count": row.receive_count,
        "users": row.verdict.users,
        "group_id": row.group_id,
        "source": row.source.as_deref(),
    });
    let mut text = document.to_string();
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
            receipt_handle: String::new(),
            body: body.to_owned(),
            attributes: attributes.map(|(name, value)| (name.to_owned(), value)).into(),
            system: std::collections::BTreeMap::new(),
        }
    }

    async fn matches(query: &str, body: &str) -> Result<bool, String> {
        let row = sample::row("m-1", body, 3_600, 60);
        let (child, cancel) = (Child::for_tests(), CancellationToken::new());
        let query = Query::compile(query, &child, &cancel).await.expect("it compiles");
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
            ".body.data[] | select(.[0] > 1)",
        ] {
            assert_eq!(matches(query, body).await, Ok(true), "{query}");
        }
        for query in [".body.nothing", ".body.data[0][0] == 9007199254740992", "empty", "false"] {
            assert_eq!(matches(query, body).await, Ok(false), "{query}");
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
        let cancel = CancellationToken::new();
        let child = Child::for_tests();
        let query = Query::compile("def f: f; f", &child, &cancel).await.expect("it compiles");
        let row = sample::row("m-1", "{}", 3_600, 60);
        cancel.cancel();
        let error = query.matches(&row, &message("{}")).await.expect_err("it does not end");
        assert!(error.contains("stopped by a signal"), "{error}");
    }

    #[tokio::test]
    async fn what_is_decided_at_once_is_decided_after_a_signal_too() {
        let cancel = CancellationToken::new();
        let child = Child::for_tests();
        let query = Query::compile(".body == {}", &child, &cancel).await.expect("it compiles");
        cancel.cancel();
        let row = sample::row("m-1", "{}", 3_600, 60);
        assert_eq!(query.matches(&row, &message("{}")).await, Ok(true));
    }
}
