//! The statements, as data.

use super::tables::FactsTables;

/// The four statements that facts are read with.
///
/// `{users}`, `{articles}` and `{authors}` stand for lists of id literals; a statement is run once
/// for every combination of the lists that it names. Columns are read by position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactsSql {
    /// Columns: user id, whether active (0 or 1).
    pub users: String,
    /// Columns: article id, whether published (0 or 1), author id or null.
    pub articles: String,
    /// Columns: user id, article id that the user has read.
    ///
    /// The default keeps the article condition from the index on purpose (`= 1`): scanning what 50
    /// users have read was 3 to 13 times as fast as looking up every pair of user and article, at
    /// 200 reads a user. Where users have read very much more, leave `= 1` out.
    pub reads: String,
    /// Columns: user id, author id whom the user mutes. `{authors}` are those of the articles.
    pub mutes: String,
    /// Most ids in one list. Few long statements are faster than many short ones: each repeats the
    /// scan of what the users have read.
    pub ids_per_statement: usize,
}

impl Default for FactsSql {
    fn default() -> Self {
        FactsTables::default().sql()
    }
}

impl FactsSql {
    /// Checks what can be checked without a database. SQLite files are opened read-only; elsewhere
    /// only this stands between a slip in the configuration and a write.
    pub(super) fn validate(&self) -> Result<(), String> {
        let needed: [(&str, &str, &[&str]); 4] = [
            ("users", &self.users, &["{users}"]),
            ("articles", &self.articles, &["{articles}"]),
            ("reads", &self.reads, &["{users}", "{articles}"]),
            ("mutes", &self.mutes, &["{users}", "{authors}"]),
        ];
        for (what, statement, placeholders) in needed {
            let first = statement.split_whitespace().next().unwrap_or_default();
            if !["SELECT", "WITH"].iter().any(|word| first.eq_ignore_ascii_case(word)) {
                return Err(format!(
                    "the statement for {what} must be a SELECT, it starts {first:?}"
                ));
            }
            if statement.contains(';') {
                return Err(format!("the statement for {what} must be one statement, without `;`"));
            }
            if let Some(word) = forbidden(statement) {
                return Err(format!("the statement for {what} must only read: it says {word}"));
            }
            if let Some(missing) = placeholders.iter().find(|name| !statement.contains(**name)) {
                return Err(format!("the statement for {what} lacks the placeholder {missing}"));
            }
        }
        Ok(())
    }
}

/// Words of statements that write, or reach what is no table.
const FORBIDDEN: [&str; 18] = [
    "INTO",
    "DELETE",
    "UPDATE",
    "INSERT",
    "REPLACE",
    "MERGE",
    "DROP",
    "ALTER",
    "CREATE",
    "TRUNCATE",
    "GRANT",
    "REVOKE",
    "CALL",
    "HANDLER",
    "LOAD_FILE",
    "LOAD_EXTENSION",
    "ATTACH",
    "PRAGMA",
];

/// The first such word, wherever it stands: what is a text and what a comment depends on the
/// server's settings.
fn forbidden(statement: &str) -> Option<&'static str> {
    let part = |c: char| !(c.is_alphanumeric() || c == '_' || c == '$');
    let mut words = statement.split(part);
    words.find_map(|word| FORBIDDEN.into_iter().find(|known| word.eq_ignore_ascii_case(known)))
}

/// The lists for one placeholder.
#[derive(Clone, Copy)]
pub(super) struct Binding<'a> {
    /// The placeholder, braces included.
    pub(super) name: &'static str,
    /// Lists of literals; none means that nothing can match.
    pub(super) lists: &'a [String],
}

/// Fills a statement: one text for every combination of the lists that it names. A placeholder
/// without lists gives no statement at all, since an empty `IN ()` matches nothing.
pub(super) fn statements(template: &str, bindings: &[Binding<'_>]) -> Vec<String> {
    let mut texts = vec![template.to_owned()];
    for binding in bindings.iter().filter(|binding| template.contains(binding.name)) {
        texts = texts
            .iter()
            .flat_map(|text| binding.lists.iter().map(|list| text.replace(binding.name, list)))
            .collect();
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, users: &[&str], articles: &[&str]) -> Vec<String> {
        let owned = |lists: &[&str]| lists.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
        let (users, articles) = (owned(users), owned(articles));
        let bindings = [
            Binding { name: "{users}", lists: &users },
            Binding { name: "{articles}", lists: &articles },
        ];
        statements(template, &bindings)
    }

    #[test]
    fn what_does_more_than_read_is_refused() {
        for statement in [
            "SELECT id, 1 FROM users WHERE id IN ({users}) INTO OUTFILE '/tmp/x'",
            "SELECT id, 1 INTO @x FROM users WHERE id IN ({users})",
            "SELECT id, 1 FROM users WHERE id IN ({users}) /*!into*/ DUMPFILE 'x'",
            "SELECT id, 1 FROM users WHERE id IN ({users}) FOR UPDATE",
            "WITH x AS (SELECT 1) DELETE FROM users WHERE id IN ({users})",
            "WITH x AS (SELECT 1) update users SET a=1 WHERE id IN ({users})",
            "SELECT id, REPLACE(a, 'b', 'c') FROM users WHERE id IN ({users})",
            "SELECT LOAD_FILE('/etc/passwd'), 1 FROM users WHERE id IN ({users})",
            "SELECT '`', 1 FROM users WHERE id IN ({users}) INTO OUTFILE '`'",
        ] {
            let sql = FactsSql { users: statement.to_owned(), ..FactsSql::default() };
            let error = sql.validate().expect_err(statement);
            assert!(error.contains("must only read"), "{statement}: {error}");
        }
        let sql = FactsSql {
            users: "SELECT updated_by, deleted = 0 FROM replaced WHERE id IN ({users})".to_owned(),
            ..FactsSql::default()
        };
        assert!(sql.validate().is_ok());
    }

    #[test]
    fn every_combination_is_asked_once() {
        let texts = filled("u {users} a {articles}", &["1", "2"], &["8,9", "10"]);
        assert_eq!(texts, ["u 1 a 8,9", "u 1 a 10", "u 2 a 8,9", "u 2 a 10"]);
    }

    #[test]
    fn lists_that_a_statement_does_not_name_do_not_repeat_it() {
        assert_eq!(filled("u {users}", &["1"], &["8", "9"]), ["u 1"]);
        assert_eq!(filled("u {users}", &["1"], &[]), ["u 1"]);
    }

    #[test]
    fn nothing_to_ask_is_no_statement() {
        assert!(filled("u {users} a {articles}", &["1"], &[]).is_empty());
    }
}
