//! The same input gives the same bytes, whatever is around it.

use crate::scratch::{Scratch, cases, files};
use std::fs;

#[test]
fn the_surroundings_do_not_show() {
    let mut names: Vec<_> = fs::read_dir(cases("golden"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    for case in names {
        let name = case.file_name().unwrap().to_str().unwrap();
        let mut outputs = Vec::new();
        for (round, environment) in [
            [
                ("TZ", "UTC"),
                ("LANG", "C"),
                ("RAYON_NUM_THREADS", "1"),
                ("USER", "a"),
            ],
            [
                ("TZ", "Asia/Kathmandu"),
                ("LANG", "tr_TR.UTF-8"),
                ("RAYON_NUM_THREADS", "7"),
                ("USER", "b"),
            ],
        ]
        .into_iter()
        .enumerate()
        {
            let scratch = Scratch::new(&format!("same-{name}-{round}"));
            // Another working folder and another HOME each time, at the same
            // depth: the path to the runtime is relative.
            let folder = scratch.case().join(["x", "another"][round]);
            fs::create_dir_all(&folder).unwrap();
            fs::copy(case.join("spec.yaml"), folder.join("spec.yaml")).unwrap();
            let output = scratch
                .command(&[
                    "generate",
                    "spec.yaml",
                    "--out",
                    "out",
                    "--name",
                    "sample",
                    "--runtime-path",
                    "/nonexistent",
                ])
                .current_dir(&folder)
                .envs(environment)
                .env("HOME", &folder)
                .output()
                .unwrap();
            assert!(
                output.status.success(),
                "{name}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            outputs.push((files(&folder.join("out")), output.stderr));
        }
        assert_eq!(
            outputs[0].0.keys().collect::<Vec<_>>(),
            outputs[1].0.keys().collect::<Vec<_>>(),
            "{name}"
        );
        for (path, bytes) in &outputs[0].0 {
            assert!(
                outputs[1].0.get(path) == Some(bytes),
                "{name}: {path} differs"
            );
        }
        assert_eq!(outputs[0].1, outputs[1].1, "{name}: stderr differs");
    }
}

/// Generating over an existing crate leaves what was there as it was.
#[test]
fn twice_into_one_folder() {
    let scratch = Scratch::new("same-twice");
    fs::copy(
        cases("golden/names/spec.yaml"),
        scratch.case().join("spec.yaml"),
    )
    .unwrap();
    scratch.generate("spec.yaml", &[]).assert_generated();
    let first = files(&scratch.case().join("out"));
    scratch.generate("spec.yaml", &[]).assert_generated();
    assert!(files(&scratch.case().join("out")) == first);
}

/// A failure leaves a crate that is there untouched.
#[test]
fn a_failure_leaves_the_old_crate() {
    let scratch = Scratch::new("same-failure");
    fs::copy(
        cases("golden/names/spec.yaml"),
        scratch.case().join("spec.yaml"),
    )
    .unwrap();
    scratch.generate("spec.yaml", &[]).assert_generated();
    let first = files(&scratch.case().join("out"));
    scratch.write("spec.yaml", "openapi: 3.0.3\npaths: {");
    let run = scratch.generate("spec.yaml", &[]);
    assert_eq!(run.output.status.code(), Some(3), "{}", run.stderr());
    assert!(files(&scratch.case().join("out")) == first);
}
