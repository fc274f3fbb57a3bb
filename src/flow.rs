//! The long-running pipelines.
