//! Filter: rules apply in order, each can be turned off, and no article is lost.

use proptest::prelude::*;
use reco_core::facts::{ArticleFacts, FactSet, Ids, UserFacts};
use reco_core::filter::{DropReason, FilterTotals, Filtered, SkipReason, explain, filter};
use reco_core::policy::{Limit, Policy};
use reco_core::{Id, IdMap, Recommendation};

use crate::rec;

const USER: u64 = 1;
const INACTIVE: u64 = 2;
const STRANGER: u64 = 3;
const MUTED: u64 = 9;

/// Articles from 100 on are fine; each of these breaks one or more rules for `USER`.
const UNKNOWN: u64 = 10;
const DRAFT: u64 = 11;
const OWN: u64 = 12;
const BY_MUTED: u64 = 13;
const READ: u64 = 14;
const DRAFT_OWN_READ: u64 = 15;
const OWN_READ: u64 = 16;
const MUTED_READ: u64 = 17;
const UNKNOWN_READ: u64 = 18;

fn ids(ids: &[u64]) -> Ids {
    ids.iter().copied().map(Id::from).collect()
}

fn facts() -> FactSet {
    let article = |published, author: u64| ArticleFacts { published, author: Some(author.into()) };
    let mut articles: IdMap<ArticleFacts> =
        (100..300u64).map(|id| (Id::from(id), article(true, 50))).collect();
    articles.extend([
        (Id::from(DRAFT), article(false, 50)),
        (Id::from(OWN), article(true, USER)),
        (Id::from(BY_MUTED), article(true, MUTED)),
        (Id::from(READ), ArticleFacts { published: true, author: None }),
        (Id::from(DRAFT_OWN_READ), article(false, USER)),
        (Id::from(OWN_READ), article(true, USER)),
        (Id::from(MUTED_READ), article(true, MUTED)),
    ]);
    let read = ids(&[READ, DRAFT_OWN_READ, OWN_READ, MUTED_READ, UNKNOWN_READ]);
    // The user mutes themselves too: `own-article` must still come first.
    let user = UserFacts { active: true, muted_authors: ids(&[MUTED, USER]), read };
    let users = [(Id::from(USER), user), (Id::from(INACTIVE), UserFacts::default())];
    FactSet::Known { users: users.into_iter().collect(), articles }
}

fn kept(filtered: &Filtered) -> Vec<u64> {
    let articles = &filtered.verdict.as_ref().unwrap().articles;
    articles.iter().map(|id| id.as_integer().unwrap().try_into().unwrap()).collect()
}

fn counts(filtered: &Filtered) -> Vec<(&'static str, u64)> {
    filtered.dropped.iter().map(|(reason, count)| (reason.name(), count)).collect()
}

fn with(edit: impl FnOnce(&mut Policy)) -> Policy {
    let mut policy = Policy::default();
    edit(&mut policy);
    policy
}

#[test]
fn each_rule_drops_and_rank_order_is_kept() {
    let list = [102, UNKNOWN, 100, DRAFT, OWN, BY_MUTED, READ, 102, 101];
    let filtered = filter(rec(USER, list), &facts(), &Policy::default());
    assert_eq!(kept(&filtered), [102, 100, 101]);
    assert_eq!(
        counts(&filtered),
        [
            ("duplicate", 1),
            ("unknown-article", 1),
            ("unpublished-article", 1),
            ("own-article", 1),
            ("muted-author", 1),
            ("already-read", 1),
        ]
    );
}

#[test]
fn the_first_rule_that_matches_is_the_one_counted() {
    let reason = |article| {
        let filtered = filter(rec(USER, [100, article]), &facts(), &Policy::default());
        counts(&filtered)[0].0
    };
    assert_eq!(reason(UNKNOWN_READ), "unknown-article");
    assert_eq!(reason(DRAFT_OWN_READ), "unpublished-article");
    assert_eq!(reason(OWN_READ), "own-article");
    assert_eq!(reason(MUTED_READ), "muted-author");
    assert_eq!(reason(100), "duplicate");
}

#[test]
fn a_repeated_id_is_a_duplicate_even_of_a_dropped_one() {
    let filtered = filter(rec(USER, [UNKNOWN, UNKNOWN, 100]), &facts(), &Policy::default());
    assert_eq!(counts(&filtered), [("duplicate", 1), ("unknown-article", 1)]);
}

