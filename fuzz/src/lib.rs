//! Runs one of recoctl's targets.

/// Gives the target of this name some bytes.
///
/// # Panics
/// When there is no such target, or it panics on the bytes: that is what is looked for.
pub fn run(name: &str, bytes: &[u8]) {
    let target = recoctl::fuzzing::TARGETS.iter().find(|(known, _)| *known == name);
    let (_, target) = target.expect("a target of recoctl");
    target(bytes);
}
