//! A headless Chromium for tests of pages: opens, clicks, types, reads, takes pictures, and keeps a list of all that a good page
//! never does. It speaks the browser's own DevTools protocol, a few commands of it; any address can be tested.

mod browser;
mod keyboard;
mod look;
mod page;
mod screen;

pub use self::browser::Browser;
pub use self::keyboard::Key;
pub use self::page::Page;
pub use self::screen::Screen;
