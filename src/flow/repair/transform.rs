//! Rewriting bodies by a jq expression.

use jaq_json::Val;
use jaq_json::read;

use crate::flow::query::{Query, is_json};

/// A compiled expression that rewrites bodies.
#[derive(Debug)]
pub struct Transform {
    query: Query,
}

impl Transform {
    /// Compiles an expression.
    ///
    /// # Errors
    /// What is wrong with it, and at which character (from 1).
    pub fn compile(text: &str) -> Result<Self, String> {
        Query::compile(text).map(|query| Transform { query })
    }

    /// The expression.
    #[must_use]
    pub fn text(&self) -> &str {
        self.query.text()
    }

    /// A body, rewritten. The expression sees the body's JSON value, or its text as a string where
    /// it is no JSON. A string goes out as its text, any other value as compact JSON. `None` when
    /// the value stays as it was: the body then goes out byte for byte.
    ///
    /// # Errors
    /// When the expression fails, or answers with none or several values.
    pub fn apply(&self, body: &str) -> Result<Option<String>, String> {
        let json = is_json(body);
        let input = if json {
            read::parse_single(body.as_bytes()).map_err(|error| error.to_string())?
        } else {
            Val::utf8_str(body.to_owned())
        };
        let before = json.then(|| input.to_string());
        let output = self.query.only(input)?;
        let text = match &output {
            Val::TStr(text) => String::from_utf8(text.to_vec())
                .map_err(|_| "its string is not UTF-8".to_owned())?,
            value => value.to_string(),
        };
        let same = text == body || before.as_ref() == Some(&text);
        Ok((!same).then_some(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(expression: &str, body: &str) -> Result<Option<String>, String> {
        Transform::compile(expression).expect("it compiles").apply(body)
    }

    #[test]
    fn values_become_compact_json_and_numbers_keep_their_digits() {
        let body = r#"{ "data": [[18446744073709551615, [9007199254740993]]] , "x": 1.50 }"#;
        assert_eq!(
            apply("del(.x)", body),
            Ok(Some(r#"{"data":[[18446744073709551615,[9007199254740993]]]}"#.to_owned()))
        );
        assert_eq!(
            apply(".data[0]", r#"{"data":[[1,["ü\n"]]]}"#),
            Ok(Some(r#"[1,["ü\n"]]"#.into()))
        );
    }

    #[test]
    fn a_body_that_is_no_json_is_a_string_and_strings_go_out_as_their_text() {
        assert_eq!(
            apply(r#". + "]]}""#, r#"{"data":[[1,[2]"#),
            Ok(Some(r#"{"data":[[1,[2]]]}"#.into()))
        );
        assert_eq!(apply("fromjson", r#""[1,[2]]""#), Ok(Some("[1,[2]]".to_owned())));
        assert_eq!(apply(".", r#""[1,[2]]""#), Ok(Some("[1,[2]]".to_owned())));
    }

    #[test]
    fn what_stays_equal_stays_byte_for_byte() {
        for body in ["{ \"data\" : [ ] }", "not json", "[1, [1.0]]"] {
            assert_eq!(apply(".", body), Ok(None), "{body}");
        }
        assert!(matches!(apply("map(floor? // .)", "[1.0]"), Ok(Some(_))), "1.0 is written anew");
    }

    #[test]
    fn exactly_one_value_must_come_out() {
        assert!(apply("empty", "{}").expect_err("none").contains("no value"));
        assert!(apply("1, 2", "{}").expect_err("two").contains("more than one"));
        assert!(apply(".a.b", "[]").is_err());
        assert!(apply(".[]", "[]").is_err(), "an empty list has no value");
    }
}
