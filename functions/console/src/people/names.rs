//! Personal data on a page: masked until it is asked for.

use directory::resource::stored::Resource;
use gateway::http::mask;
use serde_json::Value;

/// E-mail addresses of one person that are shown.
const ADDRESSES: usize = 10;
/// Characters of one value that are shown: a page has a limit.
const LONGEST: usize = 200;

/// How names and addresses are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    Masked,
    Shown,
}

impl Names {
    /// A name, or another text that says who someone is.
    pub(super) fn name(self, text: &str) -> String {
        match self {
            Self::Masked => mask::name(text),
            Self::Shown => shown(text),
        }
    }

    /// A user name, or an address.
    pub(super) fn address(self, text: &str) -> String {
        match self {
            Self::Masked => mask::address(text),
            Self::Shown => shown(text),
        }
    }

    /// What a user or group is called: by its display name, or else by its user name.
    pub(super) fn of(self, resource: &Resource) -> String {
        let text = |name: &str| resource.doc.get(name).and_then(Value::as_str);
        match (text("displayName"), text("userName")) {
            (Some(name), _) => self.name(name),
            (None, Some(name)) => self.address(name),
            (None, None) => "–".to_owned(),
        }
    }

    /// What is known of a user or group: what each value is called, and the value.
    pub(super) fn values(self, resource: &Resource) -> Vec<(&'static str, String)> {
        let doc = &resource.doc;
        let text = |name: &str| doc.get(name).and_then(Value::as_str);
        let part = |name: &str| doc.get("name").and_then(|value| value.get(name)).and_then(Value::as_str);
        let parts =
            [part("givenName"), part("familyName")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let whole =
            part("formatted").map(str::to_owned).or_else(|| Some(parts).filter(|parts| !parts.is_empty()));
        let emails = doc.get("emails").and_then(Value::as_array).into_iter().flatten();
        let emails = emails.filter_map(|one| one.get("value").and_then(Value::as_str)).take(ADDRESSES);
        [
            ("User name", text("userName").map(|text| self.address(text))),
            ("Display name", text("displayName").map(|text| self.name(text))),
            ("Name", whole.map(|text| self.name(&text))),
            ("External id", text("externalId").map(|text| self.address(text))),
        ]
        .into_iter()
        .chain(emails.map(|text| ("E-mail address", Some(self.address(text)))))
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

fn shown(text: &str) -> String {
    let mut letters = text.chars();
    let head: String = letters.by_ref().take(LONGEST).collect();
    if letters.next().is_some() { format!("{head}…") } else { head }
}
