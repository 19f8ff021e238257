//! The macro that generated code makes operations with.

/// A struct per operation: its optional parameters are methods that generated
/// code adds beside it.
#[doc(hidden)]
#[macro_export]
macro_rules! __operation {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident -> $output:ty;)+) => {$(
        $(#[$meta])*
        #[must_use = "a call does nothing until it is sent"]
        #[derive(Debug)]
        $vis struct $name($crate::codegen::Call);

        impl $name {
            /// Sends the call.
            pub fn send(self) -> $crate::codegen::Send<$output> {
                self.0.send()
            }
        }

        impl $crate::codegen::CallOptions for $name {
            fn call_mut(&mut self) -> &mut $crate::codegen::Call {
                &mut self.0
            }
        }
    )+};
}
