//! The final content of a table according to the documentation, implemented a second time without
//! any of recoctl's code.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Users and articles in the facts.
#[derive(Debug, Default)]
pub struct World {
    /// Users, and whether they are active.
    pub users: BTreeMap<String, bool>,
    /// Articles, whether they are published, and their authors.
    pub articles: BTreeMap<String, (bool, String)>,
    /// Users, and articles they have read.
    pub reads: BTreeSet<(String, String)>,
    /// Users, and authors they mute.
    pub mutes: BTreeSet<(String, String)>,
}

/// An id as given: its type (`N` for a JSON number, `S` for a JSON string) and its text.
pub type Typed = (char, String);

/// A user's item: the list, and its time in nanoseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Articles, best first.
    pub list: Vec<Typed>,
    /// Generation time.
    pub time: Option<i128>,
}

/// A table, by user id.
pub type Table = BTreeMap<String, Item>;

/// Treatment of a line that removes an item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Removals {
    /// The item is removed.
    Done,
    /// Rejected as an entry, because a queue message cannot express a removal.
    Refused,
    /// No such line: to the Lambda a body is a list or foreign.
    Unknown,
}

/// Rules in effect.
pub struct Rules<'w> {
    /// True if the table's key is a Number.
    pub numbers: bool,
    /// Facts; `None` without any.
    pub world: Option<&'w World>,
    /// True if only older items are replaced.
    pub only_newer: bool,
    /// Treatment of removals.
    pub removals: Removals,
}

/// One request of a line.
pub enum Asked {
    /// Write a list, already filtered.
    Put(String, Item),
    /// Remove the user's item.
    Remove(String, Option<i128>),
    /// Nothing: the filter leaves no articles.
    Nothing,
    /// Bad data.
    Bad,
}

/// Returns the requests of a line, entry by entry; `None` for a line that cannot be read.
pub fn line(text: &str, rules: &Rules<'_>) -> Option<Vec<Asked>> {
    let value: Value = serde_json::from_str(text).ok()?;
    if value.is_array() {
        let (user, list) = pair(&value)?;
        return Some(vec![asked(user, list, None, rules)]);
    }
    let object = value.as_object()?;
    let time = match object.get("generated_at") {
        None | Some(Value::Null) => None,
        Some(time) => Some(moment(time)?),
    };
    let delete = object.get("delete");
    let own = ["data", "recommended_note_ids", "delete"];
    let other = ["Item", "output"];
    let has = |keys: &[&str]| keys.iter().filter(|key| object.contains_key(**key)).count();
    // A file's line of two shapes is ambiguous. The Lambda knows neither of the others.
    if rules.removals != Removals::Unknown && has(&other) > 0 {
        if has(&own) + has(&other) > 1 {
            return None;
        }
        let (_, user) = id(object.get("input")?.get("userId")?)?;
        let list = ids(object.get("output")?.get("recommendedItems")?)?;
        return match object.get("error") {
            None | Some(Value::Null) => Some(vec![asked(user, list, None, rules)]),
            Some(_) => None,
        };
    }
    if rules.removals == Removals::Unknown {
        let lists = object.contains_key("data") || object.contains_key("recommended_note_ids");
        if lists && delete == Some(&Value::Bool(true)) {
            return None;
        }
    } else if let Some(delete) = delete {
        let lists = object.contains_key("data") || object.contains_key("recommended_note_ids");
        if lists || *delete != Value::Bool(true) {
            return None;
        }
        let (_, user) = id(object.get("user_id")?)?;
        let goes = rules.removals == Removals::Done;
        let fits = goes && (!rules.numbers || is_number(&user));
        return Some(vec![if fits { Asked::Remove(user, time) } else { Asked::Bad }]);
    }
    if let Some(data) = object.get("data") {
        if object.contains_key("recommended_note_ids") {
            return None;
        }
        let entry = |element: &Value| match pair(element) {
            Some((user, list)) => asked(user, list, time, rules),
            None => Asked::Bad,
        };
        return Some(data.as_array()?.iter().map(entry).collect());
    }
    let (_, user) = id(object.get("user_id")?)?;
    let list = ids(object.get("recommended_note_ids")?)?;
    Some(vec![asked(user, list, time, rules)])
}

fn pair(value: &Value) -> Option<(String, Vec<Typed>)> {
    match &value.as_array()?[..] {
        [user, list] => Some((id(user)?.1, ids(list)?)),
        _ => None,
    }
}

fn ids(value: &Value) -> Option<Vec<Typed>> {
    value.as_array()?.iter().map(id).collect()
}

fn id(value: &Value) -> Option<Typed> {
    match value {
        Value::String(text) if !text.is_empty() => Some(('S', text.clone())),
        Value::Number(number) if !number.is_f64() => Some(('N', number.to_string())),
        _ => None,
    }
}

