//! HTTP digest: the server's challenge is answered.

use crate::api::code;
use http::HeaderValue;
use http::header::WWW_AUTHENTICATE;
use pontoon_runtime::codegen::*;
use pontoon_runtime::transport::{Memory, Response as Answer};

static GET: Operation = Operation {
    id: "get",
    path: "/dir/index.html",
    parameters: &[Parameter::query("a")],
    responses: &[Accepted::json(200, 0)],
    security: &[&[Requirement {
        scheme: 0,
        scopes: &[],
    }]],
    ..Operation::BLANK
};
static API: Api = Api {
    user_agent: "digest/1.0",
    schemes: &[Scheme {
        name: "login",
        kind: SchemeKind::Digest,
        env: &[],
    }],
    ..Api::BLANK
};

#[tokio::test]
async fn the_challenge_is_answered_and_kept() {
    // The example of RFC 2617, section 3.5, without `qop`, so that the answer holds
    // nothing random; computed by another program.
    let memory = Memory::new(|request| {
        let sent = request.header("authorization").unwrap_or_default();
        if sent.contains("response=\"986b2d0f2acc4f08bf7e5cc260fe2835\"") {
            return Ok(Answer::json(code(200), "{}"));
        }
        let challenge = HeaderValue::from_static(
            "Digest realm=\"testrealm@host.com\", \
             nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"",
        );
        let basic = HeaderValue::from_static("Basic realm=\"x\"");
        let answer = Answer::new(code(401)).with_header(WWW_AUTHENTICATE, basic);
        Ok(answer.with_header(WWW_AUTHENTICATE, challenge))
    });
    let client = |password: &str| -> CoreClient {
        let builder = ClientBuilder::new(&API).base_url("https://h.example");
        let builder = builder.transport(memory.clone());
        let login = Credential::basic(0, "Mufasa", password);
        builder.credential(login).build().expect("a client")
    };
    let right = client("Circle Of Life");
    for _ in 0..2 {
        let call = right.call(&GET).param(0, View::Str("b"));
        call.send::<Json>().await.expect("an answer");
    }
    // The first call is challenged, the second knows what to answer.
    assert_eq!(memory.requests().len(), 3);
    assert!(!format!("{:?}", memory.requests()).contains("response="));
    let call = client("wrong").call(&GET).param(0, View::Str("b"));
    let error = call.send::<Json>().await.expect_err("a wrong password");
    assert!(error.is_auth());
    assert_eq!(memory.requests().len(), 5);
}
