//! Colors by meaning; none if the stream is not a terminal or NO_COLOR is set.

use anstyle::{AnsiColor, Style};

use super::escape::styled;

/// Meaning of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Normal state.
    Good,
    /// Warning that needs a look.
    Warn,
    /// Error or problem.
    Bad,
    /// Heading of a section.
    Heading,
    /// Less important text.
    Faint,
    /// Command to type.
    Command,
}

impl Tone {
    pub(super) fn style(self) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            Tone::Good => colour(AnsiColor::Green),
            Tone::Warn => colour(AnsiColor::Yellow),
            Tone::Bad => colour(AnsiColor::Red).bold(),
            Tone::Heading => Style::new().bold(),
            Tone::Faint => Style::new().dimmed(),
            Tone::Command => colour(AnsiColor::Cyan),
        }
    }
}

/// Palette, with or without color.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    on: bool,
}

impl Palette {
    /// Creates a palette, with or without color.
    #[must_use]
    pub fn new(on: bool) -> Self {
        Palette { on }
    }

    /// Returns whether color is enabled.
    #[must_use]
    pub fn is_on(self) -> bool {
        self.on
    }

    /// Styles the text in a tone.
    #[must_use]
    pub fn paint(self, tone: Tone, text: &str) -> String {
        if self.on {
            let style = tone.style();
            format!("{}{text}{}", styled(&style.to_string()), styled(&format!("{style:#}")))
        } else {
            text.to_owned()
        }
    }
}
