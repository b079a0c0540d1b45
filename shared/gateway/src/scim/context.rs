//! What the way to a handler has found out about a request.

use std::sync::Arc;

use directory::Directory;
use directory::Table;
use scim::error::Kind;
use scim::model::resource_type::ResourceType;

use crate::auth::access::Access;
use crate::http::error::Failure;

/// Put into the request's extensions before routing.
#[derive(Debug, Clone)]
pub struct Context {
    /// The directory and the credential.
    pub access: Access,
    /// The URL up to and with `/scim/v2`, as the client reaches it.
    pub base: Arc<str>,
}

impl Context {
    /// All resource types of the directory.
    #[must_use]
    pub fn resource_types(&self) -> &[Arc<ResourceType>] {
        &self.access.profile.resource_types
    }

    /// The resource type that is served at `endpoint`, such as `/Users`.
    #[must_use]
    pub fn at(&self, endpoint: &str) -> Option<&Arc<ResourceType>> {
        self.access.profile.at(endpoint)
    }

    /// A 404: the directory has no such endpoint.
    #[must_use]
    pub fn no_endpoint(&self) -> Failure {
        let own = self.resource_types().iter().map(|kind| kind.endpoint.as_str());
        let endpoints: Vec<String> = own
            .chain(["/Bulk", "/Me", "/ServiceProviderConfig", "/ResourceTypes", "/Schemas"])
            .map(|at| format!("`{at}`"))
            .collect();
        Failure::new(
            Kind::NoEndpoint,
            format!("there is no such endpoint: below the Tenant URL are {}", endpoints.join(", ")),
        )
    }

    /// What the request may touch of `store`, as its profile wants it.
    #[must_use]
    pub fn scope(&self, table: &Table) -> Directory {
        let scope = Directory::open(table, &self.access.directory, &self.access.credential);
        if self.access.profile.behavior.members_must_exist { scope.demanding_members() } else { scope }
    }
}
