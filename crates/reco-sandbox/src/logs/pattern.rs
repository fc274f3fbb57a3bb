//! Filter patterns of terms. Patterns of JSON (`{...}`), of columns (`[...]`) and regular expressions are
//! refused.
//!
//! AWS: "Filter pattern syntax for metric filters, subscription filters, and filter log events".

use super::error::LogsError;

/// AWS: length of a filter pattern.
const LONGEST: usize = 1_024;

/// Pattern of terms.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
}

impl Pattern {
    /// Reads a pattern; an empty one matches everything.
    pub fn parse(text: &str) -> Result<Self, LogsError> {
        if text.chars().count() > LONGEST {
            return Err(LogsError::invalid(format!(
                "1 validation error detected: Value at 'filterPattern' failed to satisfy constraint: Member must have length less than or equal to {LONGEST}"
            )));
        }
        let refused = || LogsError::invalid("Invalid filter pattern");
        let mut pattern = Pattern::default();
        let mut rest = text.trim_start();
        if rest.starts_with(['{', '[', '%']) {
            return Err(LogsError::invalid("the sandbox reads filter patterns of terms only"));
        }
        while !rest.is_empty() {
            let into = match rest.as_bytes()[0] {
                b'?' => &mut pattern.any,
                b'-' => &mut pattern.none,
                _ => &mut pattern.all,
            };
            rest = rest.strip_prefix(['?', '-']).unwrap_or(rest);
            let (term, after) = match rest.strip_prefix('"') {
                Some(quoted) => self::quoted(quoted).ok_or_else(refused)?,
                None => {
                    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                    let (word, after) = rest.split_at(end);
                    // AWS: other than alphanumeric terms must be quoted.
                    if word.is_empty() || !word.chars().all(|c| c.is_alphanumeric() || c == '_') {
                        return Err(refused());
                    }
                    (word.to_owned(), after)
                }
            };
            into.push(term);
            rest = after.trim_start();
        }
        // AWS: beside other terms, those with a question mark are ignored.
        if !pattern.all.is_empty() || !pattern.none.is_empty() {
            pattern.any.clear();
        }
        Ok(pattern)
    }

    /// Returns whether a text matches.
    pub fn matches(&self, text: &str) -> bool {
        self.all.iter().all(|term| text.contains(term.as_str()))
            && !self.none.iter().any(|term| text.contains(term.as_str()))
            && (self.any.is_empty() || self.any.iter().any(|term| text.contains(term.as_str())))
    }
}

/// Reads up to the closing quote; a backslash takes the next character as it is.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut term = String::new();
    let mut chars = text.char_indices();
    while let Some((at, character)) = chars.next() {
        match character {
            '"' => return Some((term, &text[at + 1..])),
            '\\' => term.push(chars.next()?.1),
            other => term.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::parse(pattern).expect("a pattern").matches(text)
    }

    #[test]
    fn terms_are_joined_as_aws_joins_them() {
        let text = r#"{"message":"message returned","status":"timeout","id":"a-1"}"#;
        for (pattern, expected) in [
            ("", true),
            ("timeout", true),
            ("timeout error", false),
            ("?timeout ?error", true),
            ("?error ?failure", false),
            (r#""message returned""#, true),
            (r#"?"\"status\":\"timeout\"""#, true),
            (r#"?"\"status\":\"error\"""#, false),
            ("timeout -error", true),
            ("timeout -returned", false),
            ("?error timeout", true),
            (r#"?"a-1""#, true),
            ("Timeout", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern_of_terms_is_refused() {
        for pattern in ["{ $.a = 1 }", "[a, b]", "%a%", "\"open", "a-b", "?", &"a ".repeat(600)] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
