//! Which changes wait for a person: the settings `hold` and `protectedUsers` of a directory.
//!
//! ```json
//! { "hold": { "above": "10%", "within": "1h", "settle": "60s" }, "protectedUsers": ["ceo@example.com"] }
//! ```

use std::collections::BTreeSet;

use scim::error::{Error, Kind};
use scim::model::compare::fold;
use serde::Deserialize;
use serde_json::Value;

use crate::registry::settings::Settings;

const HOLD: &str = "hold";
pub(super) const PROTECTED: &str = "protectedUsers";
/// Users that may be protected.
const MOST_PROTECTED: usize = 100;
/// The longest id or `userName` of a protected user, in bytes.
const LONGEST: usize = 300;
/// The window, in seconds: the longest, and the usual one.
const LONGEST_WINDOW: i64 = 24 * 3600;
const USUAL_WINDOW: i64 = 3600;
/// How long events wait for the decision, in seconds: the longest, and the usual time.
const LONGEST_SETTLE: i64 = 3600;
const USUAL_SETTLE: i64 = 60;

/// Which disables and deletes of users wait for a person. By default none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    pub(super) hold: Option<Hold>,
    /// Ids and names of users, in the form in which they are compared.
    protected: BTreeSet<String>,
}

/// How many users may be disabled or deleted in which time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hold {
    pub(super) above: Above,
    /// In seconds.
    pub(super) within: i64,
    /// How long an event waits, in seconds.
    pub(super) settle: i64,
}

/// A number of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Above {
    Users(u64),
    /// A part of all users.
    Percent(u64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    above: Value,
    within: Option<Value>,
    settle: Option<Value>,
}

impl Rules {
    /// Reads the settings. Invalid ones count as absent: they were checked before they were stored.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let hold = settings.get(HOLD).and_then(|value| Hold::read(value).ok());
        let protected = settings.get(PROTECTED).and_then(|value| protected(value).ok());
        Self { hold, protected: protected.unwrap_or_default() }
    }

    /// Checks the settings before they are stored.
    ///
    /// # Errors
    /// `invalidValue`: what a setting must look like.
    pub fn check(settings: &Settings) -> Result<(), Error> {
        settings.get(HOLD).map_or(Ok(()), |value| Hold::read(value).map(drop))?;
        settings.get(PROTECTED).map_or(Ok(()), |value| protected(value).map(drop))
    }

    /// Whether the user `id`, called `name`, is protected.
    pub(super) fn protects(&self, id: &str, name: Option<&str>) -> bool {
        self.protected.contains(id) || name.is_some_and(|name| self.protected.contains(&fold(name)))
    }
}

impl Hold {
    fn read(setting: &Value) -> Result<Self, Error> {
        let usage = "`hold` must be like `{\"above\": \"10%\", \"within\": \"1h\"}`: `above` a number of users or a \
                     percentage from 1 to 100; `within` 1 second to 24 hours; `settle` 1 second to 1 hour";
        let time = |sent: Option<&Value>, usual: i64, longest: i64| match sent {
            None => Some(usual),
            Some(sent) => seconds(sent).filter(|seconds| (1..=longest).contains(seconds)),
        };
        let read = || {
            let sent = Sent::deserialize(setting).ok()?;
            Some(Self {
                above: Above::read(&sent.above)?,
                within: time(sent.within.as_ref(), USUAL_WINDOW, LONGEST_WINDOW)?,
                settle: time(sent.settle.as_ref(), USUAL_SETTLE, LONGEST_SETTLE)?,
            })
        };
        read().ok_or_else(|| Error::new(Kind::InvalidValue, usage))
    }
}

impl Above {
    fn read(sent: &Value) -> Option<Self> {
        match sent {
            Value::Number(number) => number.as_u64().map(Self::Users),
            Value::String(text) => {
                let percent = text.strip_suffix('%')?.trim().parse().ok()?;
                (1..=100).contains(&percent).then_some(Self::Percent(percent))
            }
            _ => None,
        }
    }
}

/// A time in seconds: a number of seconds, or a text such as `90s`, `5m` or `1h`.
fn seconds(sent: &Value) -> Option<i64> {
    let Some(text) = sent.as_str() else { return sent.as_i64() };
    let (number, unit) = [("s", 1), ("m", 60), ("h", 3600)]
        .into_iter()
        .find_map(|(letter, unit)| Some((text.strip_suffix(letter)?, unit)))?;
    number.trim().parse::<i64>().ok()?.checked_mul(unit)
}

fn protected(setting: &Value) -> Result<BTreeSet<String>, Error> {
    let names = setting.as_array().filter(|names| names.len() <= MOST_PROTECTED);
    let names: Option<BTreeSet<String>> = names.and_then(|names| {
        let name = |name: &Value| name.as_str().filter(|name| (1..=LONGEST).contains(&name.len())).map(fold);
        names.iter().map(name).collect()
    });
    names.ok_or_else(|| {
        let usage =
            format!("`{PROTECTED}` must be a list of at most {MOST_PROTECTED} ids or userNames of users");
        Error::new(Kind::InvalidValue, usage)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_read_or_refused() {
        let settings = |value: Value| value.as_object().unwrap().clone();
        let hold = |value: Value| Rules::of(&settings(json!({ "hold": value }))).hold;
        let read = |above, within, settle| Some(Hold { above, within, settle });
        assert_eq!(hold(json!({ "above": 5 })), read(Above::Users(5), 3600, 60));
        assert_eq!(
            hold(json!({ "above": "10%", "within": "5m", "settle": "1h" })),
            read(Above::Percent(10), 300, 3600)
        );
        assert_eq!(hold(json!({ "above": 0, "within": 90 })), read(Above::Users(0), 90, 60));
        for wrong in [
            json!({}),
            json!({ "above": "10" }),
            json!({ "above": "0%" }),
            json!({ "above": "101%" }),
            json!({ "above": -1 }),
            json!({ "above": 1, "within": "25h" }),
            json!({ "above": 1, "within": "1d" }),
            json!({ "above": 1, "settle": 0 }),
            json!({ "above": 1, "wihtin": "1h" }),
            json!(true),
        ] {
            Rules::check(&settings(json!({ "hold": wrong }))).unwrap_err();
        }
        for wrong in [json!("ann"), json!([""]), json!([1]), json!(vec!["ann"; 101])] {
            Rules::check(&settings(json!({ "protectedUsers": wrong }))).unwrap_err();
        }
        let rules = Rules::of(&settings(json!({ "protectedUsers": ["Ann@Example.com", "0190-x"] })));
        assert!(rules.protects("1", Some("ann@EXAMPLE.com")) && rules.protects("0190-x", None));
        assert!(!rules.protects("1", Some("bob")) && !rules.protects("1", None));
    }
}
