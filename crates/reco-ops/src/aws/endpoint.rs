//! Custom endpoints, checked before anything is sent: for a bad one the SDK only reports a dispatch
//! failure.

use reco_store::facts::without_password;
use reco_store::http::is_loopback;
use url::Url;

use super::options::{AwsOptions, Given};
use crate::error::{Error, Result};

/// Checks the endpoints in the settings and the environment.
///
/// # Errors
/// Names the first endpoint that is not the URL of a server.
pub(super) fn check_configured(options: &AwsOptions) -> Result<()> {
    if let Some(endpoint) = &options.endpoint {
        check(&endpoint.by, &endpoint.value)?;
        if options.sandbox {
            // The sandbox ignores the environment.
            return Ok(());
        }
    }
    for (name, value) in options.environment.all() {
        let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
        if name.starts_with("AWS_ENDPOINT_URL") && !value.is_empty() {
            check(&format!("environment {name}"), &value)?;
        }
    }
    Ok(())
}

/// Checks one endpoint; `source` says where it comes from.
///
/// # Errors
/// Fails if it is not an `http` or `https` URL with a host.
pub(super) fn check(source: &str, endpoint: &str) -> Result<()> {
    let has_scheme = ["http://", "https://"].iter().any(|scheme| {
        endpoint.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let wrong = |why: &str| {
        let endpoint = without_password(endpoint);
        Error::config(format!("endpoint {endpoint:?} is not a URL ({source})")).cause(why)
    };
    if !has_scheme {
        let endpoint = &without_password(endpoint);
        let rest = endpoint.rsplit("://").next().unwrap_or(endpoint).trim_start_matches('/');
        let hint = match rest.is_empty() {
            true => "use a URL such as http://localhost:4566".to_owned(),
            false => format!("use http://{rest} for a local server, or https://{rest}"),
        };
        return Err(wrong("it does not start with http:// or https://").hint(hint));
    }
    match Url::parse(endpoint) {
        Ok(_) => Ok(()),
        Err(error) => {
            Err(wrong(&error.to_string()).hint("use a URL such as http://localhost:4566"))
        }
    }
}

/// Services that are called, as the variables of their endpoints name them.
const SERVICES: [&str; 6] =
    ["SQS", "DYNAMODB", "CLOUDWATCH", "CLOUDWATCH_LOGS", "SECRETS_MANAGER", "STS"];

/// Describes the endpoints that are not AWS's own, and returns whether message bodies and signed
/// requests would leave this machine unencrypted. `by_sdk` is the endpoint that the SDK found in
/// the environment or a profile.
#[must_use]
pub fn whereabouts(options: &AwsOptions, by_sdk: Option<&str>) -> (Vec<String>, bool) {
    let (mut words, mut risky) = (Vec::new(), false);
    for (source, endpoint) in endpoints(options, by_sdk) {
        let Some(kind) = foreign(&endpoint) else { continue };
        risky |= kind == Foreign::InClear;
        let how = match kind {
            Foreign::Elsewhere => "",
            Foreign::Here => ", over plain http on this machine",
            Foreign::InClear => {
                ", over plain http: message bodies and signed requests can be intercepted"
            }
        };
        let endpoint = without_password(&endpoint);
        words.push(format!("requests go to {endpoint} ({source}), which is not AWS{how}"));
    }
    (words, risky)
}

fn endpoints(options: &AwsOptions, by_sdk: Option<&str>) -> Vec<(String, String)> {
    // The SDK prefers our setting to its own variables.
    match &options.endpoint {
        Some(_) if options.sandbox => return Vec::new(),
        Some(Given { value, by }) => return vec![(by.clone(), value.clone())],
        None => {}
    }
    let set = |name: &str| options.environment.get(name);
    let all =
        set("AWS_ENDPOINT_URL").map(|value| ("environment AWS_ENDPOINT_URL".to_owned(), value));
    let all = all.or_else(|| Some(("AWS profile".to_owned(), by_sdk?.to_owned())));
    let apart = SERVICES.into_iter().filter_map(|service| {
        let name = format!("AWS_ENDPOINT_URL_{service}");
        set(&name).map(|value| (format!("environment {name}"), value))
    });
    all.into_iter().chain(apart).collect()
}

/// Kind of endpoint that is not AWS's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Foreign {
    /// HTTPS, on any host.
    Elsewhere,
    /// Plain HTTP on the loopback interface.
    Here,
    /// Plain HTTP to another machine.
    InClear,
}

fn foreign(endpoint: &str) -> Option<Foreign> {
    const AWS: [&str; 4] = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu"];
    let Ok(url) = Url::parse(endpoint) else { return Some(Foreign::InClear) };
    let tls = url.scheme() == "https";
    let host = url.host_str().unwrap_or_default();
    match (tls, is_loopback(&url)) {
        (true, _) if AWS.iter().any(|suffix| host.ends_with(suffix)) => None,
        (true, _) => Some(Foreign::Elsewhere),
        (false, true) => Some(Foreign::Here),
        (false, false) => Some(Foreign::InClear),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_url_of_a_server() {
        for sound in
            ["http://localhost:4566", "https://sqs.eu-west-1.amazonaws.com/", "HTTP://[::1]:1"]
        {
            assert!(check("flag", sound).is_ok(), "{sound}");
        }
        for (wrong, word) in [
            ("localhost:4566", "http://localhost:4566"),
            ("127.0.0.1:4566", "http://127.0.0.1:4566"),
            ("sqs.eu-west-1.amazonaws.com", "https://sqs.eu-west-1.amazonaws.com"),
            ("//localhost", "http://localhost"),
            ("ftp://localhost", "http://localhost"),
            ("é", "http://é"),
            ("http://", "http://localhost:4566"),
            ("http://local host", "http://localhost:4566"),
            ("http://localhost:99999", "http://localhost:4566"),
            ("", "http://localhost:4566"),
        ] {
            let error = check("flag --endpoint-url", wrong).expect_err(wrong);
            assert!(error.message.contains("flag --endpoint-url"), "{error}");
            assert!(error.hint.as_deref().is_some_and(|hint| hint.contains(word)), "{error:?}");
        }
    }

    #[test]
    fn the_endpoint_of_every_service_that_is_called_is_told() {
        let manifests =
            [include_str!("../../Cargo.toml"), include_str!("../../../reco-store/Cargo.toml")];
        let lines = manifests.iter().flat_map(|manifest| manifest.lines());
        let linked: Vec<&str> =
            lines.filter_map(|line| line.strip_prefix("aws-sdk-")?.split('.').next()).collect();
        assert!(linked.len() > 5, "{linked:?}");
        let told = SERVICES.map(|service| service.replace('_', "").to_lowercase());
        for service in linked {
            assert!(told.iter().any(|told| told == service), "{service}");
        }
    }

    #[test]
    fn what_is_not_aws_is_told_apart() {
        for (endpoint, kind) in [
            ("https://sqs.eu-west-1.amazonaws.com", None),
            ("https://sqs.eu-west-1.api.aws/", None),
            ("https://sqs.cn-north-1.amazonaws.com.cn", None),
            ("https://amazonaws.com.evil.example", Some(Foreign::Elsewhere)),
            ("https://evilamazonaws.com", Some(Foreign::Elsewhere)),
            ("https://vpce.example", Some(Foreign::Elsewhere)),
            ("http://127.0.0.1:4566", Some(Foreign::Here)),
            ("http://[::1]:4566", Some(Foreign::Here)),
            ("http://localhost:4566", Some(Foreign::Here)),
            ("http://sqs.eu-west-1.amazonaws.com", Some(Foreign::InClear)),
            ("http://10.0.0.1", Some(Foreign::InClear)),
            ("http://localhost.example", Some(Foreign::InClear)),
        ] {
            assert_eq!(foreign(endpoint), kind, "{endpoint}");
        }
    }
}
