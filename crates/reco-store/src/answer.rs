//! Diagnoses that the error code of a response does not give: a wrong system clock, or a response
//! that is not from AWS.

use std::time::SystemTime;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// Smallest clock difference to report, in seconds. AWS accepts signatures within 5 minutes of its
/// own clock, S3 and some other services within 15.
const WORTH_A_WORD_S: i64 = 60;

/// Maximum characters shown of a response that is not from AWS.
const FIRST_WORDS: usize = 120;

/// Error codes that a wrong clock may cause.
const CLOCK_CODES: [&str; 9] = [
    "RequestTimeTooSkewed",
    "RequestExpired",
    "RequestInTheFuture",
    "InvalidSignatureException",
    "InvalidSignature",
    "SignatureDoesNotMatch",
    "AuthFailure",
    "IncompleteSignatureException",
    "ExpiredTokenException",
];

/// Returns the offset of the system clock for a call that was rejected because of it: "the system
/// clock is 14 min behind AWS's". `None` if the clock is right, or the call was rejected for
/// another reason.
#[must_use]
pub fn clock<E>(code: &str, message: &str, error: &SdkError<E, HttpResponse>) -> Option<String> {
    let short = code.rsplit(['#', '.']).next().unwrap_or(code);
    let about_time = ["Signature expired", "Signature not yet current", "too skewed"];
    if !CLOCK_CODES.contains(&short) && !about_time.iter().any(|words| message.contains(words)) {
        return None;
    }
    let date = error.raw_response().and_then(|raw| raw.headers().get("date"));
    let theirs = date.and_then(http_date).or_else(|| server_time(message))?;
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    skew(i64::try_from(since.as_secs()).ok()?, theirs)
}

/// Describes the difference between the system clock and AWS's, both in epoch seconds.
fn skew(ours: i64, theirs: i64) -> Option<String> {
    let (off, way) = (ours.abs_diff(theirs), if ours < theirs { "behind" } else { "ahead of" });
    if off < WORTH_A_WORD_S.unsigned_abs() {
        return None;
    }
    let words = match off {
        0..7_200 => format!("{} min", (off + 30) / 60),
        7_200..172_800 => format!("{} h", (off + 1_800) / 3_600),
        _ => format!("{} days", (off + 43_200) / 86_400),
    };
    Some(format!("the system clock is {words} {way} AWS's"))
}

/// Describes a response without an AWS error code, such as a proxy's page, a captive portal or
/// another server. `None` if there was no response, one with a code, or a truncated one, which says
/// nothing about its origin.
#[must_use]
pub fn not_aws<E>(error: &SdkError<E, HttpResponse>) -> Option<String>
where
    SdkError<E, HttpResponse>: ProvideErrorMetadata,
{
    let raw = error.raw_response().filter(|_| error.code().is_none())?;
    let kind = raw.headers().get("content-type");
    // The SDK drops a truncated body.
    let body = raw.body().bytes()?;
    Some(describe(raw.status().as_u16(), kind, body))
}

/// Describes a truncated response; `None` for any other failure.
#[must_use]
pub fn broken_off<E>(error: &SdkError<E, HttpResponse>) -> Option<&'static str> {
    let cut = matches!(error, SdkError::ResponseError(_) | SdkError::ServiceError(_))
        && error.raw_response().is_some_and(|raw| raw.body().bytes().is_none());
    cut.then_some("the connection was dropped in the middle of the answer")
}

fn describe(status: u16, content_type: Option<&str>, body: &[u8]) -> String {
    let kind = content_type.filter(|kind| !kind.trim().is_empty()).unwrap_or("none");
    let kind = reco_core::clip::clip(kind, FIRST_WORDS);
    // A body may be large; only its first bytes can be shown.
    let begin = String::from_utf8_lossy(&body[..body.len().min(FIRST_WORDS * 8)]);
    let words = begin.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = reco_core::clip::clip(&words, FIRST_WORDS);
    let more = if first.ends_with('…') || begin.len() == body.len() { "" } else { "…" };
    let said = if first.is_empty() {
        "no body".to_owned()
    } else {
        format!("{:?}", format!("{first}{more}"))
    };
    format!("the response is not from AWS: status {status}, content type {kind}, {said}")
}

/// Parses an HTTP `Date` header into epoch seconds, e.g. `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<i64> {
    use aws_smithy_types::date_time::{DateTime, Format};
    DateTime::from_str(text, Format::HttpDate).ok().map(|time| time.secs())
}

/// Returns the server's time from an AWS error message: `... (20260101T001900Z + 5 min.)`.
fn server_time(message: &str) -> Option<i64> {
    use aws_smithy_types::date_time::{DateTime, Format};
    let text = message.split('(').nth(1)?.split([' ', ')']).next()?;
    let digits = |range: std::ops::Range<usize>| text.get(range);
    let iso = format!(
        "{}-{}-{}T{}:{}:{}Z",
        digits(0..4)?,
        digits(4..6)?,
        digits(6..8)?,
        digits(9..11)?,
        digits(11..13)?,
        digits(13..15)?
    );
    DateTime::from_str(&iso, Format::DateTime).ok().map(|time| time.secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_told_in_the_unit_that_fits() {
        let told = |ours| skew(ours, 1_000_000).unwrap_or_default();
        assert_eq!(told(1_000_000 - 840), "the system clock is 14 min behind AWS's");
        assert_eq!(told(1_000_000 + 840), "the system clock is 14 min ahead of AWS's");
        assert_eq!(told(1_000_000 - 10_900), "the system clock is 3 h behind AWS's");
        assert_eq!(told(1_000_000 + 400_000), "the system clock is 5 days ahead of AWS's");
        assert_eq!(told(1_000_059), "");
    }

    #[test]
    fn times_are_read_off_headers_and_messages() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(http_date("yesterday"), None);
        let message = "Signature expired: 19941106T083000Z is now earlier than 19941106T084437Z \
                       (19941106T084937Z - 5 min.)";
        assert_eq!(server_time(message), Some(784_111_777));
        for none in ["", "Signature expired", "(", "(é)", "(1994)", "(19941306T084937Z)"] {
            assert_eq!(server_time(none), None, "{none}");
        }
    }

    #[test]
    fn an_answer_is_told_by_status_type_and_first_words() {
        let html = "<!DOCTYPE html>\n<html><head><title>Log in</title></head></html>";
        let told = describe(302, Some("text/html; charset=utf-8"), html.as_bytes());
        for word in ["302", "text/html", "<!DOCTYPE html> <html><head><title>Log in"] {
            assert!(told.contains(word), "no {word} in {told}");
        }
        let json = describe(401, Some("application/json"), br#"{"error":"unauthorized"}"#);
        assert!(json.contains("401") && json.contains("unauthorized"), "{json}");
        assert!(describe(502, None, b"Bad Gateway").contains("content type none, \"Bad Gateway\""));
        assert!(describe(503, Some(""), b" \n").contains("content type none, no body"));
        for long in [b"x ".repeat(500_000), "é".repeat(500_000).into_bytes(), vec![0xff; 500_000]]
        {
            let told = describe(500, Some("text/plain"), &long);
            assert!(told.chars().count() < 250 && told.contains('…'), "{}", told.len());
        }
        assert!(describe(500, Some("text/plain"), b"\x1b[2J").contains("\\u{1b}[2J"), "harmless");
    }
}
