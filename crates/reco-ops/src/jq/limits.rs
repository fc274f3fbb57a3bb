//! Limits of the child process.

use std::time::Duration;

/// Most levels of arrays and objects in what an expression parses or answers with. SQS messages
/// that people make have fewer than ten.
pub const DEPTH: usize = 1_000;

/// CPU time for one message, up to a second more: the system counts whole seconds. CPU time and not
/// time on the clock, so that a busy machine changes no decision.
pub const CPU_PER_MESSAGE: Duration = Duration::from_secs(2);

/// Address space of the child, its code and stack included.
pub const MEMORY: u64 = 768 << 20;

/// Largest result: four times what SQS takes.
pub const RESULT: usize = 4 << 20;

/// Stack of the thread that evaluates.
pub(super) const STACK: usize = 64 << 20;

/// Limits this process, for good. Where the system has no such limits, the time limit of the parent
/// is left.
pub(super) fn confine() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let both = |limit| Rlimit { current: Some(limit), maximum: Some(limit) };
        // A refusal leaves the process as limited as the operator's own shell has it.
        let _ = setrlimit(Resource::Core, both(0));
        let _ = setrlimit(Resource::As, both(MEMORY));
        let _ = setrlimit(Resource::Fsize, both(0));
    }
}

/// Grants CPU time for one more message.
pub(super) fn grant() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        use rustix::time::{ClockId, clock_gettime};
        let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec;
        let limit = u64::try_from(used).unwrap_or(0) + 1 + CPU_PER_MESSAGE.as_secs();
        // Only root may raise a hard limit that the operator's shell has set.
        let maximum = getrlimit(Resource::Cpu).maximum;
        let current = Some(maximum.map_or(limit, |most| most.min(limit)));
        // Past the soft limit comes SIGXCPU, which ends the process.
        let _ = setrlimit(Resource::Cpu, Rlimit { current, maximum });
    }
}
