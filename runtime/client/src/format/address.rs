//! IP addresses of the standard library.

use crate::model::{Format, reflect_format};
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

reflect_format!(IpAddr, Ipv4Addr, Ipv6Addr);

macro_rules! address {
    ($($type:ty, $expected:literal, $blank:expr;)*) => {$(
        impl Format for $type {
            const EXPECTED: &'static str = $expected;
            fn blank() -> Self {
                $blank
            }
            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
            fn write(&self, out: &mut String) {
                // Writing to a string cannot fail.
                let _ = write!(out, "{self}");
            }
            fn same(&self, other: &Self) -> bool {
                self == other
            }
        }
    )*};
}

address! {
    IpAddr, "an IP address", Self::V4(Ipv4Addr::UNSPECIFIED);
    Ipv4Addr, "an IPv4 address", Self::UNSPECIFIED;
    Ipv6Addr, "an IPv6 address", Self::UNSPECIFIED;
}
