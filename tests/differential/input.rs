//! Random lines, as programs and people write them.

use fastrand::Rng;
use serde_json::{Value, json};

use crate::model::World;

/// Users, in several scripts and in every form of an id.
const USERS: [&str; 18] = [
    "1",
    "2",
    "3",
    "4",
    "5",
    "-6",
    "18446744073709551615",
    "123456789012345678901234567890",
    "u-1",
    "Ann Lee",
    "Jos\u{e9}",
    "Jose",
    "\u{7528}\u{6237}",
    "\u{43e}\u{43b}\u{44f}",
    "07",
    "1.0",
    "1 ",
    "it's \"a\\b\" ; --",
];

/// Returns the facts that go with the lines.
pub fn world() -> World {
    let mut world = World::default();
    for (number, user) in USERS.iter().enumerate() {
        if number % 7 != 6 {
            world.users.insert((*user).to_owned(), number % 5 != 4);
        }
    }
    world.users.insert(long(), true);
    for number in 0..40_usize {
        let author = USERS[number % USERS.len()].to_owned();
        for article in [article(number), (1000 + number).to_string()] {
            if number % 9 != 8 {
                world.articles.insert(article, (number % 6 != 5, author.clone()));
            }
        }
    }
    for (number, user) in USERS.iter().enumerate() {
        let own = |text: &str| ((*user).to_owned(), text.to_owned());
        world.mutes.insert(own(USERS[(number + 3) % USERS.len()]));
        world.mutes.insert(own("Jos\u{e9}"));
        world.reads.insert(own(&article(number)));
        world.reads.insert(own(&(1000 + number + 1).to_string()));
    }
    world
}

/// Returns an id longer than the 255 bytes that many columns hold.
fn long() -> String {
    "x".repeat(300)
}

fn article(number: usize) -> String {
    ["n", "\u{e9}t\u{e9} ", "\u{6587}"][number % 3].to_owned() + &format!("{number:012x}")
}

fn user(random: &mut Rng) -> Value {
    match random.u32(0..30) {
        0 => json!(long()),
        1 => json!(random.u32(0..40)),
        _ => either(USERS[random.usize(0..USERS.len())], random),
    }
}

/// Returns a number if possible, and half of the time its text.
fn either(text: &str, random: &mut Rng) -> Value {
    match text.parse::<i64>() {
        Ok(number) if random.bool() && number.to_string() == text => json!(number),
        _ => json!(text),
    }
}

fn list(random: &mut Rng) -> Value {
    let length = [0, 1, 2, 3, 5, 8, 130][random.usize(0..7)];
    let one = |random: &mut Rng| match random.u32(0..4) {
        0 => json!(article(random.usize(0..44))),
        1 => json!((1000 + random.u32(0..44)).to_string()),
        _ => json!(1000 + random.u32(0..44)),
    };
    (0..length).map(|_| one(random)).collect()
}

/// Returns a time in one of its forms; now and then an invalid one.
fn time(random: &mut Rng) -> Value {
    let second = random.u32(0..40);
    let fraction = random.u32(0..4) * 250;
    match random.u32(0..40) {
        0 => json!(1_768_446_000_000_u64 + u64::from(second)),
        1 => json!(20_260_115),
        2 => json!("2026-01-15T03:00:00"),
        3 => json!("yesterday"),
        4 | 5 => Value::Null,
        6..=15 => json!(1_768_446_000_u64 + u64::from(second)),
        // A decimal, as text and as a number.
        16 => json!(format!("{}.{fraction:03}", 1_768_446_000_u64 + u64::from(second))),
        17..=22 => {
            let text = format!("{}.{fraction:03}", 1_768_446_000_u64 + u64::from(second));
            serde_json::from_str(&text).expect("a number")
        }
        23..=30 => json!(format!("2026-01-15T03:00:{second:02}.{fraction:03}Z")),
        31..=35 => json!(format!("2026-01-15T12:00:{second:02}+09:00")),
        _ => json!(format!("2026-01-14T22:00:{second:02}.{fraction}-05:00")),
    }
}

fn bad_entry(random: &mut Rng) -> Value {
    match random.u32(0..5) {
        0 => json!([1]),
        1 => json!([[], [1]]),
        2 => json!([1, "x"]),
        3 => json!([2.5, [1]]),
        _ => json!([3, [1, null]]),
    }
}

/// One line; most of them say when it was made.
pub fn line(random: &mut Rng) -> String {
    let dated = random.u32(0..4) > 0;
    let mut object = match random.u32(0..22) {
        20 => return inferred(random).to_string(),
        21 => return two_shapes(random).to_string(),
        0 => return "{\"data\": [[1, [2".to_owned(),
        1 => return json!({"order": 7}).to_string(),
        2 => return removal_with_more(random),
        3..=5 => json!({"user_id": user(random), "delete": true}),
        6..=8 => return json!([user(random), list(random)]).to_string(),
        9..=12 => json!({"user_id": user(random), "recommended_note_ids": list(random)}),
        _ => {
            let entries = (0..random.usize(0..5)).map(|_| match random.u32(0..8) {
                0 => bad_entry(random),
                _ => json!([user(random), list(random)]),
            });
            json!({"data": entries.collect::<Vec<_>>()})
        }
    };
    if dated {
        object["generated_at"] = time(random);
    }
    object.to_string()
}

/// Output of Amazon Personalize, now and then of a user for whom it failed.
fn inferred(random: &mut Rng) -> Value {
    let error = if random.u32(0..8) == 0 { json!("no such user") } else { Value::Null };
    json!({
        "input": {"userId": user(random)},
        "output": {"recommendedItems": list(random), "scores": [0.5]},
        "error": error,
    })
}

/// A line of a file that may be read in two ways.
fn two_shapes(random: &mut Rng) -> Value {
    let mut line = match random.u32(0..4) {
        0 => json!({"user_id": user(random), "delete": true}),
        1 => json!({"user_id": user(random), "recommended_note_ids": list(random)}),
        2 => json!({"data": [[user(random), list(random)]]}),
        _ => json!({"Item": {}}),
    };
    if random.bool() && line.get("Item").is_none() {
        line["Item"] = json!({
            "user_id": {"N": "1"},
            "recommended_note_ids": {"L": [{"N": "1000"}]},
        });
    } else {
        line["input"] = json!({"userId": "1"});
        line["output"] = json!({"recommendedItems": ["1000"]});
    }
    line
}

/// A removal with what must not stand beside it.
fn removal_with_more(random: &mut Rng) -> String {
    let user = user(random);
    match random.u32(0..4) {
        3 => json!({"user_id": user, "delete": false, "recommended_note_ids": [1000]}).to_string(),
        0 => json!({"user_id": user, "delete": true, "data": [[1, [1000]]]}).to_string(),
        1 => json!({"user_id": user, "delete": true, "recommended_note_ids": [1000]}).to_string(),
        _ => json!({"user_id": user, "delete": false}).to_string(),
    }
}
