//! Limits of the child process.

use std::time::Duration;

/// Most levels of arrays and objects in what an expression parses or answers with. SQS messages
/// that people make have fewer than ten.
pub const DEPTH: usize = 1_000;

/// CPU time for one message, up to a second more: the system counts whole seconds. CPU time and not
/// time on the clock, so that a busy machine changes no decision.
pub const CPU_PER_MESSAGE: Duration = Duration::from_secs(2);

/// Address space of the child, its code and stack included, where the shell grants as much.
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
        let _ = setrlimit(Resource::As, both(memory()));
        let _ = setrlimit(Resource::Fsize, both(0));
    }
}

/// Address space of a child: no more than the operator's shell grants (`ulimit -v`), which root
/// could raise.
pub(super) fn memory() -> u64 {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        let shell = getrlimit(Resource::As);
        [shell.current, shell.maximum].into_iter().flatten().fold(MEMORY, u64::min)
    }
    #[cfg(not(unix))]
    MEMORY
}

/// CPU time in whole seconds that the operator's shell grants a process (`ulimit -H -t`); `None`
/// where there is no limit.
pub(super) fn granted_cpu() -> Option<u64> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        getrlimit(Resource::Cpu).maximum
    }
    #[cfg(not(unix))]
    None
}

/// CPU time of one message in whole seconds, as far as the shell grants it.
pub(super) fn cpu_per_message() -> u64 {
    granted_cpu().map_or(CPU_PER_MESSAGE.as_secs(), |most| most.min(CPU_PER_MESSAGE.as_secs()))
}

/// Whole seconds of CPU time that this process has used.
#[cfg(unix)]
fn used() -> u64 {
    use rustix::time::{ClockId, clock_gettime};
    u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or(0)
}

/// Whether earlier messages have used up so much of the CPU time that the shell grants that the next
/// one could not have its own. A new process begins at none.
pub(super) fn is_spent() -> bool {
    #[cfg(unix)]
    {
        let used = used();
        let needed = used + 1 + CPU_PER_MESSAGE.as_secs();
        used > 0 && granted_cpu().is_some_and(|most| most < needed)
    }
    #[cfg(not(unix))]
    false
}

/// Grants CPU time for one more message.
pub(super) fn grant() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = used() + 1 + CPU_PER_MESSAGE.as_secs();
        // Only root may raise a hard limit that the operator's shell has set.
        let maximum = granted_cpu();
        let current = Some(maximum.map_or(limit, |most| most.min(limit)));
        // Past the soft limit comes SIGXCPU, which ends the process.
        let _ = setrlimit(Resource::Cpu, Rlimit { current, maximum });
    }
}
