//! Support for the end-to-end tests: servers, and the real binary in a clean environment.
#![allow(dead_code, reason = "each test binary uses a part of it")]

mod independent;
pub mod queues;
mod ran;
pub mod table;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use reco_sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub use independent::Independent;
pub use ran::Ran;

/// What a standard queue does by itself: AWS promises at-least-once delivery, and that short polls find
/// what is there only in the end. Seeded, so that the same calls meet it in every run.
const RARELY: [&str; 2] = ["ReceiveMessage:duplicate:0.03", "ReceiveMessage:miss:0.03"];

/// A server with the three services, and a home directory per test, because tests run in parallel.
pub struct Harness {
    /// Runs the sandbox and the SDK calls of the test.
    pub runtime: Runtime,
    /// Working directory of this test's commands; removed at the end.
    pub home: TempDir,
    env: Vec<(String, String)>,
    endpoint: String,
    sandbox: Option<Sandbox>,
    independent: Option<Independent>,
}

impl Harness {
    /// Starts a harness with a sandbox. Unless the test injects faults of its own, its standard queues
    /// now and then do what SQS promises only most of the time.
    pub fn sandbox(mut options: SandboxOptions) -> Self {
        let runtime = runtime();
        if options.faults.is_empty() {
            options.faults = RARELY.map(|fault| fault.parse().expect("a fault")).to_vec();
        }
        let sandbox = runtime.block_on(Sandbox::start(options)).expect("the sandbox starts");
        let env = sandbox.env().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let endpoint = sandbox.endpoint();
        Harness { runtime, home: home(), env, endpoint, sandbox: Some(sandbox), independent: None }
    }

    /// Starts a harness with the independent server, which is empty.
    pub fn independent() -> Self {
        let server = Independent::start();
        let endpoint = server.endpoint();
        let env = [
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Harness {
            runtime: runtime(),
            home: home(),
            env,
            endpoint,
            sandbox: None,
            independent: Some(server),
        }
    }

    pub fn the_sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().expect("this harness has a sandbox")
    }

    /// Sets a variable for every later command.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// Removes a variable from every later command.
    pub fn unset(&mut self, name: &str) {
        self.env.retain(|(known, _)| known != name);
    }

    /// Returns the environment of every command.
    pub fn env(&self) -> &[(String, String)] {
        &self.env
    }

    /// Returns the real binary, without the developer's own environment.
    pub fn recoctl<S: AsRef<str>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("recoctl"));
        command.env_clear().current_dir(self.home.path()).timeout(Duration::from_secs(120));
        command.env("HOME", self.home.path()).env("PATH", "/usr/bin:/bin");
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.args(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        command
    }

    /// Puts a command into this harness's directory and clean environment.
    pub fn within(&self, mut command: std::process::Command) -> std::process::Command {
        command.env_clear().current_dir(self.home.path()).env("HOME", self.home.path());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Returns the real binary as a process to start, with nothing on stderr.
    pub fn process(&self, args: &[&str]) -> std::process::Command {
        let binary = std::process::Command::new(assert_cmd::cargo::cargo_bin!("recoctl"));
        let mut command = self.within(binary);
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run<S: AsRef<str>>(&self, args: impl IntoIterator<Item = S>) -> Ran {
        Ran::of(&mut self.recoctl(args))
    }

    /// Runs a command that can write files of so many blocks of 512 bytes. With SIGXFSZ ignored, a write
    /// beyond that fails with an error.
    pub fn run_on_a_full_disk(&self, blocks: u64, args: &[&str]) -> Ran {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut command = self.within(std::process::Command::new("/bin/sh"));
        command.args(["-c", &script]).arg(assert_cmd::cargo::cargo_bin!("recoctl")).args(args);
        Ran::from(command.output().expect("sh runs"))
    }

    /// Runs a command with `--output json`, asserts its exit code and reads its report.
    pub fn json<S: AsRef<str>>(
        &self,
        code: i32,
        args: impl IntoIterator<Item = S>,
    ) -> serde_json::Value {
        let ran = Ran::of(self.recoctl(args).args(["--output", "json"]));
        assert_eq!(ran.code, Some(code), "{ran:#?}");
        ran.report()
    }

    /// Writes a file to the home directory.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).expect("the file can be written");
        path
    }

    /// Reads a file in the home directory.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.home.path().join(name)).expect("the file can be read")
    }

    /// Reads a file in the home directory as lines of JSON.
    pub fn read_lines(&self, name: &str) -> Vec<serde_json::Value> {
        self.read(name).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// Runs statements on SQLite facts in the home directory, which are the facts from now on.
    pub fn add_facts(&mut self, sql: &str) {
        self.write("facts.sql", sql);
        let script = "import sqlite3; sql = open('facts.sql').read(); \
            sqlite3.connect('facts.sqlite').executescript(sql)";
        let mut python = std::process::Command::new(python_bin().join("python"));
        let made = python.args(["-c", script]).current_dir(self.home.path()).status();
        assert!(made.expect("python runs").success());
        self.set("RECOCTL_FACTS", "sqlite:facts.sqlite");
    }

    /// Returns an SQS client for setup and checks.
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        self.sqs_at(&self.endpoint)
    }

    /// Returns an SQS client for another endpoint.
    pub fn sqs_at(&self, endpoint: &str) -> aws_sdk_sqs::Client {
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(endpoint)
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .build();
        aws_sdk_sqs::Client::from_conf(config)
    }

    /// Returns a DynamoDB client for setup and checks.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(&self.endpoint)
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .build();
        aws_sdk_dynamodb::Client::from_conf(config)
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        if let Some(sandbox) = self.sandbox.take() {
            self.runtime.block_on(sandbox.shutdown());
        }
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime starts")
}

