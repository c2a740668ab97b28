//! A headless Chromium for tests of pages: opens, clicks, reads, takes pictures, and keeps a list of all that a good page
//! never does. It speaks the browser's own DevTools protocol, a few commands of it; any address can be tested.

mod browser;
mod page;

pub use self::browser::{Browser, installed};
pub use self::page::{Page, Screen};
