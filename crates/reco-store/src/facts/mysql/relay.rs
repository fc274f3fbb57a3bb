//! The way to the server, on which bytes are counted.
//!
//! The driver reads a row into memory however long the server says that it is, and knows no limit.
//! So it talks to the server through a socket of ours, which is closed where an answer grows past
//! any that is read. What passes is not looked into: TLS goes through as it is, and the driver
//! verifies the server by the name that it was given.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixListener, UnixStream};

/// Most bytes of one answer. A statement of ours has 16,000 bytes: 700 users and 700 articles fit into
/// it, and their half a million rows into this. The driver takes up to four times as much for a row.
const MOST: usize = 64 << 20;

/// Bytes that pass at a time.
const BLOCK: usize = 64 << 10;

/// A way to the server.
#[derive(Debug)]
pub(super) struct Relay {
    /// Only this user can enter it. Gone once the driver has connected.
    directory: TempDir,
    cut: Cut,
}

/// Whether a way was closed because of an answer without an end.
#[derive(Debug, Clone, Default)]
pub(super) struct Cut(Arc<AtomicBool>);

impl Cut {
    /// What the server sent too much of, where it did.
    pub(super) fn words(&self) -> Option<String> {
        let is_cut = self.0.load(Ordering::SeqCst);
        is_cut.then(|| format!("more than {} MiB", MOST >> 20))
    }
}

impl Relay {
    /// Connects to the server. `None` where this system has no place for a socket: then the driver
    /// connects by itself.
    ///
    /// # Errors
    /// As the system says, when there is no connection to the server.
    pub(super) async fn open(host: &str, port: u16) -> io::Result<Option<Self>> {
        let Some((directory, listener)) = socket() else { return Ok(None) };
        let server = TcpStream::connect((host, port)).await?;
        server.set_nodelay(true)?;
        let cut = Cut::default();
        let noted = cut.clone();
        tokio::spawn(async move {
            // Ends when one of the two does, and closes the other.
            if let Ok((driver, _)) = listener.accept().await {
                drop(listener);
                pass(driver, server, &noted, MOST).await;
            }
        });
        Ok(Some(Relay { directory, cut }))
    }

    /// Where the driver connects.
    pub(super) fn path(&self) -> PathBuf {
        self.directory.path().join(NAME)
    }

    /// Of this way.
    pub(super) fn cut(&self) -> Cut {
        self.cut.clone()
    }
}

const NAME: &str = "mysql";

fn socket() -> Option<(TempDir, UnixListener)> {
    // Its mode is 0700.
    let directory = tempfile::Builder::new().prefix("recoctl-").tempdir().ok()?;
    let listener = UnixListener::bind(directory.path().join(NAME)).ok()?;
    Some((directory, listener))
}

/// Passes bytes on until one side ends, or the server has answered one request with more than
/// `most`.
async fn pass(driver: UnixStream, server: TcpStream, cut: &Cut, most: usize) {
    let (mut from_driver, mut to_driver) = driver.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answered = AtomicUsize::new(0);
    // What is asked begins a new answer.
    let asks = copy(&mut from_driver, &mut to_server, |_| {
        answered.store(0, Ordering::SeqCst);
        true
    });
    let answers = copy(&mut from_server, &mut to_driver, |bytes| {
        let fits = answered.fetch_add(bytes, Ordering::SeqCst) + bytes <= most;
        if !fits {
            cut.0.store(true, Ordering::SeqCst);
        }
        fits
    });
    tokio::select! {
        () = asks => {}
        () = answers => {}
    }
}

async fn copy(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    may_pass: impl Fn(usize) -> bool,
) {
    let mut block = vec![0; BLOCK];
    while let Ok(n @ 1..) = from.read(&mut block).await {
        if !may_pass(n) || to.write_all(&block[..n]).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_passes_up_to_its_bound_and_each_has_its_own() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (mut driver, ours) = UnixStream::pair().expect("a pair");
        let cut = Cut::default();
        let noted = cut.clone();
        let server = TcpStream::connect(address).await.expect("connected");
        let (mut far, _) = listener.accept().await.expect("accepted");
        let passing = tokio::spawn(async move { pass(ours, server, &noted, 1000).await });
        let (mut question, mut answer) = ([0; 1], vec![0; 600]);
        for _ in 0..3 {
            driver.write_all(b"?").await.expect("asked");
            far.read_exact(&mut question).await.expect("heard");
            far.write_all(&[b'x'; 600]).await.expect("answered");
            driver.read_exact(&mut answer).await.expect("it passes");
        }
        assert_eq!(cut.words(), None);
        far.write_all(&[b'x'; 401]).await.expect("answered");
        passing.await.expect("it ends");
        assert_eq!(driver.read(&mut answer).await.expect("the end"), 0);
        assert!(cut.words().is_some_and(|words| words.starts_with("more than")));
    }
}
