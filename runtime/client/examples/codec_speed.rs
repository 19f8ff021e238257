//! Speed of the JSON codec beside serde's derive and `serde_json`, on a page of
//! 100 objects as an issue tracker sends them.
//!
//! Run with `cargo run --release -p pontoon-runtime --example codec_speed`. The
//! rounds are interleaved; the figures are medians. With `--features jiff` the
//! date-times of the tables are typed, those of serde stay texts.

#![allow(unreachable_pub)]

use pontoon_runtime::codec::json::{Mode, decode, encode};
use pontoon_runtime::codegen::Reflect;
use pontoon_runtime::json::Json;
use std::hint::black_box;
use std::time::Instant;

/// One list of types for both sides.
macro_rules! types {
    ($object:ident) => {
        $object! { Issue {
            0 url: String = R, 1 repository_url: String = R, 2 labels_url: String = R,
            3 comments_url: String = R, 4 events_url: String = R, 5 html_url: String = R,
            6 id: i64 = R, 7 node_id: String = R, 8 number: i64 = R, 9 title: String = R,
            10 user: Option<User> = N, 11 labels: Vec<Label> = R, 12 state: State = R,
            13 locked: bool = R, 14 assignee: Option<User> = N, 15 assignees: Vec<User> = R,
            16 milestone: Option<String> = N, 17 comments: i64 = R, 18 created_at: Moment = R,
            19 updated_at: Moment = R, 20 closed_at: Option<Moment> = N,
            21 author_association: Association = R, 22 active_lock_reason: Option<String> = N,
            23 draft: bool = R, 24 body: Option<String> = N, 25 reactions: Reactions = R,
            26 timeline_url: String = R, 27 score: f64 = R,
        } }
        $object! { User {
            0 login: String = R, 1 id: i64 = R, 2 node_id: String = R, 3 avatar_url: String = R,
            4 gravatar_id: Option<String> = N, 5 url: String = R, 6 html_url: String = R,
            7 followers_url: String = R, 8 following_url: String = R, 9 gists_url: String = R,
            10 starred_url: String = R, 11 subscriptions_url: String = R,
            12 organizations_url: String = R, 13 repos_url: String = R, 14 events_url: String = R,
            15 received_events_url: String = R, 16 site_admin: bool = R,
        } }
        $object! { Label {
            0 id: i64 = R, 1 node_id: String = R, 2 url: String = R, 3 name: String = R,
            4 color: String = R, 5 default: bool = R, 6 description: Option<String> = N,
        } }
        $object! { Reactions {
            0 url: String = R, 1 total_count: i64 = R, 2 laugh: i64 = R, 3 hooray: i64 = R,
            4 confused: i64 = R, 5 heart: i64 = R, 6 rocket: i64 = R, 7 eyes: i64 = R,
        } }
    };
}

mod tables {
    use pontoon_runtime::codegen::*;

    #[cfg(feature = "jiff")]
    type Moment = jiff::Timestamp;
    #[cfg(not(feature = "jiff"))]
    type Moment = String;

    const R: u8 = Field::REQUIRED;
    const N: u8 = Field::REQUIRED | Field::NULLABLE;

    macro_rules! object {
        ($name:ident { $($index:literal $field:ident: $type:ty = $flags:ident,)* }) => {
            #[derive(Clone)]
            pub struct $name { $(pub $field: $type,)* }
            models! { $name }
            impl Reflect for $name {
                fn blank() -> Self {
                    Self { $($field: blank(),)* }
                }
                fn table(&self) -> &'static Table {
                    &Table {
                        name: stringify!($name),
                        fields: &[$(Field { name: stringify!($field), flags: $flags },)*],
                        additional: false,
                    }
                }
                fn slot_at(&mut self, index: usize) -> Slot<'_> {
                    match index { $($index => self.$field.slot(),)* _ => Slot::Unit }
                }
                fn view_at(&self, index: usize) -> View<'_> {
                    match index { $($index => self.$field.view(),)* _ => View::Absent }
                }
            }
        };
    }
    types!(object);

    open_enum! { pub enum State { Open = "open", Closed = "closed" } }
    open_enum! { pub enum Association {
        Collaborator = "COLLABORATOR", Contributor = "CONTRIBUTOR", Member = "MEMBER", None = "NONE",
    } }
}

