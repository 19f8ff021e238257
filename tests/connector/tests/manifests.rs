//! The committed manifests are what the interpreter reads.

use pontoon_connector::Connector;
use pontoon_connector::interpret::{Config, Interpreted};
use pontoon_connector::manifest::Manifest;

#[tokio::test]
async fn every_committed_manifest_is_read() {
    let generated = std::fs::read_dir(pontoon_tests::root().join("generated"));
    let mut count = 0;
    for entry in generated.expect("the folder") {
        let path = entry.expect("an entry").path().join("connector.json");
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let manifest = Manifest::parse(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let proven = manifest
            .streams
            .iter()
            .filter(|one| one.is_proven())
            .count();
        let mut config = Config::default();
        config.base_url = Some("http://localhost".to_owned());
        let connector = Interpreted::new(manifest, config).expect("a connector");
        let streams = connector.discover().await.expect("streams");
        assert_eq!(streams.len(), proven, "{path:?}");
        count += 1;
    }
    assert!(count >= 6, "{count}");
}
