//! HTTP client for the SDK on machines that reach AWS through a proxy.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use url::{Host, Url};

/// Environment variables that set a proxy, as in curl.
const VARIABLES: [&str; 6] =
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// IPv6 address of the instance metadata service.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// Returns a client that uses the environment's proxies, except for this machine; `None` if the
/// environment sets no proxy and the SDK's own client will do.
///
/// A proxy cannot reach this machine's loopback interface, and requests to it (to an AWS emulator,
/// or to the metadata service) are not meant to leave the machine.
#[must_use]
pub fn client() -> Option<SharedHttpClient> {
    let named = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    VARIABLES.iter().any(named).then(|| {
        let through = |proxy: fn() -> ProxyConfig| {
            Builder::new().build_with_connector_fn(move |settings, components| {
                let mut builder = ConnectorBuilder::default()
                    .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
                    .proxy_config(proxy());
                builder.set_connector_settings(settings.cloned());
                builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
                builder.build()
            })
        };
        let (proxied, direct) = (through(ProxyConfig::from_env), through(ProxyConfig::disabled));
        over([proxied, direct], |[proxied, direct], request| match is_local(request.uri()) {
            true => direct.call(request),
            false => proxied.call(request),
        })
    })
}

/// Wraps clients: every request passes through `call`, which gets a connector of each client.
pub fn over<const N: usize>(
    clients: [SharedHttpClient; N],
    call: impl Fn(&[SharedHttpConnector; N], HttpRequest) -> HttpConnectorFuture + Send + Sync + 'static,
) -> SharedHttpClient {
    let call = Arc::new(call);
    http_client_fn(move |settings: &HttpConnectorSettings, components: &RuntimeComponents| {
        let connectors = clients.each_ref().map(|one| one.http_connector(settings, components));
        let call = Arc::clone(&call);
        SharedHttpConnector::new(Calls(move |request| call(&connectors, request)))
    })
}

/// A call that is not made, or not waited for any longer, because the run is being stopped. Neither the
/// SDK nor this crate makes it again.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("no answer came in time after the signal")]
pub struct Stopped;

/// Returns whether an error comes of [`Stopped`].
pub(crate) fn is_stopped(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| (*error).source()).any(|cause| cause.is::<Stopped>())
}

/// A connector that is a function.
struct Calls<F>(F);

impl<F> fmt::Debug for Calls<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Calls")
    }
}

impl<F> HttpConnector for Calls<F>
where
    F: Fn(HttpRequest) -> HttpConnectorFuture + Send + Sync + 'static,
{
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        (self.0)(request)
    }
}

/// Returns a client that uses no proxy, like the SDK's default.
#[must_use]
pub fn direct() -> SharedHttpClient {
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https()
}

/// Returns whether a URL's host is this machine's loopback interface, in any spelling.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

/// Returns whether a request must not go through a proxy: to this machine, or to the link-local
/// addresses of the metadata services.
fn is_local(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let near_v4 = |v4: Ipv4Addr| v4.is_unspecified() || v4.is_link_local();
    let near = match url.host() {
        Some(Host::Ipv4(v4)) => near_v4(v4),
        Some(Host::Ipv6(v6)) => match v6.to_canonical() {
            IpAddr::V4(v4) => near_v4(v4),
            IpAddr::V6(v6) => v6.is_unspecified() || v6 == METADATA_V6,
        },
        _ => false,
    };
    near || is_loopback(&url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_in_every_spelling() {
        for url in [
            "http://127.0.0.1:4566/",
            "http://127.8.9.10/x",
            "http://localhost:4566",
            "http://LocalHost/",
            "https://localhost.:4566/",
            "http://sqs.localhost:4566/",
            "http://[::1]:4566/",
            "http://[::ffff:127.0.0.1]/",
            "http://0.0.0.0:9324/",
            "http://2130706433/",
            "http://169.254.169.254/latest",
            "http://169.254.170.2/",
            "http://[fd00:ec2::254]/latest",
        ] {
            assert!(is_local(url), "{url}");
        }
        for url in [
            "https://sqs.eu-west-1.amazonaws.com/",
            "http://localhost.example.com/",
            "http://notlocalhost/",
            "http://128.0.0.1/",
            "http://10.0.0.1/",
            "http://[2001:db8::1]/",
            "http://user@example.com/?host=127.0.0.1",
            "nonsense",
        ] {
            assert!(!is_local(url), "{url}");
        }
    }
}
