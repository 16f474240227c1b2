//! Blocks of neighbouring ports that nobody uses, below the range that the kernel hands out by itself.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// How many ports a stage may use.
pub const BLOCK: u16 = 20;

/// Above 10080, the last port that browsers refuse to open (Fetch, "bad port").
const FIRST: u16 = 10_100;
const BLOCKS: u16 = 1_000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// The first port of a block that is free on both loopbacks. Blocks of one process never overlap; several
/// processes begin at different places.
pub fn block() -> u16 {
    let start = (std::process::id() % u32::from(BLOCKS)) as u16;
    for _ in 0..BLOCKS {
        let nth = NEXT.fetch_add(1, Ordering::Relaxed);
        let first = FIRST + (start.wrapping_mul(37).wrapping_add(nth) % BLOCKS) * BLOCK;
        if (first..first + BLOCK).all(free) {
            return first;
        }
    }
    panic!("no {BLOCK} neighbouring ports from {FIRST} on are free");
}

fn free(port: u16) -> bool {
    ["127.0.0.1", "::1"].iter().all(|address| TcpListener::bind((*address, port)).is_ok())
}
