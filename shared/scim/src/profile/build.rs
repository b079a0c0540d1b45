//! Builds a profile from its file.

use std::sync::Arc;

use super::document::{Document, ExtensionDocument, TypeDocument};
use super::error::{Mistake, ProfileError, syntax};
use super::schema::schema;
use super::select::{find, row_mut, select};
use crate::model::attribute::{Attribute, Returned};
use crate::model::common;
use crate::model::path::AttrPath;
use crate::model::profile::{GroupsReturned, Profile};
use crate::model::resource_type::{Extension, Index, ResourceType, UnmatchedValuePath};

/// Endpoints that SCIM defines, in lower case.
const RESERVED: [&str; 7] =
    ["users", "groups", "me", "bulk", "schemas", "resourcetypes", "serviceproviderconfig"];
/// The most indexes of one type: each costs a write with every change of its value.
const MOST_INDEXES: usize = 20;

/// Reads the profile in `text`, the content of `file`.
///
/// # Errors
/// [`ProfileError::Invalid`] with the line and the reason.
pub fn read(file: &str, text: &str) -> Result<Profile, ProfileError> {
    let document: Document = serde_json::from_str(text).map_err(|error| syntax(file, &error))?;
    build(document).map_err(|mistake| mistake.located(file, text))
}

fn build(document: Document) -> Result<Profile, Mistake> {
    let Document { name, description, sign_in, behavior, resource_types } = document;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        return Err(Mistake::new(
            &name,
            "the name of a profile must have 1 to 64 of the characters a-z, 0-9 and `-`",
        ));
    }
    if sign_in.is_empty() {
        return Err(Mistake::new("signIn", "clients need at least one way to sign in"));
    }
    let mut kinds: Vec<ResourceType> = Vec::new();
    for document in resource_types {
        let kind = resource_type(document)?;
        check_against(&kinds, &kind)?;
        kinds.push(kind);
    }
    if !kinds.iter().any(|kind| kind.name == "User") {
        return Err(Mistake::new("resourceTypes", "every profile needs the type `User`"));
    }
    let endpoints: Vec<(String, String)> =
        kinds.iter().map(|kind| (kind.name.clone(), kind.endpoint.clone())).collect();
    let with_groups = kinds.iter().any(ResourceType::has_members);
    for kind in &mut kinds {
        kind.endpoints.clone_from(&endpoints);
        kind.unmatched_value_path = behavior.unmatched_value_path;
        if kind.name == "User" {
            groups(&mut kind.schema.attributes, with_groups, behavior.groups_returned);
        }
    }
    Ok(Profile {
        name,
        description,
        resource_types: kinds.into_iter().map(Arc::new).collect(),
        sign_in,
        behavior,
    })
}

/// Adapts the `groups` of a user, and removes them if the profile has no groups.
fn groups(rows: &mut Vec<Attribute>, exist: bool, returned: GroupsReturned) {
    rows.retain(|row| exist || row.name != "groups");
    for row in rows.iter_mut().filter(|row| row.name == "groups" && returned == GroupsReturned::Request) {
        row.returned = Returned::Request;
    }
}

fn check_against(kinds: &[ResourceType], new: &ResourceType) -> Result<(), Mistake> {
    for kind in kinds {
        if kind.name.eq_ignore_ascii_case(&new.name) {
            return Err(Mistake::twice(&new.name, "two types have this name: rename one"));
        }
        if kind.endpoint.eq_ignore_ascii_case(&new.endpoint) {
            return Err(Mistake::twice(&new.endpoint, "two types have this endpoint: change one"));
        }
        if kind.schema.is(&new.schema.id) {
            return Err(Mistake::twice(&new.schema.id, "two types have this schema: change one"));
        }
    }
    Ok(())
}

fn resource_type(document: TypeDocument) -> Result<ResourceType, Mistake> {
    let TypeDocument { name, endpoint, description, schema, attributes, filterable, extensions } = document;
    let standard = match name.as_str() {
        "User" => Some(ResourceType::user()),
        "Group" => Some(ResourceType::group()),
        _ => None,
    };
    let mut kind = match (standard, schema) {
        (Some(_), Some(schema)) => {
            return Err(Mistake::new(
                &schema.id,
                format!("RFC 7643 defines the schema of a {name}: add an extension instead"),
            ));
        }
        (Some(mut kind), None) => {
            if let Some(endpoint) = endpoint.filter(|endpoint| *endpoint != kind.endpoint) {
                return Err(Mistake::new(
                    &endpoint,
                    format!("RFC 7644 §3.2 defines the endpoint `{}`: leave this out", kind.endpoint),
                ));
            }
            if let Some(offers) = &attributes {
                select(&mut kind, offers)?;
            }
            kind
        }
        (None, Some(document)) => {
            if attributes.is_some() {
                return Err(Mistake::new(&name, "put the attributes of a custom type into its `schema`"));
            }
            own_type(&name, endpoint, document)?
        }
        (None, None) => return Err(Mistake::new(&name, "a custom type needs a `schema`")),
    };
    kind.description = description.unwrap_or(kind.description);
    for document in extensions {
        extend(&mut kind, document)?;
    }
    if let Some(paths) = filterable {
        restrict(&mut kind, &paths)?;
    }
    if kind.indexes.len() > MOST_INDEXES {
        return Err(Mistake::new(
            &kind.name,
            format!("a type may have {MOST_INDEXES} indexed attributes: remove some"),
        ));
    }
    Ok(kind)
}

