//! Lock on a queue that other machines see: the value of a tag, and what it means to whoever finds
//! it.
//!
//! AWS: "Quotas related to queues": a tag's key has up to 128 characters and its value up to 256;
//! allowed are letters, digits, spaces and `_ . : / = + - @`. A tag overwrites one of the same key.

use serde::{Serialize, Serializer};

use crate::Time;
use crate::clip::clip_id;

/// Key of the tag.
pub const TAG: &str = "recoctl:lock";

/// Time in seconds after which a lock that is not renewed expires. Longer than two renewals, and than
/// two clocks may differ: AWS refuses signatures that are more than 5 minutes off.
pub const LEASE_S: i64 = 600;

/// AWS: maximum characters of a tag's value.
const VALUE_CHARS: usize = 256;

/// Maximum characters of a machine's name.
const HOST_CHARS: usize = 40;

/// Maximum characters of an id.
const ID_CHARS: usize = 16;

/// Lock on a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueLock {
    /// Id of the run that holds it.
    pub run_id: String,
    /// Caller of that run, as far as it fits a tag; absent if it is not known.
    pub who: Option<String>,
    /// Machine of that run.
    pub host: String,
    /// Id of that run's state directory: runs that share it are kept apart by a lock in it.
    #[serde(skip)]
    pub state: String,
    /// Time at which it was taken.
    #[serde(serialize_with = "iso")]
    pub since: Time,
    /// Time at which it expires unless it is renewed.
    #[serde(serialize_with = "iso")]
    pub expires: Time,
}

/// Writes a time as in the tag.
fn iso<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.iso())
}

impl QueueLock {
    /// Creates the lock of a run, taken at `now`. What a tag cannot hold is replaced or clipped.
    #[must_use]
    pub fn new(run_id: &str, state: &str, (who, host): (Option<&str>, &str), now: Time) -> Self {
        let mut lock = QueueLock {
            run_id: start(clean(run_id), ID_CHARS),
            who: None,
            host: start(clean(host), HOST_CHARS),
            state: start(clean(state), ID_CHARS),
            since: Time::from_seconds(now.seconds()),
            expires: Time::from_seconds(now.seconds().saturating_add(LEASE_S)),
        };
        let room = VALUE_CHARS.saturating_sub(lock.value().len() + " who=".len());
        lock.who = who.filter(|who| !who.is_empty()).map(|who| end(clean(who), room));
        lock
    }

    /// Returns the same lock, renewed at `now`.
    #[must_use]
    pub fn renewed(&self, now: Time) -> Self {
        let expires = Time::from_seconds(now.seconds().saturating_add(LEASE_S));
        QueueLock { expires, ..self.clone() }
    }

    /// Returns the value of the tag.
    #[must_use]
    pub fn value(&self) -> String {
        let QueueLock { run_id, who, host, state, since, expires } = self;
        let (since, expires) = (since.iso(), expires.iso());
        let mut value =
            format!("run={run_id} since={since} expires={expires} host={host} state={state}");
        if let Some(who) = who {
            value.push_str(&format!(" who={who}"));
        }
        value
    }

    /// Parses the value of a tag; `None` if recoctl did not write it. Members of later versions are
    /// skipped.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        if value.chars().nth(VALUE_CHARS).is_some() {
            return None;
        }
        let member = |name: &str| {
            let mut members = value.split(' ').filter_map(|member| member.split_once('='));
            members.find(|(known, _)| *known == name).map(|(_, text)| text.to_owned())
        };
        let time = |name| Time::from_iso(&member(name)?).ok();
        Some(QueueLock {
            run_id: member("run").filter(|run| !run.is_empty())?,
            who: member("who"),
            host: member("host").unwrap_or_default(),
            state: member("state").unwrap_or_default(),
            since: time("since")?,
            expires: time("expires")?,
        })
    }

    /// Returns who holds it, where and since when, for messages to the operator.
    #[must_use]
    pub fn words(&self) -> String {
        let QueueLock { run_id, who, host, since, .. } = self;
        let who = who.as_deref().unwrap_or("an unknown caller");
        let host = if host.is_empty() { "an unknown machine" } else { host };
        format!("locked by {who} on {host} (run {run_id}) since {}", since.iso())
    }
}

