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
    /// So are those that `asked` leaves out: the condition of the first key.
    fn statement(&self, asked: Option<&str>, place: Option<&str>, size: Option<usize>) -> String {
        let mut conditions: Vec<String> =
            self.keys.iter().map(|key| format!("{key} IS NOT NULL")).collect();
        conditions.extend([asked, place].into_iter().flatten().map(str::to_owned));
        let (conditions, order) = (conditions.join(" AND "), self.keys.join(", "));
        let limit = size.map(|size| format!(" LIMIT {size}")).unwrap_or_default();
        let Scan { columns, table, .. } = self;
        format!("SELECT {columns} FROM {table} WHERE {conditions} ORDER BY {order}{limit}")
    }

    /// The conditions of the rows after a key, in their order. Each is one range of an index: what
    /// is both in one condition is read from the start of the user again (MySQL manual, "Row
    /// Constructor Expression Optimization").
    fn after(&self, last: &[String]) -> Vec<String> {
        match (&*self.keys, last) {
            ([key], [last]) => vec![format!("{key} > {last}")],
            ([one, two], [first, second]) => {
                vec![format!("{one} = {first} AND {two} > {second}"), format!("{one} > {first}")]
            }
            _ => Vec::new(),
        }
    }

    /// The condition of the rows with this key.
    fn at(&self, key: &[String]) -> String {
        let equal = self.keys.iter().zip(key).map(|(key, value)| format!("{key} = {value}"));
        equal.collect::<Vec<_>>().join(" AND ")
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
        let places = match &self.last {
            Some(key) => self.scan.after(&literals::<D>(key)).into_iter().map(Some).collect(),
            None => {
                self.check_keys().await?;
                vec![None]
            }
        };
        let mut rows = Vec::new();
        for place in places {
            let left = self.size - rows.len();
            if left > 0 {
                rows.append(&mut self.rows(place.as_deref(), Some(left)).await?);
            }
        }
        self.done = rows.len() < self.size;
        let Some(row) = rows.last() else { return Ok(None) };
        let key = self.scan.key(row);
        // A key type that does not compare exactly would be read for ever.
        if self.last.as_ref() == Some(&key) {
            return Err(self.failed("does not advance; check the types of these columns"));
        }
        if !self.done {
            self.complete(&mut rows, &key).await?;
        }
        self.last = Some(key);
        Ok(Some(rows))
    }

    async fn rows(&self, place: Option<&str>, size: Option<usize>) -> Result<Vec<Row>, FactsError> {
        let asked = D::is_asked_as(&self.scan.keys[0]);
        let statement = self.scan.statement(asked.as_deref(), place, size);
        self.database.page(self.scan.what, statement, self.scan.keys.len()).await
    }

    /// Adds the rows with the last key of a full page that are not in it: the next one starts after
    /// them. A view may have several rows with one key, and a collation may take two for one.
    async fn complete(&self, rows: &mut Vec<Row>, key: &[Option<Id>]) -> Result<(), FactsError> {
        let place = self.scan.at(&literals::<D>(key));
        let mut same = self.rows(Some(&place), None).await?;
        let end = &rows[rows.len().saturating_sub(same.len())..];
        same.retain(|row| !end.contains(row));
        rows.append(&mut same);
        Ok(())
    }

    /// Rows between a number and what is shown of it would be skipped.
    async fn check_keys(&self) -> Result<(), FactsError> {
        let statement = self.scan.statement(None, None, Some(1));
        let columns = self.database.columns(self.scan.what, statement).await?;
        let keys = columns.iter().take(self.scan.keys.len());
        match keys.into_iter().find(|column| !column.compares_exactly()) {
            None => Ok(()),
            Some(column) => {
                Err(self.failed(&format!("is not exact: {column} holds rounded numbers")))
            }
        }
    }

    fn failed(&self, why: &str) -> FactsError {
        let (what, keys) = (self.scan.what, self.scan.keys.join(", "));
        let reason = format!("{what}: paging by {keys} {why}");
        FactsError { stage: FactsStage::Query, reason }
    }
}

fn literals<D: Database>(key: &[Option<Id>]) -> Vec<String> {
    key.iter().flatten().map(|id| D::QUOTING.key(id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_start_after_the_last_key() {
        let tables = FactsTables::default();
        let after = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            Scan::users(&tables).statement(None, None, Some(9)),
            "SELECT `id`, status = 'active' FROM `users` WHERE `id` IS NOT NULL ORDER BY `id` LIMIT 9"
        );
        let articles = Scan::articles(&tables);
        assert_eq!(articles.after(&after(&["7"])), ["`id` > 7"]);
        assert_eq!(
            articles.statement(Some("asked"), Some("`id` > 7"), Some(9)),
            "SELECT `id`, status = 'published', `author_id` FROM `articles` \
             WHERE `id` IS NOT NULL AND asked AND `id` > 7 ORDER BY `id` LIMIT 9"
        );
        let reads = Scan::reads(&tables);
        assert_eq!(
            reads.after(&after(&["7", "8"])),
            ["`user_id` = 7 AND `article_id` > 8", "`user_id` > 7"]
        );
        let at = reads.at(&after(&["7", "8"]));
        assert_eq!(
            reads.statement(None, Some(&at), None),
            "SELECT `user_id`, `article_id` FROM `reads` \
             WHERE `user_id` IS NOT NULL AND `article_id` IS NOT NULL \
             AND `user_id` = 7 AND `article_id` = 8 \
             ORDER BY `user_id`, `article_id`"
        );
    }
}
