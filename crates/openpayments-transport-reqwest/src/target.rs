//! Where a request may go, and that it goes exactly there.

use std::net::{Ipv4Addr, Ipv6Addr};

use http::Uri;
use http::uri::Scheme;

/// What is wrong with a request's target, or `None`.
pub(crate) fn objection(uri: &Uri) -> Option<&'static str> {
    let Some(host) = uri.host().filter(|host| !host.is_empty()) else {
        return Some("the uri names no host");
    };
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Some("the uri has credentials");
    }
    match uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTPS => {}
        Some(scheme) if *scheme == Scheme::HTTP && is_loopback(host) => {}
        Some(scheme) if *scheme == Scheme::HTTP => {
            return Some("plain http goes to the loopback interface only");
        }
        _ => return Some("the scheme is not https"),
    }
    // The HTTP client would resolve these, and ask for another path than it was given.
    if uri.path().contains('\\') || uri.path().split('/').any(is_dot_segment) {
        return Some("the path has a dot segment or a backslash");
    }
    None
}

fn is_loopback(host: &str) -> bool {
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    match literal {
        Some(address) => address.parse() == Ok(Ipv6Addr::LOCALHOST),
        None => {
            host.eq_ignore_ascii_case("localhost")
                || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

fn is_dot_segment(segment: &str) -> bool {
    // Most segments are longer than any spelling of two dots, and need no second look.
    if segment.is_empty() || segment.len() > "%2e%2e".len() {
        return false;
    }
    let plain = segment.replace("%2e", ".").replace("%2E", ".");
    plain == "." || plain == ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(uri: &str) -> bool {
        objection(&uri.parse().unwrap()).is_some()
    }

    #[test]
    fn https_goes_anywhere_and_plain_http_to_loopback_only_c3() {
        for uri in [
            "https://api.example/psd2",
            "https://192.0.2.1:8443/",
            "http://127.0.0.1:8080/x",
            "http://127.255.0.9/",
            "http://[::1]:1/",
            "http://localhost/",
            "http://LOCALHOST/",
        ] {
            assert!(!refused(uri), "{uri}");
        }
        for uri in [
            "http://api.example/",
            "http://192.0.2.1/",
            "http://128.0.0.1/",
            "http://[::2]/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost.example/",
            "http://127.0.0.1.example/",
            "http://0.0.0.0/",
            "http://127.1/",
            "ftp://127.0.0.1/",
            "/path/only",
            "https://user:password@api.example/",
            "http://localhost@api.example/",
        ] {
            assert!(refused(uri), "{uri}");
        }
    }

    #[test]
    fn a_path_that_would_be_changed_on_the_way_is_refused() {
        for path in ["/a/../b", "/a/./b", "/a/%2e%2E/b", "/a/.%2e", "/a\\b", "/."] {
            assert!(refused(&format!("https://api.example{path}")), "{path}");
        }
        for path in ["/a/...", "/a/.b", "/a/b..c", "/a?x=../y", "/"] {
            assert!(!refused(&format!("https://api.example{path}")), "{path}");
        }
    }
}
