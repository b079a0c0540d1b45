//! The schemas of a profile itself (RFC 7643 §2.1, §7).

use super::document::{RowDocument, SchemaDocument};
use super::error::Mistake;
use crate::model::attribute::{Attribute, Type, Uniqueness, Values};
use crate::model::path::AttrPath;
use crate::model::resource_type::Index;
use crate::model::schema::{ENTERPRISE_USER, GROUP, Schema, USER};

/// URNs that SCIM defines and a profile must not redefine.
const TAKEN: [&str; 3] = [USER, GROUP, ENTERPRISE_USER];
/// Attributes that are stored separately, as members of groups and groups of users.
const APART: [&str; 2] = ["members", "groups"];
const MESSAGES: &str = "urn:ietf:params:scim:api:";

/// The schema that `document` describes, and the indexes of its rows. `urn` precedes the paths
/// of an extension's attributes.
pub(super) fn schema(document: SchemaDocument, urn: Option<&str>) -> Result<(Schema, Vec<Index>), Mistake> {
    let SchemaDocument { id, name, description, attributes } = document;
    check_urn(&id)?;
    let mut indexes = Vec::new();
    for row in &attributes {
        indexes_of(row, urn, &mut indexes)?;
    }
    if let Some(row) =
        attributes.iter().find(|row| APART.iter().any(|name| name.eq_ignore_ascii_case(&row.name)))
    {
        let reason = "only `Group` and `User` have memberships: choose another name";
        return Err(Mistake::new(&row.name, reason));
    }
    let attributes = rows(attributes, &id)?;
    if attributes.is_empty() {
        return Err(Mistake::new(&id, "a schema needs at least one attribute"));
    }
    Ok((Schema { id, name, description, attributes }, indexes))
}

fn check_urn(id: &str) -> Result<(), Mistake> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:()+,=@;$!*'%".contains(c);
    let begins = id.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:"));
    if !begins || id.len() < 8 || id.len() > 200 || !id.chars().all(plain) || id.ends_with(':') {
        let example = "urn:ietf:params:scim:schemas:extension:acme:2.0:User";
        return Err(Mistake::new(id, format!("the id of a schema must be a URN, such as `{example}`")));
    }
    if TAKEN.iter().any(|taken| taken.eq_ignore_ascii_case(id))
        || id.to_ascii_lowercase().starts_with(MESSAGES)
    {
        return Err(Mistake::new(id, "SCIM defines this URN: offer its attributes by their paths"));
    }
    Ok(())
}

fn rows(documents: Vec<RowDocument>, owner: &str) -> Result<Vec<Attribute>, Mistake> {
    let mut rows: Vec<Attribute> = Vec::new();
    for document in documents {
        let row = row(document)?;
        if rows.iter().any(|other| other.name.eq_ignore_ascii_case(&row.name)) {
            return Err(Mistake::twice(&row.name, format!("`{owner}` has this attribute twice: remove one")));
        }
        rows.push(row);
    }
    Ok(rows)
}

fn row(document: RowDocument) -> Result<Attribute, Mistake> {
    let name = document.name;
    let mistake = |reason: &str| Mistake::new(&name, reason);
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !begins && name != "$ref" || !name.trim_start_matches('$').chars().all(inside) || name.len() > 64 {
        return Err(mistake(
            "an attribute's name must be a letter, and then letters, digits, `-` and `_` (RFC 7643 §2.1)",
        ));
    }
    if (document.kind == Type::Complex) == document.sub_attributes.is_empty() {
        return Err(mistake("`complex` attributes need `subAttributes`, and others must not have them"));
    }
    if document.sub_attributes.iter().any(|sub| sub.kind == Type::Complex || sub.multi_valued) {
        return Err(mistake("sub-attributes must be single values without parts (RFC 7643 §2.3.8)"));
    }
    if document.kind == Type::Reference && document.reference_types.is_empty() {
        return Err(mistake("a `reference` needs `referenceTypes` (RFC 7643 §7)"));
    }
    if !document.canonical_values.is_empty() && !document.allowed_values.is_empty() {
        return Err(mistake("use either `canonicalValues`, which are suggestions, or `allowedValues`"));
    }
    // RFC 7643 §2.3.6, §2.3.7: binary and reference values are case-exact.
    let exact = matches!(document.kind, Type::Binary | Type::Reference);
    let mut row = Attribute::new(document.kind, &name, &document.description);
    row.multi_valued = document.multi_valued;
    row.required = document.required;
    row.case_exact = document.case_exact.unwrap_or(exact);
    row.mutability = document.mutability;
    row.returned = document.returned;
    row.uniqueness = document.uniqueness;
    row.filterable = document.filterable;
    row.reference_types = document.reference_types;
    if document.allowed_values.is_empty() {
        row.canonical_values = document.canonical_values;
    } else {
        row.canonical_values = document.allowed_values;
        row.values = Values::Allowed;
    }
    row.sub_attributes = rows(document.sub_attributes, &name)?;
    Ok(row)
}

fn indexes_of(row: &RowDocument, urn: Option<&str>, indexes: &mut Vec<Index>) -> Result<(), Mistake> {
    let path = |sub: Option<&RowDocument>| AttrPath {
        urn: urn.map(str::to_owned),
        name: row.name.clone(),
        sub: sub.map(|sub| sub.name.clone()),
    };
    for (part, sub) in
        std::iter::once((row, None)).chain(row.sub_attributes.iter().map(|sub| (sub, Some(sub))))
    {
        let unique = part.uniqueness != Uniqueness::None;
        if !unique && !part.indexed {
            continue;
        }
        if !matches!(part.kind, Type::String | Type::Reference) {
            return Err(Mistake::new(&part.name, "only attributes of text can be indexed or unique"));
        }
        let exact = part.case_exact.unwrap_or(part.kind == Type::Reference);
        indexes.push(Index { path: path(sub), unique, case_exact: exact, idle: false });
    }
    Ok(())
}
