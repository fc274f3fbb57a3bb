//! Display of a flow's events on stderr.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::Ui;
use super::escape_line;
use super::progress::{Bar, Pauses};
use reco_ops::event::{Event, Events};

impl Ui {
    /// Returns an event sink that shows events.
    #[must_use]
    pub fn events(&self) -> Events {
        let (ui, bars, pauses) = (self.clone(), Mutex::new(HashMap::new()), Pauses::default());
        Events::new(move |event| {
            let mut bars = bars.lock().unwrap_or_else(PoisonError::into_inner);
            ui.show(event, &mut bars, &pauses);
        })
    }

    fn show(&self, event: Event, bars: &mut HashMap<u64, Bar>, pauses: &Pauses) {
        match event {
            Event::Status(text) => self.status(text),
            Event::Warning(text) => self.warn(text),
            Event::Began { task, what, total, unit } => {
                bars.insert(task, self.bar(&what, total, unit, pauses));
            }
            Event::Advanced { task, units } => {
                if let Some(bar) = bars.get(&task) {
                    bar.advance(units);
                }
            }
            Event::Reached { task, units } => {
                if let Some(bar) = bars.get(&task) {
                    bar.set(units);
                }
            }
            Event::Expected { task, total } => {
                if let Some(bar) = bars.get(&task) {
                    bar.expect(total);
                }
            }
            Event::Noted { task, note } => {
                if let Some(bar) = bars.get(&task) {
                    bar.note(&note);
                }
            }
            Event::Paused { by, why, again_in } => {
                let mut pauses = pauses.lock().unwrap_or_else(PoisonError::into_inner);
                pauses.insert(by, (escape_line(&why), Instant::now() + again_in));
            }
            Event::Resumed { by } => {
                pauses.lock().unwrap_or_else(PoisonError::into_inner).remove(by);
            }
            Event::Ended { task } => {
                bars.remove(&task);
            }
        }
    }
}
