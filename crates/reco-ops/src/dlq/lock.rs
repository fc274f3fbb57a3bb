//! Lock on a queue for a run that changes it: the file lock of this state directory, and a tag on
//! the queue that runs on other machines see.
//!
//! A task holds both. It renews the tag while the run goes on, and releases it, and then the file,
//! when the run drops its [`DlqLock`], however that comes about. The tag is advisory: SQS has no
//! conditional write, and no promise of when a read sees a tag that was written.

use std::time::Duration;

use reco_core::Time;
use reco_core::queue_lock::{FoundLock, QueueLock, TAG};
use reco_core::run_by::RunBy;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::journal::{Home, Lock, now_ms};
use crate::aws::sqs::{Queue, Sqs};
use crate::error::{Error, Kind, Result};
use crate::event::{Control, Events};

/// Time after which it is checked once whether another run took the lock at the same moment, and
/// whose tag stayed.
const CONFIRM: Duration = Duration::from_secs(5);

/// Time between two later checks.
const CHECK: Duration = Duration::from_secs(30);

/// Checks from one renewal to the next: every 2 minutes.
const CHECKS_PER_RENEWAL: u32 = 4;

/// Maximum wait for a call about tags: no run is held up by them.
const CALL: Duration = Duration::from_secs(5);

/// Claim to a queue.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// State directory.
    pub home: &'a Home,
    /// Id of the run.
    pub run_id: &'a str,
    /// Run on another machine whose lock is taken over.
    pub take_over: Option<&'a str>,
}

/// Lock on a queue, held while this value lives.
#[derive(Debug)]
pub struct DlqLock {
    by: RunBy,
    /// Ends the task that holds the lock, when dropped.
    stop: DropGuard,
    holding: JoinHandle<()>,
}

impl DlqLock {
    /// Takes the lock on a queue. Without permission for its tags, a note says so, and the lock is
    /// only that of this state directory.
    ///
    /// # Errors
    /// Refused when another run holds it, or the file lock cannot be created.
    pub async fn take(
        sqs: &Sqs,
        queue: &Queue,
        claim: Claim<'_>,
        control: &Control,
    ) -> Result<Self> {
        let local = Lock::take(claim.home, &queue.arn, claim.run_id)?;
        Self::share(local, sqs, queue, claim, control).await
    }

    /// Shows a lock that this state directory has already taken to other machines.
    ///
    /// # Errors
    /// Refused when a run on another machine holds it.
    pub async fn share(
        local: Lock,
        sqs: &Sqs,
        queue: &Queue,
        claim: Claim<'_>,
        control: &Control,
    ) -> Result<Self> {
        let by = control.signer.sign(&control.events).await;
        let host = by.host.as_deref().unwrap_or_default();
        let state = Lock::state_id(claim.home);
        let own = QueueLock::new(claim.run_id, &state, (by.who.as_deref(), host), now());
        let stop = CancellationToken::new();
        let shared = SharedLock {
            sqs: sqs.clone(),
            queue: queue.clone(),
            own,
            former: None,
            written: false,
            stop: stop.clone(),
            control: control.clone(),
        };
        let (told, taken) = oneshot::channel();
        let take_over = claim.take_over.map(str::to_owned);
        // A task of its own, so that nothing that ends this future leaves the tag behind.
        let holding = control.closing.spawn(async move {
            shared.hold(take_over.as_deref(), told).await;
            drop(local);
        });
        let lock = DlqLock { by, stop: stop.drop_guard(), holding };
        taken.await.unwrap_or_else(|_| Err(Error::refused("the lock was not taken")))?;
        Ok(lock)
    }

    /// Returns the signature of the run that holds it.
    #[must_use]
    pub const fn by(&self) -> &RunBy {
        &self.by
    }

    /// Releases the lock, and waits until it is released.
    pub async fn release(self) {
        drop(self.stop);
        let _ = self.holding.await;
    }
}

/// Returns who holds a queue by its tag; `None` if it is free, or that cannot be told.
pub async fn holder_elsewhere(sqs: &Sqs, queue: &Queue) -> Option<QueueLock> {
    let value = within(sqs.tag(queue, TAG)).await.ok().flatten()?;
    QueueLock::parse(&value).filter(|lock| lock.expires > now())
}

fn now() -> Time {
    Time::from_millis(now_ms())
}

async fn within<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(CALL, call).await.unwrap_or_else(|_| {
        Err(Error::service(format!("no response from SQS within {} s", CALL.as_secs())))
    })
}

/// Lock as a tag on a queue.
struct SharedLock {
    sqs: Sqs,
    queue: Queue,
    own: QueueLock,
    /// Value of the tag that this lock replaced.
    former: Option<String>,
    /// Whether the tag may have been written: SQS may have done so although no answer arrived.
    written: bool,
    /// Cancelled when the run ends.
    stop: CancellationToken,
    control: Control,
}

impl SharedLock {
    /// Takes the lock, tells whether it may go on, and holds the lock until the run ends.
    async fn hold(mut self, take_over: Option<&str>, told: oneshot::Sender<Result<()>>) {
        let tagged = match self.take(take_over).await {
            Ok(tagged) => tagged,
            Err(refused) => {
                // Nobody is to be kept off by a tag of a run that does not go on.
                self.release().await;
                let _ = told.send(Err(refused));
                return;
            }
        };
        // If nobody listens any more, `stop` is cancelled.
        let _ = told.send(Ok(()));
        if tagged {
            self.keep().await;
        } else {
            self.stop.cancelled().await;
        }
        self.release().await;
    }

