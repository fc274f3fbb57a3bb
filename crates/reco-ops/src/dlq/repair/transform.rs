//! Rewriting of bodies by a jq expression.

use tokio_util::sync::CancellationToken;

use crate::dlq::query::Query;
use crate::jq::Child;

/// Compiled jq expression that rewrites bodies.
#[derive(Debug)]
pub struct Transform {
    query: Query,
}

impl Transform {
    /// Compiles an expression; see [`Query::compile`].
    ///
    /// # Errors
    /// When it does not compile, with the position (character, from 1).
    pub async fn compile(
        text: &str,
        child: &Child,
        cancel: &CancellationToken,
    ) -> Result<Self, String> {
        Query::compile(text, child, cancel).await.map(|query| Transform { query })
    }

    /// Returns the text of the expression.
    #[must_use]
    pub fn text(&self) -> &str {
        self.query.text()
    }

    /// Rewrites a body. The expression sees the body's JSON value, or its text as a string if it is
    /// not JSON. A string result becomes the new text, any other value compact JSON. `None` if the
    /// value does not change: the body is then sent byte for byte.
    ///
    /// # Errors
    /// When the expression fails, or returns no value or several.
    pub async fn apply(&self, body: &str) -> Result<Option<String>, String> {
        self.query.rewrite(body).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn apply(expression: &str, body: &str) -> Result<Option<String>, String> {
        let (child, cancel) = (Child::for_tests(), CancellationToken::new());
        let transform = Transform::compile(expression, &child, &cancel).await.expect("it compiles");
        transform.apply(body).await
    }

    #[tokio::test]
    async fn values_become_compact_json_and_numbers_keep_their_digits() {
        let body = r#"{ "data": [[18446744073709551615, [9007199254740993]]] , "x": 1.50 }"#;
        assert_eq!(
            apply("del(.x)", body).await,
            Ok(Some(r#"{"data":[[18446744073709551615,[9007199254740993]]]}"#.to_owned()))
        );
        assert_eq!(
            apply(".data[0]", r#"{"data":[[1,["ü\n"]]]}"#).await,
            Ok(Some(r#"[1,["ü\n"]]"#.into()))
        );
    }

    #[tokio::test]
    async fn a_body_that_is_no_json_is_a_string_and_strings_go_out_as_their_text() {
        assert_eq!(
            apply(r#". + "]]}""#, r#"{"data":[[1,[2]"#).await,
            Ok(Some(r#"{"data":[[1,[2]]]}"#.into()))
        );
        assert_eq!(apply("fromjson", r#""[1,[2]]""#).await, Ok(Some("[1,[2]]".to_owned())));
        assert_eq!(apply(".", r#""[1,[2]]""#).await, Ok(Some("[1,[2]]".to_owned())));
    }

    #[tokio::test]
    async fn what_stays_equal_stays_byte_for_byte() {
        for body in ["{ \"data\" : [ ] }", "not json", "[1, [1.0]]"] {
            assert_eq!(apply(".", body).await, Ok(None), "{body}");
        }
        assert!(
            matches!(apply("map(floor? // .)", "[1.0]").await, Ok(Some(_))),
            "1.0 is written anew"
        );
    }

    #[tokio::test]
    async fn exactly_one_value_must_come_out() {
        assert!(apply("empty", "{}").await.expect_err("none").contains("no value"));
        assert!(apply("1, 2", "{}").await.expect_err("two").contains("more than one"));
        assert!(apply(".a.b", "[]").await.is_err());
        assert!(apply(".[]", "[]").await.is_err(), "an empty list has no value");
    }
}
