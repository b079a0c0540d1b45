//! Creating an OAuth client. Its secret is shown once.

use directory::access::oauth::client as stored;
use directory::access::oauth::client::Pkce;
use directory::id::ClientId;
use gateway::administration::client::{FederationInput, Input, create as create_client};
use gateway::administration::value::invalid;
use gateway::http::error::Failure;
use http::StatusCode;

use super::kind::Kind;
use super::new::page;
use super::one::values;
use super::secrets::shown;
use crate::field::Wrong;
use crate::layout::see_other;
use crate::limits::{LOOKED_AT, check_room, ends, scopes};
use crate::problem::{Answer, Problem};
use crate::trail::Trail;
use crate::visit::Visit;

/// Creates the client that the form describes, with the id that it names. A form that is sent twice creates
/// one.
pub(crate) async fn create(visit: Visit) -> Answer {
    let (record, trail, kind) = (visit.record()?, Trail::of(&visit)?, Kind::of(visit.form.get("kind")));
    let id: ClientId = visit.form.get("id").parse().map_err(|_| Problem::not_found())?;
    let (found, more) = stored::list(visit.table(), &record.id, None, LOOKED_AT).await?;
    check_room(&visit, found.iter().filter(|one| one.revoked.is_none()).count(), more)?;
    let created = match read(&visit, kind) {
        Ok(input) => create_client(&visit.app, &record.id, id, &input).await,
        Err(failure) => Err(failure),
    };
    let created = match created {
        Ok(created) => created,
        Err(failure) => return page(&visit, StatusCode::BAD_REQUEST, kind, Some(&Wrong::of(failure)?)),
    };
    let (client, made) = created.ok_or_else(|| {
        Problem::conflict(
            "This form was sent before. The client is in the list; a secret of it was shown then.",
        )
    })?;
    let Some(made) = made else {
        return Ok(see_other(&trail.to(&format!("/clients/{}", client.id))));
    };
    Ok(shown(&trail, &client, &made, &values(&visit, &client)?))
}

fn read(visit: &Visit, kind: Kind) -> Result<Input, Failure> {
    let form = &visit.form;
    let text = |name: &str| Some(form.get(name).trim().to_owned()).filter(|text| !text.is_empty());
    let lines = |name: &str| -> Vec<String> {
        let lines = form.get(name).lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    };
    let minutes = form.get("tokenLifetimeMinutes").trim().parse().unwrap_or_default();
    let mut input = Input {
        label: Some(form.get("label").to_owned()),
        scopes: Some(scopes(visit, true)?.names().map(str::to_owned).collect()),
        token_lifetime_minutes: Some(minutes),
        ..Input::default()
    };
    if kind == Kind::Federation {
        input.federation = Some(Some(FederationInput {
            tenant: text("tenant"),
            issuer: text("issuer"),
            jwks_uri: text("jwksUri"),
            subject: text("subject").unwrap_or_default(),
            audiences: lines("audiences"),
        }));
        return Ok(input);
    }
    input.secret_expires = Some(ends(visit)?);
    if kind == Kind::Authorization {
        let addresses = lines("redirectUris");
        if addresses.is_empty() {
            return Err(invalid("`redirectUris` must have at least one address"));
        }
        input.redirect_uris = Some(addresses);
        input.pkce = Some(if form.get("pkce") == "optional" { Pkce::Optional } else { Pkce::Required });
    }
    Ok(input)
}
