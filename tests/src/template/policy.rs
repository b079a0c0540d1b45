//! The DynamoDB calls that a function's role allows.

mod call;

use std::collections::BTreeSet;

use serde_json::Value;

use self::call::Call;
use super::read;

/// The statements of a role about the table and its indexes.
#[derive(Debug, Clone, Default)]
pub struct Policy(Vec<Statement>);

/// What one statement allows.
#[derive(Debug, Clone)]
struct Statement {
    actions: BTreeSet<String>,
    /// `table`, or the name of an index.
    target: String,
    /// The condition `ForAllValues:StringLike` on partition keys, with its guard against calls without
    /// keys; none for every partition.
    like: Option<Vec<String>>,
    /// The condition `ForAllValues:StringNotLike`.
    unlike: Vec<String>,
}

impl Policy {
    /// The policy of the role that `infra/function.yaml` makes with these parameters.
    pub(super) fn of(parameters: &Value) -> Self {
        let nested = read("infra/function.yaml");
        let role = &nested["Resources"]["Role"]["Properties"];
        assert_eq!(role["ManagedPolicyArns"], Value::Null, "AWS's own policies allow more than is needed");
        let table = &nested["Resources"]["TablePolicy"]["Properties"]["PolicyDocument"];
        let own = list(&role["Policies"]).into_iter();
        let documents =
            own.map(|policy| &chosen(&nested, parameters, policy)["PolicyDocument"]).chain([table]);
        let mut statements = Vec::new();
        for statement in documents.flat_map(|document| list(&document["Statement"])) {
            let statement = chosen(&nested, parameters, statement);
            if !statement.is_null() {
                statements.extend(Statement::all(&nested, parameters, statement));
            }
        }
        Self(statements)
    }

    /// All that it allows, as texts: each action of each statement, and each pattern of keys.
    #[must_use]
    pub fn all(&self) -> BTreeSet<String> {
        self.0
            .iter()
            .flat_map(|statement| {
                let actions = statement.actions.iter().map(|action| statement.action(action));
                let patterns = statement.like.iter().flatten().map(|pattern| statement.pattern(pattern));
                actions.chain(patterns).collect::<Vec<_>>()
            })
            .collect()
    }

    /// The part of [`all`](Self::all) that a DynamoDB call needs, given its name and body.
    ///
    /// Each action of a transaction must be allowed for the keys of the whole transaction: AWS does
    /// not say that it is checked with its own key alone.
    ///
    /// # Errors
    /// The actions and keys of a call that is not allowed.
    pub fn allows(&self, operation: &str, body: &Value) -> Result<BTreeSet<String>, String> {
        let call = Call::of(operation, body);
        let mut used = BTreeSet::new();
        for action in &call.actions {
            let statement = self.0.iter().find(|statement| statement.allows(action, &call));
            let statement =
                statement.ok_or_else(|| format!("{action} {} of {:?}", call.target, call.keys))?;
            used.insert(statement.action(action));
            let patterns = call.keys.iter().filter_map(|key| statement.pattern_of(key));
            used.extend(patterns.map(|pattern| statement.pattern(pattern)));
        }
        Ok(used)
    }
}

impl Statement {
    /// One for each target. Lambda, not the function, reads the stream.
    fn all(nested: &Value, parameters: &Value, statement: &Value) -> Vec<Self> {
        assert_eq!(statement["Effect"], "Allow");
        let actions = values(parameters, &statement["Action"]);
        assert!(!actions.iter().any(|action| action.ends_with(":*")), "{actions:?} is more than is needed");
        let actions: BTreeSet<String> = actions
            .iter()
            .filter_map(|action| action.strip_prefix("dynamodb:").filter(|action| *action != "ListStreams"))
            .map(str::to_owned)
            .collect();
        let condition = chosen(nested, parameters, &statement["Condition"]);
        let keys = |operator: &str| &condition[operator]["dynamodb:LeadingKeys"];
        let like = (!keys("ForAllValues:StringLike").is_null()).then(|| {
            assert_eq!(keys("Null"), "false", "ForAllValues allows a call without keys");
            values(parameters, keys("ForAllValues:StringLike"))
        });
        let unlike = keys("ForAllValues:StringNotLike");
        let unlike = if unlike.is_null() { Vec::new() } else { values(parameters, unlike) };
        let resources = values(parameters, &statement["Resource"]);
        let about =
            resources.iter().filter(|resource| !actions.is_empty() && !resource.contains("StreamArn"));
        about
            .map(|resource| Self {
                actions: actions.clone(),
                target: target(resource),
                like: like.clone(),
                unlike: unlike.clone(),
            })
            .collect()
    }

