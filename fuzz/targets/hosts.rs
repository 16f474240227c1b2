//! `Host` lines, alone or behind a request target: one of ours answers, or nobody.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lanyard_gateway::fuzzing::hosts(input));
