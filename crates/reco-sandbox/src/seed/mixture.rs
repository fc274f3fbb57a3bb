//! The DLQ's messages: content by class, with the ages, receive counts and attributes of messages
//! that have failed before.

use super::body;
use super::cast::Cast;
use super::{Mix, QUEUE};
use crate::seed::resources::SOURCE_MESSAGE_BYTES;
use crate::sqs::{AttributeValue, Planted, Sqs};
use reco_core::classify::Class;
use std::collections::BTreeMap;
use uuid::Builder;

pub const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;
/// Ages at which the incident of the seed's history ended and began.
pub const INCIDENT_MS: std::ops::Range<u64> = 80 * MINUTE_MS..110 * MINUTE_MS;
/// Age just within the DLQ's retention of 14 days.
const NEAR_EXPIRY_MS: u64 = 14 * DAY_MS - 50 * MINUTE_MS;

/// A message to plant, with its intended class.
pub struct ComposedMessage {
    pub planted: Planted,
    pub class: Class,
    pub about: &'static str,
    pub sent_at_ms: u64,
}

/// A retryable message that may supersede others.
struct Newer {
    users: Vec<i64>,
    sent_at_ms: u64,
}

/// Returns all messages of a mixture, oldest first.
pub fn compose(cast: &mut Cast, mix: &Mix, now_ms: u64, sqs: &Sqs) -> Vec<ComposedMessage> {
    let mut composer = Composer { cast, now_ms, source: sqs.queue_arn(QUEUE), messages: vec![] };
    let newer = composer.retryable(mix.count(Class::Retryable));
    composer.superseded(mix.count(Class::Superseded), &newer);
    composer.stale(mix.count(Class::Stale));
    composer.oversize(mix.count(Class::Oversize));
    for (class, days) in [
        (Class::Partial, 9),
        (Class::Malformed, 12),
        (Class::Foreign, 13),
        (Class::UnknownUser, 6),
        (Class::Empty, 4),
    ] {
        for number in 0..mix.count(class) {
            let sent = composer.sometime(days);
            let at = composer.generated_at(sent);
            let cast = &mut *composer.cast;
            let (body, about) = match class {
                Class::Partial => body::partial(number, cast, at),
                Class::Malformed => body::malformed(number, cast),
                Class::Foreign => body::foreign(number),
                Class::UnknownUser => body::unknown_users(number, cast, at),
                _ => body::empty(number, cast, at),
            };
            composer.push(class, about, body, sent);
        }
    }
    let mut messages = composer.messages;
    messages.sort_by_key(|message| message.sent_at_ms);
    messages
}

struct Composer<'a> {
    cast: &'a mut Cast,
    now_ms: u64,
    source: String,
    messages: Vec<ComposedMessage>,
}