    fn allows(&self, action: &str, call: &Call) -> bool {
        let fits = |key: &String| {
            self.pattern_of(key).is_some() && !self.unlike.iter().any(|pattern| is_like(pattern, key))
        };
        let keys = self.like.is_none() || (!call.keys.is_empty() && call.keys.iter().all(fits));
        self.target == call.target && self.actions.contains(action) && keys
    }

    /// The pattern that a partition key fits.
    fn pattern_of(&self, key: &str) -> Option<&str> {
        self.like.iter().flatten().find(|pattern| is_like(pattern, key)).map(String::as_str)
    }

    fn action(&self, action: &str) -> String {
        format!("{action} {}{}", self.target, self.condition())
    }

    fn pattern(&self, pattern: &str) -> String {
        format!("{pattern} of {}{}", self.target, self.condition())
    }

    fn condition(&self) -> String {
        let not =
            if self.unlike.is_empty() { String::new() } else { format!(", not {}", self.unlike.join(" ")) };
        self.like.as_ref().map_or_else(String::new, |like| format!(" ({}{not})", like.join(" ")))
    }
}

/// IAM's StringLike, as far as `*`.
fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| rest.get(at..).is_some_and(|rest| is_like(after, rest)))
        }),
    }
}

/// Evaluates a part that depends on a condition; null when it is left out.
fn chosen<'a>(nested: &Value, parameters: &Value, value: &'a Value) -> &'a Value {
    let Some([condition, then, otherwise]) = value["Fn::If"].as_array().map(Vec::as_slice) else {
        return value;
    };
    assert_eq!(otherwise["Ref"], "AWS::NoValue");
    // `!Not [!Equals [!Ref X, ""]]`, and the same of a list.
    let value = &nested["Conditions"][condition.as_str().unwrap()]["Fn::Not"][0]["Fn::Equals"][0];
    let name = value["Ref"].as_str().or_else(|| value["Fn::Join"][1]["Ref"].as_str()).expect("a parameter");
    if parameters[name].is_null() { &Value::Null } else { then }
}

/// Texts, with list parameters expanded; other expressions as JSON.
fn values(parameters: &Value, value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value["Ref"].as_str() {
        Some(name @ ("Actions" | "RecordActions" | "Keys" | "ReadActions" | "ReadKeys" | "Indexes")) => {
            let given = &parameters[name];
            let given = given["Fn::Sub"].as_str().or_else(|| given.as_str()).expect("a list");
            given.split(',').map(|one| one.trim().to_owned()).collect()
        }
        _ => list(value).into_iter().map(text).collect(),
    }
}

fn target(resource: &str) -> String {
    if let Some(index) = resource.strip_prefix("${Table.Outputs.TableArn}/index/") {
        return index.to_owned();
    }
    assert!(resource.contains(":table/${Table}\""), "a statement about {resource}");
    "table".to_owned()
}

fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |values| values.iter().collect())
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, like) in [
            ("D#*", "D#acme", true),
            ("D#*", "D#acme#User", true),
            ("D#*", "C#acme", false),
            ("D#*#*", "D#acme#User", true),
            ("D#*#*", "D#acme#User#userName", true),
            ("D#*#*", "D#acme", false),
            ("D#acme", "D#acme", true),
        ] {
            assert_eq!(is_like(pattern, text), like, "{pattern} {text}");
        }
    }
}
