//! The calls by progenitor's client.

use crate::meter::Result;
use std::hint::black_box;

/// The client, shared by all tasks.
#[derive(Clone)]
pub struct Calls(client::Client);

impl Calls {
    /// A client of the server.
    pub fn new(server: &str) -> Self {
        Self(client::Client::new(server))
    }

    /// The page of 100 issues.
    pub async fn page(&self) -> Result<()> {
        let page = self.0.issues_list_for_repo(
            "acme",
            "widgets",
            None,
            None,
            None,
            None,
            None,
            None,
            None,
            None,
            Some(100),
            None,
            None,
            None,
            None,
        );
        black_box(page.await?);
        Ok(())
    }

    /// One milestone.
    pub async fn small(&self) -> Result<()> {
        black_box(self.0.issues_get_milestone("acme", "widgets", 7).await?);
        Ok(())
    }
}
