//! How a query is answered: the access path of each type, and whether it has the order of the list.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use scim::filter::bound::Bound;
use scim::filter::simplify_for_type::Simplified;
use scim::model::resource_type::ResourceType;
use sha2::{Digest, Sha256};

use super::access_path::{self, Access};
use super::evaluate::Expression;
use super::query::{Part, Query};

/// How a query is answered.
pub(super) struct Plan<'a> {
    query: &'a Query,
    /// The types that can have matches.
    pub(super) parts: Vec<PartPlan<'a>>,
    /// Whether the candidates come in the order of the list.
    pub(super) in_order: bool,
}

/// How the part of a query that is about one type is answered.
pub(super) struct PartPlan<'a> {
    /// The number of the part.
    pub(super) number: usize,
    pub(super) part: &'a Part,
    /// The part's filter without what the type already decides.
    pub(super) filter: Option<Bound>,
    pub(super) access: Access,
}

impl<'a> Plan<'a> {
    pub(super) fn of(query: &'a Query) -> Self {
        let mut parts = Vec::with_capacity(query.parts.len());
        for (number, part) in query.parts.iter().enumerate() {
            let filter = match part
                .filter
                .clone()
                .map_or(Simplified::All, |filter| filter.simplify_for_type(&part.kind))
            {
                Simplified::Nothing => continue,
                Simplified::All => None,
                Simplified::Some(filter) => Some(filter),
            };
            let access =
                filter.as_ref().map_or(Access::Scan, |filter| access_path::access(&part.kind, filter));
            parts.push(PartPlan { number, part, filter, access });
        }
        let mut in_order = query.order.is_none() || parts.is_empty();
        if let (false, [only]) = (in_order, parts.as_mut_slice())
            && let Some(path) = &only.part.sort
        {
            (only.access, in_order) = access_path::sorted(&only.part.kind, only.filter.as_ref(), path);
        }
        Self { query, parts, in_order }
    }

    /// Whether the query asks for all resources of its types, so that the counters give the total.
    pub(super) fn is_unfiltered(&self) -> bool {
        self.parts.iter().all(|part| part.filter.is_none())
    }

    /// Whether the query asks for the members of one group and nothing else: the group's item says about
    /// how many there are.
    pub(super) fn is_members_of_a_group(&self) -> bool {
        let [PartPlan { access: Access::MembersOf(_), filter: Some(filter), .. }] = self.parts.as_slice()
        else {
            return false;
        };
        match filter {
            Bound::Element { filter, .. } => matches!(**filter, Bound::Compare(_)),
            filter => matches!(filter, Bound::Compare(_)),
        }
    }

    /// A hash that identifies the list, without anything that may change from page to page.
    ///
    /// The access paths are a part of it: a position on one path means nothing on another, and a directory
    /// may change its indexes while a client pages through the list. The debug form of a filter contains
    /// everything that it consists of.
    pub(super) fn fingerprint(&self) -> String {
        let parts = self.query.parts.iter();
        let parts = parts.map(|part| format!("{} {:?} {:?}", part.kind.name, part.sort, part.filter));
        let paths = self.parts.iter().map(|part| format!("{} {:?}", part.number, part.access));
        let lines = parts.chain(paths).collect::<Vec<_>>().join("\n");
        let list = format!("4 {:?} {} {lines}", self.query.order, self.in_order);
        HEXLOWER.encode(Sha256::digest(list.as_bytes()).split_at(16).0)
    }
}

impl<'a> PartPlan<'a> {
    pub(super) fn kind(&self) -> &Arc<ResourceType> {
        &self.part.kind
    }

    /// What is evaluated on each candidate.
    pub(super) fn expression(&self, query: &'a Query) -> Expression<'_> {
        let (filter, sort) = (self.filter.as_ref(), self.part.sort.as_ref());
        Expression { kind: self.kind(), filter, sort, base: &query.base }
    }
}
