//! `mysql://user:password@host:port/database?option=value`, and what the URL takes from a secret.

use std::path::PathBuf;
use std::time::Duration;

use reco_core::facts::{FactsError, FactsStage};
use sqlx::ConnectOptions;
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use url::Url;

use super::{MySqlOptions, Password};

/// Authentication method of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Authentication {
    /// The password in the URL, or none.
    #[default]
    Password,
    /// An RDS IAM token for every connection.
    Iam,
    /// User and password from a secret of AWS Secrets Manager, read for every connection.
    Secret,
}

/// A database URL, taken apart and checked. It holds no password: that is returned beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MySqlUrl {
    /// Host name or address.
    pub host: String,
    /// TCP port, 3306 when not given.
    pub port: u16,
    /// User name.
    pub user: String,
    /// Database (schema).
    pub database: String,
    /// Authentication method of the client.
    pub authentication: Authentication,
    /// Region for the IAM token, where it is not the session's.
    pub region: Option<String>,
    /// Pool and timeouts.
    pub options: MySqlOptions,
    tls: Tls,
    ca: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tls {
    Disabled,
    Preferred,
    Required,
    VerifyCa,
    VerifyFull,
}

const KNOWN: &str = "ssl-mode, ssl-ca, auth, secret, region, pool-size, connect-timeout-ms, \
                     wait-timeout-ms, query-timeout-ms";

impl MySqlUrl {
    /// Takes a URL apart.
    ///
    /// Without `ssl-mode` the server's certificate and name are verified, except on the loopback
    /// interface, where TLS is used if the server offers it; for `secret=` there, too.
    ///
    /// # Errors
    /// [`FactsError`] at stage connect. No part of the URL that could be a secret is repeated.
    pub fn parse(text: &str) -> Result<(Self, Password), FactsError> {
        Self::of(&parsed(text)?, MySqlOptions::default())
    }

