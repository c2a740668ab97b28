//! The id of something that was created, when the answer's body does not give it.

use std::str::FromStr;

use bytes::Bytes;
use http::header::LOCATION;
use http::{Response, Uri};
use openpayments_model::link::Links;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

/// The id in the `self` link, when that is a child of `parent`.
pub(crate) fn id_in_links<T: FromStr>(links: &Links, parent: &str) -> Option<T> {
    child(links.get("self")?, parent)
}

/// The id in `Location`, or in the `self` link of a body of which nothing else can be read.
pub(crate) fn id_in_location<T: FromStr>(response: &Response<Bytes>, parent: &str) -> Option<T> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(rename = "_links")]
        links: Links,
    }
    let location = response.headers().get(LOCATION);
    let told = location.and_then(|value| child(value.to_str().ok()?, parent));
    told.or_else(|| {
        let body: Body = serde_json::from_slice(response.body()).ok()?;
        id_in_links(&body.links, parent)
    })
}

/// The last segment of an address whose other segments are `parent`. Only the id is taken from it; no address is
/// followed, so its host does not matter.
pub(crate) fn child<T: FromStr>(address: &str, parent: &str) -> Option<T> {
    let address: Uri = address.parse().ok()?;
    let segment = address.path().strip_prefix(parent)?.strip_prefix('/')?;
    if segment.contains('/') {
        return None;
    }
    percent_decode_str(segment).decode_utf8().ok()?.parse().ok()
}
