use proptest::prelude::*;

use super::*;

fn number(text: &str) -> Result<String, String> {
    Time::from_number(text).map(|time| time.to_string()).map_err(|error| error.to_string())
}

fn stored(kind: KeyType, text: &str) -> Result<String, String> {
    stored_in(TimeForm::Seconds, kind, text)
}

fn stored_in(form: TimeForm, kind: KeyType, text: &str) -> Result<String, String> {
    let read = Time::from_stored(form, kind, text);
    read.map(|time| time.to_string()).map_err(|error| error.to_string())
}

#[test]
fn seconds_with_their_fraction() {
    let cases = [
        ("1768446000", "1768446000"),
        ("1768446000.0", "1768446000"),
        ("1768446000.123456", "1768446000.123456"),
        ("1768446000.000000001", "1768446000.000000001"),
        ("1768446000.1000000000000", "1768446000.1"),
        ("1.768446e9", "1768446000"),
        ("17684460005E-1", "1768446000.5"),
        ("0", "0"),
        ("-0", "0"),
        ("-1.5", "-1.5"),
        ("7", "7"),
        ("999999", "999999"),
        ("100000000000", "100000000000"),
    ];
    for (text, expected) in cases {
        assert_eq!(number(text), Ok(expected.to_owned()), "{text}");
    }
}

#[test]
fn other_forms_are_refused_with_a_sentence() {
    let cases = [
        ("1768446000000", "milliseconds"),
        ("1768446000000.5", "milliseconds"),
        ("1.768446e12", "milliseconds"),
        ("1768446000000000", "microseconds"),
        ("1768446000000000000", "nanoseconds"),
        ("20260115", "digits of a date"),
        ("20260115.0", "digits of a date"),
        ("202601150300", "digits of a date"),
        ("20260115030000", "digits of a date"),
        ("20260115030000123", "digits of a date"),
        ("-1768446000000", "milliseconds"),
        ("29474100", "early 1970s"),
        ("20269915", "early 1970s"),
        ("1768446000.1234567891", "decimal places"),
        ("", "neither"),
        ("1e999", "neither"),
        (".5", "neither"),
        ("1768446000.", "neither"),
        ("yesterday", "neither"),
    ];
    for (text, reason) in cases {
        let refused = number(text).expect_err(text);
        assert!(refused.contains(reason), "{text}: {refused}");
    }
}

#[test]
fn iso_8601_keeps_its_fraction_and_needs_a_zone() {
    let read = |text| Time::from_iso(text).map(|time| time.to_string());
    assert_eq!(read("2026-01-15T03:00:00Z").as_deref(), Ok("1768446000"));
    assert_eq!(read("2026-01-15T03:00:00.900Z").as_deref(), Ok("1768446000.9"));
    assert_eq!(read("2026-01-15T12:00:00.5+09:00").as_deref(), Ok("1768446000.5"));
    assert_eq!(read("1969-12-31T23:59:58.5Z").as_deref(), Ok("-1.5"));
    assert_eq!(read("2026-01-15T03:00:00"), Err(TimeError::NoZone));
    assert_eq!(read("2026-01-15"), Err(TimeError::NoZone));
    assert_eq!(read("9999-12-30T00:00:00Z"), Err(TimeError::TooLate));
    assert_eq!(read("yesterday"), Err(TimeError::NotATime));
    let [later, earlier] = ["900", "100"].map(|ms| format!("2026-01-15T03:00:00.{ms}Z"));
    assert!(Time::from_iso(&later).expect("a time") > Time::from_iso(&earlier).expect("a time"));
}

#[test]
fn what_a_table_holds_is_read_as_what_it_is() {
    for text in ["1768446000.5", "1768446000500", "1768446000500000", "1768446000500000000"] {
        assert_eq!(stored(KeyType::N, text).as_deref(), Ok("1768446000.5"), "{text}");
        assert_eq!(stored(KeyType::S, text).as_deref(), Ok("1768446000.5"), "{text}");
    }
    assert_eq!(stored(KeyType::S, "2026-01-15T03:00:00Z").as_deref(), Ok("1768446000"));
    let finer = "1768446000.00000000012345";
    assert_eq!(stored(KeyType::N, finer).as_deref(), Ok("1768446000"));
    for text in ["20260115", "20260115030000", "29474100"] {
        assert!(stored(KeyType::N, text).is_err(), "{text}");
    }
    assert!(stored(KeyType::S, "2026-01-15T03:00:00").expect_err("no zone").contains("zone"));
    assert!(stored(KeyType::S, "soon").expect_err("no time").contains("neither"));
}

