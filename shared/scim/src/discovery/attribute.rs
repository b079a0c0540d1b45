//! An attribute's row as `/Schemas` publishes it (RFC 7643 §7).

use serde_json::json;

use crate::model::attribute::{Attribute, Mutability, Returned, Type, Uniqueness};
use crate::model::doc::Doc;

/// The row's characteristics under the RFC's names. Those that do not apply (no canonical
/// values, not a reference, not complex) are left out and never null.
#[must_use]
pub fn publish(row: &Attribute) -> Doc {
    let mut doc = Doc::new();
    doc.insert("name".to_owned(), json!(row.name));
    doc.insert("type".to_owned(), json!(type_name(row.kind)));
    if row.kind == Type::Complex {
        let subs: Vec<Doc> = row.sub_attributes.iter().map(publish).collect();
        doc.insert("subAttributes".to_owned(), json!(subs));
    }
    doc.insert("multiValued".to_owned(), json!(row.multi_valued));
    doc.insert("description".to_owned(), json!(row.description));
    doc.insert("required".to_owned(), json!(row.required));
    if !row.canonical_values.is_empty() {
        doc.insert("canonicalValues".to_owned(), json!(row.canonical_values));
    }
    doc.insert("caseExact".to_owned(), json!(row.case_exact));
    doc.insert("mutability".to_owned(), json!(mutability(row.mutability)));
    doc.insert("returned".to_owned(), json!(returned(row.returned)));
    doc.insert("uniqueness".to_owned(), json!(uniqueness(row.uniqueness)));
    if row.kind == Type::Reference {
        doc.insert("referenceTypes".to_owned(), json!(row.reference_types));
    }
    doc
}

fn type_name(kind: Type) -> &'static str {
    match kind {
        Type::String => "string",
        Type::Boolean => "boolean",
        Type::Decimal => "decimal",
        Type::Integer => "integer",
        Type::DateTime => "dateTime",
        Type::Binary => "binary",
        Type::Reference => "reference",
        Type::Complex => "complex",
    }
}

fn mutability(mutability: Mutability) -> &'static str {
    match mutability {
        Mutability::ReadOnly => "readOnly",
        Mutability::ReadWrite => "readWrite",
        Mutability::Immutable => "immutable",
        Mutability::WriteOnly => "writeOnly",
    }
}

fn returned(returned: Returned) -> &'static str {
    match returned {
        Returned::Always => "always",
        Returned::Never => "never",
        Returned::Default => "default",
        Returned::Request => "request",
    }
}

fn uniqueness(uniqueness: Uniqueness) -> &'static str {
    match uniqueness {
        Uniqueness::None => "none",
        Uniqueness::Server => "server",
        Uniqueness::Global => "global",
    }
}
