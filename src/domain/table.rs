//! One kind of object in memory, in three layers: what is stored, what this batch changed, and what the command
//! now being tried changed. A command that fails or panics loses only the last layer.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

/// How a table answers for a key it has never seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knowledge {
    /// Everything is here: an unseen key means that there is no such object (replay of a whole log).
    Complete,
    /// Only what was loaded is here: asking for an unseen key is a programmer error (the sequencer).
    Loaded,
    /// A few entries of a log were applied: changes to unseen objects are skipped (rebuilding one object).
    Partial,
}

/// An object that was changed and is not stored yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirty<K, V> {
    /// Its key.
    pub key: K,
    /// The object.
    pub value: V,
    /// True when nothing is stored under its key.
    pub is_new: bool,
}

#[derive(Clone, Debug)]
struct Slot<V> {
    value: Option<V>,
    is_stored: bool,
    dirty: bool,
    used_in_batch: u64,
}

/// Objects of one kind by key.
#[derive(Clone, Debug)]
pub struct Table<K, V> {
    knowledge: Knowledge,
    slots: HashMap<K, Slot<V>, foldhash::fast::RandomState>,
    dirty: Vec<K>,
    tried: Vec<(K, V)>,
    batch: u64,
}

impl<K: Copy + Debug + Eq + Hash, V: Clone> Table<K, V> {
    /// An empty table.
    #[must_use]
    pub fn new(knowledge: Knowledge) -> Self {
        Self { knowledge, slots: HashMap::default(), dirty: Vec::new(), tried: Vec::new(), batch: 0 }
    }

    /// The object, as the command now being tried sees it.
    ///
    /// # Panics
    /// When the key was never loaded although this table holds only what was loaded.
    #[must_use]
    pub fn get(&self, key: K) -> Option<&V> {
        let found = self.seen(key);
        let is_known = found.is_some() || self.knowledge != Knowledge::Loaded || self.slots.contains_key(&key);
        assert!(is_known, "{key:?} was not loaded before it was asked for");
        found
    }

    /// The object, if it was loaded or made; none says nothing about what is stored.
    #[must_use]
    pub fn seen(&self, key: K) -> Option<&V> {
        let tried = self.tried.iter().rev().find(|(tried, _)| *tried == key).map(|(_, value)| value);
        tried.or_else(|| self.slots.get(&key).and_then(|slot| slot.value.as_ref()))
    }

    /// Adds or replaces an object on behalf of the command now being tried.
    pub fn put(&mut self, key: K, value: V) {
        match self.tried.iter_mut().find(|(tried, _)| *tried == key) {
            Some(slot) => slot.1 = value,
            None => self.tried.push((key, value)),
        }
    }

    /// Changes an object that must exist, on behalf of the command now being tried.
    ///
    /// # Panics
    /// When there is no such object, except where only a part of the log was applied.
    pub fn change(&mut self, key: K, change: impl FnOnce(&mut V)) {
        if let Some((_, value)) = self.tried.iter_mut().find(|(tried, _)| *tried == key) {
            return change(value);
        }
        match self.get(key).cloned() {
            Some(mut value) => {
                change(&mut value);
                self.tried.push((key, value));
            }
            None => assert!(self.knowledge == Knowledge::Partial, "{key:?} does not exist and cannot be changed"),
        }
    }

    /// The objects that the command now being tried has changed.
    pub fn tried(&self) -> impl Iterator<Item = &(K, V)> {
        self.tried.iter()
    }

    /// Keeps what the command changed.
    pub fn keep(&mut self) {
        for (key, value) in self.tried.drain(..) {
            let unseen = Slot { value: None, is_stored: false, dirty: false, used_in_batch: self.batch };
            let slot = self.slots.entry(key).or_insert(unseen);
            slot.value = Some(value);
            slot.used_in_batch = self.batch;
            if !slot.dirty {
                slot.dirty = true;
                self.dirty.push(key);
            }
        }
    }

    /// Forgets what the command changed.
    pub fn discard(&mut self) {
        self.tried.clear();
    }

    /// True when the key was loaded, found or not; marks it as used in this batch.
    pub fn touch(&mut self, key: K) -> bool {
        let batch = self.batch;
        match self.slots.get_mut(&key) {
            Some(slot) => {
                slot.used_in_batch = batch;
                true
            }
            None => self.tried.iter().any(|(tried, _)| *tried == key),
        }
    }

    /// Puts in what storage holds for a key; `None` says that it holds nothing.
    pub fn load(&mut self, key: K, value: Option<V>) {
        let is_stored = value.is_some();
        self.slots.insert(key, Slot { value, is_stored, dirty: false, used_in_batch: self.batch });
    }

    /// The objects changed since the last call, which from now on count as stored.
    pub fn take_dirty(&mut self) -> Vec<Dirty<K, V>> {
        let mut values = Vec::with_capacity(self.dirty.len());
        for key in self.dirty.drain(..) {
            if let Some(slot) = self.slots.get_mut(&key) {
                slot.dirty = false;
                let is_new = !std::mem::replace(&mut slot.is_stored, true);
                values.extend(slot.value.clone().map(|value| Dirty { key, value, is_new }));
            }
        }
        values
    }

    /// Counts everything that was changed so far as stored: for a replay, which stores nothing.
    pub fn settle(&mut self) {
        for key in self.dirty.drain(..) {
            if let Some(slot) = self.slots.get_mut(&key) {
                slot.dirty = false;
                slot.is_stored = true;
            }
        }
    }

    /// Forgets an object to which nothing can happen any more.
    pub fn forget(&mut self, key: K) {
        self.slots.remove(&key);
    }

    /// Starts the next batch.
    pub const fn next_batch(&mut self) {
        self.batch = self.batch.saturating_add(1);
    }

    /// With more than `count_max` objects, those unused for longest are forgotten.
    pub fn forget_beyond(&mut self, count_max: usize) {
        if self.slots.len() <= count_max {
            return;
        }
        let mut ages: Vec<u64> = self.slots.values().map(|slot| slot.used_in_batch).collect();
        let middle = ages.len() / 2;
        let (_, median, _) = ages.select_nth_unstable(middle);
        let oldest_kept = *median;
        self.slots.retain(|_, slot| slot.used_in_batch > oldest_kept);
    }

    /// Every object that exists, in no order; for a table that holds everything.
    pub fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        self.slots.iter().filter_map(|(key, slot)| slot.value.as_ref().map(|value| (*key, value)))
    }
}
