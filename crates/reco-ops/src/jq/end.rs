//! Reasons why a child ended without an answer.

use std::io::Read;
use std::process::ExitStatus;

use super::limits::{MEMORY, cpu_per_message, granted_cpu, memory};
use super::worker::NO_ROOM;

/// Maximum bytes kept of the end of the child's stderr.
const LAST_WORDS: usize = 4 << 10;

/// Reads everything and returns the end of it.
pub(super) fn tail(mut from: impl Read) -> Vec<u8> {
    let (mut kept, mut buffer) = (Vec::new(), [0; LAST_WORDS]);
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        kept.extend_from_slice(&buffer[..n]);
        let surplus = kept.len().saturating_sub(LAST_WORDS);
        kept.drain(..surplus);
    }
    kept
}

/// Returns whether a child ended because it used more CPU time than it may.
pub(super) fn is_out_of_time(status: Option<ExitStatus>) -> bool {
    #[cfg(unix)]
    {
        use rustix::process::Signal;
        // The soft limit on CPU time sends SIGXCPU, the hard one SIGKILL.
        let signal = status.and_then(|s| std::os::unix::process::ExitStatusExt::signal(&s));
        signal == Some(Signal::XCPU.as_raw())
            || (signal == Some(Signal::KILL.as_raw()) && granted_cpu().is_some())
    }
    #[cfg(not(unix))]
    {
        let _ = status;
        false
    }
}

/// Returns the reason why a child ended without an answer.
pub(super) fn reason(status: Option<ExitStatus>, last_words: &[u8]) -> String {
    let words = String::from_utf8_lossy(last_words);
    if words.contains("has overflowed its stack") {
        return "nested too deeply: jq exhausted its stack".to_owned();
    }
    if words.contains("memory allocation of") || words.contains("capacity overflow") {
        let (most, ours) = (memory(), MEMORY);
        let by = if most < ours { " (ulimit -v)" } else { "" };
        return format!("jq used more than {} MiB of memory{by}", most >> 20);
    }
    #[cfg(unix)]
    if let Some(signal) = status.and_then(|s| std::os::unix::process::ExitStatusExt::signal(&s)) {
        return killed_by(signal);
    }
    match status.and_then(|status| status.code()) {
        Some(code) if code == i32::from(NO_ROOM) => format!(
            "the shell grants jq too little memory: {} MiB of address space (ulimit -v)",
            memory() >> 20
        ),
        Some(code) => format!("the jq process exited with code {code}"),
        None => "the jq process exited".to_owned(),
    }
}

/// Explains a signal if its cause is evident.
#[cfg(unix)]
fn killed_by(signal: i32) -> String {
    use rustix::process::Signal;
    if signal == Signal::XCPU.as_raw() {
        return format!("jq used more than {} s of CPU time", cpu_per_message());
    }
    match granted_cpu().filter(|_| signal == Signal::KILL.as_raw()) {
        Some(most) => format!(
            "the jq process was killed by signal {signal}: the shell grants a process {most} s of CPU time (ulimit -t)"
        ),
        None => format!("the jq process was killed by signal {signal}"),
    }
}
