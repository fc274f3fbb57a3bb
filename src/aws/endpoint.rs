//! Endpoints that stand in for AWS's own, checked before anything is sent: the SDK says of a wrong
//! one only that dispatching failed.

use url::Url;

use crate::config::{Key, Settings};
use crate::error::{Error, Result};

/// Checks the endpoints that settings and environment name.
///
/// # Errors
/// Names the one that is no URL of a server.
pub(super) fn check_configured(settings: &Settings) -> Result<()> {
    if let Some(endpoint) = settings.get(Key::EndpointUrl) {
        check(&endpoint.source.to_string(), &endpoint.value)?;
    }
    for (name, value) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_ENDPOINT_URL")) {
        if !value.is_empty() {
            check(&format!("environment {name}"), &value)?;
        }
    }
    Ok(())
}

/// Checks one endpoint; `source` says where it comes from.
///
/// # Errors
/// When it is no `http` or `https` URL of a host.
pub(super) fn check(source: &str, endpoint: &str) -> Result<()> {
    let has_scheme = ["http://", "https://"].iter().any(|scheme| {
        endpoint.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let wrong = |why: &str| {
        Error::config(format!("endpoint {endpoint:?} is not a URL ({source})")).cause(why)
    };
    if !has_scheme {
        let rest = endpoint.rsplit("://").next().unwrap_or(endpoint).trim_start_matches('/');
        let hint = match rest.is_empty() {
            true => "write a URL such as http://localhost:4566".to_owned(),
            false => format!("write http://{rest} for a local server, or https://{rest}"),
        };
        return Err(wrong("it does not begin with http:// or https://").hint(hint));
    }
    match Url::parse(endpoint) {
        Ok(_) => Ok(()),
        Err(error) => {
            Err(wrong(&error.to_string()).hint("write a URL such as http://localhost:4566"))
        }
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
}
