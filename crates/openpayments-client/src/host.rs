//! The host that calls go to.

use http::Uri;
use http::uri::{Authority, Parts, Scheme};
use url::Url;

use crate::{Error, ErrorKind};

/// Scheme, name and port, read once.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    scheme: Scheme,
    authority: Authority,
    url: Url,
}

impl Host {
    pub(crate) fn of(url: &Url) -> Result<Self, Error> {
        let refused =
            || Error::new(ErrorKind::Configuration, "environment").because("an address has no host");
        let parts = url.as_str().parse::<Uri>().map_err(|_| refused())?.into_parts();
        match (parts.scheme, parts.authority) {
            (Some(scheme), Some(authority)) => Ok(Self { scheme, authority, url: url.clone() }),
            _ => Err(refused()),
        }
    }

    /// Where `target`, a path or a link with a host, is on this host; `None` when it is on another one.
    pub(crate) fn address(&self, target: &Uri) -> Option<Uri> {
        if target.authority().is_some() && !self.is_origin_of(target) {
            return None;
        }
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(target.path_and_query()?.clone());
        Uri::from_parts(parts).ok()
    }

    /// Whether a link's scheme, host and port are this host's, and it names no user.
    fn is_origin_of(&self, link: &Uri) -> bool {
        link.to_string().parse::<Url>().is_ok_and(|link| {
            link.origin() == self.url.origin() && link.username().is_empty() && link.password().is_none()
        })
    }
}
