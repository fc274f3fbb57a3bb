//! Names in a source: the rooms of its crate, the environment, the terminal. Read from its tokens,
//! so that comments and strings do not count.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Names found in one source.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Rooms: the modules at the root of the crate.
    pub rooms: BTreeSet<String>,
    /// True if `std::env` is named.
    pub environment: bool,
    /// Macros that print.
    pub prints: BTreeSet<String>,
}

/// Finds the names in a source. `path` is its path below `src`, which determines how many `super`
/// lead to the root.
pub fn named(path: &str, source: &str) -> Named {
    let tokens: TokenStream = source.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut named = Named::default();
    let depth = path.strip_suffix(".rs").unwrap_or(path).split('/').filter(|p| *p != "mod").count();
    walk(tokens, if path == "lib.rs" { 0 } else { depth }, &mut named);
    named
}

/// Returns the room that a file is in; `None` for the root itself.
pub fn room(path: &str) -> Option<&str> {
    let first = path.split('/').next()?;
    let first = first.strip_suffix(".rs").unwrap_or(first);
    (first != "lib").then_some(first)
}

/// Checks that each room names only rooms of later layers, and returns the violations. `files` are
/// paths below `src` with their sources.
pub fn faults<'a>(
    layers: &[&[&str]],
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<String> {
    let layer = |room: &str| layers.iter().position(|layer| layer.contains(&room));
    let mut faults = Vec::new();
    for (path, source) in files {
        let Some(own) = room(path) else { continue };
        let Some(from) = layer(own) else {
            faults.push(format!("{path}: the room {own} has no place in the order"));
            continue;
        };
        for other in named(path, source).rooms.iter().filter(|other| *other != own) {
            if layer(other).is_none_or(|to| to <= from) {
                faults.push(format!("{path}: {own} must not name {other}"));
            }
        }
    }
    faults
}

fn walk(tokens: TokenStream, depth: usize, named: &mut Named) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            let is_module = group.delimiter() == Delimiter::Brace
                && at >= 2
                && is_ident(tokens.get(at - 2), "mod");
            walk(group.stream(), depth + usize::from(is_module), named);
            continue;
        }
        let TokenTree::Ident(ident) = token else { continue };
        let word = ident.to_string();
        if ["print", "println", "eprint", "eprintln"].contains(&word.as_str())
            && is_punct(tokens.get(at + 1), '!')
        {
            named.prints.insert(word.clone());
        }
        // Inside a longer path, this word is not the start of the path.
        if at > 0 && is_punct(tokens.get(at - 1), ':') {
            continue;
        }
        let rest = match word.as_str() {
            "crate" => after_path_separator(&tokens, at + 1),
            "super" => to_the_root(&tokens, at, depth),
            "std" => {
                let next = after_path_separator(&tokens, at + 1);
                named.environment |= first_words(&tokens, next).contains("env");
                None
            }
            _ => None,
        };
        named.rooms.extend(first_words(&tokens, rest));
    }
}

/// Returns where the path continues after as many `super` as lead to the root, if they do.
fn to_the_root(tokens: &[TokenTree], at: usize, depth: usize) -> Option<usize> {
    let (mut at, mut steps) = (at, 0);
    loop {
        steps += 1;
        let next = after_path_separator(tokens, at + 1)?;
        if !is_ident(tokens.get(next), "super") {
            return (steps == depth).then_some(next);
        }
        at = next;
    }
}

fn after_path_separator(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let both = is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':');
    both.then_some(at + 2)
}

/// Returns the word there, or the first word of each path of a group.
fn first_words(tokens: &[TokenTree], at: Option<usize>) -> BTreeSet<String> {
    match at.and_then(|at| tokens.get(at)) {
        Some(TokenTree::Ident(word)) => BTreeSet::from([word.to_string()]),
        Some(TokenTree::Group(group)) => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let begins = |at: &usize| *at == 0 || is_punct(inner.get(at - 1), ',');
            let firsts = (0..inner.len()).filter(begins);
            firsts.flat_map(|at| first_words(&inner, Some(at))).collect()
        }
        _ => BTreeSet::new(),
    }
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn is_ident(token: Option<&TokenTree>, wanted: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rooms(path: &str, source: &str) -> Vec<String> {
        named(path, source).rooms.into_iter().collect()
    }

    #[test]
    fn every_way_of_naming_a_room_is_seen() {
        assert_eq!(rooms("dlq/scan.rs", "use crate::aws::sqs::Queue;"), ["aws"]);
        assert_eq!(
            rooms("dlq/scan.rs", "use crate::{aws::sqs, sqs::{Drain, lease}};"),
            ["aws", "sqs"]
        );
        assert_eq!(
            rooms("dlq/scan.rs", "fn f() { tell(format!(\"{}\", crate::rate::now())) }"),
            ["rate"]
        );
        assert_eq!(rooms("dlq/scan.rs", "use super::super::backfill::Run;"), ["backfill"]);
        assert_eq!(rooms("dlq/scan.rs", "mod tests { use super::super::judge; }"), [""; 0]);
        assert_eq!(rooms("dlq/scan.rs", "mod tests { use super::super::super::aws; }"), ["aws"]);
        assert_eq!(rooms("dlq.rs", "pub use super::rate::Pace;"), ["rate"]);
    }

    #[test]
    fn comments_texts_and_paths_of_others_are_not() {
        let source = "//! crate::dlq\n/// [`crate::dlq`]\nuse serde::crate_::x; pub(crate) fn f() { \
                      g(\"crate::dlq std::env println!\"); self::super::judge(); }";
        assert_eq!(named("rate/gate.rs", source), Named::default());
    }

    #[test]
    fn a_circle_between_rooms_is_a_fault() {
        let layers: [&[&str]; 3] = [&["dlq"], &["sqs", "metrics"], &["aws"]];
        let sound = [("dlq.rs", "use crate::sqs;"), ("sqs/outbox.rs", "use crate::aws::x;")];
        assert_eq!(faults(&layers, sound), [""; 0]);
        let circle = [sound[0], ("sqs/outbox.rs", "use crate::{aws, dlq::Row};")];
        assert_eq!(faults(&layers, circle), ["sqs/outbox.rs: sqs must not name dlq"]);
        let beside = [("metrics.rs", "use crate::sqs::Drain;")];
        assert_eq!(faults(&layers, beside), ["metrics.rs: metrics must not name sqs"]);
        let unknown = [("attic/old.rs", ""), ("aws.rs", "use crate::cellar;")];
        assert_eq!(
            faults(&layers, unknown),
            [
                "attic/old.rs: the room attic has no place in the order",
                "aws.rs: aws must not name cellar"
            ]
        );
    }

    #[test]
    fn the_environment_and_printing_are_seen() {
        for source in
            ["use std::env;", "fn f() { std::env::var(x); }", "use std::{fmt, env::vars};"]
        {
            assert!(named("aws/config.rs", source).environment, "{source}");
        }
        assert!(!named("aws/config.rs", "use std::{fmt::env}; crate::env!(x);").environment);
        let printed =
            named("aws.rs", "fn f() { println!(\"x\"); eprint!(\"y\"); print(z); }").prints;
        assert_eq!(printed, BTreeSet::from(["eprint".to_owned(), "println".to_owned()]));
    }
}