impl Composer<'_> {
    /// Adds messages with a transient failure: most of them in the incident, some in earlier days,
    /// one about to expire.
    fn retryable(&mut self, count: usize) -> Vec<Newer> {
        let mut newer = Vec::with_capacity(count);
        for number in 0..count {
            // A lone message may have to supersede others, so it must not be the oldest.
            let expiring = number + 1 == count && count > 1;
            let age = match number % 10 {
                _ if expiring => NEAR_EXPIRY_MS,
                9 => self.cast.rng.u64(DAY_MS..9 * DAY_MS),
                _ => self.cast.rng.u64(INCIDENT_MS),
            };
            let sent = self.now_ms - age;
            let at = self.generated_at(sent);
            let users = if body::is_single(number) {
                self.cast.users(1..=1)
            } else {
                self.cast.users(2..=8)
            };
            for (index, user) in users.iter().enumerate() {
                if index % 2 == 0 {
                    // Half of the users have a list from an earlier night.
                    self.cast.holds(*user, seconds(sent) - 86_400);
                }
            }
            let (body, about) = body::wrapped(number, self.cast, &users, at);
            let about = if expiring { "about to expire" } else { about };
            self.push(Class::Retryable, about, body, sent);
            if !expiring {
                newer.push(Newer { users, sent_at_ms: sent });
            }
        }
        newer
    }

    /// Adds messages whose users appear in newer messages of the same scan.
    fn superseded(&mut self, count: usize, newer: &[Newer]) {
        for (_, by) in (0..count).zip(newer.iter().cycle()) {
            let sent = by.sent_at_ms - 3 * HOUR_MS;
            let at = Some(seconds(sent) - 300);
            let body = body::good(self.cast, &by.users, at).to_string();
            self.push(Class::Superseded, "a newer message carries its users", body, sent);
        }
    }

    /// Adds messages for which the table holds newer lists.
    fn stale(&mut self, count: usize) {
        for number in 0..count {
            let sent = self.now_ms - self.cast.rng.u64(2 * DAY_MS..6 * DAY_MS);
            let at = (number.is_multiple_of(2)).then(|| seconds(sent) - 600);
            let users = self.cast.users(1..=4);
            for user in &users {
                self.cast.holds(*user, seconds(self.now_ms) - 20 * 3_600);
            }
            let body = body::good(self.cast, &users, at).to_string();
            self.push(Class::Stale, "the table holds newer lists", body, sent);
        }
    }

    /// Adds messages that the source queue no longer accepts.
    fn oversize(&mut self, count: usize) {
        let users = if count == 0 { vec![] } else { self.cast.users(400..=400) };
        for _ in 0..count {
            let sent = self.sometime(5);
            let at = self.generated_at(sent);
            let body = body::oversize(self.cast, &users, SOURCE_MESSAGE_BYTES, at);
            self.push(Class::Oversize, "more than the source queue takes", body, sent);
        }
    }

    /// Returns a time between an hour and `days` days ago.
    fn sometime(&mut self, days: u64) -> u64 {
        self.now_ms - self.cast.rng.u64(HOUR_MS..days * DAY_MS)
    }

    /// Returns the generation time of a message's lists; older producers omit it.
    fn generated_at(&mut self, sent_at_ms: u64) -> Option<i64> {
        let lag = self.cast.rng.i64(60..900);
        (self.cast.rng.u8(0..3) > 0).then(|| seconds(sent_at_ms) - lag)
    }

    fn push(&mut self, class: Class, about: &'static str, body: String, sent_at_ms: u64) {
        let number = self.messages.len();
        let rng = &mut self.cast.rng;
        let mut id = [0; 16];
        rng.fill(&mut id);
        let receives = if rng.u8(0..20) == 0 { rng.u32(20..60) } else { rng.u32(5..9) };
        // A few were sent by hand, so they have no source queue.
        let source = (number % 13 != 12).then(|| self.source.clone());
        let planted = Planted {
            body,
            attributes: attributes(number, rng),
            sent_at_ms: Some(sent_at_ms),
            receive_count: receives,
            first_received_ms: Some(sent_at_ms + rng.u64(5..3_000)),
            group_id: (number.is_multiple_of(7)).then(|| format!("tenant-{}", number % 3)),
            trace_header: (number.is_multiple_of(3)).then(|| trace_header(sent_at_ms, rng)),
            dead_letter_source_arn: source,
            message_id: Some(Builder::from_random_bytes(id).into_uuid().to_string()),
            ..Planted::default()
        };
        self.messages.push(ComposedMessage { planted, class, about, sent_at_ms });
    }
}

fn seconds(ms: u64) -> i64 {
    i64::try_from(ms / 1_000).unwrap_or(i64::MAX)
}

/// Returns attributes of every type that a redrive must preserve; every fifth message has none.
fn attributes(number: usize, rng: &mut fastrand::Rng) -> BTreeMap<String, AttributeValue> {
    let mut attributes = BTreeMap::new();
    if number % 5 == 4 {
        return attributes;
    }
    let mut add = |name: &str, value| attributes.insert(name.to_owned(), value);
    add("producer", AttributeValue::string("batch-inference"));
    add("attempt", AttributeValue::number(rng.u8(1..4).to_string()));
    if number.is_multiple_of(2) {
        let run = format!(r#"{{"run":{}}}"#, rng.u32(1_000..9_999));
        add("context", AttributeValue::labelled("String.json", run));
        add("score", AttributeValue::labelled("Number.float", "0.730"));
    }
    if number % 4 == 1 {
        let mut digest = [0; 8];
        rng.fill(&mut digest);
        add("model-digest", AttributeValue::binary(digest));
    }
    attributes
}

/// AWS: X-Ray tracing header, `Root=1-<epoch seconds in hex>-<96 bits in hex>`.
fn trace_header(sent_at_ms: u64, rng: &mut fastrand::Rng) -> String {
    format!(
        "Root=1-{:08x}-{:024x};Parent={:016x};Sampled=1",
        sent_at_ms / 1_000,
        rng.u128(..) >> 32,
        rng.u64(..)
    )
}
