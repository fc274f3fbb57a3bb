//! The statements, as data.

use super::ids::Literals;
use super::tables::FactsTables;

/// Bytes of a statement that are left for ids at least: two of the longest, as literals.
const ROOM_FOR_IDS: usize = 2 * (2 * 3072 + 16);

/// The statements that facts are read with.
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
    pub reads: PairsSql,
    /// Columns: user id, author id whom the user mutes. `{authors}` are those of the articles.
    pub mutes: PairsSql,
    /// Most ids in one list. Few long statements are faster than many short ones. A text for MySQL
    /// is bounded besides.
    pub ids_per_statement: usize,
}

/// The statements for pairs of a user and something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairsSql {
    /// All pairs of `{users}`; not there where the statement is configured as a whole.
    pub by_user: Option<String>,
    /// Those of `{users}` with `{articles}` or `{authors}`: for users with very many, and where
    /// there is no other.
    pub by_pair: String,
}

impl PairsSql {
    /// A configured statement, which names users and others.
    #[must_use]
    pub fn configured(statement: String) -> Self {
        PairsSql { by_user: None, by_pair: statement }
    }

    /// The statement that nearly all users are asked with.
    pub(super) fn usual(&self) -> &String {
        self.by_user.as_ref().unwrap_or(&self.by_pair)
    }
}

impl Default for FactsSql {
    fn default() -> Self {
        FactsTables::default().sql()
    }
}

impl FactsSql {
    /// As [`FactsSql::validate`], and that ids fit beside each statement in a text of so many bytes.
    pub(super) fn validate_for(&self, bytes: usize) -> Result<(), String> {
        self.validate()?;
        let named = [
            ("users", &self.users),
            ("articles", &self.articles),
            ("reads", &self.reads.by_pair),
            ("mutes", &self.mutes.by_pair),
        ];
        for (what, statement) in named {
            let most = bytes.saturating_sub(ROOM_FOR_IDS);
            if statement.len() > most {
                let length = statement.len();
                return Err(format!(
                    "the statement for {what} has {length} bytes; with ids, no more than {most} \
                     fit in the {bytes} of a statement that RDS Proxy does not pin a session for"
                ));
            }
        }
        Ok(())
    }