    /// Takes a URL apart whose options stand in for `defaults`.
    pub(in crate::facts) fn of(
        url: &Url,
        defaults: MySqlOptions,
    ) -> Result<(Self, Password), FactsError> {
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| unusable("the host is missing"))?.to_owned();
        // An IPv6 address stands in brackets in a URL and nowhere else.
        let host = host.trim_matches(['[', ']']).to_owned();
        let user = decoded(url.username(), "user name")?;
        let database = decoded(url.path().trim_start_matches('/'), "database")?;
        if user.is_empty() || database.is_empty() {
            return Err(unusable("use mysql://USER[:PASSWORD]@HOST[:PORT]/DATABASE"));
        }
        let loopback = is_loopback(&host);
        let mut parsed = MySqlUrl {
            host,
            port: url.port().unwrap_or(3306),
            user,
            database,
            authentication: Authentication::default(),
            region: None,
            options: defaults,
            tls: if loopback { Tls::Preferred } else { Tls::VerifyFull },
            ca: None,
        };
        for (name, value) in url.query_pairs() {
            parsed.set(&name, &value)?;
        }
        let password = match url.password() {
            Some(password) => Password::Fixed(decoded(password, "password")?),
            None => Password::None,
        };
        if parsed.authentication == Authentication::Secret
            && url.query_pairs().all(|(name, _)| name != "ssl-mode")
        {
            parsed.tls = Tls::VerifyFull;
        }
        parsed.check(&password)?;
        Ok((parsed, password))
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), FactsError> {
        match name {
            "ssl-mode" => self.tls = tls(value)?,
            "ssl-ca" => self.ca = Some(PathBuf::from(value)),
            "secret" => self.authentication = Authentication::Secret,
            "auth" => {
                self.authentication = match value {
                    "password" => Authentication::Password,
                    "iam" => Authentication::Iam,
                    _ => return Err(unusable("auth is neither \"password\" nor \"iam\"")),
                }
            }
            "region" => self.region = Some(value.to_owned()),
            "pool-size" => self.options.pool_size = number(name, value)?,
            "connect-timeout-ms" => self.options.connect_timeout = milliseconds(name, value)?,
            "wait-timeout-ms" => self.options.wait_timeout = milliseconds(name, value)?,
            "query-timeout-ms" => self.options.query_timeout = milliseconds(name, value)?,
            _ => return Err(unusable(format!("unknown option {name:?}; known: {KNOWN}"))),
        }
        Ok(())
    }

    fn check(&self, password: &Password) -> Result<(), FactsError> {
        if self.authentication == Authentication::Secret && !matches!(password, Password::None) {
            return Err(unusable("secret and a password are mutually exclusive"));
        }
        if self.authentication == Authentication::Secret
            && !matches!(self.tls, Tls::VerifyCa | Tls::VerifyFull)
        {
            return Err(unverified());
        }
        if self.authentication == Authentication::Iam {
            if !matches!(password, Password::None) {
                return Err(unusable("auth=iam and a password are mutually exclusive"));
            }
            // The token goes over the wire as it is.
            if matches!(self.tls, Tls::Disabled | Tls::Preferred) {
                return Err(unusable("auth=iam needs ssl-mode=required or stricter"));
            }
        }
        if let Some(ca) = &self.ca
            && let Err(error) = std::fs::File::open(ca)
        {
            return Err(unusable(format!("ssl-ca {} cannot be read: {error}", ca.display())));
        }
        Ok(())
    }

    pub(super) fn connect_options(&self) -> MySqlConnectOptions {
        let mode = match self.tls {
            Tls::Disabled => MySqlSslMode::Disabled,
            Tls::Preferred => MySqlSslMode::Preferred,
            Tls::Required => MySqlSslMode::Required,
            Tls::VerifyCa => MySqlSslMode::VerifyCa,
            Tls::VerifyFull => MySqlSslMode::VerifyIdentity,
        };
        let options = MySqlConnectOptions::new()
            .host(&self.host)
            .port(self.port)
            .username(&self.user)
            .database(&self.database)
            .ssl_mode(mode)
            .enable_cleartext_plugin(self.authentication == Authentication::Iam)
            .statement_cache_capacity(0)
            // Each of these would be a SET after connecting, and pin an RDS Proxy session.
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .timezone(None)
            .set_names(false)
            // Statements hold users' ids, which belong into no log.
            .disable_statement_logging();
        match &self.ca {
            Some(ca) => options.ssl_ca(ca),
            None => options,
        }
    }
}

/// Checks, before the secret is read, that it would go only to a server that has proved who it is:
/// on the loopback interface, too, anybody may listen.
///
/// # Errors
/// [`FactsError`] at stage connect.
pub(in crate::facts) fn check_secret(url: &Url) -> Result<(), FactsError> {
    for (name, value) in url.query_pairs() {
        if name == "ssl-mode" && !matches!(tls(&value)?, Tls::VerifyCa | Tls::VerifyFull) {
            return Err(unverified());
        }
    }
    Ok(())
}

fn unverified() -> FactsError {
    unusable(
        "a secret is only sent to a server with a verified certificate: omit ssl-mode, or set it to verify-full or verify-ca (with ssl-ca=FILE for a private CA)",
    )
}

/// Returns whether a host is this machine.
pub(in crate::facts) fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// The URL as it stands, without a look at what it says.
pub(in crate::facts) fn parsed(text: &str) -> Result<Url, FactsError> {
    Url::parse(text).map_err(|error| unusable(format!("not a URL: {error}")))
}

fn tls(value: &str) -> Result<Tls, FactsError> {
    match value.to_ascii_lowercase().replace('_', "-").as_str() {
        "disabled" => Ok(Tls::Disabled),
        "preferred" => Ok(Tls::Preferred),
        "required" => Ok(Tls::Required),
        "verify-ca" => Ok(Tls::VerifyCa),
        "verify-full" | "verify-identity" => Ok(Tls::VerifyFull),
        _ => Err(unusable(
            "ssl-mode must be one of disabled, preferred, required, verify-ca, verify-full",
        )),
    }
}

fn number(name: &str, value: &str) -> Result<usize, FactsError> {
    let number = value.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| unusable(format!("{name} is {value:?}; expected a whole number above 0")))
}

fn milliseconds(name: &str, value: &str) -> Result<Duration, FactsError> {
    number(name, value).map(|number| Duration::from_millis(number as u64))
}

