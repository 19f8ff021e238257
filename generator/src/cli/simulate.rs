//! `pontoon simulate`.

use super::{Exit, generate, report};
use crate::connector;
use crate::diagnostic::Diagnostics;
use crate::simulation::simulation;
use crate::source::Source;
use pontoon_connector::manifest::Manifest;
use pontoon_connector::simulate::{Fault, Script, Simulator};
use std::net::{Ipv4Addr, SocketAddr};

pub(super) const EXAMPLES: &str = "Examples:\n  \
    pontoon simulate openapi.json\n  \
    pontoon simulate openapi.json --records 100000 --token s3cret --port 8080\n  \
    pontoon simulate openapi.json --fault 429 --fault 500 --fault reset --every 20";

pub(super) fn run(arguments: &super::Simulate) -> Exit {
    let faults: Result<Vec<Fault>, String> =
        arguments.fault.iter().map(|text| text.parse()).collect();
    let faults = match faults {
        Ok(faults) => faults,
        Err(message) => {
            report::plain(
                &message,
                "`--fault 429`, `--fault 500`, `--fault reset`, `--fault half`",
            );
            return Exit::Usage;
        }
    };
    let progress = report::Progress::new(&arguments.spec.display().to_string());
    let mut source = Source::default();
    let mut diagnostics = Diagnostics::new();
    let config = match generate::read_config(arguments.config.as_deref()) {
        Ok((config, _)) => config,
        Err(exit) => return exit,
    };
    let request = arguments.inputs.request(&arguments.spec, config);
    let resolved = crate::read(&request, &mut source, &mut diagnostics, &|stage| {
        progress.stage(stage);
    });
    drop(progress);
    let api = match resolved {
        Ok(resolved) => resolved.api,
        Err(diagnostic) => {
            report::fatal(&diagnostic, Some(&source));
            return Exit::Unusable;
        }
    };
    let manifest = connector::manifest(&api, &connector::Context::default());
    let manifest = match Manifest::parse(&manifest.to_string()) {
        Ok(manifest) => manifest,
        Err(error) => {
            report::plain(
                &error.to_string(),
                "this is a mistake of pontoon: please report it",
            );
            return Exit::Unusable;
        }
    };
    let (mut simulation, missing) = simulation(&api, &manifest);
    simulation.records = arguments.records;
    simulation.children = arguments.children;
    simulation.token.clone_from(&arguments.token);
    let (routes, lists) = (
        simulation.routes.len(),
        simulation
            .routes
            .iter()
            .filter(|route| route.list.is_some())
            .count(),
    );
    let script = Script::new(faults, arguments.every);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let served = serve(async move {
        let simulator = Simulator::bind(simulation, script, address).await?;
        anstream::println!("{}", simulator.url());
        anstream::eprintln!("{routes} operations, {lists} of them lists; ctrl-c ends it");
        for key in &missing {
            anstream::eprintln!("  left out, no answer can be made: {key}");
        }
        simulator.run().await
    });
    match served {
        Ok(()) => Exit::Done,
        Err(error) => {
            report::plain(&format!("{address}: {error}"), "choose another --port");
            Exit::Unusable
        }
    }
}

fn serve(work: impl Future<Output = std::io::Result<()>>) -> std::io::Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
