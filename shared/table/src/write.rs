//! Writes of one item: an update, a put or a delete, each under a condition, or a check alone.
//!
//! ```
//! use table::condition::equals;
//! use table::item::Key;
//! use table::name::{LAST_MODIFIED, VERSION};
//! use table::write::Update;
//!
//! let update = Update::of(Key::new("D#acme#User", "1"))
//!     .set(VERSION, 2)
//!     .set(LAST_MODIFIED, "2026-01-01T00:00:00.000Z")
//!     .when(equals(VERSION, 1));
//! ```

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity::Total;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{ReturnValue, TransactWriteItem};

use crate::Table;
use crate::condition::{Attribute, Condition};
use crate::error::{Error, Hindered, hindered};
use crate::expression::Placeholders;
use crate::item::{Item, Key, Value};
use crate::meter;
use crate::retry::carried_out;

/// One write of one item.
#[derive(Debug, Clone)]
pub struct Write {
    key: Key,
    action: Action,
    condition: Option<Condition>,
}

#[derive(Debug, Clone)]
enum Action {
    Update(Vec<(Attribute, Assignment)>),
    Put(Item),
    Delete,
    Check,
}

#[derive(Debug, Clone)]
enum Assignment {
    Set(Value),
    SetOnce(Value),
    Add(Value),
    Remove,
}

/// What became of one write.
#[derive(Debug)]
pub enum Written {
    /// It is done. After an update: the item as it is now.
    Done(Option<Item>),
    /// Its condition did not hold of the item, which is this; `None` when there is none.
    Refused(Option<Item>),
}

impl Written {
    /// Whether it is done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }
}

macro_rules! kind {
    ($(#[$doc:meta])* $name:ident, $start:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(Write);

        impl $name {
            /// One of the item at `key`.
            #[must_use]
            pub fn of(key: Key) -> Self {
                Self(Write { key, action: $start, condition: None })
            }

            /// Only when `condition` holds; when there is one already, only when both hold.
            #[must_use]
            pub fn when(self, condition: Condition) -> Self {
                Self(self.0.when(condition))
            }
        }

        impl From<$name> for Write {
            fn from(write: $name) -> Self {
                write.0
            }
        }
    };
}

kind! {
    /// Changes attributes of an item; creates the item when there is none.
    Update, Action::Update(Vec::new())
}
kind! {
    /// Writes a whole item over what is there.
    Put, Action::Put(Item::new())
}
kind! {
    /// Removes an item.
    Delete, Action::Delete
}
kind! {
    /// Changes nothing: a transaction succeeds only when its condition holds.
    Check, Action::Check
}

impl Update {
    /// Sets `attribute` to `value`.
    #[must_use]
    pub fn set(self, attribute: impl Into<Attribute>, value: impl Into<Value>) -> Self {
        self.assign(attribute, Assignment::Set(value.into()))
    }

    /// Sets `attribute` to `value`, unless it has a value already.
    #[must_use]
    pub fn set_once(self, attribute: impl Into<Attribute>, value: impl Into<Value>) -> Self {
        self.assign(attribute, Assignment::SetOnce(value.into()))
    }

    /// Adds `number` to `attribute`, which counts from zero.
    #[must_use]
    pub fn add(self, attribute: impl Into<Attribute>, number: impl Into<Value>) -> Self {
        self.assign(attribute, Assignment::Add(number.into()))
    }

    /// Removes `attribute`. As with the other three, it replaces what was to be done with the attribute
    /// before.
    #[must_use]
    pub fn remove(self, attribute: impl Into<Attribute>) -> Self {
        self.assign(attribute, Assignment::Remove)
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(&self.0.action, Action::Update(assignments) if assignments.is_empty())
    }

    fn assign(mut self, attribute: impl Into<Attribute>, assignment: Assignment) -> Self {
        if let Action::Update(assignments) = &mut self.0.action {
            let attribute = attribute.into();
            // DynamoDB refuses two assignments of one attribute.
            assignments.retain(|(assigned, _)| *assigned != attribute);
            assignments.push((attribute, assignment));
        }
        self
    }
}

impl Put {
    /// Sets `attribute` to `value`.
    #[must_use]
    pub fn set(mut self, attribute: impl Into<Attribute>, value: impl Into<Value>) -> Self {
        if let Action::Put(item) = &mut self.0.action {
            item.insert(attribute.into().into_owned(), value.into().0);
        }
        self
    }

    /// Sets every attribute of `content`.
    #[must_use]
    pub fn with(mut self, content: Item) -> Self {
        if let Action::Put(item) = &mut self.0.action {
            item.extend(content);
        }
        self
    }

    /// The key of the item.
    #[must_use]
    pub fn key(&self) -> &Key {
        self.0.key()
    }

    /// The item, with its key.
    #[must_use]
    pub fn into_item(self) -> Item {
        let mut item = self.0.key.item();
        if let Action::Put(content) = self.0.action {
            item.extend(content);
        }
        item
    }
}

impl Write {
    /// The key of the item.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Only when `condition` holds; when there is one already, only when both hold.
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.condition = Some(match self.condition.take() {
            Some(first) => first.and(condition),
            None => condition,
        });
        self
    }

    pub(crate) fn is_check(&self) -> bool {
        matches!(self.action, Action::Check)
    }

    /// About how many bytes it sends.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let text = |value: &AttributeValue| value.as_s().or(value.as_n()).map_or(16, String::len);
        let content: usize = match &self.action {
            Action::Put(item) => item.iter().map(|(k, v)| k.len() + text(v)).sum(),
            Action::Update(assignments) => assignments
                .iter()
                .map(|(attribute, assignment)| match assignment {
                    Assignment::Set(v) | Assignment::SetOnce(v) | Assignment::Add(v) => {
                        attribute.len() + text(&v.0)
                    }
                    Assignment::Remove => attribute.len(),
                })
                .sum(),
            Action::Delete | Action::Check => 0,
        };
        self.key.pk.len() + self.key.sk.len() + content
    }

    /// This write as one of a transaction.
    pub(crate) fn transacted(&self, table: &str) -> Result<TransactWriteItem, Error> {
        use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, Update};
        let mut placeholders = Placeholders::default();
        let expression = self.update_expression(&mut placeholders);
        let condition = self.condition.as_ref().map(|condition| condition.expression(&mut placeholders));
        let (names, values) = placeholders.finish();
        macro_rules! part {
            ($part:expr) => {
                $part
                    .table_name(table)
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(AllOld)
                    .build()
                    .map_err(Error::unavailable)?
            };
        }
        let item = TransactWriteItem::builder();
        let key = Some(self.key.item());
        Ok(match &self.action {
            Action::Update(_) => {
                item.update(part!(Update::builder().set_key(key).set_update_expression(expression)))
            }
            Action::Put(content) => item.put(part!(Put::builder().set_item(Some(self.whole(content))))),
            Action::Delete => item.delete(part!(Delete::builder().set_key(key))),
            Action::Check => item.condition_check(part!(ConditionCheck::builder().set_key(key))),
        }
        .build())
    }

    fn whole(&self, content: &Item) -> Item {
        let mut item = self.key.item();
        item.extend(content.clone());
        item
    }

    fn update_expression(&self, placeholders: &mut Placeholders) -> Option<String> {
        let Action::Update(assignments) = &self.action else { return None };
        let (mut set, mut add, mut remove) = (Vec::new(), Vec::new(), Vec::new());
        for (attribute, assignment) in assignments {
            let name = placeholders.name(attribute);
            match assignment {
                Assignment::Set(value) => set.push(format!("{name} = {}", placeholders.value(value))),
                Assignment::SetOnce(value) => {
                    set.push(format!("{name} = if_not_exists({name}, {})", placeholders.value(value)));
                }
                Assignment::Add(value) => add.push(format!("{name} {}", placeholders.value(value))),
                Assignment::Remove => remove.push(name),
            }
        }
        let clauses = [("SET", set), ("ADD", add), ("REMOVE", remove)];
        let clauses = clauses.into_iter().filter(|(_, parts)| !parts.is_empty());
        Some(
            clauses.map(|(word, parts)| format!("{word} {}", parts.join(", "))).collect::<Vec<_>>().join(" "),
        )
        .filter(|expression| !expression.is_empty())
    }
}

