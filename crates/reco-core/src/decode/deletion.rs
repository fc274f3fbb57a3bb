//! Lines that delete a user's item. Only files have them: in a message body, the Lambda sees such a
//! line as an item without a list.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::fault::clip;
use super::{DecodeError, Top, entry, malformed, offset_in, present, start_of_value, syntax};
use crate::{Id, Time};

/// A line that deletes a user's item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// User of the item.
    pub user: Id,
    /// Time of the deletion, if the line has one.
    pub generated_at: Option<Time>,
}

#[derive(Deserialize)]
struct Flag<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    delete: Option<&'a RawValue>,
}

/// Parses `{"user_id": ..., "delete": true}`, optionally with `generated_at`. Returns `None` for
/// any other text, which is left to [`super::decode`].
///
/// # Errors
/// [`DecodeError::Malformed`] if `delete` is not `true`, is given twice, or is combined with a list
/// or `data`: the intention is unclear, and a deletion cannot be undone.
pub fn deletion(text: &str) -> Result<Option<Deletion>, DecodeError> {
    let delete = match serde_json::from_str(text) {
        Ok(Flag { delete: Some(delete) }) => delete,
        Ok(Flag { delete: None }) => return Ok(None),
        // Valid JSON with a duplicate `delete` key.
        Err(error) if error.is_data() && text.trim_start().starts_with('{') => {
            return Err(syntax(text, &error));
        }
        Err(_) => return Ok(None),
    };
    let top: Top<'_> = serde_json::from_str(text).map_err(|error| syntax(text, &error))?;
    if top.data.is_some() {
        let reason = "both `delete` and `data`: use only one of them";
        return Err(malformed(text, start_of_value(text), reason));
    }
    let Some(user) = top.user_id else { return Ok(None) };
    if delete.get() != "true" {
        let found = clip(delete.get());
        let reason = format!(
            "`delete` is {found}; use `\"delete\": true` to delete an item, or leave `delete` out"
        );
        return Err(malformed(text, offset_in(text, delete.get()), reason));
    }
    if top.recommended_note_ids.is_some() {
        let reason = "both `delete` and `recommended_note_ids`: use only one of them";
        return Err(malformed(text, start_of_value(text), reason));
    }
    let user = entry::user(text, user.get())?;
    let generated_at = entry::generated_at(text, &top)?;
    Ok(Some(Deletion { user, generated_at }))
}
