//! How far an office's log is published, and whether the office may still be written to.

use std::sync::OnceLock;

use tokio::sync::watch;

use crate::domain::name::Name;

/// Shared by the writer, the publisher and everybody who answers requests.
#[derive(Debug)]
pub struct Standing {
    published: watch::Sender<u64>,
    read_only: OnceLock<String>,
}

impl Default for Standing {
    fn default() -> Self {
        Self { published: watch::Sender::new(0), read_only: OnceLock::new() }
    }
}

impl Standing {
    /// The size of the newest published head, now: 0 before the first. Entry `position` is published when the size is
    /// above it.
    #[must_use]
    pub fn published_size(&self) -> u64 {
        *self.published.borrow()
    }

    /// The size of the newest published head, as it grows: `published().wait_for(|size| *size > position)` waits until
    /// an entry is published.
    #[must_use]
    pub fn published(&self) -> watch::Receiver<u64> {
        self.published.subscribe()
    }

    /// Why the office takes no writes; none as long as it does.
    #[must_use]
    pub fn read_only(&self) -> Option<&str> {
        self.read_only.get().map(String::as_str)
    }

    /// Tells everybody who waits that a head is published.
    pub(super) fn announce(&self, size: u64) {
        self.published.send_if_modified(|published| {
            let grows = *published < size;
            *published = size.max(*published);
            grows
        });
    }

    /// Ends writing, loudly. Only a start on a database that agrees with what was published takes it back.
    pub fn make_read_only(&self, office: Name, reason: String) {
        metrics::gauge!("ticun_office_read_only", "office" => office.to_string()).set(1);
        tracing::error!(%office, reason, "the office is read-only from now on");
        if self.read_only.set(reason).is_err() {
            tracing::debug!(%office, "it was before");
        }
    }
}
