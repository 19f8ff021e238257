//! The wire log.

use crate::api::{Client, Pet, always, key, query};
use pontoon_runtime::CallOptions;
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn shows_all_but_secrets() {
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let sink = Arc::clone(&lines);
    let client = Client::builder()
        .transport(always(
            201,
            "{\"id\":1,\n\"name\":\"x\",\"api_key\":\"s3cret\"}",
        ))
        .decompress(false)
        .credential(key("s3cret"))
        .credential(query("s3cret"))
        .wire_log(move |event| sink.lock().expect("the log").push(event.to_string()))
        .build()
        .expect("a client");
    let call = client.create(&Pet::new(1)).header("Cookie", "s3cret");
    call.send().await.expect("a pet");
    let lines = lines.lock().expect("the log");
    assert_eq!(
        lines[0],
        "> POST https://eu.pets.example/v1/pets?pet=*** (pets/create)\n\
         > user-agent: pets/1.0\n\
         > x-version: 2\n\
         > accept: application/json\n\
         > content-type: application/json\n\
         > cookie: ***\n\
         > x-pet: ***\n\
         >   {\"id\":1}"
    );
    assert!(lines[1].starts_with("< 201 Created in "), "{}", lines[1]);
    assert!(lines[1].ends_with("<   {\"id\":1,\n<   \"name\":\"x\",\"api_key\":\"***\"}"));
    assert_eq!(lines.len(), 2);
}
