//! The ways in which an OAuth client proves who it is.

use directory::access::oauth::client::Client;

/// A kind of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// With an identifier and a secret.
    Secret,
    /// With a token of its own issuer.
    Federation,
    /// With the consent of an administrator.
    Authorization,
}

impl Kind {
    /// All of them, in the order in which they are shown.
    pub(super) const ALL: [Self; 3] = [Self::Secret, Self::Federation, Self::Authorization];

    /// The kind with this [`id`](Self::id); the first one for any other text.
    pub(super) fn of(id: &str) -> Self {
        Self::ALL.into_iter().find(|one| one.id() == id).unwrap_or(Self::Secret)
    }

    pub(super) fn of_client(client: &Client) -> Self {
        match client {
            Client { federation: Some(_), .. } => Self::Federation,
            Client { redirects, .. } if !redirects.is_empty() => Self::Authorization,
            _ => Self::Secret,
        }
    }

    /// As links and forms write it.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Federation => "federation",
            Self::Authorization => "authorization",
        }
    }

    /// As people call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Secret => "Client credentials",
            Self::Federation => "Federation",
            Self::Authorization => "Authorization",
        }
    }

    pub(super) fn purpose(self) -> &'static str {
        match self {
            Self::Secret => {
                "Your identity provider asks for a token endpoint, a client identifier and a client secret."
            }
            Self::Federation => {
                "Your identity provider presents a token of its own, such as a workload identity of Microsoft Entra ID. There is no secret."
            }
            Self::Authorization => {
                "Your identity provider shows a button, such as Authorize, that leads to a page of this service."
            }
        }
    }
}