fn decoded(text: &str, what: &str) -> Result<String, FactsError> {
    let bytes = percent_encoding::percent_decode_str(text).decode_utf8();
    bytes.map(Into::into).map_err(|_| unusable(format!("the {what} is not UTF-8")))
}

pub(in crate::facts) fn unusable(reason: impl std::fmt::Display) -> FactsError {
    FactsError { stage: FactsStage::Connect, reason: format!("facts URL: {reason}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let error = MySqlUrl::parse(text).expect_err(text);
        assert_eq!(error.stage, FactsStage::Connect);
        error.to_string()
    }

    #[test]
    fn a_url_is_taken_apart() {
        let (url, password) = MySqlUrl::parse(
            "mysql://reco%5Fro:p%40ss@db.example:3307/app?pool-size=1&query-timeout-ms=250",
        )
        .expect("valid");
        assert_eq!((&*url.host, url.port, &*url.database), ("db.example", 3307, "app"));
        assert_eq!((url.user.as_str(), url.options.pool_size), ("reco_ro", 1));
        assert_eq!(url.options.query_timeout, Duration::from_millis(250));
        assert_eq!(format!("{password:?}"), "Fixed(..)", "never shown");
        assert!(matches!(password, Password::Fixed(password) if password == "p@ss"));
    }

    #[test]
    fn certificates_are_verified_unless_told_otherwise() {
        let mode = |text| MySqlUrl::parse(text).expect(text).0.tls;
        assert_eq!(mode("mysql://u@db.example/app"), Tls::VerifyFull);
        assert_eq!(mode("mysql://u@127.0.0.1/app"), Tls::Preferred);
        assert_eq!(mode("mysql://u@[::1]/app"), Tls::Preferred);
        assert_eq!(mode("mysql://u@127.0.0.1/app?ssl-mode=verify-full"), Tls::VerifyFull);
        assert_eq!(mode("mysql://u@db.example/app?ssl-mode=VERIFY_CA"), Tls::VerifyCa);
        assert_eq!(mode("mysql://u@db.example/app?ssl-mode=required"), Tls::Required);
    }

    #[test]
    fn a_secret_goes_only_to_a_server_that_is_verified() {
        for host in ["db.example", "127.0.0.1", "localhost"] {
            let url = |mode: &str| format!("mysql://u@{host}/app?secret=x{mode}");
            let verified = MySqlUrl::parse(&url("")).expect("valid").0.tls;
            assert_eq!(verified, Tls::VerifyFull, "{host}");
            assert!(MySqlUrl::parse(&url("&ssl-mode=verify-ca")).is_ok());
            for mode in ["disabled", "preferred", "required", "REQUIRED"] {
                let url = url(&format!("&ssl-mode={mode}"));
                assert!(refused(&url).contains("verified"), "{url}");
                assert!(check_secret(&parsed(&url).expect("a URL")).is_err(), "{url}");
            }
            // The last one counts, wherever it stands.
            let twice = url("&ssl-mode=verify-full&ssl-mode=disabled");
            assert!(check_secret(&parsed(&twice).expect("a URL")).is_err());
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        let cases = [
            ("mysql://u:hunter2@db.example/", "/DATABASE"),
            ("mysql://u:hunter2@db.example/app?ssl-mod=off", "unknown option \"ssl-mod\""),
            ("mysql://u:hunter2@db.example/app?ssl-mode=off", "verify-full"),
            ("mysql://u:hunter2@db.example/app?pool-size=0", "above 0"),
            ("mysql://u:hunter2@db.example/app?auth=iam", "mutually exclusive"),
            ("mysql://u:hunter2@db.example:99999/app", "port"),
            ("mysql://u:hunter2@db.example/app?ssl-ca=missing.pem", "missing.pem cannot be read"),
            ("mysql://u@127.0.0.1/app?auth=iam", "ssl-mode=required"),
            ("mysql://u:hunter2@db.example/app?secret=s", "mutually exclusive"),
        ];
        for (text, expected) in cases {
            let error = refused(text);
            assert!(error.contains(expected), "{text}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
