//! The table: found, checked, and described.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use reco_core::Id;
use reco_core::item::{KeyType, Schema};
use reco_store::client::dynamodb_config;
use reco_store::generated_at::read_generated_at;
use reco_store::lists::{self, Held};
use reco_store::reader::Reader;
use reco_store::retry::RetryOptions;
use reco_store::service::{ErrorKind, ServiceError};
use reco_store::table::{SchemaNames, TableError, TableInfo, describe};
use reco_store::writer::{Writer, WriterOptions};

use serde::Serialize;

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

/// Of which type the ids in lists are written, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListType {
    /// The type.
    pub list_type: KeyType,
    /// What decided: `config`, `table` (the lists that it holds) or `key` (as the table's key is).
    #[serde(rename = "list_type_from")]
    pub from: &'static str,
    /// What the operator should know about it.
    #[serde(skip)]
    pub warning: Option<String>,
}

impl ListType {
    /// As configured, whatever the table holds.
    #[must_use]
    pub fn configured(schema: &Schema) -> Self {
        ListType { list_type: schema.list_type, from: "config", warning: None }
    }

    /// As the key is.
    #[must_use]
    pub fn of_key(schema: &Schema) -> Self {
        ListType { list_type: schema.key_type, from: "key", warning: None }
    }
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

    /// Lays lists out as the table holds them. Where there are none, or not all are alike, ids are
    /// written in the key's type.
    ///
    /// # Errors
    /// When the table holds sets, which have no order, or cannot be read.
    pub async fn adopt_list_type(&mut self) -> Result<ListType> {
        let (name, attribute) = (&self.info.name, &self.schema.list_attr);
        let key = ListType::of_key(&self.schema);
        let why = match lists::sample(&self.client, name, &self.schema).await {
            Ok(Held::One(list_type)) => {
                self.schema.list_type = list_type;
                return Ok(ListType { list_type, from: "table", warning: None });
            }
            Ok(Held::Nothing) => return Ok(key),
            Ok(Held::Set(kind)) => {
                return Err(Error::config(format!("cannot use table {name}"))
                    .cause(format!(
                        "its attribute {attribute:?} is a set ({kind}): sets have no order, and the \
                         order of a list is its ranking"
                    ))
                    .hint("--list-type N or S writes lists in its place, once all readers can take them"));
            }
            Ok(Held::Mixed) => "not all of its lists are of one type".to_owned(),
            // Dry runs and loaders may be allowed less than `Scan`.
            Err(error) if matches!(error.kind, ErrorKind::Denied | ErrorKind::Refused) => {
                format!("its lists cannot be looked at: {error}")
            }
            Err(error) => return Err(service(&format!("cannot read from table {name}"), &error)),
        };
        let kind = match key.list_type {
            KeyType::N => "Numbers",
            KeyType::S => "Strings",
        };
        let warning = format!("lists are written as {kind}, as the key of table {name} is: {why}");
        Ok(ListType { warning: Some(warning), ..key })
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
