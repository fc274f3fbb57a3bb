//! Who ran something, and why.

use reco_core::clip::clip;
use reco_core::run_by::RunBy;

use crate::ui::{View, break_text, escape_line};

/// Maximum characters of a reason in text; JSON has all.
const SHOWN: usize = 200;

/// Maximum characters of a reason in a table.
const IN_TABLE: usize = 40;

/// Returns the caller's name, which is the last part of the ARN (a user, or a role's session), and
/// the beginning of the reason.
#[must_use]
pub fn short(by: &RunBy) -> String {
    let who = by.who.as_deref().or(by.host.as_deref()).unwrap_or_default();
    let who = who.rsplit('/').next().unwrap_or(who);
    let reason = by.reason.as_deref().map(|reason| clip(reason, IN_TABLE));
    match reason {
        Some(reason) if who.is_empty() => escape_line(&reason),
        Some(reason) => escape_line(&format!("{who}: {reason}")),
        None => escape_line(who),
    }
}

/// Renders the caller and the reason in a line; empty if neither is known.
#[must_use]
pub fn line(by: &RunBy, view: &View) -> String {
    let caller = by.caller().map(|caller| format!("run by {}", escape_line(&caller)));
    let reason = by.reason.as_deref().map(|reason| clip(reason, SHOWN));
    let reason = reason.map(|reason| format!("reason: {}", escape_line(&reason)));
    let parts: Vec<String> = caller.into_iter().chain(reason).collect();
    match parts.is_empty() {
        true => String::new(),
        false => format!("{}\n", break_text(&parts.join("; "), view.width, "  ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Palette;

    #[test]
    fn who_and_why_are_escaped_and_clipped() {
        let view = View { width: None, palette: Palette::new(false) };
        let by = RunBy {
            who: Some("arn:aws:iam::1:user/jane".to_owned()),
            host: Some("ops-1".to_owned()),
            reason: Some(format!("INC-1\u{1b}[2J\n{}", "x".repeat(400))),
        };
        let text = line(&by, &view);
        assert!(
            text.starts_with("run by arn:aws:iam::1:user/jane on ops-1; reason: INC-1\\"),
            "{text}"
        );
        assert!(!text.contains('\u{1b}') && text.lines().count() == 1, "{text:?}");
        assert!(text.len() < 300 && text.ends_with("…\n"), "{text}");
        assert_eq!(line(&RunBy::default(), &view), "");
        assert!(short(&by).starts_with("jane: INC-1\\"), "{}", short(&by));
        assert_eq!(short(&by).chars().filter(|c| *c == '…').count(), 1);
        assert_eq!(short(&RunBy::default()), "");
        let why = RunBy { reason: Some("INC-1".to_owned()), ..RunBy::default() };
        assert_eq!(line(&why, &view), "reason: INC-1\n");
    }
}
