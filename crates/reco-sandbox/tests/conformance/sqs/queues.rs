//! Queues as a whole.

use super::super::kit::*;

/// AWS CreateQueue: returns the existing URL when name and attributes are equal, else an error.
pub async fn creating_again_needs_equal_attributes(kit: &Kit) -> Outcome {
    let name = unique("again");
    let first = kit.create(&name, &[("VisibilityTimeout", "7")]).await?;
    same(
        "equal attributes",
        kit.create(&name, &[("VisibilityTimeout", "7")]).await?,
        first.clone(),
    )?;
    same("no attributes", kit.create(&name, &[]).await?, first)?;
    let other = attribute_map(&[("VisibilityTimeout", "8")]);
    let other = kit.sqs.create_queue().queue_name(&name).set_attributes(Some(other)).send().await;
    refused("another value", other, "QueueAlreadyExists")
}

/// AWS: 80 letters, digits, hyphens and underscores; only FIFO names end in `.fifo`.
pub async fn names_are_checked(kit: &Kit) -> Outcome {
    let long = "x".repeat(81);
    for name in ["with space", "with.dot", "ä", long.as_str()] {
        let create = kit.sqs.create_queue().queue_name(name).send().await;
        refused(&format!("name {name:?}"), create, INVALID)?;
    }
    let fifo = attribute_map(&[("FifoQueue", "true")]);
    let create = kit.sqs.create_queue().queue_name(unique("no-suffix"));
    refused("FIFO without suffix", create.set_attributes(Some(fifo)).send().await, INVALID)?;
    let create = kit.sqs.create_queue().queue_name(format!("{}.fifo", unique("suffix")));
    refused("suffix without FIFO", create.send().await, INVALID)
}

pub async fn a_missing_queue_is_an_error_of_its_own(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?.replace("check", "missing");
    let name = unique("missing");
    refused("url", kit.sqs.get_queue_url().queue_name(name).send().await, NO_QUEUE)?;
    refused("receive", kit.sqs.receive_message().queue_url(&url).send().await, NO_QUEUE)?;
    let send = kit.sqs.send_message().queue_url(&url).message_body("x").send().await;
    refused("send", send, NO_QUEUE)?;
    refused("attributes", kit.sqs.get_queue_attributes().queue_url(&url).send().await, NO_QUEUE)?;
    refused("delete", kit.sqs.delete_queue().queue_url(&url).send().await, NO_QUEUE)
}

/// AWS ListQueues: a next token only when MaxResults is given and there is more.
pub async fn lists_filter_by_prefix_and_page(kit: &Kit) -> Outcome {
    let stem = unique("listed");
    let mut expected = Vec::new();
    for name in ["a", "b", "c"] {
        expected.push(kit.create(&format!("{stem}-{name}"), &[]).await?);
    }
    let all = kit.sqs.list_queues().queue_name_prefix(&stem).send().await?;
    let mut urls = all.queue_urls.unwrap_or_default();
    urls.sort();
    same("by prefix", &urls, &expected)?;
    same("token without MaxResults", all.next_token, None)?;
    let page = kit.sqs.list_queues().queue_name_prefix(&stem).max_results(2).send().await?;
    let mut paged = page.queue_urls.unwrap_or_default();
    same("first page", paged.len(), 2)?;
    let rest = kit.sqs.list_queues().queue_name_prefix(&stem).max_results(2);
    let rest = rest.set_next_token(page.next_token).send().await?;
    paged.extend(rest.queue_urls.unwrap_or_default());
    paged.sort();
    same("both pages", paged, expected)
}

/// AWS SetQueueAttributes and CreateQueue; MaximumMessageSize is 1 MiB since August 2025.
pub async fn defaults_are_the_documented_ones(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let defaults = [
        ("VisibilityTimeout", "30"),
        ("DelaySeconds", "0"),
        ("MessageRetentionPeriod", "345600"),
        ("MaximumMessageSize", "1048576"),
        ("ReceiveMessageWaitTimeSeconds", "0"),
        ("ApproximateNumberOfMessages", "0"),
        ("ApproximateNumberOfMessagesNotVisible", "0"),
        ("ApproximateNumberOfMessagesDelayed", "0"),
    ];
    for (name, value) in defaults {
        same(name, kit.attribute(&url, name).await?.as_deref(), Some(value))?;
    }
    same("no policy", kit.attribute(&url, "RedrivePolicy").await?, None)?;
    same("not FIFO", kit.attribute(&url, "FifoQueue").await?, None)?;
    let one = kit.attributes(&url, "DelaySeconds").await?;
    same("only what was asked for", one.len(), 1)?;
    let name = url.rsplit('/').next().unwrap_or_default();
    let arn = kit.arn(&url).await?;
    holds("the ARN ends with the name", arn.starts_with("arn:aws:sqs:") && arn.ends_with(name))
}

pub async fn attributes_are_set_within_their_ranges(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let set = |name: &str, value: &str| {
        let attributes = attribute_map(&[(name, value)]);
        kit.sqs.set_queue_attributes().queue_url(&url).set_attributes(Some(attributes)).send()
    };
    let edges = [
        ("VisibilityTimeout", 0, 43_200),
        ("DelaySeconds", 0, 900),
        ("MessageRetentionPeriod", 60, 1_209_600),
        ("MaximumMessageSize", 1024, 1_048_576),
        ("ReceiveMessageWaitTimeSeconds", 0, 20),
    ];
    for (name, low, high) in edges {
        for good in [low, high].map(|value| value.to_string()) {
            set(name, &good).await?;
            same(name, kit.attribute(&url, name).await?, Some(good))?;
        }
        for bad in [low - 1, high + 1].map(|value| value.to_string()) {
            refused(&format!("{name}={bad}"), set(name, &bad).await, "InvalidAttributeValue")?;
        }
    }
    refused("a word", set("VisibilityTimeout", "soon").await, "InvalidAttributeValue")?;
    refused("unknown", set("Colour", "red").await, "InvalidAttributeName")
}

