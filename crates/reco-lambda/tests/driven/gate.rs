//! TCP proxy to the database that can be shut: connections are cut and new ones refused, as if the
//! database were down.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

#[derive(Clone)]
pub struct Gate {
    pub port: u16,
    open: Arc<AtomicBool>,
    shut: Arc<Notify>,
}

impl Gate {
    /// Starts a proxy to `target` on the loopback interface, open or shut.
    pub async fn to(target: u16, open: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let gate = Gate { port, open: Arc::new(AtomicBool::new(open)), shut: Arc::default() };
        let serving = gate.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let gate = serving.clone();
                if !gate.open.load(Ordering::SeqCst) {
                    continue;
                }
                tokio::spawn(async move {
                    let shut = gate.shut.notified();
                    let mut far = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        () = shut => {}
                    }
                });
            }
        });
        gate
    }

    pub fn open(&self) {
        self.open.store(true, Ordering::SeqCst);
    }

    pub fn shut(&self) {
        self.open.store(false, Ordering::SeqCst);
        self.shut.notify_waiters();
    }
}
