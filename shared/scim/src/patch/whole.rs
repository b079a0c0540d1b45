//! An operation without a path: a set of attributes (RFC 7644 §3.5.2.1, §3.5.2.3).

use std::collections::HashMap;

use serde_json::Value;

use super::path::{Target, resolve};
use crate::dialect::patch as dialect;
use crate::dialect::value::only_element;
use crate::error::{Error, Kind};
use crate::model::resource_type::ResourceType;
use crate::model::schema::Schema;

/// The attributes in `sent`, each as if it had been sent with its own path.
///
/// Keys may be names in any letter case, dotted (`name.givenName`), qualified by a URN, a URN
/// with an object, or value paths (`emails[type eq "work"].value`):
/// `entra-pathless-dotted-and-urn-keys.json`, `entra-pathless-value-path-keys.json`.
/// Unknown and read-only names are ignored.
///
/// # Errors
/// `InvalidValue` if `sent` is not an object; `InvalidSyntax` if it names an attribute twice;
/// `InvalidPath` and `InvalidFilter` for a key with a malformed filter.
pub fn attributes<'k, 'v>(
    kind: &'k ResourceType,
    extension: Option<&Schema>,
    sent: &'v Value,
) -> Result<Vec<(Target<'k>, &'v Value)>, Error> {
    let Some(object) = only_element(sent).as_object() else {
        return Err(Error::new(
            Kind::InvalidValue,
            match extension {
                Some(schema) => format!("`{}` must be an object of attributes", schema.id),
                None => "without a `path`, `value` must be an object of attributes".to_owned(),
            },
        ));
    };
    let mut attributes: Vec<(Target<'k>, &'v Value)> = Vec::new();
    let mut seen = HashMap::new();
    for (key, value) in object {
        let found = match extension {
            Some(schema) => resolve(kind, &format!("{}:{key}", schema.id)),
            None => resolve(kind, key),
        };
        match found {
            Ok(Some(Target::Attribute(target))) if dialect::is_sent_back(&target) => {}
            Ok(Some(target)) => {
                let path = target.path();
                if let Some(other) = path.and_then(|path| seen.insert(path, key)) {
                    let detail = format!(
                        "`value` contains one attribute twice, as `{other}` and as `{key}`: send it once"
                    );
                    return Err(Error::new(Kind::InvalidSyntax, detail));
                }
                attributes.push((target, value));
            }
            Ok(None) => {}
            Err(error) if key.contains('[') => return Err(error),
            // A name that is not a valid path is an unknown name.
            Err(_) => {}
        }
    }
    // Parts after wholes: the order of keys in an object means nothing.
    attributes.sort_by_key(|(target, _)| match target {
        Target::Attribute(target) => target.sub.is_some() || target.selection.is_some(),
        Target::Resource | Target::Extension(_) => false,
    });
    Ok(attributes)
}
