//! Interface of the databases behind the facts.

use std::collections::HashSet;
use std::future::Future;

use reco_core::facts::{ArticleFacts, FactSet, FactsError, FactsRequest, UserFacts};
use reco_core::{Id, IdMap, IdSet};

use super::ids::{Literals, Quoting};
use super::sql::{Binding, Bounds, FactsSql, statements};

/// Most rows of one answer: more than 5,000 users times 400 articles, and 100 MB.
pub(super) const MOST_ROWS: usize = 2_000_000;

/// Longest id that is read.
pub(super) const LONGEST_ID: usize = 4 << 10;

/// Most bytes of one answer's ids: of longer ids there are fewer.
pub(super) const MOST_BYTES: usize = 256 << 20;

/// The first columns of a row, nulls and columns that are not there as `None`. No statement of
/// ours reads more than three.
pub(super) type Row = [Option<Id>; 3];

/// What is read of a row, and kept until the answer is whole.
pub(super) trait Kept {
    /// Bytes that it takes beside its own.
    fn bytes(&self) -> usize;
}

impl Kept for Row {
    fn bytes(&self) -> usize {
        let text = |id: &Id| if let Id::Str(text) = id { text.len() } else { 0 };
        self.iter().flatten().map(text).sum()
    }
}

impl Kept for Vec<Column> {
    fn bytes(&self) -> usize {
        self.iter().map(|column| column.name.len() + column.kind.len()).sum()
    }
}

impl Kept for String {
    fn bytes(&self) -> usize {
        self.len()
    }
}

impl Kept for Option<String> {
    fn bytes(&self) -> usize {
        self.as_ref().map_or(0, String::len)
    }
}

/// The rows of an answer, as far as they came: no server fills the memory.
#[derive(Debug)]
pub(super) struct Rows<T> {
    rows: Vec<T>,
    bytes: usize,
    most: (usize, usize),
}

impl<T: Kept> Rows<T> {
    pub(super) fn new() -> Self {
        Rows::at_most(MOST_ROWS, MOST_BYTES)
    }

    fn at_most(rows: usize, bytes: usize) -> Self {
        Rows { rows: Vec::new(), bytes: 0, most: (rows, bytes) }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// What there is too much of.
    pub(super) fn push(&mut self, row: T) -> Result<(), String> {
        let (rows, bytes) = self.most;
        self.bytes += row.bytes();
        if self.rows.len() >= rows {
            return Err(format!("more than {rows} rows"));
        }
        if self.bytes > bytes {
            return Err(format!("more than {} MiB", bytes >> 20));
        }
        self.rows.push(row);
        Ok(())
    }

    /// All of them.
    pub(super) fn into_vec(self) -> Vec<T> {
        self.rows
    }
}

/// Articles whose facts are known already and need not be asked for again.
pub type KnownArticles = IdMap<ArticleFacts>;

/// A database that runs plain-text statements.
pub(super) trait Database: Send + Sync {
    /// Quoting of ids.
    const QUOTING: Quoting;

    /// Bytes of a statement's text at most.
    const MAX_STATEMENT: usize;

    /// An id as a literal for comparing keys: any text at all, and of the column's own kind.
    fn exact_literal(id: &Id) -> String;

    /// The statements to ask it with.
    fn sql(&self) -> &FactsSql;

    /// Runs one statement to its end. `what` names it in errors.
    fn rows(
        &self,
        what: &'static str,
        statement: String,
    ) -> impl Future<Output = Result<Vec<Row>, FactsError>> + Send;

    /// The columns that a statement answers with, even when it finds no row.
    fn columns(
        &self,
        what: &'static str,
        statement: String,
    ) -> impl Future<Output = Result<Vec<Column>, FactsError>> + Send;

    /// Tables that the statement would read from end to end.
    fn read_whole(
        &self,
        what: &'static str,
        statement: String,
    ) -> impl Future<Output = Result<Vec<String>, FactsError>> + Send;
}

/// A column of an answer.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// Its name, or the expression.
    pub(super) name: String,
    /// Its type in the database's words; empty if it has none.
    pub(super) kind: String,
}

impl Column {
    fn is_any_of(&self, kinds: &[&str]) -> bool {
        kinds.iter().any(|kind| self.kind.contains(kind))
    }

    /// Returns whether it may be 0 or 1.
    pub(super) fn may_be_flag(&self) -> bool {
        !self.is_any_of(&["CHAR", "TEXT", "BLOB", "BINARY", "DATE", "TIME", "ENUM", "SET", "JSON"])
    }

    /// Returns whether its values are told apart exactly by their text.
    pub(super) fn may_be_id(&self) -> bool {
        !self.is_any_of(&["FLOAT", "DOUBLE", "REAL", "BLOB", "BINARY", "DATE", "TIME", "JSON"])
    }
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind.as_str() {
            "" => f.write_str(&self.name),
            kind => write!(f, "{} ({kind})", self.name),
        }
    }
}

/// Gives every statement at least one row, whose columns can then be looked at.
pub(super) fn never_empty(statement: &str) -> String {
    format!("SELECT t.* FROM (SELECT 1 AS one) AS x LEFT JOIN ({statement}) AS t ON 1 = 1 LIMIT 1")
}

