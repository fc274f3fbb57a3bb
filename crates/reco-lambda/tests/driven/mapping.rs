//! The real binary behind an event source mapping that is somebody else's: the independent
//! server's, which runs `provided` runtimes without Docker. What that covers, and what it does not,
//! is in docs/conformance.md.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::independent::{Independent, python_environment};

/// The binary without its debug information, which would make the package some 100 MB larger.
fn stripped(directory: &Path) -> PathBuf {
    let (whole, small) = (env!("CARGO_BIN_EXE_bootstrap"), directory.join("bootstrap"));
    let strip = Command::new("strip").args(["-o", small.to_str().unwrap(), whole]).status();
    match strip {
        Ok(status) if status.success() => small,
        // No binutils: it only takes longer.
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
    // The good entries of every message, and of the messages the partial and the malformed one.
    let table = json!({ "1": ["11", "12"], "2": ["21"], "3": ["31"] });
    assert_eq!(outcome, json!({ "table": table, "dead": [1, 2] }));
}
