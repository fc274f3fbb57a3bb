//! Single definition of an item's attributes and their order, used to size, send and emit items.

use super::{Attribute, Constant, KeyPart, KeyType, PlannedItem, Schema};
use crate::{Id, Recommendation};

/// Visitor for the attributes of an item.
pub trait Attributes {
    /// Reason why an attribute is rejected.
    type Error;

    /// Visits an id, written as a scalar of type `kind`.
    ///
    /// # Errors
    /// When the id does not fit the type.
    fn id(&mut self, name: &str, id: &Id, kind: KeyType) -> Result<(), Self::Error>;

    /// Visits the list: an `L` in rank order, never a set, since sets have no order.
    ///
    /// # Errors
    /// When an id does not fit its type.
    fn list(
        &mut self,
        name: &str,
        ids: &[Id],
        type_of: impl Fn(&Id) -> KeyType,
    ) -> Result<(), Self::Error>;

    /// Visits any other scalar.
    ///
    /// # Errors
    /// When the value is rejected.
    fn scalar(&mut self, name: &str, value: &Constant) -> Result<(), Self::Error>;
}

impl Schema {
    /// Passes the attributes of a user's key to a visitor.
    ///
    /// # Errors
    /// Error of the first attribute that `to` rejects.
    pub fn describe_key<A: Attributes>(&self, user: &Id, to: &mut A) -> Result<(), A::Error> {
        if !self.is_shared() {
            return to.id(&self.user_attr, user, self.key_type);
        }
        self.key_of(user)
            .try_for_each(|KeyPart { name, kind, text }| to.id(name, &Id::from(&*text), kind))
    }

    /// Passes every attribute of a recommendation's item to a visitor. The time is included only if
    /// it is known.
    ///
    /// # Errors
    /// Error of the first attribute that `to` rejects.
    pub(super) fn describe<A: Attributes>(
        &self,
        recommendation: &Recommendation,
        type_of: impl Fn(&Id) -> KeyType,
        to: &mut A,
    ) -> Result<(), A::Error> {
        // Exhaustive patterns, so that a new field cannot be forgotten here.
        let Recommendation { user, articles, generated_at } = recommendation;
        let Schema {
            user_attr: _,
            key_prefix: _,
            sort: _,
            list_attr,
            generated_at_attr,
            key_type: _,
            list_type: _,
            time_form,
            constants,
        } = self;
        self.describe_key(user, to)?;
        to.list(list_attr, articles, type_of)?;
        if let Some(time) = generated_at {
            let text = time_form.text(*time);
            to.scalar(generated_at_attr, &Constant::typed(time_form.kind(), text))?;
        }
        constants.iter().try_for_each(|Attribute { name, value }| to.scalar(name, value))
    }
}

impl PlannedItem {
    /// Passes every attribute of the item to a visitor, as sized by [`Schema::plan`].
    ///
    /// # Errors
    /// Error of the first attribute that `to` rejects.
    pub fn describe<A: Attributes>(&self, schema: &Schema, to: &mut A) -> Result<(), A::Error> {
        schema.describe(&self.recommendation, |id| self.type_of(id), to)
    }
}
