//! Errors for operators: what failed on which input, why, and what to do next.

use std::fmt;

use reco_core::facts::{FactsError, FactsStage};
use tokio::task::JoinError;

/// Kind of failure; determines the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Invalid command line.
    Usage,
    /// Wrong or incomplete configuration.
    Config,
    /// Missing, expired or rejected credentials of AWS.
    Credentials,
    /// Failure of AWS or the facts database.
    Service,
    /// Refusal for safety.
    Refused,
    /// Input that could not be read or used.
    Input,
    /// Bug in recoctl.
    Internal,
    /// Interruption by a signal before there was anything to report.
    Interrupted,
}

/// Error that ends a command.
#[derive(Debug)]
pub struct Error {
    /// Kind of failure, which determines the exit code.
    pub kind: Kind,
    /// Failed operation and its input; follows "error: " in the output.
    pub message: String,
    /// Causes, outermost first.
    pub causes: Vec<String>,
    /// Hint on what to do next.
    pub hint: Option<String>,
    /// Further hints, one for each thing to do.
    pub more_hints: Vec<String>,
}

impl Error {
    /// Creates an error without cause or hint.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error {
            kind,
            message: message.into(),
            causes: Vec::new(),
            hint: None,
            more_hints: Vec::new(),
        }
    }

    /// Creates an error of kind [`Kind::Config`].
    pub fn config(message: impl Into<String>) -> Self {
        Error::new(Kind::Config, message)
    }

    /// Creates an error of kind [`Kind::Refused`].
    pub fn refused(message: impl Into<String>) -> Self {
        Error::new(Kind::Refused, message)
    }

    /// Creates an error of kind [`Kind::Input`].
    pub fn input(message: impl Into<String>) -> Self {
        Error::new(Kind::Input, message)
    }

    /// Creates an error of kind [`Kind::Service`].
    pub fn service(message: impl Into<String>) -> Self {
        Error::new(Kind::Service, message)
    }

    /// Returns how to make an error of a task that panicked or was ended early; `what` failed.
    pub fn unexpected(what: &str) -> impl Fn(JoinError) -> Error {
        move |error| {
            Error::new(Kind::Internal, format!("{what} failed unexpectedly")).because(&error)
        }
    }

    /// Creates an error of the facts database; its stage determines the kind.
    pub fn facts(message: impl Into<String>, error: &FactsError) -> Self {
        let kind = match error.stage {
            // Not `Credentials`, which are those of AWS.
            FactsStage::Connect | FactsStage::Auth => Kind::Config,
            FactsStage::Query | FactsStage::Timeout => Kind::Service,
        };
        Error::new(kind, message).because(error)
    }

    /// Adds an error and its sources as causes.
    #[must_use]
    pub fn because(mut self, cause: &(dyn std::error::Error + 'static)) -> Self {
        let mut next = Some(cause);
        while let Some(cause) = next {
            let words = cause.to_string();
            if self.causes.last().is_none_or(|last| !last.contains(&words)) {
                self.causes.push(words);
            }
            next = cause.source();
        }
        self
    }

    /// Adds a cause as text.
    #[must_use]
    pub fn cause(mut self, words: impl Into<String>) -> Self {
        self.causes.push(words.into());
        self
    }

    /// Sets the hint on what to do next.
    #[must_use]
    pub fn hint(mut self, words: impl Into<String>) -> Self {
        self.hint = Some(words.into());
        self
    }

    /// Adds a hint after the first.
    #[must_use]
    pub fn and_hint(mut self, words: impl Into<String>) -> Self {
        match self.hint {
            None => self.hint = Some(words.into()),
            Some(_) => self.more_hints.push(words.into()),
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for cause in &self.causes {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Result with an error that ends the command.
pub type Result<T, E = Error> = std::result::Result<T, E>;
