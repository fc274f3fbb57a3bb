//! Allowed dependencies, as the documentation draws them: between crates they are checked against
//! the graph that cargo resolves (normal dependencies only), inside reco-ops against the names in
//! the sources.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "architecture/rooms.rs"]
mod rooms;

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use cargo_metadata::{DependencyKind, MetadataCommand, PackageId};

/// Resolved graph: the name of each package, and the packages that it links.
struct Graph {
    names: HashMap<PackageId, String>,
    links: HashMap<PackageId, Vec<PackageId>>,
}

static GRAPH: LazyLock<Graph> = LazyLock::new(|| {
    // Only this platform's packages are certain to be on this machine.
    let options = ["--locked".to_owned(), "--filter-platform".to_owned(), host()];
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).other_options(options).exec();
    let metadata = metadata.unwrap();
    let names = metadata.packages.into_iter().map(|package| (package.id, package.name.to_string()));
    let nodes = metadata.resolve.unwrap().nodes.into_iter().map(|node| {
        let linked = node
            .deps
            .into_iter()
            .filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
        (node.id, linked.map(|dep| dep.pkg).collect())
    });
    Graph { names: names.collect(), links: nodes.collect() }
});

#[path = "architecture/guides.rs"]
mod guides;
#[path = "architecture/unused.rs"]
mod unused;

fn host() -> String {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

fn id_of(name: &str) -> &'static PackageId {
    GRAPH.names.iter().find(|(_, known)| *known == name).map(|(id, _)| id).unwrap()
}

/// Returns the packages that `name` depends on directly.
fn direct(name: &str) -> BTreeSet<&'static str> {
    GRAPH.links[id_of(name)].iter().map(|id| GRAPH.names[id].as_str()).collect()
}

/// Returns everything that ends up in a program that links `name`.
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

/// Returns the members of `found` that match a pattern; a pattern that ends in `*` matches a
/// prefix.
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
        "strum",
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
    assert_eq!(ours("reco-ops"), ["reco-core", "reco-store"]);
    assert!(!ours("reco-sandbox").contains(&"recoctl"));
}

#[test]
fn the_flows_reach_nothing_of_the_command_line() {
    let forbidden = [
        "clap*",
        "indicatif",
        "comfy-table",
        "anstream",
        "console",
        "crossterm",
        "recoctl",
        "reco-lambda",
        "reco-sandbox",
        "dynoxide-rs",
        "tracing-subscriber",
    ];
    let reached = reached("reco-ops");
    assert_eq!(among(&reached, &forbidden), [""; 0]);
    assert!(reached.contains("aws-sdk-sqs"), "it asks AWS");
}

/// The rooms of reco-ops: each may name only those of later lines.
const ROOMS: [&[&str]; 7] = [
    &["user"],
    &["backfill"],
    &["dlq"],
    &["logs", "metrics", "sqs"],
    &["journal", "rate"],
    &["aws", "files", "jq"],
    &["error", "event", "processors"],
];

/// Returns the sources of reco-ops, by their paths below `src`.
fn sources_of_ops() -> Vec<(String, String)> {
    fn read(root: &Path, directory: &Path, sources: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(root, &path, sources);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                sources.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/reco-ops/src");
    let mut sources = Vec::new();
    read(&root, &root, &mut sources);
    assert!(sources.iter().any(|(name, _)| name == "lib.rs"), "nothing was read");
    sources
}

#[test]
fn rooms_of_the_flows_name_those_below_them_only() {
    let sources = sources_of_ops();
    let files = sources.iter().map(|(name, source)| (name.as_str(), source.as_str()));
    assert_eq!(rooms::faults(&ROOMS, files), [""; 0]);
    let named = |name: &str| {
        let (_, source) = sources.iter().find(|(known, _)| known == name).unwrap();
        rooms::named(name, source).rooms
    };
    assert!(named("sqs/outbox.rs").contains("aws"), "what is named is seen");
}

#[test]
fn the_flows_read_no_environment_and_print_nothing() {
    let sources = sources_of_ops();
    let wrong = sources.iter().filter(|(name, source)| {
        let named = rooms::named(name, source);
        named.environment || !named.prints.is_empty()
    });
    let wrong: Vec<&str> = wrong.map(|(name, _)| name.as_str()).collect();
    assert_eq!(wrong, [""; 0]);
}

/// Returns the range of compatible versions: `0.10` for `0.10.9`, `2` for `2.0.119`.
fn line_of(version: &str) -> String {
    let mut parts = version.split('.');
    match (parts.next(), parts.next()) {
        (Some("0"), Some(minor)) => format!("0.{minor}"),
        (Some(major), _) => major.to_owned(),
        (None, _) => String::new(),
    }
}

/// Checks what `deny.toml` bans, for machines without cargo-deny.
#[test]
fn a_crate_in_two_versions_is_on_the_list_of_those_that_stay() {
    let deny = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml")).unwrap();
    let listed = deny.lines().filter_map(|line| {
        let (name, rest) = line.trim().strip_prefix("{ crate = \"")?.split_once('"')?;
        assert!(rest.contains("reason = \""), "{name} stays without a reason");
        name.contains('@').then(|| name.to_owned())
    });
    let listed: BTreeSet<String> = listed.collect();
    let linked = all_linked();
    let mut versions: HashMap<&str, BTreeSet<String>> = HashMap::new();
    for line in linked.lines().filter(|line| !line.is_empty()) {
        let (name, version) = line.split_once(" v").unwrap();
        let version = version.split(' ').next().unwrap();
        versions.entry(name).or_default().insert(line_of(version));
    }
    assert!(versions.len() > 300, "{}", versions.len());
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

/// Every package that ends up in one of our programs, a line each: `serde v1.0.228`. The graph above
/// also has what a feature that is never turned on would bring; cargo-deny and this have not.
fn all_linked() -> String {
    let programs = ["--package", "recoctl", "--package", "reco-lambda"];
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--all-features", "--edges", "normal,build"])
        .args(["--prefix", "none", "--target", &host()])
        .args(programs)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    String::from_utf8(tree.stdout).unwrap()
}

/// The checks above also pass on an empty graph; this one does not.
#[test]
fn the_graph_shows_what_is_there() {
    let all = reached("recoctl");
    assert_eq!(among(&all, &["clap", "tokio", "aws-sdk-sqs"]), ["aws-sdk-sqs", "clap", "tokio"]);
    assert!(reached("reco-lambda").contains("tokio"));
}
