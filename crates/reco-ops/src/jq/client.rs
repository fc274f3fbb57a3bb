//! Parent's side: one long-lived child with pipelined requests, replaced whenever it ends.

use std::collections::VecDeque;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::{self, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use super::end::{is_out_of_time, reason, tail};
use super::limits::cpu_per_message;
use super::wire::{self, JqRequest, JqResponse, SPENT};

/// Wall-clock limit per message, effective only where the system does not limit CPU time or stalls.
const PATIENCE: Duration = Duration::from_secs(30);

/// Messages that may take longer than the limit before no more are evaluated, and one more for each
/// [`PER`] that were evaluated: an expression that never ends would take seconds for every message.
const SLOW: u64 = 5;
const PER: u64 = 100;

/// Maximum requests sent ahead of their answers, and their bytes.
const AHEAD: usize = 32;
const AHEAD_BYTES: usize = 8 << 20;

/// Command that starts a child: a process that calls [`super::serve`].
#[derive(Debug, Clone)]
pub struct Child {
    program: PathBuf,
    args: Vec<String>,
}

impl Child {
    /// Creates the command from a program and its arguments.
    pub fn new<'a>(program: impl Into<PathBuf>, args: impl IntoIterator<Item = &'a str>) -> Self {
        let args = args.into_iter().map(str::to_owned).collect();
        Child { program: program.into(), args }
    }

    /// Builds the command, without the operator's environment variables.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args);
        // By default the allocators reserve a gigabyte of addresses at startup and 64 MiB per
        // thread, more than the limit allows.
        command.env_clear().env("MIMALLOC_ARENA_RESERVE", "65536").env("MALLOC_ARENA_MAX", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            // In its own process group, because Ctrl-C is for the parent, which finishes what is in
            // flight.
            command.process_group(0).arg0("recoctl");
        }
        command
    }
}

#[cfg(test)]
impl Child {
    /// Returns the child of the unit tests, which have no binary but their own.
    pub(crate) fn for_tests() -> Self {
        let child = "jq::worker::tests::child";
        let args = [child, "--exact", "--ignored", "--nocapture", "--test-threads=1"];
        Child::new("/proc/self/exe", args)
    }
}

/// Evaluator of one expression in a child process.
#[derive(Debug)]
pub struct Evaluator {
    jobs: Sender<Job>,
}

#[derive(Debug)]
struct Job {
    frame: Vec<u8>,
    reply: oneshot::Sender<JqResponse>,
}

impl Evaluator {
    /// Starts a child and has it compile an expression.
    ///
    /// # Errors
    /// Describes what is wrong with the expression, or that the process cannot be started.
    pub async fn start(expression: &str, child: &Child) -> Result<Self, String> {
        let (jobs, work) = channel();
        let (reply, compiled) = oneshot::channel();
        let (expression, child) = (expression.to_owned(), child.clone());
        std::thread::Builder::new()
            .name("jq-parent".to_owned())
            .spawn(move || Driver::new(expression, child, work).run(reply))
            .map_err(|error| format!("cannot start a thread for jq: {error}"))?;
        let gone = || "the thread for jq has ended".to_owned();
        compiled.await.unwrap_or_else(|_| Err(gone()))?;
        Ok(Evaluator { jobs })
    }

    /// Returns whether the expression matches a JSON document.
    pub async fn matches(&self, document: &str) -> JqResponse {
        self.ask(JqRequest::Matches, document).await
    }

    /// Returns the body rewritten by the expression.
    pub async fn rewrite(&self, body: &str) -> JqResponse {
        self.ask(JqRequest::Rewrite, body).await
    }

    async fn ask(&self, ask: JqRequest, payload: &str) -> JqResponse {
        if !wire::fits(payload.as_bytes()) {
            return JqResponse::Failed(format!("it has {} bytes, too many for jq", payload.len()));
        }
        let (reply, answer) = oneshot::channel();
        let job = Job { frame: wire::frame(ask.tag(), payload.as_bytes()), reply };
        let gone = || JqResponse::Failed("the thread for jq has ended".to_owned());
        match self.jobs.send(job) {
            Ok(()) => answer.await.unwrap_or_else(|_| gone()),
            Err(_) => gone(),
        }
    }
}

/// Owner of the child, on its own thread so that it never blocks the runtime's threads.
struct Driver {
    expression: String,
    child: Child,
    work: Receiver<Job>,
    /// Jobs sent or waiting to be sent, in order.
    queue: VecDeque<Job>,
    /// Number of jobs in the queue that were sent to the child.
    sent: usize,
    /// Messages that were evaluated, and those that took longer than the limit.
    answered: u64,
    slow: u64,
    worker: Option<Worker>,
}

impl Driver {
    fn new(expression: String, child: Child, work: Receiver<Job>) -> Self {
        let (queue, worker) = (VecDeque::new(), None);
        Driver { expression, child, work, queue, sent: 0, answered: 0, slow: 0, worker }
    }

    fn run(mut self, compiled: oneshot::Sender<Result<(), String>>) {
        let started = self.take_worker().map(|worker| self.worker = Some(worker));
        let failed = started.is_err();
        let _ = compiled.send(started);
        // Ends when the evaluator is dropped, and the child with it.
        while !failed && self.fill() {
            self.step();
        }
    }

