//! Receiving: parts of a message that are returned, visibility timeouts, and long polls.

use std::time::Instant;

use aws_sdk_sqs::types::MessageSystemAttributeName;

use super::super::kit::*;

pub async fn nothing_is_shown_unasked(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let send = kit.sqs.send_message().queue_url(&url).message_body("x");
    send.set_message_attributes(Some(every_kind()?)).send().await?;
    let receive = kit.sqs.receive_message().queue_url(&url).send().await?;
    let message = &receive.messages()[0];
    same("system attributes", message.attributes().is_none_or(|map| map.is_empty()), true)?;
    let user = message.message_attributes();
    same("user attributes", user.is_none_or(|map| map.is_empty()), true)?;
    same("their digest", message.md5_of_message_attributes(), None)
}

/// AWS: `MessageSystemAttributeNames`, and its predecessor `AttributeNames`.
pub async fn system_attributes_are_shown_by_name(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let before = now_ms();
    kit.send(&url, "x").await?;
    let named = kit.sqs.receive_message().queue_url(&url).visibility_timeout(0);
    let named = named.message_system_attribute_names(MessageSystemAttributeName::SentTimestamp);
    let named = named.send().await?;
    let shown = named.messages()[0].attributes().map(|map| map.len());
    same("named", shown, Some(1))?;
    let sent = system(&named.messages()[0], "SentTimestamp").and_then(|at| at.parse().ok());
    let sent: u64 = sent.unwrap_or_default();
    holds("the time of sending", sent + 1 >= before && sent <= now_ms() + 1)?;
    #[expect(deprecated, reason = "older clients still use the older name of the parameter")]
    let older = kit
        .sqs
        .receive_message()
        .queue_url(&url)
        .attribute_names(aws_sdk_sqs::types::QueueAttributeName::All);
    let older = older.visibility_timeout(0).send().await?;
    let mut names: Vec<_> = older.messages()[0].attributes().into_iter().flatten().collect();
    names.sort_by_key(|(name, _)| name.as_str());
    let names: Vec<_> = names.into_iter().map(|(name, _)| name.as_str()).collect();
    let expected = vec![
        "ApproximateFirstReceiveTimestamp",
        "ApproximateReceiveCount",
        "SenderId",
        "SentTimestamp",
    ];
    same("all, of a plain message", names, expected)
}

pub async fn user_attributes_are_shown_by_name_and_prefix(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let send = kit.sqs.send_message().queue_url(&url).message_body("x");
    let send = send.message_attributes("a.one", text("String", "1")?);
    let send = send.message_attributes("a.two", text("String", "2")?);
    send.message_attributes("b", text("String", "3")?).send().await?;
    let cases: [(&str, &[&str]); 5] = [
        ("All", &["a.one", "a.two", "b"]),
        (".*", &["a.one", "a.two", "b"]),
        ("a.*", &["a.one", "a.two"]),
        ("b", &["b"]),
        ("c", &[]),
    ];
    for (asked, expected) in cases {
        let receive = kit.sqs.receive_message().queue_url(&url).visibility_timeout(0);
        let receive = receive.message_attribute_names(asked).send().await?;
        let shown = receive.messages()[0].message_attributes();
        let mut names: Vec<_> =
            shown.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        same(&format!("asked for {asked}"), names.as_slice(), expected)?;
    }
    Ok(())
}

pub async fn attributes_of_every_kind_survive(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let attributes = every_kind()?;
    let send = kit.sqs.send_message().queue_url(&url).message_body("x");
    send.set_message_attributes(Some(attributes.clone())).send().await?;
    let message = kit.receive_one(&url, 30).await?;
    same("attributes", message.message_attributes(), Some(&attributes))
}

pub async fn receives_are_counted(kit: &Kit) -> Outcome {
    let (url, first) = kit.held(0).await?;
    pause(20).await;
    let second = kit.receive_one(&url, 0).await?;
    let count = |message| system(message, "ApproximateReceiveCount");
    same("first", count(&first).as_deref(), Some("1"))?;
    same("second", count(&second).as_deref(), Some("2"))?;
    let time = |message| system(message, "ApproximateFirstReceiveTimestamp");
    holds("there is a first time", time(&first).is_some())?;
    same("the first time stays", time(&second), time(&first))?;
    holds("each receive has its own handle", handle(&first) != handle(&second))
}

pub async fn a_timeout_of_zero_hides_nothing(kit: &Kit) -> Outcome {
    let (url, _) = kit.held(0).await?;
    same("counts", kit.counts(&url).await?, [1, 0, 0])
}

pub async fn a_timeout_ends(kit: &Kit) -> Outcome {
    let url = kit.queue(&[("VisibilityTimeout", "1")]).await?;
    kit.send(&url, "by the queue").await?;
    let receive = kit.sqs.receive_message().queue_url(&url);
    same("received", receive.send().await?.messages().len(), 1)?;
    same("hidden", kit.receive(&url, 1, 1).await?.len(), 0)?;
    pause(1300).await;
    same("again", kit.receive(&url, 1, 30).await?.len(), 1)?;
    pause(1300).await;
    same("the call's own timeout holds", kit.receive(&url, 1, 1).await?.len(), 0)
}

pub async fn parameters_have_ranges(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let receive = || kit.sqs.receive_message().queue_url(&url);
    for max in [0, 11] {
        let receive = receive().max_number_of_messages(max).send().await;
        refused(&format!("max {max}"), receive, INVALID)?;
    }
    refused("wait", receive().wait_time_seconds(21).send().await, INVALID)?;
    refused("timeout", receive().visibility_timeout(43_201).send().await, INVALID)
}

pub async fn a_long_poll_ends_with_a_message(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let start = Instant::now();
    let poll = kit.sqs.receive_message().queue_url(&url).wait_time_seconds(10).send();
    let later = async {
        pause(300).await;
        kit.send(&url, "x").await
    };
    let (poll, sent) = tokio::join!(poll, later);
    sent?;
    same("received", bodies(poll?.messages()), vec!["x"])?;
    let waited = start.elapsed().as_millis();
    holds(&format!("it ends at once, not after {waited} ms"), (300..2500).contains(&waited))
}

pub async fn a_long_poll_sees_a_message_come_back(kit: &Kit) -> Outcome {
    let url = kit.queue(&[("ReceiveMessageWaitTimeSeconds", "10")]).await?;
    kit.send(&url, "x").await?;
    kit.receive_one(&url, 1).await?;
    let start = Instant::now();
    let poll = kit.sqs.receive_message().queue_url(&url).send().await?;
    same("received", bodies(poll.messages()), vec!["x"])?;
    let waited = start.elapsed().as_millis();
    holds(&format!("after its timeout, not after {waited} ms"), (500..3500).contains(&waited))
}

pub async fn a_long_poll_ends_empty(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let start = Instant::now();
    let poll = kit.sqs.receive_message().queue_url(&url).wait_time_seconds(1).send().await?;
    same("received", poll.messages().len(), 0)?;
    let waited = start.elapsed().as_millis();
    holds(&format!("after a second, not {waited} ms"), (950..3500).contains(&waited))
}

pub async fn counts_are_told_apart(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    for body in ["a", "b", "c"] {
        kit.send(&url, body).await?;
    }
    let delayed = kit.sqs.send_message().queue_url(&url).message_body("d").delay_seconds(60);
    delayed.send().await?;
    same("received", kit.receive(&url, 2, 30).await?.len(), 2)?;
    same("visible, in flight, delayed", kit.counts(&url).await?, [1, 2, 1])
}
