//! Account and region of a resource, said before it is changed.

/// Returns the line that says what is about to be changed, and where: `account 123456789012,
/// region eu-west-1: DLQ recs-dlq`. Account and region are those in the ARN.
#[must_use]
pub fn acting_on(arn: &str, what: &str) -> String {
    // arn:partition:service:region:account:resource
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts[..] {
        ["arn", _, _, region, account, _] if !account.is_empty() => {
            format!("account {account}, region {region}: {what}")
        }
        _ => format!("account and region unknown: {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_and_region_are_those_of_the_arn() {
        assert_eq!(
            acting_on("arn:aws:sqs:eu-west-1:123456789012:recs-dlq", "DLQ recs-dlq"),
            "account 123456789012, region eu-west-1: DLQ recs-dlq"
        );
        assert_eq!(acting_on("", "table t"), "account and region unknown: table t");
        assert_eq!(acting_on("arn:aws:s3:::bucket", "b"), "account and region unknown: b");
    }
}
