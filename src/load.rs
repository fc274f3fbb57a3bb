//! A load on a local pipeline: run, measured, and what saturates first.

pub mod measure;
pub mod numbers;
mod processors;
pub mod run;
pub mod verdict;
