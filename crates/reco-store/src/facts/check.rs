//! Checks of the configured statements against the schema.

use reco_core::Id;
use reco_core::facts::{FactsError, FactsStage};
use reco_core::words::amount;
use serde::Serialize;

use super::database::{Column, Database};
use super::ids::Literals;
use super::source::{Backend, FactsSource};
use super::sql::{Binding, Bounds, statements};

/// Severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Lookups work, but badly.
    Warning,
    /// Lookups fail, or their answers are wrong.
    Error,
}

/// Finding about one of the facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `users`, `articles`, `reads` or `mutes`; `snapshot` for the content of a snapshot.
    pub facts: &'static str,
    /// Severity.
    pub level: Level,
    /// Description of the finding, with the table or column.
    pub message: String,
    /// Recommended action, if there is one.
    pub hint: Option<String>,
}

/// The part of a row's columns that a statement must answer with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Id,
    Flag,
}

const SHAPES: [(&str, &[Part]); 4] = [
    ("users", &[Part::Id, Part::Flag]),
    ("articles", &[Part::Id, Part::Flag, Part::Id]),
    ("reads", &[Part::Id, Part::Id]),
    ("mutes", &[Part::Id, Part::Id]),
];

/// Runs every statement with a few ids, looks at the columns that it answers with and at whether
/// an index serves it. At least one finding for each of the four.
///
/// # Errors
/// [`FactsError`] when the database can't be asked at all; for "none" too.
pub async fn check(source: &FactsSource) -> Result<Vec<Finding>, FactsError> {
    match &source.backend {
        Backend::Sqlite(database) => {
            let mut findings = check_all(database).await?;
            findings.extend(database.is_intact().await?.map(snapshot_finding));
            Ok(findings)
        }
        Backend::MySql(database) => check_all(database).await,
        Backend::None => Err(FactsError {
            stage: FactsStage::Connect,
            reason: "the facts source is \"none\": nothing to check".to_owned(),
        }),
    }
}

/// Returns the finding about a snapshot's content.
fn snapshot_finding(intact: bool) -> Finding {
    let facts = "snapshot";
    if intact {
        let message = "complete, as its digest says".to_owned();
        return Finding { facts, level: Level::Ok, message, hint: None };
    }
    let message = "its facts are not those that its digest was made of".to_owned();
    let hint = "copy the file again, or take it again with `recoctl facts snapshot`".to_owned();
    Finding { facts, level: Level::Error, message, hint: Some(hint) }
}

async fn check_all<D: Database>(database: &D) -> Result<Vec<Finding>, FactsError> {
    let mut findings = Vec::new();
    let sql = database.sql();
    let templates = [&sql.users, &sql.articles, sql.reads.usual(), sql.mutes.usual()];
    for ((facts, shape), template) in SHAPES.into_iter().zip(templates) {
        findings.append(&mut check_one(database, facts, shape, template).await?);
    }
    Ok(findings)
}

async fn check_one<D: Database>(
    database: &D,
    facts: &'static str,
    shape: &[Part],
    template: &str,
) -> Result<Vec<Finding>, FactsError> {
    let Some(statement) = sample::<D>(template) else {
        let message = "the statement has no id placeholder".to_owned();
        let hint = Some("add its placeholders, such as {users}".to_owned());
        return Ok(vec![Finding { facts, level: Level::Error, message, hint }]);
    };
    let columns = match database.columns(facts, statement.clone()).await {
        Ok(columns) => columns,
        // These say something about this statement; the others, about the way to the database.
        Err(FactsError { stage: stage @ (FactsStage::Query | FactsStage::Auth), reason }) => {
            let hint = match stage {
                FactsStage::Auth => "grant SELECT on it to the user",
                _ => "correct its names in the configuration, or the schema",
            };
            return Ok(vec![Finding {
                facts,
                level: Level::Error,
                message: reason.trim_start_matches(&format!("{facts}: ")).to_owned(),
                hint: Some(hint.to_owned()),
            }]);
        }
        Err(error) => return Err(error),
    };
    let mut findings = shape_findings(facts, shape, &columns);
    for table in database.read_whole(facts, statement).await? {
        findings.push(Finding {
            facts,
            level: Level::Warning,
            message: format!("{table} is scanned in full: no index supports the lookup"),
            hint: Some("add an index on the columns compared with the ids".to_owned()),
        });
    }
    if findings.is_empty() {
        let columns: Vec<String> = columns.iter().map(ToString::to_string).collect();
        let message = columns.join(", ");
        findings.push(Finding { facts, level: Level::Ok, message, hint: None });
    }
    Ok(findings)
}

/// The statement as it would be asked for a few ids.
fn sample<D: Database>(template: &str) -> Option<String> {
    let ids = Literals::of(&[1_i64, 2, 3].map(Id::from), D::QUOTING);
    let names = ["{users}", "{articles}", "{authors}"];
    let bindings = names.map(|name| Binding { name, ids: &ids });
    let filled =
        statements(template, &bindings, Bounds { ids: 3, bytes: usize::MAX }).into_iter().next()?;
    (filled != template).then_some(filled)
}

fn shape_findings(facts: &'static str, shape: &[Part], columns: &[Column]) -> Vec<Finding> {
    let error = |message: String, hint: &str| Finding {
        facts,
        level: Level::Error,
        message,
        hint: Some(hint.to_owned()),
    };
    if columns.len() < shape.len() {
        let message =
            format!("the statement returns {} of {}", columns.len(), amount(shape.len(), "column"));
        return vec![error(message, "select the ids and conditions in the documented order")];
    }
    let wrong = shape.iter().zip(columns).filter_map(|(part, column)| match part {
        Part::Flag if !column.may_be_flag() => Some(error(
            format!("{column} is not a condition"),
            "use a comparison that yields 0 or 1, such as status = 'active'",
        )),
        Part::Id if !column.may_be_id() => Some(error(
            format!("{column} cannot hold ids exactly"),
            "use an integer or text column, or select it as text",
        )),
        _ => None,
    });
    wrong.collect()
}
