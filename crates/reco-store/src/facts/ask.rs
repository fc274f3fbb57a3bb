//! Asking a database for the facts of a whole batch.
//!
//! What users have read and whom they mute is asked by user and matched on our side: an index
//! clustered by user gives it in one range each, while a list of articles would make the database
//! compare every row with every list. Users with very many rows are asked about by their articles.

use std::collections::HashMap;

use futures::{StreamExt, TryStreamExt, stream};
use reco_core::facts::{
    ArticleFacts, ArticleIndex, FactSet, FactsError, FactsRequest, Ids, UserFacts,
};
use reco_core::{Id, IdMap, IdSet, Recommendation};
use tokio::sync::Semaphore;

use super::agreed::{add_article, add_user};
use super::database::{Database, KnownArticles, Row, is_true};
use super::ids::Literals;
use super::sql::{Binding, Bounds, FactsSql, PairsSql, statements};

/// Rows a user may have to be asked for all of them; beyond, one lookup an article is cheaper.
pub(super) const ROWS_PER_USER: usize = 1_000;

/// Users whose pairs are asked for at once: no answer has more than 100,000 rows.
const USERS_AT_ONCE: usize = 100;

/// Statements of one kind in flight at once, where the database allows as many.
const AT_ONCE: usize = 4;

/// Statements of one batch in flight at once: the batches of a long run share the connections, and
/// more would only wait for each other, at last for too long.
const TURNS: usize = 2;

/// A database, asked by one batch for one statement a turn.
struct Asker<'a, D> {
    database: &'a D,
    turns: Semaphore,
}

impl<'a, D: Database> Asker<'a, D> {
    fn new(database: &'a D) -> Self {
        Asker { database, turns: Semaphore::new(database.at_once().clamp(1, TURNS)) }
    }

    fn sql(&self) -> &'a FactsSql {
        self.database.sql()
    }

    async fn rows(&self, what: &'static str, statement: String) -> Result<Vec<Row>, FactsError> {
        // Never closed.
        let _turn = self.turns.acquire().await;
        self.database.rows(what, statement).await
    }
}

/// Answers a whole request with as few statements as their bounds allow. `lists` are those that the
/// request is made of, where there are any: of users with very many rows only their own articles
/// are asked.
pub(super) async fn ask<D: Database>(
    database: &D,
    request: &FactsRequest,
    lists: &[&Recommendation],
    known: KnownArticles,
) -> Result<FactSet, FactsError> {
    let new = request.articles.iter().filter(|id| !known.contains_key(*id));
    let new = Literals::of(new, D::QUOTING);
    let asker = &Asker::new(database);
    if request.articles.is_empty() {
        let users = users(asker, &request.users).await?;
        return Ok(FactSet::Known { users, articles: KnownArticles::default() });
    }
    let (mut people, articles) = tokio::try_join!(
        People::of(asker, &request.users),
        articles(asker, &request.articles, &new)
    )?;
    let articles = merged(known, articles);
    let author = |id: &Id| articles.get(id).and_then(|article| article.author.clone());
    let all = Wanted { lists, others: &request.articles };
    people.ask_by_pair(asker, all, author).await?;
    let authors: IdSet = articles.values().filter_map(|a| a.author.clone()).collect();
    for user in people.users.values_mut() {
        user.read.retain(|article| request.articles.contains(article));
        user.muted_authors.retain(|author| authors.contains(author));
    }
    Ok(FactSet::Known { users: people.users, articles })
}

/// Answers for the users of lists, where what is known of articles is at hand.
pub(super) async fn ask_users<D: Database>(
    database: &D,
    lists: &[&Recommendation],
    articles: &ArticleIndex,
) -> Result<IdMap<UserFacts>, FactsError> {
    let users: IdSet = lists.iter().map(|list| list.user.clone()).collect();
    let asker = &Asker::new(database);
    let mut people = People::of(asker, &users).await?;
    let author = |id: &Id| articles.get(id).and_then(|article| article.into_facts().author);
    let none = IdSet::default();
    people.ask_by_pair(asker, Wanted { lists, others: &none }, author).await?;
    Ok(people.users)
}

/// The articles that users are asked about one by one.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    lists: &'a [&'a Recommendation],
    /// Those of all users, where there are no lists.
    others: &'a IdSet,
}

impl<'a> Wanted<'a> {
    /// The articles of one user, or of all.
    fn of(self, user: Option<&Id>) -> IdSet {
        if self.lists.is_empty() {
            return self.others.clone();
        }
        let lists = self.lists.iter().filter(|list| user.is_none_or(|user| list.user == *user));
        lists.flat_map(|list| list.articles.iter().cloned()).collect()
    }
}

