//! Servers and inputs shared by the tests.
#![expect(dead_code, reason = "each test binary uses a part of it")]

pub mod stub;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Region, SharedCredentialsProvider};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType as KeyRole, ScalarAttributeType,
};
use reco_core::item::{KeyType, PlannedItem, Schema};
use reco_core::{Id, Recommendation};
use reco_store::client::dynamodb_config;
use reco_store::writer::{Writer, WriterOptions};
use tokio::net::TcpListener;

/// Creates a client of the server on `port`, configured as in the product.
pub fn client(port: u16) -> Client {
    let credentials = Credentials::from_keys("test", "test", None);
    let shared = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(format!("http://127.0.0.1:{port}"))
        .build();
    // The SDK takes the HTTP client and sleeping from its defaults.
    Client::from_conf(dynamodb_config(&shared).build())
}

/// Starts an embedded DynamoDB, which ends with the test's runtime.
pub async fn dynamodb() -> Client {
    dynamodb_on().await.1
}

/// As [`dynamodb`], but also returns its port.
pub async fn dynamodb_on() -> (u16, Client) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let database = dynoxide::Database::memory().expect("a database in memory");
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    (port, client(port))
}

/// Creates an on-demand table with the given key attributes (the second is a sort key).
pub async fn create_table(client: &Client, name: &str, keys: &[(&str, ScalarAttributeType)]) {
    let mut create =
        client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    for ((attribute, kind), role) in keys.iter().zip([KeyRole::Hash, KeyRole::Range]) {
        let definition = AttributeDefinition::builder()
            .attribute_name(*attribute)
            .attribute_type(kind.clone())
            .build()
            .expect("complete");
        let key = KeySchemaElement::builder()
            .attribute_name(*attribute)
            .key_type(role)
            .build()
            .expect("complete");
        create = create.attribute_definitions(definition).key_schema(key);
    }
    create.send().await.expect("the table is created");
}

/// Starts an embedded DynamoDB with an empty table `recs` with Number keys.
pub async fn empty_table() -> Client {
    let client = dynamodb().await;
    create_table(&client, "recs", &[("user_id", ScalarAttributeType::N)]).await;
    client
}

/// Creates a writer to the table `recs` with Number keys.
pub fn writer(client: Client, options: WriterOptions) -> Writer {
    Writer::new(client, "recs", Schema::with_key_type(KeyType::N), options)
}

/// Plans a list for `user` in a table with Number keys.
pub fn planned(user: i64, articles: &[i64], generated_at: Option<i64>) -> PlannedItem {
    let articles = articles.iter().copied().map(Id::from).collect();
    let recommendation = Recommendation {
        user: Id::from(user),
        articles,
        generated_at: generated_at.map(Into::into),
    };
    Schema::with_key_type(KeyType::N).plan(recommendation).expect("fits")
}
