//! How long it takes to read a long list of transactions, side by side with plain structs of owned strings.
//!
//! `cargo bench -p openpayments-model --bench decode`

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

mod rows;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group};

use crate::rows::{owned, page, typed};

fn decode(criterion: &mut Criterion) {
    let json = page().into_bytes();
    let mut group = criterion.benchmark_group("10,000 transactions");
    group.throughput(Throughput::Bytes(u64::try_from(json.len()).unwrap()));
    group.sample_size(30).measurement_time(Duration::from_secs(10));
    group.bench_function("typed", |bencher| {
        bencher.iter(|| typed(black_box(&json)));
    });
    group.bench_function("owned strings", |bencher| {
        bencher.iter(|| owned(black_box(&json)));
    });
    group.finish();
}

criterion_group!(benches, decode);

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
}
