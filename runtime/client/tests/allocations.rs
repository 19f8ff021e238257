//! What nobody uses costs no memory: retries, the limits of servers and the like
//! allocate nothing for a call that goes well.
//!
//! Alone in its program, since it counts what the whole program allocates.

use http::StatusCode;
use pontoon_runtime::codegen::*;
use pontoon_runtime::transport::{BoxFuture, Request, Response as Answer, Transport};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

struct Counting;
static COUNT: AtomicU64 = AtomicU64::new(0);

// SAFETY: all is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller of this function says.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller of this function says.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static GET: Operation = Operation {
    id: "things/get",
    path: "/things",
    responses: &[Accepted::json(200, 0)],
    ..Operation::BLANK
};
static API: Api = Api {
    user_agent: "things/1.0",
    ..Api::BLANK
};

struct Fixed;
impl Transport for Fixed {
    fn send(&self, _: Request) -> BoxFuture<Result<Answer, Error>> {
        Box::pin(async { Ok(Answer::json(StatusCode::OK, "{}")) })
    }
}

fn allocations(set: impl FnOnce(Builder) -> Builder) -> u64 {
    let builder = ClientBuilder::new(&API)
        .base_url("https://things.example")
        .transport(Fixed);
    let client = set(builder).build().expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime");
    let call = || {
        let before = COUNT.load(Ordering::Relaxed);
        let value = runtime.block_on(client.call(&GET).send::<Json>());
        value.expect("an answer");
        COUNT.load(Ordering::Relaxed) - before
    };
    call();
    call()
}
type Builder = ClientBuilder<CoreClient>;

#[test]
fn what_is_not_used_allocates_nothing() {
    let nothing = allocations(|builder| builder.no_retries().server_limit_wait(None));
    let defaults = allocations(|builder| builder);
    assert_eq!(defaults, nothing);
    assert!(nothing > 0);
}
