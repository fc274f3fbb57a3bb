//! What may depend on what. The directions are drawn in the documentation; here they are checked
//! against the graph that cargo resolves, normal dependencies only.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

/// The resolved graph: each package's name, and the packages that it links.
struct Graph {
    names: HashMap<PackageId, String>,
    links: HashMap<PackageId, Vec<PackageId>>,
}

static METADATA: LazyLock<Metadata> = LazyLock::new(|| {
    // Only this platform's packages are sure to be on this machine.
    let options = ["--locked".to_owned(), "--filter-platform".to_owned(), host()];
    let manifest = repository().join("Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).other_options(options).exec().unwrap()
});

static GRAPH: LazyLock<Graph> = LazyLock::new(|| {
    let packages = METADATA.packages.iter();
    let names = packages.map(|package| (package.id.clone(), package.name.to_string()));
    let nodes = METADATA.resolve.as_ref().unwrap().nodes.iter().map(|node| {
        let linked = node
            .deps
            .iter()
            .filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
        (node.id.clone(), linked.map(|dep| dep.pkg.clone()).collect())
    });
    Graph { names: names.collect(), links: nodes.collect() }
});

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn host() -> String {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

fn id_of(name: &str) -> &'static PackageId {
    GRAPH.names.iter().find(|(_, known)| *known == name).map(|(id, _)| id).unwrap()
}

/// The packages that `name` names itself.
fn direct(name: &str) -> BTreeSet<&'static str> {
    GRAPH.links[id_of(name)].iter().map(|id| GRAPH.names[id].as_str()).collect()
}

/// Everything that ends up in a program that links `name`.
fn reached(name: &str) -> BTreeSet<&'static str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![id_of(name)];
    while let Some(id) = open.pop() {
        for next in &GRAPH.links[id] {
            if reached.insert(GRAPH.names[next].as_str()) {
                open.push(next);
            }
        }
    }
    reached
}

/// Those of `found` that a pattern names; a pattern that ends in `*` names a family.
fn among(found: &BTreeSet<&'static str>, patterns: &[&str]) -> Vec<&'static str> {
    let matches = |name: &str| {
        patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name == *pattern,
        })
    };
    found.iter().copied().filter(|name| matches(name)).collect()
}

#[test]
fn the_core_reaches_no_service_runtime_clock_or_terminal() {
    let allowed = [
        "arcstr",
        "base64",
        "foldhash",
        "jiff",
        "md-5",
        "serde",
        "serde_json",
        "sha2",
        "thiserror",
        "toml",
    ];
    let direct = direct("reco-core");
    assert!(direct.is_subset(&allowed.into()), "the core names {direct:?}");
    let forbidden = [
        "aws*",
        "lambda*",
        "hyper*",
        "http*",
        "tokio*",
        "async*",
        "futures*",
        "sqlx*",
        "rusqlite",
        "libsqlite3-sys",
        "clap*",
        "chrono",
        "time",
        "anstream",
        "console",
        "crossterm",
        "indicatif",
        "comfy-table",
        "tracing*",
        "env_logger",
        "rand",
        "fastrand",
    ];
    assert_eq!(among(&reached("reco-core"), &forbidden), [""; 0]);
}

#[test]
fn the_lambda_reaches_no_terminal_and_nothing_of_the_command_line() {
    let forbidden = [
        "clap*",
        "indicatif",
        "comfy-table",
        "ratatui",
        "crossterm",
        "anstream",
        "recoctl",
        "reco-sandbox",
        "dynoxide-rs",
    ];
    let reached = reached("reco-lambda");
    assert_eq!(among(&reached, &forbidden), [""; 0]);
    assert!(reached.contains("reco-core"), "it decides by the core");
}

#[test]
fn crates_depend_downwards_only() {
    let ours = |name| among(&direct(name), &["recoctl", "reco-*"]);
    assert_eq!(ours("reco-core"), [""; 0]);
    assert_eq!(ours("reco-store"), ["reco-core"]);
    assert_eq!(ours("reco-lambda"), ["reco-core", "reco-store"]);
    assert!(!ours("reco-sandbox").contains(&"recoctl"));
}

/// Every Rust file below `dir`, which need not exist.
fn sources(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    entries
        .flat_map(|entry| match entry.unwrap().path() {
            dir if dir.is_dir() => sources(&dir),
            file if file.extension().is_some_and(|extension| extension == "rs") => vec![file],
            _ => Vec::new(),
        })
        .collect()
}

