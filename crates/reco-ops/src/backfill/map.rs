//! `--map`: converts lines of any shape to known shapes with a jq expression.

use std::sync::Arc;

use reco_core::decode::{decode, deletion};
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use crate::dlq::repair::Transform;
use crate::jq::{Child, is_json};

/// Compiled `--map` expression.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The expression wrapped so that all outputs for a value form one array.
    query: Arc<Transform>,
}

impl Mapping {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Describes the error and its position, in characters from 1.
    pub async fn compile(
        text: &str,
        child: &Child,
        cancel: &CancellationToken,
    ) -> Result<Self, String> {
        // Compiled unwrapped first, so that an error has its position in the given text.
        Transform::compile(text, child, cancel).await?;
        // The line break keeps a trailing comment from swallowing the bracket.
        let query = Transform::compile(&format!("[{text}\n]"), child, cancel).await?;
        Ok(Mapping { query: Arc::new(query) })
    }

    /// Returns the texts of all values that the expression outputs for a line. An array of arrays
    /// or objects counts as its elements, and `null` as none.
    ///
    /// A line that is itself such an array is mapped element by element, like an array over several
    /// lines. If no element gives a list but the whole line does, the expression is applied to the
    /// whole line.
    ///
    /// # Errors
    /// Fails if the line is not JSON or the expression fails on it.
    pub async fn apply(&self, line: &str) -> Result<Vec<Mapped>, String> {
        if !is_json(line) {
            return Err("the line is not JSON".to_owned());
        }
        let Some(elements) = elements(line) else { return self.values_of(line, None).await };
        let mut found = Vec::with_capacity(elements.len());
        for element in elements.into_iter().map(RawValue::get) {
            match self.values_of(element, Some(element)).await {
                Ok(values) => found.extend(values),
                Err(error) => {
                    found.push(Mapped { value: Err(error), of: Some(element.to_owned()) });
                }
            }
        }
        if found.iter().any(Mapped::is_list) {
            return Ok(found);
        }
        match self.values_of(line, None).await {
            Ok(whole) if whole.iter().any(Mapped::is_list) => Ok(whole),
            _ => Ok(found),
        }
    }

    async fn values_of(&self, text: &str, of: Option<&str>) -> Result<Vec<Mapped>, String> {
        let output = self.query.apply(text).await?.unwrap_or_else(|| text.to_owned());
        let values: Vec<&RawValue> =
            serde_json::from_str(&output).map_err(|error| error.to_string())?;
        let mut found = Vec::with_capacity(values.len());
        let mut add = |value: &str| {
            found.push(Mapped { value: Ok(value.to_owned()), of: of.map(str::to_owned) });
        };
        for value in values.into_iter().map(RawValue::get) {
            match elements(value) {
                Some(elements) => elements.iter().for_each(|element| add(element.get())),
                None if value == "null" => {}
                None => add(value),
            }
        }
        Ok(found)
    }
}

/// Output of the expression for a line or one of its elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// Output value, or the error.
    pub value: Result<String, String>,
    /// Element of the line that it came from; `None` for the whole line.
    pub of: Option<String>,
}

impl Mapped {
    /// Returns whether the output is a list or a removal.
    fn is_list(&self) -> bool {
        let Ok(value) = &self.value else { return false };
        let lists = decode(value).is_ok_and(|decoded| !decoded.entries.is_empty());
        lists || matches!(deletion(value), Ok(Some(_)))
    }
}

/// Returns the elements of an array of arrays or objects.
fn elements(value: &str) -> Option<Vec<&RawValue>> {
    let inner = value.trim_ascii_start().strip_prefix('[')?.trim_ascii_start();
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
        let found = compiled(expression).await.expect("an expression").apply(line).await?;
        found.into_iter().map(|mapped| mapped.value).collect()
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
            ("[.u, [.r]]", r#" [{"u":1,"r":2}, {"u":3,"r":4}]"#, vec!["[1,[2]]", "[3,[4]]"]),
            ("[.[0], .[1]]", "[[1,[2]],[3,[4]],[5,[6]]]", vec!["[1,[2]]", "[3,[4]]", "[5,[6]]"]),
            ("[.[0].id, .[1]]", r#"[{"id":1},[2,3]]"#, vec!["[1,[2,3]]"]),
            (".a", r#"{"a":{"user_id":1,"delete":true}}"#, vec![r#"{"user_id":1,"delete":true}"#]),
        ] {
            let found = mapped(expression, line).await.expect(expression);
            assert_eq!(found, expected, "{expression}");
        }
    }

    #[tokio::test]
    async fn an_element_on_which_it_fails_is_alone_in_that() {
        let line = r#"[{"u":1,"r":[2]},{"u":3,"r":4}]"#;
        let found = compiled("[.u, (.r | map(.))]").await.expect("an expression").apply(line).await;
        let found = found.expect("one of them comes to a list");
        let [good, bad] = &found[..] else { panic!("{found:?}") };
        assert_eq!(good.value.as_deref(), Ok("[1,[2]]"));
        assert_eq!(good.of.as_deref(), Some(r#"{"u":1,"r":[2]}"#));
        assert!(bad.value.is_err() && bad.of.as_deref() == Some(r#"{"u":3,"r":4}"#), "{bad:?}");
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
