//! Install, chain, status, remove.
