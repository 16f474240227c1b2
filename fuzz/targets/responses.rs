//! An answer's header lines: what the browser gets of them.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lanyard_gateway::fuzzing::responses(input));
