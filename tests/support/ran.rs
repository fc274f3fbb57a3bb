//! What a command wrote, and how it ended.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::ffi::OsString;
use std::process::Output;

use serde_json::Value;

/// Result of a run.
#[derive(Debug)]
pub struct Ran {
    args: Vec<OsString>,
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Runs a command to its end.
    pub fn of(command: &mut assert_cmd::Command) -> Self {
        let output = command.output().expect("recoctl runs");
        Ran { args: command.get_args().map(OsString::from).collect(), ..Ran::from(output) }
    }

    /// Asserts that the run ended with this code and printed only text.
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self.ended_by_itself()
    }

    /// Asserts that the run ended with any code, by no signal, and printed only text.
    pub fn ended_by_itself(self) -> Self {
        assert!(self.code.is_some(), "{self:#?}");
        for stream in [&self.stdout, &self.stderr] {
            let unsafe_char = |c: char| {
                (c.is_control() && c != '\n' && c != '\t')
                    || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
                    || matches!(c, '\u{2060}'..='\u{2069}' | '\u{ad}' | '\u{feff}')
            };
            assert!(!stream.contains(unsafe_char), "raw controls: {stream:?}");
        }
        self
    }

    /// Asserts that the run ended with one of these codes.
    pub fn ended_in<const N: usize>(self, codes: [i32; N]) -> Self {
        assert!(self.code.is_some_and(|code| codes.contains(&code)), "{codes:?}: {self:#?}");
        self
    }

    /// Asserts that stderr has these words.
    pub fn says(self, words: impl AsRef<str>) -> Self {
        let words = words.as_ref();
        assert!(self.stderr.contains(words), "not on stderr: {words}\n{self:#?}");
        self
    }

    /// Asserts that stderr has each of these words.
    pub fn says_all<S: AsRef<str>>(self, words: impl IntoIterator<Item = S>) -> Self {
        words.into_iter().fold(self, |ran, words| ran.says(words))
    }

    /// Asserts that stdout has these words.
    pub fn shows(self, words: impl AsRef<str>) -> Self {
        let words = words.as_ref();
        assert!(self.stdout.contains(words), "not on stdout: {words}\n{self:#?}");
        self
    }

    pub fn says_anywhere(self, words: &str) -> Self {
        assert!(self.stderr.contains(words) || self.stdout.contains(words), "{words}\n{self:#?}");
        self
    }

    pub fn never_says(self, words: &str) -> Self {
        let told = self.stderr.contains(words) || self.stdout.contains(words);
        assert!(!told, "shown: {words}\n{self:#?}");
        self
    }

    /// Reads stdout as a report.
    pub fn report(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is no JSON ({error}): {self:#?}"))
    }

    /// Reads stdout as lines of JSON.
    pub fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// Returns stderr without the line that names the endpoint, whose port differs.
    pub fn told(&self) -> String {
        let lines = self.stderr.split_inclusive('\n');
        lines.filter(|line| !line.starts_with("requests go to ")).collect()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Ran {
            args: Vec::new(),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
