//! The administrator key as a deployment has it: in the environment, or in AWS Secrets Manager.

use std::env;

use crate::auth::administrator::AdministratorKey;
use crate::run::aws;
use crate::run::start::Error;
use aws_sdk_secretsmanager::Client;

/// The environment variable with the key itself, or with two.
const KEY: &str = "ROLLCALL_ADMINISTRATOR_KEY";
/// The environment variable that names the secret which holds it.
const ARN: &str = "ROLLCALL_ADMINISTRATOR_KEY_ARN";

/// The key that the environment has or names.
///
/// # Errors
/// When it does neither, when the secret cannot be read, and when the key is empty or short. The
/// function does not start then.
pub async fn of_environment() -> Result<AdministratorKey, Error> {
    // The template names the variable so that `sam local` can set it: empty means not set.
    if let Some(key) = env::var(KEY).ok().filter(|key| !key.is_empty()) {
        return Ok(AdministratorKey::new(&key)?);
    }
    let arn = env::var(ARN).ok().filter(|arn| !arn.is_empty());
    let arn = arn.ok_or_else(|| format!("the environment has neither {KEY} nor {ARN}"))?;
    let client = Client::new(&aws::config()?);
    let secret = client.get_secret_value().secret_id(arn).send().await?;
    Ok(AdministratorKey::new(secret.secret_string().unwrap_or_default())?)
}
