//! Tests that only the sandbox's own logs allow: full pages, old events, and policies.

use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata;
use reco_sandbox::permissions::Grant;
use reco_sandbox::{Sandbox, SandboxOptions};

use super::*;

async fn started(grants: Vec<Grant>) -> Result<(Sandbox, Kit), Failure> {
    let sandbox = Sandbox::start(SandboxOptions { grants, ..SandboxOptions::empty() }).await?;
    let kit = Kit::new(&sandbox.endpoint(), Some(sandbox.logs().clone())).await;
    Ok((sandbox, kit))
}

#[tokio::test]
async fn pages_have_all_events_once_in_the_order_of_time() -> Outcome {
    let (sandbox, kit) = started(Vec::new()).await?;
    let group = "/aws/lambda/tested";
    for at in (0..25_000_u64).rev() {
        sandbox.logs().put(group, STREAM, 1_000 + at / 2, format!("line {at}"));
    }
    let (mut token, mut texts, mut pages) = (None, Vec::new(), 0);
    loop {
        let page = kit.filter(group).set_next_token(token).send().await?;
        assert!(page.events().len() <= 10_000);
        pages += 1;
        let text = |event: &FilteredLogEvent| Some((event.timestamp?, event.message.clone()?));
        texts.extend(page.events().iter().filter_map(text));
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
    let first = kit.filter(group).filter_pattern(r#""line 5""#).limit(1).send().await?;
    holds("one at most, and more", first.events().len() <= 1 && first.next_token.is_some())
}

#[tokio::test]
async fn what_is_older_than_the_retention_is_gone() -> Outcome {
    let (sandbox, kit) = started(Vec::new()).await?;
    let group = kit.group(&[(-86_400_000, "old"), (0, "new")]).await?;
    same("within seven days", kit.matching(&group, "").await?, vec!["old".into(), "new".into()])?;
    sandbox.logs().create_group(&group, Some(1));
    same("within one", kit.matching(&group, "").await?, vec!["new".into()])?;
    let groups = kit.logs.describe_log_groups().log_group_name_prefix(&group).send().await?;
    let described = &groups.log_groups()[0];
    same("retention", described.retention_in_days(), Some(1))?;
    let arn = described.arn().unwrap_or_default();
    holds("an ARN of its streams", arn.ends_with(&format!(":log-group:{group}:*")))
}

#[tokio::test]
async fn what_is_wrong_is_refused_in_words() -> Outcome {
    let (_sandbox, kit) = started(Vec::new()).await?;
    let group = kit.group(&[]).await?;
    for (what, call) in [
        ("no group", kit.logs.filter_log_events()),
        ("a time before 1970", kit.filter(&group).start_time(-1)),
        ("an open quote", kit.filter(&group).filter_pattern("\"open")),
    ] {
        let error = call.send().await.expect_err(what).into_service_error();
        assert_eq!(error.code(), Some(INVALID), "{what}: {error:?}");
        assert!(error.message().is_some_and(|message| !message.is_empty()), "{what}");
    }
    Ok(())
}

#[tokio::test]
async fn a_policy_for_the_groups_streams_allows_its_events_and_no_others() -> Outcome {
    let document = r#"{"Statement": [{
        "Effect": "Allow", "Action": "logs:FilterLogEvents",
        "Resource": "arn:aws:logs:us-east-1:000000000000:log-group:/allowed:*"
    }]}"#;
    // The access key of the kit.
    let grant = Grant { key: "test".to_owned(), document: document.parse()? };
    let (sandbox, kit) = started(vec![grant]).await?;
    sandbox.logs().create_group("/allowed", None);
    sandbox.logs().create_group("/other", None);
    kit.filter("/allowed").send().await?;
    let denied = kit.filter("/other").send().await.expect_err("denied").into_service_error();
    assert_eq!(denied.code(), Some("AccessDeniedException"));
    let told = denied.message().unwrap_or_default();
    assert!(told.contains("logs:FilterLogEvents"), "{denied:?}");
    let groups = kit.logs.describe_log_groups().send().await;
    refused("groups", groups, "AccessDeniedException")
}
