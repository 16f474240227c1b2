//! `Cookie` lines: ours is found, or not, whatever stands beside it; an app gets all the others.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lanyard_gateway::fuzzing::cookies(input));
