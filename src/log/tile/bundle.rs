//! Entry bundles: each entry behind its length, sixteen bits big-endian (C2SP tlog-tiles, "Log entries").

use super::TILE_WIDTH;

/// The longest entry that a bundle can hold.
pub const ENTRY_LENGTH_MAX: usize = 65_535;
/// The largest bundle there can be: a reader need not take more from a stranger.
pub const BUNDLE_SIZE_BYTES_MAX: usize = 256 * (2 + ENTRY_LENGTH_MAX);

/// Why bytes are no bundle, or an entry does not fit into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The entry is longer than [`ENTRY_LENGTH_MAX`].
    #[error("an entry of {0} bytes does not fit into a bundle")]
    Long(usize),
    /// The bytes end inside the entry with this number in the bundle, or before it.
    #[error("the bundle ends before its entry {0} is complete")]
    Short(u16),
    /// Something follows the last entry.
    #[error("the bundle has {0} bytes too many")]
    Trailing(usize),
}

/// Appends an entry to a bundle.
///
/// # Errors
/// [`BundleError::Long`].
pub fn append_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), BundleError> {
    let length = u16::try_from(entry.len()).map_err(|_| BundleError::Long(entry.len()))?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle in their order, borrowed from its bytes. Ends after the first error.
#[derive(Clone, Debug)]
pub struct Entries<'b> {
    rest: &'b [u8],
    width: u16,
    next: u16,
}

impl<'b> Entries<'b> {
    /// The entries of a bundle of `width`: exactly so many, and nothing behind them.
    #[must_use]
    pub fn new(bundle: &'b [u8], width: u16) -> Self {
        Self { rest: bundle, width: width.min(TILE_WIDTH), next: 0 }
    }

    fn entry(&mut self) -> Option<&'b [u8]> {
        let (length, rest) = self.rest.split_first_chunk()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        self.rest = rest;
        Some(entry)
    }
}

impl<'b> Iterator for Entries<'b> {
    type Item = Result<&'b [u8], BundleError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next < self.width {
            let entry = self.entry().ok_or(BundleError::Short(self.next));
            self.next = if entry.is_ok() { self.next.saturating_add(1) } else { self.width };
            if entry.is_err() {
                self.rest = &[];
            }
            return Some(entry);
        }
        let trailing = std::mem::take(&mut self.rest).len();
        (trailing > 0).then_some(Err(BundleError::Trailing(trailing)))
    }
}
