//! Signature of a run: who runs it, where and why, for journals, reports and locks.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::future::BoxFuture;
use reco_core::run_by::{RunBy, kept_reason};
use tokio::sync::OnceCell;

use super::Events;

/// Maximum wait for the caller's identity: a network without a way to STS must not hold up a run.
const WAIT: Duration = Duration::from_secs(2);

/// Call that returns the caller's ARN, or the reason why it is not known.
type AskWho = Box<dyn Fn() -> BoxFuture<'static, Result<String, String>> + Send + Sync>;

/// Signs what a run leaves behind. Cheap to clone; the caller is looked up once at most.
#[derive(Clone, Default)]
pub struct Signer(Arc<Inner>);

#[derive(Default)]
struct Inner {
    reason: Option<String>,
    ask_who: OnceLock<AskWho>,
    who: OnceCell<Option<String>>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("reason", &self.0.reason).finish_non_exhaustive()
    }
}

impl Signer {
    /// Creates a signer for a run with the operator's reason.
    #[must_use]
    pub fn new(reason: Option<&str>) -> Self {
        let reason = reason.map(kept_reason).filter(|reason| !reason.is_empty());
        Signer(Arc::new(Inner { reason, ..Inner::default() }))
    }

    /// Sets the call that looks the caller up; only the first one counts.
    pub fn ask_with(
        &self,
        ask: impl Fn() -> BoxFuture<'static, Result<String, String>> + Send + Sync + 'static,
    ) {
        let _ = self.0.ask_who.set(Box::new(ask));
    }

    /// Returns the signature of a run that changes nothing: no call is made for it.
    #[must_use]
    pub fn unsigned(&self) -> RunBy {
        RunBy { reason: self.0.reason.clone(), ..RunBy::default() }
    }

    /// Returns the signature of a run. A caller that cannot be looked up is a note, not an error.
    pub async fn sign(&self, events: &Events) -> RunBy {
        let who = self.0.who.get_or_init(|| self.look_up(events)).await.clone();
        RunBy { who, host: host(), ..self.unsigned() }
    }

    async fn look_up(&self, events: &Events) -> Option<String> {
        let ask = self.0.ask_who.get()?;
        let why = match tokio::time::timeout(WAIT, ask()).await {
            Ok(Ok(who)) => return Some(who),
            Ok(Err(why)) => why,
            Err(_) => format!("no response from STS within {} s", WAIT.as_secs()),
        };
        events.warn(format!("the caller's identity is not recorded: {why}"));
        None
    }
}

/// Returns the name of this machine.
#[must_use]
pub fn host() -> Option<String> {
    #[cfg(unix)]
    return {
        let name = rustix::system::uname();
        name.nodename().to_str().ok().filter(|name| !name.is_empty()).map(str::to_owned)
    };
    #[cfg(not(unix))]
    return None;
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::super::Event;
    use super::*;

    fn warnings() -> (Events, Arc<Mutex<Vec<Event>>>) {
        let told: Arc<Mutex<Vec<Event>>> = Arc::default();
        let sink = Arc::clone(&told);
        (Events::new(move |event| sink.lock().expect("told").push(event)), told)
    }

    #[tokio::test]
    async fn the_caller_is_looked_up_once() {
        let (signer, calls) = (Signer::new(Some(" INC-1 ")), Arc::new(AtomicU32::new(0)));
        let counted = Arc::clone(&calls);
        signer.ask_with(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Ok("arn:x".to_owned()) })
        });
        let (events, told) = warnings();
        for _ in 0..3 {
            let by = signer.clone().sign(&events).await;
            assert_eq!((by.who.as_deref(), by.reason.as_deref()), (Some("arn:x"), Some("INC-1")));
        }
        assert_eq!((calls.load(Ordering::Relaxed), told.lock().expect("told").len()), (1, 0));
        assert_eq!(signer.unsigned().who, None);
        assert_eq!(Signer::new(Some("  ")).unsigned(), RunBy::default());
    }

    #[tokio::test(start_paused = true)]
    async fn an_identity_that_cannot_be_had_is_noted_once_and_in_time() {
        for denied in [true, false] {
            let signer = Signer::new(None);
            signer.ask_with(move || {
                Box::pin(async move {
                    if denied {
                        return Err("AccessDenied: no".to_owned());
                    }
                    std::future::pending().await
                })
            });
            let (events, told) = warnings();
            for _ in 0..2 {
                assert_eq!(signer.sign(&events).await.who, None);
            }
            let told = told.lock().expect("told");
            let [Event::Warning(text)] = &told[..] else { panic!("{told:?}") };
            let why = if denied { "AccessDenied: no" } else { "no response from STS within 2 s" };
            assert_eq!(*text, format!("the caller's identity is not recorded: {why}"));
        }
    }
}
