//! Display of a flow's events on stderr.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::Ui;
use super::progress::Bar;
use reco_ops::event::{Event, Events};

impl Ui {
    /// Returns an event sink that shows events.
    #[must_use]
    pub fn events(&self) -> Events {
        let (ui, bars) = (self.clone(), Mutex::new(HashMap::new()));
        Events::new(move |event| {
            let mut bars = bars.lock().unwrap_or_else(PoisonError::into_inner);
            ui.show(event, &mut bars);
        })
    }

    fn show(&self, event: Event, bars: &mut HashMap<u64, Bar>) {
        match event {
            Event::Status(text) => self.status(text),
            Event::Warning(text) => self.warn(text),
            Event::Began { task, what, total, unit } => {
                bars.insert(task, self.bar(&what, total, unit));
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
            Event::Ended { task } => {
                bars.remove(&task);
            }
        }
    }
}
