//! The guide has no dead ends.

use xtask::{book, workspace};

#[test]
fn every_page_is_listed_and_every_link_leads_somewhere() {
    let problems = book::problems(workspace::root()).unwrap();
    assert!(problems.is_empty(), "{problems:#?}");
}