/// The bytes of a text in hexadecimal, for a literal that no text can break out of.
pub(super) fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Answers a whole request with as few statements as their bounds allow.
pub(super) async fn ask<D: Database>(
    database: &D,
    request: &FactsRequest,
    known: KnownArticles,
) -> Result<FactSet, FactsError> {
    let asked_users = Literals::of(&request.users, D::QUOTING);
    let new = request.articles.iter().filter(|id| !known.contains_key(*id));
    let new_articles = Literals::of(new, D::QUOTING);
    let (mut users, articles) = tokio::try_join!(
        users(database, &request.users, &asked_users),
        articles(database, &request.articles, &new_articles)
    )?;
    let articles = merged(known, articles, &request.articles);

    let known_users = Literals::of(users.keys(), D::QUOTING);
    let all_articles = Literals::of(&request.articles, D::QUOTING);
    let by: HashSet<&Id> = articles.values().filter_map(|a| a.author.as_ref()).collect();
    let authors = Literals::of(by, D::QUOTING);
    let in_users = Binding { name: "{users}", ids: &known_users };
    let of_articles = [in_users, Binding { name: "{articles}", ids: &all_articles }];
    let of_authors = [in_users, Binding { name: "{authors}", ids: &authors }];
    let (reads, mutes) = tokio::try_join!(
        all_rows(database, "reads", &database.sql().reads, &of_articles),
        all_rows(database, "mutes", &database.sql().mutes, &of_authors)
    )?;
    for (user, article) in reads.into_iter().filter_map(pair) {
        let user = users.get_mut(&user).filter(|_| request.articles.contains(&article));
        if let Some(user) = user {
            user.read.insert(article);
        }
    }
    for (user, author) in mutes.into_iter().filter_map(pair) {
        if let Some(user) = users.get_mut(&user) {
            user.muted_authors.insert(author);
        }
    }
    Ok(FactSet::Known { users, articles })
}

async fn users<D: Database>(
    database: &D,
    asked: &IdSet,
    ids: &Literals,
) -> Result<IdMap<UserFacts>, FactsError> {
    let bindings = [Binding { name: "{users}", ids }];
    let rows = all_rows(database, "users", &database.sql().users, &bindings).await?;
    // A database may take '07' for 7: only what was asked, letter for letter, is an answer.
    let answers = rows.into_iter().filter_map(|[id, active, _]| {
        let id = id.filter(|id| asked.contains(id))?;
        Some((id, UserFacts { active: is_true(active.as_ref()), ..UserFacts::default() }))
    });
    Ok(answers.collect())
}

async fn articles<D: Database>(
    database: &D,
    asked: &IdSet,
    ids: &Literals,
) -> Result<KnownArticles, FactsError> {
    let bindings = [Binding { name: "{articles}", ids }];
    let rows = all_rows(database, "articles", &database.sql().articles, &bindings).await?;
    let answers = rows.into_iter().filter_map(|[id, published, author]| {
        let id = id.filter(|id| asked.contains(id))?;
        Some((id, ArticleFacts { published: is_true(published.as_ref()), author }))
    });
    Ok(answers.collect())
}

async fn all_rows<D: Database>(
    database: &D,
    what: &'static str,
    template: &str,
    bindings: &[Binding<'_>],
) -> Result<Vec<Row>, FactsError> {
    let mut all = Vec::new();
    let ids = database.sql().ids_per_statement.max(1);
    let bounds = Bounds { ids, bytes: D::MAX_STATEMENT };
    for statement in statements(template, bindings, bounds) {
        all.append(&mut database.rows(what, statement).await?);
    }
    Ok(all)
}

/// Merges known and new articles, limited to the requested ones: a cache may know more.
fn merged(known: KnownArticles, new: KnownArticles, asked: &IdSet) -> KnownArticles {
    let mut all = new;
    all.extend(known.into_iter().filter(|(id, _)| asked.contains(id)));
    all
}

/// A comparison with null is null: not active, not published.
pub(super) fn is_true(flag: Option<&Id>) -> bool {
    flag.and_then(Id::as_integer).is_some_and(|flag| flag != 0)
}

fn pair([one, other, _]: Row) -> Option<(Id, Id)> {
    Some((one?, other?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_bounded_by_its_rows_and_by_its_bytes() {
        let row = |text: &str| [Some(Id::from(text)), None, Some(Id::from(7_u64))];
        let mut rows = Rows::at_most(3, 1 << 20);
        for _ in 0..3 {
            rows.push(row("a")).expect("it fits");
        }
        assert_eq!(rows.push(row("a")), Err("more than 3 rows".to_owned()));
        let mut rows = Rows::at_most(MOST_ROWS, 1 << 20);
        let long = "x".repeat(LONGEST_ID);
        for _ in 0..256 {
            rows.push(row(&long)).expect("it fits");
        }
        assert_eq!(rows.push(row("a")), Err("more than 1 MiB".to_owned()));
        assert_eq!(rows.into_vec().len(), 256);
        // What the bounds come to together.
        assert!(MOST_ROWS * size_of::<Row>() + MOST_BYTES < 512 << 20);
    }
}