impl Table {
    /// Carries out one write: an update, a put or a delete.
    ///
    /// # Errors
    /// [`Error::Busy`] when transactions hold the item for too long; [`Error::Throttled`];
    /// [`Error::Unavailable`].
    pub async fn write(&self, write: impl Into<Write>) -> Result<Written, Error> {
        let write = write.into();
        carried_out(|| self.write_once(&write)).await
    }

    async fn write_once(&self, write: &Write) -> Result<Written, Hindered> {
        let mut placeholders = Placeholders::default();
        let expression = write.update_expression(&mut placeholders);
        let condition = write.condition.as_ref().map(|condition| condition.expression(&mut placeholders));
        let (names, values) = placeholders.finish();
        macro_rules! send {
            ($request:expr) => {{
                let request = $request
                    .table_name(self.name())
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(AllOld)
                    .return_consumed_capacity(Total);
                // The SDK's futures are large: boxed, they stay out of those that await them.
                match Box::pin(request.send()).await {
                    Ok(answer) => {
                        meter::wrote(answer.consumed_capacity.as_slice());
                        Ok(Written::Done(answer.attributes))
                    }
                    Err(e) => match e.as_service_error() {
                        Some(refusal) if refusal.is_conditional_check_failed_exception() => {
                            Ok(Written::Refused(refused_item(e.into_service_error())))
                        }
                        _ => Err(hindered(e)),
                    },
                }
            }};
        }
        let key = Some(write.key.item());
        match &write.action {
            Action::Update(_) => {
                let update = self.client().update_item().set_key(key).set_update_expression(expression);
                send!(update.return_values(ReturnValue::AllNew))
            }
            Action::Put(content) => send!(self.client().put_item().set_item(Some(write.whole(content)))),
            Action::Delete => send!(self.client().delete_item().set_key(key)),
            Action::Check => Err(Error::unavailable("a check belongs into a transaction").into()),
        }
    }
}

fn refused_item(error: impl Into<aws_sdk_dynamodb::Error>) -> Option<Item> {
    match error.into() {
        aws_sdk_dynamodb::Error::ConditionalCheckFailedException(refusal) => refusal.item,
        _ => None,
    }
}
