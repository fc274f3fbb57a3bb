//! Paths that the pages for contributors name.

use std::collections::BTreeSet;
use std::path::Path;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the paths that a page names in backticks, and those that it links to.
fn paths_in(page: &str) -> BTreeSet<&str> {
    let roots = [
        ".ci/",
        "benches/",
        "completions/",
        "crates/",
        "deploy/",
        "docs/",
        "examples/",
        "fuzz/",
        "man/",
        "src/",
        "tests/",
    ];
    let fenced = page.split("```").step_by(2);
    let spans = fenced.flat_map(|text| text.split('`').skip(1).step_by(2));
    let spans = spans.filter(|span| {
        roots.iter().any(|root| span.starts_with(root)) && !span.contains([' ', '*', '<'])
    });
    let links = page.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|link| link.0);
    spans.chain(links.filter(|link| !link.contains("://") && !link.starts_with('#'))).collect()
}

#[test]
fn every_path_that_a_guide_names_exists() {
    let mut wrong = Vec::new();
    for (page, least) in [("ARCHITECTURE.md", 60), ("CONTRIBUTING.md", 20), ("README.md", 10)] {
        let text = std::fs::read_to_string(repository().join(page)).unwrap();
        let paths = paths_in(&text);
        assert!(paths.len() >= least, "{page} names only {paths:?}");
        // A link may point to a section of the page.
        let exists = |path: &str| {
            let file = path.split('#').next().unwrap_or(path);
            repository().join(file).exists()
        };
        let missing = paths.into_iter().filter(|path| !exists(path));
        wrong.extend(missing.map(|path| format!("{page} names {path}, which is not there")));
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn the_architecture_has_a_paragraph_for_every_room() {
    let text = std::fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    let directories = |dir: &str| -> Vec<String> {
        let entries = std::fs::read_dir(repository().join(dir)).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
        paths.map(|path| format!("{dir}/{}", path.file_name().unwrap().display())).collect()
    };
    let rooms =
        [directories("crates"), directories("crates/reco-ops/src"), directories("src")].concat();
    let missing: Vec<&String> = rooms
        .iter()
        .filter(|room| {
            !text.contains(&format!("`{room}`")) && !text.contains(&format!("`{room}/`"))
        })
        .collect();
    assert_eq!(missing, [""; 0]);
}

/// Returns the files and directories at the root of a crate's sources, without `.rs`.
fn roots(sources: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(repository().join(sources)).unwrap();
    let names = entries.map(|entry| entry.unwrap().path());
    let names = names.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    let plain = ["lib", "main", "tests", "clippy"];
    names.filter(|name| !plain.contains(&name.as_str())).collect()
}

#[test]
fn the_architecture_names_every_file_at_the_root_of_a_crate() {
    let text = std::fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    let named = paths_in(&text);
    let crates = ["reco-core", "reco-store", "reco-ops", "reco-lambda", "reco-sandbox"];
    let sources = crates.map(|name| format!("crates/{name}/src"));
    let mut missing = Vec::new();
    for sources in sources.iter().map(String::as_str).chain(["src"]) {
        for name in roots(sources) {
            let path = format!("{sources}/{name}");
            let is_it = |one: &str| {
                let rest = one.strip_prefix(&path);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
            };
            if !named.iter().any(|one| is_it(one)) {
                missing.push(path);
            }
        }
    }
    assert_eq!(missing, [""; 0]);
}
