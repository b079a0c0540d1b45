//! The part of a resource type of RFC 7643 that a profile offers.
//!
//! A path offers an attribute (`title`, `emails`), one of its parts (`name.givenName`),
//! elements of one type (`emails[type eq "work"].value`) or the primary one
//! (`roles[primary eq "True"].value`). Lists have `primary` in addition, and `type` if a path
//! contains one.

use std::collections::BTreeSet;

use super::document::Offer;
use super::error::Mistake;
use crate::filter::ast::{CompareOp, Filter, Literal};
use crate::filter::parse;
use crate::model::attribute::{Attribute, Type, Uniqueness, Values};
use crate::model::path::{AttrPath, Resolved, Target};
use crate::model::resource_type::{Index, ResourceType};

/// The offered share of one attribute.
#[derive(Default)]
struct Share {
    /// All of it.
    whole: bool,
    /// These parts.
    parts: BTreeSet<String>,
    /// Elements of these types; without types, all elements.
    types: Vec<String>,
}

const ELEMENTS: &str = "offer elements by `type eq \"…\"` or `primary eq \"True\"`";

/// Reduces `kind` to `offers`.
pub(super) fn select(kind: &mut ResourceType, offers: &[Offer]) -> Result<(), Mistake> {
    let all = kind.clone();
    let mut shares: Vec<(Option<String>, String, Share)> = Vec::new();
    for offer in offers {
        if offers.iter().filter(|other| other.path.eq_ignore_ascii_case(&offer.path)).count() > 1 {
            return Err(Mistake::twice(&offer.path, "it is offered twice: remove one"));
        }
        let (found, type_) = find(&all, &offer.path)?;
        let home = found.extension.map(|schema| schema.id.clone());
        let name = &found.attribute.name;
        let at = shares.iter().position(|(urn, known, _)| *urn == home && known == name);
        let mut share = at.map_or_else(Share::default, |at| shares.swap_remove(at).2);
        match (found.sub, &type_) {
            (Some(sub), _) => _ = share.parts.insert(sub.name.clone()),
            (None, _) => share.whole = true,
        }
        if let Some(type_) = type_ {
            share.parts.insert("type".to_owned());
            share.types.extend((!share.types.contains(&type_)).then_some(type_));
        }
        shares.push((home, name.clone(), share));
    }
    cut(&mut kind.schema.attributes, None, &shares);
    // `externalId` is the only common attribute that clients write.
    kind.common
        .retain(|row| row.name != "externalId" || shares.iter().any(|(_, name, _)| name == "externalId"));
    for extension in &mut kind.extensions {
        let urn = extension.schema.id.clone();
        cut(&mut extension.schema.attributes, Some(&urn), &shares);
    }
    kind.extensions.retain(|extension| !extension.schema.attributes.is_empty());
    let offered = kind.clone();
    kind.indexes.retain(|index| offered.resolve(&index.path).is_some());
    for offer in offers {
        adjust(kind, offer)?;
    }
    Ok(())
}

/// What `path` names in `kind`, and the type of element in its filter.
pub(super) fn find<'k>(
    kind: &'k ResourceType,
    path: &str,
) -> Result<(Resolved<'k>, Option<String>), Mistake> {
    let parsed = parse::path(path).map_err(|error| Mistake::new(path, error))?;
    let unknown = || Mistake::new(path, format!("a {} has no such attribute", kind.name));
    let Some(Target::Attribute(mut found)) = kind.resolve(&parsed.attr) else { return Err(unknown()) };
    if let Some(name) = &parsed.sub {
        found.sub = Some(found.attribute.sub(name).ok_or_else(unknown)?);
    }
    match parsed.filter {
        None => Ok((found, None)),
        Some(Filter::Compare { path: by, op: CompareOp::Eq, value })
            if found.attribute.multi_valued && by.urn.is_none() =>
        {
            match (by.name.as_str(), value) {
                ("type", Literal::Text(text)) if found.attribute.sub("type").is_some() => {
                    Ok((found, Some(text)))
                }
                ("primary", _) => Ok((found, None)),
                _ => Err(Mistake::new(path, ELEMENTS)),
            }
        }
        Some(_) => Err(Mistake::new(path, ELEMENTS)),
    }
}

