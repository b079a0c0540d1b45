//! "Create credentials": an access token with the defaults, for the identity provider that was chosen.

use directory::access::permissions::Scopes;
use gateway::administration::credential::New;
use gateway::administration::end::usual;

use crate::credentials::create::issue;
use crate::guide::Provider;
use crate::problem::Answer;
use crate::visit::Visit;

/// Creates an access token for everything of SCIM, which ends in a year.
pub(crate) async fn create(visit: Visit) -> Answer {
    let provider = Provider::of(visit.form.get("provider"));
    let label = format!("{} (set-up page)", provider.name());
    issue(&visit, New { label, scopes: Scopes::default(), expires: usual(), subject: None }).await
}
