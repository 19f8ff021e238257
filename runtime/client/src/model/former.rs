//! What crates generated before [`Reflect`](super::Reflect) took in the table of
//! an object still expand. To be deleted once none of them is checked in.

use super::{Slot, Table, View};

/// The table of an object; now part of [`Reflect`](super::Reflect).
#[doc(hidden)]
pub trait Model {
    fn table(&self) -> &'static Table;
    fn slot_at(&mut self, index: usize) -> Slot<'_>;
    fn view_at(&self, index: usize) -> View<'_>;
}

/// The blank value of an object; now part of [`Reflect`](super::Reflect).
#[doc(hidden)]
pub trait Blank {
    fn blank() -> Self;
}

/// The view of a union; now part of [`Reflect`](super::Reflect).
#[doc(hidden)]
pub trait UnionView {
    fn member(&self) -> View<'_>;
}

/// See [`Model`].
#[doc(hidden)]
#[macro_export]
macro_rules! __former_model {
    ($name:ident) => {
        impl $crate::codegen::Reflect for $name {
            fn blank() -> Self {
                <Self as $crate::codegen::Blank>::blank()
            }
            fn table(&self) -> &'static $crate::codegen::Table {
                $crate::codegen::Model::table(self)
            }
            fn slot_at(&mut self, index: usize) -> $crate::codegen::Slot<'_> {
                $crate::codegen::Model::slot_at(self, index)
            }
            fn view_at(&self, index: usize) -> $crate::codegen::View<'_> {
                $crate::codegen::Model::view_at(self, index)
            }
        }
        $crate::__models! { $name }
    };
}

/// See [`UnionView`].
#[doc(hidden)]
#[macro_export]
macro_rules! __former_union {
    ($name:ident) => {
        $crate::__former_union! { $name unknown Unknown }
    };
    ($name:ident unknown $unknown:ident) => {
        impl $crate::codegen::Reflect for $name {
            fn blank() -> Self {
                Self::$unknown($crate::codegen::Json::Null)
            }
            fn slot(&mut self) -> $crate::codegen::Slot<'_> {
                $crate::codegen::Slot::Union(self)
            }
            fn view(&self) -> $crate::codegen::View<'_> {
                $crate::codegen::UnionView::member(self)
            }
        }
        $crate::__models! { $name }
    };
}
