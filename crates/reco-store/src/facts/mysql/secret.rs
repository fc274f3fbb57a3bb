//! Credentials of a database in AWS Secrets Manager.
//!
//! AWS: "JSON structure of AWS Secrets Manager database credential secrets". Only `username` and
//! `password` are always there: a secret that RDS manages itself names no host, and a host that it
//! names is the database's own, not that of the RDS Proxy before it. So the URL comes first.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::{Region, SdkConfig};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Builder;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use futures::future::BoxFuture;
use reco_core::facts::{FactsError, FactsStage};
use serde::Deserialize;
use sqlx::mysql::MySqlConnectOptions;
use url::Url;

use super::error::Failure;
use super::url::unusable;
use super::{Login, MySqlOptions, MySqlUrl, Password, PasswordError};

/// Inside a VPC without a way to Secrets Manager nothing answers; the function should say so
/// before its own time is over.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const TIMEOUT: Duration = Duration::from_secs(6);

/// Content of the secret. The `Debug` output never shows the password.
#[derive(Clone, Deserialize)]
pub(in crate::facts) struct Secret {
    username: String,
    password: String,
    host: Option<String>,
    #[serde(default, deserialize_with = "port")]
    port: Option<u16>,
    #[serde(alias = "database")]
    dbname: Option<String>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A number, or a string of one: both are found.
fn port<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u16>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Port {
        Number(u16),
        Text(String),
    }
    match Option::<Port>::deserialize(from)? {
        None => Ok(None),
        Some(Port::Number(port)) => Ok(Some(port)),
        Some(Port::Text(text)) => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}

impl Secret {
    fn parse(text: &str) -> Result<Self, PasswordError> {
        // The parser's own words may repeat what stands in the secret; its place does not.
        serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            PasswordError(format!(
                "the secret is not a JSON object with username and password (line {line}, column {column}); expected the format of RDS secrets"
            ))
        })
    }

    /// Puts into a URL what it leaves out.
    ///
    /// # Errors
    /// [`FactsError`] at stage connect when neither says where the database is.
    pub(in crate::facts) fn complete(&self, url: &mut Url) -> Result<(), FactsError> {
        let unfit = |what: &str| unusable(format!("the {what} in the secret is invalid"));
        if url.host_str().is_none_or(str::is_empty) {
            let host = self.host.as_deref().ok_or_else(|| {
                unusable(
                    "neither it nor the secret names a host; use mysql://HOST/DATABASE?secret=ARN",
                )
            })?;
            url.set_host(Some(host)).map_err(|_| unfit("host"))?;
            // The port belongs to the host.
            if url.port().is_none() {
                url.set_port(self.port).map_err(|()| unfit("port"))?;
            }
        }
        if url.username().is_empty() {
            url.set_username(&self.username).map_err(|()| unfit("username"))?;
        }
        if url.path().trim_start_matches('/').is_empty() {
            let database = self.dbname.as_deref().ok_or_else(|| {
                unusable("neither it nor the secret names a database; use mysql://HOST/DATABASE?secret=ARN")
            })?;
            url.set_path(database);
        }
        Ok(())
    }

    fn login(self) -> Login {
        Login { user: Some(self.username), password: self.password }
    }
}

/// Returns whether this is the ARN of a secret.
pub(in crate::facts) fn is_arn(text: &str) -> bool {
    let mut parts = text.split(':');
    parts.next() == Some("arn") && parts.nth(1) == Some("secretsmanager")
}

/// The URL that takes everything from the secret of this ARN.
pub(in crate::facts) fn url_of(arn: &str) -> String {
    format!("mysql:///?secret={arn}")
}

/// The secret that a URL names, by ARN or name.
pub(in crate::facts) fn named_by(url: &Url) -> Option<String> {
    url.query_pairs().find(|(name, _)| name == "secret").map(|(_, id)| id.into_owned())
}

/// Where one secret is read.
#[derive(Debug, Clone)]
pub(in crate::facts) struct SecretStore {
    client: Client,
    id: String,
}

impl SecretStore {
    /// Reads the secret `id` in the region that its ARN names, else in the session's.
    pub(in crate::facts) fn new(aws: &SdkConfig, id: String) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(TIMEOUT)
            .operation_timeout(TIMEOUT)
            .build();
        let mut config = Builder::from(aws).timeout_config(timeouts);
        // It becomes part of a host's name: another text than a label would make it another's.
        let label = |region: &&str| {
            region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && (1..=63).contains(&region.len())
        };
        let named = is_arn(&id).then(|| id.split(':').nth(3)).flatten();
        if let Some(region) = named.filter(label) {
            config = config.region(Region::new(region.to_owned()));
        }
        SecretStore { client: Client::from_conf(config.build()), id }
    }

    pub(in crate::facts) async fn read(&self) -> Result<Secret, PasswordError> {
        let answer = self.client.get_secret_value().secret_id(&self.id).send().await;
        let answer = answer.map_err(|error| {
            let why = match (error.code(), error.message()) {
                (Some(code), Some(message)) => format!("{code}: {message}"),
                (Some(code), None) => code.to_owned(),
                (None, _) => format!(
                    "{error}; in a VPC, Secrets Manager needs an interface endpoint or a NAT route"
                ),
            };
            PasswordError(format!("secret {} cannot be read: {why}", self.id))
        })?;
        let text = answer.secret_string().ok_or_else(|| {
            PasswordError(format!("secret {} is binary; expected JSON text", self.id))
        })?;
        Secret::parse(text).map_err(|error| PasswordError(format!("{}: {error}", self.id)))
    }

    /// A password that is read anew for every connection but the first, which uses `first`: after
    /// a rotation the next connection has the new one.
    pub(in crate::facts) fn password(self, first: Secret) -> Password {
        let first = Arc::new(Mutex::new(Some(first)));
        Password::logins(move || {
            let (store, first) = (self.clone(), first.clone());
            async move {
                let held = first.lock().ok().and_then(|mut first| first.take());
                match held {
                    Some(secret) => Ok(secret.login()),
                    None => Ok(store.read().await?.login()),
                }
            }
        })
    }
}

