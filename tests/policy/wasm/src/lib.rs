//! A call through the whole pipeline, without threads, clocks and sockets. The number
//! that it gives is that of the answer.

use http::StatusCode;
use pontoon_runtime::json::Json;
use pontoon_runtime::operation::{Accepted, Api, Operation};
use pontoon_runtime::transport::{Memory, Response};
use pontoon_runtime::{CallOptions, ClientBuilder, CoreClient};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

static API: Api = Api {
    user_agent: "wasm/1.0",
    ..Api::BLANK
};
static GET: Operation = Operation {
    id: "get",
    path: "/number",
    responses: &[Accepted::json(200, 0)],
    ..Operation::BLANK
};

/// The number of the answer; below zero where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> i32 {
    // The first attempt is told to wait and come again.
    let transport = Memory::script([
        Ok(Response::new(StatusCode::SERVICE_UNAVAILABLE)),
        Ok(Response::json(StatusCode::OK, r#"{"number": 42}"#)),
    ]);
    let builder: ClientBuilder<CoreClient> = ClientBuilder::new(&API)
        .base_url("https://h.example")
        .transport(transport);
    let Ok(client) = builder.build() else {
        return -1;
    };
    let call = client.call(&GET).timeout(Duration::from_secs(60));
    let mut answer = pin!(call.send::<Json>());
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..100 {
        if let Poll::Ready(answer) = answer.as_mut().poll(&mut context) {
            let number = answer.ok().and_then(|answer| answer.value["number"].as_i64());
            return number.and_then(|number| i32::try_from(number).ok()).unwrap_or(-2);
        }
    }
    -3
}

#[cfg(test)]
mod tests {
    #[test]
    fn here() {
        assert_eq!(super::run(), 42);
    }
}
