//! Which entries of the log a page shows. A filter has ids, types and times, and no personal data: it stands in
//! the URL.

use directory::access::refusal::Refused;
use directory::events::{SKEW, Summary};
use directory::id::{CredentialId, is_resource_id};
use maud::{Markup, html};

use super::action::{ACTIONS, Action, TYPES, Type};
use crate::form::Form;
use crate::time::{minutes, typed};

/// What is to be shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Refused requests instead of changes.
    pub(super) is_refused: bool,
    pub(super) action: Option<&'static Action>,
    pub(super) kind: Option<&'static Type>,
    /// The id of a person or group.
    pub(super) resource: Option<String>,
    /// The id of an access token or OAuth client.
    pub(super) credential: Option<String>,
    /// The first minute, in seconds since 1970.
    pub(super) from: Option<i64>,
    /// The last minute, in seconds since 1970.
    pub(super) until: Option<i64>,
    /// Whether a field has a value that it cannot have. Then nothing is to be shown.
    pub(super) is_wrong: bool,
}

impl Filter {
    /// Reads the fields of `query`.
    pub(super) fn read(query: &Form) -> Self {
        let is_refused = query.get("show") == "refused";
        let mut is_wrong = false;
        let mut field = |name: &str, is_right: &dyn Fn(&str) -> bool| {
            let value = Some(query.get(name).trim()).filter(|value| !value.is_empty());
            let right = value.filter(|value| is_right(value));
            is_wrong |= right != value;
            // Another value may be personal data, and is shown nowhere.
            right.map(str::to_owned)
        };
        let action = field("action", &|name| ACTIONS.iter().any(|action| action.name == name));
        let kind = field("type", &|name| TYPES.iter().any(|kind| kind.name == name));
        let resource = field("resource", &is_resource_id);
        let credential = field("credential", &|id| id.parse::<CredentialId>().is_ok());
        let from = field("from", &|text| minutes(text).is_some());
        let until = field("until", &|text| minutes(text).is_some());
        Self {
            is_refused,
            action: ACTIONS.iter().find(|one| action.as_deref() == Some(one.name)),
            kind: TYPES.iter().find(|one| kind.as_deref() == Some(one.name)),
            resource,
            credential,
            from: from.as_deref().and_then(minutes),
            until: until.as_deref().and_then(minutes),
            is_wrong,
        }
    }

    /// All entries of one resource.
    pub(crate) fn of_resource(id: &str, is_refused: bool) -> Self {
        Self { is_refused, resource: Some(id.to_owned()), ..Self::default() }
    }

    /// The same of the other page. What a request does to a resource cannot be seen when it is refused.
    pub(super) fn of_page(&self, is_refused: bool) -> Self {
        let action = self.action.filter(|action| action.is_on(is_refused));
        let Self { kind, resource, credential, from, until, is_wrong, .. } = self;
        let (resource, credential) = (resource.clone(), credential.clone());
        Self {
            is_refused,
            action,
            kind: *kind,
            resource,
            credential,
            from: *from,
            until: *until,
            is_wrong: *is_wrong,
        }
    }

    /// Whether it leaves anything out.
    pub(super) fn is_set(&self) -> bool {
        *self != Self { is_refused: self.is_refused, ..Self::default() }
    }

    /// Whether it accepts events of this type, such as `user.created`.
    pub(super) fn wants(&self, event: &str) -> bool {
        let (kind, what) = event.split_once('.').unwrap_or((event, ""));
        self.kind.is_none_or(|wanted| wanted.covers(kind))
            && self.action.is_none_or(|action| action.events.contains(&what))
    }

    /// Whether it accepts `event`.
    pub(super) fn accepts(&self, event: &Summary) -> bool {
        let at = event.appended().and_then(|at| i64::try_from(at / 1000).ok());
        self.wants(&event.kind)
            && self.resource.as_ref().is_none_or(|id| *id == event.resource.id)
            && self.credential.as_ref().is_none_or(|id| event.actor.as_ref() == Some(id))
            && at.is_none_or(|at| self.is_within(at))
    }

    /// Whether it accepts a refused request.
    pub(super) fn accepts_refused(&self, refused: &Refused) -> bool {
        let last = &refused.last;
        let kind = last.resource.as_deref().unwrap_or_default();
        self.kind.is_none_or(|wanted| wanted.covers(&kind.to_lowercase()))
            && self.action.is_none_or(|action| action.methods.contains(&&*last.method))
            && self.resource.as_ref().is_none_or(|id| last.target.as_ref() == Some(id))
            && self.credential.as_ref().is_none_or(|id| *id == last.credential.to_string())
            && self.is_within(refused.at)
    }

    /// Whether all events that were appended before `event` are too old.
    pub(super) fn ends_at(&self, event: &Summary) -> bool {
        let from = self.from.and_then(|from| u64::try_from(from).ok()).unwrap_or(0);
        event.appended().is_some_and(|at| at < (from * 1000).saturating_sub(SKEW))
    }

    /// The time after the last minute, in milliseconds since 1970.
    pub(super) fn end(&self) -> Option<u64> {
        u64::try_from(self.until?.saturating_add(MINUTE)).ok().map(|end| end.saturating_mul(1000))
    }

    fn is_within(&self, at: i64) -> bool {
        self.from.is_none_or(|from| at >= from)
            && self.until.is_none_or(|until| at < until.saturating_add(MINUTE))
    }

