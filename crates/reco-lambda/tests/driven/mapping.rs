//! The real binary behind the event source mapping of an independent emulator, which runs
//! `provided` runtimes without Docker. See docs/conformance.md for what that covers and what not.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::independent::{Independent, python_environment};

/// Returns the binary without its debug information, which would add some 100 MB to the package.
fn stripped(directory: &Path) -> PathBuf {
    let (whole, small) = (env!("CARGO_BIN_EXE_bootstrap"), directory.join("bootstrap"));
    let strip = Command::new("strip").args(["-o", small.to_str().unwrap(), whole]).status();
    match strip {
        Ok(status) if status.success() => small,
        // Without binutils the test only takes longer.
        _ => PathBuf::from(whole),
    }
}

#[tokio::test]
async fn an_independent_mapping_gets_the_same_out_of_it() {
    let server = Independent::start().await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let python = Path::new(&python_environment().unwrap()).join("python");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/driven/mapping.py");
    let arguments = [script, PathBuf::from(&server.endpoint), stripped(directory.path())];
    let output = Command::new(python).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let outcome: Value = serde_json::from_slice(&output.stdout).unwrap();
    // The table has the good entries of every message; the partial and the malformed message are in
    // the DLQ.
    let table = json!({ "1": ["11", "12"], "2": ["21"], "3": ["31"] });
    assert_eq!(outcome, json!({ "table": table, "dead": [1, 2] }));
}
