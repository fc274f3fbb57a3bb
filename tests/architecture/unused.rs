//! Dependencies that no source names.

use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

use super::host;

/// Returns every Rust file below `dir`, which need not exist.
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

/// Returns the code, without comment lines, of the Rust files below these directories and of the
/// files that they include from elsewhere.
fn code(package: &Path, dirs: &[&str]) -> String {
    let own = dirs.iter().flat_map(|dir| sources(&package.join(dir)));
    let mut code = String::new();
    for file in own.flat_map(|file| [taken_from_elsewhere(&file), vec![file]].concat()) {
        let text = std::fs::read_to_string(file).unwrap();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        code.extend(lines.flat_map(|line| [line, "\n"]));
    }
    code
}

/// Returns the files of the modules that a file includes by `#[path = "..."]`.
fn taken_from_elsewhere(file: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(file).unwrap();
    let dir = file.parent().unwrap();
    let named = text.lines().filter_map(|line| {
        let path = line.trim().strip_prefix("#[path = \"")?.strip_suffix("\"]")?;
        Some(dir.join(path)).filter(|path| path.exists())
    });
    named
        .flat_map(|path| match path.file_name() {
            Some(name) if name == "mod.rs" => sources(path.parent().unwrap()),
            _ => vec![path],
        })
        .collect()
}

/// Returns whether the code names this crate: `name::...`, `use name;` or `use name as other;`.
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

/// A dependency that no source names is compiled, audited and updated for nothing.
#[test]
fn every_dependency_is_named_in_the_sources() {
    let mut seen = 0;
    let mut unused = Vec::new();
    let options = ["--locked".to_owned(), "--filter-platform".to_owned(), host()];
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).other_options(options).exec();
    let metadata = metadata.unwrap();
    let nodes = &metadata.resolve.as_ref().unwrap().nodes;
    for package in metadata.workspace_packages() {
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
