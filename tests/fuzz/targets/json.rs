//! JSON to typed models and back: what was decoded encodes, and decodes to the
//! same value again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pontoon_jupyter::models as jupyter;
use pontoon_prefect::models as prefect;
use pontoon_runtime::codec::json::{Mode, decode, encode};
use pontoon_runtime::codegen::{BTreeMap, Json, Nullable, Reflect, blank};

fn check<T: Reflect + PartialEq + std::fmt::Debug>(text: &[u8]) {
    let mut value: T = blank();
    if decode(text, value.slot()).is_err() {
        return;
    }
    let Ok(again) = encode(value.view(), Mode::Whole) else {
        return;
    };
    let mut second: T = blank();
    if let Err(error) = decode(&again, second.slot()) {
        panic!("{error} in {}", String::from_utf8_lossy(&again));
    }
    assert_eq!(value, second, "{}", String::from_utf8_lossy(&again));
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, text)) = data.split_first() else {
        return;
    };
    match kind % 12 {
        0 => check::<Json>(text),
        1 => check::<jupyter::Contents>(text),
        2 => check::<jupyter::Session>(text),
        3 => check::<jupyter::Kernel>(text),
        4 => check::<prefect::FlowRunResponse>(text),
        5 => check::<prefect::DeploymentResponse>(text),
        6 => check::<prefect::Automation>(text),
        7 => check::<prefect::FlowRunFilter>(text),
        8 => check::<Vec<prefect::BlockDocument>>(text),
        9 => check::<BTreeMap<String, Nullable<prefect::State>>>(text),
        10 => check::<Vec<Option<f64>>>(text),
        _ => check::<BTreeMap<String, Vec<i64>>>(text),
    }
});
