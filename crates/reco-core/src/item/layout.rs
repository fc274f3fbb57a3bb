//! The one description of an item: its attributes in their order, told to whoever sizes, sends or
//! writes it.

use super::{Attribute, Constant, KeyPart, KeyType, PlannedItem, Schema};
use crate::{Id, Recommendation};

/// Receives the attributes of an item, one after the other.
pub trait Attributes {
    /// Why an attribute cannot be taken.
    type Error;

    /// Takes a scalar that is an id, written as `kind`.
    ///
    /// # Errors
    /// When the id does not fit the type.
    fn id(&mut self, name: &str, id: &Id, kind: KeyType) -> Result<(), Self::Error>;

    /// Takes the list: an `L` in rank order, never a set, since sets have no order.
    ///
    /// # Errors
    /// When an id does not fit its type.
    fn list(
        &mut self,
        name: &str,
        ids: &[Id],
        type_of: impl Fn(&Id) -> KeyType,
    ) -> Result<(), Self::Error>;

    /// Takes any other scalar.
    ///
    /// # Errors
    /// When it cannot be taken.
    fn scalar(&mut self, name: &str, value: &Constant) -> Result<(), Self::Error>;
}

impl Schema {
    /// Tells the attributes of a user's key.
    ///
    /// # Errors
    /// The first attribute that `to` does not take.
    pub fn describe_key<A: Attributes>(&self, user: &Id, to: &mut A) -> Result<(), A::Error> {
        if !self.is_shared() {
            return to.id(&self.user_attr, user, self.key_type);
        }
        self.key_of(user)
            .try_for_each(|KeyPart { name, kind, text }| to.id(name, &Id::from(&*text), kind))
    }

    /// Tells every attribute of the item that is made of a recommendation. The time is one of them
    /// only where it is known.
    ///
    /// # Errors
    /// The first attribute that `to` does not take.
    pub(super) fn describe<A: Attributes>(
        &self,
        recommendation: &Recommendation,
        type_of: impl Fn(&Id) -> KeyType,
        to: &mut A,
    ) -> Result<(), A::Error> {
        // Taken apart whole: what is added to either must not be forgotten here.
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
    /// Tells every attribute of the item, as [`Schema::plan`] has sized it.
    ///
    /// # Errors
    /// The first attribute that `to` does not take.
    pub fn describe<A: Attributes>(&self, schema: &Schema, to: &mut A) -> Result<(), A::Error> {
        schema.describe(&self.recommendation, |id| self.type_of(id), to)
    }
}
