//! Answers every request at once with the page of issues, or with one milestone where
//! the path asks for one; with `?hold=N`, when N requests wait. HTTP/1.1 with keep-alive,
//! one thread. Prints its port.

use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use pontoon_bench::payload;
use std::convert::Infallible;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    let page = Bytes::from(payload::page());
    let small = Bytes::from(payload::small());
    let waiting = tokio::sync::watch::Sender::new(0_usize);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (page, small, waiting) = (page.clone(), small.clone(), waiting.clone());
        let service = service_fn(move |request: Request<hyper::body::Incoming>| {
            let one = request.uri().path().contains("/milestones/");
            let body = if one { small.clone() } else { page.clone() };
            let held = request.uri().query().and_then(|query| query.strip_prefix("hold="));
            let held: Option<usize> = held.and_then(|count| count.parse().ok());
            let waiting = waiting.clone();
            async move {
                if let Some(count) = held {
                    waiting.send_modify(|waiting| *waiting += 1);
                    // The sender is alive: it is this one.
                    let _ = waiting.subscribe().wait_for(|now| *now >= count).await;
                }
                let mut response = Response::new(Full::new(body));
                let json =
                    hyper::header::HeaderValue::from_static("application/json; charset=utf-8");
                response
                    .headers_mut()
                    .insert(hyper::header::CONTENT_TYPE, json);
                Ok::<_, Infallible>(response)
            }
        });
        tokio::spawn(async move {
            let connection = hyper::server::conn::http1::Builder::new();
            // A client that goes away is no news.
            let _ = connection
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
