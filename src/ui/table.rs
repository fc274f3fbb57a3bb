//! Tables: no vertical rules, a thin line under the header, numbers right-aligned.

use comfy_table::{
    Attribute, Cell, Color, ColumnConstraint, ContentArrangement, LineStyle, TableStyle,
};

/// Left for words, right for numbers.
pub use comfy_table::CellAlignment as Align;
use reco_core::clip::clip;

use super::escape::{escape_line, styled};
use super::{Tone, View};

/// Maximum characters per cell if nothing else limits it: ids may be megabytes long.
const CELL_CHARS: usize = 500;

const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A table under construction.
#[derive(Debug)]
pub struct TextTable {
    table: comfy_table::Table,
    align: Vec<Align>,
    paint: bool,
}

impl TextTable {
    /// Creates a table with these columns for a view.
    #[must_use]
    pub fn new(view: &View, columns: &[(&str, Align)]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(STYLE);
        table.set_truncation_indicator("…");
        if view.palette.is_on() {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        match view.width.and_then(|width| u16::try_from(width).ok()) {
            Some(width) => {
                table.set_content_arrangement(ContentArrangement::Dynamic);
                table.set_width(width);
            }
            // Without a terminal, the reader wants complete lines.
            None => {
                table.set_content_arrangement(ContentArrangement::Disabled);
            }
        }
        let align: Vec<Align> = columns.iter().map(|(_, align)| *align).collect();
        let paint = view.palette.is_on();
        let header = columns.iter().map(|(name, align)| {
            let cell = Cell::new(name).set_alignment(*align);
            if paint { cell.add_attribute(Attribute::Bold) } else { cell }
        });
        table.set_header(header.collect::<Vec<_>>());
        TextTable { table, align, paint }
    }

    /// Adds a row whose cells may have a tone.
    pub fn toned_row(&mut self, cells: impl IntoIterator<Item = (String, Option<Tone>)>) {
        let cells: Vec<Cell> = cells
            .into_iter()
            .enumerate()
            .map(|(at, (text, tone))| {
                let align = self.align.get(at).copied().unwrap_or(Align::Left);
                let cell = Cell::new(escape_line(&clip(&text, CELL_CHARS))).set_alignment(align);
                match tone {
                    Some(tone) if self.paint => toned(cell, tone),
                    _ => cell,
                }
            })
            .collect();
        // One line per row: longer text is truncated with an ellipsis; JSON has all of it.
        let mut row = comfy_table::Row::from(cells);
        row.max_height(1);
        self.table.add_row(row);
    }

    /// Keeps columns from being narrowed: truncated ids and numbers are useless.
    pub fn never_narrow(&mut self, columns: &[usize]) {
        for column in columns {
            if let Some(column) = self.table.column_mut(*column) {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
    }

    /// Returns the table as text, ending in a line break.
    #[must_use]
    pub fn finish(mut self) -> String {
        for column in self.table.column_iter_mut() {
            column.set_padding((0, 1));
        }
        // The cells contain no escape sequences of their own.
        let mut text = styled(&self.table.trim_fmt());
        text.push('\n');
        text
    }
}

fn toned(cell: Cell, tone: Tone) -> Cell {
    match tone {
        Tone::Good => cell.fg(Color::Green),
        Tone::Warn => cell.fg(Color::Yellow),
        Tone::Bad => cell.fg(Color::Red).add_attribute(Attribute::Bold),
        Tone::Heading => cell.add_attribute(Attribute::Bold),
        Tone::Faint => cell.add_attribute(Attribute::Dim),
        Tone::Command => cell.fg(Color::Cyan),
    }
}
