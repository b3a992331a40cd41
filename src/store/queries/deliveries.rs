//! Lists of deliveries.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::page::{Listed, Page, narrow, page_of};
use crate::domain::id::{ConsumerId, ContractId, MerchantId};
use crate::domain::objects::{Delivery, DeliveryState};
use crate::domain::time::Timestamp;
use crate::store::column::Column as _;
use crate::store::rows::DeliveryRow;
use crate::store::schema::deliveries;
use crate::store::{Connection, Result};

/// How many deliveries one page searches at most, where no index leads to those wanted.
const SEARCHED_MAX: i64 = 20_000;

/// Which deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Only those in this state.
    pub state: Option<DeliveryState>,
    /// Only those that can be answered until before this moment.
    pub due_before: Option<Timestamp>,
    /// Only those of this merchant.
    pub merchant: Option<MerchantId>,
    /// Only those to this consumer.
    pub consumer: Option<ConsumerId>,
    /// Only those on this contract.
    pub contract: Option<ContractId>,
}

impl DeliveryFilter {
    /// True where an index leads to the deliveries wanted, or to few more than those.
    fn is_indexed(&self) -> bool {
        let by_state = match self.state {
            Some(DeliveryState::Pending) => true,
            Some(DeliveryState::Confirmed) => self.merchant.is_some(),
            _ => false,
        };
        self.contract.is_some() || self.consumer.is_some() || by_state
    }
}

/// A page of deliveries.
///
/// Deliveries are written often and bear few indexes. They are found through their contract or the contracts of a
/// consumer, while pending by their deadline, and while confirmed by merchant; any other filter searches a bounded part of the
/// table, so that a page can come back short, or empty, and still name where to go on.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn deliveries(
    connection: &mut Connection,
    office: &str,
    filter: &DeliveryFilter,
    page: &Page,
) -> Result<Listed<Delivery>> {
    let searched_until = if filter.is_indexed() { None } else { search_end(connection, office, page)? };
    let mut query = page_of!(deliveries, office, page);
    narrow!(query, deliveries: state = filter.state, merchant_id = filter.merchant, consumer_id = filter.consumer,);
    if let Some(contract) = filter.contract {
        query = query.filter(linked(office, "id", contract.to_column()));
    } else if let Some(consumer) = filter.consumer {
        query = query.filter(linked(office, "consumer_id", consumer.to_column()));
    }
    // A bound on the deadline, even one that excludes nothing, leads to the index of what is pending.
    let pending = filter.state == Some(DeliveryState::Pending);
    let end_of_time = pending.then_some(Timestamp::from_micros(i64::MAX));
    if let Some(due_before) = filter.due_before.or(end_of_time) {
        query = query.filter(deliveries::confirm_by_us.lt(due_before.micros()));
    }
    if let Some(until) = &searched_until {
        query = query.filter(deliveries::id.le(until.as_str()));
    }
    let mut listed = page.listed(query.load::<DeliveryRow>(connection)?, |row| row.id.clone())?;
    listed.next = listed.next.or(searched_until);
    Ok(listed)
}

type Condition =
    Box<dyn BoxableExpression<deliveries::table, <Connection as diesel::Connection>::Backend, SqlType = Bool>>;

/// True for the deliveries of the contracts whose `column` holds `value`: each contract names its newest delivery, and
/// each delivery the one before.
pub(super) fn linked(office: &str, column: &str, value: String) -> Condition {
    let of_contracts = "deliveries.id IN (WITH RECURSIVE trail (id, before_id) AS (\
         SELECT deliveries.id, deliveries.before_id FROM contracts \
         JOIN deliveries ON deliveries.office = contracts.office AND deliveries.id = contracts.newest_delivery_id \
         WHERE contracts.office = ";
    let before = " UNION ALL SELECT deliveries.id, deliveries.before_id FROM trail \
         JOIN deliveries ON deliveries.id = trail.before_id AND deliveries.office = ";
    let condition = sql::<Bool>(of_contracts)
        .bind::<Text, _>(office.to_owned())
        .sql(&format!(" AND contracts.{column} = "))
        .bind::<Text, _>(value)
        .sql(before)
        .bind::<Text, _>(office.to_owned())
        .sql(") SELECT id FROM trail)");
    Box::new(condition)
}

/// The id up to which one page searches; none where the table ends before.
fn search_end(connection: &mut Connection, office: &str, page: &Page) -> Result<Option<String>> {
    let mut ids = deliveries::table
        .filter(deliveries::office.eq(office))
        .order(deliveries::id)
        .select(deliveries::id)
        .offset(SEARCHED_MAX)
        .limit(1)
        .into_boxed();
    if let Some(after) = &page.after {
        ids = ids.filter(deliveries::id.gt(after.as_str()));
    }
    Ok(ids.first(connection).optional()?)
}
