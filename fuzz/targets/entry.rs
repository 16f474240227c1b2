//! The form that carries a ticket: its content type on the first line, its body below.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lanyard_gateway::fuzzing::entry(input));
