//! Flags that select messages, the same for all commands on the DLQ.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use reco_core::classify::Class;

use crate::context::Context;
use crate::flags::{no_jq, seconds};
use reco_ops::aws::sqs::QueueRef;
use reco_ops::dlq::query::{INPUT, Query};
use reco_ops::dlq::select::{Classes, Matcher, SHORTEST};
use reco_ops::error::{Error, Kind, Result};
use reco_ops::files::safe_file::INPUT_LIMIT;

/// Message selection; all given conditions must hold.
#[derive(Debug, Clone, Default, Args)]
pub struct SelectArgs {
    /// Only messages with these ids, or prefixes of ids (at least 4 characters)
    #[arg(value_name = "ID")]
    pub ids: Vec<OsString>,
    /// Only messages of these classes; `all` selects every class
    #[arg(long, value_name = "CLASS,...", value_delimiter = ',', value_parser = choice_parser())]
    pub class: Vec<Choice>,
    /// The same as ID; @FILE reads ids from a file, one per line
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub id: Vec<OsString>,
    /// Only messages with a list of one of these users, in any shape or envelope; @FILE reads user
    /// ids from a file, one per line
    #[arg(long, value_name = "USER,...", value_delimiter = ',')]
    pub user: Vec<OsString>,
    /// Only messages that match this jq expression, e.g. '.attributes.source == "batch"'
    #[arg(long = "where", value_name = "JQ", long_help = filter_help())]
    pub filter: Option<String>,
    /// Only messages from these source queues: name, URL or ARN
    #[arg(long, value_name = "QUEUE,...", value_delimiter = ',')]
    pub source: Vec<String>,
    /// Only messages sent more than this long ago, e.g. 90m, 2h, 3d
    #[arg(long, value_name = "DURATION", value_parser = seconds)]
    pub older_than: Option<i64>,
    /// Only messages sent less than this long ago
    #[arg(long, value_name = "DURATION", value_parser = seconds)]
    pub newer_than: Option<i64>,
}

/// Arguments of [`SelectArgs`], for options that exclude them.
pub const SELECTION: [&str; 8] =
    ["ids", "class", "id", "user", "filter", "source", "older_than", "newer_than"];

/// Expression in the help of `--where`.
const EXAMPLE: &str = ".attributes.source == \"batch\"";

/// Returns the help of `--where`, with the members of its input.
fn filter_help() -> String {
    let mut text = String::from(
        "Only messages that match this jq expression, e.g. '.attributes.source == \"batch\"'. Its input (? may be null or absent):\n\n",
    );
    for (name, kind, example) in INPUT {
        text.push_str(&format!("  {name:<16} {kind:<8} {example}\n"));
    }
    text
}

/// Class, or all classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// All classes.
    All,
    /// Single class.
    Of(Class),
}

fn choice_parser() -> impl TypedValueParser<Value = Choice> {
    let names = Class::ALL.iter().map(|class| class.name()).chain(["all"]);
    PossibleValuesParser::new(names).try_map(|name| match name.as_str() {
        "all" => Ok(Choice::All),
        name => name.parse::<Class>().map(Choice::Of),
    })
}

impl SelectArgs {
    /// Returns whether any condition narrows the selection; `--class all` does not.
    #[must_use]
    pub fn narrows(&self) -> bool {
        let all = self.class.is_empty() || self.class.contains(&Choice::All);
        !all || self.narrows_beyond_class()
    }

    fn narrows_beyond_class(&self) -> bool {
        self.names_messages()
            || !self.source.is_empty()
            || self.older_than.is_some()
            || self.newer_than.is_some()
    }

    /// Returns whether messages are selected by id or content, not only by class, source or age.
    #[must_use]
    pub fn names_messages(&self) -> bool {
        !self.ids.is_empty()
            || !self.id.is_empty()
            || !self.user.is_empty()
            || self.filter.is_some()
    }

    /// Returns the adjective for the selected messages in counts: their classes, if no other
    /// condition applies.
    #[must_use]
    pub fn adjective(&self) -> Option<String> {
        if !self.narrows() {
            return None;
        }
        match self.classes(Classes::Any) {
            Classes::Only(classes) if !self.narrows_beyond_class() => {
                let names: Vec<&str> = classes.iter().map(|class| class.name()).collect();
                Some(names.join(" or "))
            }
            _ => Some("matching".to_owned()),
        }
    }

    /// Builds the matcher; without `--class` it matches the classes in `default`.
    ///
    /// # Errors
    /// Fails if the expression does not compile, a file of ids cannot be read, or a source is not a
    /// queue.
    pub async fn matcher(&self, default: Classes, context: &Context) -> Result<Matcher> {
        let query = match &self.filter {
            Some(text) => {
                let compiled = Query::compile(text, &context.jq, &context.cancel).await;
                Some(compiled.map_err(|why| no_jq("--where", text, why, EXAMPLE))?)
            }
            None => None,
        };
        Ok(Matcher {
            classes: self.classes(default),
            ids: self.message_ids(context).await?,
            users: match self.user.is_empty() {
                true => None,
                false => Some(listed("--user", "user ids", &self.user, context).await?),
            },
            sources: if self.source.is_empty() { None } else { Some(sources(&self.source)?) },
            older_than_s: self.older_than,
            newer_than_s: self.newer_than,
            query,
        })
    }

    fn classes(&self, default: Classes) -> Classes {
        if self.class.is_empty() {
            return default;
        }
        let classes = self.class.iter().map(|choice| match choice {
            Choice::All => None,
            Choice::Of(class) => Some(*class),
        });
        classes.collect::<Option<Vec<Class>>>().map_or(Classes::Any, Classes::Only)
    }
}

