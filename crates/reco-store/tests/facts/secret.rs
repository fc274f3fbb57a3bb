//! Credentials from a stand-in for Secrets Manager, with a real database.

use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use reco_core::facts::{Facts, FactsError, FactsStage};
use reco_store::facts::{FactsOptions, FactsSource};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::kit::{TABLES, asking, failed, ids, known};
use crate::mariadb::{database, server};

const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:facts-AbCdEf";

/// A stand-in for Secrets Manager with at most one secret.
#[derive(Clone)]
struct Secrets {
    port: u16,
    held: Arc<Mutex<Option<Value>>>,
    reads: Arc<Mutex<Vec<Value>>>,
}

impl Secrets {
    async fn start(held: Option<Value>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let secrets = Secrets { port, held: Arc::new(Mutex::new(held)), reads: Arc::default() };
        let serving = secrets.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let secrets = serving.clone();
                tokio::spawn(async move {
                    let service = service_fn(|request| secrets.answer(request));
                    let http = hyper::server::conn::http1::Builder::new();
                    http.serve_connection(TokioIo::new(stream), service).await.unwrap();
                });
            }
        });
        secrets
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, std::convert::Infallible> {
        assert_eq!(request.headers()["x-amz-target"], "secretsmanager.GetSecretValue");
        // Signed for the ARN's region, not the session's.
        let signed = request.headers()["authorization"].to_str().unwrap().to_owned();
        assert!(signed.contains("/eu-central-1/secretsmanager/"), "{signed}");
        let body = request.into_body().collect().await.unwrap().to_bytes();
        self.reads.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
        let (status, answer) = match &*self.held.lock().unwrap() {
            Some(secret) => (200, json!({ "ARN": ARN, "SecretString": secret.to_string() })),
            None => {
                let message = "Secrets Manager can't find the specified secret.";
                (400, json!({ "__type": "ResourceNotFoundException", "Message": message }))
            }
        };
        let response = Response::builder().status(status);
        Ok(response.body(Full::new(Bytes::from(answer.to_string()))).unwrap())
    }

    async fn open(&self, url: &str) -> Result<FactsSource, FactsError> {
        self.open_with(url, FactsOptions::default()).await
    }

    async fn open_with(&self, url: &str, options: FactsOptions) -> Result<FactsSource, FactsError> {
        let credentials = Credentials::from_keys("test", "test", None);
        let aws = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(format!("http://127.0.0.1:{}", self.port))
            .build();
        let options = FactsOptions { aws: Some(aws), ..options };
        FactsSource::open(url, options).await
    }

    fn reads(&self) -> usize {
        self.reads.lock().unwrap().len()
    }
}

/// Creates a database, and an account for it that appears in no URL.
fn account() -> (String, String) {
    let database =
        database(&format!("{TABLES} INSERT INTO users VALUES (1, 'active'), (2, 'suspended');"));
    let name = format!("kept_{database}");
    create(&name, &database, "hunter2");
    (name, database)
}

fn create(name: &str, database: &str, password: &str) {
    server().run(&format!(
        "CREATE USER '{name}'@'%' IDENTIFIED BY '{password}';
        GRANT SELECT ON {database}.* TO '{name}'@'%';"
    ));
}

async fn answers(facts: &FactsSource) {
    let (users, _) = known(facts, &asking(&ids(&[1, 2, 3]), &[])).await;
    assert_eq!(users.len(), 2);
}

fn kill(name: &str) {
    let sql = format!("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '{name}';");
    for id in server().run(&sql).lines() {
        server().run(&format!("KILL {id};"));
    }
}

#[tokio::test]
async fn a_secret_alone_leads_to_the_database() {
    let (name, database) = account();
    let secrets = Secrets::start(Some(json!({
        "engine": "mysql", "host": "127.0.0.1", "port": server().port, "dbname": database,
        "username": name, "password": "hunter2",
    })))
    .await;
    // Its certificate authority is not among the built-in ones.
    let facts = secrets.open(&format!("mysql:///?secret={ARN}{}", verified())).await.unwrap();
    answers(&facts).await;
    assert_eq!(facts.kind(), "mysql");
    assert_eq!(secrets.reads(), 1, "the first connection uses what was read for the host");
    assert_eq!(secrets.reads.lock().unwrap()[0]["SecretId"], ARN);
}

/// For an unverified server, the secret is not even read.
#[tokio::test]
async fn a_secret_needs_a_server_that_is_verified() {
    let (name, database) = account();
    let held = json!({ "username": name, "password": "hunter2" });
    let secrets = Secrets::start(Some(held)).await;
    let url = format!("mysql://127.0.0.1:{}/{database}?secret={ARN}", server().port);
    for mode in ["disabled", "preferred", "required"] {
        let error = secrets.open(&format!("{url}&ssl-mode={mode}")).await.unwrap_err();
        assert!(error.to_string().contains("verified"), "{mode}: {error}");
    }
    assert_eq!(secrets.reads(), 0);
    let error = secrets.open(&url).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "by default, too: {error}");
}

