//! A list that never changes and is cheap to clone: objects that hold one are copied with every change of theirs.

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Some values in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(Arc<[T]>);

impl<T: Clone> List<T> {
    /// The list with the value at `index` changed; none where there is no such value, or `change` has none for it.
    #[must_use]
    pub fn with(&self, index: u32, change: impl FnOnce(&T) -> Option<T>) -> Option<Self> {
        let index = usize::try_from(index).ok()?;
        let mut values = self.0.to_vec();
        let value = values.get_mut(index)?;
        *value = change(value)?;
        Some(Self(values.into()))
    }
}

impl<T> List<T> {
    /// The value at `index`, from 0.
    #[must_use]
    pub fn at(&self, index: u32) -> Option<&T> {
        self.0.get(usize::try_from(index).ok()?)
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Arc::new([]))
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(self.iter())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Vec::deserialize(input).map(|values| Self(values.into()))
    }
}
