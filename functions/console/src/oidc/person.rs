//! Who an ID token is about, and whether this person may sign in.

use directory::access::oidc::Pending;
use directory::clock::seconds;
use gateway::auth::issuer::signed::{Invalid, Signed};
use gateway::settings::oidc::Oidc;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// The longest subject (OpenID Connect Core 1.0 §2) and e-mail address.
const LONGEST: usize = 255;
/// How far the identity provider's clock and ours may be apart, in seconds.
const LEEWAY: i64 = 60;

/// The claims that decide.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    nonce: Option<String>,
    aud: Value,
    azp: Option<String>,
    email: Option<String>,
    email_verified: Option<Value>,
    auth_time: Option<f64>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// A person who may sign in.
pub(super) struct Person {
    /// The name in the audit log: the e-mail address, or `oidc:` and the subject.
    pub(super) by: String,
    /// When the identity provider last asked who it is, in seconds since 1970, if it says so.
    pub(super) proved: Option<i64>,
}

/// The person that the token is about.
///
/// # Errors
/// When the token answers another sign-in or was issued to another application, and when the person is not
/// on the list, or was not asked again.
pub(super) fn admit(settings: &Oidc, pending: &Pending, signed: Signed<Claims>) -> Result<Person, Refusal> {
    let Signed { sub, claims, .. } = signed;
    if claims.nonce != Some(pending.nonce()) {
        return Err(Refusal::Nonce);
    }
    // A time to come says nothing, such as one in milliseconds.
    let proved = claims.auth_time.map(|at| at as i64).filter(|at| *at <= seconds() + LEEWAY);
    if pending.asks_again() {
        let at = proved.ok_or(Refusal::NoTime)?;
        if at < pending.began() - LEEWAY {
            return Err(Refusal::NotAsked);
        }
    }
    // With several audiences, `azp` says to which one the token was issued (§3.1.3.7).
    let is_one = claims.aud.is_string() || claims.aud.as_array().is_some_and(|all| all.len() == 1);
    match &claims.azp {
        Some(party) if *party == settings.client_id => {}
        None if is_one => {}
        _ => return Err(Refusal::Invalid(Invalid::Audience)),
    }
    if sub.is_empty() || sub.len() > LONGEST || !sub.chars().all(|c| c.is_ascii_graphic()) {
        return Err(Refusal::Invalid(Invalid::Claims));
    }
    let email = claims.email.as_deref().filter(|email| is_address(email));
    let verified = email.filter(|_| is_true_or_absent(claims.email_verified.as_ref()));
    let by = verified.map_or_else(|| format!("oidc:{sub}"), str::to_owned);
    let is_listed = |email: &str| settings.emails.iter().any(|listed| listed.eq_ignore_ascii_case(email));
    let is_member = groups(claims.others.get(&settings.groups_claim))
        .any(|group| settings.groups.iter().any(|listed| listed == group));
    if is_member || verified.is_some_and(is_listed) {
        Ok(Person { by, proved })
    } else if email.is_some_and(is_listed) {
        Err(Refusal::Unverified(by))
    } else {
        Err(Refusal::NotListed(by))
    }
}

/// Whether `text` may stand for an e-mail address in a line of the log.
fn is_address(text: &str) -> bool {
    text.contains('@') && text.len() <= LONGEST && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// Entra sends no `email_verified`; some identity providers send a text.
fn is_true_or_absent(claim: Option<&Value>) -> bool {
    claim.is_none_or(|claim| claim == &Value::Bool(true) || claim == "true")
}

/// A list, or one text.
fn groups(claim: Option<&Value>) -> impl Iterator<Item = &str> {
    let one = claim.and_then(Value::as_str);
    claim.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).chain(one)
}
