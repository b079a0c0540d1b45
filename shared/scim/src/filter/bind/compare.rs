//! Comparisons: attribute, operator and value must fit.

use super::super::ast::{CompareOp, Literal};
use super::super::bound::{Bound, BoundPath, Comparison};
use super::super::operand::{Comparable, Operand};
use super::scope::{Scope, extension_presence};
use super::site::{Part, Refusal};
use crate::model::attribute::{Attribute, Type};
use crate::model::path::{AttrPath, Resolved, Target};
use crate::value::sign_in_name;

impl Scope<'_> {
    /// `path op literal`.
    pub(super) fn comparison(
        self,
        path: &AttrPath,
        op: CompareOp,
        literal: &Literal,
    ) -> Result<Bound, Refusal> {
        let target = self.resolve(path).map_err(|reason| Part::Path.refused(reason))?;
        if *literal == Literal::Null {
            return absence(target, op);
        }
        let Target::Attribute(found) = target else {
            return Err(Part::Path.refused("this is an extension: name one of its attributes"));
        };
        let found = comparable_part(found)?;
        let row = found.row();
        operator_fits(row, op)?;
        let value = operand(row, op, literal)?;
        Ok(Bound::Compare(Comparison { path: found.into(), op, value }))
    }
}

/// `eq null` and `ne null` ask about presence, for attributes of any type.
fn absence(target: Target<'_>, op: CompareOp) -> Result<Bound, Refusal> {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Err(Part::Op.refused("`null` can be compared by `eq` and `ne` only"));
    }
    Ok(match (target, op) {
        (Target::Attribute(found), _) => {
            let value = Operand { literal: Literal::Null, comparable: None };
            Bound::Compare(Comparison { path: BoundPath::from(found), op, value })
        }
        (Target::Extension(schema), CompareOp::Eq) => Bound::Not(Box::new(extension_presence(schema))),
        (Target::Extension(schema), _) => extension_presence(schema),
    })
}

/// A complex attribute stands for its `value`: RFC 7644 §3.4.2.2 compares `emails` like
/// `emails.value`, and Entra sends `manager eq "…"` and `members eq "…"`.
pub(super) fn comparable_part(found: Resolved<'_>) -> Result<Resolved<'_>, Refusal> {
    match (found.row().kind, found.sub) {
        (Type::Complex, None) => match found.attribute.value_sub() {
            Some(value) => Ok(Resolved { sub: Some(value), ..found }),
            None => Err(Part::Path.refused(needs_part(found.attribute))),
        },
        _ => Ok(found),
    }
}

fn needs_part(attribute: &Attribute) -> String {
    match attribute.sub_attributes.first() {
        Some(part) => format!(
            "this attribute consists of parts: name one of them, such as `{}.{}`",
            attribute.name, part.name
        ),
        None => "this attribute cannot be compared".to_owned(),
    }
}

/// RFC 7644 §3.4.2.2 table 3: the order of booleans or binaries is `invalidFilter`.
fn operator_fits(row: &Attribute, op: CompareOp) -> Result<(), Refusal> {
    let (what, ordered) = match row.kind {
        Type::String | Type::Reference => return Ok(()),
        Type::Boolean => ("a boolean", false),
        Type::Binary => ("binary", false),
        Type::Complex => ("complex", false),
        Type::Decimal | Type::Integer => ("a number", true),
        Type::DateTime => ("a date and time", true),
    };
    if op.is_textual() || (op.is_ordering() && !ordered) {
        let instead =
            if ordered { "`eq`, `ne`, `gt`, `ge`, `lt`, `le` and `pr`" } else { "`eq`, `ne` and `pr`" };
        let reason = format!("`{}` is {what}: compare it by {instead} only", row.name);
        return Err(Part::Op.refused(reason));
    }
    Ok(())
}

/// The literal in the type of the row.
fn operand(row: &Attribute, op: CompareOp, literal: &Literal) -> Result<Operand, Refusal> {
    let literal = match coerced(row, literal) {
        // The form in which it is stored.
        Literal::Text(text) if row.sign_in_name && !op.is_textual() => {
            Literal::Text(sign_in_name::trimmed(&text).to_owned())
        }
        literal => literal,
    };
    let plain = Operand { literal, comparable: None };
    let comparable = Comparable::of(&plain.json(), row.kind, row.case_exact).map(Comparable::into_owned);
    let comparable = match (comparable, &plain.literal, row.kind) {
        (Some(comparable), ..) => comparable,
        // Not equal to any number or date, but a valid comparison.
        (None, Literal::Text(text), Type::Decimal | Type::Integer | Type::DateTime) if !op.is_ordering() => {
            Comparable::Text(text.clone().into())
        }
        _ => return Err(Part::Value.refused(mismatch(row))),
    };
    Ok(Operand { comparable: Some(comparable), ..plain })
}

/// Clients send text without quotes, and numbers and booleans in quotes.
fn coerced(row: &Attribute, literal: &Literal) -> Literal {
    match (row.kind, literal) {
        (Type::String | Type::Reference | Type::Binary, Literal::Number(number)) => {
            Literal::Text(number.to_string())
        }
        (Type::String | Type::Reference | Type::Binary, Literal::Boolean(boolean)) => {
            Literal::Text(boolean.to_string())
        }
        (Type::Boolean, Literal::Text(text)) if text.eq_ignore_ascii_case("true") => Literal::Boolean(true),
        (Type::Boolean, Literal::Text(text)) if text.eq_ignore_ascii_case("false") => Literal::Boolean(false),
        (Type::Decimal | Type::Integer, Literal::Text(text)) => {
            text.parse().map_or_else(|_| literal.clone(), Literal::Number)
        }
        _ => literal.clone(),
    }
}

fn mismatch(row: &Attribute) -> String {
    let wanted = match row.kind {
        Type::Boolean => "a boolean: `true` or `false`",
        Type::Decimal | Type::Integer => "a number",
        Type::DateTime => "a date and time, such as `\"2026-03-31T09:30:00Z\"`",
        _ => "text",
    };
    format!("`{}` must be compared with {wanted}", row.name)
}
