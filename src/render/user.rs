//! One user's story as text and JSON.

mod elsewhere;

use std::collections::BTreeMap;

use reco_core::filter::DropReason;
use reco_core::human::{bytes, duration};
use reco_core::outcome::Outcome;
use reco_core::standing::{StoredList, UserStanding};
use reco_core::{Id, Time};
use reco_ops::backfill::UserEntries;
use reco_ops::user::{ArticleFate, InDlq, RunOf, UserKnown, UserStory};
use serde::{Serialize, Serializer};

use crate::ui::{Align, Report, Table, Tone, View, amount, escape_line, wrap};

/// Most ids shown in a column of the text.
const PER_LINE: usize = 8;

/// Where a user stands.
#[derive(Debug)]
pub struct UserReport {
    /// Name of the table.
    pub table: String,
    /// SHA-256 of the effective policy.
    pub policy_fingerprint: String,
    /// Source of the facts.
    pub facts: &'static str,
    /// True to show every id.
    pub all: bool,
    /// Now, in seconds since the epoch.
    pub now: i64,
    /// What was found.
    pub story: UserStory,
    /// Entries of the user in files; `None` if none were looked into.
    pub in_files: Option<UserEntries>,
    /// Messages of the user in the DLQ; `None` if it was not looked through.
    pub in_dlq: Option<InDlq>,
    /// Backfills of this machine that read the files into the table.
    pub runs: Vec<RunOf>,
}

#[derive(Serialize)]
struct Json<'a> {
    user: &'a Id,
    table: &'a str,
    standing: UserStanding,
    sentence: &'a str,
    item: Option<ItemJson<'a>>,
    user_in_facts: Option<UserKnown>,
    facts: &'static str,
    policy_fingerprint: &'a str,
    in_files: Option<&'a UserEntries>,
    in_dlq: Option<&'a InDlq>,
    runs: &'a [RunOf],
    articles: Vec<ArticleJson<'a>>,
}

#[derive(Serialize)]
struct ItemJson<'a> {
    generated_at: Option<Time>,
    age_s: Option<i64>,
    expires_at: Option<i64>,
    ids: Option<usize>,
    size_bytes: usize,
    attributes: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct ArticleJson<'a> {
    rank: usize,
    id: &'a Id,
    fate: &'static str,
}

impl UserReport {
    fn generated_at(&self) -> Option<Time> {
        self.story.stored.as_ref()?.generated_at.as_ref().ok().copied().flatten()
    }

    /// Length of the list, and its expiry.
    fn list(&self) -> (Option<usize>, Option<i64>) {
        match self.story.stored.as_ref().map(|stored| &stored.held) {
            Some(StoredList::List { articles, expires_at, .. }) => {
                (Some(articles.len()), *expires_at)
            }
            _ => (None, None),
        }
    }

    fn item(&self) -> Option<ItemJson<'_>> {
        let stored = self.story.stored.as_ref()?;
        let (ids, expires_at) = self.list();
        let at = self.generated_at();
        Some(ItemJson {
            generated_at: at,
            age_s: at.map(|at| self.now - at.seconds()),
            expires_at,
            ids,
            size_bytes: stored.bytes,
            attributes: &stored.attributes,
        })
    }

    /// True if files and DLQ were looked through to their ends.
    fn is_whole(&self) -> bool {
        let files = self.in_files.as_ref();
        let files = files.is_none_or(|files| files.unread == 0 && files.broken.is_empty());
        let dlq = self.in_dlq.as_ref();
        files && dlq.is_none_or(|dlq| dlq.reach.missed() == 0 && dlq.invisible == 0)
    }

    /// True if no list of the user is looked into, so that nothing can be said of its ids.
    fn is_unjudged(&self) -> bool {
        matches!(self.story.known, Some(UserKnown::Unknown | UserKnown::Inactive))
            && self.story.standing == UserStanding::FilteredToNothing
    }

    fn fate(&self, dropped: Option<DropReason>) -> &'static str {
        match dropped {
            Some(reason) => reason.name(),
            None if self.is_unjudged() => "not-judged",
            None => "kept",
        }
    }
}

impl Serialize for UserReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let articles = self.story.articles.iter();
        let articles = articles.map(|ArticleFate { rank, id, dropped }| ArticleJson {
            rank: *rank,
            id,
            fate: self.fate(*dropped),
        });
        Json {
            user: &self.story.user,
            table: &self.table,
            standing: self.story.standing,
            sentence: &self.story.sentence,
            item: self.item(),
            user_in_facts: self.story.known,
            facts: self.facts,
            policy_fingerprint: &self.policy_fingerprint,
            in_files: self.in_files.as_ref(),
            in_dlq: self.in_dlq.as_ref(),
            runs: &self.runs,
            articles: articles.collect(),
        }
        .serialize(serializer)
    }
}

impl Report for UserReport {
    const KIND: &'static str = "user";
    const ROWS: Option<&'static str> = Some("articles");

