//! The sandbox's single port: HTTP/1.1 on the loopback interface, with each request routed to its
//! service, so that one `AWS_ENDPOINT_URL` serves every SDK client.

mod route;

use crate::faults::{Dropped, FaultySqs};
use crate::http::{Request, Response, target};
use crate::permissions::{AskedCall, Denied, Permissions, access_key};
use crate::services::Services;
use crate::sts;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use route::ServiceRoute;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// DynamoDB takes the largest bodies, 16 MB; no AWS call is larger.
const MAX_BODY_BYTES: usize = 17 * 1024 * 1024;
/// Time that open connections get to finish after a stop.
const GRACE: Duration = Duration::from_secs(1);

/// The services behind the port.
#[derive(Clone)]
pub struct Gateway {
    pub services: Services,
    /// SQS behind the injected faults.
    pub faulty: FaultySqs,
    /// What each access key may call.
    pub permissions: Arc<Permissions>,
}

impl Gateway {
    /// Serves on `listener` until `stop` is cancelled and open calls have ended or used up their
    /// grace period, so that a long poll does not hold up a shutdown.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        let connections = TaskTracker::new();
        let abort = CancellationToken::new();
        loop {
            let stream = tokio::select! {
                () = stop.cancelled() => break,
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        // Most likely out of file descriptors: give connections time to close.
                        tracing::warn!(%error, "accepting a connection failed");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                },
            };
            let serving = self.clone().connection(stream, stop.clone());
            let aborted = abort.clone();
            connections.spawn(async move { aborted.run_until_cancelled(serving).await });
        }
        connections.close();
        if tokio::time::timeout(GRACE, connections.wait()).await.is_err() {
            abort.cancel();
            connections.wait().await;
        }
    }

    async fn connection(self, stream: TcpStream, stop: CancellationToken) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
        let service = service_fn(move |request| {
            let gateway = self.clone();
            // hyper closes the connection when the service returns an error.
            async move { Ok::<_, Dropped>(gateway.answer(request).await?.map(Full::new)) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }

    async fn answer(&self, request: hyper::Request<Incoming>) -> Result<Response, Dropped> {
        let (parts, body) = request.into_parts();
        let body: Bytes = match Limited::new(body, MAX_BODY_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return Ok(route::unreadable(&error.to_string())),
        };
        let route = ServiceRoute::of(&parts);
        let request = hyper::Request::from_parts(parts, body);
        if let Err(denied) = self.permitted(&route, &request) {
            return Ok(route::denied(&route, &denied.to_string()));
        }
        let Services { sqs, dynamodb, cloudwatch, logs } = &self.services;
        Ok(match route {
            ServiceRoute::Sqs => self.faulty.handle(request).await?,
            ServiceRoute::DynamoDb => dynamodb.handle(request).await,
            ServiceRoute::Cloudwatch(format, operation) => {
                cloudwatch.handle(format, &operation, request).await
            }
            ServiceRoute::Logs(operation) => logs.handle(&operation, &request, sqs.place()),
            ServiceRoute::Unknown if sts::is_asked(&request) => {
                sts::identity(&request, sqs.place().1)
            }
            ServiceRoute::Unknown => route::unknown(&request),
        })
    }

    /// Whether the key that signed the request may make this call.
    fn permitted(&self, route: &ServiceRoute, request: &Request) -> Result<(), Denied> {
        let operation =
            || target(request.headers()).and_then(|t| t.rsplit('.').next()).unwrap_or_default();
        let sqs = &self.services.sqs;
        let (region, account) = sqs.place();
        let asked = match route {
            ServiceRoute::Sqs => AskedCall::of_sqs(operation(), request.body(), sqs),
            ServiceRoute::DynamoDb => {
                AskedCall::of_dynamodb(operation(), request.body(), region, account)
            }
            ServiceRoute::Cloudwatch(_, operation) => AskedCall::of_cloudwatch(operation),
            ServiceRoute::Logs(operation) => {
                AskedCall::of_logs(operation, request.body(), region, account)
            }
            ServiceRoute::Unknown => return Ok(()),
        };
        let key = access_key(request.headers()).unwrap_or_default();
        self.permissions.check(key, &asked)
    }
}
