//! Input that cannot be used: exit code 3, golden text, nothing written.

use crate::scratch::{cases, open};

#[track_caller]
fn check(name: &str) {
    let case = cases("negative/refused").join(name);
    let (scratch, input, arguments) = open(&case, &format!("refused-{name}"));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    scratch
        .generate(&input, &arguments)
        .assert_refused()
        .assert_stderr(&case.join("expected.stderr"));
}

macro_rules! cases {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        #[test]
        fn every_case_is_run() {
            let listed = [$(stringify!($name)),*];
            for entry in std::fs::read_dir(cases("negative/refused")).unwrap() {
                let name = entry.unwrap().file_name();
                assert!(listed.iter().any(|other| name == **other), "{name:?} is not run");
            }
        }
    };
}

cases! {
    array_root
    binary
    broken_yaml
    config_missing
    config_not_toml
    config_unknown_key
    empty
    filter_keeps_nothing
    html
    no_operations
    not_a_spec
    only_comments
    overlay_target
    scalar_root
    truncated_json
    yaml_bomb
    yaml_self_alias
}
