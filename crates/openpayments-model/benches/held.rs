//! How much memory a long list of transactions holds once it is read, side by side with plain structs of owned strings.
//! Counted by the allocator, so that it is the same on every machine.
//!
//! `cargo bench -p openpayments-model --bench held`

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]

mod rows;

use std::alloc::System;
use std::hint::black_box;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use crate::rows::{ROWS, owned, page, typed};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn held<T>(name: &str, bytes: &[u8], read: fn(&[u8]) -> T) -> usize {
    let region = Region::new(ALLOCATOR);
    let page = read(bytes);
    let change = region.change();
    let held = change.bytes_allocated.saturating_sub(change.bytes_deallocated);
    println!(
        "{name:16} holds {:>6} bytes a row in {:>3} pieces; {:>3} allocations a row",
        held / ROWS,
        (change.allocations - change.deallocations) / ROWS,
        (change.allocations + change.reallocations) / ROWS,
    );
    black_box(page);
    held
}

fn main() {
    let json = page().into_bytes();
    println!("{ROWS} rows in {} bytes", json.len());
    let typed = held("typed", &json, typed);
    let owned = held("owned strings", &json, owned);
    assert!(typed <= owned, "the typed list holds more");
}
