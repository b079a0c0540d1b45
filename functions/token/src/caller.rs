//! Which client a request is from (RFC 6749 §2.3, RFC 7523 §2.2).

use directory::access::admission::{Admission, Holder, Principal};
use directory::access::oauth::client::Client;
use directory::access::oauth::client::secret::ClientSecret;
use directory::clock::seconds;
use directory::id::{ClientId, DirectoryId};
use directory::registry::record::DirectoryRecord;
use directory::secret::Secret;
use directory::secret::deployment::DeploymentSecret;
use directory::secret::seals::Seals;
use gateway::app::App;
use gateway::auth::issuer::keys::Keys;
use gateway::auth::open::open;
use gateway::auth::token::client_secret::hash;
use gateway::log::ending;
use gateway::settings::Reach;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use percent_encoding::percent_decode_str;
use subtle::ConstantTimeEq;

use crate::answer::Refusal;
use crate::assertion;
use crate::form::Form;

/// The one `client_assertion_type` that there is (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The longest header, id and secret that are accepted.
const LONGEST: usize = 4096;

/// A client that has proved who it is, and the directory that it is of.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The directory.
    pub directory: DirectoryRecord,
    /// Its seals.
    pub seals: Seals,
    /// The client.
    pub client: Client,
}

impl Caller {
    /// The client of `admission`, unless it is revoked, in the deployment with this secret.
    pub(crate) fn of(admission: &Admission, deployment: &DeploymentSecret) -> Option<Self> {
        let Holder::Client(client) = &admission.holder else { return None };
        let (directory, secrets) = (&admission.record.directory, admission.record.secrets.clone()?);
        let seals = Seals::new(deployment.clone(), secrets);
        let valid = client.revoked.is_none();
        valid.then(|| Self { directory: directory.clone(), seals, client: client.clone() })
    }
}

/// What a client shows to prove who it is.
enum Proof<'a> {
    Secret(String),
    Assertion(&'a str),
}

/// Finds the client and checks its proof.
///
/// # Errors
/// `invalid_client`, the same for every wrong id and secret; `invalid_request` for two proofs
/// at once; `unauthorized_client` when the directory takes no clients now.
pub async fn authenticate(
    app: &App,
    keys: &Keys,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Caller, Refusal> {
    let (id, proof) = shown(headers, form)?;
    let (directory, client) = parse(&id).ok_or_else(wrong)?;
    let deployment = deployment(app, form, &proof).await?;
    if let Proof::Secret(secret) = &proof
        && !deployment.has_checksum(secret)
    {
        return Err(wrong());
    }
    let principal = Principal::Client(client.clone());
    let found = app.holders.find(&directory, &principal).await.map_err(Refusal::table)?;
    let caller = found.admission.as_deref().and_then(|admission| Caller::of(admission, &deployment));
    let verified = verified((keys, app.settings.reach), &directory, &client, caller, proof).await;
    let caller = verified.inspect_err(|_| app.holders.remember(directory, principal, found))?;
    open(&caller.directory, &app.settings)
        .map_err(|closed| Refusal::unauthorized_client(closed.error().detail.clone()))?;
    Ok(caller)
}

/// `caller`, who has shown `proof` of being the client `id` of `directory`. Keys of an issuer are fetched
/// from where `reach` allows.
async fn verified(
    (keys, reach): (&Keys, Reach),
    directory: &DirectoryId,
    id: &ClientId,
    caller: Option<Caller>,
    proof: Proof<'_>,
) -> Result<Caller, Refusal> {
    match proof {
        Proof::Secret(secret) => {
            let kept = opens(caller.as_ref(), id, &secret)?.ok_or_else(wrong)?;
            if let Some(days) = kept.warning(seconds()) {
                ending::warn(directory, "client secret", &format!("{id}/{}", kept.id), days, seconds());
            }
        }
        Proof::Assertion(assertion) => {
            let federation = caller.as_ref().and_then(|caller| caller.client.federation.as_ref());
            let federation = federation.ok_or_else(wrong)?;
            let checked = assertion::check(keys, reach, federation, assertion).await;
            checked.map_err(|reason| {
                tracing::warn!(%directory, client = %id, %reason, "a client's assertion was refused");
                Refusal::invalid_client(&reason.to_string())
            })?;
        }
    }
    caller.ok_or_else(wrong)
}

/// The deployment's secret, with which the checksums of the client's secret and of the token that it
/// sends can be verified.
async fn deployment(app: &App, form: &Form, proof: &Proof<'_>) -> Result<DeploymentSecret, Refusal> {
    let mut known = match proof {
        Proof::Secret(secret) => app.deployment.for_token(secret).await,
        Proof::Assertion(_) => app.deployment.get().await,
    };
    for field in ["code", "refresh_token", "token"] {
        if let Some(token) = form.get(field)? {
            known = app.deployment.for_token(token).await;
        }
    }
    known.map_err(Refusal::table)
}

/// The id and the proof, of which there must be one.
fn shown<'a>(headers: &HeaderMap, form: &'a Form) -> Result<(String, Proof<'a>), Refusal> {
    let id = form.get("client_id")?;
    let (secret, assertion) = (form.get("client_secret")?, form.get("client_assertion")?);
    let basic = basic(headers)?;
    match (basic, secret, assertion) {
        (Some((user, password)), None, None) => {
            if id.is_some_and(|id| id != user) {
                return Err(Refusal::invalid_request(
                    "`client_id` is not the one of the Authorization header",
                ));
            }
            Ok((user, Proof::Secret(password)))
        }
        (None, Some(secret), None) => Ok((needed(id)?, Proof::Secret(secret.to_owned()))),
        (None, None, Some(assertion)) => {
            if form.get("client_assertion_type")? != Some(JWT_BEARER) {
                return Err(Refusal::invalid_request(format!(
                    "`client_assertion_type` must be `{JWT_BEARER}`"
                )));
            }
            Ok((needed(id)?, Proof::Assertion(assertion)))
        }
        (None, None, None) => Err(Refusal::invalid_client(
            "the client must show who it is: by its secret, in an Authorization header or as \
             `client_secret`, or by `client_assertion`",
        )),
        _ => Err(Refusal::invalid_request("show one thing only: a secret, once, or an assertion")),
    }
}