/// A URL that its secret completes before every connection: place, user and password are those of
/// the secret at that time.
#[derive(Debug)]
pub(in crate::facts) struct SecretUrl {
    url: Url,
    store: SecretStore,
    defaults: MySqlOptions,
    options: MySqlOptions,
}

impl SecretUrl {
    /// # Errors
    /// [`FactsError`] at stage connect when the URL is wrong whatever the secret says.
    pub(in crate::facts) fn new(
        url: Url,
        store: SecretStore,
        defaults: MySqlOptions,
    ) -> Result<Self, FactsError> {
        let mut stand_in = url.clone();
        let any = |text: &str| Some(text.to_owned());
        let anything = Secret {
            username: "user".to_owned(),
            password: String::new(),
            host: any("host"),
            port: None,
            dbname: any("database"),
        };
        anything.complete(&mut stand_in)?;
        let (parsed, _) = MySqlUrl::of(&stand_in, defaults)?;
        Ok(SecretUrl { url, store, defaults, options: parsed.options })
    }

    pub(super) fn mysql_options(&self) -> MySqlOptions {
        self.options
    }

    // Boxed: the SDK's futures are nested so deep that a caller's own would pass the compiler's limit.
    pub(super) fn options(&self) -> BoxFuture<'_, Result<MySqlConnectOptions, Failure>> {
        Box::pin(self.read_options())
    }

    async fn read_options(&self) -> Result<MySqlConnectOptions, Failure> {
        let failed = |error: FactsError| Failure::new(error.stage, error.reason);
        let secret = self.store.read().await;
        let secret = secret.map_err(|e| Failure::new(FactsStage::Auth, e.to_string()))?;
        let mut url = self.url.clone();
        secret.complete(&mut url).map_err(failed)?;
        let (url, _) = MySqlUrl::of(&url, self.defaults).map_err(failed)?;
        let Login { user, password } = secret.login();
        let options = url.connect_options().password(&password);
        Ok(match user {
            Some(user) => options.username(&user),
            None => options,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::mysql::MySqlUrl;

    const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:facts-AbCdEf";

    fn completed(url: &str, secret: &str) -> Result<MySqlUrl, FactsError> {
        let mut url = super::super::url::parsed(url).expect("a URL");
        Secret::parse(secret).expect("a secret").complete(&mut url)?;
        MySqlUrl::parse(url.as_str()).map(|(url, _)| url)
    }

    #[test]
    fn a_secret_alone_says_everything() {
        let secret = r#"{"engine":"mysql","host":"db.example","username":"r/o@1","password":"x",
            "dbname":"app","port":"3307"}"#;
        assert_eq!(named_by(&Url::parse(&url_of(ARN)).expect("a URL")).as_deref(), Some(ARN));
        let url = completed(&url_of(ARN), secret).expect("complete");
        assert_eq!((&*url.host, url.port, &*url.database), ("db.example", 3307, "app"));
        assert_eq!(url.user, "r/o@1");
        let numeric = secret.replace("\"3307\"", "3308");
        assert_eq!(completed(&url_of(ARN), &numeric).expect("complete").port, 3308);
    }

    #[test]
    fn the_urls_host_comes_before_the_secrets() {
        let secret =
            r#"{"host":"db.example","port":3307,"username":"u","password":"x","dbname":"app"}"#;
        let url =
            completed(&format!("mysql://proxy.example/shop?secret={ARN}&pool-size=2"), secret);
        let url = url.expect("complete");
        assert_eq!((&*url.host, url.port, &*url.database), ("proxy.example", 3306, "shop"));
        assert_eq!(url.options.pool_size, 2);
    }

    #[test]
    fn what_neither_says_is_asked_for() {
        let managed = r#"{"username":"u","password":"hunter2"}"#;
        let error = completed(&url_of(ARN), managed).expect_err("no host").to_string();
        assert!(error.contains("names a host") && !error.contains("hunter2"), "{error}");
        let error = completed("mysql://proxy.example/?secret=s", managed).expect_err("no database");
        assert!(error.to_string().contains("names a database"), "{error}");
        assert!(completed("mysql://proxy.example/app?secret=s", managed).is_ok());
    }

    #[test]
    fn what_is_no_secret_is_refused_without_being_repeated() {
        for text in ["hunter2", r#"{"user":"hunter2"}"#, r#"{"username":"u","password":5}"#] {
            let error = Secret::parse(text).expect_err(text).to_string();
            assert!(error.contains("username and password") && !error.contains("hunter2"));
        }
        let secret = Secret::parse(r#"{"username":"u","password":"hunter2"}"#).expect("a secret");
        assert!(!format!("{secret:?} {:?}", secret.clone().login()).contains("hunter2"));
    }

    #[test]
    fn only_arns_of_secrets_are_taken_for_them() {
        assert!(is_arn(ARN) && is_arn("arn:aws-cn:secretsmanager:cn-north-1:1:secret:x"));
        for other in ["none", "arn:aws:sqs:eu-central-1:1:q", "sqlite:arn:x:secretsmanager", ""] {
            assert!(!is_arn(other), "{other}");
        }
    }
}
