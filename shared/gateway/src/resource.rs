//! The handlers of resources, once for all resource types (RFC 7644 §3.2).

pub mod call;
pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod patch;
pub mod replace;

use std::sync::Arc;

use axum::routing::{self, MethodRouter};
use scim::model::resource_type::ResourceType;

use crate::app::App;

/// Which resource type a route is about.
pub trait Served: Send + Sync + 'static {
    /// The resource type as `app` serves it.
    fn kind(app: &App) -> &Arc<ResourceType>;
}

/// Users.
#[derive(Debug, Clone, Copy)]
pub struct User;

/// Groups.
#[derive(Debug, Clone, Copy)]
pub struct Group;

impl Served for User {
    fn kind(app: &App) -> &Arc<ResourceType> {
        &app.user
    }
}

impl Served for Group {
    fn kind(app: &App) -> &Arc<ResourceType> {
        &app.group
    }
}

/// The methods of all resources together: `/Users`.
pub fn collection<K: Served>() -> MethodRouter<App> {
    routing::get(list::list::<K>).post(create::create::<K>)
}

/// The methods of one resource: `/Users/{id}`.
pub fn single<K: Served>() -> MethodRouter<App> {
    routing::get(get::get::<K>)
        .put(replace::replace::<K>)
        .patch(patch::patch::<K>)
        .delete(delete::delete::<K>)
}
