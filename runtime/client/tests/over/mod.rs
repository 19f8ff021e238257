//! Which transport the tests on sockets run over: the built-in one, or hyper's where
//! `PONTOON_TEST_TRANSPORT=hyper` is in the environment.

use pontoon_runtime::ClientBuilder;
use pontoon_runtime::codegen::CoreClient;
#[cfg(feature = "hyper")]
use pontoon_runtime::transport;
use std::time::Duration;

/// A builder with that transport, and how long a server may be silent.
pub(crate) fn over<C: From<CoreClient>>(
    builder: ClientBuilder<C>,
    read_timeout: Option<Duration>,
) -> ClientBuilder<C> {
    match std::env::var("PONTOON_TEST_TRANSPORT").as_deref() {
        #[cfg(feature = "hyper")]
        Ok("hyper") => {
            let mut hyper = transport::Hyper::builder();
            if let Some(limit) = read_timeout {
                hyper = hyper.read_timeout(limit);
            }
            builder.transport(hyper.build().expect("a transport"))
        }
        Ok(other) => panic!("PONTOON_TEST_TRANSPORT={other}: not known, or not compiled in"),
        Err(_) => built_in(builder, read_timeout),
    }
}

fn built_in<C: From<CoreClient>>(
    builder: ClientBuilder<C>,
    read_timeout: Option<Duration>,
) -> ClientBuilder<C> {
    #[cfg(feature = "reqwest")]
    let builder = builder.no_proxy();
    match read_timeout {
        Some(limit) => builder.read_timeout(limit),
        None => builder,
    }
}