/// Returns options that verify the server with the tests' certificate authority.
fn verified() -> String {
    format!("&ssl-mode=verify-ca&ssl-ca={}", server().directory.join("ca.pem").display())
}

/// AWS: "alternating users rotation": the next version of the secret has another user.
#[tokio::test]
async fn after_a_rotation_the_next_connection_has_the_new_user() {
    let (name, database) = account();
    let login = |name: &str, password: &str| json!({ "username": name, "password": password });
    let secrets = Secrets::start(Some(login(&name, "hunter2"))).await;
    let url = format!("mysql://127.0.0.1:{}/{database}?secret={ARN}{}", server().port, verified());
    let facts = secrets.open(&url).await.unwrap();
    answers(&facts).await;

    let clone = format!("{name}_b");
    create(&clone, &database, "hunter3");
    *secrets.held.lock().unwrap() = Some(login(&clone, "hunter3"));
    server().run(&format!("ALTER USER '{name}'@'%' IDENTIFIED BY 'gone';"));
    kill(&name);
    answers(&facts).await;
    assert_eq!(secrets.reads(), 2);
}

/// A permission that comes after the code: the source opens, its lookups fail until the secret can be
/// read, and then answer.
#[tokio::test]
async fn opened_lazily_a_secret_is_asked_for_again_at_each_lookup() {
    let (name, database) = account();
    let secrets = Secrets::start(None).await;
    let lazily = || FactsOptions { lazy: true, ..FactsOptions::default() };
    let url = format!("mysql:///?secret={ARN}{}", verified());
    let facts = secrets.open_with(&url, lazily()).await.unwrap();
    assert_eq!((facts.kind(), secrets.reads()), ("mysql", 0));
    for reads in 1..=2 {
        let (stage, text) = failed(&facts).await;
        assert_eq!(stage, FactsStage::Auth, "{text}");
        assert!(text.contains("ResourceNotFoundException"), "{text}");
        assert_eq!(secrets.reads(), reads);
    }
    let held = json!({
        "host": "127.0.0.1", "port": server().port, "dbname": database,
        "username": name, "password": "hunter2",
    });
    *secrets.held.lock().unwrap() = Some(held);
    answers(&facts).await;

    // What is wrong whatever the secret says is said at once.
    let wrong = format!("mysql:///?secret={ARN}&ssl-mode=disabled");
    let error = secrets.open_with(&wrong, lazily()).await.unwrap_err();
    assert!(error.to_string().contains("verified"), "{error}");
    let wrong = format!("mysql:///?secret={ARN}&ssl-mod=x");
    assert!(secrets.open_with(&wrong, lazily()).await.is_err());
}

#[tokio::test]
async fn a_secret_that_cannot_be_used_is_said_without_being_told() {
    let (name, database) = account();
    let port = server().port;
    let missing = Secrets::start(None).await;
    let error = missing.open(ARN).await.unwrap_err();
    assert_eq!(error.stage, FactsStage::Auth);
    let text = error.to_string();
    assert!(text.contains(ARN) && text.contains("ResourceNotFoundException"), "{text}");

    let wrong = json!({ "username": name, "password": "hunter9" });
    let secrets = Secrets::start(Some(wrong)).await;
    let url = format!("mysql://127.0.0.1:{port}/{database}?secret={ARN}{}", verified());
    let error = secrets.open(&url).await.unwrap_err();
    assert_eq!(error.stage, FactsStage::Auth, "{error}");
    assert!(!error.to_string().contains("hunter9"), "{error}");

    let secrets = Secrets::start(Some(json!({ "password": "hunter9" }))).await;
    let text = secrets.open(&url).await.unwrap_err().to_string();
    assert!(text.contains("username and password") && !text.contains("hunter9"), "{text}");
}

/// A function that starts while its database is down still starts.
#[tokio::test]
async fn a_lazy_source_connects_when_it_is_asked() {
    let (name, database) = account();
    let url = format!("mysql://{name}@127.0.0.1:{}/{database}", server().port);
    let options = FactsOptions { lazy: true, ..FactsOptions::default() };
    let facts = FactsSource::open(&url, options).await.unwrap();
    assert_eq!(facts.warm_up().await.unwrap_err().stage, FactsStage::Auth);
    assert!(facts.lookup(&asking(&ids(&[1]), &[])).await.is_err());
    server().run(&format!("ALTER USER '{name}'@'%' IDENTIFIED BY '';"));
    answers(&facts).await;
}
