//! The independent server, and the Python environment that holds it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};

/// Returns the bin directory of the environment that holds the independent server and boto3.
pub fn python_environment() -> io::Result<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/support/independent.sh");
    let output = Command::new("bash").arg(script).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("independent.sh failed: {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// ministack from PyPI; killed when dropped.
pub struct Independent {
    child: Child,
    pub endpoint: String,
    _home: tempfile::TempDir,
}

impl Independent {
    pub async fn start() -> io::Result<Self> {
        let bin = python_environment()?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?.port();
        let home = tempfile::tempdir()?;
        let child = Command::new(format!("{bin}/ministack"))
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut server = Self { child, endpoint: format!("http://{address}"), _home: home };
        server.wait_until_up(address).await?;
        Ok(server)
    }

    async fn wait_until_up(&mut self, address: SocketAddr) -> io::Result<()> {
        let deadline = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(address).await.is_err() {
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!("ministack ended at once: {status}")));
            }
            if Instant::now() > deadline {
                return Err(io::Error::other("ministack did not open its port within 60 s"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

impl Drop for Independent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