fn home() -> TempDir {
    tempfile::tempdir().expect("a temporary directory can be made")
}

/// Returns the bin directory of the Python environment, which is prepared on first use.
pub fn python_bin() -> PathBuf {
    independent::python_bin()
}

/// Returns the directory of the MovieLens data, which is made on first use.
pub fn movielens() -> PathBuf {
    let mut python = std::process::Command::new(python_bin().join("python"));
    python.arg(repository().join("tests/data/movielens.py")).stdin(Stdio::null());
    let output = python.stderr(Stdio::inherit()).output().expect("python runs");
    PathBuf::from(Ran::from(output).ended(0).stdout.trim())
}

/// Returns the root of the checkout.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Waits until a condition holds, for effects in other processes.
pub fn eventually(what: &str, within: Duration, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < within, "not within {within:?}: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Returns the real binary, reacting to SIGHUP even when the tests run under nohup: an ignored
/// signal is inherited, and recoctl respects that.
fn hearing_hang_ups() -> std::process::Command {
    let binary = assert_cmd::cargo::cargo_bin!("recoctl");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // Bit 0 is signal 1, SIGHUP.
    if ignored.is_none_or(|mask| mask & 1 == 0) {
        return std::process::Command::new(binary);
    }
    let mut command = std::process::Command::new("env");
    command.arg("--default-signal=HUP").arg(binary);
    command
}

/// Starts the real binary and leaves it running, in the harness's clean environment.
pub fn spawn(harness: &Harness, args: &[&str]) -> std::process::Child {
    harness
        .within(hearing_hang_ups())
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("recoctl runs")
}

/// Waits for the end of a command that was left running.
pub fn finished(child: std::process::Child) -> Ran {
    Ran::from(child.wait_with_output().expect("it ends"))
}

/// Sends SIGINT, as Ctrl-C does.
pub fn interrupt(child: &std::process::Child) {
    let status = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(status.success());
}

/// Returns the current time in seconds since 1970.
pub fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.expect("the clock is right").as_secs()
}

/// Returns what a shell's line shows on a terminal, where this is typed: `script` gives it one.
pub fn on_a_terminal(harness: &Harness, line: &str, typed: &str) -> String {
    let mut child = harness
        .within(std::process::Command::new("script"))
        .args(["-qec", line, "/dev/null"])
        .env("PATH", "/usr/bin:/bin")
        .env("SHELL", "/bin/sh")
        .env("TERM", "xterm-256color")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script runs (util-linux)");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(typed.as_bytes()).expect("written");
    drop(stdin);
    finished(child).stdout.replace('\r', "")
}

/// Returns the permissions of a file.
#[cfg(unix)]
pub fn mode(path: impl AsRef<Path>) -> u32 {
    let permissions = std::fs::metadata(path).expect("there").permissions();
    std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777
}

/// Compresses with gzip.
pub fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes.as_ref()).expect("packed");
    packed.finish().expect("packed")
}

/// Compresses with Zstandard.
pub fn zstd(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    zstd::bulk::compress(bytes.as_ref(), 3).expect("packed")
}