/// Returns whether the text is a whole number that DynamoDB returns unchanged.
pub fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = !digits.is_empty() && digits.len() <= 38;
    let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
    whole && plain && (text == "0" || !digits.starts_with('0'))
}

fn asked(user: String, list: Vec<Typed>, time: Option<i128>, rules: &Rules<'_>) -> Asked {
    if rules.numbers && !is_number(&user) {
        return Asked::Bad;
    }
    if rules.world.is_some_and(|world| world.users.get(&user) != Some(&true)) {
        return Asked::Nothing;
    }
    let mut kept: Vec<Typed> = Vec::new();
    let mut seen = BTreeSet::new();
    for article in list {
        let first = seen.insert(article.1.clone());
        if first && rules.world.is_none_or(|world| may_have(world, &user, &article.1)) {
            kept.push(article);
        }
    }
    kept.truncate(100);
    if kept.is_empty() { Asked::Nothing } else { Asked::Put(user, Item { list: kept, time }) }
}

fn may_have(world: &World, user: &str, article: &str) -> bool {
    let Some((published, author)) = world.articles.get(article) else { return false };
    let both = |other: &str| (user.to_owned(), other.to_owned());
    *published
        && author != user
        && !world.mutes.contains(&both(author))
        && !world.reads.contains(&both(article))
}

/// Returns whether an item of this time is replaced by one made at `made`.
pub fn gives_way(held: Option<i128>, made: Option<i128>) -> bool {
    match (held, made) {
        (None, _) => true,
        (Some(held), Some(made)) => held < made,
        (Some(_), None) => false,
    }
}

/// Applies a request to a table.
pub fn apply(table: &mut Table, asked: &Asked, only_newer: bool) {
    let free = |table: &Table, user: &str, made: &Option<i128>| {
        !only_newer || table.get(user).is_none_or(|held| gives_way(held.time, *made))
    };
    match asked {
        Asked::Put(user, item) if free(table, user, &item.time) => {
            table.insert(user.clone(), item.clone());
        }
        Asked::Remove(user, made) if free(table, user, made) => {
            table.remove(user);
        }
        _ => {}
    }
}

/// Parses a time of a message into nanoseconds.
fn moment(value: &Value) -> Option<i128> {
    match value {
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
            seconds(text)
        }
        Value::String(text) => iso(text),
        Value::Number(number) => seconds(&number.to_string()),
        _ => None,
    }
}

fn seconds(text: &str) -> Option<i128> {
    let nanos = decimal(text)?;
    let seconds = nanos.div_euclid(1_000_000_000);
    // Refuses milliseconds, and dates written as digits.
    let fits = seconds <= 100_000_000_000 && !(1_000_000..100_000_000).contains(&seconds);
    fits.then_some(nanos)
}

/// Parses a plain decimal number of seconds into nanoseconds.
pub fn decimal(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = format!("{fraction:0<9}");
    let seconds: i128 = whole.parse().ok()?;
    Some(seconds * 1_000_000_000 + fraction.get(..9)?.parse::<i128>().ok()?)
}

/// Parses a time such as `2026-01-15T03:00:00.900+09:00`.
fn iso(text: &str) -> Option<i128> {
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i128>().ok();
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let (hour, minute, second) = (part(11, 13)?, part(14, 16)?, part(17, 19)?);
    let rest = text.get(19..)?;
    let zone_at = rest.find(['Z', '+', '-'])?;
    let (fraction, zone) = rest.split_at(zone_at);
    let offset = match zone {
        "Z" => 0,
        _ => {
            let hours: i128 = zone.get(1..3)?.parse().ok()?;
            let minutes: i128 = zone.get(4..6)?.parse().ok()?;
            let seconds = hours * 3600 + minutes * 60;
            if zone.starts_with('-') { -seconds } else { seconds }
        }
    };
    // Days since the epoch, counted one by one.
    let leap = |year: i128| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let years: i128 = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum();
    let months: i128 = lengths.iter().take(usize::try_from(month).ok()?.checked_sub(1)?).sum();
    let days = years + months + day - 1;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset;
    let fraction = format!("{:0<9}", fraction.strip_prefix('.').unwrap_or_default());
    Some(seconds * 1_000_000_000 + fraction.parse::<i128>().ok()?)
}

/// Returns every list of a line with its user, whether or not the table can hold it.
pub fn lists(text: &str) -> Vec<(String, Vec<Typed>)> {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let entries = value["data"].as_array().into_iter().flatten().filter_map(pair);
    let own = || Some((id(&value["user_id"])?.1, ids(&value["recommended_note_ids"])?));
    let inferred = || {
        let list = ids(&value["output"]["recommendedItems"])?;
        Some((id(&value["input"]["userId"])?.1, list))
    };
    pair(&value).into_iter().chain(entries).chain(own()).chain(inferred()).collect()
}
