//! Colour by meaning, not by name; none when the stream is no terminal or NO_COLOR is set.

use anstyle::{AnsiColor, Style};

use super::escape::styled;

/// Meaning of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Needs a look.
    Warn,
    /// Wrong.
    Bad,
    /// The heading of something.
    Heading,
    /// Beside the point, but useful.
    Faint,
    /// Something to type.
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

/// Paints, or leaves plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    on: bool,
}

impl Palette {
    /// A palette that paints, or not.
    #[must_use]
    pub fn new(on: bool) -> Self {
        Palette { on }
    }

    /// Returns whether it paints.
    #[must_use]
    pub fn is_on(self) -> bool {
        self.on
    }

    /// The text in a tone.
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
