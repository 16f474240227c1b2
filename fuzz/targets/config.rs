//! The configuration file: any text is either a sound configuration or a list of places and sentences.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lanyard_gateway::fuzzing::config(input));
