//! The servers that checks run against.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aws_config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_credential_types::Credentials;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use reco_sandbox::sqs::{Sqs, SqsOptions};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A client of `endpoint` without retries: a check sees each answer.
pub async fn client(endpoint: &str) -> aws_sdk_sqs::Client {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .load()
        .await;
    aws_sdk_sqs::Client::new(&config)
}

/// The sandbox's SQS on a port of its own; stops when dropped.
pub struct Ours {
    pub sqs: Sqs,
    pub endpoint: String,
    accepting: JoinHandle<()>,
}

impl Ours {
    pub async fn start(options: SqsOptions) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let sqs = Sqs::new(options);
        sqs.set_base_url(&endpoint);
        let served = sqs.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(served.clone(), stream));
            }
        });
        Ok(Self { sqs, endpoint, accepting })
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(sqs: Sqs, stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let sqs = sqs.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            let response = sqs.handle(Request::from_parts(parts, body)).await;
            Ok::<_, Infallible>(response.map(Full::new))
        }
    });
    // A client that goes away is no concern of the server's.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// The bin directory of the environment that holds the independent server and boto3.
pub fn python_environment() -> io::Result<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/support/independent.sh");
    let output = Command::new("bash").arg(script).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("independent.sh failed: {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// ministack, as PyPI has it; killed when dropped.
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
