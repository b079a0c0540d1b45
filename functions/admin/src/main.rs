//! The Lambda function `admin`: its routes, which require the administrator key, started by
//! [`gateway::run::start`].

use axum::Router;
use gateway::run::administrator_keys;
use gateway::run::start::{self, Error};
use gateway::serve::service;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start::logs();
    let key = administrator_keys::of_environment().await?;
    start::serve(|app| admin::mount(service(Router::new(), app), key)).await
}
