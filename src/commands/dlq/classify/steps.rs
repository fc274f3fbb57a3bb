//! What to do next: one command line per class, and the steps for all of them by urgency.

use reco_core::cause::{Advice, Ended, Look, Use};
use reco_core::classify::Class;
use reco_core::room::{Bounce, Load, Room, propose};
use serde::Serialize;

use super::causes::{CauseCount, main};
use super::groups::ClassGroup;
use crate::ui::{amount, count, duration, escape_line};

/// Time to expiry in seconds from which on a step is urgent.
const URGENT_S: i64 = 86_400;

/// Command line to run next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Next {
    #[serde(rename = "next")]
    pub(super) command: String,
    /// Why, with the figures behind it.
    #[serde(rename = "next_why")]
    pub(super) why: String,
}

/// Step that empties the DLQ of some classes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct AdvisedStep {
    pub(super) classes: Vec<Class>,
    pub(super) command: String,
    pub(super) why: String,
    /// Seconds until retention deletes the first message.
    pub(super) first_expiry_s: Option<i64>,
}

/// Inputs of advice.
pub(super) struct Advisor<'a> {
    /// Spare capacity of the pipeline.
    pub(super) room: &'a Room,
    /// Messages of the latest redrive that came back.
    pub(super) bounce: Option<&'a Bounce>,
    /// Completes a command line with this run's flags.
    pub(super) complete: &'a dyn Fn(&str) -> String,
    /// Returns a file name that is not in use, from a preferred one.
    pub(super) unused: &'a dyn Fn(&str) -> String,
    /// True if the outcome of moved messages can be waited for.
    pub(super) waits: bool,
    /// The time, milliseconds since the epoch.
    pub(super) now_ms: i64,
}

/// Stages in which messages are moved of which it is not certain that they end well.
const FEW_FIRST: &str = "--canary 1,10,100";

/// Classes whose messages cannot be written by any redrive.
fn is_aside(class: Class) -> bool {
    match class {
        Class::Retryable | Class::Partial | Class::Oversize => false,
        Class::Malformed
        | Class::Foreign
        | Class::UnknownUser
        | Class::Empty
        | Class::Stale
        | Class::Superseded => true,
    }
}

fn ended(group: &ClassGroup) -> Vec<Ended<'_>> {
    group.causes.iter().map(CauseCount::ended).collect()
}

/// Returns what the next command does with the messages of a class.
const fn purpose(class: Class) -> Use {
    match class {
        Class::Partial => Use::Salvage,
        Class::Oversize => Use::Write,
        _ => Use::Redrive,
    }
}

