//! Errors as an operator reads them: what failed, on which input, why, and what to do next.

use std::fmt;

use reco_core::facts::{FactsError, FactsStage};

/// Kind of failure; determines the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The command line is wrong.
    Usage,
    /// The configuration is wrong or incomplete.
    Config,
    /// Credentials are missing, expired or refused.
    Credentials,
    /// AWS or the facts database failed.
    Service,
    /// Refused for safety.
    Refused,
    /// An input could not be read or used.
    Input,
    /// A bug in recoctl.
    Internal,
    /// Stopped by a signal before there was anything to report.
    Interrupted,
}

/// An error that ends a command.
#[derive(Debug)]
pub struct Error {
    /// Its kind.
    pub kind: Kind,
    /// Failed operation and its input, as a fragment that reads after "error: ".
    pub message: String,
    /// Reason, from the outside in.
    pub causes: Vec<String>,
    /// Next step.
    pub hint: Option<String>,
}

impl Error {
    /// An error without cause or hint.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), causes: Vec::new(), hint: None }
    }

    /// The configuration is wrong or incomplete.
    pub fn config(message: impl Into<String>) -> Self {
        Error::new(Kind::Config, message)
    }

    /// Refused for safety.
    pub fn refused(message: impl Into<String>) -> Self {
        Error::new(Kind::Refused, message)
    }

    /// An input could not be read or used.
    pub fn input(message: impl Into<String>) -> Self {
        Error::new(Kind::Input, message)
    }

    /// A service failed.
    pub fn service(message: impl Into<String>) -> Self {
        Error::new(Kind::Service, message)
    }

    /// The facts database failed; the stage determines the kind.
    pub fn facts(message: impl Into<String>, error: &FactsError) -> Self {
        let kind = match error.stage {
            FactsStage::Connect => Kind::Config,
            FactsStage::Auth => Kind::Credentials,
            FactsStage::Query | FactsStage::Timeout => Kind::Service,
        };
        Error::new(kind, message).because(error)
    }

    /// Adds the reason, and what lies behind it.
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

    /// Adds a reason in words.
    #[must_use]
    pub fn cause(mut self, words: impl Into<String>) -> Self {
        self.causes.push(words.into());
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, words: impl Into<String>) -> Self {
        self.hint = Some(words.into());
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

/// A result whose error ends the command.
pub type Result<T, E = Error> = std::result::Result<T, E>;
