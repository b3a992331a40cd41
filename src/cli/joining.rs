//! Offices that are opened while the service runs: each node finds them by itself and serves them from then on.
//!
//! The database is what says which offices there are; nobody has to tell the nodes. A node that cannot serve one, since
//! its key is not here or it goes by other rules, says so once and tries again, and the others are served all the same.

use std::collections::BTreeMap;
use std::time::Duration;

use super::boot::Mode;
use super::serving::{Opened, Served, Shared};
use crate::domain::name::Name;
use crate::http::offices::Offices;
use crate::store::head;

/// How often the database is asked for new offices.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Looks for new offices until the service stops; answers those that were found.
pub async fn join(shared: Shared, offices: Offices) -> Vec<Served> {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut stopped = shared.stopped.clone();
    let mut served = Vec::new();
    let mut complaints: BTreeMap<Name, String> = BTreeMap::new();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed() => return served,
        }
        for name in unknown(&shared, &offices).await {
            match begin(&shared, name).await {
                Ok(office) => {
                    offices.add(office.sequencer.clone());
                    served.push(office);
                    complaints.remove(&name);
                    tracing::info!(office = %name, "an office is served from now on");
                }
                Err(error) => {
                    if complaints.get(&name) != Some(&error) {
                        tracing::error!(office = %name, %error, "a new office cannot be served yet; it is tried again");
                        complaints.insert(name, error);
                    }
                }
            }
        }
    }
}

/// The offices in the database that are not served yet; none while it does not answer.
async fn unknown(shared: &Shared, offices: &Offices) -> Vec<Name> {
    let reads = shared.reads.clone();
    let there = tokio::task::spawn_blocking(move || reads.read(head::offices)).await;
    let there = there.ok().and_then(Result::ok).unwrap_or_default();
    let names = there.iter().filter_map(|name| Name::parse(name));
    names.filter(|name| !offices.has(*name)).collect()
}

async fn begin(shared: &Shared, name: Name) -> Result<Served, String> {
    let opened = Opened::open(&shared.config, &shared.logs, name.as_str())?;
    if shared.mode == Mode::Live && opened.sequencer.office().mode != "live" {
        return Err("it is a demo's office".to_owned());
    }
    opened.serve(shared).await
}
