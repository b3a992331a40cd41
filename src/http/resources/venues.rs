//! Venues: where a merchant serves, and on which days it was open.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{MerchantId, VenueId};
use crate::domain::objects::{Role, Venue};
use crate::domain::time::Date;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{PathId, Query, QueryNumber, Text, Write};
use crate::http::paging::Paging;
use crate::http::permissions::{AddVenue, MarkOpen, ReadVenues};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, changed, created, from_object, read_one};
use crate::http::texts::{record, record_of};
use crate::ledger::commands::venues;
use crate::store::objects;
use crate::store::queries::{self, VenueFilter};
use crate::store::records::RecordKind;

/// A venue on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewVenue {
    name: Text<1, 100>,
    address: Text<1, 200>,
    lease_ends_on: Date,
}

/// An opening mark on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOpenMark {
    date: Date,
}

/// What a list is filtered by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    merchant_id: Option<MerchantId>,
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Profile {
    name: String,
    address: String,
}

/// A venue's wire form.
#[derive(Serialize)]
pub struct VenueView {
    id: VenueId,
    merchant_id: MerchantId,
    name: String,
    address: String,
    lease_ends_on: Date,
    state: &'static str,
    revision: u64,
}

from_object!(Venue);

impl Shown for Venue {
    type View = VenueView;

    fn digests(&self) -> Vec<Digest> {
        vec![self.profile]
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, records: &Records, _: Role) -> VenueView {
        let gone = || "(erased)".to_owned();
        let profile: Option<Profile> = record_of(records, self.profile);
        let profile = profile.unwrap_or_else(|| Profile { name: gone(), address: gone() });
        VenueView {
            id: self.id,
            merchant_id: self.merchant,
            name: profile.name,
            address: profile.address,
            lease_ends_on: self.lease_ends_on,
            state: "open",
            revision: self.revision,
        }
    }
}

/// `POST /v1/venues`
pub async fn add(caller: Caller<AddVenue>, app: Data<App>, request: Write<NewVenue>) -> Result<HttpResponse, Problem> {
    let body = &request.body;
    let profile = Profile { name: body.name.0.clone(), address: body.address.0.clone() };
    let (profile, kept) = record(&app, RecordKind::Profile, &profile)?;
    let venue = VenueId::from_bits(app.new_id());
    let command = venues::AddVenue { venue, profile, lease_ends_on: body.lease_ends_on };
    created::<Venue, _, _>(&app, &caller, &request, command, vec![kept]).await
}

/// What a merchant asks for who says that a venue was open.
#[must_use]
pub const fn marking_open(venue: VenueId, body: &NewOpenMark) -> venues::MarkVenueOpen {
    venues::MarkVenueOpen { venue, date: body.date }
}

/// `POST /v1/venues/{id}/open-marks`
pub async fn mark_open(
    caller: Caller<MarkOpen>,
    app: Data<App>,
    id: PathId<VenueId>,
    request: Write<NewOpenMark>,
) -> Result<HttpResponse, Problem> {
    let command = marking_open(id.0, &request.body);
    changed::<Venue, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// `GET /v1/venues`
pub async fn list(caller: Caller<ReadVenues>, app: Data<App>, query: Query<Filter>) -> Result<HttpResponse, Problem> {
    let Filter { merchant_id, limit, cursor } = query.0;
    let paging = Paging::new("/v1/venues", limit, cursor.as_deref(), &[("merchant_id", &merchant_id)])?;
    let Some(merchant) = caller.narrowed_merchant(merchant_id) else { return Ok(paging.nothing()) };
    paging.list(&app, &caller, queries::venues, VenueFilter { merchant }).await
}

/// `GET /v1/venues/{id}`
pub async fn read(caller: Caller<ReadVenues>, app: Data<App>, id: PathId<VenueId>) -> Result<HttpResponse, Problem> {
    read_one(&app, &caller, id.0, objects::venues::load, |venue| caller.is_of_merchant(venue.merchant)).await
}
