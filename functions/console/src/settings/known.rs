//! The settings that have a form of their own.

use gateway::administration::value::invalid;
use gateway::http::error::Failure;
use serde_json::Value;

use crate::field::Shape;

/// The field with settings that have no form of their own.
pub(super) const OTHERS: &str = "settings";
/// The most digits of a rate.
const MOST: i64 = u32::MAX as i64;

/// A setting.
pub(super) struct Known {
    /// As it is stored.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    kind: Kind,
    /// Whether it contains names of people.
    pub(super) is_personal: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    /// A whole number.
    Number,
    /// A number of days, stored as `90d`.
    Days,
    /// A list of texts, one per line.
    Lines,
    Json,
}

/// All of them, in the order in which they are shown.
pub(super) const KNOWN: [Known; 6] = [
    Known {
        name: "conditions",
        title: "Conditions",
        label: "What the customer's administrator accepts, one per line",
        hint: "Without them, those of the profile apply.",
        kind: Kind::Lines,
        is_personal: false,
    },
    Known {
        name: "requestsPerSecond",
        title: "Rate",
        label: "Requests per second",
        hint: "0 means no limit. Without the setting, the limit of this service applies.",
        kind: Kind::Number,
        is_personal: false,
    },
    Known {
        name: "hold",
        title: "Guard",
        label: "When disables and deletes wait for a person, as JSON",
        hint: r#"Such as {"above": "10%", "within": "1h"}. Without it, none waits."#,
        kind: Kind::Json,
        is_personal: false,
    },
    Known {
        name: "protectedUsers",
        title: "Protected users",
        label: "Ids or user names, one per line",
        hint: "Their disables and deletes always wait for a person.",
        kind: Kind::Lines,
        is_personal: true,
    },
    Known {
        name: "eventRetention",
        title: "Events",
        label: "Days that events are kept",
        hint: "Without the setting, they are kept for a year.",
        kind: Kind::Days,
        is_personal: false,
    },
    Known {
        name: "adopt",
        title: "Imported users",
        label: "By which attributes a new user adopts an imported one, as JSON",
        hint: r#"Such as {"by": ["userName", "emails.value"]}. Without it, no user is adopted."#,
        kind: Kind::Json,
        is_personal: false,
    },
];

impl Known {
    pub(super) fn shape(&self) -> Shape {
        match self.kind {
            Kind::Number => Shape::Number(0, MOST),
            Kind::Days => Shape::Number(7, 3650),
            Kind::Lines | Kind::Json => Shape::Area,
        }
    }

    /// `value` as the field shows it.
    pub(super) fn text(&self, value: &Value) -> String {
        match self.kind {
            Kind::Number | Kind::Json => json(value),
            Kind::Days => value.as_str().unwrap_or_default().trim_end_matches('d').to_owned(),
            Kind::Lines => {
                let lines = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                lines.collect::<Vec<_>>().join("\n")
            }
        }
    }

    /// The value of a field with this text. It is not checked yet.
    ///
    /// # Errors
    /// `invalidValue` when it has not even the right form.
    pub(super) fn read(&self, text: &str) -> Result<Value, Failure> {
        match self.kind {
            // A text that is not a number is refused like any other wrong value.
            Kind::Number => Ok(text.parse::<u64>().map_or_else(|_| text.into(), Value::from)),
            Kind::Days => Ok(format!("{text}d").into()),
            Kind::Lines => {
                Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Value::from).collect())
            }
            Kind::Json => parse(self.name, text),
        }
    }
}

/// `value` as people read it.
pub(super) fn json(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The JSON in the field `name`.
///
/// # Errors
/// `invalidValue` when it is not valid.
pub(super) fn parse(name: &str, text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|_| invalid(format!("`{name}` must be valid JSON")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_field_shows_is_read_back() {
        for (name, value) in [
            ("requestsPerSecond", json!(50)),
            ("eventRetention", json!("90d")),
            ("conditions", json!(["One.", "Two <b> & \"c\"."])),
            ("protectedUsers", json!([])),
            ("hold", json!({ "above": "10%", "within": "1h" })),
            ("adopt", json!({ "by": ["userName"] })),
        ] {
            let known = KNOWN.iter().find(|known| known.name == name).unwrap();
            assert_eq!(known.read(&known.text(&value)).unwrap(), value, "{name}");
        }
    }
}