    fn outcome(&self) -> Outcome {
        match self.story.stored {
            _ if self.in_dlq.as_ref().is_some_and(|dlq| dlq.interrupted) => Outcome::Interrupted,
            _ if !self.is_whole() => Outcome::Partial,
            None => Outcome::NothingToDo,
            Some(_) => Outcome::Success,
        }
    }

    fn render(&self, view: &View) -> String {
        let tone = match self.story.standing {
            UserStanding::Current => Tone::Good,
            UserStanding::DroppedToday
            | UserStanding::FilteredToNothing
            | UserStanding::WaitsInDlq => Tone::Warn,
            UserStanding::NoItem
            | UserStanding::NoList
            | UserStanding::Expired
            | UserStanding::NeverWritten
            | UserStanding::OlderListWon => Tone::Bad,
        };
        let sentence = view.palette.paint(tone, &self.story.sentence);
        let sentence = format!("user {} {sentence}", escape_line(&self.story.user.to_string()));
        let mut text = format!("{}\n\n", wrap(&sentence, view.width, 2));
        for (name, value) in self.facts_of_it() {
            let name = view.palette.paint(Tone::Faint, &format!("{name:<11}"));
            text.push_str(&format!("{name} {value}\n"));
        }
        text.push_str(&elsewhere::text(self, view));
        let ids = if self.all { self.every_id(view) } else { self.dropped_ids(view) };
        if !ids.is_empty() {
            text.push_str(&format!("\n{ids}"));
        }
        text
    }
}

impl UserReport {
    fn facts_of_it(&self) -> Vec<(String, String)> {
        let line = |name: &str, value: String| (name.to_owned(), value);
        let mut lines = vec![line("table", escape_line(&self.table))];
        if let Some(item) = self.item() {
            if let (Some(at), Some(age)) = (item.generated_at, item.age_s) {
                lines.push(line("generated", format!("{}, {} ago", at.iso(), duration(age))));
            }
            if let Some(at) = item.expires_at {
                let left = at - self.now;
                let when = duration(left.abs());
                let when = if left > 0 { format!("in {when}") } else { format!("{when} ago") };
                lines.push(line("expires", format!("{}, {when}", Time::from_seconds(at).iso())));
            }
            let size = bytes(item.size_bytes as u64);
            let ids = item.ids.map(|ids| format!("{}, ", amount(ids as u64, "id")));
            lines.push(line("item", format!("{}{size}", ids.unwrap_or_default())));
            for (name, value) in item.attributes {
                let (name, value) = (escape_line(name), escape_line(value));
                lines.push(line("", format!("{name} = {value}")));
            }
        }
        let known = match self.story.known {
            None => "none: the rules that need facts are skipped".to_owned(),
            Some(UserKnown::Unknown) => format!("{}: the user is not there", self.facts),
            Some(UserKnown::Inactive) => format!("{}: the user is inactive", self.facts),
            Some(UserKnown::Active) => format!("{}: the user is active", self.facts),
        };
        lines.push(line("facts", known));
        let fingerprint = self.policy_fingerprint.get(..12).unwrap_or(&self.policy_fingerprint);
        lines.push(line("policy", fingerprint.to_owned()));
        lines
    }

    /// The reasons with the ids that they would drop.
    fn dropped_ids(&self, view: &View) -> String {
        let columns =
            [("DROPPED TODAY", Align::Left), ("IDS", Align::Right), ("WHICH", Align::Left)];
        let mut table = Table::new(view, &columns);
        table.never_narrow(&[0, 1]);
        let mut any = false;
        for reason in DropReason::ALL {
            let of_reason = self.story.articles.iter().filter(|a| a.dropped == Some(reason));
            let ids: Vec<String> =
                of_reason.map(|article| escape_line(&article.id.to_string())).collect();
            if ids.is_empty() {
                continue;
            }
            any = true;
            let mut which = ids.iter().take(PER_LINE).cloned().collect::<Vec<_>>().join(" ");
            if ids.len() > PER_LINE {
                which.push_str(" …");
            }
            table.toned_row([
                (reason.name().to_owned(), Some(Tone::Warn)),
                (ids.len().to_string(), None),
                (which, None),
            ]);
        }
        if any { table.finish() } else { String::new() }
    }

    fn every_id(&self, view: &View) -> String {
        if self.story.articles.is_empty() {
            return String::new();
        }
        let columns = [("RANK", Align::Right), ("ID", Align::Left), ("TODAY", Align::Left)];
        let mut table = Table::new(view, &columns);
        table.never_narrow(&[0, 2]);
        for article in &self.story.articles {
            let tone = article.dropped.map(|_| Tone::Warn);
            table.toned_row([
                (article.rank.to_string(), None),
                (escape_line(&article.id.to_string()), None),
                (self.fate(article.dropped).to_owned(), tone),
            ]);
        }
        table.finish()
    }
}