    /// The query of the page that shows it, with `more` fields; empty without any field.
    pub(crate) fn query(&self, more: &[(&str, &str)]) -> String {
        let mut fields = form_urlencoded::Serializer::new(String::new());
        let (from, until) = (self.from.map(typed), self.until.map(typed));
        let own = [
            ("show", self.is_refused.then_some("refused")),
            ("action", self.action.map(|action| action.name)),
            ("type", self.kind.map(|kind| kind.name)),
            ("resource", self.resource.as_deref()),
            ("credential", self.credential.as_deref()),
            ("from", from.as_deref()),
            ("until", until.as_deref()),
        ];
        let own = own.into_iter().filter_map(|(name, value)| Some((name, value?)));
        fields.extend_pairs(own.chain(more.iter().copied()));
        let fields = fields.finish();
        if fields.is_empty() { fields } else { format!("?{fields}") }
    }

    /// The fields of the form that sets it. `credentials` are ids and names; `look_up` leads to where ids are found.
    pub(super) fn fields<'a>(
        &self,
        credentials: impl Iterator<Item = (&'a str, &'a str)>,
        look_up: Option<&str>,
    ) -> Markup {
        let actions = ACTIONS.iter().filter(|action| action.is_on(self.is_refused));
        let actions = actions.map(|action| (action.name, action.label));
        let types = TYPES.iter().map(|kind| (kind.name, kind.label));
        html! {
            @if self.is_refused { input type="hidden" name="show" value="refused"; }
            (select("action", "Action", self.action.map(|action| action.name), actions))
            (select("type", "What", self.kind.map(|kind| kind.name), types))
            (select("credential", "Access token", self.credential.as_deref(), credentials))
            label for="resource" { "Id of a person or group" }
            input #resource name="resource" value=[self.resource.as_deref()] maxlength="36" pattern=(ID) spellcheck="false"
                title="An id of this service, such as 0190c0de-0000-7000-8000-000000000000";
            @if let Some(look_up) = look_up { p .hint { a href=(look_up) { "Find the id by a name or an address" } } }
            label for="from" { "From (UTC)" }
            input #from type="datetime-local" name="from" value=[self.from.map(typed)];
            label for="until" { "Until (UTC)" }
            input #until type="datetime-local" name="until" value=[self.until.map(typed)];
            button .yes type="submit" { "Show" }
        }
    }
}

/// In seconds.
const MINUTE: i64 = 60;
/// Browsers do not send other texts than ids: a name must not stand in the URL.
const ID: &str = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/// A choice of one of `options`, each a value and what it is called, or of all.
pub(crate) fn select<'a>(
    name: &str,
    label: &str,
    chosen: Option<&str>,
    options: impl Iterator<Item = (&'a str, &'a str)>,
) -> Markup {
    html! {
        label for=(name) { (label) }
        select id=(name) name=(name) {
            option value="" { "all" }
            @for (value, label) in options { option value=(value) selected[chosen == Some(value)] { (label) } }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ID: &str = "0190c0de-0000-7000-8000-000000000001";

    fn filter(query: &str) -> Filter {
        Filter::read(&Form::parse(query.as_bytes()))
    }

    /// An event that was appended at 2024-07-17T12:54 UTC.
    fn event(more: Value) -> Summary {
        let mut event = json!({ "id": "evt_0190c0de000070008000000000000000", "sequence": 7, "type": "user.updated",
            "time": "", "directory": "acme", "actor": "c1", "resource": { "type": "User", "id": ID } });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn every_field_leaves_out_other_events() {
        let event = event(json!({}));
        for (query, accepts) in [
            ("", true),
            ("action=changed", true),
            ("action=created", false),
            ("type=user", true),
            ("type=group", false),
            ("type=other", false),
            (&format!("resource={ID}"), true),
            ("resource=0190c0de-0000-7000-8000-000000000002", false),
            ("credential=c1", true),
            ("credential=c2", false),
            ("from=2024-07-17T11:00", true),
            ("from=2024-07-18T00:00", false),
            ("until=2024-07-18T00:00", true),
            ("until=2024-07-16T00:00", false),
            ("action=changed&type=user&credential=c1&from=2024-07-17T00:00", true),
            ("action=changed&type=user&credential=c2&from=2024-07-17T00:00", false),
        ] {
            assert_eq!(filter(query).accepts(&event), accepts, "{query}");
        }
    }

    #[test]
    fn the_last_minute_is_included() {
        let at = event(json!({})).appended().unwrap() / 1000;
        let minute = typed(i64::try_from(at).unwrap());
        let only = filter(&format!("from={minute}&until={minute}"));
        assert!(only.accepts(&event(json!({}))), "{minute}");
        assert!(only.end().unwrap() > at * 1000 && !only.ends_at(&event(json!({}))));
    }

    #[test]
    fn a_query_is_read_back() {
        let text = format!(
            "?show=refused&action=created&type=user&resource={ID}&credential=c1&from=2024-07-17T11%3A00"
        );
        let read = filter(text.trim_start_matches('?'));
        assert_eq!(read.query(&[]), text);
        assert!(read.is_set() && !filter("show=refused").is_set());
        assert_eq!(filter("").query(&[]), "");
        assert_eq!(filter("show=refused").query(&[("before", "7")]), "?show=refused&before=7");
        let changes = filter("show=refused&action=looked-up&type=user").of_page(false);
        assert_eq!(changes, filter("type=user"));
    }

    #[test]
    fn a_value_that_a_field_cannot_have_is_noticed() {
        for query in [
            "resource=ana@ex.io",
            "from=yesterday",
            "credential=a#b",
            "action=x",
            "type=x",
            "until=2024-13-01T00:00",
        ] {
            assert!(filter(query).is_wrong, "{query}");
        }
        assert!(!filter("resource=&from=&until=+").is_wrong);
    }
}
