//! The independent server: another implementation of AWS, so that recoctl is not tested against its
//! own sandbox only.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server; killed when dropped.
pub struct Independent {
    process: Child,
    port: u16,
}

impl Independent {
    /// Starts it on a free port, preparing its environment on first use.
    pub fn start() -> Self {
        // Another process may take the free port first, so retry.
        for _ in 0..3 {
            if let Some(server) = Self::try_start() {
                return server;
            }
        }
        panic!("the independent server does not start");
    }

    fn try_start() -> Option<Self> {
        let port = free_port();
        let process = Command::new(python_bin().join("ministack"))
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the independent server can be run");
        let mut server = Independent { process, port };
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(60) {
            if server.process.try_wait().expect("its state can be read").is_some() {
                return None;
            }
            if server.answers() {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        None
    }

    fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) else {
            return false;
        };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
        let request =
            "GET /_ministack/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let mut answer = [0; 5];
        stream.write_all(request.as_bytes()).is_ok()
            && stream.read_exact(&mut answer).is_ok()
            && answer == *b"HTTP/"
    }

    /// Returns its URL.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Independent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("a port is free")
        .port()
}

/// Returns the bin directory of the Python environment, which is prepared on first use.
pub fn python_bin() -> PathBuf {
    script("independent.sh")
}

fn script(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(name);
    let mut child = Command::new("bash")
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash runs");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("its output is piped");
    BufReader::new(stdout).read_line(&mut line).expect("it prints a line");
    assert!(child.wait().expect("it ends").success(), "{} failed", path.display());
    PathBuf::from(line.trim_end())
}
