//! The sandbox's SQS as a separate server with its own options.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use reco_sandbox::sqs::{Sqs, SqsOptions};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

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
    // A client may disconnect at any time.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
