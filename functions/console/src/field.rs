//! Fields of forms: each with its label, a hint, and what was wrong with it when the form was sent.

use gateway::http::error::Failure;
use maud::{Markup, html};
use scim::error::Kind;

use crate::form::Form;
use crate::problem::Problem;

/// Why a form was refused.
#[derive(Debug)]
pub(crate) struct Wrong(String);

impl Wrong {
    /// Reads a failure.
    ///
    /// # Errors
    /// The failure, when it is not about a value that was sent.
    pub(crate) fn of(failure: Failure) -> Result<Self, Problem> {
        match failure.error() {
            error if error.kind == Kind::InvalidValue => Ok(Self(error.detail.clone())),
            _ => Err(failure.into()),
        }
    }

    /// The detail names the value first: "`label` must have…".
    fn is_about(&self, name: &str) -> bool {
        self.0.split('`').nth(1) == Some(name)
    }

    /// The detail, next to the value that it names first, with what else it quotes as code.
    fn text(&self) -> Markup {
        html! {
            "This"
            @for (at, part) in self.0.split('`').enumerate().skip(2) {
                @if at % 2 == 1 { code { (part) } } @else { (part) }
            }
            "."
        }
    }
}

/// How a field is entered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// One line of text, with at most this number of characters.
    Line(usize),
    /// A whole number from the first to the second.
    Number(i64, i64),
    /// Several lines.
    Area,
}

/// A field: its name, which is its id, too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    /// May be empty.
    pub(crate) hint: &'a str,
    pub(crate) shape: Shape,
    /// Whether the browser refuses an empty one.
    pub(crate) required: bool,
}

/// The fields of one page: as they were sent, or as they are at first.
pub(crate) struct Fields<'a> {
    pub(crate) sent: &'a Form,
    pub(crate) wrong: Option<&'a Wrong>,
}

impl Fields<'_> {
    /// `field`, which is `value` at first.
    pub(crate) fn field(&self, field: &Field<'_>, value: &str) -> Markup {
        let Field { name, label, hint, shape, required } = *field;
        let value = self.sent.all(name).next().unwrap_or(value);
        let is_wrong = self.wrong.is_some_and(|wrong| wrong.is_about(name));
        let notes: Vec<String> = [(!hint.is_empty(), "hint"), (is_wrong, "wrong")]
            .into_iter()
            .filter(|(is_there, _)| *is_there)
            .map(|(_, what)| format!("{name}-{what}"))
            .collect();
        let described = Some(notes.join(" ")).filter(|notes| !notes.is_empty());
        let invalid = is_wrong.then_some("true");
        html! {
            label for=(name) { (label) }
            @if !hint.is_empty() { p .hint id=(format!("{name}-hint")) { (hint) } }
            (self.wrong(name))
            @match shape {
                Shape::Line(most) => {
                    input id=(name) type="text" name=(name) value=(value) maxlength=(most) required[required]
                        spellcheck="false" aria-describedby=[described] aria-invalid=[invalid];
                }
                Shape::Number(least, most) => {
                    input id=(name) type="number" name=(name) value=(value) min=(least) max=(most) required[required]
                        aria-describedby=[described] aria-invalid=[invalid];
                }
                Shape::Area => {
                    textarea id=(name) name=(name) rows="4" required[required] spellcheck="false"
                        aria-describedby=[described] aria-invalid=[invalid] { (value) }
                }
            }
        }
    }

    /// Boxes to tick: value, label, and whether it is ticked at first.
    pub(crate) fn boxes(&self, name: &str, label: &str, boxes: &[(&str, &str, bool)]) -> Markup {
        // An unticked box is not sent: other fields show that the form was.
        let was_sent = !self.sent.get("form").is_empty();
        let is_ticked = |value: &str, at_first: bool| {
            if was_sent { self.sent.all(name).any(|sent| sent == value) } else { at_first }
        };
        html! {
            fieldset {
                legend { (label) }
                (self.wrong(name))
                @for (value, text, at_first) in boxes {
                    label .check {
                        input type="checkbox" name=(name) value=(value) checked[is_ticked(value, *at_first)];
                        span { (text) }
                    }
                }
            }
        }
    }

    /// What was wrong with the value `name`.
    pub(crate) fn wrong(&self, name: &str) -> Markup {
        let wrong = self.wrong.filter(|wrong| wrong.is_about(name));
        html! { @if let Some(wrong) = wrong { p .wrong id=(format!("{name}-wrong")) role="alert" { (wrong.text()) } } }
    }
}
