//! Canonical JSON (RFC 8785).

/// placeholder
pub fn canonicalize(value: &serde_json::Value) -> Result<Vec<u8>, serde_json::Error> { serde_json::to_vec(value) }
