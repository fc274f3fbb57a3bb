//! Faults of TOML files, reported without the file's content: the path may be of the wrong file,
//! and its lines may hold secrets.

use std::fmt;

/// Position of a fault in a file, and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TomlFault(String);

impl TomlFault {
    /// Returns the fault that a parser found in `text`.
    #[must_use]
    pub fn of(text: &str, error: &toml::de::Error) -> Self {
        let why = without_quotations(error.message());
        match error.span() {
            Some(span) => {
                let (line, column) = position(text, span.start);
                TomlFault(format!("line {line}, column {column}: {why}"))
            }
            None => TomlFault(why),
        }
    }
}

impl fmt::Display for TomlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the line and column of a byte, from 1; columns in characters.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

/// Returns a parser's message up to its first quotation, and the expectation. The expectation comes
/// last and never quotes the file; an earlier `, expected ` may be part of a quotation.
fn without_quotations(message: &str) -> String {
    const EXPECTED: &str = ", expected ";
    let (found, expected) = match message.rfind(EXPECTED) {
        Some(at) => (&message[..at], Some(&message[at + EXPECTED.len()..])),
        None => (message, None),
    };
    let found = found.split(['`', '"', '\'', '\n']).next().unwrap_or_default();
    let found = found.trim_end_matches([' ', ':', ',', '(']);
    match (found, expected) {
        ("", Some(expected)) => format!("expected {expected}"),
        (found, Some(expected)) => format!("{found}, expected {expected}"),
        ("", None) => "not valid".to_owned(),
        (found, None) => found.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its faults are read")]
    struct Sample {
        flag: bool,
        list: Option<Vec<u8>>,
    }

    fn fault(text: &str) -> String {
        TomlFault::of(text, &toml::from_str::<Sample>(text).expect_err(text)).to_string()
    }

    #[test]
    fn the_place_and_the_expectation_are_told_and_the_text_is_not() {
        assert_eq!(
            fault("flag = 3"),
            "line 1, column 8: invalid type: integer, expected a boolean"
        );
        assert_eq!(
            fault("flag = true\nsecret = 1"),
            "line 2, column 1: unknown field, expected `flag` or `list`"
        );
        for text in [
            "root:hunter2:0:0:root:/root:/bin/bash\n",
            "[default]\naws_secret_access_key = hunter2/+x\n",
            "flag = \"hunter2, expected a hunter2\"",
            "flag = 'hunter2`, expected'",
            "list = [\"hunter2\"]\nflag = true",
            "hunter2 = true",
            "hunter2 = 1\nhunter2 = 2",
            "[hunter2]\n[hunter2]",
            "hunter2.a = 1\n[hunter2]\na = 1",
            "flag = hunter2",
            "flag = 0xhunter2",
            "flag = 1979-13-hunter2",
            "flag = \"\\hunter2\"",
            "flag = {hunter2}",
        ] {
            let told = fault(text);
            assert!(!told.contains("hunter2") && !told.contains('\n'), "{text}: {told}");
        }
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(position("é = 1\nüx", 9), (2, 2));
        assert_eq!(position("", 7), (1, 1));
    }
}
