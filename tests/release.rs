//! `deploy/release.sh`: builds for others contain no path of the build machine. The script checks
//! builds as it makes them, which takes long; tested here is whether its check can fail.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(unix)]

#[path = "support/ran.rs"]
mod ran;

use std::path::{Path, PathBuf};
use std::process::Command;

use ran::Ran;

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/release.sh")
}

fn check(home: &Path, bytes: &[u8]) -> Ran {
    let file = home.join("binary");
    std::fs::write(&file, bytes).unwrap();
    let mut command = Command::new(script());
    command.arg("check").arg(file).env("CARGO_HOME", home.join("own cargo"));
    Ran::from(command.output().unwrap())
}

#[test]
fn a_binary_that_names_the_machine_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    for path in [
        format!("{root}/src/main.rs"),
        format!("{}/own cargo/registry/src/x.rs", dir.path().display()),
        format!("{}/x.rs", std::env::var("HOME").unwrap()),
    ] {
        let bytes = [b"\x7fELF\0\xff\n", path.as_bytes(), b"\0\n"].concat();
        check(dir.path(), &bytes).ended(1).says("names a path of this machine");
    }
    check(dir.path(), b"\x7fELF\0\xff/recoctl/src/main.rs\0/cargo/registry/src/x.rs").ended(0);
}

/// The compilers get flags for every path that the check looks for.
#[test]
fn compilers_are_told_what_to_write_in_their_place() {
    let flags = Ran::from(Command::new(script()).arg("flags").output().unwrap()).stdout;
    let home = std::env::var("HOME").unwrap();
    for path in [home.as_str(), env!("CARGO_MANIFEST_DIR")] {
        assert!(flags.contains(&format!("--remap-path-prefix={path}=")), "{flags}");
        assert!(flags.contains(&format!("-ffile-prefix-map={path}=")), "{flags}");
    }
    // The last flag that matches counts: the checkout may be inside the home directory.
    let at = |name: &str| flags.find(&format!("=/{name}\n")).unwrap();
    assert!(at("home") < at("cargo") && at("cargo") < at("recoctl"), "{flags}");
}

/// Documentation of builds for others refers to the script.
#[test]
fn builds_for_others_are_documented_by_the_script_alone() {
    for page in ["README.md", "deploy/README.md", "docs/SECURITY.md"] {
        let text =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
        assert!(text.contains("deploy/release.sh"), "{page}");
        let build = |line: &&str| line.starts_with("    cargo") && line.contains(" build");
        assert_eq!(text.lines().find(build), None, "{page}");
    }
}
