//! Child's side: reads frames, evaluates and answers until standard input ends.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};

use super::limits::{STACK, confine, grant, is_spent};
use super::program::Program;
use super::wire::{self, JqRequest, JqResponse, PREAMBLE, SPENT};

/// Argument that makes a process of this binary the child. Internal, so not a command.
pub const MODE: &str = "--evaluate-jq-for-parent";

/// Exit code of a child whose stack does not fit into the shell's limits.
pub(super) const NO_ROOM: u8 = 71;

/// Serves requests until standard input ends.
#[must_use]
pub fn serve() -> ExitCode {
    confine();
    let (frames, work) = channel();
    let thread = std::thread::Builder::new().name("jq".to_owned()).stack_size(STACK);
    if thread.spawn(move || evaluate(work)).is_err() {
        return ExitCode::from(NO_ROOM);
    }
    // Keeps reading in parallel: when the parent is gone, this process ends whatever it is doing.
    let mut stdin = std::io::stdin().lock();
    while let Some(frame) = wire::read(&mut stdin.by_ref()) {
        if frames.send(frame).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn evaluate(work: Receiver<(u8, Vec<u8>)>) {
    let mut stdout = std::io::stdout().lock();
    if wire::write(&mut stdout, PREAMBLE).is_err() {
        return;
    }
    let mut program = None;
    for (tag, payload) in work {
        if is_spent() {
            let _ = wire::write(&mut stdout, &wire::frame(SPENT, &[]));
            return;
        }
        grant();
        let answer = catch_unwind(AssertUnwindSafe(|| answer(&mut program, tag, &payload)))
            .unwrap_or_else(|_| JqResponse::Failed("jq panicked on it".to_owned()));
        if wire::write(&mut stdout, &answer.frame()).is_err() {
            return;
        }
    }
}

fn answer(program: &mut Option<Program>, tag: u8, payload: &[u8]) -> JqResponse {
    let Ok(text) = std::str::from_utf8(payload) else {
        return JqResponse::Failed("it is not UTF-8".to_owned());
    };
    match (JqRequest::of(tag), program.as_ref()) {
        (Some(JqRequest::Compile), _) => match Program::compile(text) {
            Ok(compiled) => {
                *program = Some(compiled);
                JqResponse::No
            }
            Err(why) => JqResponse::Failed(why),
        },
        (Some(JqRequest::Matches), Some(program)) => program.matches(payload),
        (Some(JqRequest::Rewrite), Some(program)) => program.rewrite(text, super::is_json(text)),
        _ => JqResponse::Failed("the expression is empty".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    /// Child of the unit tests, which have no binary but their own.
    #[test]
    #[ignore = "run by other tests, as a child process"]
    fn child() {
        assert_eq!(super::serve(), std::process::ExitCode::SUCCESS);
    }
}
