//! Limits of the child process.

use std::time::Duration;

/// Maximum nesting of arrays and objects in what an expression parses or returns. SQS messages
/// written by people have fewer than ten levels.
pub const DEPTH: usize = 1_000;

/// CPU time per message, plus up to a second because the system counts whole seconds. CPU time
/// rather than wall-clock time, so that a busy machine changes no decision.
pub const CPU_PER_MESSAGE: Duration = Duration::from_secs(2);

/// Maximum address space of the child, including code and stack, if the shell grants that much.
pub const MEMORY: u64 = 768 << 20;

/// Maximum result size: four times the SQS message limit.
pub const RESULT: usize = 4 << 20;

/// Stack size of the evaluating thread.
pub(super) const STACK: usize = 64 << 20;

/// Limits this process permanently. On systems without such limits, only the parent's timeout
/// remains.
pub(super) fn confine() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let both = |limit| Rlimit { current: Some(limit), maximum: Some(limit) };
        // If this fails, the limits of the operator's shell remain.
        let _ = setrlimit(Resource::Core, both(0));
        let _ = setrlimit(Resource::As, both(memory()));
        let _ = setrlimit(Resource::Fsize, both(0));
    }
}

/// Returns the address space of a child: no more than the shell's limit (`ulimit -v`), which root
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

/// Returns the shell's limit on CPU time per process (`ulimit -H -t`) in seconds; `None` if there
/// is none.
pub(super) fn granted_cpu() -> Option<u64> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        getrlimit(Resource::Cpu).maximum
    }
    #[cfg(not(unix))]
    None
}

/// Returns the CPU time per message in whole seconds, within the shell's limit.
pub(super) fn cpu_per_message() -> u64 {
    granted_cpu().map_or(CPU_PER_MESSAGE.as_secs(), |most| most.min(CPU_PER_MESSAGE.as_secs()))
}

/// Returns the CPU time that this process has used, in whole seconds.
#[cfg(unix)]
fn used() -> u64 {
    use rustix::time::{ClockId, clock_gettime};
    u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or(0)
}

/// Returns whether earlier messages have used so much of the shell's CPU time limit that the next
/// one could not get its share. A new process starts at zero.
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

/// Raises the CPU time limit for one more message.
pub(super) fn grant() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = used() + 1 + CPU_PER_MESSAGE.as_secs();
        // Only root may raise a hard limit set by the operator's shell.
        let maximum = granted_cpu();
        let current = Some(maximum.map_or(limit, |most| most.min(limit)));
        // Exceeding the soft limit sends SIGXCPU, which ends the process.
        let _ = setrlimit(Resource::Cpu, Rlimit { current, maximum });
    }
}
