//! Lists, page by page.

use serde_json::Value;

use crate::answer::Answer;
use crate::endpoint::Endpoint;
use crate::runtime::block_on;

/// A list to page through: its path and its query, without the page parameters.
#[derive(Debug, Clone)]
pub struct List<'a> {
    scim: &'a Endpoint,
    path: String,
    query: Vec<(String, String)>,
}

/// More pages than any test's list has.
const ENDLESS: usize = 2_000;

impl<'a> List<'a> {
    /// The list at `path`, `count` at a time.
    #[must_use]
    pub fn new(scim: &'a Endpoint, path: &str, count: usize) -> Self {
        Self { scim, path: path.to_owned(), query: Vec::new() }.with("count", &count.to_string())
    }

    /// With one more parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// One page: `name` is `startIndex` or `cursor`.
    pub async fn page(&self, name: &str, value: &str) -> Answer {
        let mut call = self.scim.get(&self.path);
        for (name, value) in &self.query {
            call = call.query(name, value);
        }
        let answer = call.query(name, value).exchange().await;
        answer.expect(200);
        answer
    }

    /// The ids on all pages by `startIndex`, up to an empty page.
    pub async fn by_index(&self) -> Vec<String> {
        self.onwards(1).await
    }

    /// The ids on the pages from `start` on, up to an empty page.
    pub async fn onwards(&self, start: usize) -> Vec<String> {
        let mut seen = Vec::new();
        for _ in 0..ENDLESS {
            let page = self.page("startIndex", &(start + seen.len()).to_string()).await;
            let ids = page.ids();
            assert_eq!(page.json()["itemsPerPage"], Value::from(ids.len()), "{page}");
            if ids.is_empty() {
                return seen;
            }
            seen.extend(ids);
        }
        panic!("a list without an end: {self:?}")
    }

    /// All pages by cursor, from the first to the last.
    pub async fn by_cursor(&self) -> Vec<Answer> {
        let mut pages = vec![self.page("cursor", "").await];
        while let Some(next) = cursor(pages.last().expect("a page"), "nextCursor") {
            assert!(pages.len() < ENDLESS, "a list without an end: {self:?}");
            pages.push(self.page("cursor", &next).await);
        }
        pages
    }

    /// All pages by cursor from `last` back to the first, without `last`.
    pub async fn backwards(&self, last: &Answer) -> Vec<Answer> {
        let mut pages: Vec<Answer> = Vec::new();
        while let Some(previous) = cursor(pages.last().unwrap_or(last), "previousCursor") {
            assert!(pages.len() < ENDLESS, "a list without an end: {self:?}");
            pages.push(self.page("cursor", &previous).await);
        }
        pages
    }

    /// Pages by index and by cursor, forwards and backwards; checks that all have the same ids.
    #[track_caller]
    pub fn walked(&self) -> Vec<String> {
        let (by_index, forwards, backwards) = block_on(async {
            let forwards = self.by_cursor().await;
            let backwards = self.backwards(forwards.last().expect("a page")).await;
            (self.by_index().await, forwards, backwards)
        });
        assert_eq!(cursor(&forwards[0], "previousCursor"), None, "{}\nthe first page has none", forwards[0]);
        let ids = |pages: &[Answer]| pages.iter().map(Answer::ids).collect::<Vec<_>>();
        let (there, mut back) = (ids(&forwards), ids(&backwards));
        back.reverse();
        assert_eq!(there.concat(), by_index, "by cursor as by index: {self:?}");
        assert_eq!(back, there[..there.len() - 1], "there as back: {self:?}");
        for page in forwards.iter().chain(&backwards) {
            let body = page.json();
            assert!(body.get("startIndex").is_none(), "{page}");
            if let Some(total) = body.get("totalResults") {
                assert_eq!(*total, Value::from(by_index.len()), "{page}");
            }
        }
        by_index
    }
}

/// A cursor of a page.
#[must_use]
pub fn cursor(page: &Answer, name: &str) -> Option<String> {
    let cursor = page.json()[name].as_str().map(str::to_owned);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    assert!(cursor.as_ref().is_none_or(|cursor| !cursor.is_empty() && cursor.chars().all(plain)), "{page}");
    cursor
}
