//! What of a resource is answered: `attributes` and `excludedAttributes`
//! (RFC 7644 §3.4.2.5, §3.9) and `returned` (RFC 7643 §7).

pub mod apply;
pub mod name;
#[cfg(test)]
mod tests;

use crate::error::{Error, Kind};
use crate::model::attribute::Returned;
use crate::model::resource_type::ResourceType;
use name::Name;

/// Which attributes a client wants to see.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    selection: Selection,
    /// The core attributes that are not simply `returned: default`.
    exceptions: Vec<(String, Returned)>,
}

/// What the two parameters say.
#[derive(Debug, Clone, PartialEq)]
enum Selection {
    /// Neither was sent.
    Default,
    /// `attributes`: nothing but these, and what is `returned: always`.
    Only(Vec<Name>),
    /// `excludedAttributes`: what is `returned: default` without these.
    Except(Vec<Name>),
}

impl Projection {
    /// Reads the two query parameters, each a comma-separated list of attribute paths.
    ///
    /// Names may be spelled in any case, with blanks around them, qualified by a URN,
    /// and may be a whole schema's URN. Names that `kind` does not have select nothing.
    /// A parameter that holds no name at all counts as not sent.
    ///
    /// # Errors
    ///
    /// `invalidValue` when both are sent: RFC 7644 §3.9 calls them mutually exclusive.
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
                    "`attributes` and `excludedAttributes` exclude each other: send one of them",
                ));
            }
            (Some(list), _) if sent(Some(list)) => Selection::Only(Name::list(kind, list)?),
            (_, Some(list)) if sent(Some(list)) => Selection::Except(Name::list(kind, list)?),
            _ => Selection::Default,
        };
        let exceptions = (kind.common.iter().chain(&kind.schema.attributes))
            .filter(|row| row.returned != Returned::Default)
            .map(|row| (row.name.clone(), row.returned));
        // What the type does not have is not answered, and need not be read.
        let absent = ["members", "groups"].into_iter().filter(|name| kind.attribute(name).is_none());
        let exceptions = exceptions.chain(absent.map(|name| (name.to_owned(), Returned::Never))).collect();
        Ok(Self { selection, exceptions })
    }

    /// Whether the client sent either parameter.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.selection != Selection::Default
    }

    /// Whether some of the core or common attribute `attribute` is going to be answered,
    /// so that what is costly to read (`members`, `groups`) is read only then.
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