mod derived {
    use serde::{Deserialize, Serialize};

    type Moment = String;

    macro_rules! object {
        ($name:ident { $($index:literal $field:ident: $type:ty = $flags:ident,)* }) => {
            #[derive(Clone, Serialize, Deserialize)]
            pub struct $name { $(pub $field: $type,)* }
        };
    }
    types!(object);

    #[derive(Clone, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum State {
        Open,
        Closed,
    }
    #[derive(Clone, Serialize, Deserialize)]
    #[serde(rename_all = "UPPERCASE")]
    pub enum Association {
        Collaborator,
        Contributor,
        Member,
        None,
    }
}

/// A small deterministic generator (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn words(&mut self, count: u64) -> String {
        const WORDS: [&str; 12] = [
            "crash",
            "when",
            "the",
            "parser",
            "reads",
            "\\\"quoted\\\"",
            "input",
            "naïve",
            "\\r\\n",
            "panic",
            "`main.rs`",
            "see",
        ];
        let words: Vec<&str> = (0..count)
            .map(|_| WORDS[self.next(WORDS.len() as u64) as usize])
            .collect();
        words.join(" ")
    }

    fn user(&mut self) -> String {
        let id = self.next(90_000_000);
        let login = format!("user-{id}");
        let api = format!("https://api.example.com/users/{login}");
        format!(
            r#"{{"login":"{login}","id":{id},"node_id":"MDQ6VXNlc{id}","avatar_url":"https://avatars.example.com/u/{id}?v=4","gravatar_id":"","url":"{api}","html_url":"https://example.com/{login}","followers_url":"{api}/followers","following_url":"{api}/following{{/other_user}}","gists_url":"{api}/gists{{/gist_id}}","starred_url":"{api}/starred{{/owner}}{{/repo}}","subscriptions_url":"{api}/subscriptions","organizations_url":"{api}/orgs","repos_url":"{api}/repos","events_url":"{api}/events{{/privacy}}","received_events_url":"{api}/received_events","site_admin":false}}"#
        )
    }

    fn issue(&mut self) -> String {
        let number = self.next(100_000);
        let id = 1_000_000_000 + self.next(1_000_000_000);
        let api = "https://api.example.com/repos/acme/widgets";
        let url = format!("{api}/issues/{number}");
        let user = self.user();
        let closed = self.next(2) == 0;
        let assignee = if self.next(3) == 0 {
            self.user()
        } else {
            "null".to_owned()
        };
        let assignees = if assignee == "null" {
            String::new()
        } else {
            assignee.clone()
        };
        let labels: Vec<String> = (0..self.next(3))
            .map(|_| {
                let id = self.next(900_000_000);
                format!(
                    r#"{{"id":{id},"node_id":"MDU6TGFi{id}","url":"{api}/labels/C-bug","name":"C-bug","color":"f5f1fd","default":false,"description":"Category: this is a bug."}}"#
                )
            })
            .collect();
        let labels = labels.join(",");
        let title = self.words(7);
        let length = 20 + self.next(120);
        let body = self.words(length);
        let state = if closed { "closed" } else { "open" };
        let closed_at = if closed {
            r#""2026-01-02T03:04:05Z""#
        } else {
            "null"
        };
        let comments = self.next(40);
        let score = self.next(10_000) as f64 / 16.0;
        format!(
            r#"{{"url":"{url}","repository_url":"{api}","labels_url":"{url}/labels{{/name}}","comments_url":"{url}/comments","events_url":"{url}/events","html_url":"https://example.com/acme/widgets/issues/{number}","id":{id},"node_id":"I_kwDOA{id}","number":{number},"title":"{title}","user":{user},"labels":[{labels}],"state":"{state}","locked":false,"assignee":{assignee},"assignees":[{assignees}],"milestone":null,"comments":{comments},"created_at":"2025-11-12T13:14:15Z","updated_at":"2026-01-02T03:04:05Z","closed_at":{closed_at},"author_association":"MEMBER","active_lock_reason":null,"draft":false,"body":"{body}","reactions":{{"url":"{url}/reactions","total_count":3,"laugh":0,"hooray":1,"confused":0,"heart":2,"rocket":0,"eyes":0}},"timeline_url":"{url}/timeline","score":{score:?}}}"#
        )
    }
}

