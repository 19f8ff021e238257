//! Runs every case and prints the table as Markdown. `tests/faults/run` calls it.

use pontoon_faults::client::Transport;
use pontoon_faults::layers::{parts, table};
use pontoon_faults::posts::{self, Key};
use pontoon_faults::soak::Soak;
use pontoon_faults::{Mishap, matrix, rows, tokens};
use std::process::ExitCode;

#[global_allocator]
static MEMORY: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

/// The most memory that a row may use, in megabytes: five lists at once, client
/// and server, with answers of at most 256 KiB.
const MEMORY_BOUND: f32 = 32.0;

const USAGE: &str = "usage: faults [--full] [--part lists|posts|tokens|layers|soak] [--only TEXT]";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut full, mut part, mut only) = (false, String::new(), String::new());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--full" => full = true,
            "--part" => part = arguments.next().unwrap_or_default(),
            "--only" => only = arguments.next().unwrap_or_default(),
            _ => {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    match run(full, &part, &only).await {
        Ok(wrong) if wrong.is_empty() => ExitCode::SUCCESS,
        Ok(wrong) => {
            eprintln!("{}", wrong.join("\n"));
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(1)
        }
    }
}

async fn run(full: bool, part: &str, only: &str) -> Result<Vec<String>, Mishap> {
    let has = |name: &str| part.is_empty() || part == name;
    let mut wrong = Vec::new();
    if has("lists") {
        wrong.extend(lists(only).await);
    }
    if has("posts") {
        wrong.extend(calls().await?);
    }
    if has("tokens") {
        wrong.extend(sign_ins().await?);
    }
    if has("layers") {
        wrong.extend(layers(only).await?);
    }
    if has("soak") {
        wrong.extend(soaks(full).await?);
    }
    println!("\nCases that went wrong: {}.", wrong.len());
    Ok(wrong)
}

async fn lists(only: &str) -> Vec<String> {
    println!("\n## Lists\n");
    println!("| fault | how often | paging | transport | 0 | 1 | 2 | 3 | 4 | memory |");
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let pages = matrix::every_page();
    let mut wrong = Vec::new();
    for fault in rows::faults() {
        if !fault.name.contains(only) {
            continue;
        }
        for &transport in Transport::ALL {
            for (&paging, always) in fault.ways() {
                MEMORY.reset_peak_usage();
                let row = matrix::row(fault, transport, paging, always, &pages).await;
                let memory = MEMORY.peak_usage_as_mb();
                println!("{} {memory:.1} MB |", row.line());
                wrong.extend(row.objections);
                if memory > MEMORY_BOUND {
                    wrong.push(format!("{}: {memory} MB of memory", fault.name));
                }
            }
        }
    }
    wrong
}

async fn calls() -> Result<Vec<String>, Mishap> {
    println!("\n## POST\n");
    println!("| fault | key | transport | outcome | made | requests |");
    println!("|---|---|---|---|---|---|");
    let mut wrong = Vec::new();
    for post in rows::posts() {
        for &transport in Transport::ALL {
            for key in Key::ALL {
                let report = posts::run(post, key, transport).await?;
                println!(
                    "| {} | {} | {} | {} | {} | {} |",
                    post.fault.name,
                    key.name(),
                    transport.name(),
                    report.outcome,
                    report.made,
                    report.requests
                );
                wrong.extend(report.objections);
            }
        }
    }
    Ok(wrong)
}

async fn sign_ins() -> Result<Vec<String>, Mishap> {
    println!("\n## Tokens\n");
    println!("| what happens | at page | transport | outcome | tokens issued |");
    println!("|---|---|---|---|---|");
    let mut wrong = Vec::new();
    for &transport in Transport::ALL {
        for report in tokens::run_all(transport).await? {
            println!("{}", report.line());
            wrong.extend(report.objections);
        }
    }
    Ok(wrong)
}

async fn layers(only: &str) -> Result<Vec<String>, Mishap> {
    println!("\n## Cache, shared requests, batches\n");
    println!("{}", table::head());
    let steps = matrix::every_page();
    let mut wrong = Vec::new();
    for fault in rows::under_layers().filter(|fault| fault.name.contains(only)) {
        for &transport in Transport::ALL {
            for always in [false, true] {
                let row = table::row(fault, transport, always, &steps).await;
                println!("{}", row.line);
                wrong.extend(row.objections);
            }
        }
    }
    println!("\n## One answer of a batch\n");
    println!("| fault | how often | transport | GET | GET | GET | POST | POST with a key |");
    println!("|---|---|---|---|---|---|---|---|");
    for &transport in Transport::ALL {
        for row in parts::run_all(transport).await? {
            println!("{}", row.line);
            wrong.extend(row.objections);
        }
    }
    Ok(wrong)
}

async fn soaks(full: bool) -> Result<Vec<String>, Mishap> {
    println!("\n## Soak\n");
    let mut wrong = Vec::new();
    for &transport in Transport::ALL {
        let soak = Soak {
            transport,
            callers: 64,
            calls: if full { 3000 } else { 100 },
            seed: 17,
        };
        let tally = soak.run(|| MEMORY.current_usage()).await?;
        println!("{}", tally.text(&soak));
        wrong.extend(tally.objections());
    }
    Ok(wrong)
}
