//! Account, region and route of calls, through the real binary against a server that records its
//! requests.

#[path = "account/answers.rs"]
mod answers;
mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reco_sandbox::SandboxOptions;
use serde_json::Value;
use support::{Harness, Ran};

/// SQS's answer for a queue that does not exist.
const NO_SUCH_QUEUE: (&str, &str, &str) = (
    "400 Bad Request",
    "content-type: application/x-amz-json-1.0\r\n",
    r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no such queue"}"#,
);

/// A server that gives every call the same answer and records the heads of requests.
struct Recorder {
    endpoint: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Recorder {
    fn start() -> Self {
        let (status, headers, body) = NO_SUCH_QUEUE;
        Recorder::answering(status, headers, body)
    }

    /// Starts a server that answers with this status, these extra headers and this body.
    fn answering(status: &str, headers: &str, body: &str) -> Self {
        let whole = format!(
            "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &seen, &whole);
            }
        });
        Recorder { endpoint, heads }
    }

    fn count(&self) -> usize {
        self.heads.lock().expect("unpoisoned").len()
    }

    /// Returns the access key id and the region that the last call was signed with.
    fn signed(&self) -> (String, String) {
        let heads = self.heads.lock().expect("unpoisoned");
        let head = heads.last().expect("a call came");
        let scope = head.split("Credential=").nth(1).expect("it is signed");
        let parts: Vec<&str> = scope.split(['/', ',']).collect();
        (parts[0].to_owned(), parts[2].to_owned())
    }
}

