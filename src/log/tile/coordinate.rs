//! Which tile: its kind, index and width, its path, and the tiles that a tree of a size has.

use std::fmt;

use super::{TILE_HEIGHT, TILE_LEVEL_MAX, TILE_WIDTH};
use crate::log::text;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Hashes of a level: 0 for leaves, each level above for the full tiles below.
    Hashes(u8),
    /// Entries: the bundle beside the level-0 tile of the same index.
    Entries,
}

/// The place of a tile. Its path is `tile/<level or "entries">/<index>[.p/<width>]`, the index in groups of three
/// digits of which all but the last begin with an `x`: `tile/0/x001/x234/067.p/12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    kind: Kind,
    index: u64,
    width: u16,
}

/// Why there is no such tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// The path is not one of a tile, or is not written the one way it can be.
    #[error("not the path of a tile")]
    Path,
    /// The level is above 63.
    #[error("a tile's level is at most 63")]
    Level,
    /// The width is zero or more than 256.
    #[error("a tile has 1 to 256 hashes or entries")]
    Width,
}

/// The highest level that a path may name. No tree has tiles above [`TILE_LEVEL_MAX`].
const PATH_LEVEL_MAX: u8 = 63;

impl Tile {
    /// A tile of `width` hashes or entries.
    ///
    /// # Errors
    /// [`TileError::Level`] and [`TileError::Width`].
    pub fn new(kind: Kind, index: u64, width: u16) -> Result<Self, TileError> {
        if matches!(kind, Kind::Hashes(level) if level > PATH_LEVEL_MAX) {
            return Err(TileError::Level);
        }
        if width == 0 || width > TILE_WIDTH {
            return Err(TileError::Width);
        }
        Ok(Self { kind, index, width })
    }

    /// The widest tile of this place in a tree of `size`: full, partial, or none at all.
    #[must_use]
    pub fn widest(kind: Kind, index: u64, size: u64) -> Option<Self> {
        let begin = index.checked_mul(u64::from(TILE_WIDTH))?;
        let count = count_of(kind, size).checked_sub(begin)?.min(u64::from(TILE_WIDTH));
        Self::new(kind, index, u16::try_from(count).ok()?).ok()
    }

    /// Reads a path.
    ///
    /// # Errors
    /// [`TileError`].
    pub fn parse(path: &str) -> Result<Self, TileError> {
        let (kind, place) = path.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or(TileError::Path)?;
        let kind = if kind == "entries" {
            Kind::Entries
        } else {
            let level = text::decimal(kind).ok_or(TileError::Path)?;
            Kind::Hashes(u8::try_from(level).map_err(|_| TileError::Level)?)
        };
        let (index, width) = match place.split_once(".p/") {
            Some((index, width)) => {
                let width = text::decimal(width).ok_or(TileError::Path)?;
                (index, u16::try_from(width).ok().filter(|width| *width < TILE_WIDTH).ok_or(TileError::Width)?)
            }
            None => (place, TILE_WIDTH),
        };
        Self::new(kind, parse_index(index).ok_or(TileError::Path)?, width)
    }

    /// Hashes of a level, or entries.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Its number among the tiles of its kind.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds: 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// The number of its first hash among all of its level, or of its first entry. Saturates far beyond any tree.
    #[must_use]
    pub const fn begin(&self) -> u64 {
        self.index.saturating_mul(256)
    }

    /// True if a log of `size` has this tile. One that is beyond the newest signed size must not be served.
    #[must_use]
    pub fn is_within(&self, size: u64) -> bool {
        Self::widest(self.kind, self.index, size).is_some_and(|widest| self.width <= widest.width)
    }

    /// The full tile of the same place.
    #[must_use]
    pub const fn full(self) -> Self {
        Self { width: TILE_WIDTH, ..self }
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Hashes(level) => write!(out, "tile/{level}/")?,
            Kind::Entries => out.write_str("tile/entries/")?,
        }
        write_index(out, self.index)?;
        if self.width < TILE_WIDTH { write!(out, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// Groups of three digits; all but the last begin with an `x`.
fn write_index(out: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    let mut place = 1_u64;
    while index / place >= 1000 {
        place = place.saturating_mul(1000);
    }
    while place > 1 {
        write!(out, "x{:03}/", index / place % 1000)?;
        place /= 1000;
    }
    write!(out, "{:03}", index % 1000)
}

fn parse_index(text: &str) -> Option<u64> {
    let (above, last) = text.rsplit_once('/').map_or((None, text), |(above, last)| (Some(above), last));
    let mut index = 0_u64;
    for (position, group) in above.into_iter().flat_map(|above| above.split('/')).enumerate() {
        let value = group.strip_prefix('x').and_then(three_digits)?;
        // A first group of zeros would be a second path to the same tile.
        if position == 0 && value == 0 {
            return None;
        }
        index = index.checked_mul(1000)?.checked_add(value)?;
    }
    index.checked_mul(1000)?.checked_add(three_digits(last)?)
}

fn three_digits(text: &str) -> Option<u64> {
    let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// How many hashes of a level, or entries, a tree of `size` has.
fn count_of(kind: Kind, size: u64) -> u64 {
    match kind {
        Kind::Entries => size,
        Kind::Hashes(level) => size.checked_shr(u32::from(level) * u32::from(TILE_HEIGHT)).unwrap_or(0),
    }
}

/// Every tile and bundle of a tree of `size`: the hash tiles level by level, then the bundles; all full but the last
/// of each kind.
pub fn tiles_of(size: u64) -> impl Iterator<Item = Tile> {
    tiles_changed(0, size)
}

/// The tiles and bundles that a tree of `new` has and a tree of `old` had not, or had narrower: what must be written
/// before a checkpoint of `new` is signed.
pub fn tiles_changed(old: u64, new: u64) -> impl Iterator<Item = Tile> {
    let kinds = (0..=TILE_LEVEL_MAX).map(Kind::Hashes).chain([Kind::Entries]);
    kinds.flat_map(move |kind| {
        let width = u64::from(TILE_WIDTH);
        let (had, has) = (count_of(kind, old), count_of(kind, new));
        let indices = if had < has { had / width..has.div_ceil(width) } else { 0..0 };
        indices.filter_map(move |index| Tile::widest(kind, index, new))
    })
}
