//! The administrator key as a deployment has it: in the environment, or in AWS Secrets Manager.

use aws_config::SdkConfig;

use crate::auth::administrator::AdministratorKey;
use crate::run::aws::{self, Error, variable};

/// The environment variable with the key itself, or with two.
const KEY: &str = "ROLLCALL_ADMINISTRATOR_KEY";
/// The environment variable that names the secret which holds it.
const ARN: &str = "ROLLCALL_ADMINISTRATOR_KEY_ARN";

/// The key that the environment has or names.
///
/// # Errors
/// When it does neither, when the secret cannot be read, and when the key is empty or short. The
/// function does not start then.
pub async fn of_environment(config: &SdkConfig) -> Result<AdministratorKey, Error> {
    // The template names the variable so that `sam local` can set it: empty means not set.
    if let Some(key) = variable(KEY) {
        return Ok(AdministratorKey::new(&key)?);
    }
    let arn = variable(ARN).ok_or_else(|| format!("the environment has neither {KEY} nor {ARN}"))?;
    Ok(AdministratorKey::new(&aws::secret(&aws::secrets_manager(config), arn).await?)?)
}
