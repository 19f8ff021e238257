//! The macro that generated code makes operations with.

/// A call that can be opened as a stream, by a method of the given name.
#[doc(hidden)]
#[macro_export]
macro_rules! __streamed {
    ($($(#[$meta:meta])* $name:ident.$method:ident -> $stream:ty;)+) => {$(
        impl $name {
            $(#[$meta])*
            pub fn $method(self) -> $crate::codegen::Open<$stream> {
                self.0.stream()
            }
        }
    )+};
}

/// The streams of a list: `.items()` of the records, `.pages()` of the answers.
#[doc(hidden)]
#[macro_export]
macro_rules! __paged {
    ($($name:ident.$items:ident -> $item:ty, $pages:ident -> $page:ty;)+) => {$(
        impl $name {
            /// The items of the list, over all of its pages.
            pub fn $items(self) -> $crate::codegen::Items<$item> {
                self.0.items()
            }
            /// The pages of the list, each the whole answer.
            pub fn $pages(self) -> $crate::codegen::Pages<$page> {
                self.0.pages()
            }
        }
    )+};
}

/// A struct per operation: its optional parameters are methods that generated
/// code adds beside it.
#[doc(hidden)]
#[macro_export]
macro_rules! __operation {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident;)+) => {$(
        $(#[$meta])*
        #[must_use = "a call does nothing until it is sent"]
        #[derive(Debug)]
        $vis struct $name($crate::codegen::Call);

        impl $crate::codegen::CallOptions for $name {
            fn call_mut(&mut self) -> &mut $crate::codegen::Call {
                &mut self.0
            }
        }
    )+};
    ($($(#[$meta:meta])* $vis:vis struct $name:ident -> $output:ty;)+) => {$(
        $crate::__operation! { $(#[$meta])* $vis struct $name; }
        impl $name {
            /// Sends the call.
            pub fn send(self) -> $crate::codegen::Send<$output> {
                self.0.send()
            }
        }
    )+};
}
