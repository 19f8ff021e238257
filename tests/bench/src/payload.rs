//! What the server answers: one milestone of 1.3 KB, and a page of 100 issues as
//! an issue tracker sends them, made up by a small deterministic generator.

const API: &str = "https://api.test/repos/acme/widgets";
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

/// xorshift.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn words(&mut self, count: u64) -> String {
        let mut words = Vec::new();
        for _ in 0..count {
            words.push(WORDS[self.next(WORDS.len() as u64) as usize]);
        }
        words.join(" ")
    }

    fn user(&mut self) -> String {
        let id = self.next(90_000_000);
        let login = format!("u{}", id % 1000);
        let api = format!("https://api.test/users/{login}");
        format!(
            r#"{{"login":"{login}","id":{id},"node_id":"MDQ6VXNlc{id}","avatar_url":"https://avatars.test/u/{id}?v=4","gravatar_id":"","url":"{api}","html_url":"https://api.test/{login}","followers_url":"{api}/followers","following_url":"{api}/following{{/other_user}}","gists_url":"{api}/gists{{/gist_id}}","starred_url":"{api}/starred{{/owner}}{{/repo}}","subscriptions_url":"{api}/subscriptions","organizations_url":"{api}/orgs","repos_url":"{api}/repos","events_url":"{api}/events{{/privacy}}","received_events_url":"{api}/received_events","type":"User","user_view_type":"public","site_admin":false}}"#
        )
    }

    fn label(&mut self) -> String {
        let id = self.next(900_000_000);
        format!(
            r#"{{"id":{id},"node_id":"MDU6TGFi{id}","url":"{API}/labels/C-bug","name":"C-bug","color":"f5f1fd","default":false,"description":"Category: this is a bug."}}"#
        )
    }

    fn issue(&mut self) -> String {
        let number = self.next(100_000);
        let id = 1_000_000_000 + self.next(1_000_000_000);
        let url = format!("{API}/issues/{number}");
        let user = self.user();
        let closed = self.next(2) == 0;
        let assigned = self.next(4) == 0;
        let assignee = if assigned {
            self.user()
        } else {
            "null".to_owned()
        };
        let assignees = if assigned { assignee.as_str() } else { "" };
        let labels: Vec<String> = (0..self.next(3)).map(|_| self.label()).collect();
        let labels = labels.join(",");
        let title = self.words(7);
        let length = 10 + self.next(30);
        let body = self.words(length);
        let (state, reason, closed_at) = if closed {
            ("closed", "\"completed\"", "\"2026-01-02T03:04:05Z\"")
        } else {
            ("open", "null", "null")
        };
        let comments = self.next(40);
        format!(
            r#"{{"url":"{url}","repository_url":"{API}","labels_url":"{url}/labels{{/name}}","comments_url":"{url}/comments","events_url":"{url}/events","html_url":"https://api.test/acme/widgets/issues/{number}","id":{id},"node_id":"I_kwDOA{id}","number":{number},"title":"{title}","user":{user},"labels":[{labels}],"state":"{state}","locked":false,"assignee":{assignee},"assignees":[{assignees}],"milestone":null,"comments":{comments},"created_at":"2025-11-12T13:14:15Z","updated_at":"2026-01-02T03:04:05Z","closed_at":{closed_at},"author_association":"MEMBER","active_lock_reason":null,"sub_issues_summary":{{"total":0,"completed":0,"percent_completed":0}},"issue_dependencies_summary":{{"blocked_by":0,"total_blocked_by":0,"blocking":0,"total_blocking":0}},"body":"{body}","reactions":{{"url":"{url}/reactions","total_count":3,"+1":2,"-1":0,"laugh":0,"hooray":1,"confused":0,"heart":0,"rocket":0,"eyes":0}},"timeline_url":"{url}/timeline","performed_via_github_app":null,"state_reason":{reason}}}"#
        )
    }
}

/// A page of 100 issues.
pub fn page() -> String {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let issues: Vec<String> = (0..100).map(|_| random.issue()).collect();
    format!("[{}]", issues.join(","))
}

/// One milestone.
pub fn small() -> String {
    let user = Random(0x2545_F491_4F6C_DD1D).user();
    format!(
        r#"{{"url":"{API}/milestones/7","html_url":"https://api.test/acme/widgets/milestone/7","labels_url":"{API}/milestones/7/labels","id":1002604,"node_id":"MDk6TWlsZXN0b25lMTAwMjYwNA==","number":7,"state":"open","title":"v1.0","description":"Tracking for version 1.0","creator":{user},"open_issues":4,"closed_issues":8,"created_at":"2025-04-10T20:09:31Z","updated_at":"2026-03-03T18:58:10Z","closed_at":null,"due_on":"2026-10-09T23:39:01Z"}}"#
    )
}
