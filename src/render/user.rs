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
use reco_store::stored::Stored;
use serde::Serialize;

use crate::render::rows;
use crate::ui::{Align, Report, TextTable, Tone, View, amount, escape_line, wrap};

/// Most ids shown in a column of the text.
const PER_LINE: usize = 8;

/// Where a user stands.
#[derive(Debug, Serialize)]
pub struct UserReport {
    /// The user, as a number if the table's key is one.
    pub user: Id,
    /// Name of the table.
    pub table: String,
    /// The conclusion.
    pub standing: UserStanding,
    /// The same as a sentence that follows the user's id.
    pub sentence: String,
    /// The user's item, if the table has one.
    pub item: Option<UserItem>,
    /// The user in the facts; `None` without facts.
    pub user_in_facts: Option<UserKnown>,
    /// Source of the facts.
    pub facts: &'static str,
    /// SHA-256 of the effective policy.
    pub policy_fingerprint: String,
    /// Entries of the user in files; `None` if none were looked into.
    pub in_files: Option<UserEntries>,
    /// Messages of the user in the DLQ; `None` if it was not looked through.
    pub in_dlq: Option<InDlq>,
    /// Backfills of this machine that read the files into the table.
    pub runs: Vec<RunOf>,
    /// The ids of the list, in order.
    pub articles: Vec<UserArticle>,
    /// True to show every id.
    #[serde(skip)]
    pub all: bool,
    /// Now, in seconds since the epoch.
    #[serde(skip)]
    pub now: i64,
}

/// A user's item in the table.
#[derive(Debug, Serialize)]
pub struct UserItem {
    generated_at: Option<Time>,
    age_s: Option<i64>,
    expires_at: Option<i64>,
    /// Length of the list.
    ids: Option<usize>,
    size_bytes: usize,
    attributes: BTreeMap<String, String>,
}

impl UserItem {
    /// Describes an item at the time `now`, in seconds since the epoch.
    pub fn of(stored: Stored, now: i64) -> Self {
        let generated_at = stored.generated_at.ok().flatten();
        let (ids, expires_at) = match stored.held {
            StoredList::List { articles, expires_at, .. } => (Some(articles.len()), expires_at),
            _ => (None, None),
        };
        UserItem {
            generated_at,
            age_s: generated_at.map(|at| now - at.seconds()),
            expires_at,
            ids,
            size_bytes: stored.bytes,
            attributes: stored.attributes,
        }
    }
}

/// Id in a list, with today's filter result.
#[derive(Debug, Serialize)]
pub struct UserArticle {
    rank: usize,
    id: Id,
    fate: &'static str,
    #[serde(skip)]
    dropped: Option<DropReason>,
}

impl UserArticle {
    /// Returns the ids of a user's list.
    pub fn all(story: &UserStory) -> Vec<Self> {
        // No list of the user is looked into, so that nothing can be said of its ids.
        let is_unjudged = matches!(story.known, Some(UserKnown::Unknown | UserKnown::Inactive))
            && story.standing == UserStanding::FilteredToNothing;
        let kept = if is_unjudged { "not-judged" } else { "kept" };
        let article = |ArticleFate { rank, id, dropped }: &ArticleFate| UserArticle {
            rank: *rank,
            id: id.clone(),
            fate: dropped.map_or(kept, DropReason::name),
            dropped: *dropped,
        };
        story.articles.iter().map(article).collect()
    }
}

impl UserReport {
    /// True if files and DLQ were looked through to their ends.
    fn is_whole(&self) -> bool {
        let files = self.in_files.as_ref();
        let files = files.is_none_or(|files| files.unread == 0 && files.broken.is_empty());
        let dlq = self.in_dlq.as_ref();
        files && dlq.is_none_or(|dlq| dlq.reach.missed() == 0 && dlq.invisible == 0)
    }
}

impl Report for UserReport {
    const KIND: &'static str = "user";
    const ROWS: Option<&'static str> = Some("articles");

    fn outcome(&self) -> Outcome {
        match self.item {
            _ if self.in_dlq.as_ref().is_some_and(|dlq| dlq.interrupted) => Outcome::Interrupted,
            _ if !self.is_whole() => Outcome::Partial,
            None => Outcome::NothingToDo,
            Some(_) => Outcome::Success,
        }
    }

    fn render(&self, view: &View) -> String {
        let tone = match self.standing {
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
        let sentence = view.palette.paint(tone, &self.sentence);
        let sentence = format!("user {} {sentence}", escape_line(&self.user.to_string()));
        let mut text = format!("{}\n\n", wrap(&sentence, view.width, 2));
        text.push_str(&rows::facts(self.facts_of_it(), view));
        text.push_str(&elsewhere::text(self, view));
        let ids = if self.all { self.every_id(view) } else { self.dropped_ids(view) };
        if !ids.is_empty() {
            text.push_str(&format!("\n{ids}"));
        }
        text
    }
}

impl UserReport {
    fn facts_of_it(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![("table", escape_line(&self.table))];
        if let Some(item) = &self.item {
            if let (Some(at), Some(age)) = (item.generated_at, item.age_s) {
                lines.push(("generated", format!("{}, {} ago", at.iso(), duration(age))));
            }
            if let Some(at) = item.expires_at {
                let left = at - self.now;
                let when = duration(left.abs());
                let when = if left > 0 { format!("in {when}") } else { format!("{when} ago") };
                lines.push(("expires", format!("{}, {when}", Time::from_seconds(at).iso())));
            }
            let size = bytes(item.size_bytes as u64);
            let ids = item.ids.map(|ids| format!("{}, ", amount(ids as u64, "id")));
            lines.push(("item", format!("{}{size}", ids.unwrap_or_default())));
            for (name, value) in &item.attributes {
                let (name, value) = (escape_line(name), escape_line(value));
                lines.push(("", format!("{name} = {value}")));
            }
        }
        let known = match self.user_in_facts {
            None => "none: the rules that need facts are skipped".to_owned(),
            Some(UserKnown::Unknown) => format!("{}: the user is not there", self.facts),
            Some(UserKnown::Inactive) => format!("{}: the user is inactive", self.facts),
            Some(UserKnown::Active) => format!("{}: the user is active", self.facts),
        };
        lines.push(("facts", known));
        lines.push(("policy", rows::fingerprint(&self.policy_fingerprint)));
        lines
    }

    /// The reasons with the ids that they would drop.
    fn dropped_ids(&self, view: &View) -> String {
        let columns =
            [("DROPPED TODAY", Align::Left), ("IDS", Align::Right), ("WHICH", Align::Left)];
        let mut table = TextTable::new(view, &columns);
        table.never_narrow(&[0, 1]);
        let mut any = false;
        for reason in DropReason::ALL.iter().copied() {
            let of_reason = self.articles.iter().filter(|a| a.dropped == Some(reason));
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
        if self.articles.is_empty() {
            return String::new();
        }
        let columns = [("RANK", Align::Right), ("ID", Align::Left), ("TODAY", Align::Left)];
        let mut table = TextTable::new(view, &columns);
        table.never_narrow(&[0, 2]);
        for article in &self.articles {
            let tone = article.dropped.map(|_| Tone::Warn);
            table.toned_row([
                (article.rank.to_string(), None),
                (escape_line(&article.id.to_string()), None),
                (article.fate.to_owned(), tone),
            ]);
        }
        table.finish()
    }
}
