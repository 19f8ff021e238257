//! Lists all issues of a repository, on the generated client:
//!
//!     ours OWNER REPO
//!
//! `GITHUB_TOKEN` is the token, `GITHUB_URL` another server than the vendor's.

use pontoon_github::{Client, Error, models::IssuesListForRepoState};
use std::process::ExitCode;
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(owner), Some(repo)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: ours OWNER REPO");
        return ExitCode::from(2);
    };
    match run(&owner, &repo).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(match error {
                error if error.is_auth() => 3,
                error if error.is_not_found() => 4,
                error if error.is_rate_limited() => 5,
                _ => 1,
            })
        }
    }
}

async fn run(owner: &str, repo: &str) -> Result<(), Error> {
    let mut builder = Client::builder()
        .credentials_from_env()
        .timeout(Duration::from_secs(30));
    if let Ok(base) = std::env::var("GITHUB_URL") {
        builder = builder.base_url(base);
    }
    let client = builder.build()?;
    let issues = client.issues().list_for_repo(owner, repo);
    let issues = issues.state(IssuesListForRepoState::All).per_page(100);
    for issue in issues.items().collect().await? {
        let author = issue.user.map_or("nobody".to_owned(), |user| user.login);
        println!(
            "#{} [{}] {} by {author}",
            issue.number, issue.state, issue.title
        );
    }
    Ok(())
}
