//! Reports: one value, rendered as text or JSON.

use std::io::Write;

use clap::ValueEnum;
use reco_core::outcome::Outcome;
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, PrettyFormatter, Serializer};

use super::escape::Escaping;
use super::{Palette, SCHEMA_VERSION};
use reco_ops::error::{Error, Kind, Result};

/// Output format of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum OutputFormat {
    /// Human-readable tables and text
    #[default]
    Table,
    /// A single JSON document
    Json,
    /// JSON Lines: one document per message or row
    Jsonl,
}

/// Layout options for text.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// Width of the terminal in columns; `None` if stdout is not a terminal.
    pub width: Option<usize>,
    /// Colors of the text.
    pub palette: Palette,
}

/// Report of a command.
///
/// As JSON it is serialized after `kind` and `schema_version`; as text it is rendered by
/// [`Report::render`]. Both must have the same information.
pub trait Report: Serialize {
    /// Kind of report, e.g. `dlq.peek`.
    const KIND: &'static str;
    /// Field whose elements `--output jsonl` writes one per line; the rest follows as the last
    /// line.
    const ROWS: Option<&'static str> = None;

    /// Returns the outcome of the run, which determines the exit code.
    fn outcome(&self) -> Outcome;

    /// Renders the report as text.
    fn render(&self, view: &View) -> String;
}

fn value<R: Report>(report: &R) -> Result<Value> {
    let body = serde_json::to_value(report).map_err(|error| unwritable(&error))?;
    let mut whole = header(R::KIND);
    if let (Value::Object(whole), Value::Object(body)) = (&mut whole, body) {
        whole.extend(body);
    }
    Ok(whole)
}

fn header(kind: &str) -> Value {
    serde_json::json!({ "kind": kind, "schema_version": SCHEMA_VERSION })
}

/// Whole document, serialized without an in-memory tree: reports list every message.
#[derive(Serialize)]
struct ReportDocument<'a, R> {
    kind: &'static str,
    schema_version: u32,
    #[serde(flatten)]
    report: &'a R,
}

/// Writes the report as one indented document. The inner result is that of writing to `out`.
///
/// # Errors
/// Fails if the report cannot be serialized.
pub(super) fn json<R: Report>(out: &mut impl Write, report: &R) -> Result<std::io::Result<()>> {
    let document = ReportDocument { kind: R::KIND, schema_version: SCHEMA_VERSION, report };
    let formatter = Escaping(PrettyFormatter::new());
    let mut serializer = Serializer::with_formatter(&mut *out, formatter);
    match document.serialize(&mut serializer) {
        Ok(()) => Ok(out.write_all(b"\n")),
        Err(error) if error.is_io() => Ok(Err(error.into())),
        Err(error) => Err(unwritable(&error)),
    }
}

fn unwritable(error: &serde_json::Error) -> Error {
    Error::new(Kind::Internal, "cannot write the report").because(error)
}

/// Returns the report as JSON Lines: its rows (of kind `KIND.row`), then the rest.
pub(super) fn jsonl<R: Report>(report: &R) -> Result<String> {
    let mut whole = value(report)?;
    let mut lines = Vec::new();
    let rows = R::ROWS.and_then(|name| whole.as_object_mut()?.remove(name));
    if let Some(Value::Array(rows)) = rows {
        for row in rows {
            let mut line = header(&format!("{}.row", R::KIND));
            if let (Value::Object(line), Value::Object(row)) = (&mut line, row) {
                line.extend(row);
            }
            push_line(&mut lines, &line)?;
        }
    }
    push_line(&mut lines, &whole)?;
    String::from_utf8(lines)
        .map_err(|error| Error::new(Kind::Internal, "cannot write the report").because(&error))
}

fn push_line(lines: &mut Vec<u8>, value: &Value) -> Result<()> {
    let mut serializer = Serializer::with_formatter(&mut *lines, Escaping(CompactFormatter));
    value.serialize(&mut serializer).map_err(|error| unwritable(&error))?;
    lines.push(b'\n');
    Ok(())
}
