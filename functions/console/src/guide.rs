//! Step-by-step guides for identity providers, in the words of their screens.

mod entra;
mod generic;
mod okta;

use maud::{Markup, html};

/// An identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    /// Microsoft Entra ID.
    Entra,
    /// Okta.
    Okta,
    /// Any other client of SCIM 2.0.
    Other,
}

impl Provider {
    /// All of them, in the order in which they are shown.
    pub(crate) const ALL: [Self; 3] = [Self::Entra, Self::Okta, Self::Other];

    /// The provider with this [`id`](Self::id); Entra for any other text.
    pub(crate) fn of(id: &str) -> Self {
        Self::ALL.into_iter().find(|one| one.id() == id).unwrap_or(Self::Entra)
    }

    /// As links write it.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Entra => "entra",
            Self::Okta => "okta",
            Self::Other => "other",
        }
    }

    /// As people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Entra => "Microsoft Entra ID",
            Self::Okta => "Okta",
            Self::Other => "Other identity provider",
        }
    }

    /// The button that sends the first request.
    pub(crate) fn test(self) -> &'static str {
        match self {
            Self::Entra => "Test connection",
            Self::Okta => "Test Connector Configuration",
            Self::Other => "the test of the connection",
        }
    }

    /// The steps for a service with this Tenant URL, whose directory has `groups` or only users.
    pub(crate) fn steps(self, tenant_url: &str, groups: bool) -> Markup {
        let steps = match self {
            Self::Entra => entra::steps(tenant_url, groups),
            Self::Okta => okta::steps(tenant_url, groups),
            Self::Other => generic::steps(tenant_url, groups),
        };
        html! { ol .steps { @for step in steps { li { (step) } } } }
    }
}
