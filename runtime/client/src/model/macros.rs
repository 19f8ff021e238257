//! The macros that generated code expands, thousands of times per crate.
//!
//! They are written for rustc's time: few impls and functions per type, each
//! forwarding to one function of the runtime, nothing per property.

/// `Debug`, `PartialEq` and serde's traits for types that are
/// [`Reflect`](crate::model::Reflect).
#[doc(hidden)]
#[macro_export]
macro_rules! __models {
    ($($name:ident)+) => {
        $(
            impl ::core::fmt::Debug for $name {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    $crate::codegen::debug($crate::codegen::Reflect::view(self), f)
                }
            }
            impl ::core::cmp::PartialEq for $name {
                fn eq(&self, other: &Self) -> bool {
                    $crate::codegen::equal(
                        $crate::codegen::Reflect::view(self),
                        $crate::codegen::Reflect::view(other),
                    )
                }
            }
        )+
        $crate::__serde! { $($name)+ }
    };
}

/// An enumeration of strings that keeps values it does not know.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum {
    ($(#[$attribute:meta])* pub enum $name:ident {
        $($(#[$variant_attribute:meta])* $variant:ident = $text:literal),* $(,)?
    } unknown $unknown:ident) => {
        $(#[$attribute])*
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_attribute])* $variant,)*
            /// A value that the API's description does not list.
            $unknown($crate::codegen::UnknownValue),
        }
        #[allow(deprecated)]
        impl $name {
            /// The values that the API's description lists.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),*];
            /// The value as it is on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::$unknown(value) => $crate::codegen::unknown_str(value),
                }
            }
        }
        impl $crate::codegen::Enumeration for $name {
            fn listed() -> ($crate::codegen::EnumValues, &'static [Self]) {
                ($crate::codegen::EnumValues::Str(&[$($text),*]), Self::KNOWN)
            }
            fn unknown(value: $crate::codegen::UnknownValue) -> Self {
                Self::$unknown(value)
            }
        }
        impl $crate::codegen::Reflect for $name {
            fn blank() -> Self {
                Self::$unknown($crate::codegen::blank_unknown())
            }
            fn slot(&mut self) -> $crate::codegen::Slot<'_> {
                $crate::codegen::Slot::Enum(self)
            }
            fn view(&self) -> $crate::codegen::View<'_> {
                match self {
                    Self::$unknown(value) => $crate::codegen::unknown_view(value),
                    known => $crate::codegen::View::Str(known.as_str()),
                }
            }
        }
        $crate::__forward_enum! { $name }
        impl ::core::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                $crate::codegen::from_str(text)
            }
        }
    };
    ($(#[$attribute:meta])* pub enum $name:ident {
        $($(#[$variant_attribute:meta])* $variant:ident = $text:literal),* $(,)?
    }) => {
        $crate::__open_enum! {
            $(#[$attribute])* pub enum $name {
                $($(#[$variant_attribute])* $variant = $text),*
            } unknown Unknown
        }
    };
}

/// An enumeration of integers that keeps values it does not know.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_int_enum {
    ($(#[$attribute:meta])* pub enum $name:ident {
        $($(#[$variant_attribute:meta])* $variant:ident = $number:literal),* $(,)?
    } unknown $unknown:ident) => {
        $(#[$attribute])*
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_attribute])* $variant,)*
            /// A value that the API's description does not list.
            $unknown($crate::codegen::UnknownValue),
        }
        #[allow(deprecated)]
        impl $name {
            /// The values that the API's description lists.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),*];
            /// The value; `None` where the API sent something that is no integer.
            pub fn as_i64(&self) -> ::core::option::Option<i64> {
                ::core::option::Option::Some(match self {
                    $(Self::$variant => $number,)*
                    Self::$unknown(value) => return $crate::codegen::unknown_i64(value),
                })
            }
        }
        impl $crate::codegen::Enumeration for $name {
            fn listed() -> ($crate::codegen::EnumValues, &'static [Self]) {
                ($crate::codegen::EnumValues::I64(&[$($number),*]), Self::KNOWN)
            }
            fn unknown(value: $crate::codegen::UnknownValue) -> Self {
                Self::$unknown(value)
            }
        }
        impl $crate::codegen::Reflect for $name {
            fn blank() -> Self {
                Self::$unknown($crate::codegen::blank_unknown())
            }
            fn slot(&mut self) -> $crate::codegen::Slot<'_> {
                $crate::codegen::Slot::Enum(self)
            }
            fn view(&self) -> $crate::codegen::View<'_> {
                match self {
                    Self::$unknown(value) => $crate::codegen::unknown_view(value),
                    known => $crate::codegen::int_view(known.as_i64()),
                }
            }
        }
        $crate::__forward_enum! { $name }
        impl ::core::convert::From<i64> for $name {
            fn from(number: i64) -> Self {
                $crate::codegen::from_i64(number)
            }
        }
    };
    ($(#[$attribute:meta])* pub enum $name:ident {
        $($(#[$variant_attribute:meta])* $variant:ident = $number:literal),* $(,)?
    }) => {
        $crate::__open_int_enum! {
            $(#[$attribute])* pub enum $name {
                $($(#[$variant_attribute])* $variant = $number),*
            } unknown Unknown
        }
    };
}

/// An enumeration of values of several types that keeps values it does not know.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_value_enum {
    ($(#[$attribute:meta])* pub enum $name:ident {
        $($(#[$variant_attribute:meta])* $variant:ident = $kind:ident($value:expr)),* $(,)?
    } unknown $unknown:ident) => {
        $(#[$attribute])*
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_attribute])* $variant,)*
            /// A value that the API's description does not list.
            $unknown($crate::codegen::UnknownValue),
        }
        #[allow(deprecated)]
        impl $name {
            /// The values that the API's description lists.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),*];
            /// The value as JSON.
            pub fn to_json(&self) -> $crate::codegen::Json {
                match self {
                    $(Self::$variant => {
                        $crate::codegen::scalar_json($crate::codegen::Scalar::$kind($value))
                    })*
                    Self::$unknown(value) => $crate::codegen::unknown_json(value),
                }
            }
        }
        impl $crate::codegen::Enumeration for $name {
            fn listed() -> ($crate::codegen::EnumValues, &'static [Self]) {
                let values = &[$($crate::codegen::Scalar::$kind($value)),*];
                ($crate::codegen::EnumValues::Any(values), Self::KNOWN)
            }
            fn unknown(value: $crate::codegen::UnknownValue) -> Self {
                Self::$unknown(value)
            }
        }
        #[allow(deprecated)]
        impl $crate::codegen::Reflect for $name {
            fn blank() -> Self {
                Self::$unknown($crate::codegen::blank_unknown())
            }
            fn slot(&mut self) -> $crate::codegen::Slot<'_> {
                $crate::codegen::Slot::Enum(self)
            }
            fn view(&self) -> $crate::codegen::View<'_> {
                match self {
                    $(Self::$variant => $crate::codegen::Scalar::$kind($value).view(),)*
                    Self::$unknown(value) => $crate::codegen::unknown_view(value),
                }
            }
        }
        $crate::__forward_enum! { $name }
        impl ::core::convert::From<$crate::codegen::Json> for $name {
            fn from(value: $crate::codegen::Json) -> Self {
                $crate::codegen::from_json(value)
            }
        }
    };
}

