//! Load test of a local pipeline: run, measurements, and the stage that saturates first.

pub mod measure;
pub mod numbers;
pub mod run;
pub mod verdict;
