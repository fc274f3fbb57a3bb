//! Named checks, through the real SDK and for any endpoint, of what recoctl requires of CloudWatch Logs:
//! `FilterLogEvents` and `DescribeLogGroups`.

mod own;

use std::time::SystemTime;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::operation::filter_log_events::builders::FilterLogEventsFluentBuilder;
use aws_sdk_cloudwatchlogs::types::{FilteredLogEvent, InputLogEvent};
use reco_sandbox::logs::Logs;

use super::check::{Check, Failure, Outcome, checks, holds, refused, same, sdk_config, unique};

const INVALID: &str = "InvalidParameterException";
const STREAM: &str = "stream";

/// A client of the server under test, and how lines get there.
#[derive(Clone)]
pub struct Kit {
    logs: Client,
    /// The sandbox's logs, which only its function writes; `None` for a server with `PutLogEvents`.
    own: Option<Logs>,
    /// Start of an hour ago, milliseconds since the epoch.
    start: i64,
}

impl Kit {
    pub async fn new(endpoint: &str, own: Option<Logs>) -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let start = i64::try_from(since.as_millis()).unwrap_or_default() - 3_600_000;
        Self { logs: Client::new(&sdk_config(endpoint).await), own, start }
    }

    /// Creates a group with these events, their times in milliseconds from the start; returns its name.
    async fn group(&self, events: &[(i64, &str)]) -> Result<String, Failure> {
        let group = format!("/check/{}", unique("group"));
        if let Some(own) = &self.own {
            own.create_group(&group, Some(7));
            for (at, text) in events {
                own.put(&group, STREAM, u64::try_from(self.start + at).unwrap_or_default(), *text);
            }
            return Ok(group);
        }
        self.logs.create_log_group().log_group_name(&group).send().await?;
        let retain = self.logs.put_retention_policy().log_group_name(&group);
        retain.retention_in_days(7).send().await?;
        let stream = self.logs.create_log_stream().log_group_name(&group);
        stream.log_stream_name(STREAM).send().await?;
        let event = |(at, text): &(i64, &str)| {
            InputLogEvent::builder().timestamp(self.start + at).message(*text).build()
        };
        // AWS, PutLogEvents: in the order of their times.
        let mut events = events.to_vec();
        events.sort_by_key(|(at, _)| *at);
        let events: Vec<InputLogEvent> = events.iter().map(event).collect::<Result<_, _>>()?;
        let put = self.logs.put_log_events().log_group_name(&group).log_stream_name(STREAM);
        put.set_log_events(Some(events)).send().await?;
        Ok(group)
    }

    fn filter(&self, group: &str) -> FilterLogEventsFluentBuilder {
        self.logs.filter_log_events().log_group_name(group)
    }

    /// Returns the texts that match a pattern.
    async fn matching(&self, group: &str, pattern: &str) -> Result<Vec<String>, Failure> {
        let page = self.filter(group).filter_pattern(pattern).send().await?;
        let events = page.events.unwrap_or_default();
        Ok(events.into_iter().filter_map(|event| event.message).collect())
    }
}

/// Every check. The compiler reports a check that is missing here as dead code.
pub const CHECKS: &[Check<Kit>] = checks! {
    events {
        they_come_in_the_order_of_time,
        both_bounds_are_inclusive,
        each_has_its_stream_time_and_id,
        a_limit_makes_pages,
        a_group_is_known_by_its_arn_too,
    }
    patterns {
        a_phrase_in_quotes_matches_as_it_stands,
        quotes_in_a_phrase_are_escaped,
        any_of_several_terms_matches,
        all_terms_must_match,
        a_term_may_be_excluded,
        case_counts,
    }
    errors {
        an_unknown_group_is_not_found,
        the_end_is_not_before_the_start,
        a_limit_is_at_most_10000,
        a_token_is_one_that_was_given,
        a_pattern_has_at_most_1024_characters,
    }
    groups {
        they_are_found_by_prefix_with_their_retention,
        a_page_has_at_most_50,
    }
};

