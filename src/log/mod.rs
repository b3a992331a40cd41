//! The log's bytes: canonical form, hash chain, Merkle tree, and the open C2SP formats in which strangers check it.
//! Pure but for its files, and without knowledge of what the entries mean.
//!
//! | module | what it is | spec |
//! |---|---|---|
//! | [`canonical`] | one value, one sequence of bytes | RFC 8785 |
//! | [`chain`] | leaves | RFC 6962 |
//! | [`tree`] | roots and proofs | RFC 6962, RFC 9162 |
//! | [`tile`] | the tree and the entries as files | C2SP tlog-tiles |
//! | [`key`] | keys and their names | RFC 8032, C2SP signed-note |
//! | [`note`] | signed texts | C2SP signed-note |
//! | [`checkpoint`] | a signed size and root | C2SP tlog-checkpoint |
//! | [`cosignature`] | a witness's statement about one | C2SP tlog-cosignature |
//! | [`witness`] | asking for it | C2SP tlog-witness |
//! | [`policy`] | which logs and witnesses are believed | C2SP tlog-policy |
//! | [`text`] | decimals and base64, in one spelling | RFC 4648 |
//! | [`proof`] | a receipt | C2SP tlog-proof |
//! | [`files`] | the hash tiles on disk | – |
//! | [`heads`] | what this node has published | – |
//! | [`known`] | a head that was found good before | |
//! | [`timestamp`] | what an authority states about a checkpoint's age | RFC 3161, RFC 5816 |

pub mod canonical;
pub mod chain;
pub mod checkpoint;
pub mod cosignature;
pub mod files;
pub mod heads;
pub mod key;
pub mod known;
pub mod note;
pub mod policy;
pub mod proof;
pub mod text;
pub mod tile;
pub mod timestamp;
pub mod tree;
pub mod witness;
