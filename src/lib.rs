//! The operator's command line for a recommendation pipeline.