fn own_type(
    name: &str,
    endpoint: Option<String>,
    document: super::document::SchemaDocument,
) -> Result<ResourceType, Mistake> {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !begins || name.len() > 64 || !name.chars().all(|c: char| c.is_ascii_alphanumeric()) {
        return Err(Mistake::new(
            name,
            "the name of a type must begin with a letter and have letters and digits only",
        ));
    }
    let Some(endpoint) = endpoint else {
        return Err(Mistake::new(name, "a custom type needs an `endpoint`, such as `/Devices`"));
    };
    let segment = endpoint.strip_prefix('/').unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if segment.is_empty() || segment.len() > 64 || !segment.chars().all(plain) {
        return Err(Mistake::new(
            &endpoint,
            "an `endpoint` must be a slash and one word, such as `/Devices`",
        ));
    }
    if RESERVED.contains(&segment.to_ascii_lowercase().as_str()) {
        return Err(Mistake::new(&endpoint, "SCIM reserves this endpoint: choose another one"));
    }
    let (schema, mut indexes) = schema(document, None)?;
    let common = common::attributes();
    if let Some(row) =
        schema.attributes.iter().find(|row| common.iter().any(|c| c.name.eq_ignore_ascii_case(&row.name)))
    {
        return Err(Mistake::new(
            &row.name,
            "every resource has this attribute already (RFC 7643 §3.1): remove it",
        ));
    }
    indexes.push(Index { path: AttrPath::split("externalId"), unique: false, case_exact: true, idle: false });
    Ok(ResourceType {
        name: name.to_owned(),
        endpoint,
        description: schema.description.clone(),
        common,
        schema,
        extensions: Vec::new(),
        indexes,
        endpoints: Vec::new(),
        unmatched_value_path: UnmatchedValuePath::default(),
    })
}

fn extend(kind: &mut ResourceType, document: ExtensionDocument) -> Result<(), Mistake> {
    let urn = document.schema.id.clone();
    let (schema, indexes) = schema(document.schema, Some(&urn))?;
    if kind.schema.is(&urn) || kind.extension(&urn).is_some() {
        return Err(Mistake::twice(&urn, format!("a {} has this schema already: remove one", kind.name)));
    }
    kind.extensions.push(Extension { schema, required: document.required });
    kind.indexes.extend(indexes);
    Ok(())
}

/// Allows only `paths`, and the attributes that the server derives, in filters.
fn restrict(kind: &mut ResourceType, paths: &[String]) -> Result<(), Mistake> {
    let all = kind.clone();
    let close = |rows: &mut Vec<Attribute>| rows.iter_mut().for_each(|row| row.filterable = false);
    close(&mut kind.schema.attributes);
    kind.extensions.iter_mut().for_each(|extension| close(&mut extension.schema.attributes));
    kind.common.iter_mut().filter(|row| row.name == "externalId").for_each(|row| row.filterable = false);
    for path in paths {
        let (found, _) = find(&all, path)?;
        let whole = AttrPath {
            urn: found.extension.map(|schema| schema.id.clone()),
            name: found.attribute.name.clone(),
            sub: None,
        };
        if let Some(row) = row_mut(kind, &whole) {
            let part = found.sub.map(|sub| sub.name.clone());
            let was_open = std::mem::replace(&mut row.filterable, true);
            for sub in &mut row.sub_attributes {
                let named = part.as_ref().is_none_or(|part| *part == sub.name);
                sub.filterable = named || (was_open && sub.filterable) || sub.name == "type";
            }
        }
    }
    // The server derives `groups`, and clients find the users of a group by it.
    kind.schema
        .attributes
        .iter_mut()
        .filter(|row| row.name == "groups")
        .for_each(|row| row.filterable = true);
    Ok(())
}