/// Reads one request, records its head, and answers.
fn answer(mut stream: TcpStream, seen: &Mutex<Vec<String>>, whole: &str) -> Option<()> {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.to_lowercase().split("content-length: ").nth(1).map(|rest| {
        rest.split("\r\n").next().and_then(|text| text.parse::<usize>().ok()).unwrap_or(0)
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    seen.lock().expect("unpoisoned").push(head);
    stream.write_all(whole.as_bytes()).ok()
}

const PROFILES: &str = "\
[default]
region = us-west-1

[profile prod]
region = eu-west-1
aws_access_key_id = AKIAPROD
aws_secret_access_key = prod

[profile regionless]
aws_access_key_id = AKIAREGIONLESS
aws_secret_access_key = x

[profile bare]
region = eu-north-1
";

/// Returns a harness without any AWS variable, with the profiles above.
fn bare() -> Harness {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    for (name, _) in harness.env().to_vec() {
        harness.unset(&name);
    }
    std::fs::create_dir(harness.home.path().join(".aws")).expect("made");
    harness.write(".aws/config", PROFILES);
    harness.set("AWS_EC2_METADATA_DISABLED", "true");
    harness
}

fn with_staging_keys() -> Harness {
    let mut harness = bare();
    harness.set("AWS_ACCESS_KEY_ID", "AKIASTAGING");
    harness.set("AWS_SECRET_ACCESS_KEY", "staging");
    harness.set("AWS_SESSION_TOKEN", "staging");
    harness.set("AWS_REGION", "us-east-2");
    harness
}

/// Runs a peek against a recorder; also returns key and region of the signature, if it called.
fn peek(harness: &Harness, args: &[&str]) -> (Ran, Option<(String, String)>) {
    let recorder = Recorder::start();
    let peek = ["dlq", "peek", "--endpoint-url", &recorder.endpoint];
    let ran = harness.run(peek.iter().chain(args));
    (ran, (recorder.count() > 0).then(|| recorder.signed()))
}

/// Runs a peek that is not set up, and so calls nothing.
fn refused(harness: &Harness, args: &[&str]) -> Ran {
    let (ran, signed) = peek(harness, args);
    assert_eq!(signed, None, "{ran:#?}");
    ran.ended(3)
}

fn by(key: &str, region: &str) -> Option<(String, String)> {
    Some((key.to_owned(), region.to_owned()))
}

#[test]
fn an_explicit_profile_beats_the_keys_and_the_region_of_the_environment() {
    let mut harness = with_staging_keys();
    let queue = ["--queue", "recs"];
    assert_eq!(peek(&harness, &queue).1, by("AKIASTAGING", "us-east-2"));
    let flag = ["--queue", "recs", "--profile", "prod"];
    assert_eq!(peek(&harness, &flag).1, by("AKIAPROD", "eu-west-1"));
    let flags = ["--queue", "recs", "--profile", "prod", "--region", "eu-central-1"];
    assert_eq!(peek(&harness, &flags).1, by("AKIAPROD", "eu-central-1"), "a flag beats a profile");
    let regionless = ["--queue", "recs", "--profile", "regionless"];
    assert_eq!(peek(&harness, &regionless).1, by("AKIAREGIONLESS", "us-east-2"));
    harness.set("RECOCTL_PROFILE", "prod");
    assert_eq!(peek(&harness, &queue).1, by("AKIAPROD", "eu-west-1"));
    harness.set("RECOCTL_PROFILE", "");
    harness.write("recoctl.toml", "profile = \"prod\"\n");
    let file = ["--queue", "recs", "--config", "recoctl.toml"];
    assert_eq!(peek(&harness, &file).1, by("AKIAPROD", "eu-west-1"));
    // As in the AWS CLI, AWS_PROFILE alone does not take precedence over keys.
    harness.write("recoctl.toml", "");
    harness.set("AWS_PROFILE", "prod");
    assert_eq!(peek(&harness, &queue).1, by("AKIASTAGING", "us-east-2"));
}

#[test]
fn an_explicit_profile_without_credentials_never_falls_back_to_the_environments_keys() {
    let harness = with_staging_keys();
    refused(&harness, &["--queue", "recs", "--profile", "bare"]);
}

#[test]
fn an_unknown_profile_is_named_and_nothing_is_called() {
    let mut harness = with_staging_keys();
    let unknown = refused(&harness, &["--queue", "recs", "--profile", "nope"]);
    unknown.says_all(["\"nope\"", "flag --profile", "prod", "regionless"]);
    harness.write("recoctl.toml", "profile = \"nope\"\n");
    let file = ["--queue", "recs", "--config", "recoctl.toml"];
    refused(&harness, &file).says("nope").says("recoctl.toml");
    harness.write("recoctl.toml", "");
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
        harness.set(name, "");
    }
    harness.set("AWS_PROFILE", "nope");
    refused(&harness, &["--queue", "recs"]).says("nope").says("AWS_PROFILE");
}

#[test]
fn config_show_says_whose_credentials_are_in_force() {
    let mut harness = bare();
    let told = |harness: &Harness, args: &[&str]| {
        let report = harness.json(0, [&["config", "show"], args].concat());
        let credentials = &report["credentials"];
        let text = |name: &str| credentials[name].as_str().map(str::to_owned);
        (text("from").expect("a source"), text("profile"), text("access_key_id"))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(told(&harness, &[]), ("instance-metadata".to_owned(), None, None));
    harness.set("AWS_PROFILE", "prod");
    let prod = ("profile".to_owned(), some("prod"), some("AKIAPROD"));
    assert_eq!(told(&harness, &[]), prod);
    harness.set("AWS_ACCESS_KEY_ID", "AKIASTAGING");
    harness.set("AWS_SECRET_ACCESS_KEY", "very-secret");
    assert_eq!(told(&harness, &[]), ("environment".to_owned(), None, some("AKIASTAGING")));
    assert_eq!(told(&harness, &["--profile", "prod"]), prod);
    assert_eq!(told(&harness, &["--sandbox"]).0, "sandbox");
    let text = harness.run(["config", "show", "--profile", "prod"]).stdout;
    let line = text.lines().find(|line| line.starts_with("credentials:")).expect("a line");
    assert_eq!(line, "credentials: profile prod (flag --profile): access key AKIAPROD");
    assert!(!text.contains("very-secret"), "{text}");
    harness.run(["config", "show", "--profile", "nope"]).ended(3);
}

#[test]
fn the_region_comes_from_a_queue_where_none_is_configured() {
    let mut harness = bare();
    harness.set("AWS_ACCESS_KEY_ID", "AKIA");
    harness.set("AWS_SECRET_ACCESS_KEY", "x");
    harness.write(".aws/config", "");
    refused(&harness, &["--queue", "recs"]).says("no AWS region");
    // An empty variable is an unset one.
    harness.set("AWS_REGION", "");
    refused(&harness, &["--queue", "recs"]).says("no AWS region");
    let no_region = refused(&harness, &["--queue", "recs", "--region", "eu west"]);
    no_region.says("\"eu west\" is not a valid AWS region");
    let url = "https://sqs.eu-west-1.amazonaws.com/123456789012/recs";
    let arn = "arn:aws:sqs:eu-west-1:123456789012:recs";
    for queue in [["--queue", url], ["--queue", arn], ["--dlq", url], ["--dlq", arn]] {
        assert_eq!(peek(&harness, &queue).1, by("AKIA", "eu-west-1"), "{queue:?}");
    }
    let table = "arn:aws:dynamodb:eu-north-1:123456789012:table/recs";
    let named = ["--queue", "recs", "--table", table];
    assert_eq!(peek(&harness, &named).1, by("AKIA", "eu-north-1"));
    // A configured region is not overridden by the region of a queue's ARN.
    harness.set("AWS_REGION", "us-east-2");
    refused(&harness, &["--queue", arn]).says("eu-west-1").says("us-east-2");
}

#[test]
fn an_endpoint_without_a_scheme_is_told_in_a_sentence() {
    let mut harness = bare();
    harness.set("AWS_REGION", "us-east-1");
    let fails = |harness: &Harness, args: &[&str], words: &[&str]| {
        let peek = ["dlq", "peek", "--queue", "recs"];
        harness.run(peek.iter().chain(args)).ended(3).says_all(words);
    };
    let words = ["localhost:4566", "http://localhost:4566", "--endpoint-url"];
    fails(&harness, &["--endpoint-url", "localhost:4566"], &words);
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS"] {
        harness.set(name, "localhost:4566");
        fails(&harness, &[], &["http://localhost:4566", name]);
        harness.unset(name);
    }
    harness.write(".aws/config", "[default]\nendpoint_url = localhost:4566\n");
    fails(&harness, &[], &["http://localhost:4566", "profile"]);
}

#[test]
fn a_sandbox_asks_nothing_of_the_environment() {
    let mut harness = bare();
    harness.set("AWS_PROFILE", "nope");
    harness.set("AWS_ENDPOINT_URL", "localhost:4566");
    harness.set("AWS_ENDPOINT_URL_S3", "minio:9000");
    harness.run(["dlq", "peek", "--sandbox"]).ended(0);
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_ends_nothing() {
    use std::os::unix::ffi::OsStrExt;
    let harness = bare();
    let odd = std::ffi::OsStr::from_bytes(b"\xff");
    let mut command = harness.recoctl(["dlq", "peek", "--sandbox"]);
    Ran::of(command.env("X", odd)).ended(0);
}
