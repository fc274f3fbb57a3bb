//! The input of the benchmarks: users with lists of distinct 8-digit ids.

use std::io::{self, Write};

/// Smallest id. All ids have 8 digits, like those of a large service.
const FIRST: u64 = 10_000_000;

/// Number of distinct ids.
const IDS: u64 = 89_999_999;

/// Returns the ids of one user: `count` distinct ones, the same in every run.
pub fn ids(user: u64, count: u64) -> impl Iterator<Item = u64> {
    // Steps coprime to `IDS` visit each id once before any repeats.
    let start = user.wrapping_mul(0x9E37_79B9_7F4A_7C15) % IDS;
    (0..count).map(move |rank| FIRST + (start + rank * 7_368_787) % IDS)
}

/// Writes `lines` lines `[user,[ids...]]` with `count` ids each.
///
/// # Errors
/// When writing to `out` fails.
pub fn write(out: &mut impl Write, lines: u64, count: u64) -> io::Result<()> {
    let mut line = String::with_capacity(16 + 10 * usize::try_from(count).unwrap_or(0));
    for user in 1..=lines {
        line.clear();
        line.push_str(&format!("[{user},["));
        for (rank, id) in ids(user, count).enumerate() {
            if rank > 0 {
                line.push(',');
            }
            line.push_str(&id.to_string());
        }
        line.push_str("]]\n");
        out.write_all(line.as_bytes())?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_of_a_user_are_distinct_and_of_eight_digits() {
        for user in [1, 7, 1_000_000] {
            let all: HashSet<u64> = ids(user, 1000).collect();
            assert_eq!(all.len(), 1000, "user {user}");
            assert!(all.iter().all(|id| id.to_string().len() == 8));
        }
    }

    #[test]
    fn lines_are_pairs_in_json() {
        let mut out = Vec::new();
        write(&mut out, 3, 4).expect("a Vec takes all");
        let text = String::from_utf8(out).expect("ASCII");
        let lines: Vec<(u64, Vec<u64>)> =
            text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(lines.iter().map(|(user, _)| *user).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(lines.iter().all(|(user, list)| list == &ids(*user, 4).collect::<Vec<_>>()));
    }
}
