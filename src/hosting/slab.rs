//! Slots that are used again, with generations that tell their uses apart.

/// A place in a slab, and which use of it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The slot.
    pub slot: u32,
    /// Which use of the slot.
    pub generation: u32,
}

/// No slot.
pub const NONE: u32 = u32::MAX;
/// Stands for "in use" where a free slot names the next free one.
const USED: u32 = u32::MAX - 1;

struct Slot<T> {
    generation: u32,
    /// The next free slot, where this one is free.
    next_free: u32,
    value: T,
}

/// Values in slots; a removed value's slot is given to the next that comes.
pub struct Slab<T> {
    slots: Vec<Slot<T>>,
    first_free: u32,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Slab { slots: Vec::new(), first_free: NONE }
    }
}

impl<T> Slab<T> {
    /// Puts a value into a slot.
    #[inline]
    pub fn insert(&mut self, value: T) -> Key {
        if self.first_free == NONE {
            self.slots.push(Slot { generation: 0, next_free: USED, value });
            return Key { slot: self.slots.len() as u32 - 1, generation: 0 };
        }
        let slot = self.first_free;
        let place = &mut self.slots[slot as usize];
        self.first_free = place.next_free;
        place.next_free = USED;
        place.value = value;
        Key { slot, generation: place.generation }
    }

    /// Frees a slot; what referred to it by generation refers to nothing from now on.
    #[inline]
    pub fn remove(&mut self, slot: u32) {
        let place = &mut self.slots[slot as usize];
        place.generation = place.generation.wrapping_add(1);
        place.next_free = self.first_free;
        self.first_free = slot;
    }

    /// Begins another use of a slot with the value that it has: keys of it so far refer to nothing.
    #[inline]
    pub fn renew(&mut self, slot: u32) {
        let place = &mut self.slots[slot as usize];
        place.generation = place.generation.wrapping_add(1);
    }

    /// The key of the present use of a slot.
    #[inline]
    pub fn key(&self, slot: u32) -> Key {
        Key { slot, generation: self.slots[slot as usize].generation }
    }

    /// Whether the key's use of its slot is the present one.
    #[inline]
    pub fn is_current(&self, key: Key) -> bool {
        self.slots[key.slot as usize].generation == key.generation
    }

    /// The slots in use.
    pub fn used(&self) -> impl Iterator<Item = u32> + '_ {
        self.slots.iter().enumerate().filter(|(_, slot)| slot.next_free == USED).map(|(index, _)| index as u32)
    }

    /// For how many slots there is room.
    pub fn capacity(&self) -> usize {
        self.slots.capacity()
    }

    /// How many slots there are, in use or free.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }
}

impl<T> std::ops::Index<u32> for Slab<T> {
    type Output = T;
    #[inline]
    fn index(&self, slot: u32) -> &T {
        &self.slots[slot as usize].value
    }
}

impl<T> std::ops::IndexMut<u32> for Slab<T> {
    #[inline]
    fn index_mut(&mut self, slot: u32) -> &mut T {
        &mut self.slots[slot as usize].value
    }
}