impl Advisor<'_> {
    /// Returns the next command for one class, by the advice of the recorded causes.
    pub(super) fn next(&self, class: Class, load: &Load, advice: &Advice) -> Next {
        match (class, advice) {
            (Class::Retryable | Class::Partial | Class::Oversize, Advice::NotYet { look, why }) => {
                self.look(look, why)
            }
            (Class::Retryable, _) => self.redrive("", load, advice),
            (Class::Partial, _) => {
                let rejects = (self.unused)("bad.jsonl");
                let selection = format!("--class partial --salvage --rejects {rejects}");
                self.redrive(&selection, load, advice)
            }
            (Class::Oversize, _) => self.write_directly(load),
            (aside, _) => self.set_aside(&[aside], load.messages),
        }
    }

    /// Returns the same, once messages that may expire before it is over are saved; they stay in the
    /// DLQ.
    fn saved_first(&self, class: Class, next: &Next) -> Next {
        let file = (self.unused)(&format!("{}.jsonl", class.name()));
        let export = (self.complete)(&format!("dlq export {file} --class {}", class.name()));
        let Next { command, why } = next;
        Next { command: format!("{export} && {command}"), why: format!("saves them first; {why}") }
    }

    /// Returns the command that shows what has to be over first.
    fn look(&self, look: &Look, why: &str) -> Next {
        let command = match look {
            Look::Metrics => "metrics --since 15m".to_owned(),
            Look::Facts => "facts check".to_owned(),
            Look::Message(id) => format!("dlq why {id}"),
        };
        Next { command: (self.complete)(&command), why: escape_line(why) }
    }

    fn redrive(&self, selection: &str, load: &Load, advice: &Advice) -> Next {
        let proposal = propose(load, self.room, self.bounce);
        let flags = proposal.flags();
        let few_first = matches!(advice, Advice::FewFirst { .. }) && self.waits;
        let canary = if few_first { FEW_FIRST } else { "" };
        let words = ["dlq redrive", selection, &flags, canary];
        let words = words.into_iter().filter(|word| !word.is_empty());
        let command = (self.complete)(&words.collect::<Vec<_>>().join(" "));
        let why = match advice {
            Advice::FewFirst { why } => format!("{}; {}", proposal.comment(), escape_line(why)),
            Advice::Go | Advice::NotYet { .. } => proposal.comment(),
        };
        Next { command, why }
    }

    /// The queue or the item is too small: the lists go to the table without the queue.
    fn write_directly(&self, load: &Load) -> Next {
        let file = (self.unused)("oversize.jsonl");
        let purge = (self.complete)(&format!("dlq purge --class oversize --backup {file}"));
        let write = (self.complete)(&format!("backfill {file} --if-newer --wcu auto"));
        let why = format!("{} too large", count(load.messages));
        Next { command: format!("{purge} && {write}"), why }
    }

    fn set_aside(&self, classes: &[Class], messages: u64) -> Next {
        let names: Vec<&str> = classes.iter().map(|class| class.name()).collect();
        let file = match names.as_slice() {
            [only] => format!("{only}.jsonl"),
            _ => "set-aside.jsonl".to_owned(),
        };
        let file = (self.unused)(&file);
        let command = format!("dlq purge --class {} --backup {file}", names.join(","));
        let why = match classes {
            [only] => format!("{}: {}", amount(messages, "message"), aside_why(*only)),
            _ => format!("{} that no redrive can write", amount(messages, "message")),
        };
        Next { command: (self.complete)(&command), why }
    }

    /// Enters the next command of each class, and returns the steps, most urgent first.
    pub(super) fn advise(&self, groups: &mut [ClassGroup]) -> Vec<AdvisedStep> {
        let advice: Vec<Advice> = {
            let all: Vec<Ended<'_>> = groups.iter().flat_map(ended).collect();
            let on = |group: &ClassGroup| {
                Advice::on(&ended(group), &all, purpose(group.class), self.now_ms)
            };
            groups.iter().map(on).collect()
        };
        for (group, advice) in groups.iter_mut().zip(&advice) {
            group.next = self.next(group.class, &group.load(), advice);
            let said = matches!(advice, Advice::NotYet { .. }) && !is_aside(group.class);
            let expires = group.first_expiry_s.is_some_and(|left| left < URGENT_S);
            if said && expires {
                group.next = self.saved_first(group.class, &group.next);
            }
            if let Some(cause) = main(&group.causes, group.messages).filter(|_| !said) {
                group.next.why = format!("{}; {cause}", group.next.why);
            }
        }
        let (aside, written): (Vec<&ClassGroup>, Vec<&ClassGroup>) =
            groups.iter().partition(|group| is_aside(group.class));
        // What has to be over first may be the same for several classes.
        let mut together: Vec<(Vec<&ClassGroup>, &Next)> = Vec::new();
        for group in written {
            match together.iter_mut().find(|(_, next)| **next == group.next) {
                Some((groups, _)) => groups.push(group),
                None => together.push((vec![group], &group.next)),
            }
        }
        let mut steps: Vec<AdvisedStep> =
            together.iter().map(|(groups, next)| step(groups, next)).collect();
        if !aside.is_empty() {
            let classes: Vec<Class> = aside.iter().map(|group| group.class).collect();
            let messages = aside.iter().map(|group| group.messages).sum();
            steps.push(step(&aside, &self.set_aside(&classes, messages)));
        }
        let urgency = |step: &AdvisedStep| step.first_expiry_s.filter(|left| *left < URGENT_S);
        // Stable: what is not about to expire stays in the order of its classes.
        steps.sort_by_key(|step| urgency(step).unwrap_or(i64::MAX));
        steps
    }
}

fn step(groups: &[&ClassGroup], next: &Next) -> AdvisedStep {
    let first_expiry_s = groups.iter().filter_map(|group| group.first_expiry_s).min();
    let expiry = first_expiry_s.filter(|left| *left < URGENT_S);
    let expiry = expiry.map(|left| format!("; expires in {}", duration(left.max(0))));
    AdvisedStep {
        classes: groups.iter().map(|group| group.class).collect(),
        command: next.command.clone(),
        why: format!("{}{}", next.why, expiry.unwrap_or_default()),
        first_expiry_s,
    }
}

fn aside_why(class: Class) -> &'static str {
    match class {
        Class::Malformed => "the backup is for the producer, who must send them again",
        Class::Foreign => "not of this pipeline; the backup tells who sends them",
        Class::UnknownUser => "nothing to write; import them once the users exist",
        Class::Empty => "nothing to write",
        Class::Stale => "the table has newer lists",
        Class::Superseded => "newer messages have their users",
        Class::Retryable | Class::Partial | Class::Oversize => "",
    }
}