/// What is known of users so far.
struct People {
    users: IdMap<UserFacts>,
    reads_left: Left,
    mutes_left: Left,
}

/// Users about whom is still to be asked.
enum Left {
    /// Each by their own articles: they have too many rows.
    Each(Vec<Id>),
    /// All at once, by a statement that is configured as a whole.
    All,
}

impl People {
    /// Asks for these users, what they have read and whom they mute, all at once: nearly all of
    /// them are known, and no answer has to wait for another.
    async fn of<D: Database>(asker: &Asker<'_, D>, asked: &IdSet) -> Result<Self, FactsError> {
        let sql = asker.sql();
        let ids: Vec<Id> = asked.iter().cloned().collect();
        let (mut users, (reads, reads_left), (mutes, mutes_left)) = tokio::try_join!(
            users(asker, asked),
            by_user(asker, "reads", &sql.reads, &ids),
            by_user(asker, "mutes", &sql.mutes, &ids)
        )?;
        add(&mut users, reads, |user| &mut user.read);
        add(&mut users, mutes, |user| &mut user.muted_authors);
        Ok(People { users, reads_left, mutes_left })
    }

    /// Asks for what is left, article by article and author by author.
    async fn ask_by_pair<D: Database>(
        &mut self,
        asker: &Asker<'_, D>,
        wanted: Wanted<'_>,
        author: impl Fn(&Id) -> Option<Id>,
    ) -> Result<(), FactsError> {
        let sql = asker.sql();
        for (users, articles) in self.groups(&self.reads_left, wanted) {
            let others = Others { name: "{articles}", ids: &articles };
            let rows = by_pair(asker, "reads", &sql.reads, &users, others).await?;
            add(&mut self.users, rows, |user| &mut user.read);
        }
        for (users, articles) in self.groups(&self.mutes_left, wanted) {
            let authors: IdSet = articles.iter().filter_map(&author).collect();
            let others = Others { name: "{authors}", ids: &authors };
            let rows = by_pair(asker, "mutes", &sql.mutes, &users, others).await?;
            add(&mut self.users, rows, |user| &mut user.muted_authors);
        }
        Ok(())
    }

    /// The users who are asked about together, with the articles in question.
    fn groups(&self, left: &Left, wanted: Wanted<'_>) -> Vec<(Vec<Id>, IdSet)> {
        match left {
            Left::All if self.users.is_empty() => Vec::new(),
            Left::All => vec![(self.users.keys().cloned().collect(), wanted.of(None))],
            Left::Each(users) => {
                let known = users.iter().filter(|user| self.users.contains_key(*user));
                known.map(|user| (vec![user.clone()], wanted.of(Some(user)))).collect()
            }
        }
    }
}

fn add(users: &mut IdMap<UserFacts>, rows: Vec<Row>, set: fn(&mut UserFacts) -> &mut Ids) {
    for [user, other, _] in rows {
        if let (Some(user), Some(other)) = (user.and_then(|user| users.get_mut(&user)), other) {
            set(user).insert(other);
        }
    }
}

async fn users<D: Database>(
    asker: &Asker<'_, D>,
    asked: &IdSet,
) -> Result<IdMap<UserFacts>, FactsError> {
    let ids = Literals::of(asked, D::QUOTING);
    let bindings = [Binding { name: "{users}", ids: &ids }];
    let rows = all_rows(asker, "users", &asker.sql().users, &bindings).await?;
    // A database may take '07' for 7: only what was asked, letter for letter, is an answer.
    let mut users = IdMap::default();
    for [id, active, _] in rows {
        if let Some(id) = id.filter(|id| asked.contains(id)) {
            add_user(&mut users, id, is_true(active.as_ref()));
        }
    }
    Ok(users)
}

async fn articles<D: Database>(
    asker: &Asker<'_, D>,
    asked: &IdSet,
    ids: &Literals,
) -> Result<KnownArticles, FactsError> {
    let bindings = [Binding { name: "{articles}", ids }];
    let rows = all_rows(asker, "articles", &asker.sql().articles, &bindings).await?;
    let mut articles = KnownArticles::default();
    let rows = rows.into_iter().filter_map(article).filter(|(id, _)| asked.contains(id));
    rows.for_each(|(id, facts)| add_article(&mut articles, id, facts));
    Ok(articles)
}

/// A row of an article.
pub(super) fn article([id, published, author]: Row) -> Option<(Id, ArticleFacts)> {
    Some((id?, ArticleFacts { published: is_true(published.as_ref()), author }))
}

