//! Timestamps (RFC 3161) with the `openssl` program as the authority: asked for, served, exported and verified; and
//! HTTPS to everybody who is asked. Where there is no `openssl`, these tests say so and check nothing.
#![cfg(test)]
#![expect(clippy::as_conversions, reason = "the positions of a small log fit into every integer")]

mod asked;
#[path = "../support/mod.rs"]
mod demo;
mod https;
#[allow(dead_code, reason = "the tests of the verifier use more of it")]
#[path = "../audit/log.rs"]
mod log;
mod rounds;
#[allow(dead_code, reason = "the tests of the verifier use more of it")]
#[path = "../audit/run.rs"]
mod run;
mod server;
mod service;
#[allow(dead_code, reason = "the tests of the verifier use more of it")]
#[path = "../audit/story.rs"]
mod story;
#[allow(dead_code, reason = "the tests of publishing use more of it")]
#[path = "../publication/support.rs"]
mod support;
mod tls;
mod tsa;
mod verified;
#[allow(dead_code, reason = "the tests of publishing use more of it")]
#[path = "../publication/witness.rs"]
mod witness;