    /// Takes the available work, waiting if there is none; returns false when there will be no
    /// more.
    fn fill(&mut self) -> bool {
        if self.queue.is_empty() {
            match self.work.recv() {
                Ok(job) => self.queue.push_back(job),
                Err(_) => return false,
            }
        }
        let mut bytes: usize = self.queue.iter().map(|job| job.frame.len()).sum();
        while self.queue.len() < AHEAD && bytes < AHEAD_BYTES {
            match self.work.try_recv() {
                Ok(job) => {
                    bytes += job.frame.len();
                    self.queue.push_back(job);
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        true
    }

    /// Sends the unsent requests and settles the first one.
    fn step(&mut self) {
        // If a child is spent, the next one can take at least one message.
        let answer = self.attempt().or_else(|| self.attempt()).unwrap_or_else(|| {
            JqResponse::Failed("the shell grants jq too little CPU time (ulimit -t)".to_owned())
        });
        if let Some(job) = self.queue.pop_front() {
            self.sent = self.sent.saturating_sub(1);
            // The caller may have gone away.
            let _ = job.reply.send(answer);
        }
    }

    fn attempt(&mut self) -> Option<JqResponse> {
        if self.slow >= SLOW + self.answered / PER {
            return Some(JqResponse::Failed(format!(
                "not evaluated, because jq took longer than {} s on {} messages",
                cpu_per_message(),
                self.slow
            )));
        }
        match self.take_worker() {
            Ok(worker) => self.ask(worker),
            Err(why) => Some(JqResponse::Failed(why)),
        }
    }

    /// Returns the child's answer to the first request; `None` if the child is spent. If it does
    /// not answer, it is reaped, and its other requests go to the next child.
    fn ask(&mut self, mut worker: Worker) -> Option<JqResponse> {
        for job in self.queue.iter().skip(self.sent) {
            // If the child has ended, waiting for its answer reports that.
            let _ = wire::write(&mut worker.stdin, &job.frame);
        }
        self.sent = self.queue.len();
        match worker.answer() {
            Ok(Some(answer)) => {
                (self.answered, self.worker) = (self.answered + 1, Some(worker));
                Some(answer)
            }
            Ok(None) => {
                self.sent = 0;
                None
            }
            Err(ended) => {
                (self.sent, self.slow) = (0, self.slow + u64::from(ended.out_of_time));
                Some(JqResponse::Failed(ended.why))
            }
        }
    }

    /// Returns the child, started if necessary.
    fn take_worker(&mut self) -> Result<Worker, String> {
        match self.worker.take() {
            Some(worker) => Ok(worker),
            None => {
                self.sent = 0;
                Worker::start(&self.expression, &self.child)
            }
        }
    }
}

/// Child that ended without an answer.
struct Ended {
    why: String,
    /// True if it took longer than the limit.
    out_of_time: bool,
}

/// Running child.
struct Worker {
    child: process::Child,
    stdin: ChildStdin,
    /// `None` from a child that is spent.
    answers: Receiver<Option<JqResponse>>,
    last_words: Option<JoinHandle<Vec<u8>>>,
}

impl Worker {
    fn start(expression: &str, child: &Child) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("cannot start the jq process: {error}");
        let mut child = child.command().spawn().map_err(failed)?;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err("cannot communicate with the jq process".to_owned());
        };
        let (tell, answers) = channel();
        let listen = std::thread::Builder::new().name("jq-answers".to_owned()).spawn(move || {
            let mut stdout = BufReader::new(stdout);
            if !wire::skip_to_preamble(&mut stdout) {
                return;
            }
            let next = |from: &mut _| match wire::read(from)? {
                (SPENT, _) => Some(None),
                (tag, text) => JqResponse::of(tag, text).map(Some),
            };
            while let Some(answer) = next(&mut stdout) {
                if tell.send(answer).is_err() {
                    return;
                }
            }
        });
        listen.map_err(failed)?;
        let last_words = std::thread::Builder::new().name("jq-stderr".to_owned());
        let last_words = last_words.spawn(move || tail(stderr)).ok();
        let mut worker = Worker { child, stdin, answers, last_words };
        let _ = wire::write(
            &mut worker.stdin,
            &wire::frame(JqRequest::Compile.tag(), expression.as_bytes()),
        );
        match worker.answer() {
            Ok(Some(JqResponse::Failed(why))) | Err(Ended { why, .. }) => Err(why),
            Ok(_) => Ok(worker),
        }
    }

    /// Waits for the next answer; the error gives the reason why there is none, if known.
    fn answer(&mut self) -> Result<Option<JqResponse>, Ended> {
        match self.answers.recv_timeout(PATIENCE) {
            Ok(answer) => Ok(answer),
            Err(RecvTimeoutError::Timeout) => {
                self.end();
                let why = format!("it took longer than {} s", PATIENCE.as_secs());
                Err(Ended { why, out_of_time: true })
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.end();
                let last = self.last_words.take().and_then(|thread| thread.join().ok());
                let why = reason(status, &last.unwrap_or_default());
                Err(Ended { why, out_of_time: is_out_of_time(status) })
            }
        }
    }

    /// Ends the child if it is still running, and reaps it.
    fn end(&mut self) -> Option<ExitStatus> {
        // A child that has already ended keeps its own status.
        let ended = self.child.try_wait().ok().flatten();
        ended.or_else(|| {
            // Its output is closed, so it is about to end with a status of its own.
            for _ in 0..20 {
                std::thread::sleep(Duration::from_millis(5));
                if let Ok(Some(status)) = self.child.try_wait() {
                    return Some(status);
                }
            }
            let _ = self.child.kill();
            self.child.wait().ok()
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests;
