//! Users asked for one by one, by prepared statements.

use std::sync::Arc;

use reco_core::facts::{ArticleIndex, Ids, UserFacts};
use reco_core::{Id, IdMap, IdSet, Recommendation};
use rusqlite::{Connection, Statement};

use super::connections::Failure;
use super::rows;
use super::value::{Key, id_at};
use crate::facts::ask::ROWS_PER_USER;
use crate::facts::database::is_true;
use crate::facts::sql::{FactsSql, PairsSql};

/// How one user is asked for.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// In tables of pairs, as a database has them.
    Pairs(Statements),
    /// In one row a user, as a snapshot has them.
    Rows,
}

/// The statements for one user.
#[derive(Debug, Clone)]
pub(super) struct Statements {
    user: Arc<str>,
    reads: Pairs,
    mutes: Pairs,
}

#[derive(Debug, Clone)]
struct Pairs {
    by_user: Arc<str>,
    by_pair: Arc<str>,
}

/// A user with very many reads or mutes, and whose of them matter.
pub(super) struct Heavy {
    pub(super) user: Id,
    pub(super) articles: IdSet,
    pub(super) authors: IdSet,
}

impl Heavy {
    pub(super) fn of(user: Id, lists: &[&Recommendation], articles: &ArticleIndex) -> Self {
        let lists = lists.iter().filter(|list| list.user == user);
        let ids: IdSet = lists.flat_map(|list| list.articles.iter().cloned()).collect();
        let author = |id: &Id| articles.get(id)?.into_facts().author;
        let authors = ids.iter().filter_map(author).collect();
        Heavy { user, articles: ids, authors }
    }
}

impl Form {
    /// The statements made of the general ones; `None` where one is configured as a whole and so
    /// answers for pairs only.
    pub(super) fn of(sql: &FactsSql) -> Option<Self> {
        let user = sql.users.replace("{users}", "?1").into();
        let (reads, mutes) = (Pairs::of(&sql.reads)?, Pairs::of(&sql.mutes)?);
        Some(Form::Pairs(Statements { user, reads, mutes }))
    }

    /// What is known of users, and those of them who have more than is read.
    pub(super) fn ask(
        &self,
        connection: &Connection,
        users: IdSet,
    ) -> Result<(IdMap<UserFacts>, Vec<Id>), Failure> {
        match self {
            Form::Pairs(statements) => statements.ask(connection, users),
            Form::Rows => rows::ask(connection, users),
        }
    }

    /// Completes what is known of users with very many reads or mutes, article by article and
    /// author by author.
    pub(super) fn ask_by_pair(
        &self,
        connection: &Connection,
        heavy: Vec<Heavy>,
        users: &mut IdMap<UserFacts>,
    ) -> Result<(), Failure> {
        match self {
            Form::Pairs(statements) => statements.ask_by_pair(connection, heavy, users),
            Form::Rows => rows::ask_for(connection, heavy, users),
        }
    }
}

impl Statements {
    /// What is known of users, and those of them who have more than is read.
    fn ask(
        &self,
        connection: &Connection,
        users: IdSet,
    ) -> Result<(IdMap<UserFacts>, Vec<Id>), Failure> {
        let mut user = connection.prepare_cached(&self.user)?;
        let mut reads = connection.prepare_cached(&self.reads.by_user)?;
        let mut mutes = connection.prepare_cached(&self.mutes.by_user)?;
        let mut known = IdMap::with_capacity_and_hasher(users.len(), Default::default());
        let mut heavy = Vec::new();
        for id in users {
            let Some(active) = active(&mut user, &id)? else { continue };
            let (read, muted) = (others(&mut reads, &id)?, others(&mut mutes, &id)?);
            if read.is_none() || muted.is_none() {
                heavy.push(id.clone());
            }
            let (read, muted_authors) = (read.unwrap_or_default(), muted.unwrap_or_default());
            known.insert(id, UserFacts { active, muted_authors, read });
        }
        Ok((known, heavy))
    }

    /// Completes what is known of users with very many reads or mutes, article by article and
    /// author by author.
    fn ask_by_pair(
        &self,
        connection: &Connection,
        heavy: Vec<Heavy>,
        users: &mut IdMap<UserFacts>,
    ) -> Result<(), Failure> {
        let mut reads = connection.prepare_cached(&self.reads.by_pair)?;
        let mut mutes = connection.prepare_cached(&self.mutes.by_pair)?;
        for Heavy { user, articles, authors } in heavy {
            let (read, muted) =
                (having(&mut reads, &user, articles)?, having(&mut mutes, &user, authors)?);
            if let Some(facts) = users.get_mut(&user) {
                facts.read.extend(read);
                facts.muted_authors.extend(muted);
            }
        }
        Ok(())
    }
}

impl Pairs {
    fn of(sql: &PairsSql) -> Option<Self> {
        let by_user = sql.by_user.as_ref()?.replace("{users}", "?1").into();
        let by_pair = sql.by_pair.replace("{users}", "?1");
        let by_pair = by_pair.replace("{articles}", "?2").replace("{authors}", "?2").into();
        Some(Pairs { by_user, by_pair })
    }
}

/// Whether a user is active, if there is one: of several rows, each must say so. A database may take
/// '07' for 7: only what was asked, letter for letter, is an answer.
fn active(statement: &mut Statement<'_>, id: &Id) -> rusqlite::Result<Option<bool>> {
    let mut rows = statement.query([Key(id)])?;
    let mut active = None;
    while let Some(row) = rows.next()? {
        if id_at(row, 0)?.as_ref() == Some(id) {
            active = Some(active.unwrap_or(true) && is_true(id_at(row, 1)?.as_ref()));
        }
    }
    Ok(active)
}

/// What a user has read or whom they mute; `None` if that is more than is read.
fn others(statement: &mut Statement<'_>, user: &Id) -> rusqlite::Result<Option<Ids>> {
    let mut rows = statement.query([Key(user)])?;
    let mut others = Vec::with_capacity(64);
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        if count > ROWS_PER_USER {
            return Ok(None);
        }
        if id_at(row, 0)?.as_ref() == Some(user)
            && let Some(other) = id_at(row, 1)?
        {
            others.push(other);
        }
    }
    Ok(Some(others.into_iter().collect()))
}

/// Those of `asked` that the statement has a row for.
fn having(statement: &mut Statement<'_>, user: &Id, asked: IdSet) -> rusqlite::Result<Vec<Id>> {
    let mut found = Vec::new();
    for other in asked {
        let mut rows = statement.query([Key(user), Key(&other)])?;
        while let Some(row) = rows.next()? {
            if id_at(row, 0)?.as_ref() == Some(user) && id_at(row, 1)?.as_ref() == Some(&other) {
                found.push(other);
                break;
            }
        }
    }
    Ok(found)
}