#[test]
fn a_time_is_written_in_the_tables_form() {
    let time = Time::from_iso("2026-01-15T03:00:00.900Z").expect("a time");
    assert_eq!(TimeForm::Seconds.text(time), "1768446000.9");
    assert_eq!(TimeForm::Milliseconds.text(time), "1768446000900");
    assert_eq!(TimeForm::Iso8601.text(time), "2026-01-15T03:00:00.9Z");
    assert_eq!(time.millis(), 1_768_446_000_900);
    assert_eq!(Time::from_millis(1_768_446_000_900), time);
    assert_eq!(serde_json::to_string(&time).expect("JSON"), "1768446000.9");
}

/// Every day from 2030 to 2101, each at another time, and all whose digits are a date and an hour.
#[test]
fn no_second_to_come_is_taken_for_a_date() {
    let from = Time::from_iso("2030-01-01T00:00:00Z").expect("a time").seconds();
    let to = Time::from_iso("2101-01-01T00:00:00Z").expect("a time").seconds();
    let days = (from..to).step_by(24 * 3600 + 3601);
    let months = (2000..2100).flat_map(|year| (1..=12).map(move |month| year * 100 + month));
    let dates = months.flat_map(|month| (1..=31).map(move |day| month * 100 + day));
    for seconds in days.chain(dates.map(|date| date * 100 + date % 24)) {
        assert_eq!(number(&seconds.to_string()), Ok(seconds.to_string()));
        let millis = TimeForm::Milliseconds.text(Time::from_seconds(seconds));
        let read = stored_in(TimeForm::Milliseconds, KeyType::N, &millis);
        assert_eq!(read, Ok(seconds.to_string()), "{millis}");
        assert_eq!(stored(KeyType::N, &millis), Ok(seconds.to_string()), "{millis}");
    }
}

#[test]
fn a_table_of_milliseconds_reads_its_own_and_others() {
    let read = |text| stored_in(TimeForm::Milliseconds, KeyType::N, text);
    let own = [
        ("1768446000500", "1768446000.5"),
        ("0", "0"),
        ("5000", "5"),
        ("-5000", "-5"),
        ("999999000", "999999"),
        ("100000000000", "100000000"),
        ("100000000000000", "100000000000"),
        ("100000000000500", "100000000000.5"),
    ];
    let others = [
        ("1768446000", "1768446000"),
        ("1768446000.25", "1768446000.25"),
        ("1768446000500000", "1768446000.5"),
        ("1768446000500000000", "1768446000.5"),
        ("7", "7"),
    ];
    for (text, expected) in own.into_iter().chain(others) {
        assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
    }
    for text in ["20260115", "29474100", "20260115030000", "202601150300"] {
        assert!(read(text).is_err(), "{text}");
    }
}

fn any_time() -> impl Strategy<Value = Time> {
    // From 2001 to past 2100, and small numbers as used for versions.
    let seconds = prop_oneof![
        1_000_000_000_i64..4_500_000_000,
        2_000_000_000_i64..2_100_000_000,
        0_i64..1_000_000,
    ];
    (seconds, prop_oneof![Just(0), 0_u32..1_000_000_000])
        .prop_map(|(seconds, nanos)| Time { seconds, nanos })
}

proptest! {
    #[test]
    fn a_time_reads_back_from_every_form(time in any_time()) {
        prop_assert_eq!(Time::from_number(&time.to_string()), Ok(time));
        prop_assert_eq!(Time::from_iso(&time.iso()), Ok(time));
        for form in [TimeForm::Seconds, TimeForm::Milliseconds, TimeForm::Iso8601] {
            // Versions are whole numbers; a fraction of one is ambiguous.
            let time = if time.seconds < 1_000_000 { Time { nanos: 0, ..time } } else { time };
            prop_assert_eq!(Time::from_stored(form, form.kind(), &form.text(time)), Ok(time));
        }
    }

    #[test]
    fn ten_digits_are_seconds_up_to_the_end_of_the_century_and_on(
        seconds in 1_000_000_000_i64..=9_999_999_999,
    ) {
        let time = Ok(Time::from_seconds(seconds));
        let text = seconds.to_string();
        prop_assert_eq!(&Time::from_number(&text), &time);
        for form in [TimeForm::Seconds, TimeForm::Milliseconds] {
            prop_assert_eq!(&Time::from_stored(form, KeyType::N, &text), &time);
        }
    }

    #[test]
    fn nothing_panics(text in "[-0-9.eE+TZ:]{0,30}") {
        let _ = Time::from_text(&text);
        let _ = Time::from_stored(TimeForm::Milliseconds, KeyType::S, &text);
    }
}
