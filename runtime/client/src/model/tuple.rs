//! Arrays whose items have a schema each by position.

use super::{ListSlot, ListView, Reflect, Slot, View};

/// A Rust tuple that stands for an array.
pub trait Tuple: Reflect + ListSlot + ListView {
    /// The number of its items.
    const COUNT: usize;
}

macro_rules! tuple {
    ($count:literal: $($item:ident $index:tt)+) => {
        impl<$($item: Reflect),+> Reflect for ($($item,)+) {
            fn blank() -> Self {
                ($($item::blank(),)+)
            }
            fn slot(&mut self) -> Slot<'_> {
                Slot::List(self)
            }
            fn view(&self) -> View<'_> {
                View::List(self)
            }
        }
        impl<$($item: Reflect),+> Tuple for ($($item,)+) {
            const COUNT: usize = $count;
        }
        impl<$($item: Reflect),+> ListSlot for ($($item,)+) {
            fn clear(&mut self) {
                *self = Self::blank();
            }
            fn push(&mut self) -> Slot<'_> {
                Slot::Unit
            }
            fn pop(&mut self) {}
            fn item(&mut self, index: usize) -> Slot<'_> {
                match index {
                    $($index => self.$index.slot(),)+
                    _ => Slot::Unit,
                }
            }
            fn is_open(&self) -> bool {
                false
            }
            fn missing(&self, read: usize) -> bool {
                $((read <= $index && !matches!(self.$index.view(), View::Absent)))||+
            }
        }
        impl<$($item: Reflect),+> ListView for ($($item,)+) {
            /// Optional items at the end that are not there are not counted.
            fn len(&self) -> usize {
                let mut len = 0;
                $(if !matches!(self.$index.view(), View::Absent) {
                    len = $index + 1;
                })+
                len
            }
            fn at(&self, index: usize) -> View<'_> {
                match index {
                    $($index => self.$index.view(),)+
                    _ => View::Absent,
                }
            }
        }
    };
}

tuple! { 1: A 0 }
tuple! { 2: A 0 B 1 }
tuple! { 3: A 0 B 1 C 2 }
tuple! { 4: A 0 B 1 C 2 D 3 }
tuple! { 5: A 0 B 1 C 2 D 3 E 4 }
tuple! { 6: A 0 B 1 C 2 D 3 E 4 F 5 }
tuple! { 7: A 0 B 1 C 2 D 3 E 4 F 5 G 6 }
tuple! { 8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 }

/// An array that begins with items of a schema each and goes on with any number
/// of one schema.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tail<H, T> {
    /// The first items, as a tuple.
    pub head: H,
    /// The items after them.
    pub rest: Vec<T>,
}

impl<H: Tuple, T: Reflect> Reflect for Tail<H, T> {
    fn blank() -> Self {
        Self {
            head: H::blank(),
            rest: Vec::new(),
        }
    }
    fn slot(&mut self) -> Slot<'_> {
        Slot::List(self)
    }
    fn view(&self) -> View<'_> {
        View::List(self)
    }
}

impl<H: Tuple, T: Reflect> ListSlot for Tail<H, T> {
    fn clear(&mut self) {
        ListSlot::clear(&mut self.head);
        self.rest.clear();
    }
    fn push(&mut self) -> Slot<'_> {
        ListSlot::push(&mut self.rest)
    }
    fn pop(&mut self) {
        self.rest.pop();
    }
    fn item(&mut self, index: usize) -> Slot<'_> {
        if index < H::COUNT {
            self.head.item(index)
        } else {
            ListSlot::push(&mut self.rest)
        }
    }
    fn is_open(&self) -> bool {
        false
    }
    fn missing(&self, read: usize) -> bool {
        self.head.missing(read)
    }
}

impl<H: Tuple, T: Reflect> ListView for Tail<H, T> {
    fn len(&self) -> usize {
        if self.rest.is_empty() {
            ListView::len(&self.head)
        } else {
            H::COUNT + self.rest.len()
        }
    }
    fn at(&self, index: usize) -> View<'_> {
        match index.checked_sub(H::COUNT) {
            None => self.head.at(index),
            Some(index) => ListView::at(&self.rest, index),
        }
    }
}
