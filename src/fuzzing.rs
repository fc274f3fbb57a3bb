//! Fuzz targets by name: everything that parses untrusted bytes. Not a public interface.

use std::path::Path;

use reco_core::journal::{Replay, Restore};
use reco_core::{decode, export, policy};
use reco_store::facts::{FactsTables, stays_here, without_password};

use crate::config::ConfigFile;
use crate::flags::seconds;
use crate::ui;
use reco_ops::backfill::checkpoint;
use reco_ops::dlq::saved_plan::SavedPlan;
use reco_ops::jq;

/// Parser of untrusted bytes, which may reject them but must not fail otherwise.
pub type Target = fn(&[u8]);

/// Fuzz targets by name; the seeds of each are in `fuzz/corpus/NAME`.
pub const TARGETS: [(&str, Target); 11] = [
    ("decode", decode),
    ("envelope", envelope),
    ("journal", journal),
    ("export", exported),
    ("checkpoint", checkpoint),
    ("policy", policy),
    ("config", config),
    ("times", times),
    ("plan", plan),
    ("jq", expression),
    ("shown", shown),
];

fn text(bytes: &[u8], read: impl FnOnce(&str)) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        read(text);
    }
}

fn decode(bytes: &[u8]) {
    let _ = decode::decode_bytes(bytes);
    text(bytes, |text| {
        let _ = decode::deletion(text);
    });
}

fn envelope(bytes: &[u8]) {
    text(bytes, |text| {
        let _ = decode::strip(text);
    });
}

fn journal(bytes: &[u8]) {
    let (mut replay, mut restore) = (Replay::new(), Restore::new());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if replay.line(line).is_err() {
            break;
        }
    }
    let state = replay.finish();
    let _ = (state.counts(), state.resume(1_800_000_000_000), state.anomalies());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if restore.line(line).is_err() {
            break;
        }
    }
    let _ = restore.finish();
}

fn exported(bytes: &[u8]) {
    let mut reader = export::ExportReader::default();
    for line in bytes.split(|byte| *byte == b'\n') {
        let _ = export::is_header(line);
        if reader.line(line).is_err() {
            break;
        }
    }
    let _ = reader.finish();
}

fn checkpoint(bytes: &[u8]) {
    let _ = checkpoint::parse(Path::new("checkpoint"), bytes);
}

fn policy(bytes: &[u8]) {
    text(bytes, |text| {
        let _ = policy::Policy::from_toml(text).map_err(|error| error.to_string());
        let _ = FactsTables::from_toml(text).map_err(|error| error.to_string());
    });
}

fn config(bytes: &[u8]) {
    text(bytes, |text| {
        let _ = ConfigFile::check(text);
        let _ = (stays_here(text), without_password(text));
    });
}

fn times(bytes: &[u8]) {
    text(bytes, |text| {
        let _ = seconds(text);
        let _ = decode::decode(&format!(r#"{{"generated_at":{text},"data":[[1,[2]]]}}"#));
        let quoted = serde_json::json!({ "generated_at": text, "data": [[1, [2]]] });
        let _ = decode::decode(&quoted.to_string());
    });
}

fn plan(bytes: &[u8]) {
    text(bytes, |text| {
        let _ = SavedPlan::parse("plan", text);
    });
}

/// Takes the expression up to the first line break, and the document after it.
fn expression(bytes: &[u8]) {
    let at = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (expression, document) = bytes.split_at(at);
    text(expression, |expression| jq::check_program(expression, document));
}

fn shown(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = (ui::escape_line(&text), ui::escape_text(&text), ui::pretty_json(&text));
}
