//! Target attributes as Entra writes them: `userName`, `name.givenName`,
//! `emails[type eq "work"].value`, `urn:…:enterprise:2.0:User:department`.

use serde_json::{Map, Value};

/// A target attribute.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Path {
    text: String,
    urn: Option<String>,
    attribute: String,
    element: Option<(String, String)>,
    sub: Option<String>,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// What is wrong with it, as text for the author of the mapping.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| format!("target `{text}`: {what}");
        let (head, tail) = text.find('[').map_or((text, ""), |at| text.split_at(at));
        let (urn, name) = match head.rsplit_once(':') {
            Some((urn, name)) if urn.to_ascii_lowercase().starts_with("urn:") => (Some(urn.to_owned()), name),
            Some(_) => return Err(wrong("only a schema's URN may hold colons")),
            None => (None, head),
        };
        let (element, sub) = match tail.strip_prefix('[') {
            Some(rest) => {
                let (filter, rest) = rest.rsplit_once(']').ok_or_else(|| wrong("`]` is missing"))?;
                let sub = rest.strip_prefix('.').map(str::to_owned);
                if sub.is_none() {
                    return Err(wrong("a sub-attribute such as `.value` must follow `]`"));
                }
                let [key, op, value] = filter.splitn(3, ' ').collect::<Vec<_>>()[..] else {
                    return Err(wrong("the brackets must hold `name eq \"value\"`"));
                };
                if !op.eq_ignore_ascii_case("eq") {
                    return Err(wrong("only `eq` selects an element"));
                }
                let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
                let value = value.ok_or_else(|| wrong("the value in brackets must stand in quotes"))?;
                (Some((key.to_owned(), value.to_owned())), sub)
            }
            None => (None, None),
        };
        let (attribute, sub) = match (name.split_once('.'), sub) {
            (Some((attribute, sub)), None) => (attribute, Some(sub.to_owned())),
            (Some(_), Some(_)) => return Err(wrong("too many dots")),
            (None, sub) => (name, sub),
        };
        let plain = |name: &str| {
            !name.is_empty()
                && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$'))
        };
        if !plain(attribute) || sub.as_deref().is_some_and(|sub| !plain(sub)) {
            return Err(wrong("not an attribute's name"));
        }
        Ok(Self { text: text.to_owned(), urn, attribute: attribute.to_owned(), element, sub })
    }

    /// The path as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The schema's URN, if the path has one.
    #[must_use]
    pub fn urn(&self) -> Option<&str> {
        self.urn.as_deref()
    }

    /// The attribute's name, without URN, brackets and sub-attribute.
    #[must_use]
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// The sub-attribute.
    #[must_use]
    pub fn sub(&self) -> Option<&str> {
        self.sub.as_deref()
    }

    /// Name and value inside the brackets.
    #[must_use]
    pub fn element(&self) -> Option<(&str, &str)> {
        self.element.as_ref().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether it refers to other objects: `manager` and `members` do.
    #[must_use]
    pub fn is_reference(&self) -> bool {
        self.element.is_none() && matches!(self.attribute.as_str(), "manager" | "members")
    }

    /// The value at this path of a resource. If the brackets select several elements, the first
    /// one counts; names match in any letter case.
    #[must_use]
    pub fn read<'a>(&self, resource: &'a Value) -> Option<&'a Value> {
        let holder = match &self.urn {
            Some(urn) if !is_core(urn) => member(resource, urn)?,
            _ => resource,
        };
        let mut value = member(holder, &self.attribute)?;
        if let Some((key, wanted)) = &self.element {
            let elements = value.as_array()?;
            value = elements.iter().find(|element| member(element, key).is_some_and(|v| is(v, wanted)))?;
        } else if self.sub.is_some()
            && let Some(elements) = value.as_array()
        {
            let primary = elements.iter().find(|e| member(e, "primary").is_some_and(|v| is(v, "true")));
            value = primary.or_else(|| elements.first())?;
        }
        let value = match &self.sub {
            Some(sub) => member(value, sub)?,
            None => value,
        };
        let empty =
            value.is_null() || value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty);
        (!empty).then_some(value)
    }

    /// Sets a value in a resource that is being composed. A new e-mail address of type `work`
    /// becomes the primary one, as in Entra.
    pub fn write(&self, resource: &mut Map<String, Value>, value: Value) {
        let holder = match &self.urn {
            Some(urn) if !is_core(urn) => object(resource, urn),
            _ => Some(resource),
        };
        let Some(holder) = holder else { return };
        let Some((key, wanted)) = &self.element else {
            match &self.sub {
                Some(sub) => {
                    object(holder, &self.attribute).and_then(|it| it.insert(uncapitalised(sub), value))
                }
                None => holder.insert(self.attribute.clone(), value),
            };
            return;
        };
        let elements = holder.entry(self.attribute.clone()).or_insert_with(|| Value::Array(Vec::new()));
        let Value::Array(elements) = elements else { return };
        let known = elements.iter().position(|element| member(element, key).is_some_and(|v| is(v, wanted)));
        let at = known.unwrap_or_else(|| {
            let mut element = Map::new();
            if self.attribute == "emails" && wanted == "work" {
                element.insert("primary".to_owned(), Value::Bool(true));
            }
            let wanted = match wanted.to_ascii_lowercase().as_str() {
                "true" if key == "primary" => Value::Bool(true),
                "false" if key == "primary" => Value::Bool(false),
                _ => Value::String(wanted.clone()),
            };
            element.insert(key.clone(), wanted);
            elements.push(Value::Object(element));
            elements.len() - 1
        });
        if let (Some(Value::Object(element)), Some(sub)) = (elements.get_mut(at), &self.sub) {
            element.insert(uncapitalised(sub), value);
        }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// The member of an object, in any letter case.
#[must_use]
pub fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    object
        .get(name)
        .or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// Text or boolean equal to this text, in any letter case: `"True"` is `true`.
fn is(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text.eq_ignore_ascii_case(wanted),
        Value::Bool(flag) => wanted.eq_ignore_ascii_case(if *flag { "true" } else { "false" }),
        _ => false,
    }
}

fn is_core(urn: &str) -> bool {
    urn.to_ascii_lowercase().starts_with("urn:ietf:params:scim:schemas:core:")
}

fn object<'a>(holder: &'a mut Map<String, Value>, name: &str) -> Option<&'a mut Map<String, Value>> {
    holder.entry(name.to_owned()).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
}

/// `Value` is `value`: Entra's default mapping capitalises some sub-attributes.
fn uncapitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests;