/// `Display`, `Eq`, `Hash` and what `__models!` gives.
#[doc(hidden)]
#[macro_export]
macro_rules! __forward_enum {
    ($name:ident) => {
        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::codegen::display($crate::codegen::Reflect::view(self), f)
            }
        }
        impl ::core::cmp::Eq for $name {}
        impl ::core::hash::Hash for $name {
            fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) {
                $crate::codegen::hash($crate::codegen::Reflect::view(self), state)
            }
        }
        $crate::__models! { $name }
    };
}

/// The success types of an operation that has several.
#[doc(hidden)]
#[macro_export]
macro_rules! __responses {
    ($(#[$attribute:meta])* pub enum $name:ident {
        $(#[$first_attribute:meta])* $first:ident($first_type:ty)
        $(, $(#[$variant_attribute:meta])* $variant:ident($type:ty))* $(,)?
    }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(#[$first_attribute])* $first($first_type),
            $($(#[$variant_attribute])* $variant($type),)*
        }
        impl $crate::codegen::Choice for $name {
            fn select(&mut self, index: usize) -> $crate::codegen::Slot<'_> {
                let mut variant = index;
                if variant == 0 {
                    *self = Self::$first($crate::codegen::blank());
                }
                $(
                    variant = variant.wrapping_sub(1);
                    if variant == 0 {
                        *self = Self::$variant($crate::codegen::blank());
                    }
                )*
                match self {
                    Self::$first(value) => $crate::codegen::Reflect::slot(value),
                    $(Self::$variant(value) => $crate::codegen::Reflect::slot(value),)*
                }
            }
        }
        impl $crate::codegen::Reflect for $name {
            fn blank() -> Self {
                Self::$first($crate::codegen::blank())
            }
            fn slot(&mut self) -> $crate::codegen::Slot<'_> {
                $crate::codegen::Slot::Choice(self)
            }
            fn view(&self) -> $crate::codegen::View<'_> {
                match self {
                    Self::$first(value) => $crate::codegen::Reflect::view(value),
                    $(Self::$variant(value) => $crate::codegen::Reflect::view(value),)*
                }
            }
        }
    };
}

/// What an API sends: webhooks or callbacks. Told apart by the functions of
/// [`webhook`](crate::webhook), which know the variants by number.
#[doc(hidden)]
#[macro_export]
macro_rules! __events {
    ($(#[$attribute:meta])* pub enum $name:ident {
        $($(#[$variant_attribute:meta])* $variant:ident($type:ty)),* $(,)?
    } unknown $unknown:ident) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_attribute])* $variant($type),)*
            /// What the API's description does not list, as it came.
            $unknown($crate::codegen::UnknownEvent),
        }
        impl $crate::codegen::Choice for $name {
            fn select(&mut self, index: usize) -> $crate::codegen::Slot<'_> {
                let mut variant = index.wrapping_add(1);
                $(
                    variant = variant.wrapping_sub(1);
                    if variant == 0 {
                        *self = Self::$variant($crate::codegen::blank());
                    }
                )*
                match self {
                    $(Self::$variant(value) => $crate::codegen::Reflect::slot(value),)*
                    Self::$unknown(_) => $crate::codegen::Slot::Unit,
                }
            }
        }
        impl ::core::convert::From<$crate::codegen::UnknownEvent> for $name {
            fn from(event: $crate::codegen::UnknownEvent) -> Self {
                Self::$unknown(event)
            }
        }
    };
}

/// The declared errors of a set of operations.
#[doc(hidden)]
#[macro_export]
macro_rules! __errors {
    ($(#[$attribute:meta])* pub enum $name:ident { $($body:tt)* }) => {
        $crate::__responses! { $(#[$attribute])* pub enum $name { $($body)* } }
        impl $crate::codegen::DeclaredErrors for $name {}
    };
}

/// serde's traits, with the feature `serde` of this crate.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! __serde {
    ($($name:ident)+) => {$(
        impl $crate::codegen::serde::Serialize for $name {
            fn serialize<S: $crate::codegen::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::codegen::serialize($crate::codegen::Reflect::view(self), serializer)
            }
        }
        impl<'de> $crate::codegen::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::codegen::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::codegen::deserialize(deserializer)
            }
        }
    )+};
}

/// serde's traits, with the feature `serde` of this crate.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __serde {
    ($($name:ident)+) => {};
}