/// The code of the Rust files below these directories, without lines that are comments.
fn code(package: &Path, dirs: &[&str]) -> String {
    let files = dirs.iter().flat_map(|dir| sources(&package.join(dir)));
    let texts = files.map(|file| std::fs::read_to_string(file).unwrap());
    let code = |text: String| {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    texts.map(code).collect()
}

/// Whether the code names this crate: `name::...`, `use name;` or `use name as other;`.
fn names(code: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let used =
            before.ends_with("use ") && (after.starts_with(';') || after.starts_with(" as "));
        !before.ends_with(part) && (after.starts_with("::") || used)
    })
}

#[test]
fn a_crate_is_named_by_its_path_and_not_by_words_like_it() {
    for code in
        ["toml::from_str(x)", "use toml;", "use toml as t;", "(toml::Value)", "use {toml::X};"]
    {
        assert!(names(code, "toml"), "{code}");
    }
    for code in
        ["let toml = 1;", "crate::toml::x()", "use toml_fault::x;", "my_toml::x()", "toml: T"]
    {
        assert!(!names(code, "toml"), "{code}");
    }
}

/// A dependency that no source names only costs: it is compiled, audited and updated for nothing.
#[test]
fn every_dependency_is_named_in_the_sources() {
    let mut seen = 0;
    let mut unused = Vec::new();
    let nodes = &METADATA.resolve.as_ref().unwrap().nodes;
    for package in METADATA.workspace_packages() {
        let dir = package.manifest_path.parent().unwrap().as_std_path();
        let (linked, all) = (code(dir, &["src"]), code(dir, &["src", "tests"]));
        let node = nodes.iter().find(|node| node.id == package.id).unwrap();
        for dep in &node.deps {
            let normal = dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            seen += 1;
            if !names(if normal { &linked } else { &all }, &dep.name) {
                unused.push(format!("{} does not use {}", package.name, dep.name));
            }
        }
    }
    assert!(seen > 50, "the graph has dependencies");
    assert_eq!(unused, [""; 0]);
}

/// The paths that a page names in backticks, and those that it links to.
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
        let missing = paths.into_iter().filter(|path| !repository().join(path).exists());
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

/// `0.10.9` and `2.0.119` as others may use them instead: `0.10`, `2`.
fn line_of(version: &str) -> String {
    let mut parts = version.split('.');
    match (parts.next(), parts.next()) {
        (Some("0"), Some(minor)) => format!("0.{minor}"),
        (Some(major), _) => major.to_owned(),
        (None, _) => String::new(),
    }
}

/// What `deny.toml` bans with cargo-deny, where that is not installed.
#[test]
fn a_crate_in_two_versions_is_on_the_list_of_those_that_stay() {
    let deny = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml")).unwrap();
    let listed = deny.lines().filter_map(|line| {
        let (name, rest) = line.trim().strip_prefix("{ crate = \"")?.split_once('"')?;
        assert!(rest.contains("reason = \""), "{name} stays without a reason");
        name.contains('@').then(|| name.to_owned())
    });
    let listed: BTreeSet<String> = listed.collect();
    let mut versions: HashMap<&str, BTreeSet<String>> = HashMap::new();
    for id in all_linked() {
        let version = id.repr.rsplit(['#', '@']).next().unwrap();
        versions.entry(GRAPH.names[id].as_str()).or_default().insert(line_of(version));
    }
    let mut wrong = Vec::new();
    for (name, lines) in versions.iter().filter(|(_, lines)| lines.len() > 1) {
        let stays = lines.iter().filter(|line| listed.contains(&format!("{name}@{line}"))).count();
        if stays != lines.len() - 1 {
            wrong.push(format!("{name} is linked in the versions {lines:?}"));
        }
    }
    for entry in &listed {
        let (name, line) = entry.split_once('@').unwrap();
        let lines = versions.get(name);
        if !lines.is_some_and(|lines| lines.len() > 1 && lines.contains(line)) {
            wrong.push(format!("{entry} need not be on the list of deny.toml any more"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// Every package that ends up in one of our programs.
fn all_linked() -> BTreeSet<&'static PackageId> {
    let mut reached = BTreeSet::new();
    let mut open = vec![id_of("recoctl"), id_of("reco-lambda")];
    while let Some(id) = open.pop() {
        open.extend(GRAPH.links[id].iter().filter(|next| reached.insert(*next)));
    }
    reached
}

/// The checks above pass on an empty graph too; this one does not.
#[test]
fn the_graph_shows_what_is_there() {
    let all = reached("recoctl");
    assert_eq!(among(&all, &["clap", "tokio", "aws-sdk-sqs"]), ["aws-sdk-sqs", "clap", "tokio"]);
    assert!(reached("reco-lambda").contains("tokio"));
}
