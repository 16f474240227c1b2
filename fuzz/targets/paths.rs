//! Paths to return to and to ask for: what is followed stays here, what is reserved is never proxied.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lanyard_gateway::fuzzing::paths(input));
