//! What a customer's administrator may see and create: nothing that is stronger than what the set-up page
//! creates. The team may do what the administration API allows.

use std::collections::BTreeSet;

use directory::access::permissions::Scopes;
use directory::registry::state::State;
use gateway::administration::end::{End, MOST as MOST_DAYS, USUAL as USUAL_DAYS, end};
use gateway::administration::value::invalid;
use gateway::http::error::Failure;
use maud::Markup;

use crate::field::Fields;
use crate::problem::Problem;
use crate::visit::Visit;

/// Valid access tokens of a directory, and OAuth clients, over which a customer's administrator creates none.
const MOST: usize = 10;
/// How many are looked at: with more, revoked ones included, a customer's administrator creates none.
pub(crate) const LOOKED_AT: u16 = 100;
/// Scopes of SCIM, as forms show them.
const SCIM: [(&str, &str, bool); 4] = [
    ("read", "Read", true),
    ("write", "Create, change and delete", true),
    ("users", "Users", true),
    ("groups", "Groups", true),
];
/// Scopes that only the team gives.
const EVENTS: (&str, &str, bool) = ("events", "Read events, for your own product", false);
const CONSENT: (&str, &str, bool) = ("consent", "Allow OAuth clients on their consent page", false);

/// The longest life of an access token or secret, in days.
pub(crate) fn most_days(visit: &Visit) -> i64 {
    if visit.is_team() { MOST_DAYS } else { USUAL_DAYS }
}

/// The field `expires` of a form.
///
/// # Errors
/// `invalidValue` when it is not a number of days, or too large.
pub(crate) fn ends(visit: &Visit) -> Result<End, Failure> {
    let (days, most) = (visit.form.get("expires").trim().parse().unwrap_or_default(), most_days(visit));
    if !(1..=most).contains(&days) {
        return Err(invalid(format!("`expires` must be 1 to {most} days from now")));
    }
    let ends = End::Days(days);
    end(&ends).map(|_| ends)
}

/// The boxes `scopes` of a form, for access tokens, or for OAuth clients, which cannot consent.
pub(crate) fn scope_boxes(visit: &Visit, fields: &Fields<'_>, is_client: bool) -> Markup {
    fields.boxes("scopes", "What is allowed", &offered(visit, is_client))
}

fn offered(visit: &Visit, is_client: bool) -> Vec<(&'static str, &'static str, bool)> {
    let of_team = visit.is_team().then_some(EVENTS).into_iter();
    let consent = (visit.is_team() && !is_client).then_some(CONSENT);
    SCIM.into_iter().chain(of_team).chain(consent).collect()
}

/// The boxes `scopes` that were ticked. What they allow is what was ticked: if one of two is missing that
/// belong together, the text would allow both.
///
/// # Errors
/// `invalidValue` when one is missing, or may not be given.
pub(crate) fn scopes(visit: &Visit, is_client: bool) -> Result<Scopes, Failure> {
    let offered = offered(visit, is_client);
    let ticked: BTreeSet<&str> = visit.form.all("scopes").collect();
    let known = ticked.iter().all(|name| offered.iter().any(|(offered, ..)| offered == name));
    let text: Vec<&str> = ticked.iter().copied().collect();
    let scopes =
        text.join(" ").parse::<Scopes>().ok().filter(|scopes| scopes.names().count() == ticked.len());
    scopes.filter(|_| known).ok_or_else(|| {
        invalid("`scopes` must be at least one of read and change, and one of users and groups")
    })
}

/// Whether an identity provider uses a credential or an OAuth client with these scopes. Others are of the
/// team: an access token for events belongs to its product.
pub(crate) fn is_of_provider(scopes: Scopes) -> bool {
    scopes.and(Scopes::default()) == scopes
}

/// Whether the session may see a credential or an OAuth client with these scopes.
pub(crate) fn covers(visit: &Visit, scopes: Scopes) -> bool {
    visit.is_team() || is_of_provider(scopes)
}

/// Whether the session may create one more, when there are `valid` in a directory, and `more` than were
/// looked at.
///
/// # Errors
/// 409 which says why not.
pub(crate) fn check_room(visit: &Visit, valid: usize, more: bool) -> Result<(), Problem> {
    if visit.is_team() {
        return Ok(());
    }
    if visit.record()?.state != State::Enabled {
        return Err(Problem::conflict("User provisioning is not enabled."));
    }
    if valid >= MOST {
        return Err(Problem::conflict("This directory has ten of them. Revoke those that are not used."));
    }
    if more {
        let text =
            "This directory has had too many of them in the last three months. Ask the team of this service.";
        return Err(Problem::conflict(text));
    }
    Ok(())
}
