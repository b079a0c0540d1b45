//! The Lambda function `console`: its routes, started by [`gateway::run::start`].

use axum::Router;
use gateway::run::start::{self, Error};
use gateway::run::{administrator_keys, aws};
use gateway::serve::service;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start::logs();
    let key = administrator_keys::of_environment(&aws::config()?).await?;
    start::serve(|app| console::mount(service(Router::new(), app), key)).await
}
