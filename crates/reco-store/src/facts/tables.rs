//! Where in a schema the facts are: names of tables and columns, from which statements are made.

use reco_core::toml_fault::TomlFault;
use serde::Deserialize;

use super::sql::{FactsSql, PairsSql};

const IDS_PER_STATEMENT: usize = 5_000;

/// Tables and columns by name; the defaults are the pipeline's own schema.
///
/// A name may be any SQL that can stand in its place (`users u JOIN accounts a USING (id)`,
/// `a.state = 'on'`): it is configuration, trusted as the program is. Plain names are quoted,
/// since `reads` is a reserved word of MySQL.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FactsTables {
    /// Most ids in one list.
    pub ids_per_statement: usize,
    /// Users.
    pub users: UsersTable,
    /// Articles.
    pub articles: ArticlesTable,
    /// Articles read by users.
    pub reads: ReadsTable,
    /// Authors muted or blocked by users.
    pub mutes: MutesTable,
}

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident = $default:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: String,)*
            /// A whole lookup statement in place of the one made from the names, with the
            /// placeholders and columns that [`FactsSql`] tells. A table with one can't be copied
            /// into a snapshot.
            pub statement: Option<String>,
        }

        impl Default for $name {
            fn default() -> Self {
                $name { $($field: $default.to_owned(),)* statement: None }
            }
        }
    )*};
}

tables! {
    /// The table of users.
    UsersTable {
        /// The table.
        table = "users",
        /// The user's id.
        id = "id",
        /// A condition: the account is active.
        active = "status = 'active'",
    }
    /// The table of articles.
    ArticlesTable {
        /// The table.
        table = "articles",
        /// The article's id.
        id = "id",
        /// A condition: the article is published.
        published = "status = 'published'",
        /// The id of the author, or null.
        author = "author_id",
    }
    /// The table of reads.
    ReadsTable {
        /// The table.
        table = "reads",
        /// The id of the user.
        user = "user_id",
        /// The id of the article that the user has read.
        article = "article_id",
    }
    /// The table of mutes and blocks.
    MutesTable {
        /// The table.
        table = "mutes",
        /// The id of the user.
        user = "user_id",
        /// The id of the author whom the user mutes.
        author = "author_id",
    }
}

impl Default for FactsTables {
    fn default() -> Self {
        FactsTables {
            ids_per_statement: IDS_PER_STATEMENT,
            users: UsersTable::default(),
            articles: ArticlesTable::default(),
            reads: ReadsTable::default(),
            mutes: MutesTable::default(),
        }
    }
}

/// Names that are not usable.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct TablesError(String);

impl FactsTables {
    /// Reads the names from TOML: `[users]`, `[articles]`, `[reads]`, `[mutes]`, each with what
    /// differs from the defaults.
    ///
    /// # Errors
    /// [`TablesError`] with line and column for what is no TOML or no known name, or when a
    /// statement does more than select or lacks a placeholder.
    pub fn from_toml(text: &str) -> Result<Self, TablesError> {
        let tables: FactsTables = toml::from_str(text)
            .map_err(|error| TablesError(TomlFault::of(text, &error).to_string()))?;
        if tables.ids_per_statement == 0 {
            return Err(TablesError("ids_per_statement is 0; it must be at least 1".to_owned()));
        }
        tables.sql().validate().map_err(TablesError)?;
        Ok(tables)
    }

    /// The lookup statements for these names.
    #[must_use]
    pub fn sql(&self) -> FactsSql {
        let (users, articles, reads, mutes) =
            (&self.users, &self.articles, &self.reads, &self.mutes);
        FactsSql {
            users: or(&users.statement, || {
                let (table, id) = (name(&users.table), name(&users.id));
                format!("SELECT {id}, {} FROM {table} WHERE {id} IN ({{users}})", users.active)
            }),
            articles: or(&articles.statement, || {
                let (table, id) = (name(&articles.table), name(&articles.id));
                let (published, author) = (&articles.published, name(&articles.author));
                format!(
                    "SELECT {id}, {published}, {author} FROM {table} WHERE {id} IN ({{articles}})"
                )
            }),
            reads: pairs(
                reads.statement.as_ref(),
                [&reads.table, &reads.user, &reads.article],
                "{articles}",
            ),
            mutes: pairs(
                mutes.statement.as_ref(),
                [&mutes.table, &mutes.user, &mutes.author],
                "{authors}",
            ),
            ids_per_statement: self.ids_per_statement,
        }
    }
}

