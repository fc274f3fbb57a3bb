//! Shared parts of the benchmark programs: the null endpoint's logic and the shape of the input.

pub mod endpoint;
pub mod pairs;
