//! One process of the function with its Runtime API.

use super::api::{Api, FunctionReply, Invocation, StartState};
use super::{FunctionBinary, FunctionError, FunctionLog, output};
use crate::logs::{FunctionLogs, InvocationEnd};
use hyper::body::Bytes;
use std::io;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};
use tokio::process::{Child, Command};

/// AWS: the init phase is limited to 10 seconds.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);
/// AWS: `arn:aws:lambda:<region>:<account>:function:<name>`.
const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:";
/// POSIX: the signal that no process can handle.
#[cfg(unix)]
const SIGKILL: i32 = 9;
/// Lambda's type of the error that a process ended.
const EXIT_ERROR: &str = "Runtime.ExitError";
/// Function name if its variables give none.
const NAME: &str = "function";

/// A function that has started and waits for its next event. Dropping it kills its process.
pub struct Environment {
    process: Child,
    api: Api,
    arn: String,
    log: Option<FunctionLogs>,
    init: Duration,
}

impl Environment {
    /// Starts the process and waits until it asks for its first event.
    ///
    /// # Errors
    /// [`FunctionError::Spawn`] or [`FunctionError::Init`].
    pub async fn start(binary: &FunctionBinary) -> Result<Self, FunctionError> {
        let unable = |error: io::Error| FunctionError::Spawn {
            path: binary.path.display().to_string(),
            reason: error.to_string(),
        };
        let api = Api::serve().await.map_err(unable)?;
        let begun = Instant::now();
        let mut process = command(binary, &api).map_err(unable)?.spawn().map_err(unable)?;
        let log = match (&binary.log, process.stdout.take()) {
            (FunctionLog::Sandbox(metrics, log), Some(said)) => {
                tokio::spawn(output::sort(said, metrics.clone(), log.clone()));
                Some(log.clone())
            }
            _ => None,
        };
        let started = tokio::select! {
            start = api.started() => Some(start),
            // An error is reported before the process ends, so it is known by now.
            _ = process.wait() => Some(api.so_far()).filter(|start| *start != StartState::Pending),
            () = tokio::time::sleep(INIT_TIMEOUT) => Some(StartState::Pending),
        };
        if let (Some(log), false) = (&log, started == Some(StartState::Ready)) {
            log.not_started();
        }
        match started {
            Some(StartState::Ready) => {
                let arn = format!("{ARN}{}", name(binary));
                Ok(Self { process, api, arn, log, init: begun.elapsed() })
            }
            Some(StartState::Failed(words)) => Err(FunctionError::Init(words)),
            Some(StartState::Pending) => {
                Err(FunctionError::Init("it asked for no event within 10 seconds".to_owned()))
            }
            None => Err(FunctionError::Init("its process ended; see its log".to_owned())),
        }
    }

    /// Returns the time from the start of the process to its first poll.
    #[must_use]
    pub const fn init(&self) -> Duration {
        self.init
    }

    /// Returns the process id, while the process runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }

    /// Returns the peak memory of the process in KiB (Linux: `VmHWM`).
    #[must_use]
    pub fn peak_kib(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()?)).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    /// Returns whether the process still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Sends the function an event and waits up to `time` for its answer. On a timeout the process
    /// is killed, as Lambda does.
    ///
    /// # Errors
    /// [`FunctionError`] when there is no answer; the environment is usable again only after
    /// [`FunctionError::Failed`].
    pub async fn invoke(
        &mut self,
        event: impl Into<Bytes>,
        time: Duration,
    ) -> Result<Bytes, FunctionError> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let invocation = Invocation {
            id: uuid::Uuid::new_v4().to_string(),
            event: event.into(),
            deadline_ms: u64::try_from((now + time).as_millis()).unwrap_or(u64::MAX),
            arn: self.arn.clone(),
        };
        let running = self.log.as_ref().map(|log| log.begin(&invocation.id));
        let answered = async { self.api.invoke(invocation).await.await };
        let gone = |words| Err(FunctionError::Ended(words));
        let (answer, end) = tokio::select! {
            reply = answered => match reply {
                Ok(FunctionReply::Response(body)) => (Ok(body), InvocationEnd::Success),
                Ok(FunctionReply::Error(words)) => {
                    (Err(FunctionError::Failed(words)), InvocationEnd::Error("Function.Error"))
                }
                Err(_) => (gone("its Runtime API closed".to_owned()), InvocationEnd::Error(EXIT_ERROR)),
            },
            status = self.process.wait() => match status {
                Ok(status) => (gone(status.to_string()), how(status)),
                Err(error) => (gone(error.to_string()), InvocationEnd::Error(EXIT_ERROR)),
            },
            () = tokio::time::sleep(time) => (Err(FunctionError::TimedOut(time)), InvocationEnd::Timeout),
        };
        if let Some(running) = running {
            running.end(end);
        }
        if !matches!(answer, Ok(_) | Err(FunctionError::Failed(_))) {
            self.kill().await;
        }
        answer
    }

    /// Kills the process at once, even in the middle of an invocation.
    pub async fn kill(&mut self) {
        // The process may have exited already.
        drop(self.process.kill().await);
    }
}

/// How a process ended. AWS: one that uses up its memory is killed by the kernel (`Runtime.OutOfMemory`,
/// earlier `signal: killed`).
fn how(status: std::process::ExitStatus) -> InvocationEnd {
    #[cfg(unix)]
    if std::os::unix::process::ExitStatusExt::signal(&status) == Some(SIGKILL) {
        return InvocationEnd::OutOfMemory;
    }
    InvocationEnd::Error(EXIT_ERROR)
}

fn name(binary: &FunctionBinary) -> &str {
    let named = binary.variables.iter().find(|(name, _)| name == "AWS_LAMBDA_FUNCTION_NAME");
    named.map_or(NAME, |(_, value)| value.as_str())
}

/// Returns the command, with the variables that a runtime relies on. AWS: "Defined runtime
/// environment variables".
fn command(binary: &FunctionBinary, api: &Api) -> io::Result<Command> {
    let mut command = Command::new(&binary.path);
    command
        .env_clear()
        .env("AWS_LAMBDA_FUNCTION_NAME", NAME)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "local")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "local")
        .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
        .envs(binary.variables.iter().map(|(name, value)| (name, value)))
        .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    match &binary.log {
        // This process's stdout may carry data, so the function's log goes to stderr.
        FunctionLog::Sandbox(..) => command.stdout(Stdio::piped()).stderr(Stdio::inherit()),
        FunctionLog::File(path) => {
            let file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
            command.stdout(file.try_clone()?).stderr(file)
        }
    };
    Ok(command)
}