    /// Checks what can be checked without a database. SQLite files are opened read-only; elsewhere
    /// only this stands between a slip in the configuration and a write.
    pub(super) fn validate(&self) -> Result<(), String> {
        let needed: [(&str, &str, &[&str]); 4] = [
            ("users", &self.users, &["{users}"]),
            ("articles", &self.articles, &["{articles}"]),
            ("reads", &self.reads.by_pair, &["{users}", "{articles}"]),
            ("mutes", &self.mutes.by_pair, &["{users}", "{authors}"]),
        ];
        for (what, statement, placeholders) in needed {
            let first = statement.split_whitespace().next().unwrap_or_default();
            if !["SELECT", "WITH"].iter().any(|word| first.eq_ignore_ascii_case(word)) {
                return Err(format!(
                    "the statement for {what} must be a SELECT, but it starts with {first:?}"
                ));
            }
            if statement.contains(';') {
                return Err(format!("the statement for {what} must be one statement, without `;`"));
            }
            if let Some(word) = forbidden(statement) {
                return Err(format!(
                    "the statement for {what} must be read-only, but it contains {word}"
                ));
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

/// The ids for one placeholder.
#[derive(Clone, Copy)]
pub(super) struct Binding<'a> {
    /// The placeholder, braces included.
    pub(super) name: &'static str,
    /// Its ids; none means that nothing can match.
    pub(super) ids: &'a Literals,
}

/// Limits of a statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Ids in one list.
    pub(super) ids: usize,
    /// Bytes of the whole text.
    pub(super) bytes: usize,
}

/// A placeholder on its way into a statement.
struct Part<'a> {
    binding: Binding<'a>,
    /// Number of times that the statement names it.
    times: usize,
    /// Bytes that all of its ids would take.
    wanted: usize,
    /// Bytes of one list.
    room: usize,
}

/// Fills a statement: one text for every combination of the lists that the ids are cut into. A
/// placeholder without ids gives no statement at all, since an empty `IN ()` matches nothing. No
/// text is longer than `bounds` say, as it is sent.
pub(super) fn statements(template: &str, bindings: &[Binding<'_>], bounds: Bounds) -> Vec<String> {
    let mut fixed = template.len();
    let mut parts: Vec<Part<'_>> = Vec::new();
    for binding in bindings {
        let times = template.matches(binding.name).count();
        if times > 0 {
            fixed -= times * binding.name.len();
            let wanted = binding.ids.bytes() * times;
            parts.push(Part { binding: *binding, times, wanted, room: 0 });
        }
    }
    // What takes less than its share leaves the rest to the others.
    parts.sort_by_key(|part| part.wanted);
    let mut left = bounds.bytes.saturating_sub(fixed);
    let count = parts.len();
    for (at, part) in parts.iter_mut().enumerate() {
        let given = part.wanted.min(left / (count - at));
        part.room = given / part.times;
        left -= given;
    }
    let mut texts = vec![template.to_owned()];
    for Part { binding, room, .. } in parts {
        let lists = binding.ids.lists(bounds.ids, room);
        texts = texts
            .iter()
            .flat_map(|text| lists.iter().map(|list| text.replace(binding.name, list)))
            .collect();
    }
    texts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reco_core::Id;

    use super::super::ids::Quoting;
    use super::*;

    const WIDE: Bounds = Bounds { ids: 2, bytes: 1000 };

    fn filled(template: &str, users: &[i64], articles: &[i64]) -> Vec<String> {
        within(template, users, articles, WIDE)
    }

    fn within(template: &str, users: &[i64], articles: &[i64], bounds: Bounds) -> Vec<String> {
        let literals = |ids: &[i64]| {
            let ids: Vec<Id> = ids.iter().copied().map(Id::from).collect();
            Literals::of(&ids, Quoting::Strings)
        };
        let (users, articles) = (literals(users), literals(articles));
        let bindings = [
            Binding { name: "{users}", ids: &users },
            Binding { name: "{articles}", ids: &articles },
        ];
        statements(template, &bindings, bounds)
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
            assert!(error.contains("must be read-only"), "{statement}: {error}");
        }
        let sql = FactsSql {
            users: "SELECT updated_by, deleted = 0 FROM replaced WHERE id IN ({users})".to_owned(),
            ..FactsSql::default()
        };
        assert!(sql.validate().is_ok());
    }

    #[test]
    fn every_combination_is_asked_once() {
        let texts = filled("u {users} a {articles}", &[1, 2, 3], &[8, 9, 10]);
        assert_eq!(texts, ["u 1,2 a 8,9", "u 1,2 a 10", "u 3 a 8,9", "u 3 a 10"]);
    }

    #[test]
    fn ids_that_a_statement_does_not_name_do_not_repeat_it() {
        assert_eq!(filled("u {users}", &[1], &[8, 9, 10]), ["u 1"]);
        assert_eq!(filled("u {users}", &[1], &[]), ["u 1"]);
    }

    #[test]
    fn nothing_to_ask_is_no_statement() {
        assert!(filled("u {users} a {articles}", &[1], &[]).is_empty());
    }

    proptest! {
        /// However many ids there are and however often they are named: no text is too long, and
        /// every pair of a user and an article is asked once.
        #[test]
        fn no_text_is_longer_than_it_may_be(
            users in 0_i64..60,
            articles in 0_i64..400,
            base in prop::sample::select(vec![1_i64, 1_000_000, 1_000_000_000_000_000]),
            bytes in 120_usize..900,
            twice in any::<bool>(),
        ) {
            let users: Vec<i64> = (base..base + users).collect();
            let articles: Vec<i64> = (base..base + articles).collect();
            let template = if twice { "{users};{articles} {users} {articles}" } else { "{users};{articles} " };
            let texts = within(template, &users, &articles, Bounds { ids: 5000, bytes });
            let mut asked = std::collections::HashMap::new();
            for text in &texts {
                prop_assert!(text.len() <= bytes, "{} > {bytes}: {text}", text.len());
                let lists = text.split(' ').next().and_then(|lists| lists.split_once(';'));
                let (some, others) = lists.expect("two lists");
                for user in some.split(',') {
                    for article in others.split(',') {
                        *asked.entry((user.to_owned(), article.to_owned())).or_insert(0) += 1;
                    }
                }
            }
            prop_assert_eq!(asked.len(), users.len() * articles.len());
            prop_assert!(asked.values().all(|times| *times == 1));
        }
    }

    #[test]
    fn few_users_leave_the_room_to_the_articles() {
        let users: Vec<i64> = (1..=50).collect();
        let articles: Vec<i64> = (1_000_000..1_003_000).collect();
        let bounds = Bounds { ids: 5000, bytes: 16_000 };
        let texts = within("u {users} a {articles}", &users, &articles, bounds);
        assert_eq!(texts.len(), 2, "24 KB of articles beside 150 bytes of users");
    }
}
