//! AWS CLI commands to run once the parts are written, with known values filled in.
//!
//! Parameters as in the AWS CLI's own reference of `dynamodb import-table`, `describe-import`,
//! `start-bulk-put-items` and `describe-bulk-operation`.

use reco_core::human::amount;
use std::str::FromStr;

use reco_core::item::Schema;
use serde::Serialize;
use serde_json::json;

use super::part::PartCompression;

/// AWS: StartBulkPutItems, MaxWriteRequestUnits: 1,024 at least.
const LEAST_WRITE_UNITS: u64 = 1024;

/// S3 location of the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Location {
    bucket: String,
    /// Empty, or ends in `/`.
    prefix: String,
}

impl Default for S3Location {
    /// Placeholders.
    fn default() -> Self {
        S3Location { bucket: "BUCKET".to_owned(), prefix: "PREFIX/".to_owned() }
    }
}

impl FromStr for S3Location {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "must be s3://BUCKET/PREFIX".to_owned();
        let (bucket, prefix) =
            text.strip_prefix("s3://").ok_or_else(form)?.split_once('/').ok_or_else(form)?;
        // AWS: InputS3Configuration, S3Bucket.
        let sound = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if bucket.is_empty() || !bucket.bytes().all(sound) {
            return Err(format!("{bucket:?} is not a valid bucket name"));
        }
        let prefix = prefix.trim_end_matches('/');
        if prefix.is_empty() {
            return Err("a prefix is required: every object under it is read as a part".to_owned());
        }
        // The CLI's shorthand separates members by commas.
        if prefix.contains([',', '\'', '"', '=']) || prefix.chars().any(char::is_control) {
            return Err(format!("the prefix {prefix:?} has a character that needs quoting"));
        }
        Ok(S3Location { bucket: bucket.to_owned(), prefix: format!("{prefix}/") })
    }
}

/// Commands to run next, each on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Commands {
    /// Uploads the parts to S3.
    pub upload: String,
    /// Creates a new table from them.
    pub import_table: String,
    /// Shows the progress of the import.
    pub describe_import: String,
    /// Writes them to an existing table.
    pub start_bulk_put_items: String,
    /// Shows the progress of the bulk operation.
    pub describe_bulk_operation: String,
}

/// Inputs of the commands.
#[derive(Debug, Clone, Copy)]
pub struct ImportJob<'a> {
    /// Directory of the parts.
    pub data: &'a str,
    /// S3 location of the parts.
    pub s3: &'a S3Location,
    /// Compression of the parts.
    pub compression: PartCompression,
    /// Table name, if known.
    pub table: Option<&'a str>,
    /// Item layout.
    pub schema: &'a Schema,
}

impl ImportJob<'_> {
    /// Returns the commands.
    pub fn commands(&self) -> Commands {
        let S3Location { bucket, prefix } = self.s3;
        let compression = self.compression.aws_name();
        let table = self.table.unwrap_or("TABLE");
        let partition = (&self.schema.user_attr, self.schema.key_type, "HASH");
        let sort = self.schema.sort.as_ref().map(|sort| (&sort.name, sort.kind, "RANGE"));
        let keys: Vec<_> = std::iter::once(partition).chain(sort).collect();
        let types: Vec<_> = keys
            .iter()
            .map(|(name, kind, _)| {
                json!({"AttributeName": name, "AttributeType": format!("{kind:?}")})
            })
            .collect();
        let roles: Vec<_> = keys
            .iter()
            .map(|(name, _, role)| json!({"AttributeName": name, "KeyType": role}))
            .collect();
        let creation = json!({
            "TableName": format!("{table}-new"),
            "AttributeDefinitions": types,
            "KeySchema": roles,
            "BillingMode": "PAY_PER_REQUEST",
        });
        // Outside the prefix of the parts, or the next operation would read it as a part.
        let errors = json!({
            "S3Bucket": bucket,
            "S3KeyPrefix": format!("{}-errors/", prefix.trim_end_matches('/')),
            "OutputType": ["ERROR"],
        });
        let [data, creation, errors] =
            [self.data.to_owned(), creation.to_string(), errors.to_string()].map(|s| quoted(&s));
        Commands {
            upload: format!("aws s3 sync {data} s3://{bucket}/{prefix}"),
            import_table: format!(
                "aws dynamodb import-table --s3-bucket-source S3Bucket={bucket},S3KeyPrefix={prefix} \
                 --input-format DYNAMODB_JSON --input-compression-type {compression} \
                 --table-creation-parameters {creation}"
            ),
            describe_import: "aws dynamodb describe-import --import-arn ARN".to_owned(),
            start_bulk_put_items: format!(
                "aws dynamodb start-bulk-put-items --table-name {} --input-s3-configuration \
                 S3Bucket={bucket},S3KeyPrefix={prefix},InputFormat=DYNAMODB_JSON,\
                 InputCompressionType={compression} --output-s3-configuration {errors} \
                 --max-write-request-units {LEAST_WRITE_UNITS}",
                quoted(table)
            ),
            describe_bulk_operation:
                "aws dynamodb describe-bulk-operation --bulk-operation-arn ARN".to_owned(),
        }
    }
}

