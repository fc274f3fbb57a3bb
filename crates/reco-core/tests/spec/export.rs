//! Exports read back exactly, and incomplete ones are reported.

use proptest::prelude::*;
use reco_core::export::{
    ExportEnd, ExportError, ExportHeader, ExportReader, VERSION, end_line, header_line, is_header,
    message_line,
};
use reco_core::message::Message;

use crate::journal::random::any_attributes;

fn header() -> ExportHeader {
    ExportHeader {
        version: VERSION,
        export_id: "0123456789abcdef".to_owned(),
        queue: "arn:aws:sqs:us-east-1:000000000000:dlq".to_owned(),
        deletes: true,
        exported_at: "2026-01-02T03:04:05Z".to_owned(),
        recoctl: "0.1.0".to_owned(),
    }
}

fn message(id: &str, body: &str) -> Message {
    Message { id: id.to_owned(), body: body.to_owned(), ..Message::default() }
}

/// Returns a complete export of these messages.
fn file(messages: &[Message]) -> Vec<u8> {
    let mut bytes = header_line(&header()).unwrap();
    for message in messages {
        bytes.extend(message_line(message).unwrap());
    }
    bytes.extend(end_line(messages.len() as u64).unwrap());
    bytes
}

fn read(bytes: &[u8]) -> Result<(Vec<Message>, ExportEnd), ExportError> {
    let mut reader = ExportReader::default();
    let mut messages = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        messages.extend(reader.line(line)?);
    }
    let (read, ending) = reader.finish()?;
    assert_eq!(read, header());
    Ok((messages, ending))
}

#[test]
fn a_line_names_the_source_and_reads_back_by_the_system_attribute_alone() {
    let arn = "arn:aws:sqs:us-east-1:000000000000:recs";
    let mut from_recs = message("1", "b");
    from_recs.system.insert("DeadLetterQueueSourceArn".to_owned(), arn.to_owned());
    assert_eq!(from_recs.source_arn(), Some(arn));
    let line = String::from_utf8(message_line(&from_recs).unwrap()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(value["message"]["source"], arn);
    assert_eq!(value["message"]["system"]["DeadLetterQueueSourceArn"], arn);
    let edited = line.replacen(&format!("\"source\":\"{arn}\""), "\"source\":5", 1);
    assert_ne!(edited, line);
    let whole = [header_line(&header()).unwrap(), edited.into_bytes()].concat();
    assert_eq!(read(&whole).unwrap().0, [from_recs]);
    let direct = message("2", "b");
    assert_eq!(direct.source_arn(), None);
    assert!(!String::from_utf8(message_line(&direct).unwrap()).unwrap().contains("source"));
}

fn any_message() -> impl Strategy<Value = Message> {
    let system = prop::collection::btree_map(any::<String>(), any::<String>(), 0..4);
    (any::<String>(), any::<String>(), any_attributes(), system).prop_map(
        |(id, body, attributes, system)| Message { attributes, system, ..message(&id, &body) },
    )
}

proptest! {
    #[test]
    fn messages_read_back_as_they_were(messages in prop::collection::vec(any_message(), 0..5)) {
        let (read, ending) = read(&file(&messages)).unwrap();
        prop_assert_eq!(&read, &messages);
        let messages = messages.len() as u64;
        prop_assert_eq!(ending, ExportEnd { messages, complete: true, torn_line: None });
    }

    /// A file truncated anywhere after its header yields the messages with complete lines, and does
    /// not count as complete.
    #[test]
    fn a_file_that_was_cut_off_has_what_was_written(
        messages in prop::collection::vec(any_message(), 1..5),
        cut in any::<prop::sample::Index>(),
    ) {
        let whole = file(&messages);
        let first = header_line(&header()).unwrap().len();
        let cut = first + cut.index(whole.len() - first);
        let (read, ending) = read(&whole[..cut]).unwrap();
        prop_assert!(messages.starts_with(&read));
        // Only the newline of the last line may be missing from a complete file.
        prop_assert_eq!(ending.complete, cut + 1 == whole.len());
        let lines = whole[..cut].iter().filter(|byte| **byte == b'\n').count() as u64 - 1;
        prop_assert!(ending.messages == lines || ending.messages == lines + 1);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(lines in prop::collection::vec(any::<Vec<u8>>(), 0..4)) {
        let mut reader = ExportReader::default();
        for line in lines {
            let _ = reader.line(&line);
        }
        let _ = reader.finish();
    }
}

#[test]
fn the_first_line_tells_an_export_from_a_journal() {
    assert!(is_header(&header_line(&header()).unwrap()));
    assert!(!is_header(&message_line(&message("m", "b")).unwrap()));
    assert!(!is_header(br#"{"header":{"version":1}}"#));
}

#[test]
fn a_line_that_is_broken_is_named() {
    let mut bytes = header_line(&header()).unwrap();
    bytes.extend(message_line(&message("a", "x")).unwrap());
    bytes.extend(b"{\"message\":\n");
    bytes.extend(end_line(1).unwrap());
    let error = read(&bytes).unwrap_err();
    assert!(matches!(error, ExportError::Broken { line: 3, .. }), "{error}");
    assert!(error.to_string().starts_with("line 3 is broken: EOF"), "{error}");
}

#[test]
fn a_message_that_was_changed_is_named_unless_its_digest_is_removed() {
    let text = String::from_utf8(file(&[message("a", "precious")])).unwrap();
    let changed = text.replace("precious", "spoilt");
    let error = read(changed.as_bytes()).unwrap_err();
    let expected = matches!(&error, ExportError::Changed { line: 2, message_id, part: "body", .. } if message_id == "a");
    assert!(expected, "{error}");
    let mut lines: Vec<serde_json::Value> =
        changed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines[1]["message"].as_object_mut().unwrap().remove("md5_of_body");
    let edited: String = lines.iter().map(|line| format!("{line}\n")).collect();
    assert_eq!(read(edited.as_bytes()).unwrap().0, [message("a", "spoilt")]);
}

#[test]
fn what_is_no_export_or_more_than_one_is_refused() {
    let whole = file(&[message("a", "x"), message("b", "y")]);
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let of = |which: &[usize]| {
        let bytes: Vec<u8> = which.iter().flat_map(|at| lines[*at]).copied().collect();
        read(&bytes).unwrap_err()
    };
    assert_eq!(of(&[]), ExportError::NoHeader { line: 1 });
    assert_eq!(of(&[1]), ExportError::NoHeader { line: 1 });
    assert_eq!(of(&[0, 1, 2, 3, 0]), ExportError::Joined { line: 5 });
    assert_eq!(of(&[0, 1, 2, 3, 1]), ExportError::AfterEnd { line: 5 });
    assert_eq!(of(&[0, 1, 3]), ExportError::Count { line: 3, said: 2, found: 1 });
    assert_eq!(read(b"[1,[2]]\n").unwrap_err(), ExportError::NoHeader { line: 1 });
    let newer = header_line(&ExportHeader { version: VERSION + 1, ..header() }).unwrap();
    let expected = ExportError::Version { found: VERSION + 1, recoctl: "0.1.0".to_owned() };
    assert_eq!(read(&newer).unwrap_err(), expected);
}
