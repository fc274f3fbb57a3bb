//! Every parser of foreign bytes, on its seeds and on ten thousand inputs made from them, the same
//! in every run. It may refuse an input, but must not panic or overflow its stack.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use recoctl::fuzzing::{TARGETS, Target};

/// Inputs per target, besides its seeds.
const INPUTS: usize = 10_000;

/// The first three are the ones that other parsers choke on.
const TOKENS: [&str; 24] = [
    "[",
    "{",
    "\"",
    "]",
    "}",
    ",",
    ":",
    "\\u",
    "\\",
    "\n",
    "\0",
    "\u{1b}",
    "\u{9b}",
    "\u{202e}",
    "-",
    "1e999",
    "18446744073709551616",
    "null",
    "true",
    "data",
    "=",
    "[[",
    "{{",
    "\u{feff}",
];

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut paths: Vec<_> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Returns a seed, or two spliced, with some bytes cut, doubled, flipped or inserted.
fn mutated(random: &mut fastrand::Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = random.choice(seeds).unwrap().clone();
    if random.u8(..) < 32 {
        let other = random.choice(seeds).unwrap();
        input.truncate(random.usize(..=input.len()));
        input.extend_from_slice(&other[random.usize(..=other.len())..]);
    }
    for _ in 0..random.usize(1..8) {
        let at = random.usize(..=input.len());
        match random.u8(..6) {
            0 if at < input.len() => input[at] ^= 1 << random.u8(..8),
            1 => {
                let end = random.usize(at..=input.len());
                input.drain(at..end);
            }
            2 => {
                let end = random.usize(at..=input.len().min(at + 256));
                let part = input[at..end].to_vec();
                input.splice(at..at, part);
            }
            3 => input.insert(at, random.u8(..)),
            4 => {
                let token = random.choice(TOKENS).unwrap().repeat(random.usize(1..200));
                input.splice(at..at, token.into_bytes());
            }
            _ => {
                let token = random.choice(TOKENS).unwrap().as_bytes().to_vec();
                input.splice(at..at, token);
            }
        }
    }
    input.truncate(64 << 10);
    input
}

fn fuzz(name: &str, target: Target) {
    let seeds = seeds(name);
    assert!(!seeds.is_empty(), "{name} has no seeds");
    seeds.iter().for_each(|seed| target(seed));
    let mut random = fastrand::Rng::with_seed(0x5eed);
    for number in 0..INPUTS {
        let input = mutated(&mut random, &seeds);
        let result = std::panic::catch_unwind(|| target(&input));
        assert!(
            result.is_ok(),
            "{name} panicked on input {number}: {:?}",
            String::from_utf8_lossy(&input)
        );
    }
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let name = stringify!($name).trim_start_matches("r#");
                let (_, target) = *TARGETS.iter().find(|(known, _)| *known == name).unwrap();
                // The stack of the jq child's thread; all others manage with a thread's default.
                let stack = if name == "jq" { 64 << 20 } else { 2 << 20 };
                let thread = std::thread::Builder::new().stack_size(stack);
                thread.spawn(move || fuzz(name, target)).unwrap().join().unwrap();
            }
        )*

        /// Every target is listed here, and has a program of its own for longer runs.
        #[test]
        fn every_target_is_run() {
            let here = [$(stringify!($name),)*];
            assert_eq!(TARGETS.map(|(name, _)| name), here);
            let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
            for name in here {
                assert!(dir.join(format!("{name}.rs")).is_file(), "{name}");
            }
        }
    };
}

targets! { decode envelope journal export checkpoint policy config times plan jq shown }
