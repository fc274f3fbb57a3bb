//! Limits that the operator's shell has set (`ulimit -v`), as CI systems do: a run begins only where it
//! has room to come to its end.

use reco_ops::error::Error;

/// Address space below which a run would end in the middle of its work.
const LEAST: u64 = 280 << 20;

/// What a run takes on a machine of many cores when it spares none: an allocator reserves a gigabyte,
/// and another one 64 MiB for each thread.
const AMPLE: u64 = 16 << 30;

/// Settings of a run that spares address space.
const SPARING: [(&str, &str); 3] =
    [("MALLOC_ARENA_MAX", "1"), ("MIMALLOC_ARENA_RESERVE", "65536"), ("TOKIO_WORKER_THREADS", "2")];

/// Makes do with the address space that the shell grants: starts this program anew in place of this
/// process, once, with settings that spare it.
///
/// # Errors
/// When there is too little even so.
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

/// Does not return, unless the system refuses: then the run goes on as it is.
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
