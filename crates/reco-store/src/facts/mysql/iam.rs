//! RDS IAM authentication: a presigned request serves as the password for 15 minutes.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;

use super::{MySqlUrl, Password, PasswordError};

/// AWS: "IAM database authentication": a token is valid for 15 minutes.
const VALID_FOR: Duration = Duration::from_secs(15 * 60);

/// A password that is a fresh IAM token for every connection, signed with the credentials and
/// region of `aws` (the URL's `region` comes first).
///
/// # Errors
/// [`PasswordError`] when there is no region or no source of credentials.
pub fn iam_password(url: &MySqlUrl, aws: &SdkConfig) -> Result<Password, PasswordError> {
    let region = url.region.clone().or_else(|| aws.region().map(ToString::to_string));
    let region = region.ok_or_else(|| {
        PasswordError("no region to sign the IAM token for; add region=NAME to the URL".to_owned())
    })?;
    let provider = aws
        .credentials_provider()
        .ok_or_else(|| PasswordError("no AWS credentials to sign the IAM token with".to_owned()))?;
    let (host, port, user) = (url.host.clone(), url.port, url.user.clone());
    Ok(Password::provider(move || {
        let (host, user, region) = (host.clone(), user.clone(), region.clone());
        let provider = provider.clone();
        async move {
            let credentials = provider.provide_credentials().await.map_err(|error| {
                let reason = std::error::Error::source(&error).map(ToString::to_string);
                let reason = reason.unwrap_or_else(|| error.to_string());
                PasswordError(format!("no AWS credentials to sign the IAM token with: {reason}"))
            })?;
            token(&host, port, &user, &region, credentials, SystemTime::now())
        }
    }))
}

/// AWS: "Connecting to your DB instance using IAM authentication": the token is the presigned URL
/// of `connect` on the service `rds-db`, without its scheme.
fn token(
    host: &str,
    port: u16,
    user: &str,
    region: &str,
    credentials: Credentials,
    now: SystemTime,
) -> Result<String, PasswordError> {
    let failed = |error: &dyn std::error::Error| {
        PasswordError(format!("the IAM token could not be signed: {error}"))
    };
    let mut url = url::Url::parse(&format!("https://{host}:{port}/")).map_err(|e| failed(&e))?;
    url.query_pairs_mut().append_pair("Action", "connect").append_pair("DBUser", user);
    let identity = credentials.into();
    let mut settings = SigningSettings::default();
    settings.expires_in = Some(VALID_FOR);
    settings.signature_location = SignatureLocation::QueryParams;
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("rds-db")
        .time(now)
        .settings(settings)
        .build()
        .map_err(|error| failed(&error))?
        .into();
    let request =
        SignableRequest::new("GET", url.as_str(), std::iter::empty(), SignableBody::Bytes(&[]))
            .map_err(|error| failed(&error))?;
    let (instructions, _) = sign(request, &params).map_err(|error| failed(&error))?.into_parts();
    for (name, value) in instructions.params() {
        url.query_pairs_mut().append_pair(name, value);
    }
    Ok(url.as_str().trim_start_matches("https://").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "db.proxy-abc.eu-central-1.rds.amazonaws.com";

    fn signed(session: Option<&str>) -> String {
        let credentials = Credentials::from_keys(
            "AKIDEXAMPLE",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            session.map(str::to_owned),
        );
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_323_045);
        token(HOST, 3306, "reco_ro", "eu-central-1", credentials, now).expect("signed")
    }

    /// The signatures were computed apart from this code, after "Signature Version 4 signing
    /// process" with nothing but HMAC-SHA256.
    #[test]
    fn a_token_is_the_documented_presigned_request() {
        let token = signed(None);
        let start = format!("{HOST}:3306/?Action=connect&DBUser=reco_ro&X-Amz-Algorithm=");
        assert!(token.starts_with(&start), "{token}");
        assert!(token.contains("&X-Amz-Expires=900&"), "{token}");
        assert!(
            token.ends_with(
                "X-Amz-Signature=8ada493d9375a172a75c5c63aa84fb56faaa60fcad3a740fb2cf20d6bc3ca45d"
            ),
            "{token}"
        );
    }

    #[test]
    fn a_session_is_part_of_what_is_signed() {
        let token = signed(Some("session/token+1="));
        assert!(token.contains("X-Amz-Security-Token=session%2Ftoken%2B1%3D"), "{token}");
        assert!(
            token.contains("3cf8bb5cf87e4bf7f9aa83cd1487964b3704d798e730286564137a4a55c564f3"),
            "{token}"
        );
    }
}