/// Quotes an argument for a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Returns the text of README.txt for the output directory.
pub fn readme(commands: &Commands, items: u64, parts: usize) -> String {
    let (items, parts) = (amount(items, "item"), amount(parts as u64, "part"));
    let Commands {
        upload,
        import_table,
        describe_import,
        start_bulk_put_items,
        describe_bulk_operation,
    } = commands;
    format!(
        "{items} in {parts}, as DynamoDB JSON: one item a line, each user once.
manifest.json lists the inputs and the digests of the parts.

1. Upload only the parts to S3: every object under the prefix is read as a part.

   {upload}

2. Either import them into a new table. This uses no write capacity; the table must not exist yet.

   {import_table}
   {describe_import}

   Or load them into an existing table. Use as many write units per second as it can spare, at
   least 1024. Global tables are not supported. Newer items in the table are overwritten.
   AWS documents lines of {{\"Item\": ...}} for imports, and JSON lines for bulk puts: before a large
   load, try one small part with a test table.

   {start_bulk_put_items}
   {describe_bulk_operation}

   Both run in the background; their output includes the ARN.

3. Compare the number of imported items with {items}.

Words in capitals are placeholders for values that recoctl does not know. The parts contain user
data: delete them, here and in S3, when they are no longer needed.
"
    )
}

#[cfg(test)]
mod tests {
    use reco_core::item::KeyType;

    use super::*;

    #[test]
    fn commands_say_what_is_known() {
        let schema = Schema::with_key_type(KeyType::S);
        let s3: S3Location = "s3://my-bucket/reco/2026-01".parse().expect("a location");
        let job = ImportJob {
            data: "/tmp/it's here/data",
            s3: &s3,
            compression: PartCompression::Zstd,
            table: Some("recommendations"),
            schema: &schema,
        };
        insta::assert_snapshot!(readme(&job.commands(), 12, 2));
        let job = ImportJob { s3: &S3Location::default(), table: None, data: "out/data", ..job };
        insta::assert_snapshot!("unknown", readme(&job.commands(), 12, 2));
    }

    #[test]
    fn locations_that_would_read_too_much_or_need_quoting_are_refused() {
        for wrong in [
            "",
            "bucket/prefix",
            "s3://bucket",
            "s3://bucket/",
            "s3:///p",
            "s3://a b/p",
            "s3://b/a,b",
        ] {
            assert!(wrong.parse::<S3Location>().is_err(), "{wrong}");
        }
        let location: S3Location = "s3://b/p//".parse().expect("a location");
        assert_eq!(location, S3Location { bucket: "b".to_owned(), prefix: "p/".to_owned() });
    }

    #[test]
    fn arguments_survive_the_shell() {
        for text in ["plain", "", "it's", "a b", "$(rm)", "-x", "{\"a\":\"'\"}"] {
            let script = format!("printf %s {}", quoted(text));
            let output = std::process::Command::new("sh").args(["-c", &script]).output();
            let output = output.expect("sh runs");
            assert_eq!(String::from_utf8_lossy(&output.stdout), text);
        }
    }
}
