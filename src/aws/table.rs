//! The table: found, checked, and described.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use reco_core::Id;
use reco_core::item::Schema;
use reco_store::client::dynamodb_config;
use reco_store::generated_at::read_generated_at;
use reco_store::reader::Reader;
use reco_store::retry::RetryOptions;
use reco_store::service::{ErrorKind, ServiceError};
use reco_store::table::{SchemaNames, TableError, TableInfo, describe};
use reco_store::writer::{Writer, WriterOptions};

use crate::error::{Error, Kind, Result};

/// A table that can hold recommendations.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    /// What DynamoDB says about it.
    pub info: TableInfo,
    /// How recommendations are laid out in it.
    pub schema: Schema,
}

impl Table {
    /// Finds the table and checks that its key is what recommendations need.
    ///
    /// # Errors
    /// When there is no such table, or its keys are others.
    pub async fn open(sdk: &SdkConfig, table: &str, names: &SchemaNames) -> Result<Self> {
        let client = client(sdk);
        let info = describe(&client, table).await.map_err(|error| unusable(table, &error))?;
        let schema = info.schema(names).map_err(|error| unusable(table, &error))?;
        Ok(Table { client, info, schema })
    }

    /// What DynamoDB says about a table, whatever its keys.
    ///
    /// # Errors
    /// In the service's own words.
    pub async fn describe(sdk: &SdkConfig, table: &str) -> Result<TableInfo> {
        describe(&client(sdk), table).await.map_err(|error| unusable(table, &error))
    }

    /// When the lists of these users were made, in epoch seconds; users without one are absent.
    ///
    /// # Errors
    /// In the service's own words.
    pub async fn generated_at<'a>(
        &self,
        users: impl IntoIterator<Item = &'a Id>,
    ) -> Result<HashMap<Id, i64>> {
        let name = &self.info.name;
        read_generated_at(&self.client, name, &self.schema, users)
            .await
            .map_err(|error| service(&format!("cannot read from table {name}"), &error))
    }

    /// A reader that consumes at most `rcu` read capacity units a second; unlimited without.
    #[must_use]
    pub fn reader(&self, retry: RetryOptions, rcu: Option<f64>) -> Reader {
        let (client, schema) = (self.client.clone(), self.schema.clone());
        Reader::new(client, &self.info.name, schema, retry, rcu)
    }

    /// A writer into it.
    #[must_use]
    pub fn writer(&self, options: WriterOptions) -> Writer {
        Writer::new(self.client.clone(), &self.info.name, self.schema.clone(), options)
    }
}

fn client(sdk: &SdkConfig) -> Client {
    Client::from_conf(dynamodb_config(sdk).build())
}

fn unusable(table: &str, error: &TableError) -> Error {
    let what = format!("cannot use table {table}");
    match error {
        TableError::Service(error) => service(&what, error),
        other => Error::config(what).because(other),
    }
}

fn service(what: &str, error: &ServiceError) -> Error {
    let kind = match error.kind {
        ErrorKind::NotFound => Kind::Config,
        ErrorKind::Denied | ErrorKind::Credentials => Kind::Credentials,
        _ => Kind::Service,
    };
    Error::new(kind, what).because(error)
}