/// AWS: the dead-letter queue of a FIFO queue must be FIFO, that of a standard queue standard.
pub async fn a_redrive_policy_needs_a_queue_of_its_type(kit: &Kit) -> Outcome {
    let (source, dlq) = kit.pair(false, 3).await?;
    let arn = kit.arn(&dlq).await?;
    let shown = kit.attribute(&source, "RedrivePolicy").await?.unwrap_or_default();
    let shown: serde_json::Value = serde_json::from_str(&shown)?;
    let expected = serde_json::json!({"deadLetterTargetArn": arn, "maxReceiveCount": 3});
    same("the policy, its count a number", shown, expected)?;
    let with = |policy: String| {
        let attributes = attribute_map(&[("RedrivePolicy", &policy)]);
        kit.sqs.set_queue_attributes().queue_url(&source).set_attributes(Some(attributes)).send()
    };
    let fifo = kit.arn(&kit.fifo(&[]).await?).await?;
    refused("a FIFO target", with(redrive(&fifo, 3)).await, INVALID)?;
    let nowhere = format!("{arn}-nowhere");
    refused("a missing target", with(redrive(&nowhere, 3)).await, INVALID)?;
    refused("a count of 0", with(redrive(&arn, 0)).await, INVALID)?;
    refused("a count of 1001", with(redrive(&arn, 1001)).await, INVALID)?;
    with(String::new()).await?;
    same("taken away", kit.attribute(&source, "RedrivePolicy").await?, None)
}

pub async fn dead_letter_sources_are_listed(kit: &Kit) -> Outcome {
    let (source, dlq) = kit.pair(false, 3).await?;
    let list = kit.sqs.list_dead_letter_source_queues().queue_url(&dlq).send().await?;
    same("sources", list.queue_urls, vec![source.clone()])?;
    let list = kit.sqs.list_dead_letter_source_queues().queue_url(&source).send().await?;
    same("sources of a source", list.queue_urls, vec![])
}

/// AWS PurgeQueue: deletes in-flight messages too; once every 60 seconds.
pub async fn a_purge_empties_and_may_not_repeat(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    for body in ["a", "b"] {
        kit.send(&url, body).await?;
    }
    kit.receive_one(&url, 30).await?;
    kit.sqs.purge_queue().queue_url(&url).send().await?;
    same("counts", kit.counts(&url).await?, [0, 0, 0])?;
    let again = kit.sqs.purge_queue().queue_url(&url).send().await;
    refused("again", again, "AWS.SimpleQueueService.PurgeQueueInProgress")
}

/// AWS DeleteQueue: wait 60 seconds before creating a queue of the same name.
pub async fn a_deleted_name_is_not_free_at_once(kit: &Kit) -> Outcome {
    let name = unique("deleted");
    let url = kit.create(&name, &[]).await?;
    kit.sqs.delete_queue().queue_url(&url).send().await?;
    refused("gone", kit.sqs.get_queue_url().queue_name(&name).send().await, NO_QUEUE)?;
    let create = kit.sqs.create_queue().queue_name(&name).send().await;
    refused("at once", create, "AWS.SimpleQueueService.QueueDeletedRecently")
}

pub async fn tags_are_kept(kit: &Kit) -> Outcome {
    let create = kit.sqs.create_queue().queue_name(unique("tagged")).tags("a", "1").send().await?;
    let url = create.queue_url.unwrap_or_default();
    kit.sqs.tag_queue().queue_url(&url).tags("b", "2").send().await?;
    kit.sqs.untag_queue().queue_url(&url).tag_keys("a").send().await?;
    let tags = kit.sqs.list_queue_tags().queue_url(&url).send().await?.tags;
    same("tags", tags, Some([("b".to_owned(), "2".to_owned())].into()))?;
    // AWS: a new tag with a key identical to that of an existing one overwrites it. Spaces and
    // _.:/=+-@ are allowed, and values of 256 characters.
    let value = format!("run=1 who=arn:aws:iam::1:user/a+b@c_d-e.f {}", "x".repeat(214));
    kit.sqs.tag_queue().queue_url(&url).tags("b", &value).send().await?;
    let tags = kit.sqs.list_queue_tags().queue_url(&url).send().await?.tags;
    same("overwritten", tags, Some([("b".to_owned(), value)].into()))?;
    kit.sqs.untag_queue().queue_url(&url).tag_keys("absent").send().await?;
    let missing = url.replace("tagged", "missing");
    refused("no queue", kit.sqs.list_queue_tags().queue_url(&missing).send().await, NO_QUEUE)
}

/// AWS, "Quotas related to queues": at most 50 tags; keys of 1 to 128 characters, values of up to
/// 256: letters, digits, spaces and `_ . : / = + - @`.
pub async fn tags_have_rules(kit: &Kit) -> Outcome {
    let url = kit.queue(&[]).await?;
    let tag = |key: &str, value: &str| kit.sqs.tag_queue().queue_url(&url).tags(key, value).send();
    for (key, value) in [("k", "x".repeat(257)), ("k", "a;b".to_owned())] {
        refused(&format!("value {value}"), tag(key, &value).await, INVALID)?;
    }
    refused("a long key", tag(&"k".repeat(129), "").await, INVALID)?;
    let many = (0..51).map(|n| (format!("k{n}"), String::new())).collect();
    let many = kit.sqs.tag_queue().queue_url(&url).set_tags(Some(many)).send().await;
    refused("51 tags", many, INVALID)
}
