//! A request's head: admission, the headers for the app, the caller's address, the coding of the answer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lanyard_gateway::fuzzing::requests(input));
