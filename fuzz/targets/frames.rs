//! WebSocket frames: where each ends, however the stream is cut; the close frame stands between two.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lanyard_gateway::fuzzing::frames(input));
