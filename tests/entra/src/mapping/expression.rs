//! Expressions of mappings, in the notation of Entra's portal: `Not([IsSoftDeleted])`,
//! `SingleAppRoleAssignment([appRoleAssignments])`,
//! `Switch([country], "EU", "US", "Americas", "CA", "Americas")`.

use serde_json::Value;

/// An expression.
#[derive(Clone, Debug)]
pub enum Expression {
    /// `[name]`: an attribute of the source.
    Attribute(String),
    /// `"text"`
    Text(String),
    /// `Name(…)`
    Call(Function, Vec<Expression>),
}

/// The functions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Function {
    /// The opposite of a boolean.
    Not,
    /// `Switch(source, default, key, value, …)`
    Switch,
    /// The value of the only application role, or of the first.
    SingleAppRoleAssignment,
    /// `Join(separator, part, …)`, without missing parts.
    Join,
    /// `Append(text, suffix)`
    Append,
    /// The first that has a value.
    Coalesce,
    /// In lower case.
    ToLower,
    /// In upper case.
    ToUpper,
}

const FUNCTIONS: [(&str, Function); 8] = [
    ("Not", Function::Not),
    ("Switch", Function::Switch),
    ("SingleAppRoleAssignment", Function::SingleAppRoleAssignment),
    ("Join", Function::Join),
    ("Append", Function::Append),
    ("Coalesce", Function::Coalesce),
    ("ToLower", Function::ToLower),
    ("ToUpper", Function::ToUpper),
];

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong, with the rest of the text from there.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text;
        let expression = one(&mut rest)?;
        match rest.trim() {
            "" => Ok(expression),
            rest => Err(format!("expression `{text}`: nothing more is expected at `{rest}`")),
        }
    }

    /// Its value for a source object.
    #[must_use]
    pub fn value(&self, source: &dyn Fn(&str) -> Option<Value>) -> Option<Value> {
        let (function, arguments) = match self {
            Self::Attribute(name) => return source(name),
            Self::Text(text) => return Some(Value::String(text.clone())),
            Self::Call(function, arguments) => (function, arguments),
        };
        let argument = |at: usize| arguments.get(at).and_then(|argument| argument.value(source));
        let text_of = |at: usize| argument(at).and_then(|value| text(&value));
        match function {
            Function::Not => Some(Value::Bool(text_of(0).as_deref() != Some("True"))),
            Function::Switch => {
                let wanted = text_of(0);
                let cases = arguments.get(2..).unwrap_or_default().chunks_exact(2);
                let hit = cases.into_iter().find_map(|case| match case {
                    [key, value] if key.value(source).and_then(|key| text(&key)) == wanted => Some(value),
                    _ => None,
                });
                hit.or_else(|| arguments.get(1)).and_then(|value| value.value(source))
            }
            Function::SingleAppRoleAssignment => {
                let roles = argument(0)?;
                roles.as_array()?.first()?.get("value").cloned()
            }
            Function::Join => {
                let parts: Vec<String> = (1..arguments.len()).filter_map(text_of).collect();
                (!parts.is_empty()).then(|| Value::String(parts.join(&text_of(0).unwrap_or_default())))
            }
            Function::Append => Some(Value::String(text_of(0)? + &text_of(1).unwrap_or_default())),
            Function::Coalesce => (0..arguments.len()).find_map(argument),
            Function::ToLower => Some(Value::String(text_of(0)?.to_lowercase())),
            Function::ToUpper => Some(Value::String(text_of(0)?.to_uppercase())),
        }
    }
}

/// A value as expressions see it: booleans are `True` and `False`.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => values.first().and_then(text),
        Value::Null | Value::Object(_) => None,
    }
}

fn one(rest: &mut &str) -> Result<Expression, String> {
    *rest = rest.trim_start();
    if let Some(tail) = rest.strip_prefix('[') {
        let (name, tail) = tail.split_once(']').ok_or_else(|| format!("`]` is missing after `[{tail}`"))?;
        *rest = tail;
        return Ok(Expression::Attribute(name.trim().to_owned()));
    }
    if let Some(tail) = rest.strip_prefix('"') {
        let (text, tail) =
            tail.split_once('"').ok_or_else(|| format!("a quote is missing after `\"{tail}`"))?;
        *rest = tail;
        return Ok(Expression::Text(text.to_owned()));
    }
    let wrong = format!("`[attribute]`, `\"text\"` or a function is expected at `{rest}`");
    let (name, tail) = rest.split_once('(').ok_or(wrong)?;
    let known = FUNCTIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()));
    let Some((_, function)) = known else {
        let names: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no function `{}`; there are {}", name.trim(), names.join(", ")));
    };
    *rest = tail;
    let mut arguments = Vec::new();
    loop {
        *rest = rest.trim_start();
        if let Some(tail) = rest.strip_prefix(')') {
            *rest = tail;
            return Ok(Expression::Call(*function, arguments));
        }
        if !arguments.is_empty() {
            *rest = rest.strip_prefix(',').ok_or_else(|| format!("`,` or `)` is expected at `{rest}`"))?;
        }
        arguments.push(one(rest)?);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Expression;

    fn value(text: &str) -> Option<Value> {
        let source = json!({
            "IsSoftDeleted": false, "country": "CA", "givenName": "Ana", "surname": "Ito",
            "appRoleAssignments": [{ "id": "1", "value": "User", "displayName": "User" }],
        });
        Expression::parse(text).unwrap().value(&|name| source.get(name).cloned())
    }

    #[test]
    fn the_portals_own() {
        assert_eq!(value("Not([IsSoftDeleted])"), Some(json!(true)));
        assert_eq!(value("not( [nothing] )"), Some(json!(true)));
        assert_eq!(
            value("Switch([IsSoftDeleted], \"\", \"False\", \"on\", \"True\", \"off\")"),
            Some(json!("on"))
        );
        assert_eq!(value("Switch([country], \"EU\", \"US\", \"Americas\")"), Some(json!("EU")));
        assert_eq!(value("SingleAppRoleAssignment([appRoleAssignments])"), Some(json!("User")));
        assert_eq!(value("Join(\" \", [givenName], [middle], ToUpper([surname]))"), Some(json!("Ana ITO")));
        assert_eq!(value("Append([middle], \"x\")"), None);
        assert_eq!(value("Coalesce([middle], Append([givenName], \"!\"))"), Some(json!("Ana!")));
    }

    #[test]
    fn what_is_malformed_is_named() {
        for (text, word) in [
            ("Nope([a])", "`Nope`"),
            ("Not([a]", "`,` or `)`"),
            ("Not([a)", "`]`"),
            ("\"a", "quote"),
            ("Not([a]) x", "`x`"),
            ("", "expected"),
        ] {
            let error = Expression::parse(text).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
