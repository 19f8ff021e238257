//! The small form of the suite: every fault, at the first, a middle and the last
//! page; under the layers that share answers, the second. `tests/faults/run` tries all pages and writes the table.

use pontoon_faults::client::Transport;
use pontoon_faults::layers::{parts, table};
use pontoon_faults::posts::{self, Key};
use pontoon_faults::{matrix, rows, tokens};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

#[global_allocator]
static MEMORY: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

/// All of it runs in one test, so that the memory is that of the suite.
#[tokio::test]
async fn nothing_is_lost_doubled_leaked_or_endless() {
    const AT_A_TIME: usize = 32;
    let free = Arc::new(Semaphore::new(AT_A_TIME));
    let mut running = JoinSet::new();
    for &transport in Transport::ALL {
        for fault in rows::faults() {
            for (&paging, always) in fault.ways() {
                let free = Arc::clone(&free);
                running.spawn(async move {
                    let _permit = free.acquire_owned().await;
                    let row = matrix::row(fault, transport, paging, always, &[0, 2, 4]).await;
                    row.objections
                });
            }
        }
        for post in rows::posts() {
            for key in Key::ALL {
                running.spawn(async move {
                    let report = posts::run(post, key, transport).await;
                    report.expect("a server").objections
                });
            }
        }
        for fault in rows::under_layers() {
            for always in [false, true] {
                let free = Arc::clone(&free);
                running.spawn(async move {
                    let _permit = free.acquire_owned().await;
                    let row = table::row(fault, transport, always, &[1]).await;
                    row.objections
                });
            }
        }
        running.spawn(async move {
            let rows = parts::run_all(transport).await.expect("a server");
            rows.into_iter().flat_map(|row| row.objections).collect()
        });
        running.spawn(async move {
            let reports = tokens::run_all(transport).await.expect("a server");
            let objections = reports.into_iter().map(|report| report.objections);
            objections.flatten().collect()
        });
    }
    let objections = running.join_all().await.concat();
    assert!(objections.is_empty(), "\n{}", objections.join("\n"));
    let peak = MEMORY.peak_usage_as_mb();
    assert!(peak < 256.0, "{peak} MB");
}