fn sources(given: &[String]) -> Result<Vec<QueueRef>> {
    let parse = |given: &String| {
        QueueRef::parse(given.trim()).map_err(|error| {
            Error::new(Kind::Usage, format!("--source {given:?} is not a queue"))
                .hint(error.hint.unwrap_or_default())
        })
    };
    given.iter().map(parse).collect()
}

impl SelectArgs {
    /// Returns the given message ids and prefixes; `None` without any.
    async fn message_ids(&self, context: &Context) -> Result<Option<BTreeSet<String>>> {
        let given: Vec<OsString> = self.ids.iter().chain(&self.id).cloned().collect();
        if given.is_empty() {
            return Ok(None);
        }
        let ids = listed("--id", "message ids", &given, context).await?;
        for id in &ids {
            let usage = |message: String| Error::new(Kind::Usage, message);
            if id == "all" || id.parse::<Class>().is_ok() {
                return Err(usage(format!("{id:?} is a class, not a message id"))
                    .hint(format!("use --class {id}")));
            }
            // AWS: ids are UUIDs. Other servers may have shorter ones.
            let is_prefix = id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
            if is_prefix && id.len() < SHORTEST {
                return Err(usage(format!("{id:?} is too short for a prefix of a message id"))
                    .hint(format!("give at least {SHORTEST} characters of the id")));
            }
        }
        Ok(Some(ids))
    }
}

/// Reads a list of ids from the values of a flag; `@FILE` stands for the lines of a file.
async fn listed(
    flag: &str,
    what: &str,
    given: &[OsString],
    context: &Context,
) -> Result<BTreeSet<String>> {
    let mut ids = BTreeSet::new();
    for id in given {
        let Some(path) = file_of(id) else {
            ids.insert(id.to_string_lossy().trim().to_owned());
            continue;
        };
        let failed = || Error::input(format!("cannot read {what} from {}", path.display()));
        let text = context.read(&path, INPUT_LIMIT, failed).await?;
        ids.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
    }
    ids.remove("");
    if ids.is_empty() {
        return Err(Error::new(Kind::Usage, format!("{flag} is empty"))
            .hint(format!("pass {what}, or @FILE with one per line")));
    }
    Ok(ids)
}

/// Returns the file that `@FILE` names; its name need not be UTF-8.
fn file_of(given: &OsString) -> Option<PathBuf> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::{OsStrExt, OsStringExt};
        let path = given.as_bytes().strip_prefix(b"@")?;
        Some(OsString::from_vec(path.to_vec()).into())
    }
    #[cfg(not(unix))]
    given.to_str()?.strip_prefix('@').map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;

    #[test]
    fn classes_alone_and_all_of_them() {
        let of = |class: &[Choice]| {
            let args = SelectArgs { class: class.to_vec(), ..SelectArgs::default() };
            (args.classes(Classes::NotOutdated), args.narrows())
        };
        assert_eq!(of(&[]), (Classes::NotOutdated, false));
        assert_eq!(of(&[Choice::All]), (Classes::Any, false));
        let stale = Choice::Of(Class::Stale);
        assert_eq!(of(&[stale]), (Classes::Only(vec![Class::Stale]), true));
        assert_eq!(of(&[stale, Choice::All]), (Classes::Any, false));
    }

    fn context() -> Context {
        let settings = crate::config::Settings::default();
        let ui = crate::ui::Ui::from_process(crate::ui::UiOptions::default());
        Context::new(settings, ui, CancellationToken::new())
    }

    #[tokio::test]
    async fn ids_come_from_the_line_and_from_files() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("ids");
        std::fs::write(&path, "b\n\n  c \r\n").expect("written");
        let given = ["a".into(), OsString::from(format!("@{}", path.display()))];
        let context = context();
        let ids = async |given: &[OsString], context: &Context| {
            listed("--id", "message ids", given, context).await
        };
        let read = ids(&given[..], &context).await.expect("ids");
        assert_eq!(read, ["a", "b", "c"].map(str::to_owned).into());
        std::fs::write(&path, "\u{feff}b\nc\n").expect("written");
        let read = ids(&given[..], &context).await.expect("ids");
        assert_eq!(read, ["a", "b", "c"].map(str::to_owned).into());
        std::fs::write(&path, "\n").expect("written");
        assert!(ids(&given[1..], &context).await.is_err(), "no id must not mean every message");
        assert!(ids(&["@/nowhere".into()], &context).await.is_err());
        assert!(ids(&[OsString::new()], &context).await.is_err());
    }

    #[tokio::test]
    async fn what_is_no_id_says_what_it_is() {
        let context = context();
        let refused = async |ids: &[&str]| {
            let ids = ids.iter().map(OsString::from).collect();
            let args = SelectArgs { ids, ..SelectArgs::default() };
            let error = args.matcher(Classes::Any, &context).await.expect_err("no id");
            format!("{error}; {}", error.hint.clone().unwrap_or_default())
        };
        assert_eq!(
            refused(&["malformed"]).await,
            "\"malformed\" is a class, not a message id; use --class malformed"
        );
        assert!(refused(&["abc"]).await.contains("at least 4 characters"));
        let args = SelectArgs { ids: vec!["abcd".into()], ..SelectArgs::default() };
        let id = SelectArgs { id: vec!["efgh".into()], ..args };
        let matcher = id.matcher(Classes::Any, &context).await.expect("two ids");
        assert_eq!(matcher.ids, Some(["abcd", "efgh"].map(str::to_owned).into()));
    }
}
