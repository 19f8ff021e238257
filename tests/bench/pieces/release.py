"""Release build of a binary that makes one Stripe call, dependencies included."""

import shutil

from measure import CACHE, Failure, environment, generate, note, peer, pontoon, quiet, save, spec, timed, ROOT

HAND = ("the same call by hand: reqwest, rustls (ring), serde_json", """
reqwest = { version = "0.13", default-features = false, features = ["http2", "rustls-no-provider", "system-proxy"] }
rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
""", """
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Balance { available: Vec<Amount>, pending: Vec<Amount>, livemode: bool, object: String }

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Amount { amount: i64, currency: String, source_types: Option<std::collections::BTreeMap<String, i64>> }

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let key = std::env::var("KEY")?;
    let request = reqwest::Client::new().get("https://api.stripe.com/v1/balance").bearer_auth(key);
    let body = request.send().await?.error_for_status()?.bytes().await?;
    println!("{:?}", serde_json::from_slice::<Balance>(&body)?);
    Ok(())
}
""")

PONTOON = """
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = stripe_pontoon::auth::bearer_auth(std::env::var("KEY")?);
    let client = stripe_pontoon::Client::builder().credential(key).build()?;
    println!("{:?}", client.balance().get_balance().send().await?.value);
    Ok(())
}
"""

PLOIDY = """
use stripe_ploidy::client::{Client, parameters::GetBalanceQuery};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = format!("Bearer {}", std::env::var("KEY")?);
    let client = Client::new("https://api.stripe.com")?.with_sensitive_header("authorization", key)?;
    let body = std::collections::BTreeMap::<String, String>::new();
    let body: serde_json::Value = serde_json::to_value(body)?;
    println!("{:?}", client.get_balance(&GetBalanceQuery::default(), body).await?);
    Ok(())
}
"""

TOKIO = 'tokio = { version = "1", features = ["macros", "rt"] }\n'


def run(options) -> None:
    pontoon()
    ours, theirs = CACHE / "programs/stripe-pontoon", CACHE / "programs/stripe-ploidy"
    generate("pontoon", spec("stripe"), ours)
    programs = {"hand": HAND, "pontoon": (
        "pontoon, the whole crate", f'stripe-pontoon = {{ path = "{ours}" }}\n', PONTOON)}
    if not options.quick:
        programs["pontoon-one"] = (
            "pontoon, the feature of the one namespace",
            f'stripe-pontoon = {{ path = "{ours}", default-features = false, '
            'features = ["reqwest", "http2", "system-proxy", "balance"] }\n', PONTOON)
        if peer("ploidy"):
            generate("ploidy", spec("stripe"), theirs)
            programs["ploidy"] = ("ploidy", f'stripe-ploidy = {{ path = "{theirs}" }}\nserde_json = "1"\n', PLOIDY)
    rows = []
    for name, (label, dependencies, source) in programs.items():
        note(label)
        folder, target = CACHE / "programs" / name, f"release-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(CACHE / target, ignore_errors=True)
        (folder / "src").mkdir(parents=True)
        (folder / "Cargo.toml").write_text(
            f'[workspace]\n[package]\nname = "one-call"\nversion = "0.1.0"\nedition = "2024"\n'
            f'[dependencies]\n{TOKIO}{dependencies.lstrip()}')
        (folder / "src/main.rs").write_text(source.lstrip())
        if name != "ploidy":
            shutil.copy(ROOT / "Cargo.lock", folder / "Cargo.lock")
        command = ["--manifest-path", folder / "Cargo.toml"]
        quiet(["cargo", "fetch", *command], "cargo fetch")
        figures = timed(["cargo", "build", "--release", *command], env=environment(target))
        row = {"subject": label, "who": name, "cpu": figures["cpu"], "mb": figures["mb"], "ok": figures["ok"]}
        if figures["ok"]:
            binary = CACHE / target / "release" / "one-call"
            stripped = CACHE / target / "one-call"
            quiet(["strip", "-o", stripped, binary], "strip")
            row["bytes"] = stripped.stat().st_size
        elif name != "ploidy":
            raise Failure(f"{label}:\n{figures['output']}")
        else:
            note(figures["output"])
        shutil.rmtree(CACHE / target, ignore_errors=True)
        rows.append(row)
    save("release", rows)
