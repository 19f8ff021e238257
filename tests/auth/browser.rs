//! A person with a browser: follows redirects, keeps cookies, fills forms in.

use crate::api::http;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, redirect};
use std::collections::BTreeMap;

/// One browser, with nobody signed in yet.
pub(crate) struct Browser {
    http: Client,
    judge: String,
    cookies: BTreeMap<String, String>,
}

/// What a browser shows: a page, or where the judge has sent it away to.
pub(crate) struct Page {
    /// Its address.
    pub(crate) url: String,
    /// Its HTML; empty where the address is not the judge's.
    pub(crate) html: String,
}

impl Browser {
    /// A browser for the pages of a judge.
    pub(crate) fn new(judge: &str) -> Self {
        let builder = http().redirect(redirect::Policy::none());
        Self {
            http: builder.build().expect("a client"),
            judge: format!("{judge}/"),
            cookies: BTreeMap::new(),
        }
    }

    /// Goes to an address.
    pub(crate) async fn open(&mut self, url: &str) -> Page {
        self.send(self.http.get(url), url.to_owned()).await
    }

    /// Sends the form of a page, its hidden fields with it.
    pub(crate) async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let action = value(&page.html, "action=\"").expect("a form");
        let url = reqwest::Url::parse(&page.url).expect("a URL");
        let url = url.join(&action).expect("a URL").to_string();
        let inputs = page.html.split("<input type=\"hidden\"").skip(1);
        let hidden = inputs.map(|input| {
            let of = |name| value(input, name).expect("a hidden field");
            (of("name=\""), of("value=\""))
        });
        let mut form: BTreeMap<String, String> = hidden.collect();
        form.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into())),
        );
        self.send(self.http.post(&url).form(&form), url).await
    }

    /// Signs in and agrees to what is asked for, from the page that asks for a name on.
    pub(crate) async fn agree(&mut self, page: Page) -> Page {
        let page = self
            .submit(&page, &[("login", "ada"), ("password", "any")])
            .await;
        self.submit(&page, &[]).await
    }

    async fn send(&mut self, request: RequestBuilder, mut url: String) -> Page {
        let mut request = request;
        for _ in 0..10 {
            let pairs = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            let cookies = pairs.collect::<Vec<_>>().join("; ");
            let answer = request
                .header(COOKIE, cookies)
                .send()
                .await
                .expect("an answer");
            for cookie in answer.headers().get_all(SET_COOKIE) {
                let pair = cookie.to_str().expect("text").split(';').next();
                let (name, value) = pair
                    .and_then(|pair| pair.split_once('='))
                    .expect("a cookie");
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            let Some(location) = answer.headers().get(LOCATION) else {
                let html = answer.text().await.expect("text");
                return Page { url, html };
            };
            let location = location.to_str().expect("text");
            url = answer.url().join(location).expect("a URL").to_string();
            if !url.starts_with(&self.judge) {
                return Page {
                    url,
                    html: String::new(),
                };
            }
            request = self.http.get(&url);
        }
        panic!("ten redirects: {url}");
    }
}

/// What stands after `start`, up to the next quotation mark.
fn value(html: &str, start: &str) -> Option<String> {
    let (_, rest) = html.split_once(start)?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}
