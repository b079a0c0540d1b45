//! Projection: `attributes` and `excludedAttributes` (RFC 7644 §3.4.2.5, §3.9) and `returned`
//! (RFC 7643 §7).

pub mod apply;
pub mod name;
#[cfg(test)]
mod tests;

use crate::error::{Error, Kind};
use crate::model::attribute::Returned;
use crate::model::resource_type::ResourceType;
use name::Name;

/// The attributes that a client requests.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    selection: Selection,
    /// The core attributes that are not `returned: default`.
    exceptions: Vec<(String, Returned)>,
}

/// The two parameters.
#[derive(Debug, Clone, PartialEq)]
enum Selection {
    /// None was sent.
    Default,
    /// `attributes`: only these, and those that are `returned: always`.
    Only(Vec<Name>),
    /// `excludedAttributes`: those that are `returned: default`, without these.
    Except(Vec<Name>),
}

impl Projection {
    /// Reads the two query parameters, each a comma-separated list of attribute paths.
    ///
    /// Names may have any letter case and blanks around them, and may be qualified by a URN,
    /// be the URN of a schema, or be a value path, which selects elements. Names that `kind`
    /// does not have select nothing. A parameter without any name counts as not sent.
    ///
    /// # Errors
    /// `invalidValue` if both are sent: RFC 7644 §3.9 calls them mutually exclusive.
    /// `invalidFilter` if the filter of a value path is not valid.
    pub fn parse(
        kind: &ResourceType,
        attributes: Option<&str>,
        excluded: Option<&str>,
    ) -> Result<Self, Error> {
        let sent =
            |list: Option<&str>| list.is_some_and(|list| !list.split(',').all(|n| n.trim().is_empty()));
        let selection = match (attributes, excluded) {
            (a, e) if sent(a) && sent(e) => {
                return Err(Error::new(
                    Kind::InvalidValue,
                    "`attributes` and `excludedAttributes` cannot be combined: send one of them",
                ));
            }
            (Some(list), _) if sent(Some(list)) => Selection::Only(Name::list(kind, list)?),
            (_, Some(list)) if sent(Some(list)) => Selection::Except(Name::list(kind, list)?),
            _ => Selection::Default,
        };
        let exceptions = (kind.common.iter().chain(&kind.schema.attributes))
            .filter(|row| row.returned != Returned::Default)
            .map(|row| (row.name.clone(), row.returned));
        // Attributes that the type does not have need not be read.
        let absent = ["members", "groups"].into_iter().filter(|name| kind.attribute(name).is_none());
        let exceptions = exceptions.chain(absent.map(|name| (name.to_owned(), Returned::Never))).collect();
        Ok(Self { selection, exceptions })
    }

    /// Whether the client sent either parameter.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.selection != Selection::Default
    }

    /// Whether the core or common attribute `attribute`, or a part of it, is returned. So
    /// attributes that are costly to read (`members`, `groups`) are read only if needed.
    #[must_use]
    pub fn wants(&self, attribute: &str) -> bool {
        let returned = (self.exceptions.iter())
            .find(|(name, _)| name.eq_ignore_ascii_case(attribute))
            .map_or(Returned::Default, |(_, returned)| *returned);
        match (returned, &self.selection) {
            (Returned::Always, _) => true,
            (Returned::Never, _) => false,
            (_, Selection::Only(names)) => names.iter().any(|n| n.covers(None, attribute)),
            (Returned::Request, _) => false,
            (Returned::Default, Selection::Default) => true,
            (Returned::Default, Selection::Except(names)) => {
                !names.iter().any(|n| n.sub.is_none() && n.filter.is_none() && n.covers(None, attribute))
            }
        }
    }
}
