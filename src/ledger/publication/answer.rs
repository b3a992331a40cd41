//! What comes back from a witness or an authority. Somebody else carries the bytes.

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The content type, where there is one.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}
