//! A DynamoDB endpoint that counts items and answers success; prints `listening on URL` on stdout.
//! `GET /` answers with the counts. With a certificate it speaks TLS.
#![expect(clippy::print_stdout, reason = "the URL and the counts are this program's data")]

use std::convert::Infallible;
use std::error::Error;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use reco_bench::endpoint::{Behaviour, Endpoint};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A DynamoDB endpoint that takes everything and keeps nothing.
#[derive(Debug, Parser)]
struct Args {
    /// The port; 0 is any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Milliseconds before each answer.
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// The share of items that comes back unprocessed, 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    unprocessed: f64,
    /// Write capacity units a second.
    #[arg(long)]
    wcu: Option<NonZeroU32>,
    /// A certificate for `localhost`, PEM: speak TLS.
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its key, PEM.
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

// One thread, to leave the other core to the program that is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let Args { port, latency_ms, unprocessed, wcu, tls_cert, tls_key } = Args::parse();
    let tls = tls_cert.zip(tls_key).map(|(cert, key)| acceptor(&cert, &key)).transpose()?;
    let latency = Duration::from_millis(latency_ms);
    let endpoint = Arc::new(Endpoint::new(Behaviour { latency, unprocessed, wcu }));
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    match &tls {
        Some(_) => println!("listening on https://localhost:{}", listener.local_addr()?.port()),
        None => println!("listening on http://{}", listener.local_addr()?),
    }
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (endpoint, tls) = (Arc::clone(&endpoint), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => serve(stream, endpoint).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, endpoint).await;
                    }
                }
            }
        });
    }
}

/// Serves one connection.
async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, endpoint: Arc<Endpoint>) {
    let service = service_fn(move |request| respond(Arc::clone(&endpoint), request));
    // A client that disconnects ends only its connection.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Returns what speaks TLS with a certificate.
fn acceptor(cert: &Path, key: &Path) -> Result<TlsAcceptor, Box<dyn Error>> {
    let certificates = CertificateDer::pem_file_iter(cert)?.collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_file(key)?;
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(certificates, key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn respond(
    endpoint: Arc<Endpoint>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.method() == Method::GET {
        return Ok(Response::new(Full::new(endpoint.stats())));
    }
    let (head, body) = request.into_parts();
    let target = head.headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let Ok(body) = body.collect().await else {
        return Ok(status(400, Bytes::new()));
    };
    let (code, answer) = endpoint.answer(target.unwrap_or_default(), &body.to_bytes());
    if !endpoint.latency().is_zero() {
        tokio::time::sleep(endpoint.latency()).await;
    }
    Ok(status(code, answer))
}

fn status(code: u16, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = hyper::StatusCode::from_u16(code).unwrap_or_default();
    response.headers_mut().insert(
        "content-type",
        hyper::header::HeaderValue::from_static("application/x-amz-json-1.0"),
    );
    response
}
