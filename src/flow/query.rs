//! jq expressions over messages.

use std::fmt;

use jaq_core::data::JustLut;
use jaq_core::load::{self, Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Exn, Filter, Vars};
use jaq_json::{Val, read};
use reco_core::message::Message;
use serde_json::{Value, json};

use crate::flow::judge::{Row, values};

/// A compiled expression.
pub struct Query {
    text: String,
    filter: Filter<JustLut<Val>>,
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Query").field(&self.text).finish()
    }
}

impl Query {
    /// Compiles an expression.
    ///
    /// # Errors
    /// What is wrong with it, and at which character (from 1).
    pub fn compile(text: &str) -> Result<Self, String> {
        let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(defs)
            .load(&arena, File { code: text, path: () })
            .map_err(|errors| errors.into_iter().next().map_or_else(String::new, load_error))?;
        let filter = Compiler::default().with_funs(funs).compile(modules).map_err(|errors| {
            let first = errors.into_iter().next().and_then(|(file, undefined)| {
                let (name, what) = undefined.into_iter().next()?;
                let at = position(file.code, name);
                Some(format!("no such {} at character {at}: {name}", what.as_str()))
            });
            first.unwrap_or_default()
        })?;
        Ok(Query { text: text.to_owned(), filter })
    }

    /// The first output, if there is one.
    ///
    /// # Errors
    /// What the expression fails with.
    pub fn first(&self, input: Val) -> Result<Option<Val>, String> {
        let context = Ctx::<JustLut<Val>>::new(&self.filter.lut, Vars::new([]));
        match self.filter.id.run((context, input)).next() {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(exception)) => Err(failure(exception)),
        }
    }

    /// The expression.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The one output.
    ///
    /// # Errors
    /// What the expression fails with; that it has no output, or more than one.
    pub fn only(&self, input: Val) -> Result<Val, String> {
        let context = Ctx::<JustLut<Val>>::new(&self.filter.lut, Vars::new([]));
        let mut outputs =
            self.filter.id.run((context, input)).map(|output| output.map_err(failure));
        let first = outputs.next().ok_or("it answers with no value")??;
        match outputs.next() {
            None => Ok(first),
            Some(Ok(_)) => Err("it answers with more than one value".to_owned()),
            Some(Err(error)) => Err(error),
        }
    }

    /// Whether the first output is there and neither `false` nor `null`.
    ///
    /// # Errors
    /// What the expression fails with.
    pub fn matches(&self, row: &Row, message: &Message) -> Result<bool, String> {
        let output = self.first(input(row, message)?)?;
        Ok(!matches!(output, None | Some(Val::Null | Val::Bool(false))))
    }
}

fn failure(exception: Exn<'_, Val>) -> String {
    match exception.get_err() {
        Ok(error) => shortened(&error.to_string()),
        Err(_) => "the expression halted".to_owned(),
    }
}

fn load_error((file, error): (File<&str, ()>, load::Error<&str>)) -> String {
    let expected =
        |what: &str, at: &str| format!("expected {what} at character {}", position(file.code, at));
    let message = match error {
        load::Error::Io(errors) => {
            errors.into_iter().next().map(|(path, error)| format!("cannot load {path}: {error}"))
        }
        load::Error::Lex(errors) => errors.first().map(|(what, at)| expected(what.as_str(), at)),
        load::Error::Parse(errors) => errors.first().map(|(what, at)| expected(what.as_str(), at)),
    };
    message.unwrap_or_default()
}

/// Where a part of the program begins, in characters from 1; its end when it is not a part.
fn position(program: &str, part: &str) -> usize {
    let at = (part.as_ptr() as usize).checked_sub(program.as_ptr() as usize);
    let before = at.and_then(|at| program.get(..at)).unwrap_or(program);
    before.chars().count() + 1
}

/// Errors of jq quote the whole value that did not fit, which may be a megabyte.
fn shortened(text: &str) -> String {
    const ENOUGH: usize = 200;
    match text.char_indices().nth(ENOUGH) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// What an expression sees of a message. `body` is null when the body is no JSON.
fn input(row: &Row, message: &Message) -> Result<Val, String> {
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
        "source": row.source,
    });
    let mut text = document.to_string();
    text.pop();
    text.push_str(",\"body\":");
    text.push_str(if is_json(&message.body) { &message.body } else { "null" });
    text.push('}');
    read::parse_single(text.as_bytes()).map_err(|error| error.to_string())
}

/// Whether a text is strict JSON that is not nested deeper than a recursive parser can bear.
pub(crate) fn is_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use reco_core::message::{Attribute, AttributeValue};

    use super::*;
    use crate::commands::dlq::sample;

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
            system: BTreeMap::new(),
        }
    }

    fn matches(query: &str, body: &str) -> Result<bool, String> {
        let row = sample::row("m-1", body, 3_600, 60);
        Query::compile(query).expect("it compiles").matches(&row, &message(body))
    }

    #[test]
    fn an_expression_sees_body_attributes_and_judgement() {
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
            assert_eq!(matches(query, body), Ok(true), "{query}");
        }
        for query in [".body.nothing", ".body.data[0][0] == 9007199254740992", "empty", "false"] {
            assert_eq!(matches(query, body), Ok(false), "{query}");
        }
    }

    #[test]
    fn a_body_that_is_no_json_is_null_and_a_deep_one_is_harmless() {
        assert_eq!(matches(".body == null", "{"), Ok(true));
        assert_eq!(matches(".body == null", &"[".repeat(200_000)), Ok(true));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(matches(".body == null", &deep), Ok(true));
    }

    #[test]
    fn an_expression_that_fails_on_a_message_says_why_in_bounds() {
        let body = format!("[1, [{}]]", vec!["10"; 50_000].join(","));
        let error = matches(".body.data", &body).expect_err("an array has no names");
        assert!(!error.is_empty() && error.chars().count() <= 201, "{error}");
        assert!(matches("halt", "{}").expect_err("it halts").contains("halted"));
        assert_eq!(matches(r#"error("mine")"#, "{}"), Err("\"mine\"".to_owned()));
    }

    #[test]
    fn what_does_not_compile_says_where() {
        let wrong = |query: &str| Query::compile(query).expect_err("it does not compile");
        for (query, at) in [(".a | nope(1)", 6), ("\"é\" | nope", 7), (".a ==", 6), ("$x", 1)] {
            let error = wrong(query);
            assert!(error.contains(&format!("at character {at}")), "{query}: {error}");
        }
        assert!(wrong("(.a").contains("closing parenthesis"));
    }
}
