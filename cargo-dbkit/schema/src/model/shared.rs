//! Values that are copied often and changed rarely.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A value that its copies share until one of them is changed.
///
/// A copy costs a count. The first change of one that has copies makes a copy of the value. Two that are still one are equal without a look.
#[derive(Default, PartialEq, Eq)]
pub struct Shared<T>(Arc<T>);

impl<T> Shared<T> {
    /// Shares a value.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T: Clone> Shared<T> {
    /// The value: itself if there is no other copy, else a copy.
    pub fn into_inner(self) -> T {
        Arc::unwrap_or_clone(self.0)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Shared;

    #[test]
    fn a_change_of_a_copy_leaves_the_others_alone() {
        let one = Shared::new(vec![1]);
        let mut other = one.clone();
        assert!(std::ptr::eq(&*one, &*other));
        other.push(2);
        assert_eq!((one.into_inner(), other.into_inner()), (vec![1], vec![1, 2]));
    }
}
