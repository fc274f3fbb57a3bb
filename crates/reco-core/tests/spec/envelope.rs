//! Envelopes: recognised, removed and reported, also if their content is bad.

use reco_core::decode::{DecodeError, Envelope, decode};
use serde_json::{Value, json};

const MESSAGE: &str = r#"{"data": [[1, [2, 3]]]}"#;

fn message() -> Value {
    serde_json::from_str(MESSAGE).unwrap()
}

fn sns(inner: &str) -> Value {
    json!({"Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": inner})
}

fn event_bridge(inner: &Value) -> Value {
    json!({"version": "0", "detail-type": "Recommendations", "source": "inference", "detail": inner})
}

fn destination(inner: &Value) -> Value {
    json!({"version": "1.0", "requestContext": {"condition": "RetriesExhausted"}, "requestPayload": inner})
}

fn sqs_event(bodies: &[&str]) -> Value {
    let records: Vec<Value> =
        bodies.iter().map(|body| json!({"messageId": "m", "body": body})).collect();
    json!({"Records": records})
}

fn told(value: &Value) -> String {
    match decode(&value.to_string()) {
        Ok(decoded) => {
            let bad: Vec<String> = decoded.bad.iter().map(ToString::to_string).collect();
            format!("{:?}, {} entries, bad: {bad:?}", decoded.envelopes, decoded.entries.len())
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn each_envelope_is_taken_off_and_named() {
    use Envelope::{EventBridge, LambdaDestination, Sns, SqsEvent};
    let nested =
        destination(&sqs_event(&[&sns(&event_bridge(&message()).to_string()).to_string()]));
    let cases = [
        (sns(MESSAGE), vec![Sns]),
        (event_bridge(&message()), vec![EventBridge]),
        (destination(&message()), vec![LambdaDestination]),
        (destination(&sqs_event(&[MESSAGE])), vec![LambdaDestination, SqsEvent]),
        (sqs_event(&[MESSAGE]), vec![SqsEvent]),
        (sns(&event_bridge(&message()).to_string()), vec![Sns, EventBridge]),
        (nested, vec![LambdaDestination, SqsEvent]),
    ];
    let plain = decode(MESSAGE).unwrap();
    for (value, envelopes) in cases {
        let decoded = decode(&value.to_string()).unwrap();
        assert_eq!(decoded.envelopes, envelopes, "{value}");
        assert_eq!(decoded.entries, plain.entries, "{value}");
    }
}

#[test]
fn records_are_numbered_through_and_bad_ones_hide_nothing() {
    let two = r#"{"data": [[1, [2]], [3, [4.5]]]}"#;
    let decoded = decode(&sqs_event(&[two, "{oops", two]).to_string()).unwrap();
    let good: Vec<usize> = decoded.entries.iter().map(|entry| entry.index).collect();
    let bad: Vec<(usize, &str)> =
        decoded.bad.iter().map(|bad| (bad.index, bad.text.as_str())).collect();
    assert_eq!(good, [0, 3]);
    assert_eq!(bad, [(1, "[3, [4.5]]"), (2, "{oops"), (4, "[3, [4.5]]")]);
    insta::assert_snapshot!(told(&sqs_event(&[two, "{oops", r#"{"order": 1}"#])));
}

#[test]
fn what_is_wrong_inside_names_the_envelope() {
    let foreign = json!({"order": 1});
    let told: Vec<String> = [
        sns("{\"data\": 5}"),
        sns("plain words"),
        sns(&foreign.to_string()),
        json!({"Message": {"data": []}, "Type": "Notification"}),
        json!({"Message": "confirm", "Type": "SubscriptionConfirmation"}),
        event_bridge(&foreign),
        event_bridge(&json!(null)),
        destination(&foreign),
        destination(&sqs_event(&[&foreign.to_string()])),
        destination(&sqs_event(&["[1, 2]"])),
        json!({"Records": []}),
        json!({"Records": 5}),
        json!({"Records": [{"s3": {"bucket": "b"}}]}),
        json!({"detail": {"data": []}}),
    ]
    .iter()
    .map(told)
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn envelopes_nested_beyond_reason_are_foreign() {
    let mut value = message();
    for _ in 0..6 {
        value = destination(&value);
    }
    assert!(matches!(decode(&value.to_string()), Err(DecodeError::Foreign { .. })));
}

/// Returns the reason why a body is foreign.
fn foreign_reason(body: &str) -> String {
    match decode(body) {
        Err(error @ DecodeError::Foreign { .. }) => error.to_string(),
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn a_pointer_of_the_extended_client_is_foreign_and_names_bucket_and_key() {
    let java = "software.amazon.payloadoffloading.PayloadS3Pointer";
    let legacy = "com.amazon.sqs.javamessaging.MessageS3Pointer";
    for body in [
        format!(r#"["{java}",{{"s3BucketName":"b-1","s3Key":"k/2"}}]"#),
        format!(r#"["{legacy}",{{"s3BucketName":"b-1","s3Key":"k/2"}}]"#),
        format!(r#"  [ "{java}" , {{ "s3Key":"k/2" , "s3BucketName":"b-1", "etag": [1] }} ] "#),
        format!(r#"["{legacy}",{{"S3BucketName":"b-1","S3Key":"k/2"}}]"#),
        format!(r#"["{java}",{{"s3_bucket_name":"b-1","s3_key":"k/2"}}]"#),
        r#"["com.example.MyS3Pointer",{"s3BucketName":"b-1","s3Key":"k/2"}]"#.to_owned(),
        r#"{"s3BucketName":"b-1","s3Key":"k/2"}"#.to_owned(),
        r#"{"S3BucketName":"b-1","S3Key":"k/2"}"#.to_owned(),
        sns(&format!(r#"["{java}",{{"s3BucketName":"b-1","s3Key":"k/2"}}]"#)).to_string(),
    ] {
        let reason = foreign_reason(&body);
        for word in ["S3", r#"bucket "b-1""#, r#"key "k/2""#] {
            assert!(reason.contains(word), "no {word} in {reason}");
        }
    }
    let reason = foreign_reason(&format!(r#"["{java}",{{"s3Key":5}}]"#));
    assert!(reason.contains("bucket not named"), "{reason}");
    assert!(foreign_reason(&format!(r#"["{java}", null]"#)).contains("S3"));
    let long = "x".repeat(5_000);
    let reason = foreign_reason(&format!(r#"["{java}",{{"s3BucketName":"{long}","s3Key":"k"}}]"#));
    assert!(reason.len() < 600, "{}", reason.len());
}

#[test]
fn what_only_looks_like_a_pointer_is_what_it_was() {
    assert!(decode(r#"["my-S3Pointer-user", [1, 2]]"#).is_ok());
    assert!(decode(r#"["S3Pointer", [1, 2]]"#).is_ok(), "a user may be called so");
    assert!(foreign_reason(r#"{"s3Key":"k"}"#).contains("an object with"));
    assert!(matches!(decode(r#"["u", {"s3BucketName":"b"}]"#), Err(DecodeError::Malformed { .. })));
    assert!(matches!(decode(r#"["S3Pointer""#), Err(DecodeError::Malformed { .. })));
}