mod events {
    use super::*;

    pub async fn they_come_in_the_order_of_time(kit: &Kit) -> Outcome {
        let group = kit.group(&[(300, "c"), (100, "a"), (200, "b")]).await?;
        same("texts", kit.matching(&group, "").await?, ["a", "b", "c"].map(str::to_owned).to_vec())
    }

    /// AWS, FilterLogEvents: events before `startTime` and after `endTime` are not returned.
    pub async fn both_bounds_are_inclusive(kit: &Kit) -> Outcome {
        let group =
            kit.group(&[(99, "before"), (100, "first"), (200, "last"), (201, "after")]).await?;
        let within = kit.filter(&group).start_time(kit.start + 100).end_time(kit.start + 200);
        let page = within.send().await?;
        let texts: Vec<_> = page.events().iter().filter_map(|event| event.message()).collect();
        same("texts", texts, vec!["first", "last"])
    }

    pub async fn each_has_its_stream_time_and_id(kit: &Kit) -> Outcome {
        let group = kit.group(&[(100, "a"), (100, "b")]).await?;
        let page = kit.filter(&group).send().await?;
        let events = page.events();
        same("events", events.len(), 2)?;
        for event in events {
            same("stream", event.log_stream_name(), Some(STREAM))?;
            same("time", event.timestamp(), Some(kit.start + 100))?;
            holds("ingested", event.ingestion_time().is_some_and(|at| at >= kit.start))?;
        }
        holds(
            "distinct ids",
            events[0].event_id().is_some() && events[0].event_id() != events[1].event_id(),
        )
    }

    /// AWS, FilterLogEvents: `limit` events a page, and a token if there are more.
    pub async fn a_limit_makes_pages(kit: &Kit) -> Outcome {
        let group = kit.group(&[(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "e")]).await?;
        let (mut token, mut texts) = (None, Vec::new());
        for _ in 0..10 {
            let page = kit.filter(&group).limit(2).set_next_token(token).send().await?;
            holds("events within the limit", page.events().len() <= 2)?;
            texts.extend(page.events().iter().filter_map(|event| event.message.clone()));
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        same("texts", texts, ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec())
    }

    pub async fn a_group_is_known_by_its_arn_too(kit: &Kit) -> Outcome {
        let group = kit.group(&[(1, "a")]).await?;
        let found = kit.logs.describe_log_groups().log_group_name_prefix(&group).send().await?;
        let arn = found.log_groups().first().and_then(|group| group.log_group_arn());
        let arn = arn.ok_or_else(|| Failure("no ARN".to_owned()))?.to_owned();
        let page = kit.logs.filter_log_events().log_group_identifier(arn).send().await?;
        same("events", page.events().len(), 1)
    }
}

/// AWS: "Filter pattern syntax": terms are case-sensitive; quotes hold a phrase together; terms after a
/// question mark are alternatives; one after a minus must be absent.
mod patterns {
    use super::*;