fn page() -> String {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let issues: Vec<String> = (0..100).map(|_| random.issue()).collect();
    format!("[{}]", issues.join(","))
}

fn decode_tables(page: &[u8]) -> Vec<tables::Issue> {
    let mut issues: Vec<tables::Issue> = Reflect::blank();
    decode(page, issues.slot()).expect("the page is valid");
    issues
}

fn decode_derived(page: &[u8]) -> Vec<derived::Issue> {
    serde_json::from_slice(page).expect("the page is valid")
}

/// MB/s of each task, medians of interleaved rounds.
fn measure(size: usize, tasks: &mut [&mut dyn FnMut()]) -> Vec<f64> {
    const ROUNDS: usize = 41;
    const PASSES: usize = 20;
    let mut times = vec![Vec::new(); tasks.len()];
    for _ in 0..ROUNDS {
        for (task, times) in tasks.iter_mut().zip(&mut times) {
            let start = Instant::now();
            for _ in 0..PASSES {
                task();
            }
            times.push(start.elapsed().as_secs_f64());
        }
    }
    times
        .iter_mut()
        .map(|times| {
            times.sort_by(f64::total_cmp);
            (size * PASSES) as f64 / times[ROUNDS / 2] / 1e6
        })
        .collect()
}

fn report(what: &str, speeds: &[f64]) {
    let [tables, derived] = speeds else { return };
    let ratio = tables / derived * 100.0;
    println!(
        "{what:<24} tables {tables:6.0} MB/s   serde derive {derived:6.0} MB/s   {ratio:4.0} %"
    );
}

fn main() {
    let page = page();
    let bytes = page.as_bytes();
    let size = bytes.len();
    let ours = decode_tables(bytes);
    let theirs = decode_derived(bytes);
    let written = encode(ours.view(), Mode::Whole).expect("the page can be written");
    assert_eq!(
        written,
        serde_json::to_vec(&theirs).expect("the page can be written")
    );
    println!("{} issues, {} KB", ours.len(), size / 1000);

    let speeds = measure(
        size,
        &mut [
            &mut || drop(black_box(decode_tables(black_box(bytes)))),
            &mut || drop(black_box(decode_derived(black_box(bytes)))),
        ],
    );
    report("decode", &speeds);
    let sorted = Json::parse(bytes).expect("the page is valid").to_vec();
    let speeds = measure(
        sorted.len(),
        &mut [
            &mut || drop(black_box(decode_tables(black_box(&sorted)))),
            &mut || drop(black_box(decode_derived(black_box(&sorted)))),
        ],
    );
    report("decode, keys sorted", &speeds);
    let speeds = measure(
        written.len(),
        &mut [
            &mut || drop(black_box(encode(black_box(&ours).view(), Mode::Whole))),
            &mut || drop(black_box(serde_json::to_vec(black_box(&theirs)))),
        ],
    );
    report("encode", &speeds);
    #[cfg(feature = "jiff")]
    date_times();
}

/// Date-times beside the same texts as strings: nanoseconds each.
#[cfg(feature = "jiff")]
fn date_times() {
    use pontoon_runtime::jiff::Timestamp;
    let texts: Vec<String> = (0..1000)
        .map(|n| format!("\"2025-11-12T{:02}:14:{:02}Z\"", n % 24, n % 60))
        .collect();
    let list = format!("[{}]", texts.join(","));
    let list = list.as_bytes();
    fn read<T: Reflect>(list: &[u8]) -> Vec<T> {
        let mut values: Vec<T> = Reflect::blank();
        decode(list, values.slot()).expect("the list is valid");
        values
    }
    let speeds = measure(
        texts.len(),
        &mut [
            &mut || drop(black_box(read::<Timestamp>(black_box(list)))),
            &mut || drop(black_box(read::<String>(black_box(list)))),
        ],
    );
    if let [typed, texts] = speeds.as_slice() {
        let (typed, texts) = (1e3 / typed, 1e3 / texts);
        println!("a date-time              typed {typed:6.0} ns     string {texts:6.0} ns");
    }
}