/// Replaces the characters that a tag cannot hold, and blanks, which separate its members.
fn clean(text: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_.:/=+-@".contains(c);
    text.chars().map(|c| if allowed(c) { c } else { '_' }).collect()
}

/// Returns the first characters of a text in ASCII.
fn start(mut text: String, chars: usize) -> String {
    text.truncate(chars);
    text
}

/// Returns the last characters of a text in ASCII: a caller's ARN ends in the name of the session.
fn end(text: String, chars: usize) -> String {
    match text.len().checked_sub(chars) {
        None | Some(0) => text,
        Some(over) => format!("..{}", text.get(over + 2..).unwrap_or_default()),
    }
}

/// Lock that was found on a queue, as it concerns another run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundLock {
    /// None.
    Free,
    /// The run's own.
    Own,
    /// Not renewed in time: its holder has died.
    Expired(QueueLock),
    /// Of a run in the same state directory, whose own lock on the queue is free: it has ended.
    Ended(QueueLock),
    /// Held by a run on another machine, or in another state directory.
    Held(QueueLock),
    /// Not a value that this version writes.
    Unknown(String),
}

impl FoundLock {
    /// Judges the value of the tag, if there is one, for the run of `own` at a time. That run holds
    /// its state directory's lock on the queue.
    #[must_use]
    pub fn of(value: Option<&str>, own: &QueueLock, now: Time) -> Self {
        let Some(value) = value else { return FoundLock::Free };
        let Some(lock) = QueueLock::parse(value) else {
            return FoundLock::Unknown(clip_id(value).into_owned());
        };
        let same_state = lock.host == own.host && lock.state == own.state;
        match () {
            () if same_state && lock.run_id == own.run_id => FoundLock::Own,
            () if lock.expires <= now => FoundLock::Expired(lock),
            () if same_state => FoundLock::Ended(lock),
            () => FoundLock::Held(lock),
        }
    }

    /// Returns the id of the run that stands in the way, by which its lock can be taken over, and who
    /// that is, in words; `None` if the lock can be taken. The id is `unknown` if the tag names none.
    #[must_use]
    pub fn obstacle(&self) -> Option<(&str, String)> {
        match self {
            FoundLock::Held(lock) => Some((&lock.run_id, lock.words())),
            FoundLock::Unknown(value) => Some((
                "unknown",
                format!("its tag {TAG} is not one that this version writes: {value:?}"),
            )),
            FoundLock::Free | FoundLock::Own | FoundLock::Expired(_) | FoundLock::Ended(_) => None,
        }
    }

