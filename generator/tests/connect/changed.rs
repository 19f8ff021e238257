//! A description that lost something, on the store of before.

use crate::acme::{Acme, ROWS, SPEC};

#[test]
fn a_lost_column_stays_with_its_values() {
    let acme = Acme::new();
    let served = acme.serve(SPEC, 60, 0);
    acme.sync(&served.url).is(0, &["60 records"]);
    let before = "SELECT count(*) FROM things WHERE note IS NOT NULL AND name IS NOT NULL";
    assert_eq!(acme.count(before), 60);
    let poorer = SPEC.replace("        note: {type: string}\n", "");
    acme.described(&poorer);
    let served = acme.serve(&poorer, 80, 0);
    acme.sync(&served.url).is(0, &["80 records"]);
    acme.holds(80);
    assert_eq!(acme.count(before), 60);
    // It comes back: the column is the same one.
    acme.described(SPEC);
    let served = acme.serve(SPEC, 80, 0);
    acme.sync(&served.url).is(0, &["80 records"]);
    acme.holds(80);
    assert_eq!(acme.count(before), 80);
}

#[test]
fn a_lost_key_is_refused_and_nothing_is_touched() {
    let acme = Acme::new();
    let served = acme.serve(SPEC, 60, 0);
    acme.sync(&served.url).is(0, &["60 records"]);
    let poorer = SPEC
        .replace("        id: {type: integer}\n", "")
        .replace("required: [id, body]", "required: [body]");
    acme.described(&poorer);
    acme.sync(&served.url).is(
        1,
        &[
            "stream `things`: the table's key is (id), the stream's is ()",
            "= help: sync into another file, or drop the table and its state",
        ],
    );
    acme.holds(60);
    acme.described(SPEC);
    acme.sync(&served.url).is(0, &["60 records"]);
    acme.holds(60);
}

#[test]
fn a_lost_stream_is_named_and_its_table_stays() {
    let acme = Acme::new();
    let served = acme.serve(SPEC, 60, 0);
    acme.sync(&served.url).is(0, &["60 records"]);
    let other = SPEC.replace("  /things:\n", "  /objects:\n");
    acme.described(&other.replace("listThings", "listObjects"));
    let lost = acme.sync(&served.url);
    lost.is(
        3,
        &[
            "stream `things`: there is no such stream",
            "= help: there are: objects",
        ],
    );
    acme.holds(60);
}

#[test]
fn a_column_of_another_type_keeps_what_is_there() {
    let acme = Acme::new();
    let served = acme.serve(SPEC, 60, 0);
    acme.sync(&served.url).is(0, &["60 records"]);
    let other = SPEC.replace("note: {type: string}", "note: {type: integer}");
    acme.described(&other);
    let served = acme.serve(&other, 70, 0);
    acme.sync(&served.url).is(0, &["70 records"]);
    acme.holds(70);
    assert_eq!(acme.count(&format!("{ROWS} WHERE note IS NOT NULL")), 70);
}

/// A shorter path that would have the name: the stream of before keeps it and its table.
#[test]
fn a_new_stream_takes_no_name_that_is_given() {
    let acme = Acme::new();
    let deep = SPEC.replace("  /things:\n", "  /{area}/things:\n").replace(
        "        - {name: limit,",
        "        - {name: area, in: path, required: true, schema: {type: string}}\n        - {name: limit,",
    );
    acme.described(&deep);
    let manifest = || {
        let text = std::fs::read_to_string(acme.path("connector.json")).expect("it");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let streams = value["streams"].as_array().expect("streams").iter();
        let rows = streams.map(|stream| {
            format!(
                "{} {}",
                stream["name"].as_str().unwrap_or(""),
                stream["operation"].as_str().unwrap_or("")
            )
        });
        rows.collect::<Vec<_>>()
    };
    assert_eq!(manifest(), ["things listThings"]);
    let list =
        &SPEC[SPEC.find("  /things:\n").expect("it")..SPEC.find("  /things/{id}:").expect("it")];
    let both = deep.replace(
        "  /things/{id}:",
        &format!(
            "{}  /things/{{id}}:",
            list.replace("listThings", "listAllThings")
        ),
    );
    acme.described(&both);
    let mut found = manifest();
    found.sort();
    assert_eq!(found, ["things listThings", "things_2 listAllThings"]);
    // In a folder of its own, the shorter path has it.
    std::fs::remove_file(acme.path("connector.json")).expect("it");
    acme.described(&both);
    assert!(
        manifest().contains(&"things listAllThings".to_owned()),
        "{:?}",
        manifest()
    );
}
