//! The Lambda function `users`: its routes, wired up by [`gateway::run::start`].

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), gateway::run::start::Error> {
    gateway::run::start::run(users::routes()).await
}