    /// Judges the value of the tag after the run wrote its own over `former`: returns who took the
    /// lock since. A read may return the former value, or none, for some time.
    #[must_use]
    pub fn rival(
        value: Option<&str>,
        own: &QueueLock,
        former: Option<&str>,
        now: Time,
    ) -> Option<String> {
        let run_of = |value: &str| QueueLock::parse(value).map(|lock| lock.run_id);
        let is_former = match (value, former) {
            (Some(value), Some(former)) => {
                value == former || run_of(value).is_some_and(|run| run_of(former) == Some(run))
            }
            _ => false,
        };
        if is_former {
            return None;
        }
        let found = FoundLock::of(value, own, now);
        found.obstacle().map(|(_, words)| words)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Time = Time::from_seconds(1_800_000_000);
    const ARN: &str = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/jane@example.com";

    fn own() -> QueueLock {
        QueueLock::new("0123456789abcdef", "aaaa", (Some(ARN), "ops-1"), NOW)
    }

    fn other(state: &str) -> QueueLock {
        QueueLock::new("fedcba9876543210", state, (Some("arn:x"), "ops-1"), NOW)
    }

    fn found(lock: &QueueLock, after_s: i64) -> FoundLock {
        let now = Time::from_seconds(NOW.seconds() + after_s);
        FoundLock::of(Some(&lock.value()), &own(), now)
    }

    #[test]
    fn a_lock_says_who_holds_it_where_and_until_when() {
        assert_eq!(
            own().value(),
            format!(
                "run=0123456789abcdef since=2027-01-15T08:00:00Z expires=2027-01-15T08:10:00Z \
                 host=ops-1 state=aaaa who={ARN}"
            )
        );
        assert_eq!(
            own().words(),
            format!("locked by {ARN} on ops-1 (run 0123456789abcdef) since 2027-01-15T08:00:00Z")
        );
        let renewed = own().renewed(Time::from_seconds(NOW.seconds() + 120));
        assert_eq!((renewed.since, renewed.expires.seconds()), (NOW, NOW.seconds() + 720));
    }

    #[test]
    fn a_dead_holders_lock_expires_and_a_renewed_one_does_not() {
        assert_eq!(found(&other("bbbb"), 599), FoundLock::Held(other("bbbb")));
        assert_eq!(found(&other("bbbb"), 600), FoundLock::Expired(other("bbbb")));
        let renewed = other("bbbb").renewed(Time::from_seconds(NOW.seconds() + 480));
        assert!(found(&renewed, 600).obstacle().is_some());
    }

    #[test]
    fn runs_of_one_state_directory_are_kept_apart_by_its_own_lock() {
        assert_eq!(found(&other("aaaa"), 1), FoundLock::Ended(other("aaaa")));
        assert_eq!(found(&own(), 1), FoundLock::Own);
        assert_eq!(found(&own(), 9_000), FoundLock::Own);
        // The same name of a machine, as of two containers, and a copied journal's run.
        let copied = QueueLock { state: "bbbb".to_owned(), ..own() };
        assert!(found(&copied, 1).obstacle().is_some());
        assert_eq!(FoundLock::of(None, &own(), NOW), FoundLock::Free);
    }

    #[test]
    fn a_value_that_recoctl_did_not_write_is_in_the_way() {
        for value in ["", "held", "run= since=x", "run=1 since=2027-01-15T08:00:00Z", "\u{1b}[2J"] {
            let found = FoundLock::of(Some(value), &own(), NOW);
            assert_eq!(found, FoundLock::Unknown(value.to_owned()));
            let (run, words) = found.obstacle().expect("in the way");
            assert!(run == "unknown" && !words.contains('\u{1b}'), "{value:?}");
        }
        let later = format!("{} shard=7", other("bbbb").value());
        assert_eq!(FoundLock::of(Some(&later), &own(), NOW), FoundLock::Held(other("bbbb")));
    }

    #[test]
    fn whoever_wrote_last_has_won_whatever_is_read_late() {
        let (rival, own_value) = (other("bbbb").value(), own().value());
        let lost = |value: Option<&str>, former: Option<&str>| {
            FoundLock::rival(value, &own(), former, NOW).is_some()
        };
        assert!(lost(Some(&rival), None));
        assert!(!lost(Some(&own_value), Some(&rival)));
        // Read late: the tag is not there yet, or still the one that was taken over.
        assert!(!lost(None, None));
        assert!(!lost(Some(&rival), Some(&rival)));
        let renewed = other("bbbb").renewed(Time::from_seconds(NOW.seconds() + 60)).value();
        assert!(!lost(Some(&renewed), Some(&rival)));
        assert!(!lost(Some("garbage"), Some("garbage")));
        assert!(lost(Some("garbage"), Some(&rival)));
    }

    proptest! {
        #[test]
        fn whatever_the_names_a_tag_holds_them_and_reads_back(
            run in "\\PC{1,40}", state in "\\PC{0,40}", who in proptest::option::of("\\PC{0,400}"),
            host in "\\PC{0,100}", now in 0i64..4_000_000_000,
        ) {
            let now = Time::from_seconds(now);
            let lock = QueueLock::new(&run, &state, (who.as_deref(), &host), now);
            let value = lock.value();
            prop_assert!(value.chars().count() <= 256, "{}", value);
            let allowed = |c: char| c.is_ascii_alphanumeric() || " _.:/=+-@".contains(c);
            prop_assert!(value.chars().all(allowed), "{}", value);
            prop_assert_eq!(QueueLock::parse(&value), Some(lock.clone()));
            prop_assert_eq!(FoundLock::of(Some(&value), &lock, now), FoundLock::Own);
        }

        #[test]
        fn no_text_is_more_than_a_lock_or_unknown(value in "\\PC{0,300}") {
            let _ = FoundLock::of(Some(&value), &own(), NOW).obstacle();
        }
    }
}
