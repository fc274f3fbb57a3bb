//! Lines of any shape, rewritten by a jq expression to shapes that are known.

use std::str::FromStr;
use std::sync::Arc;

use jaq_json::read;
use serde_json::value::RawValue;

use crate::flow::query::Query;

/// The expression of `--map`.
#[derive(Debug, Clone)]
pub struct Mapping {
    text: String,
    /// Gathers all that the expression gives for a value in one array.
    query: Arc<Query>,
}

impl FromStr for Mapping {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Alone first: so an error names the place in what was given.
        Query::compile(text)?;
        // A comment at its end must not take the bracket with it.
        let query = Query::compile(&format!("[{text}\n]"))?;
        Ok(Mapping { text: text.to_owned(), query: Arc::new(query) })
    }
}

impl Mapping {
    /// The expression.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The texts of all values that the expression gives for a line. A value that is an array of
    /// arrays or of objects counts for its elements, and `null` for none.
    ///
    /// # Errors
    /// When the line is no JSON, or the expression fails on it.
    pub fn apply(&self, line: &str) -> Result<Vec<String>, String> {
        let input = read::parse_single(line.as_bytes()).map_err(|error| error.to_string())?;
        let output = self.query.only(input)?.to_string();
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

    fn mapped(expression: &str, line: &str) -> Result<Vec<String>, String> {
        expression.parse::<Mapping>().expect("an expression").apply(line)
    }

    #[test]
    fn every_value_that_comes_out_counts() {
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
            let found = mapped(expression, line).expect(expression);
            assert_eq!(found, expected, "{expression}");
        }
    }

    #[test]
    fn what_fails_says_so() {
        assert!(mapped(".a.b", "[1]").is_err());
        assert!(mapped(".", "not json").is_err());
        let error = ".a | nope".parse::<Mapping>().expect_err("no such function");
        assert!(error.contains("at character 6"), "{error}");
        assert!("[".parse::<Mapping>().is_err());
    }
}
