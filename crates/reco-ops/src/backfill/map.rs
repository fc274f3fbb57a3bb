//! Lines of any shape, rewritten by a jq expression to shapes that are known.

use std::sync::Arc;

use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use crate::dlq::repair::Transform;
use crate::jq::{Child, is_json};

/// The expression of `--map`.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// Gathers all that the expression gives for a value in one array.
    query: Arc<Transform>,
}

impl Mapping {
    /// Compiles an expression.
    ///
    /// # Errors
    /// What is wrong with it, and at which character (from 1).
    pub async fn compile(
        text: &str,
        child: &Child,
        cancel: &CancellationToken,
    ) -> Result<Self, String> {
        // Alone first: so an error names the place in what was given.
        Transform::compile(text, child, cancel).await?;
        // A comment at its end must not take the bracket with it.
        let query = Transform::compile(&format!("[{text}\n]"), child, cancel).await?;
        Ok(Mapping { query: Arc::new(query) })
    }

    /// The texts of all values that the expression gives for a line. A value that is an array of
    /// arrays or of objects counts for its elements, and `null` for none.
    ///
    /// # Errors
    /// When the line is no JSON, or the expression fails on it.
    pub async fn apply(&self, line: &str) -> Result<Vec<String>, String> {
        if !is_json(line) {
            return Err("the line is not JSON".to_owned());
        }
        let output = self.query.apply(line).await?.unwrap_or_else(|| line.to_owned());
        let values: Vec<&RawValue> =
            serde_json::from_str(&output).map_err(|error| error.to_string())?;
        let mut texts = Vec::with_capacity(values.len());
        for value in values.into_iter().map(RawValue::get) {
            match elements(value) {
                Some(elements) => texts.extend(elements.iter().map(|e| e.get().to_owned())),
                None if value == "null" => {}
                None => texts.push(value.to_owned()),
            }
        }
        Ok(texts)
    }
}

/// The elements of an array of arrays or of objects.
fn elements(value: &str) -> Option<Vec<&RawValue>> {
    let inner = value.strip_prefix('[')?.trim_ascii_start();
    if !inner.starts_with(['[', '{']) {
        return None;
    }
    serde_json::from_str(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn compiled(expression: &str) -> Result<Mapping, String> {
        Mapping::compile(expression, &Child::for_tests(), &CancellationToken::new()).await
    }

    async fn mapped(expression: &str, line: &str) -> Result<Vec<String>, String> {
        compiled(expression).await.expect("an expression").apply(line).await
    }

    #[tokio::test]
    async fn every_value_that_comes_out_counts() {
        for (expression, line, expected) in [
            (
                "[.u, .r]",
                r#"{"u":9007199254740993,"r":["a",2]}"#,
                vec![r#"[9007199254740993,["a",2]]"#],
            ),
            (".[] | [.u, [.r]]", r#"[{"u":1,"r":2},{"u":3,"r":4}]"#, vec!["[1,[2]]", "[3,[4]]"]),
            ("map([.u, [.r]])", r#"[{"u":1,"r":2},{"u":3,"r":4}]"#, vec!["[1,[2]]", "[3,[4]]"]),
            ("select(.on) | [.u, .r]", r#"{"u":1,"r":[2],"on":false}"#, vec![]),
            ("null, [1,[2]] # a comment", "{}", vec!["[1,[2]]"]),
            ("[.u, [.r[].id]]", r#"{"u":"x","r":[{"id":"ü"},{"id":2}]}"#, vec![r#"["x",["ü",2]]"#]),
            (".a", r#"{"a":{"user_id":1,"delete":true}}"#, vec![r#"{"user_id":1,"delete":true}"#]),
        ] {
            let found = mapped(expression, line).await.expect(expression);
            assert_eq!(found, expected, "{expression}");
        }
    }

    #[tokio::test]
    async fn what_fails_says_so() {
        assert!(mapped(".a.b", "[1]").await.is_err());
        assert!(mapped(".", "not json").await.is_err());
        let error = compiled(".a | nope").await.expect_err("no such function");
        assert!(error.contains("at character 6"), "{error}");
        assert!(compiled("[").await.is_err());
        let same = mapped(".", "[[1,[2]]]").await.expect("mapped");
        assert_eq!(same, ["[1,[2]]"], "what stays as it is");
    }
}
