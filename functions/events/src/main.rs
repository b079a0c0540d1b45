//! The Lambda function `events`: its route, started by [`gateway::run::start`].

use axum::Router;
use gateway::run::start::{self, Error};
use gateway::serve::service;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start::logs();
    start::serve(|app| events::mount(service(Router::new(), app))).await
}