#[test]
fn duplicates_are_told_by_text() {
    let articles = vec![Id::from(7u64), Id::from("7"), Id::from("07"), Id::from("07")];
    let recommendation =
        Recommendation { user: USER.into(), articles, generated_at: Some(5.into()) };
    let filtered = filter(recommendation, &FactSet::Unavailable, &Policy::default());
    let kept = filtered.verdict.unwrap();
    assert_eq!(kept.articles, [Id::from(7u64), Id::from("07")]);
    assert_eq!(kept.generated_at, Some(5.into()), "the time goes along");
    assert_eq!(filtered.dropped.get(DropReason::Duplicate), 2);
}

#[test]
fn users_are_checked_first_and_their_articles_not_counted() {
    let judged = |user| filter(rec(user, [UNKNOWN, 100, 100]), &facts(), &Policy::default());
    assert_eq!(judged(STRANGER).verdict, Err(SkipReason::UnknownUser));
    assert_eq!(judged(INACTIVE).verdict, Err(SkipReason::InactiveUser));
    assert_eq!(judged(STRANGER).dropped.total() + judged(INACTIVE).dropped.total(), 0);
}

/// Filtered lists wait to be written, so their memory bounds that of a backfill.
#[test]
fn a_list_that_was_cut_gives_its_room_back() {
    let policy = with(|policy| policy.limits.max_len = Limit::at(100));
    let filtered = filter(rec(USER, 0..10_000), &FactSet::Unavailable, &policy);
    let articles = filtered.verdict.unwrap().articles;
    assert_eq!(articles.len(), 100);
    assert!(articles.capacity() <= 200, "room for {}", articles.capacity());
}

#[test]
fn max_len_cuts_survivors_only() {
    let policy = with(|policy| policy.limits.max_len = Limit::at(2));
    let filtered =
        filter(rec(USER, [UNKNOWN, 100, OWN, 101, 102, 100, READ, 103]), &facts(), &policy);
    assert_eq!(kept(&filtered), [100, 101]);
    // 102 and 103 were good but late; the duplicate and the read article count under their own
    // reasons.
    assert_eq!(filtered.dropped.get(DropReason::OverMaxLen), 2);
    assert_eq!(filtered.dropped.get(DropReason::Duplicate), 1);
    assert_eq!(filtered.dropped.get(DropReason::AlreadyRead), 1);
    let default = filter(rec(USER, 100..210), &facts(), &Policy::default());
    assert_eq!((kept(&default).len(), default.dropped.get(DropReason::OverMaxLen)), (100, 10));
}

#[test]
fn fewer_than_min_len_are_not_written_but_their_drops_are_counted() {
    let too_few = filter(rec(USER, [UNKNOWN, READ]), &facts(), &Policy::default());
    assert_eq!((too_few.verdict, too_few.dropped.total()), (Err(SkipReason::TooFew), 2));
    let empty = filter(rec(USER, []), &facts(), &Policy::default());
    assert_eq!(empty.verdict, Err(SkipReason::TooFew));
    let policy = with(|policy| policy.limits.min_len = Limit::at(2));
    assert_eq!(filter(rec(USER, [100]), &facts(), &policy).verdict, Err(SkipReason::TooFew));
    assert!(filter(rec(USER, [100, 101]), &facts(), &policy).verdict.is_ok());
}

