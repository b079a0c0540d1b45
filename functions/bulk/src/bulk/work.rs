//! One operation, done as the handler of a single request does it.

use std::sync::Arc;

use directory::Directory;
use directory::id::NewId;
use directory::resource::update::ChangeOptions;
use scim::error::Error;
use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;
use scim::patch::operation::Operation;
use scim::render::location;
use serde_json::Value;

use super::answer::{Done, Named};
use gateway::http::error::Failure;
use gateway::scim::create::created;
use gateway::scim::delete::deleted;
use gateway::scim::patch::patched;
use gateway::scim::replace::replaced;

/// What is to be done to one resource.
pub(super) struct Work {
    pub(super) kind: Arc<ResourceType>,
    /// The resource's id, also of one that is to be created.
    pub(super) id: String,
    pub(super) deed: Deed,
}

pub(super) enum Deed {
    Create { id: NewId, doc: Doc },
    Replace { body: Value, options: ChangeOptions },
    Change { operations: Vec<Operation>, options: ChangeOptions, quiet: bool },
    Delete { options: ChangeOptions },
}

impl Deed {
    /// The options of a change.
    pub(super) fn options(&mut self) -> Option<&mut ChangeOptions> {
        match self {
            Self::Create { .. } => None,
            Self::Replace { options, .. } | Self::Change { options, .. } | Self::Delete { options } => {
                Some(options)
            }
        }
    }
}

impl Work {
    /// Sets the location of its resource, now that references are resolved.
    pub(super) fn locate(&self, named: &mut Named) {
        if !matches!(self.deed, Deed::Create { .. }) {
            named.location = Some(location(&self.kind, &self.id, &named.base));
        }
    }

    /// Does it.
    pub(super) async fn carry_out(self, scope: &Directory) -> Result<Done, Error> {
        let Self { kind, id, deed } = self;
        let error = |failure: Failure| failure.error().clone();
        Ok(match deed {
            Deed::Create { id, doc } => Done::at(201, created(scope, &kind, id, doc).await.map_err(error)?),
            Deed::Replace { body, options } => {
                Done::at(200, replaced(scope, &kind, &id, &body, options).await.map_err(error)?)
            }
            Deed::Change { operations, options, quiet } => {
                let status = if quiet { 204 } else { 200 };
                Done::at(status, patched(scope, &kind, &id, &operations, options).await.map_err(error)?)
            }
            Deed::Delete { options } => {
                deleted(scope, &kind, &id, options).await.map_err(error)?;
                Done { status: 204, id, version: None }
            }
        })
    }
}

/// Takes back the create of the resource `id`.
pub(super) async fn take_back(scope: &Directory, kind: &ResourceType, id: &str) -> Result<(), Failure> {
    deleted(scope, kind, id, ChangeOptions::default()).await
}
