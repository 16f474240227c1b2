//! Groups: two JSON Pointers, the ID token's claims and userinfo's, a line each.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lanyard_gateway::fuzzing::groups(input));