fn or(statement: &Option<String>, made: impl FnOnce() -> String) -> String {
    statement.clone().unwrap_or_else(made)
}

fn pairs(statement: Option<&String>, names: [&String; 3], others: &str) -> PairsSql {
    if let Some(statement) = statement {
        return PairsSql::configured(statement.clone());
    }
    let [table, user, other] = names.map(|text| name(text));
    let by_user = format!("SELECT {user}, {other} FROM {table} WHERE {user} IN ({{users}})");
    let by_pair = format!("{by_user} AND {other} IN ({others})");
    PairsSql { by_user: Some(by_user), by_pair }
}

/// Quotes a plain name, part by part. Backquotes are MySQL's own and SQLite takes them too.
pub(super) fn name(text: &str) -> String {
    let plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$')
    };
    if text.split('.').all(plain) {
        let quoted: Vec<String> = text.split('.').map(|part| format!("`{part}`")).collect();
        return quoted.join(".");
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_pipelines_schema() {
        let sql = FactsTables::default().sql();
        assert_eq!(
            sql.users,
            "SELECT `id`, status = 'active' FROM `users` WHERE `id` IN ({users})"
        );
        assert_eq!(
            sql.articles,
            "SELECT `id`, status = 'published', `author_id` FROM `articles` \
             WHERE `id` IN ({articles})"
        );
        let by_user = "SELECT `user_id`, `article_id` FROM `reads` WHERE `user_id` IN ({users})";
        assert_eq!(sql.reads.by_user.as_deref(), Some(by_user));
        assert_eq!(sql.reads.by_pair, format!("{by_user} AND `article_id` IN ({{articles}})"));
        let by_user = "SELECT `user_id`, `author_id` FROM `mutes` WHERE `user_id` IN ({users})";
        assert_eq!(sql.mutes.by_user.as_deref(), Some(by_user));
        assert_eq!(sql.mutes.by_pair, format!("{by_user} AND `author_id` IN ({{authors}})"));
    }

    #[test]
    fn names_and_whole_statements_are_configured() {
        let tables = FactsTables::from_toml(
            "ids_per_statement = 50\n\
             [users]\ntable = \"app.members m JOIN accounts a USING (id)\"\nid = \"m.id\"\nactive = \"a.on\"\n\
             [reads]\nstatement = \"SELECT u, a FROM r WHERE u IN ({users}) AND a IN ({articles})\"",
        )
        .expect("valid");
        let sql = tables.sql();
        assert_eq!(
            sql.users,
            "SELECT `m`.`id`, a.on FROM app.members m JOIN accounts a USING (id) \
             WHERE `m`.`id` IN ({users})"
        );
        let reads = "SELECT u, a FROM r WHERE u IN ({users}) AND a IN ({articles})";
        assert_eq!(sql.reads, PairsSql::configured(reads.to_owned()));
        assert_eq!((sql.ids_per_statement, sql.mutes), (50, FactsSql::default().mutes));
    }

    #[test]
    fn what_is_not_usable_is_refused_with_its_place() {
        let cases = [
            (
                "[user]\nid = 'x'",
                "line 1, column 2: unknown field, expected one of `ids_per_statement`",
            ),
            ("[users]\nkey = 'x'", "line 2, column 1: unknown field, expected one of `table`"),
            ("ids_per_statement = 0", "at least 1"),
            ("[users]\nstatement = 'DELETE FROM users WHERE id IN ({users})'", "must be a SELECT"),
            ("[users]\nstatement = 'SELECT id, 1 FROM users'", "{users}"),
            ("[reads]\nstatement = 'SELECT 1, 2 FROM r WHERE u IN ({users})'", "{articles}"),
            ("[users]\nactive = '1; DROP TABLE users'", "one statement"),
        ];
        for (text, expected) in cases {
            let error = FactsTables::from_toml(text).expect_err(text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
