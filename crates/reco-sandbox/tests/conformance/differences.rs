//! Where the independent server is known to differ: as data, and as `docs/conformance.md` says it.

use std::collections::{BTreeMap, BTreeSet};

const DOCUMENT: &str = include_str!("../../../../docs/conformance.md");

/// A check and what its failure says.
pub type Known = (&'static str, &'static str);

/// Asserts that the failures are the known differences, no more and no fewer.
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

/// Asserts that the document's table under the heading `service` has one row for each known
/// difference and no other.
pub fn assert_documented(service: &str, known: &[Known]) {
    let documented = rows(service);
    let names: BTreeSet<_> = known.iter().map(|(name, _)| *name).collect();
    let distinct: BTreeSet<_> = documented.iter().copied().collect();
    assert_eq!(distinct, names, "docs/conformance.md, {service} (left) against the test (right)");
    assert_eq!(documented.len(), known.len(), "a check has more than one row");
}

/// The checks named in the first column of a section's table.
fn rows(service: &str) -> Vec<&'static str> {
    let heading = format!("\n## {service}\n");
    let (_, section) = DOCUMENT.split_once(&heading).expect("the document has the heading");
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    section.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0)).collect()
}
