//! Replacement of what an earlier input wrote, or of what was written in a period.

use std::path::PathBuf;
use std::sync::Arc;

use reco_core::Time;
use reco_store::writer::Replacing;

use super::Preparer;
use super::checkpoint::InputIdentity;
use super::former::FormerIndex;
use crate::aws::Table;
use crate::error::{Error, Kind, Result};
use crate::event::Control;
use crate::files::input;

/// Which items of the table may be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replace {
    /// Those that still hold what these files wrote.
    WhereTableHolds(Vec<PathBuf>),
    /// Those with a time in this period, both ends included.
    WrittenBetween {
        /// Start of the period.
        from: Time,
        /// End of the period.
        to: Time,
    },
}

impl Replace {
    /// Returns the flag that asks for it.
    #[must_use]
    pub fn flag(&self) -> &'static str {
        match self {
            Replace::WhereTableHolds(_) => "--only-where-table-holds",
            Replace::WrittenBetween { .. } => "--replace-written-between",
        }
    }

    /// Returns the setting that a resumed run must have, too.
    pub(super) fn setting(&self) -> Result<(String, String)> {
        let value = match self {
            Replace::WhereTableHolds(files) => {
                let of = |file: &PathBuf| {
                    let InputIdentity { path, bytes, modified_ns, head_sha256 } =
                        InputIdentity::of(file)?;
                    let head = head_sha256.get(..12).unwrap_or(&head_sha256);
                    Ok(format!("{} ({bytes} bytes, {head}, {modified_ns})", path.display()))
                };
                files.iter().map(of).collect::<Result<Vec<_>>>()?.join(", ")
            }
            Replace::WrittenBetween { from, to } => format!("{} {}", from.iso(), to.iso()),
        };
        Ok((self.flag().to_owned(), value))
    }

    /// Checks the files that it names, before anything is read: they must be readable again when
    /// the run is resumed, and not be the inputs themselves.
    ///
    /// # Errors
    /// Names the file that cannot be used.
    pub async fn check(&self, inputs: &[PathBuf]) -> Result<()> {
        let files: &[PathBuf] = match self {
            Replace::WhereTableHolds(files) => files,
            Replace::WrittenBetween { .. } => &[],
        };
        let flag = self.flag();
        let real = |path: &PathBuf| std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        for file in files.iter().chain(inputs) {
            let pipe = || {
                let shown = file.display();
                Error::new(Kind::Usage, format!("{flag} cannot be used with the pipe {shown}"))
                    .cause("every file is read twice, and again when the run is resumed")
                    .hint("save it to a file first")
            };
            if input::is_stdin(file) || input::source(file).await?.path().is_none() {
                return Err(pipe());
            }
        }
        let same = files.iter().find(|file| inputs.iter().any(|input| real(input) == real(file)));
        match same {
            None => Ok(()),
            Some(file) => Err(Error::new(
                Kind::Usage,
                format!("{} is both the input and the file of {flag}", file.display()),
            )
            .hint(format!("pass the right file as input: recoctl backfill GOOD {flag} BAD"))),
        }
    }

    /// Prepares the condition of the writes: reads the earlier input, or checks that the table's
    /// items have times.
    ///
    /// # Errors
    /// Fails if the input cannot be read, or no sampled item of the table has a time.
    pub(super) async fn prepare(
        &self,
        table: &Table,
        preparer: Preparer,
        control: &Control,
    ) -> Result<(Replacing, Option<Arc<FormerIndex>>)> {
        match self {
            Replace::WhereTableHolds(files) => {
                let how = (&control.events, &control.cancel);
                let index = FormerIndex::build(files, Arc::new(preparer), how).await?;
                let index = Arc::new(index);
                Ok((Replacing::Lists(Arc::clone(&index) as _), Some(index)))
            }
            Replace::WrittenBetween { from, to } => {
                if from > to {
                    let message = format!("{} is after {}", from.iso(), to.iso());
                    return Err(
                        Error::new(Kind::Usage, message).hint("pass the start of the period first")
                    );
                }
                if table.lacks_times().await? {
                    let (name, attribute) = (&table.info.name, &table.schema.generated_at_attr);
                    return Err(Error::refused(format!(
                        "no item sampled from table {name} has a time ({attribute})"
                    ))
                    .cause("--replace-written-between selects items by their time")
                    .hint(
                        "use --only-where-table-holds with the file that was written by mistake",
                    ));
                }
                Ok((Replacing::Between { from: *from, to: *to }, None))
            }
        }
    }
}
