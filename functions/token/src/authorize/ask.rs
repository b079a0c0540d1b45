//! A client's request for authorization: checked, then stored in the consent page.
//!
//! The page has no session. It contains the question itself, sealed by the directory's seals and
//! valid for ten minutes, and the administrator signs in with the answer. So an attacker cannot make
//! a browser answer another question, or one that we did not ask.

use data_encoding::BASE64URL_NOPAD;
use directory::access::admission::Principal;
use directory::access::oauth::client::Pkce;
use directory::clock::seconds;
use directory::secret::deployment::CHECKSUM;
use directory::secret::seals::{Purpose, Seals};
use gateway::app::App;
use gateway::auth::open::open;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::problem::Problem;
use crate::answer::Refusal;
use crate::caller::{Caller, parse};
use crate::form::Form;
use crate::scope::granted;

/// How long a page may stay open, in seconds.
const LIFETIME: i64 = 600;
/// The longest state of a client.
const LONGEST_STATE: usize = 4096;

/// The question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// `<directory>.<client>`.
    pub client_id: String,
    /// Where the browser goes afterwards.
    pub redirect: String,
    /// What the client wants back.
    pub state: Option<String>,
    /// What it may do, if it may.
    pub scopes: String,
    /// The challenge of PKCE, by S256.
    pub challenge: Option<String>,
    /// Until when the question may be answered, in seconds since 1970.
    pub ends: i64,
}

/// The question and whose it is. The client has not proved anything yet.
#[derive(Debug)]
pub struct Asked {
    /// The question.
    pub ask: Ask,
    /// The client that is said to ask, and its directory.
    pub caller: Caller,
}

impl Ask {
    /// Reads the parameters of an authorization request.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn read(app: &App, form: &Form) -> Result<Asked, Problem> {
        let caller = client(app, form.need("client_id")?).await?;
        let redirect = form.need("redirect_uri")?;
        if !caller.client.redirects.iter().any(|registered| registered == redirect) {
            return Err(here("`redirect_uri` is not one of those that this client was registered with"));
        }
        let state = form.get("state").unwrap_or_default().filter(|state| state.len() <= LONGEST_STATE);
        let back = |refusal| Problem::Back {
            redirect: redirect.to_owned(),
            state: state.map(str::to_owned),
            refusal,
        };
        let (scopes, challenge) = question(&caller, form).map_err(back)?;
        let ask = Self {
            client_id: format!("{}.{}", caller.directory.id, caller.client.id),
            redirect: redirect.to_owned(),
            state: state.map(str::to_owned),
            scopes,
            challenge,
            ends: seconds() + LIFETIME,
        };
        Ok(Asked { ask, caller })
    }

    /// Reads what [`sealed`](Self::sealed) wrote.
    ///
    /// # Errors
    /// [`Problem::Here`] when it is of another hand, or over.
    pub async fn open(app: &App, sealed: &str) -> Result<Asked, Problem> {
        let stale = || here("this page is too old, or is not ours: go back and begin again");
        let deployment = app.deployment.for_token(sealed).await.map_err(Refusal::table)?;
        if !deployment.has_checksum(sealed) {
            return Err(stale());
        }
        let (text, end) = sealed.split_once('.').ok_or_else(stale)?;
        let shown = end.get(..end.len().saturating_sub(CHECKSUM)).unwrap_or_default();
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| stale())?;
        let ask: Self = serde_json::from_slice(&bytes).map_err(|_| stale())?;
        let caller = client(app, &ask.client_id).await?;
        let same = caller.seals.verify(Purpose::Consent, text, shown);
        // What was registered may have changed since.
        let known = caller.client.redirects.contains(&ask.redirect);
        if same && known && seconds() < ask.ends { Ok(Asked { ask, caller }) } else { Err(stale()) }
    }

    /// As the page carries it, with a checksum at the end.
    #[must_use]
    pub fn sealed(&self, seals: &Seals) -> String {
        let text = BASE64URL_NOPAD.encode(&serde_json::to_vec(self).unwrap_or_default());
        let seal = seals.seal(Purpose::Consent, &text);
        seals.deployment().with_checksum(&format!("{text}.{seal}"))
    }
}

async fn client(app: &App, client_id: &str) -> Result<Caller, Problem> {
    let unknown = || here("there is no such client: `client_id` is mistyped, or was revoked");
    let (directory, client) = parse(client_id).ok_or_else(unknown)?;
    let deployment = app.deployment.get().await.map_err(Refusal::table)?;
    let principal = Principal::Client(client);
    let found = app.holders.find(&directory, &principal).await.map_err(Refusal::table)?;
    let caller = found.admission.as_deref().and_then(|admission| Caller::of(admission, &deployment));
    // Anybody may ask for this page.
    app.holders.remember(directory, principal, found);
    let caller = caller.ok_or_else(unknown)?;
    open(&caller.directory, &app.settings)
        .map_err(|closed| Problem::Here(closed.status(), closed.error().detail.clone()))?;
    Ok(caller)
}

/// The scopes and the challenge.
fn question(caller: &Caller, form: &Form) -> Result<(String, Option<String>), Refusal> {
    form.get("state")?;
    if form.need("response_type")? != "code" {
        return Err(Refusal::unsupported_response_type("`response_type` must be `code`"));
    }
    let challenge = match (form.get("code_challenge")?, form.get("code_challenge_method")?) {
        (Some(challenge), Some("S256")) if is_challenge(challenge) => Some(challenge.to_owned()),
        (Some(_), _) => {
            return Err(Refusal::invalid_request(
                "`code_challenge` must be a SHA-256 in base64url, and its method `S256`",
            ));
        }
        (None, _) if caller.client.pkce == Pkce::Required => {
            return Err(Refusal::invalid_request("`code_challenge` is missing: this client must use PKCE"));
        }
        (None, _) => None,
    };
    Ok((granted(&caller.client.scopes, form.get("scope")?)?, challenge))
}

fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn here(text: &str) -> Problem {
    Problem::Here(StatusCode::BAD_REQUEST, text.to_owned())
}
