//! One-line charts: a series of numbers as blocks, and a number as a bar.

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Placeholder for unknown values, as opposed to zero.
pub const MISSING: char = '·';

/// Draws values in at most `width` characters, from zero to the largest value. If several values
/// share a character, the largest is shown, because peaks matter most.
#[must_use]
pub fn sparkline(values: &[Option<f64>], width: usize) -> String {
    let columns = values.len().min(width);
    let top = values.iter().flatten().copied().fold(0.0, f64::max);
    let column = |at: usize| {
        let share = &values[at * values.len() / columns..(at + 1) * values.len() / columns];
        share.iter().flatten().copied().reduce(f64::max)
    };
    (0..columns).map(|at| column(at).map_or(MISSING, |value| block(value, top))).collect()
}

/// Returns the block for a share; anything above zero is visibly above zero.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 7")]
fn block(value: f64, top: f64) -> char {
    let level = if value <= 0.0 || top <= 0.0 { 0 } else { (value / top * 7.0).ceil() as usize };
    BLOCKS[level.min(7)]
}

/// Eighths of a character, from zero to seven.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Draws a value as a bar; `top` fills `width` characters. Anything above zero is visible.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "drawn in eighths of a character"
)]
pub fn bar(value: u64, top: u64, width: usize) -> String {
    if value == 0 || top == 0 {
        return String::new();
    }
    let eighths = (value as f64 / top as f64 * width as f64 * 8.0).round() as usize;
    let eighths = eighths.clamp(1, width * 8);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_share_and_never_vanish() {
        let bars = [0, 1, 250, 500, 1000, 2000].map(|value| bar(value, 1000, 4));
        assert_eq!(bars, ["", "▏", "█", "██", "████", "████"]);
        assert_eq!(bar(5, 0, 4), "");
    }

    fn drawn(values: &[f64], width: usize) -> String {
        sparkline(&values.iter().copied().map(Some).collect::<Vec<_>>(), width)
    }

    #[test]
    fn scaled_from_zero_to_the_largest() {
        assert_eq!(drawn(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 60), "▁▂▃▄▅▆▇█");
        assert_eq!(drawn(&[0.0, 0.0], 60), "▁▁");
        assert_eq!(drawn(&[0.0, 0.001, 1000.0], 60), "▁▂█", "a little is not nothing");
    }

    #[test]
    fn gaps_are_not_zero() {
        assert_eq!(sparkline(&[None, Some(0.0), None, Some(3.0)], 60), "·▁·█");
        assert_eq!(sparkline(&[None; 3], 60), "···");
    }

    #[test]
    fn what_shares_a_character_shows_its_peak() {
        assert_eq!(drawn(&[0.0, 7.0, 0.0, 0.0, 1.0, 0.0], 3), "█▁▂");
        assert_eq!(drawn(&[1.0; 100], 7), "███████");
        assert_eq!(drawn(&[], 7), "");
    }
}
