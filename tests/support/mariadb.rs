//! A MariaDB server for the tests of one binary, stopped with it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The running server; its user `root` has no password.
pub struct MariaDb {
    /// TCP port on the loopback interface.
    pub port: u16,
    /// Data directory. Its `ca.pem` is the CA of the server's certificate, which is for
    /// `localhost`.
    pub directory: PathBuf,
    // The server stops when its stdin is closed. Only the end of this process does that: a static
    // is never dropped.
    _running: Child,
}

/// Starts the server at the first call.
pub fn server() -> &'static MariaDb {
    static SERVER: OnceLock<MariaDb> = OnceLock::new();
    SERVER.get_or_init(start)
}

/// Creates a database for one test, runs the statements in it, and returns its name.
pub fn database(sql: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("facts_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    server().run(&format!("CREATE DATABASE {name} CHARACTER SET utf8mb4; USE {name};\n{sql}"));
    name
}

impl MariaDb {
    /// Returns the URL of a database, as root.
    pub fn url(&self, database: &str) -> String {
        format!("mysql://root@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs statements as root and returns their output, with columns separated by tabs.
    pub fn run(&self, sql: &str) -> String {
        let mut client = Command::new("mariadb")
            .args(["--no-defaults", "--user=root", "--batch", "--skip-column-names"])
            .arg(format!("--socket={}", self.directory.join("socket").display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the client of mariadb-client-core runs");
        let mut stdin = client.stdin.take().expect("piped");
        stdin.write_all(sql.as_bytes()).expect("the client reads");
        drop(stdin);
        let output = client.wait_with_output().expect("the client ends");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

fn start() -> MariaDb {
    // Released at once, for the server to bind.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let port = port.expect("a free port").port();
    let mut server = Command::new(script())
        .arg(port.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("tests/support/mariadb.sh runs");
    let mut lines = BufReader::new(server.stdout.take().expect("piped")).lines();
    let first = lines.next().transpose().expect("readable").unwrap_or_default();
    let directory = PathBuf::from(&first);
    if !directory.join("socket").exists() {
        let log: Vec<String> = lines.map_while(Result::ok).collect();
        let output = server.wait_with_output().expect("it ends");
        let errors = String::from_utf8_lossy(&output.stderr);
        panic!("no MariaDB server: {errors}{first}\n{}", log.join("\n"));
    }
    MariaDb { port, directory, _running: server }
}

/// Finds the script from the root package and from the crates below it.
fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|directory| directory.join("tests/support/mariadb.sh"))
        .find(|script| script.is_file())
        .expect("tests/support/mariadb.sh is in the repository")
}
