//! What the benchmark programs share: the null endpoint's own logic and the shape of the input.

pub mod endpoint;
pub mod pairs;
