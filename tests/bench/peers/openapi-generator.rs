//! The calls by openapi-generator's client.

use crate::meter::Result;
use client::apis::{configuration::Configuration, issues_api};
use std::hint::black_box;
use std::sync::Arc;

/// The client, shared by all tasks.
#[derive(Clone)]
pub struct Calls(Arc<Configuration>);

impl Calls {
    /// A client of the server.
    pub fn new(server: &str) -> Self {
        let mut configuration = Configuration::new();
        configuration.base_path = server.to_owned();
        Self(Arc::new(configuration))
    }

    /// The page of 100 issues.
    pub async fn page(&self) -> Result<()> {
        let page = issues_api::issues_slash_list_for_repo(
            &self.0,
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
            None,
            None,
            None,
            Some(100),
            None,
        );
        black_box(page.await?);
        Ok(())
    }

    /// One milestone.
    pub async fn small(&self) -> Result<()> {
        let small = issues_api::issues_slash_get_milestone(&self.0, "acme", "widgets", 7);
        black_box(small.await?);
        Ok(())
    }
}
