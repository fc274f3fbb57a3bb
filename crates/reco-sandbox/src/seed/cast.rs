//! Users and articles of the seed, and the facts about them.
//!
//! The examples' facts (users 1 to 20, articles 1000 to 1199) are included, so that the example
//! files work against the sandbox; the seed's own ids do not overlap with them.

use fastrand::Rng;

/// First user id of the seed.
pub const FIRST_USER: i64 = 100_001;
/// First id of the users that are in no database.
const FIRST_UNKNOWN_USER: i64 = 900_000_001;
/// First article id of the seed.
pub const FIRST_ARTICLE: i64 = 50_000_000;
/// Number of articles.
pub const ARTICLES: i64 = 2_000;
/// One article in this many is withdrawn.
pub const WITHDRAWN_EVERY: i64 = 97;

/// A list stored in the table by an earlier run.
#[derive(Debug)]
pub struct HeldList {
    pub user: i64,
    pub articles: Vec<i64>,
    /// Epoch seconds.
    pub generated_at: i64,
}

/// Source of users and articles. No two messages share a user unless they are meant to.
#[derive(Debug)]
pub struct Cast {
    pub rng: Rng,
    next_user: i64,
    next_unknown: i64,
    suspended: Vec<i64>,
    reads: Vec<(i64, i64)>,
    held: Vec<HeldList>,
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

    /// Returns a new active user.
    pub fn user(&mut self) -> i64 {
        self.next_user += 1;
        self.next_user - 1
    }

    /// Returns some new active users.
    pub fn users(&mut self, count: std::ops::RangeInclusive<usize>) -> Vec<i64> {
        (0..self.rng.usize(count)).map(|_| self.user()).collect()
    }

    /// Returns a new user whose account is suspended.
    pub fn suspended_user(&mut self) -> i64 {
        let user = self.user();
        self.suspended.push(user);
        user
    }

    /// Returns a user that is in no database.
    pub fn unknown_user(&mut self) -> i64 {
        self.next_unknown += 1;
        self.next_unknown - 1
    }

    /// Returns distinct published articles.
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

    /// Returns a withdrawn article.
    pub fn withdrawn(&mut self) -> i64 {
        FIRST_ARTICLE + WITHDRAWN_EVERY * self.rng.i64(0..ARTICLES / WITHDRAWN_EVERY)
    }

    /// Returns a list as inference produces it: now and then with an article that the filter drops.
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

    /// Records that a user has read articles.
    pub fn has_read(&mut self, user: i64, articles: &[i64]) {
        self.reads.extend(articles.iter().map(|article| (user, *article)));
    }

    /// Records that the table holds a list for a user, generated at `generated_at`.
    pub fn holds(&mut self, user: i64, generated_at: i64) {
        let articles = self.articles(20..=40);
        self.held.push(HeldList { user, articles, generated_at });
    }

    /// Returns every user in the facts, and whether the account is active.
    pub fn known_users(&self) -> impl Iterator<Item = (i64, bool)> + '_ {
        (FIRST_USER..self.next_user).map(|user| (user, !self.suspended.contains(&user)))
    }

    /// Returns pairs of a user and an article the user has read.
    pub fn reads(&self) -> &[(i64, i64)] {
        &self.reads
    }

    /// Returns the items in the table.
    pub fn held(&self) -> &[HeldList] {
        &self.held
    }
}
