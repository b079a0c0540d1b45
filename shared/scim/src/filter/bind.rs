//! A [`Filter`] read by the rows of a resource type: names become canonical, values get
//! the type of their row, and invalid comparisons are refused (RFC 7644 §3.4.2.2).

mod compare;
mod scope;
mod site;
#[cfg(test)]
mod tests;

use scope::Scope;
use site::{Site, Source};

use super::ast::Filter;
use super::bound::{Bound, BoundPath};
use super::error::Error;
use super::parse::SourceSpan;
use crate::model::attribute::Attribute;
use crate::model::path::{AttrPath, Target};
use crate::model::resource_type::ResourceType;

/// Reads `filter` by the rows of `kind`.
///
/// # Errors
/// If an attribute is unknown or secret, or if operator, value and type do not fit. The error
/// names the fragment; that of [`compile`](super::compile::compile) has its position too.
pub fn bind(filter: &Filter, kind: &ResourceType) -> Result<Bound, Error> {
    Binder { scope: Scope::Resource(kind), source: None }.bind(filter)
}

/// Reads the filter inside `[…]` by the sub-attribute rows of `attribute`.
///
/// # Errors
/// As [`bind`].
pub fn bind_element(filter: &Filter, attribute: &Attribute) -> Result<Bound, Error> {
    Binder { scope: Scope::Element { row: attribute, asked: false }, source: None }.bind(filter)
}

/// The attribute of `kind` that `path` names, for sorting.
///
/// # Errors
/// If it is unknown or secret, or is a complex attribute without a `value`.
pub fn bind_path(path: &AttrPath, kind: &ResourceType) -> Result<BoundPath, Error> {
    let refused = |reason: String| Error::about(&path.to_string(), reason);
    match Scope::Resource(kind).resolve(path).map_err(refused)? {
        Target::Attribute(found) => {
            let found = compare::comparable_part(found).map_err(|refusal| refused(refusal.reason))?;
            Ok(found.into())
        }
        Target::Extension(_) => Err(refused("this is an extension: name one of its attributes".to_owned())),
    }
}

/// [`bind`] for a filter that was parsed from `text`, with the spans of its attributes.
pub(super) fn bind_located(
    filter: &Filter,
    kind: &ResourceType,
    text: &str,
    spans: &[SourceSpan],
) -> Result<Bound, Error> {
    Binder { scope: Scope::Resource(kind), source: Some(Source::new(text, spans)) }.bind(filter)
}

struct Binder<'a> {
    scope: Scope<'a>,
    source: Option<Source<'a>>,
}

impl<'a> Binder<'a> {
    /// Reads the filter in the order of its text, so that attributes and spans correspond.
    fn bind(&mut self, filter: &Filter) -> Result<Bound, Error> {
        match filter {
            Filter::And(parts) => Ok(Bound::And(self.bind_all(parts)?)),
            Filter::Or(parts) => Ok(Bound::Or(self.bind_all(parts)?)),
            Filter::Not(part) => Ok(Bound::Not(Box::new(self.bind(part)?))),
            Filter::Compare { path, op, value } => {
                let site = self.site();
                let comparison = self.scope.comparison(path, *op, value);
                comparison.map_err(|refusal| site.error(&refusal, path, *op, value))
            }
            Filter::Present(path) => {
                let site = self.site();
                self.scope.presence(path).map_err(|reason| site.error_at_path(reason, path))
            }
            Filter::Element { path, filter } => {
                let site = self.site();
                let elements = self.scope.elements(path);
                let (path, attribute) = elements.map_err(|reason| site.error_at_path(reason, path))?;
                let outer =
                    std::mem::replace(&mut self.scope, Scope::Element { row: attribute, asked: true });
                let filter = self.bind(filter);
                self.scope = outer;
                Ok(Bound::Element { path, filter: Box::new(filter?) })
            }
        }
    }

    /// The position of the next attribute.
    fn site(&mut self) -> Site<'a> {
        Site::new(self.source.as_mut().and_then(Source::next))
    }

    fn bind_all(&mut self, parts: &[Filter]) -> Result<Vec<Bound>, Error> {
        parts.iter().map(|part| self.bind(part)).collect()
    }
}
