//! Decode and encode of the page of issues: the generated crate's types beside
//! serde's derive with `serde_json`. Rounds are interleaved. Prints JSON: the size of
//! the page and for each task the median MB/s.

use bytes::Bytes;
use github_issues::models;
use pontoon_bench::{derived, payload};
use pontoon_runtime::codec::json::{Mode, decode, encode};
use pontoon_runtime::codegen::Reflect;
use std::hint::black_box;
use std::time::Instant;

type Plain = derived::Issue<derived::IssueLabelsItemIdNodeId>;

fn generated(page: &Bytes) -> Vec<models::Issue> {
    let mut issues: Vec<models::Issue> = Reflect::blank();
    decode(page, issues.slot()).expect("the page is valid");
    issues
}

fn derive<T: serde::de::DeserializeOwned>(page: &Bytes) -> Vec<T> {
    serde_json::from_slice(page).expect("the page is valid")
}

fn main() {
    let rounds: usize = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(31);
    const PASSES: usize = 20;
    let page = Bytes::from(payload::page());
    let ours = generated(&page);
    let union: Vec<derived::Issue> = derive(&page);
    let plain: Vec<Plain> = derive(&page);
    // Both sides must have read and written the same.
    let written = encode(ours.view(), Mode::Whole).expect("the page can be written");
    let back: Vec<derived::Issue> = serde_json::from_slice(&written).expect("JSON was written");
    assert_eq!(back, union);

    let mut tasks: [(&str, Box<dyn FnMut()>); 6] = [
        (
            "decode generated",
            Box::new(|| drop(black_box(generated(black_box(&page))))),
        ),
        (
            "decode serde",
            Box::new(|| drop(black_box(derive::<derived::Issue>(black_box(&page))))),
        ),
        (
            "decode serde plain",
            Box::new(|| drop(black_box(derive::<Plain>(black_box(&page))))),
        ),
        (
            "encode generated",
            Box::new(|| drop(black_box(encode(black_box(&ours).view(), Mode::Whole)))),
        ),
        (
            "encode serde",
            Box::new(|| drop(black_box(serde_json::to_vec(black_box(&union))))),
        ),
        (
            "encode serde plain",
            Box::new(|| drop(black_box(serde_json::to_vec(black_box(&plain))))),
        ),
    ];
    let mut times = vec![Vec::new(); tasks.len()];
    for _ in 0..rounds {
        for ((_, task), times) in tasks.iter_mut().zip(&mut times) {
            let start = Instant::now();
            for _ in 0..PASSES {
                task();
            }
            times.push(start.elapsed().as_secs_f64());
        }
    }
    let mut result =
        serde_json::json!({ "bytes": page.len(), "small_bytes": payload::small().len() });
    for ((name, _), times) in tasks.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let median = times[times.len() / 2];
        result[*name] = ((page.len() * PASSES) as f64 / median / 1e6).into();
    }
    println!("{result}");
}
