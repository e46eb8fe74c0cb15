//! Exact messages of rules that have several.
