//! Servers that lie, and directories to run in.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;

pub use crate::support::Ran;

/// Handler of one accepted connection.
pub type Answer = Arc<dyn Fn(&str, &mut TcpStream) + Send + Sync>;

/// A TCP server that records its requests.
pub struct Fake {
    pub port: u16,
    pub heard: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// Serves HTTP, one request per connection; `answer` gets the request.
    pub fn http(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::start(Arc::new(answer))
    }

    /// Answers every request the same way.
    pub fn says(status: u16, body: &str) -> Self {
        let text = http(status, body);
        Self::http(move |_, stream| {
            let _ = stream.write_all(&text);
        })
    }

    /// Accepts and reads, but never answers.
    pub fn silent() -> Self {
        Self::http(|_, _| std::thread::sleep(Duration::from_secs(120)))
    }

    fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let told = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, told) = (Arc::clone(&answer), Arc::clone(&told));
                std::thread::spawn(move || {
                    let mut stream = stream;
                    let request = request(&mut stream);
                    told.lock().unwrap().push(request.clone());
                    answer(&request, &mut stream);
                });
            }
        });
        Fake { port, heard }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// Returns a response of an AWS service that speaks JSON.
pub fn http(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.0\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

fn request(stream: &mut TcpStream) -> String {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let (mut bytes, mut buffer) = (Vec::new(), [0; 65_536]);
    while let Ok(n @ 1..) = stream.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..n]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        if body.len() >= length.unwrap_or(0_usize) {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A home directory and a working directory, with credentials that must not leak.
pub struct Place {
    pub dir: TempDir,
}

pub const KEY: &str = "AKIAOPERATOR";

impl Place {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["home", "work"] {
            std::fs::create_dir(dir.path().join(name)).unwrap();
        }
        Place { dir }
    }

    /// Creates one with a named pipe `pipe` in its working directory.
    pub fn with_pipe() -> (Self, PathBuf) {
        let place = Place::new();
        let pipe = place.work().join("pipe");
        fifo(&pipe);
        (place, pipe)
    }

    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    pub fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    /// Writes a file to the working directory.
    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.work().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("recoctl"));
        command
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", "/usr/bin:/bin")
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", "operator-secret")
            .env("AWS_SESSION_TOKEN", "operator-session")
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .current_dir(self.work())
            .stdin(Stdio::null())
            .args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::from(self.command(args).output().unwrap())
    }

    /// Runs a command with one more variable.
    pub fn run_with(&self, name: &str, value: impl AsRef<OsStr>, args: &[&str]) -> Ran {
        Ran::from(self.command(args).env(name, value).output().unwrap())
    }

    /// Runs a command in another directory.
    pub fn run_in(&self, directory: &Path, args: &[&str]) -> Ran {
        Ran::from(self.command(args).current_dir(directory).output().unwrap())
    }
}

/// Starts a command whose output is kept.
pub fn spawn(command: &mut Command) -> std::process::Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits up to `most` for a child; returns its result.
pub fn ended_within(mut child: std::process::Child, most: Duration) -> Ran {
    let start = std::time::Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > most {
            let _ = child.kill();
            let output = child.wait_with_output().unwrap();
            panic!("not ended within {most:?}: {:#?}", Ran::from(output));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ran::from(child.wait_with_output().unwrap())
}

pub fn signal(child: &std::process::Child, name: &str) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
}

pub fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A command under limits that a shell sets, e.g. `ulimit -v 400000`.
pub fn command_in(place: &Place, limits: &str, args: &[&str]) -> Command {
    let script = format!("{limits}; exec \"$0\" \"$@\"");
    let recoctl = place.command(args);
    let mut command = Command::new("/bin/bash");
    command.args(["-c", &script]).arg(recoctl.get_program()).args(args);
    command.env_clear().current_dir(place.work()).stdin(Stdio::null());
    for (name, value) in recoctl.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command
}

pub fn run_in(place: &Place, limits: &str, args: &[&str]) -> Ran {
    Ran::from(command_in(place, limits, args).output().unwrap())
}
