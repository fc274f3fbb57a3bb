//! The people and articles of the story, and what the databases know of them.
//!
//! The examples' facts (users 1 to 20, articles 1000 to 1199) are there too, so that the example
//! files work against the sandbox; the seed's own users and articles lie apart from them.

use fastrand::Rng;

/// The first user of the seed.
pub const FIRST_USER: i64 = 100_001;
/// Users of no database.
const FIRST_UNKNOWN_USER: i64 = 900_000_001;
/// The seed's articles.
pub const FIRST_ARTICLE: i64 = 50_000_000;
/// Total number.
pub const ARTICLES: i64 = 2_000;
/// Every so manieth article is withdrawn.
pub const WITHDRAWN_EVERY: i64 = 97;

/// A list that the table holds from an earlier run.
#[derive(Debug)]
pub struct Held {
    pub user: i64,
    pub articles: Vec<i64>,
    /// Epoch seconds.
    pub generated_at: i64,
}

/// Everybody, handed out so that no two messages share a user unless they are meant to.
#[derive(Debug)]
pub struct Cast {
    pub rng: Rng,
    next_user: i64,
    next_unknown: i64,
    suspended: Vec<i64>,
    reads: Vec<(i64, i64)>,
    held: Vec<Held>,
}

impl Cast {
    pub fn new(rng_seed: u64) -> Self {
        Self {
            rng: Rng::with_seed(rng_seed),
            next_user: FIRST_USER,
            next_unknown: FIRST_UNKNOWN_USER,
            suspended: Vec::new(),
            reads: Vec::new(),
            held: Vec::new(),
        }
    }

    /// A new active user.
    pub fn user(&mut self) -> i64 {
        self.next_user += 1;
        self.next_user - 1
    }

    /// Some new active users.
    pub fn users(&mut self, count: std::ops::RangeInclusive<usize>) -> Vec<i64> {
        (0..self.rng.usize(count)).map(|_| self.user()).collect()
    }

    /// A new user whose account is suspended.
    pub fn suspended_user(&mut self) -> i64 {
        let user = self.user();
        self.suspended.push(user);
        user
    }

    /// A user that no database knows.
    pub fn unknown_user(&mut self) -> i64 {
        self.next_unknown += 1;
        self.next_unknown - 1
    }

    /// Published articles, each once.
    pub fn articles(&mut self, count: std::ops::RangeInclusive<usize>) -> Vec<i64> {
        let count = self.rng.usize(count);
        let mut articles = Vec::with_capacity(count);
        while articles.len() < count {
            let article = self.rng.i64(0..ARTICLES);
            let id = FIRST_ARTICLE + article;
            if article % WITHDRAWN_EVERY != 0 && !articles.contains(&id) {
                articles.push(id);
            }
        }
        articles
    }

    /// A withdrawn article.
    pub fn withdrawn(&mut self) -> i64 {
        FIRST_ARTICLE + WITHDRAWN_EVERY * self.rng.i64(0..ARTICLES / WITHDRAWN_EVERY)
    }

    /// Articles as inference makes them: now and then one that the filter drops.
    pub fn ranked(&mut self, user: i64) -> Vec<i64> {
        let mut articles = self.articles(12..=60);
        if self.rng.u8(0..3) == 0 && user < FIRST_UNKNOWN_USER {
            self.reads.push((user, articles[3]));
        }
        if self.rng.u8(0..5) == 0 {
            let withdrawn = self.withdrawn();
            articles.insert(5, withdrawn);
        }
        if self.rng.u8(0..8) == 0 {
            articles.push(articles[0]);
        }
        articles
    }

    /// Notes that a user has read articles.
    pub fn has_read(&mut self, user: i64, articles: &[i64]) {
        self.reads.extend(articles.iter().map(|article| (user, *article)));
    }

    /// Notes that the table holds a list for a user, made at `generated_at`.
    pub fn holds(&mut self, user: i64, generated_at: i64) {
        let articles = self.articles(20..=40);
        self.held.push(Held { user, articles, generated_at });
    }

    /// Every user that the facts know, with whether the account is active.
    pub fn known_users(&self) -> impl Iterator<Item = (i64, bool)> + '_ {
        (FIRST_USER..self.next_user).map(|user| (user, !self.suspended.contains(&user)))
    }

    /// Returns the articles that users have read.
    pub fn reads(&self) -> &[(i64, i64)] {
        &self.reads
    }

    /// Returns the items in the table.
    pub fn held(&self) -> &[Held] {
        &self.held
    }
}
