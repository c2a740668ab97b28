//! Where a request may go, and that it goes exactly there.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{PoisonError, RwLock};

use http::Uri;
use http::uri::{Authority, Scheme};
use reqwest::Url;

/// How many origins are remembered; a platform has two.
const MOST: usize = 8;

/// The origins that requests went to, each looked at once.
#[derive(Default)]
pub(crate) struct Origins(RwLock<Vec<Origin>>);

struct Origin {
    scheme: Scheme,
    authority: Authority,
    url: Url,
}

impl Origins {
    /// The URL of a request's target.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn url(&self, uri: &Uri) -> Result<Url, &'static str> {
        let Some(authority) = uri.authority().filter(|authority| !authority.host().is_empty()) else {
            return Err("the uri names no host");
        };
        let scheme = uri.scheme().ok_or("the scheme is not https")?;
        if changes_on_the_way(uri.path()) {
            return Err("the path has a dot segment or a backslash");
        }
        let mut url = match self.known(scheme, authority) {
            Some(url) => url,
            None => self.look_at(scheme, authority)?,
        };
        // Only what stands after the host is read again; it cannot change the host.
        url.set_path(uri.path());
        url.set_query(uri.query());
        Ok(url)
    }

    fn known(&self, scheme: &Scheme, authority: &Authority) -> Option<Url> {
        let origins = self.0.read().unwrap_or_else(PoisonError::into_inner);
        // As text, which is quicker; an origin in other letters is another one here.
        let same = |known: &&Origin| {
            known.authority.as_str() == authority.as_str() && known.scheme.as_str() == scheme.as_str()
        };
        let known = origins.iter().find(same);
        known.map(|known| known.url.clone())
    }

    fn look_at(&self, scheme: &Scheme, authority: &Authority) -> Result<Url, &'static str> {
        if authority.as_str().contains('@') {
            return Err("the uri has credentials");
        }
        if *scheme == Scheme::HTTP && !is_loopback(authority.host()) {
            return Err("plain http goes to the loopback interface only");
        }
        if *scheme != Scheme::HTTP && *scheme != Scheme::HTTPS {
            return Err("the scheme is not https");
        }
        let url = Url::parse(&format!("{scheme}://{authority}/")).map_err(|_| "the uri is no url")?;
        let mut origins = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if origins.len() < MOST {
            origins.push(Origin { scheme: scheme.clone(), authority: authority.clone(), url: url.clone() });
        }
        Ok(url)
    }
}

/// Whether the HTTP client would ask for another path than the one it was given.
fn changes_on_the_way(path: &str) -> bool {
    // Few paths have any of these, and one look tells.
    path.bytes().any(|byte| matches!(byte, b'.' | b'%' | b'\\'))
        && (path.contains('\\') || path.split('/').any(is_dot_segment))
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

/// Whether it is one or two dots, written as they are or as `%2e`.
fn is_dot_segment(segment: &str) -> bool {
    after_dot(segment).is_some_and(|rest| rest.is_empty() || after_dot(rest).is_some_and(str::is_empty))
}

fn after_dot(text: &str) -> Option<&str> {
    [".", "%2e", "%2E"].iter().find_map(|dot| text.strip_prefix(dot))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(uri: &str) -> bool {
        let (origins, uri) = (Origins::default(), uri.parse().unwrap());
        let first = origins.url(&uri);
        assert_eq!(first, origins.url(&uri), "the second time as the first");
        first.is_err()
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

    #[test]
    fn a_known_origin_gives_the_url_that_reading_all_of_it_gives() {
        let origins = Origins::default();
        for uri in [
            "https://api.example",
            "https://API.example/",
            "https://api.example:443//a//b/",
            "https://api.example//other.example/x",
            "https://api.example/a%2fb/%7e;v=1/%zz/{x}?a=b&c={d}'",
            "https://api.example/%C3%A5?%c3=%00",
            "https://api.example/?",
            "https://api.example?x=/../y",
            "https://api.example:8443/a",
            "http://[::1]:8080/a:b@c",
            "http://127.0.0.1/a|b",
        ] {
            let parsed: Uri = uri.parse().unwrap();
            for _ in 0..2 {
                assert_eq!(origins.url(&parsed).unwrap(), Url::parse(&parsed.to_string()).unwrap(), "{uri}");
            }
        }
    }
}
