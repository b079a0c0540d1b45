//! Where the pages of credentials and OAuth clients lead: they keep in mind from which identity provider's
//! set-up the visitor came.

use maud::{Markup, html};

use crate::guide::Provider;
use crate::layout::Frame;
use crate::problem::Problem;
use crate::visit::Visit;

/// The way from and back to the set-up page, or the page of the directory.
pub(crate) struct Trail {
    pub(crate) frame: Frame,
    /// The path of the directory's page.
    base: String,
    /// From whose set-up the visitor came.
    pub(crate) provider: Option<Provider>,
    is_team: bool,
}

impl Trail {
    /// Of the query or the form.
    ///
    /// # Errors
    /// 404 on a route without a directory.
    pub(crate) fn of(visit: &Visit) -> Result<Self, Problem> {
        let named = [&visit.query, &visit.form].map(|fields| fields.get("provider"));
        let provider = named.into_iter().find(|name| !name.is_empty()).map(Provider::of);
        let base = format!("/console/directories/{}", visit.record()?.id);
        Ok(Self { frame: visit.frame(), base, provider, is_team: visit.is_team() })
    }

    /// The path of a page of the directory, such as `/clients`.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.base)
    }

    /// The address of a page of the directory in a link.
    pub(crate) fn to(&self, rest: &str) -> String {
        let query = self.provider.map(|provider| {
            let joint = if rest.contains('?') { '&' } else { '?' };
            format!("{joint}provider={}", provider.id())
        });
        self.frame.to(&self.path(&format!("{rest}{}", query.unwrap_or_default())))
    }

    /// A form that posts to a page of the directory.
    pub(crate) fn form(&self, rest: &str, fields: &Markup) -> Markup {
        let fields = html! {
            @if let Some(provider) = self.provider { input type="hidden" name="provider" value=(provider.id()); }
            (fields)
        };
        self.frame.form(&self.path(rest), &fields)
    }

    /// The link back.
    pub(crate) fn back(&self) -> Markup {
        html! {
            p {
                @if self.is_team && self.provider.is_none() {
                    a href=(self.to("")) { "Back to the directory" }
                } @else {
                    a href=(self.to("/setup")) { "Back to the set-up page" }
                }
            }
        }
    }
}
