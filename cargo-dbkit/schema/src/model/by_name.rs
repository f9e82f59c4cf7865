//! What a table has by name.

use std::slice;
use std::vec;

/// Things by name, sorted by it: the constraints or indexes of a table.
///
/// A table has few of each, and a schema has many tables, each of which is copied several times on the way to a plan. A tree takes room for
/// eleven of them wherever there is one; this takes room for those that are there. Looking one up is a binary search; putting one in moves
/// those behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByName<T>(Vec<(String, T)>);

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> ByName<T> {
    /// None.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }

    /// The one of that name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.position(name).ok().map(|at| &self.0[at].1)
    }

    /// The one of that name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.position(name).ok().map(|at| &mut self.0[at].1)
    }

    /// Whether there is one of that name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.position(name).is_ok()
    }

    /// Puts one in, and gives back the one that had the name.
    pub fn insert(&mut self, name: String, member: T) -> Option<T> {
        match self.position(&name) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, member)),
            Err(at) => {
                self.0.insert(at, (name, member));
                None
            }
        }
    }

    /// Takes one out.
    pub fn remove(&mut self, name: &str) -> Option<T> {
        self.position(name).ok().map(|at| self.0.remove(at).1)
    }

    /// Keeps those for which it is true.
    pub fn retain(&mut self, mut keeps: impl FnMut(&String, &mut T) -> bool) {
        self.0.retain_mut(|(name, member)| keeps(name, member));
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each with its name, sorted by it.
    pub fn iter(&self) -> Iter<'_, T> {
        self.into_iter()
    }

    /// The names, sorted.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &String> + ExactSizeIterator {
        self.0.iter().map(|(name, _)| name)
    }

    /// Each, sorted by name.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator + Clone {
        self.0.iter().map(|(_, member)| member)
    }

    /// Each, sorted by name, to be changed. Its own name is the caller's to keep.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> + ExactSizeIterator {
        self.0.iter_mut().map(|(_, member)| member)
    }

    /// Each, sorted by name.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = T> + ExactSizeIterator {
        self.0.into_iter().map(|(_, member)| member)
    }
}

impl<T> FromIterator<(String, T)> for ByName<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(members: I) -> Self {
        let mut found = Self::new();
        found.extend(members);
        found
    }
}

impl<T> Extend<(String, T)> for ByName<T> {
    fn extend<I: IntoIterator<Item = (String, T)>>(&mut self, members: I) {
        for (name, member) in members {
            self.insert(name, member);
        }
    }
}

/// Each with its name.
type Iter<'a, T> =
    std::iter::Map<slice::Iter<'a, (String, T)>, fn(&'a (String, T)) -> (&'a String, &'a T)>;

impl<'a, T> IntoIterator for &'a ByName<T> {
    type Item = (&'a String, &'a T);
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(name, member)| (name, member))
    }
}

impl<T> IntoIterator for ByName<T> {
    type Item = (String, T);
    type IntoIter = vec::IntoIter<(String, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::ByName;

    #[test]
    fn members_stand_sorted_by_name_and_the_last_one_of_a_name_stays() {
        let mut members: ByName<u8> = [("b", 1), ("a", 2), ("b", 3)]
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect();
        assert_eq!(members.keys().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((members.get("b"), members.get("c")), (Some(&3), None));
        assert_eq!(members.insert("a".to_owned(), 4), Some(2));
        assert_eq!(members.remove("b"), Some(3));
        assert_eq!(members.into_values().collect::<Vec<_>>(), [4]);
    }
}
