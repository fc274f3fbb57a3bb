//! Queue references: name, URL or ARN.

use crate::error::{Error, Result};

/// Queue as named by the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRef {
    /// Name of the queue.
    pub(super) name: String,
    /// Account in the URL or ARN.
    pub(super) account: Option<String>,
    /// Region in the URL or ARN.
    pub(super) region: Option<String>,
    /// URL, if that is what was given.
    pub(super) url: Option<String>,
}

impl QueueRef {
    /// Parses a name, URL or ARN.
    ///
    /// # Errors
    /// Fails if it does not name a queue.
    pub fn parse(given: &str) -> Result<Self> {
        let parsed = if given.starts_with("arn:") {
            from_arn(given)
        } else if given.contains("://") {
            from_url(given)
        } else {
            Some(QueueRef { name: given.to_owned(), account: None, region: None, url: None })
        };
        parsed.filter(|queue| is_name(&queue.name)).ok_or_else(|| {
            Error::config(format!("{given:?} is not a queue"))
                .hint("use a queue name, URL (https://sqs.REGION.amazonaws.com/ACCOUNT/NAME) or ARN (arn:aws:sqs:REGION:ACCOUNT:NAME)")
        })
    }

    /// Returns whether an ARN is of this queue, as far as the reference tells: a bare name matches
    /// any region and account.
    #[must_use]
    pub fn is_arn(&self, arn: &str) -> bool {
        let agrees = |named: &Option<String>, is: &Option<String>| named.is_none() || named == is;
        from_arn(arn).is_some_and(|queue| {
            queue.name == self.name
                && agrees(&self.account, &queue.account)
                && agrees(&self.region, &queue.region)
        })
    }

    /// Checks that the reference is in the region of the calls. The region determines the endpoint,
    /// not the queue URL, so a URL of another region would be looked up in the wrong one.
    pub(super) fn check_region(&self, given: &str, region: &str) -> Result<()> {
        match &self.region {
            Some(named) if named != region => Err(Error::config(format!(
                "queue {given} is in region {named}, but the configured region is {region}"
            ))
            .hint(format!("pass --region {named}, or name a queue in region {region}"))),
            _ => Ok(()),
        }
    }
}

/// Returns the region in a queue URL, or in the ARN of a queue, table or function.
#[must_use]
pub fn region_named(given: &str) -> Option<String> {
    if !given.starts_with("arn:") {
        return QueueRef::parse(given).ok()?.region;
    }
    // AWS: arn:partition:service:region:account:resource.
    let region = given.split(':').nth(3)?;
    (!region.is_empty()).then(|| region.to_owned())
}

/// AWS: CreateQueue, QueueName: up to 80 letters, digits, `-` and `_`; the name of a FIFO queue
/// ends in `.fifo`.
fn is_name(name: &str) -> bool {
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    !stem.is_empty()
        && name.len() <= 80
        && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn from_arn(arn: &str) -> Option<QueueRef> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", _partition, "sqs", region, account, name] = parts[..] else { return None };
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Some(QueueRef {
        name: name.to_owned(),
        account: some(account),
        region: some(region),
        url: None,
    })
}

fn from_url(url: &str) -> Option<QueueRef> {
    let (_, rest) = url.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let mut segments = path.trim_end_matches('/').rsplit('/');
    let name = segments.next()?.to_owned();
    let account = segments.next().filter(|text| !text.is_empty()).map(str::to_owned);
    let host = host.split(':').next().unwrap_or(host);
    Some(QueueRef { name, account, region: region_of(host), url: Some(url.to_owned()) })
}

/// AWS: "Amazon SQS endpoints and quotas": `sqs.REGION.amazonaws.com`, and the legacy
/// `REGION.queue.amazonaws.com`, `queue.amazonaws.com` being us-east-1's; `sqs.REGION.api.aws` is
/// dual-stack. Other hosts (an emulator, a proxy) name no region.
fn region_of(host: &str) -> Option<String> {
    let labels: Vec<&str> = host.split('.').collect();
    match labels[..] {
        ["sqs" | "sqs-fips", region, "amazonaws", "com", ..]
        | ["sqs" | "sqs-fips", region, "api", "aws"]
        | [region, "queue", "amazonaws", "com", ..]
        | [_, "sqs", region, "vpce", "amazonaws", "com"] => Some(region.to_owned()),
        ["queue", "amazonaws", "com"] => Some("us-east-1".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(given: &str) -> (String, Option<String>, Option<String>) {
        let queue = QueueRef::parse(given).expect(given);
        (queue.name, queue.account, queue.region)
    }

    #[test]
    fn names_urls_and_arns() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(parsed("recs-dlq.fifo"), ("recs-dlq.fifo".to_owned(), None, None));
        assert_eq!(
            parsed("https://sqs.eu-west-1.amazonaws.com/123456789012/recs"),
            ("recs".to_owned(), some("123456789012"), some("eu-west-1"))
        );
        assert_eq!(
            parsed("https://us-east-1.queue.amazonaws.com/123456789012/recs/"),
            ("recs".to_owned(), some("123456789012"), some("us-east-1"))
        );
        assert_eq!(
            parsed("http://127.0.0.1:4566/000000000000/recs"),
            ("recs".to_owned(), some("000000000000"), None)
        );
        assert_eq!(
            parsed("arn:aws-cn:sqs:cn-north-1:123456789012:recs"),
            ("recs".to_owned(), some("123456789012"), some("cn-north-1"))
        );
    }

    #[test]
    fn a_region_is_read_off_urls_and_arns_of_any_service() {
        for (given, region) in [
            ("https://sqs.eu-west-1.amazonaws.com/123456789012/recs", Some("eu-west-1")),
            ("https://sqs.eu-west-1.api.aws/123456789012/recs", Some("eu-west-1")),
            ("https://sqs-fips.us-gov-west-1.api.aws/123456789012/recs", Some("us-gov-west-1")),
            ("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/recs", Some("cn-north-1")),
            ("https://queue.amazonaws.com/123456789012/recs", Some("us-east-1")),
            (
                "https://vpce-0a-1b.sqs.eu-west-1.vpce.amazonaws.com/123456789012/recs",
                Some("eu-west-1"),
            ),
            ("arn:aws:sqs:eu-west-1:123456789012:recs", Some("eu-west-1")),
            ("arn:aws:dynamodb:eu-north-1:123456789012:table/recommendations", Some("eu-north-1")),
            ("arn:aws:lambda:eu-north-1:123456789012:function:recs", Some("eu-north-1")),
            ("http://127.0.0.1:4566/000000000000/recs", None),
            ("recs", None),
            ("arn:aws:iam::123456789012:role/x", None),
            ("arn:", None),
        ] {
            assert_eq!(region_named(given).as_deref(), region, "{given}");
        }
    }

    #[test]
    fn what_names_no_queue_is_refused() {
        for given in
            ["", "a b", "arn:aws:sns:us-east-1:1:topic", "https://host", "arn:aws:sqs:x", ".fifo"]
        {
            assert!(QueueRef::parse(given).is_err(), "{given}");
        }
    }

    #[test]
    fn another_region_is_refused_with_both_names() {
        let given = "arn:aws:sqs:eu-west-1:1:recs";
        let error = QueueRef::parse(given).and_then(|q| q.check_region(given, "us-east-1"));
        let text = error.expect_err("regions differ").to_string();
        assert!(text.contains("eu-west-1") && text.contains("us-east-1"), "{text}");
    }
}
