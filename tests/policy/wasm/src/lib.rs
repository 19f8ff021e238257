//! Calls through the whole pipeline, without threads, clocks and sockets. The number
//! that each gives is that of the answer.

use http::StatusCode;
use pontoon_jupyter::auth;
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

/// A call made by hand; below zero where there is no number.
#[unsafe(no_mangle)]
pub extern "C" fn by_hand() -> i32 {
    let builder: ClientBuilder<CoreClient> = ClientBuilder::new(&API);
    let builder = builder.transport(transport(r#"{"number": 42}"#));
    let Ok(client) = builder.base_url("https://h.example").build() else {
        return -1;
    };
    let call = client.call(&GET).timeout(Duration::from_secs(60));
    finish(async {
        let answer = call.send::<Json>().await.ok()?;
        i32::try_from(answer.value["number"].as_i64()?).ok()
    })
}

/// A call of a generated crate.
#[unsafe(no_mangle)]
pub extern "C" fn generated() -> i32 {
    let builder = pontoon_jupyter::Client::builder()
        .transport(transport(r#"{"connections": 42}"#))
        .base_url("https://h.example")
        .credential(auth::token("any"));
    let Ok(client) = builder.build() else {
        return -1;
    };
    let call = client.status().get_api_status();
    finish(async { Some(call.send().await.ok()?.value.connections? as i32) })
}

/// The first attempt is told to wait and come again.
fn transport(answer: &'static str) -> Memory {
    Memory::script([
        Ok(Response::new(StatusCode::SERVICE_UNAVAILABLE)),
        Ok(Response::json(StatusCode::OK, answer)),
    ])
}

fn finish(call: impl Future<Output = Option<i32>>) -> i32 {
    let mut call = pin!(call);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..100 {
        if let Poll::Ready(number) = call.as_mut().poll(&mut context) {
            return number.unwrap_or(-2);
        }
    }
    -3
}

#[cfg(test)]
mod tests {
    #[test]
    fn here() {
        assert_eq!((super::by_hand(), super::generated()), (42, 42));
    }
}