#[test]
fn each_rule_can_be_turned_off() {
    type Case = (fn(&mut Policy), u64, &'static [u64]);
    let cases: [Case; 10] = [
        (|p| p.rules.user_known = false, STRANGER, &[100]),
        (|p| p.rules.user_active = false, INACTIVE, &[100]),
        (|p| p.rules.no_duplicates = false, USER, &[100, 100]),
        (|p| p.rules.article_known = false, USER, &[100, UNKNOWN]),
        (|p| p.rules.article_published = false, USER, &[100, DRAFT]),
        (
            |p| {
                p.rules.not_own_article = false;
                p.rules.not_muted_author = false
            },
            USER,
            &[100, OWN],
        ),
        (|p| p.rules.not_muted_author = false, USER, &[100, BY_MUTED]),
        (|p| p.rules.not_already_read = false, USER, &[100, READ]),
        (|p| p.limits.max_len = Limit::at(0), USER, &[]),
        (|p| p.limits.min_len = Limit::at(0), USER, &[]),
    ];
    for (number, (turn_off, user, list)) in cases.into_iter().enumerate() {
        let list = if number == 8 { (100..250).collect() } else { list.to_vec() };
        let on = filter(rec(user, list.clone()), &facts(), &Policy::default());
        assert!(on.verdict.is_err() || on.dropped.total() > 0, "case {number} shows nothing");
        let off = filter(rec(user, list.clone()), &facts(), &with(turn_off));
        assert_eq!(kept(&off), list, "case {number}");
    }
}

#[test]
fn without_facts_only_the_rules_that_need_none_apply() {
    let filtered =
        filter(rec(STRANGER, [UNKNOWN, OWN, UNKNOWN]), &FactSet::Unavailable, &Policy::default());
    assert_eq!(kept(&filtered), [UNKNOWN, OWN]);
    assert_eq!(counts(&filtered), [("duplicate", 1)]);
}

#[test]
fn names_are_what_serde_writes() {
    for reason in DropReason::ALL.iter().copied() {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        assert_eq!(DropReason::ALL[reason as usize], reason, "counts are indexed by it");
    }
    for reason in [SkipReason::UnknownUser, SkipReason::InactiveUser, SkipReason::TooFew] {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
    }
}

#[test]
fn totals_add_up_and_merge() {
    let lists = [rec(USER, [100, 100]), rec(STRANGER, [1]), rec(USER, [READ]), rec(INACTIVE, [1])];
    let (mut all, mut halves) =
        (FilterTotals::default(), [FilterTotals::default(), FilterTotals::default()]);
    for (number, list) in lists.into_iter().enumerate() {
        let filtered = filter(list, &facts(), &Policy::default());
        all.count(&filtered);
        halves[number % 2].count(&filtered);
    }
    let [mut left, right] = halves;
    left.merge(&right);
    assert_eq!(left, all);
    insta::assert_snapshot!(serde_json::to_string(&all).unwrap());
}

/// Independent implementation of the rules, as simple as possible: the test's oracle.
fn oracle(list: &[u64], facts: &FactSet, max: usize) -> (Vec<u64>, Vec<&'static str>) {
    let FactSet::Known { users, articles } = facts else { unreachable!() };
    let user = &users[&Id::from(USER)];
    let (mut kept, mut reasons) = (vec![], vec![]);
    for (rank, &article) in list.iter().enumerate() {
        let id = Id::from(article);
        let known = articles.get(&id);
        let author = known.and_then(|known| known.author.clone());
        let checks = [
            (list[..rank].contains(&article), "duplicate"),
            (known.is_none(), "unknown-article"),
            (known.is_some_and(|known| !known.published), "unpublished-article"),
            (author == Some(Id::from(USER)), "own-article"),
            (author.is_some_and(|author| user.muted_authors.contains(&author)), "muted-author"),
            (user.read.contains(&id), "already-read"),
            (kept.len() == max, "over-max-len"),
        ];
        match checks.iter().find(|(holds, _)| *holds) {
            Some((_, reason)) => reasons.push(*reason),
            None => kept.push(article),
        }
    }
    (kept, reasons)
}

proptest! {
    #[test]
    fn every_article_is_kept_or_counted_once(
        list in prop::collection::vec(prop_oneof![10u64..20, 98u64..110], 0..40),
        max in 1u32..20,
    ) {
        let policy = with(|policy| { policy.limits.max_len = Limit::at(max); policy.limits.min_len = Limit::at(0); });
        let filtered = filter(rec(USER, list.clone()), &facts(), &policy);
        let (expected, reasons) = oracle(&list, &facts(), max as usize);
        prop_assert_eq!(kept(&filtered), expected);
        // The explanation agrees with the result.
        let fates = explain(&rec(USER, list.clone()), &facts(), &policy).expect("the user is active");
        prop_assert_eq!(fates.len(), list.len());
        let told: Vec<u64> =
            list.iter().zip(&fates).filter(|(_, fate)| fate.is_none()).map(|(id, _)| *id).collect();
        prop_assert_eq!(told, kept(&filtered));
        for reason in DropReason::ALL.iter().copied() {
            let told = fates.iter().flatten().filter(|fate| **fate == reason).count() as u64;
            prop_assert_eq!(told, filtered.dropped.get(reason));
            let count = reasons.iter().filter(|name| **name == reason.name()).count() as u64;
            prop_assert_eq!(filtered.dropped.get(reason), count);
        }
    }
}
