//! Known differences of the independent server, kept in step with `docs/conformance.md`.

use std::collections::{BTreeMap, BTreeSet};

const DOCUMENT: &str = include_str!("../../../../docs/conformance.md");

/// A check, and part of its failure's message.
pub type Known = (&'static str, &'static str);

/// Asserts that the failures are exactly the known differences.
pub fn assert_as_known(failures: &BTreeMap<&'static str, String>, known: &[Known]) {
    let known: BTreeMap<_, _> = known.iter().copied().collect();
    let as_known = |(name, seen): &(&&str, &String)| {
        known.get(**name).is_some_and(|expected| seen.contains(expected))
    };
    let new: Vec<_> = failures.iter().filter(|failure| !as_known(failure)).collect();
    assert!(new.is_empty(), "unknown differences: {new:#?}");
    let vanished: Vec<_> = known.keys().filter(|name| !failures.contains_key(*name)).collect();
    assert!(vanished.is_empty(), "these differences are no more: {vanished:?}");
}

/// Asserts that the document's table under the heading `service` has exactly one row for each known
/// difference.
pub fn assert_documented(service: &str, known: &[Known]) {
    let documented = rows(service);
    let names: BTreeSet<_> = known.iter().map(|(name, _)| *name).collect();
    let distinct: BTreeSet<_> = documented.iter().copied().collect();
    assert_eq!(distinct, names, "docs/conformance.md, {service} (left) against the test (right)");
    assert_eq!(documented.len(), known.len(), "a check has more than one row");
}

/// Returns the checks named in the first column of a section's table.
fn rows(service: &str) -> Vec<&'static str> {
    let heading = format!("\n## {service}\n");
    let (_, section) = DOCUMENT.split_once(&heading).expect("the document has the heading");
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    section.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0)).collect()
}
