//! Reading a whole table in pages, each starting after the last key of the one before.

use reco_core::Id;
use reco_core::facts::{FactsError, FactsStage};

use super::database::{Database, Row};
use super::tables::{FactsTables, name};

/// A table to be read whole: the columns of its lookup, ordered by key.
pub(super) struct Scan {
    pub(super) what: &'static str,
    columns: String,
    table: String,
    keys: Vec<String>,
}

impl Scan {
    pub(super) fn users(tables: &FactsTables) -> Self {
        let (users, id) = (&tables.users, name(&tables.users.id));
        Scan::new("users", format!("{id}, {}", users.active), &users.table, [id])
    }

    pub(super) fn articles(tables: &FactsTables) -> Self {
        let (articles, id) = (&tables.articles, name(&tables.articles.id));
        let columns = format!("{id}, {}, {}", articles.published, name(&articles.author));
        Scan::new("articles", columns, &articles.table, [id])
    }

    pub(super) fn reads(tables: &FactsTables) -> Self {
        let reads = &tables.reads;
        Scan::pairs("reads", &reads.table, &reads.user, &reads.article)
    }

    pub(super) fn mutes(tables: &FactsTables) -> Self {
        let mutes = &tables.mutes;
        Scan::pairs("mutes", &mutes.table, &mutes.user, &mutes.author)
    }

    fn pairs(what: &'static str, table: &str, user: &str, other: &str) -> Self {
        let keys = [name(user), name(other)];
        Scan::new(what, keys.join(", "), table, keys)
    }

    fn new(
        what: &'static str,
        columns: String,
        table: &str,
        keys: impl IntoIterator<Item = String>,
    ) -> Self {
        Scan { what, columns, table: name(table), keys: keys.into_iter().collect() }
    }

    /// Rows with a null key match no lookup and are left out; they could not be paged past either.
    fn statement(&self, after: Option<&[String]>, size: usize) -> String {
        let order = self.keys.join(", ");
        let mut conditions: Vec<String> =
            self.keys.iter().map(|key| format!("{key} IS NOT NULL")).collect();
        match (&*self.keys, after) {
            ([key], Some([last])) => conditions.push(format!("{key} > {last}")),
            // Written so that an index on both keys is entered at the first; a comparison of rows
            // is not (MySQL manual, "Row Constructor Expression Optimization").
            ([one, two], Some([first, second])) => conditions
                .push(format!("{one} >= {first} AND ({one} > {first} OR {two} > {second})")),
            _ => {}
        }
        let Scan { columns, table, .. } = self;
        let conditions = conditions.join(" AND ");
        format!("SELECT {columns} FROM {table} WHERE {conditions} ORDER BY {order} LIMIT {size}")
    }

    fn key(&self, row: &Row) -> Vec<Option<Id>> {
        // Users and articles have their key first, pairs are their own key.
        row[..self.keys.len()].to_vec()
    }
}

/// The pages of a scan, one after another.
pub(super) struct Pages<'a, D> {
    database: &'a D,
    scan: Scan,
    size: usize,
    last: Option<Vec<Option<Id>>>,
    done: bool,
}

impl<'a, D: Database> Pages<'a, D> {
    pub(super) fn new(database: &'a D, scan: Scan, size: usize) -> Self {
        Pages { database, scan, size: size.max(1), last: None, done: false }
    }

    /// The next page; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Row>>, FactsError> {
        if self.done {
            return Ok(None);
        }
        let after: Option<Vec<String>> = self
            .last
            .as_ref()
            .map(|key| key.iter().flatten().map(|id| D::exact_literal(id)).collect());
        let statement = self.scan.statement(after.as_deref(), self.size);
        let rows = self.database.rows(self.scan.what, statement).await?;
        self.done = rows.len() < self.size;
        let Some(row) = rows.last() else { return Ok(None) };
        let key = self.scan.key(row);
        // A key type that does not compare exactly (a float) would be read for ever.
        if self.last.as_ref() == Some(&key) {
            let reason = format!(
                "{}: paging by {} does not advance; check the types of these columns",
                self.scan.what,
                self.scan.keys.join(", ")
            );
            return Err(FactsError { stage: FactsStage::Query, reason });
        }
        self.last = Some(key);
        Ok(Some(rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_start_after_the_last_key() {
        let tables = FactsTables::default();
        let after = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            Scan::users(&tables).statement(None, 9),
            "SELECT `id`, status = 'active' FROM `users` WHERE `id` IS NOT NULL ORDER BY `id` LIMIT 9"
        );
        assert_eq!(
            Scan::articles(&tables).statement(Some(&after(&["7"])), 9),
            "SELECT `id`, status = 'published', `author_id` FROM `articles` \
             WHERE `id` IS NOT NULL AND `id` > 7 ORDER BY `id` LIMIT 9"
        );
        assert_eq!(
            Scan::reads(&tables).statement(Some(&after(&["7", "8"])), 9),
            "SELECT `user_id`, `article_id` FROM `reads` \
             WHERE `user_id` IS NOT NULL AND `article_id` IS NOT NULL \
             AND `user_id` >= 7 AND (`user_id` > 7 OR `article_id` > 8) \
             ORDER BY `user_id`, `article_id` LIMIT 9"
        );
    }
}
