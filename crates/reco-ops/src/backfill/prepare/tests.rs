use reco_core::item::{Action, KeyType};

use super::*;
use crate::backfill::lines::{InputLine, LineContent, LineStart};

async fn prepared(lines: &[&[u8]]) -> Vec<String> {
    let preparer = Preparer {
        facts: FactsSource::NONE,
        policy: Policy::default(),
        schema: Schema::with_key_type(KeyType::N),
        layout: None,
        times: Times::default(),
        route: EntryRoute::Table,
        shard: None,
        mapping: None,
    };
    let at = |line: usize| LineStart { line: line as u64 + 1, ..LineStart::start(0) };
    let lines = lines.iter().enumerate().map(|(number, text)| InputLine {
        at: at(number),
        content: LineContent::Text(Arc::from(*text)),
    });
    let lines: Vec<InputLine> = lines.collect();
    let chunk = Chunk { end: at(lines.len()), lines, read: 0, failure: None };
    let prepared = Arc::new(preparer).prepare(chunk).await.expect("no facts are needed");
    prepared.lines.iter().map(|line| shown(&line.found)).collect()
}

fn shown(found: &Found) -> String {
    let entry = |entry: &PreparedEntry| match &entry.fate {
        PlannedFate::Write(item) => {
            let what = if item.action == Action::Put { "write" } else { "delete" };
            format!("{} {what} {}", entry.index, item.recommendation.user)
        }
        PlannedFate::Skip(reason) => format!("{} skip {}", entry.index, reason.name()),
        PlannedFate::Reject(fault) => format!("{} reject {}", entry.index, fault.reason.name()),
        PlannedFate::OtherShard => format!("{} other", entry.index),
    };
    match found {
        Found::Blank(_) => "blank".to_owned(),
        Found::Bad(fault) => fault.reason.name().to_owned(),
        Found::OtherShard => "other".to_owned(),
        Found::Entries(entries) => entries.iter().map(entry).collect::<Vec<_>>().join(", "),
    }
}

#[tokio::test]
async fn every_shape_and_every_fault_finds_its_place() {
    let found = prepared(&[
        b"[1,[2,3]]",
        br#"{"user_id":2,"recommended_note_ids":[4]}"#,
        br#"{"data":[[3,[4]],[4,"x"],[5,[]],["a",[6]]]}"#,
        b"[1,[2",
        br#"{"order":1}"#,
        b"[1,[\xff]]",
        br#" {"user_id": 6, "delete": true}"#,
        br#"{"user_id":7,"delete":false}"#,
        br#"{"user_id":7,"delete":true,"recommended_note_ids":[1]}"#,
        br#"{"user_id":8,"recommended_note_ids":["delete"]}"#,
        br#"{"user_id":"x","delete":true}"#,
        br#"{"data":[[9,[1]]],"delete":true}"#,
        br#"{"user_id":9,"delete":true,"delete":true}"#,
        br#"{"user_id":9,"recommended_note_ids":[1],"del\u0065te":true}"#,
    ])
    .await;
    assert_eq!(
        found,
        [
            "0 write 1",
            "0 write 2",
            "0 write 3, 1 reject bad-entry, 2 skip too-few, 3 reject wrong-type",
            "malformed",
            "foreign",
            "not-utf8",
            "0 delete 6",
            "malformed",
            "malformed",
            "0 reject wrong-type",
            "0 reject wrong-type",
            "malformed",
            "malformed",
            "malformed",
        ]
    );
}

#[test]
fn an_entrys_text_can_be_read_again() {
    let line = r#"{"data": [[1,[2]], ["b", [3,"4"]]]}"#;
    assert_eq!(entry_text(line, 1).as_deref(), Some(r#"["b",[3,"4"]]"#));
    assert_eq!(entry_text(" [1, [2]]", 0).as_deref(), Some(" [1, [2]]"));
    let timed = r#"{"data": [[1,[2]],[2,[3]]], "generated_at": 5}"#;
    let text = entry_text(timed, 0).expect("is there");
    let again = decode(&text).expect("decodes");
    assert_eq!(again.entries[0].recommendation.generated_at, Some(5.into()));
}