fn needed(id: Option<&str>) -> Result<String, Refusal> {
    let missing = || Refusal::invalid_request("`client_id` is missing");
    id.map(str::to_owned).ok_or_else(missing)
}

/// Id and secret of an Authorization header, each percent-encoded in it (RFC 6749 §2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| text.len() <= LONGEST && values.next().is_none());
    let read = || {
        let (scheme, encoded) = text?.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("basic").then_some(())?;
        let bytes = data_encoding::BASE64.decode(encoded.trim().as_bytes()).ok()?;
        let pair = String::from_utf8(bytes).ok()?;
        let (id, secret) = pair.split_once(':')?;
        let plain = |text: &str| percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned());
        Some((plain(id)?, plain(secret)?)).filter(|(id, secret)| !id.is_empty() && !secret.is_empty())
    };
    read().map(Some).ok_or_else(wrong)
}

/// The directory and the client that `client_id` names: `<directory>.<client>`.
pub(crate) fn parse(client_id: &str) -> Option<(DirectoryId, ClientId)> {
    let (directory, client) = client_id.split_once('.')?;
    Some((directory.parse().ok()?, client.parse().ok()?))
}

/// Which of the client's secrets that have not ended `secret` is. Takes the same time whether
/// there is such a client or not.
fn opens<'a>(
    caller: Option<&'a Caller>,
    id: &ClientId,
    secret: &str,
) -> Result<Option<&'a ClientSecret>, Refusal> {
    let stand_in = Secret::random().map_err(Refusal::table)?;
    let shown = hash(caller.map_or(&stand_in, |caller| caller.seals.hashes()), id, secret);
    let kept = caller.map(|caller| caller.client.secrets.as_slice()).unwrap_or_default();
    // All are compared, so that the time does not show which one matches.
    let found = kept.iter().filter(|kept| !kept.is_expired()).fold(None, |found, kept| {
        if bool::from(kept.hash.as_bytes().ct_eq(shown.as_bytes())) { Some(kept) } else { found }
    });
    Ok(found.filter(|_| !shown.is_empty()))
}

fn wrong() -> Refusal {
    Refusal::invalid_client("there is no such client, or its secret is mistyped, expired or revoked")
}