    async fn told(kit: &Kit, pattern: &str, expected: &[&str]) -> Outcome {
        const LINES: [(i64, &str); 4] = [
            (1, r#"{"message":"message returned","id":"a-1"}"#),
            (2, r#"{"type":"platform.report","status":"timeout"}"#),
            (3, "Task timed out after 3.00 seconds"),
            (4, "Init done"),
        ];
        let group = kit.group(&LINES).await?;
        let mut lines: Vec<&str> = LINES.iter().map(|(_, line)| *line).collect();
        lines.retain(|line| expected.iter().any(|part| line.contains(part)));
        same(
            pattern,
            kit.matching(&group, pattern).await?,
            lines.into_iter().map(str::to_owned).collect(),
        )
    }

    pub async fn a_phrase_in_quotes_matches_as_it_stands(kit: &Kit) -> Outcome {
        told(kit, "\"timed out\"", &["Task"]).await?;
        told(kit, "\"out timed\"", &[]).await?;
        told(kit, "\"a-1\"", &["a-1"]).await
    }

    pub async fn quotes_in_a_phrase_are_escaped(kit: &Kit) -> Outcome {
        told(kit, r#""\"status\":\"timeout\"""#, &["platform.report"]).await
    }

    pub async fn any_of_several_terms_matches(kit: &Kit) -> Outcome {
        told(kit, r#"?"message returned" ?"Task timed out""#, &["a-1", "Task"]).await?;
        told(kit, "?nowhere ?neither", &[]).await
    }

    pub async fn all_terms_must_match(kit: &Kit) -> Outcome {
        told(kit, "Task seconds", &["Task"]).await?;
        told(kit, "Task minutes", &[]).await
    }

    pub async fn a_term_may_be_excluded(kit: &Kit) -> Outcome {
        told(kit, "timed -minutes", &["Task"]).await?;
        told(kit, "timed -seconds", &[]).await
    }

    pub async fn case_counts(kit: &Kit) -> Outcome {
        told(kit, "task", &[]).await
    }
}

mod errors {
    use super::*;

    pub async fn an_unknown_group_is_not_found(kit: &Kit) -> Outcome {
        refused("none", kit.filter("/no/such").send().await, "ResourceNotFoundException")
    }

    pub async fn the_end_is_not_before_the_start(kit: &Kit) -> Outcome {
        let group = kit.group(&[]).await?;
        let turned = kit.filter(&group).start_time(kit.start + 1).end_time(kit.start);
        refused("end", turned.send().await, INVALID)
    }

    /// AWS, FilterLogEvents, `limit`: valid range 1 to 10,000.
    pub async fn a_limit_is_at_most_10000(kit: &Kit) -> Outcome {
        let group = kit.group(&[]).await?;
        refused("10,001", kit.filter(&group).limit(10_001).send().await, INVALID)
    }

    pub async fn a_token_is_one_that_was_given(kit: &Kit) -> Outcome {
        let group = kit.group(&[]).await?;
        refused("made up", kit.filter(&group).next_token("made-up").send().await, INVALID)
    }

    /// AWS, FilterLogEvents, `filterPattern`: length 0 to 1,024.
    pub async fn a_pattern_has_at_most_1024_characters(kit: &Kit) -> Outcome {
        let group = kit.group(&[]).await?;
        refused("long", kit.filter(&group).filter_pattern("x".repeat(1_025)).send().await, INVALID)
    }
}

mod groups {
    use super::*;

    pub async fn they_are_found_by_prefix_with_their_retention(kit: &Kit) -> Outcome {
        let group = kit.group(&[]).await?;
        let found = kit.logs.describe_log_groups().log_group_name_prefix(&group).send().await?;
        let found = found.log_groups();
        same("found", found.len(), 1)?;
        same("name", found[0].log_group_name(), Some(group.as_str()))?;
        same("retention", found[0].retention_in_days(), Some(7))?;
        let none = kit.logs.describe_log_groups().log_group_name_prefix("/no/such").send().await?;
        same("none", none.log_groups().len(), 0)
    }

    /// AWS, DescribeLogGroups: 50 groups a page, sorted by name.
    pub async fn a_page_has_at_most_50(kit: &Kit) -> Outcome {
        for _ in 0..51 {
            kit.group(&[]).await?;
        }
        let first = kit.logs.describe_log_groups().log_group_name_prefix("/check/").send().await?;
        same("page", first.log_groups().len(), 50)?;
        holds("token", first.next_token().is_some())?;
        let names: Vec<_> =
            first.log_groups().iter().filter_map(|one| one.log_group_name()).collect();
        holds("sorted", names.is_sorted())?;
        let next = kit.logs.describe_log_groups().log_group_name_prefix("/check/");
        let next = next.set_next_token(first.next_token.clone()).send().await?;
        let after = next.log_groups().first().and_then(|one| one.log_group_name());
        holds("goes on", after > names.last().copied())
    }
}
