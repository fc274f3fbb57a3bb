//! recoctl itself, in a process of its own: the program of these tests runs itself.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use reco_sandbox::Sandbox;
use serde_json::Value;
use tempfile::TempDir;

/// The variables that the arguments and the expected exit code are passed in.
const ARGS: &str = "DRIVEN_ARGS";
const CODE: &str = "DRIVEN_CODE";

/// An operator's machine, set up for a sandbox.
pub struct Operator {
    home: TempDir,
    variables: Vec<(String, String)>,
}

impl Operator {
    pub fn of(sandbox: &Sandbox, more: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let own = [("HOME", home.path().display().to_string())];
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let variables = sandbox.env().into_iter().chain(own).chain(more);
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).collect();
        Operator { home, variables }
    }

    /// Runs a command that ends with this exit code, and returns its JSON.
    pub async fn json(&self, code: u8, args: &[&str]) -> Value {
        let args: Vec<&str> =
            ["recoctl"].iter().chain(args).chain(&["--output", "json"]).copied().collect();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "cli::recoctl", "--ignored", "--nocapture"])
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env(CODE, code.to_string())
            .env(ARGS, serde_json::to_string(&args).unwrap())
            .current_dir(self.home.path());
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let (out, told) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let json = out.find('{').map(|at| &out[at..]).unwrap_or_else(|| panic!("{out}{told}"));
        assert!(output.status.success(), "{out}{told}");
        serde_json::Deserializer::from_str(json).into_iter().next().unwrap().unwrap()
    }
}

#[test]
#[ignore = "this is recoctl, which the other tests run"]
fn recoctl() {
    let args = std::env::var(ARGS).expect("the arguments of recoctl");
    let args: Vec<String> = serde_json::from_str(&args).unwrap();
    // As much as a main thread has.
    let main = std::thread::Builder::new().stack_size(8 << 20);
    let run = move || recoctl::run(args.into_iter().map(OsString::from));
    let code = main.spawn(run).unwrap().join().unwrap();
    let expected: u8 = std::env::var(CODE).unwrap().parse().unwrap();
    assert_eq!(code, ExitCode::from(expected));
}
