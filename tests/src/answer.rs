//! A response, and the rules for every response.

use std::fmt;

use http::HeaderMap;
use serde_json::{Value, json};

use crate::call::SCIM_JSON;
use crate::subset::Captures;

/// The schema URI of errors (RFC 7644 §3.12).
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
/// The schema URI of lists (RFC 7644 §3.4.2).
pub const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// A response, with its request.
#[derive(Clone)]
pub struct Answer {
    /// Method and path.
    pub asked: String,
    /// The request's body.
    pub sent: Option<String>,
    /// Whether the request's Accept takes `application/json` and nothing else.
    pub json_alone: bool,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Answer {
    /// A body exactly where one belongs, with the right media type; errors as RFC 7644 §3.12
    /// requires, with `status` as a string; a 200 is never empty.
    #[track_caller]
    pub fn well_formed(&self) {
        if matches!(self.status, 204 | 304) || self.asked.starts_with("HEAD ") {
            assert!(self.body.is_empty(), "{self}\na {} has no body", self.status);
            return;
        }
        let media = self.header("content-type").unwrap_or_default();
        assert!(media == SCIM_JSON || media == "application/json", "{self}\ncontent type is `{media}`");
        let body = self.json();
        if self.status >= 400 {
            assert!(media == SCIM_JSON || self.json_alone, "{self}\nerrors are SCIM, not `{media}`");
            assert_eq!(body["schemas"], json!([ERROR]), "{self}\nan error names its schema");
            assert_eq!(body["status"], json!(self.status.to_string()), "{self}\nstatus is a string");
            let detail = body["detail"].as_str().unwrap_or_default();
            assert!(!detail.is_empty(), "{self}\nan error says what is wrong");
        }
        assert!(!contains_null(&body), "{self}\nno nulls are answered");
    }

    /// Fails the test unless this is the status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// Expects an error with this status and `scimType` (empty: no `scimType`).
    #[track_caller]
    pub fn error(&self, status: u16, scim_type: &str) -> &Self {
        self.expect(status);
        let found = self.json()["scimType"].as_str().unwrap_or_default().to_owned();
        assert_eq!(found, scim_type, "{self}\nwrong scimType");
        self
    }

    /// Expects a 400 with one of these `scimType`s, where the RFC leaves the choice.
    #[track_caller]
    pub fn refused(&self, scim_types: &[&str]) -> &Self {
        self.expect(400);
        let found = self.json()["scimType"].as_str().unwrap_or_default().to_owned();
        assert!(scim_types.contains(&found.as_str()), "{self}\nscimType must be one of {scim_types:?}");
        self
    }

    /// The body contains at least `expected`; see [`crate::subset`] for placeholders.
    #[track_caller]
    pub fn holds(&self, expected: &Value) -> &Self {
        let differences = Captures::default().compare(expected, &self.json());
        assert!(differences.is_empty(), "{self}\n{}", differences.join("\n"));
        self
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{self}\nnot JSON: {error}"))
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The resource's id.
    #[track_caller]
    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_else(|| panic!("{self}\nno id")).to_owned()
    }

    /// The entity tag.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("{self}\nno ETag")).to_owned()
    }

    /// `meta.lastModified`.
    #[track_caller]
    pub fn modified(&self) -> String {
        self.json()["meta"]["lastModified"].as_str().unwrap_or_else(|| panic!("{self}\nno date")).to_owned()
    }

    /// The ids on this page of a list.
    #[track_caller]
    pub fn ids(&self) -> Vec<String> {
        let list = self.expect(200).json();
        let resources = list["Resources"].as_array().unwrap_or_else(|| panic!("{self}\nno Resources"));
        resources.iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// A list's `totalResults`.
    #[track_caller]
    pub fn total(&self) -> u64 {
        self.expect(200).json()["totalResults"].as_u64().unwrap_or_else(|| panic!("{self}\nno total"))
    }

    /// The member ids of a group, sorted.
    #[track_caller]
    pub fn members(&self) -> Vec<String> {
        let group = self.expect(200).json();
        let mut ids: Vec<_> = group["members"]
            .as_array()
            .map(|members| {
                members.iter().map(|one| one["value"].as_str().expect("a value").to_owned()).collect()
            })
            .unwrap_or_default();
        ids.sort();
        ids
    }
}

fn contains_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(contains_null),
        Value::Object(fields) => fields.values().any(contains_null),
        _ => false,
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}", self.asked)?;
        if let Some(sent) = &self.sent {
            writeln!(f, "  {}", shorten(sent))?;
        }
        write!(f, "→ {} {}", self.status, shorten(&String::from_utf8_lossy(&self.body)))
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn shorten(text: &str) -> String {
    let head: String = text.chars().take(2000).collect();
    if head.len() < text.len() { format!("{head}… ({} bytes)", text.len()) } else { head }
}