fn cut(rows: &mut Vec<Attribute>, urn: Option<&str>, shares: &[(Option<String>, String, Share)]) {
    rows.retain_mut(|row| {
        let share = shares.iter().find(|(home, name, _)| home.as_deref() == urn && *name == row.name);
        let Some((_, _, share)) = share else { return false };
        if !share.whole {
            let is_list = row.multi_valued;
            row.sub_attributes
                .retain(|sub| share.parts.contains(&sub.name) || (is_list && sub.name == "primary"));
        }
        if !share.types.is_empty()
            && let Some(types) = row.sub_attributes.iter_mut().find(|sub| sub.name == "type")
        {
            types.canonical_values.clone_from(&share.types);
            types.values = Values::Offered;
        }
        true
    });
}

/// Writes the flags of `offer` into its row.
fn adjust(kind: &mut ResourceType, offer: &Offer) -> Result<(), Mistake> {
    let mistake = |reason: &str| Mistake::new(&offer.path, reason);
    let (found, _) = find(kind, &offer.path)?;
    let path = AttrPath {
        urn: found.extension.map(|schema| schema.id.clone()),
        name: found.attribute.name.clone(),
        sub: found.sub.map(|sub| sub.name.clone()),
    };
    let texts = matches!(found.row().kind, Type::String | Type::Reference);
    let unique = offer.unique.unwrap_or(found.row().uniqueness != Uniqueness::None);
    if path.to_string() == "userName" && !unique {
        return Err(mistake("user names must be unique (RFC 7643 §4.1.1)"));
    }
    let always = if kind.has_members() { "displayName" } else { "userName" };
    if path.to_string() == always && offer.required == Some(false) {
        return Err(mistake("RFC 7643 requires this attribute"));
    }
    if (offer.canonical_values.is_some() || offer.allowed_values.is_some()) && !texts {
        return Err(mistake("only attributes of text have canonical or allowed values"));
    }
    let there = kind.indexes.iter().any(|index| index.path == path);
    let indexed = unique || offer.indexed.unwrap_or(there);
    if indexed && !texts {
        return Err(mistake(
            "only attributes of text can be indexed or unique: use a part, such as `.value`",
        ));
    }
    let case_exact = found.row().case_exact;
    let Some(row) = row_mut(kind, &path) else { return Ok(()) };
    row.required = offer.required.unwrap_or(row.required);
    row.uniqueness = if unique { Uniqueness::Server } else { Uniqueness::None };
    if let Some(values) = &offer.canonical_values {
        row.canonical_values.clone_from(values);
    }
    if let Some(values) = &offer.allowed_values {
        row.canonical_values.clone_from(values);
        row.values = Values::Allowed;
    }
    kind.indexes.retain(|index| index.path != path);
    if indexed {
        kind.indexes.push(Index { path, unique, case_exact, idle: false });
    }
    Ok(())
}

/// The row that `path` names.
pub(super) fn row_mut<'k>(kind: &'k mut ResourceType, path: &AttrPath) -> Option<&'k mut Attribute> {
    let named = |row: &&mut Attribute| row.name == path.name;
    let row = match &path.urn {
        Some(urn) => {
            let extension = kind.extensions.iter_mut().find(|extension| extension.schema.id == *urn)?;
            extension.schema.attributes.iter_mut().find(named)?
        }
        None => kind.schema.attributes.iter_mut().chain(&mut kind.common).find(named)?,
    };
    match &path.sub {
        Some(sub) => row.sub_attributes.iter_mut().find(|row| row.name == *sub),
        None => Some(row),
    }
}
