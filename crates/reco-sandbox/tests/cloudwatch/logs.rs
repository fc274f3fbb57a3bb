//! CloudWatch Logs as the SDK sees it: pages, bounds, patterns and errors.
//!
//! AWS: FilterLogEvents and DescribeLogGroups of the CloudWatch Logs API reference.

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata;
use reco_sandbox::logs::Logs;
use reco_sandbox::permissions::Grant;
use reco_sandbox::{Sandbox, SandboxOptions};

const GROUP: &str = "/aws/lambda/tested";

async fn started(options: SandboxOptions) -> (Sandbox, Client, Logs) {
    let sandbox = Sandbox::start(options).await.expect("it starts");
    let client = Client::new(&sandbox.sdk_config());
    let logs = sandbox.logs().clone();
    (sandbox, client, logs)
}

#[tokio::test]
async fn pages_have_all_events_once_in_the_order_of_time() {
    let (_sandbox, client, logs) = started(SandboxOptions::empty()).await;
    for at in (0..25_000_u64).rev() {
        logs.put(GROUP, "stream", 1_000 + at / 2, format!("line {at}"));
    }
    let (mut token, mut texts, mut pages) = (None, Vec::new(), 0);
    loop {
        let call = client.filter_log_events().log_group_name(GROUP).set_next_token(token);
        let page = call.send().await.expect("a page");
        assert!(page.events().len() <= 10_000);
        pages += 1;
        texts.extend(
            page.events()
                .iter()
                .filter_map(|event| Some((event.timestamp()?, event.message()?.to_owned()))),
        );
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!((pages, texts.len()), (3, 25_000));
    assert!(texts.is_sorted_by_key(|(at, _)| *at));
    texts.sort_by(|a, b| a.1.cmp(&b.1));
    texts.dedup();
    assert_eq!(texts.len(), 25_000);
    // A page may be empty although more follows.
    let rare = client.filter_log_events().log_group_name(GROUP).filter_pattern(r#""line 5""#);
    let first = rare.clone().limit(1).send().await.expect("a page");
    assert!(first.events().len() <= 1 && first.next_token.is_some());
}

#[tokio::test]
async fn both_bounds_are_inclusive_and_what_is_older_than_the_retention_is_gone() {
    let (_sandbox, client, logs) = started(SandboxOptions::empty()).await;
    for at in [9, 10, 20, 21] {
        logs.put(GROUP, "stream", at, at.to_string());
    }
    let between = async || {
        let call = client.filter_log_events().log_group_name(GROUP).start_time(10).end_time(20);
        let page = call.send().await.expect("a page");
        page.events()
            .iter()
            .filter_map(|event| event.message())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(between().await, ["10", "20"]);
    logs.create_group(GROUP, Some(1));
    assert_eq!(between().await, Vec::<String>::new());
    let groups = client.describe_log_groups().log_group_name_prefix("/aws/lambda/t").send().await;
    let groups = groups.expect("groups");
    let group = &groups.log_groups()[0];
    assert_eq!((group.log_group_name(), group.retention_in_days()), (Some(GROUP), Some(1)));
    assert!(group.arn().expect("an ARN").ends_with(":log-group:/aws/lambda/tested:*"));
}

#[tokio::test]
async fn what_is_wrong_is_refused_as_aws_refuses_it() {
    let (_sandbox, client, logs) = started(SandboxOptions::empty()).await;
    logs.create_group(GROUP, None);
    let call = || client.filter_log_events().log_group_name(GROUP);
    for (call, code) in [
        (call().log_group_name("/other"), "ResourceNotFoundException"),
        (call().next_token("no-token"), "InvalidParameterException"),
        (call().start_time(20).end_time(10), "InvalidParameterException"),
        (call().start_time(-1), "InvalidParameterException"),
        (call().limit(10_001), "InvalidParameterException"),
        (call().filter_pattern("x".repeat(1_025)), "InvalidParameterException"),
        (call().filter_pattern("\"open"), "InvalidParameterException"),
    ] {
        let error = call.send().await.expect_err(code).into_service_error();
        assert_eq!(error.code(), Some(code), "{error:?}");
        assert!(error.message().is_some_and(|message| !message.is_empty()));
    }
    let unnamed = client.filter_log_events().send().await.expect_err("no group");
    assert_eq!(unnamed.into_service_error().code(), Some("InvalidParameterException"));
}

#[tokio::test]
async fn a_policy_for_the_groups_streams_allows_its_events_and_no_others() {
    let document = r#"{"Statement": [{
        "Effect": "Allow", "Action": "logs:FilterLogEvents",
        "Resource": "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/tested:*"
    }]}"#;
    let document = document.parse().expect("a document");
    let grants = vec![Grant { key: "sandbox".to_owned(), document }];
    let (_sandbox, client, logs) =
        started(SandboxOptions { grants, ..SandboxOptions::empty() }).await;
    logs.create_group(GROUP, None);
    logs.create_group("/other", None);
    client.filter_log_events().log_group_name(GROUP).send().await.expect("allowed");
    let denied = client.filter_log_events().log_group_name("/other").send().await;
    let denied = denied.expect_err("denied").into_service_error();
    assert_eq!(denied.code(), Some("AccessDeniedException"));
    assert!(
        denied.message().is_some_and(|told| told.contains("logs:FilterLogEvents")),
        "{denied:?}"
    );
    let denied = client.describe_log_groups().send().await.expect_err("denied");
    assert_eq!(denied.into_service_error().code(), Some("AccessDeniedException"));
}
