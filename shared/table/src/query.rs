//! Ranges of items, read page by page.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use crate::Table;
use crate::error::{Error, hindered};
use crate::expression::Placeholders;
use crate::item::{Item, Key, Value};
use crate::retry::carried_out;
use crate::{meter, name};

/// Which sort keys of a partition are meant; bounds are inclusive unless their names say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Range {
    /// All of them.
    All,
    /// The one that is this text.
    Exactly(String),
    /// Those that begin with this text.
    BeginsWith(String),
    /// Those that are not less than this.
    AtLeast(String),
    /// Those that are not greater than this.
    AtMost(String),
    /// Those that are less than this.
    Before(String),
    /// Those between the two.
    Between(String, String),
}

/// A range of items, read page by page.
#[derive(Debug)]
pub struct Pages {
    query: QueryFluentBuilder,
    after: Option<Item>,
    done: bool,
}

impl Pages {
    /// Begins after the item with `key`.
    #[must_use]
    pub fn after(mut self, key: &Key) -> Self {
        self.after = Some(key.item());
        self
    }

    /// Reads the range in descending order.
    #[must_use]
    pub fn backwards(mut self) -> Self {
        self.query = self.query.scan_index_forward(false);
        self
    }

    /// Whether [`next`](Self::next) would read a page.
    #[must_use]
    pub fn has_more(&self) -> bool {
        !self.done
    }

    /// The next items, up to `limit` or DynamoDB's 1 MB; `None` after the last page.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Unavailable`].
    pub async fn next(&mut self, limit: Option<i32>) -> Result<Option<Vec<Item>>, Error> {
        if self.done {
            return Ok(None);
        }
        let query = self.query.clone().set_limit(limit).set_exclusive_start_key(self.after.take());
        let page = carried_out(|| async { Box::pin(query.clone().send()).await.map_err(hindered) }).await?;
        meter::read(page.consumed_capacity.as_slice());
        self.after = page.last_evaluated_key;
        self.done = self.after.is_none();
        Ok(Some(page.items.unwrap_or_default()))
    }

    /// Every item of the range.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub async fn all(mut self) -> Result<Vec<Item>, Error> {
        let mut items = Vec::new();
        while let Some(page) = self.next(None).await? {
            items.extend(page);
        }
        Ok(items)
    }
}

impl Table {
    /// The items of partition `pk` in `range`, in the order of their sort keys, read strongly consistent.
    #[must_use]
    pub fn range(&self, pk: &str, range: Range) -> Pages {
        let query = self.query((name::PK, pk), name::SK, range).consistent_read(true);
        Pages { query, after: None, done: false }
    }

    /// The keys in `index` whose `hash` attribute has the value given and whose `sort` attribute
    /// is in `range`. An index may lag behind the table.
    #[must_use]
    pub fn index(&self, index: &str, hash: (&str, &str), sort: &str, range: Range) -> Pages {
        let query = self.query(hash, sort, range).index_name(index);
        Pages { query, after: None, done: false }
    }

    fn query(&self, (hash, value): (&str, &str), sort: &str, range: Range) -> QueryFluentBuilder {
        let mut placeholders = Placeholders::default();
        let hash = format!("{} = {}", placeholders.name(hash), placeholders.value(&value.into()));
        let mut bounded = |bounds: &[String]| {
            let bounds = bounds.iter().map(|bound| placeholders.value(&Value::from(bound)));
            let bounds: Vec<String> = bounds.collect();
            (placeholders.name(sort), bounds.join(" AND "))
        };
        let range = match range {
            Range::All => None,
            Range::Exactly(value) => Some((bounded(&[value]), "=")),
            Range::BeginsWith(prefix) => Some((bounded(&[prefix]), "begins_with")),
            Range::AtLeast(bound) => Some((bounded(&[bound]), ">=")),
            Range::AtMost(bound) => Some((bounded(&[bound]), "<=")),
            Range::Before(bound) => Some((bounded(&[bound]), "<")),
            Range::Between(from, to) => Some((bounded(&[from, to]), "BETWEEN")),
        };
        let condition = match range {
            None => hash,
            Some(((sort, bound), "begins_with")) => format!("{hash} AND begins_with({sort}, {bound})"),
            Some(((sort, bounds), operator)) => format!("{hash} AND {sort} {operator} {bounds}"),
        };
        let (names, values) = placeholders.finish();
        self.client()
            .query()
            .table_name(self.name())
            .key_condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }
}
