//! Changes of users that wait for a person: the team approves or rejects them.

use std::time::Duration;

use directory::events::{self, Decision, Overview, Shown, decide_all, decide_some};
use http::StatusCode;
use maud::{Markup, html};

use crate::form::query;
use crate::layout::{Frame, see_other, table};
use crate::log::changes::spelled_out;
use crate::problem::{Answer, Problem};
use crate::time::stored;
use crate::visit::Visit;

/// Changes of one page.
const PAGE: u16 = 50;
/// How long one decision about all changes works.
const TIME: Duration = Duration::from_secs(10);

/// The page: what is held, and why.
pub(crate) async fn show(visit: Visit) -> Answer {
    let record = visit.record()?;
    let found = events::held(visit.table(), &record.id, visit.query.place("after"), PAGE).await?;
    let frame = visit.frame();
    let path = format!("/console/directories/{}/held", record.id);
    let rows: Vec<Markup> = found.items.iter().map(|one| row(&frame, &path, one)).collect();
    let all = html! {
        button .yes type="submit" name="decision" value="approve" { "Approve all" }
        button .no type="submit" name="decision" value="reject" { "Reject all" }
    };
    let content = html! {
        h1 { "Held changes" }
        p { (reason(&found)) }
        @if rows.is_empty() {
            p .good { "No change is held." }
        } @else {
            p { "An approved change goes to the log, and so to those who follow it. A rejected one stays out of it. \
                 The users themselves are as the identity provider left them." }
            (frame.form(&path, &all))
            (table("Held changes", &["Since", "What", "User", "State", "Decide"], &rows))
        }
        @if let Some(next) = &found.next { p { a href=(frame.to(&format!("{path}?{}", query("after", next)))) { "More" } } }
        p { a href=(frame.to(&format!("/console/directories/{}", record.id))) { "Back to the directory" } }
    };
    Ok(frame.page(StatusCode::OK, "Held changes", &content))
}

fn reason(found: &Overview) -> String {
    match (found.above, found.open) {
        (None, _) if found.waiting > 0 => {
            "Only changes of protected users are held: this directory has no limit above which all are."
                .to_owned()
        }
        (None, _) => "No change is held here: this directory has no limit above which all are.".to_owned(),
        (Some(above), false) => format!(
            "Disabled and deleted users wait for a moment before they go to the log, protected ones until a person \
             decides. There were {} of them lately; above {above}, all wait for a person.",
            found.recent
        ),
        (Some(above), true) => {
            format!(
                "{} users were disabled or deleted in short time, more than {above}: all wait for you.",
                found.recent
            )
        }
    }
}

fn row(frame: &Frame, path: &str, one: &Shown) -> Markup {
    let fields = html! {
        input type="hidden" name="id" value=(one.id);
        button .yes.small type="submit" name="decision" value="approve" aria-label=(format!("Approve {}", one.id)) { "Approve" }
        button .no.small type="submit" name="decision" value="reject" aria-label=(format!("Reject {}", one.id)) { "Reject" }
    };
    html! {
        td { (stored(&one.since)) }
        td { (spelled_out(&one.kind)) }
        td { (one.id) }
        td { (one.state) }
        td { (frame.form(path, &fields)) }
    }
}

/// Carries out a decision about one user, or about all. About many changes it works for ten seconds; what is
/// left is on the page.
pub(crate) async fn decide(visit: Visit) -> Answer {
    let record = visit.record()?;
    let decision = match visit.form.get("decision") {
        "approve" => Decision::Approve,
        "reject" => Decision::Reject,
        _ => return Err(Problem::conflict("Press one of the buttons.")),
    };
    let ids: Vec<String> = visit.form.all("id").map(str::to_owned).collect();
    if ids.is_empty() {
        decide_all(visit.table(), &record.id, decision, None, TIME).await?;
    } else {
        decide_some(visit.table(), &record.id, decision, &ids).await?;
    }
    Ok(see_other(&visit.frame().to(&format!("/console/directories/{}/held", record.id))))
}
