//! How to get a token: by client credentials, and by workload identity federation.

use super::finding::Fault;
use super::report::Exchange;
use super::talk::Talk;
use crate::mapping::Kind;
use crate::mapping::path::member;
use crate::wire::request::{Request, Trouble};

/// The maximum lifetime of a token, in minutes.
const LIFE: std::ops::RangeInclusive<u64> = 60..=360;

/// By client id and secret.
pub(crate) async fn secret(talk: &mut Talk<'_>) -> Option<()> {
    token(talk, false).await
}

/// By a signed assertion.
pub(crate) async fn assertion(talk: &mut Talk<'_>) -> Option<()> {
    token(talk, true).await
}

async fn token(talk: &mut Talk<'_>, assertion: bool) -> Option<()> {
    let world = talk.world;
    let credentials = world.credentials.as_ref()?;
    let result = credentials.ask(&world.client, world.client.base(), assertion).await;
    talk.keep(Exchange {
        // Hides the secret and the token.
        sent: format!("POST {}", credentials.endpoint),
        body: None,
        came: result.as_ref().map(|answer| answer.status).map_err(Trouble::to_string),
        text: String::new(),
    });
    let answer = match result {
        Ok(answer) => answer,
        Err(trouble) => {
            talk.fault(Fault::NoAnswer, format!("POST {}: {trouble}", credentials.endpoint));
            return None;
        }
    };
    let field = |name: &str| answer.json.as_ref().and_then(|body| member(body, name)).cloned();
    let token =
        field("access_token").and_then(|it| it.as_str().map(str::to_owned)).filter(|it| !it.is_empty());
    let Some(token) = token.filter(|_| answer.status < 300) else {
        let error = field("error").map_or_else(|| "no `access_token`".to_owned(), |it| it.to_string());
        talk.fault(Fault::TokenNotIssued, format!("the token endpoint answered {}: {error}", answer.status));
        return None;
    };
    match field("expires_in").and_then(|it| it.as_u64()) {
        Some(seconds) if LIFE.contains(&(seconds / 60)) => {}
        Some(seconds) => talk.fault(Fault::TokenLife, format!("`expires_in` is {seconds}")),
        None => talk.fault(Fault::TokenLife, "there is no `expires_in`"),
    }
    let request = Request::get(Kind::User.endpoint()).with("startIndex", "1").with("count", "1");
    let result = world.client.with_token(&token).send(&request).await;
    talk.keep(Exchange::of(&request, &result));
    match result {
        Ok(answer) if answer.status == 200 => {}
        Ok(answer) => {
            talk.fault(
                Fault::TokenRefused,
                format!("{} with that token: {}", request.line(), answer.summary()),
            );
        }
        Err(trouble) => talk.fault(Fault::NoAnswer, trouble.to_string()),
    }
    Some(())
}