    fn events(&self) -> &Events {
        &self.control.events
    }

    /// Writes the tag and reads it again. Returns false if there is no tag because it cannot be
    /// read or written.
    async fn take(&mut self, take_over: Option<&str>) -> Result<bool> {
        let found = match within(self.sqs.tag(&self.queue, TAG)).await {
            Ok(found) => found,
            Err(error) => return Ok(self.goes_without(&error)),
        };
        self.weigh(&FoundLock::of(found.as_deref(), &self.own, now()), take_over)?;
        if self.stop.is_cancelled() {
            return Ok(false);
        }
        self.former = found;
        // What takes long before it, such as a look-up of the caller, is not part of the lease.
        self.own = self.own.renewed(now());
        self.written = true;
        if let Err(error) = within(self.set()).await {
            // Of all errors, only a refusal says that nothing was written.
            self.written = error.kind != Kind::Credentials;
            return Ok(self.goes_without(&error));
        }
        match self.rival().await? {
            Some(words) => Err(self.refusal(&words).hint("run again once it has finished")),
            None => Ok(true),
        }
    }

    /// Decides whether the lock can be taken where another was found.
    fn weigh(&self, found: &FoundLock, take_over: Option<&str>) -> Result<()> {
        let name = &self.queue.name;
        match (found, found.obstacle()) {
            (_, Some((holder, words))) if take_over == Some(holder) => {
                self.events().warn(format!("taking over the lock on {name}: {words}"));
            }
            (_, Some((holder, words))) => {
                return Err(self.refusal(&words).hint(format!(
                    "wait for it to finish, or ask who runs it to stop it; the lock of a run that died expires within {} minutes, and --take-over {holder} takes it over at once",
                    reco_core::queue_lock::LEASE_S / 60
                )));
            }
            (FoundLock::Expired(lock), None) => self.events().warn(format!(
                "taking over the lock on {name}, which was not renewed and expired at {}: {}",
                lock.expires.iso(),
                lock.words()
            )),
            (FoundLock::Ended(lock), None) => self.events().status(format!(
                "taking over the lock on {name} from run {} of this machine, which has ended",
                lock.run_id
            )),
            _ => {}
        }
        Ok(())
    }

    fn refusal(&self, words: &str) -> Error {
        let name = &self.queue.name;
        Error::refused(format!("refusing to run while another run has locked {name}")).cause(words)
    }

    /// Notes that other machines do not see the lock; returns false.
    fn goes_without(&self, error: &Error) -> bool {
        let name = &self.queue.name;
        self.events().warn(format!("{name} is locked on this machine only: {error}"));
        false
    }

    async fn set(&self) -> Result<()> {
        self.sqs.set_tag(&self.queue, TAG, &self.own.value()).await
    }

    /// Reads who has the lock; returns another run's words.
    async fn rival(&self) -> Result<Option<String>> {
        let value = match within(self.sqs.tag(&self.queue, TAG)).await {
            Ok(value) => value,
            // It could be read a moment ago, and the run is not worth failing for.
            Err(_) => return Ok(None),
        };
        Ok(FoundLock::rival(value.as_deref(), &self.own, self.former.as_deref(), now()))
    }

    /// Keeps the lock until the run ends: checks once soon, and then renews it.
    async fn keep(&mut self) {
        let mut pause = CONFIRM;
        let mut checks = 0;
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = CHECK;
            if let Ok(Some(words)) = self.rival().await {
                self.give_way(&words);
                self.stop.cancelled().await;
                return;
            }
            if checks == CHECKS_PER_RENEWAL {
                checks = 0;
                let renewed = self.own.renewed(now());
                let former = std::mem::replace(&mut self.own, renewed);
                if let Err(error) = within(self.set()).await {
                    let expires = former.expires.iso();
                    self.own = former;
                    let name = &self.queue.name;
                    self.events().warn(format!(
                        "the lock on {name} was not renewed and expires at {expires}: {error}"
                    ));
                }
            }
            checks += 1;
        }
    }

    /// Stops the run, as a signal would, because another one goes on with the queue.
    fn give_way(&self, words: &str) {
        let name = &self.queue.name;
        self.events().warn(format!(
            "stopping: another run has taken the lock on {name}, which is now {words}"
        ));
        self.control.cancel.cancel();
    }

    /// Removes the tag, if it is this run's own.
    async fn release(&self) {
        if !self.written {
            return;
        }
        let removed = match within(self.sqs.tag(&self.queue, TAG)).await {
            Ok(value) => match FoundLock::of(value.as_deref(), &self.own, now()) {
                FoundLock::Own => within(self.sqs.remove_tag(&self.queue, TAG)).await,
                _ => Ok(()),
            },
            Err(error) => Err(error),
        };
        if let Err(error) = removed {
            let (name, expires) = (&self.queue.name, self.own.expires.iso());
            self.events().warn(format!(
                "the lock on {name} was not removed and expires at {expires}: {error}"
            ));
        }
    }
}
