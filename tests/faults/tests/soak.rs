//! The small form of the soak; `tests/faults/run --full` is the long one.

use pontoon_faults::client::Transport;
use pontoon_faults::soak::Soak;

#[global_allocator]
static MEMORY: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

#[tokio::test]
async fn many_callers_leave_nothing_behind() {
    for &transport in Transport::ALL {
        let soak = Soak {
            transport,
            callers: 64,
            calls: 40,
            seed: 17,
        };
        let tally = soak.run(|| MEMORY.current_usage()).await;
        let tally = tally.expect("a server");
        let objections = tally.objections();
        assert!(
            objections.is_empty(),
            "{objections:?}\n{}",
            tally.text(&soak)
        );
        let calls: usize = tally.ends.values().sum();
        assert_eq!(calls, soak.callers * soak.calls);
        assert!(tally.ends["answered"] > calls / 2, "{}", tally.text(&soak));
    }
}
