//! One directory, as the team sees it: what it is, how far its set-up is, and its set-up links.

use directory::access::credential::{self, Credential};
use directory::access::setup_link::{self, LinkState, MOST_DAYS, SetupLink};
use directory::clock::seconds;
use directory::registry::setup;
use gateway::administration::end::DAY;
use http::StatusCode;
use maud::{Markup, html};
use secrecy::ExposeSecret;

use crate::fresh;
use crate::layout::{Frame, see_other, table, value};
use crate::problem::{Answer, Problem};
use crate::status::status;
use crate::time::{day, minute, stored};
use crate::visit::Visit;

/// Access tokens that are shown.
const SHOWN: u16 = 100;

/// The page.
pub(crate) async fn overview(visit: Visit) -> Answer {
    let record = visit.record()?;
    let setup = setup::read(visit.table(), &record.id).await?;
    let links = setup_link::list(visit.table(), &record.id).await?;
    let (credentials, _) = credential::list(visit.table(), &record.id, None, SHOWN).await?;
    let (frame, now) = (visit.frame(), seconds());
    let status = status(visit.table(), &frame, record).await?;
    let path = format!("/console/directories/{}", record.id);
    let links: Vec<Markup> = links.iter().rev().map(|link| link_row(&frame, &path, link, now)).collect();
    let accepted: Vec<Markup> = setup
        .accepted
        .iter()
        .map(|one| html! { td { (one.condition) } td { (one.by) } td { (stored(&one.at)) } })
        .collect();
    let content = html! {
        h1 { (record.name) }
        dl {
            dt { "Id" } dd { (record.id) }
            dt { "Profile" } dd { (record.profile) }
            dt { "State" } dd { (record.state.name()) }
            dt { "Set-up" }
            dd {
                @match &setup.finished { Some(at) => { "finished " (stored(at)) }, None => "not finished" } ". "
                a href=(frame.to(&format!("{path}/setup"))) { "Open the set-up page" }
            }
            dt { "Changes" }
            dd {
                a href=(frame.to(&format!("{path}/log"))) { "Provisioning log" } ", "
                a href=(frame.to(&format!("{path}/held"))) { "held changes" } ", "
                a href=(frame.to(&format!("{path}/subscriptions"))) { "subscriptions" }
            }
            dt { "Access" }
            dd {
                a href=(frame.to(&format!("{path}/credentials"))) { "Credentials" } ", "
                a href=(frame.to(&format!("{path}/clients"))) { "OAuth clients" } ", "
                a href=(frame.to(&format!("{path}/settings"))) { "settings" } ", "
                a href=(frame.to(&format!("{path}/audit"))) { "audit" }
            }
            dt { "People and groups" }
            dd { a href=(frame.to(&format!("{path}/people"))) { "Look up a person or a group" } }
        }
        (status)
        h2 #links { "Set-up links" }
        p { "With a set-up link, an administrator of the customer sees the set-up page of this directory and nothing else. "
            "A link works once, for " (MOST_DAYS) " days at most. A new one withdraws the one before. "
            strong { "End the session" } " signs out the administrator who opened the link. What they created stays: see "
            a href=(frame.to(&format!("{path}/credentials"))) { "Credentials" } " and "
            a href=(frame.to(&format!("{path}/clients"))) { "OAuth clients" } "." }
        @if !links.is_empty() {
            (table("Set-up links", &["Created", "By", "Ends", "State", "Action"], &links))
        }
        @if visit.is_fresh() {
            (frame.form(&format!("{path}/setup-links"), &html! { button .yes type="submit" { "Create a set-up link" } }))
        } @else {
            (fresh::note(&frame, &path))
        }
        @if !accepted.is_empty() {
            h2 { "Accepted conditions" }
            (table("Accepted conditions", &["Condition", "By", "When"], &accepted))
        }
        h2 { "Access tokens" }
        (credentials_table(&credentials, now))
    };
    Ok(frame.page(StatusCode::OK, &record.name, &content))
}

fn link_row(frame: &Frame, path: &str, link: &SetupLink, now: i64) -> Markup {
    let state = link.state(now);
    let created = stored(&link.created);
    let (text, label) = if state == LinkState::Open {
        ("Withdraw", format!("Withdraw the link of {created}"))
    } else {
        ("End the session", format!("End the session of the link of {created}"))
    };
    let button = html! { button .no.small type="submit" aria-label=(label) { (text) } };
    html! {
        td { (created) }
        td { (link.by) }
        td { (minute(link.expires)) }
        td {
            (state.name())
            @for at in [&link.used, &link.revoked].into_iter().flatten().take(1) { " " (stored(at)) }
            @if let (Some(_), Some(at)) = (&link.used, &link.revoked) { ", session ended " (stored(at)) }
        }
        td {
            @if state == LinkState::Open || link.has_session(now) {
                (frame.form(&format!("{path}/setup-links/{}", link.id), &button))
            }
        }
    }
}

/// The valid access tokens of a directory, without their secrets.
pub(crate) fn credentials_table(credentials: &[Credential], now: i64) -> Markup {
    let rows: Vec<Markup> = credentials
        .iter()
        .filter(|one| one.is_valid(now))
        .map(|one| {
            html! {
                td { (one.label) }
                td { (stored(&one.created)) }
                td { @match one.expires { Some(end) => (day(end)), None => "never" } }
                td { @match one.used { Some(used) => (minute(used)), None => "not yet" } }
            }
        })
        .collect();
    if rows.is_empty() {
        return html! { p { "No access token is valid." } };
    }
    table("Access tokens", &["Name", "Created", "Ends", "Last used"], &rows)
}

/// Creates a link, which is shown only now.
pub(crate) async fn create_link(visit: Visit) -> Answer {
    let record = visit.record()?;
    let deployment = visit.app.deployment.get().await?;
    let expires = seconds() + MOST_DAYS * DAY;
    let (token, _) = setup_link::create(visit.table(), &record.id, &deployment, visit.by(), expires).await?;
    let url = format!("{}/setup/{}", visit.origin, token.expose_secret());
    let frame = visit.frame();
    let content = html! {
        h1 { "The set-up link" }
        p .note { "This page shows the link only now. Send it to the customer's administrator. It works once, until "
            (day(expires)) "." }
        (value("link", "Set-up link", &url))
        p { a href=(frame.to(&format!("/console/directories/{}", record.id))) { "Back to the directory" } }
    };
    Ok(frame.page(StatusCode::OK, "The set-up link", &content))
}

/// Withdraws a link, or ends the session of one that was opened.
pub(crate) async fn revoke_link(visit: Visit) -> Answer {
    let record = visit.record()?;
    let link = visit.parameter("link").parse().map_err(|_| Problem::not_found())?;
    setup_link::revoke(visit.table(), &record.id, &link).await?;
    Ok(see_other(&visit.frame().to(&format!("/console/directories/{}", record.id))))
}
