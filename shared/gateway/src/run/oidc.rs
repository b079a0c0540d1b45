//! How the team signs in with OpenID Connect, as a deployment has it: in AWS Secrets Manager.

use aws_config::SdkConfig;

use crate::run::aws::{self, Error, variable};
use crate::settings::oidc::Oidc;

/// The environment variable that names the secret with the settings; only the function `console` has it.
const SECRET: &str = "ROLLCALL_OIDC_SECRET";
/// The environment variable that is `true` where the administrator key opens no page of the console.
const ONLY: &str = "ROLLCALL_OIDC_ONLY";

/// The settings in the secret that the environment names; `None` if it names none.
///
/// # Errors
/// When the secret cannot be read, or holds other text. The function does not start then.
pub(super) async fn of_environment(config: &SdkConfig) -> Result<Option<Oidc>, Error> {
    let Some(name) = variable(SECRET) else { return Ok(None) };
    let text = aws::secret(&aws::secrets_manager(config), name).await?;
    let is_only_way = variable(ONLY).is_some_and(|value| value == "true");
    Ok(Some(Oidc { is_only_way, ..Oidc::parse(&text)? }))
}