/// All pairs of users, and the users who have too many.
async fn by_user<D: Database>(
    asker: &Asker<'_, D>,
    what: &'static str,
    sql: &PairsSql,
    users: &[Id],
) -> Result<(Vec<Row>, Left), FactsError> {
    let Some(template) = &sql.by_user else { return Ok((Vec::new(), Left::All)) };
    let groups: Vec<Vec<Id>> = users.chunks(USERS_AT_ONCE).map(<[_]>::to_vec).collect();
    let groups = groups.into_iter().map(|group| of_group(asker, what, template, group));
    let answers: Vec<_> = stream::iter(groups).buffered(AT_ONCE).try_collect().await?;
    let (mut all, mut many) = (Vec::new(), Vec::new());
    for (mut rows, mut heavy) in answers {
        all.append(&mut rows);
        many.append(&mut heavy);
    }
    Ok((all, Left::Each(many)))
}

/// The pairs of one group of users, and those of them who have too many.
async fn of_group<D: Database>(
    asker: &Asker<'_, D>,
    what: &'static str,
    template: &str,
    mut group: Vec<Id>,
) -> Result<(Vec<Row>, Vec<Id>), FactsError> {
    let mut many: Vec<Id> = Vec::new();
    let mut answer = bounded(asker, what, template, &group).await?;
    if let Err(rows) = answer {
        let heavy = heavy(&rows);
        (many, group) = group.into_iter().partition(|user| heavy.contains(user));
        answer = bounded(asker, what, template, &group).await?;
    }
    Ok(match answer {
        Ok(rows) => (rows, many),
        // There are more such users than it is worth to find.
        Err(_) => {
            many.append(&mut group);
            (Vec::new(), many)
        }
    })
}

/// The pairs of a few users, or as many as may be: then at least one of them has too many.
async fn bounded<D: Database>(
    asker: &Asker<'_, D>,
    what: &'static str,
    template: &str,
    users: &[Id],
) -> Result<Result<Vec<Row>, Vec<Row>>, FactsError> {
    let ids = Literals::of(users, D::QUOTING);
    let most = users.len() * ROWS_PER_USER;
    let mut all = Vec::new();
    let bindings = [Binding { name: "{users}", ids: &ids }];
    let limit = format!(" LIMIT {}", most + 1);
    for statement in statements(template, &bindings, bounds(asker, limit.len())) {
        all.append(&mut asker.rows(what, statement + &limit).await?);
        if all.len() > most {
            return Ok(Err(all));
        }
    }
    Ok(Ok(all))
}

/// Users with more rows than are read.
fn heavy(rows: &[Row]) -> IdSet {
    let mut counts: HashMap<&Id, usize> = HashMap::new();
    rows.iter().flat_map(|[user, ..]| user).for_each(|user| *counts.entry(user).or_default() += 1);
    let many = counts.into_iter().filter(|(_, count)| *count > ROWS_PER_USER);
    many.map(|(user, _)| user.clone()).collect()
}

/// The articles or authors of a pair.
struct Others<'a> {
    name: &'static str,
    ids: &'a IdSet,
}

async fn by_pair<D: Database>(
    asker: &Asker<'_, D>,
    what: &'static str,
    sql: &PairsSql,
    users: &[Id],
    others: Others<'_>,
) -> Result<Vec<Row>, FactsError> {
    let (users, ids) = (Literals::of(users, D::QUOTING), Literals::of(others.ids, D::QUOTING));
    let others = Binding { name: others.name, ids: &ids };
    let bindings = [Binding { name: "{users}", ids: &users }, others];
    all_rows(asker, what, &sql.by_pair, &bindings).await
}

async fn all_rows<D: Database>(
    asker: &Asker<'_, D>,
    what: &'static str,
    template: &str,
    bindings: &[Binding<'_>],
) -> Result<Vec<Row>, FactsError> {
    let asked = statements(template, bindings, bounds(asker, 0));
    let answers = asked.into_iter().map(|statement| asker.rows(what, statement));
    stream::iter(answers).buffered(AT_ONCE).try_concat().await
}

/// The bounds of a statement to which so many bytes are added.
fn bounds<D: Database>(asker: &Asker<'_, D>, added: usize) -> Bounds {
    let ids = asker.sql().ids_per_statement.max(1);
    Bounds { ids, bytes: D::MAX_STATEMENT - added }
}

/// Adds new articles to the known ones, which are the requested ones only.
fn merged(mut known: KnownArticles, new: KnownArticles) -> KnownArticles {
    known.extend(new);
    known
}
