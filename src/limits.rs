//! Limits set by the operator's shell (`ulimit -v`), as in CI systems: a run starts only with
//! enough address space to finish.

use reco_ops::error::Error;

/// Minimum address space, in bytes; with less, a run would fail in the middle of its work.
#[cfg(target_os = "linux")]
const LEAST: u64 = 280 << 20;

/// Address space used without restrictions on a machine with many cores: one allocator reserves a
/// gigabyte, and another 64 MiB per thread.
#[cfg(target_os = "linux")]
const AMPLE: u64 = 16 << 30;

/// Environment variables that make a run save address space.
#[cfg(target_os = "linux")]
const SPARING: [(&str, &str); 3] =
    [("MALLOC_ARENA_MAX", "1"), ("MIMALLOC_ARENA_RESERVE", "65536"), ("TOKIO_WORKER_THREADS", "2")];

/// Adapts to the shell's limit on address space: restarts this program once, in place of this
/// process, with settings that save it.
///
/// # Errors
/// Fails if even that is too little.
pub fn fit() -> Result<(), Error> {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, getrlimit};
        let shell = getrlimit(Resource::As);
        let Some(granted) = shell.current.or(shell.maximum) else { return Ok(()) };
        if granted < LEAST {
            return Err(too_little(granted));
        }
        let is_set = |(name, _): &(&str, &str)| std::env::var_os(name).is_some();
        if granted < AMPLE && !SPARING.iter().all(is_set) {
            start_anew();
        }
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn too_little(granted: u64) -> Error {
    let (granted, least) = (granted >> 20, LEAST >> 20);
    Error::config(format!(
        "the shell grants {granted} MiB of address space (ulimit -v), too little"
    ))
    .cause(format!("recoctl needs at least {least} MiB"))
    .hint("raise it, e.g. `ulimit -v unlimited`, or limit resident memory instead")
}

/// Replaces this process. Returns only if the system refuses; the run then continues as it is.
#[cfg(target_os = "linux")]
fn start_anew() {
    use std::os::unix::process::CommandExt;
    let Ok(program) = std::env::current_exe() else { return };
    let mut args = std::env::args_os();
    let mut command = std::process::Command::new(program);
    if let Some(name) = args.next() {
        command.arg0(name);
    }
    let _ = command.args(args).envs(SPARING).exec();
}
