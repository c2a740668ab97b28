//! The one machine on which nobody listens between two programs.

use url::{Host, Url};

/// Whether an address is on this machine: `localhost`, `127.0.0.0/8` or `::1`. Elsewhere it has to be `https`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
