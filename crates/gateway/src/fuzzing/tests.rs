//! The same properties without a fuzzer: over every seed, and over inputs that are put together from what stands in
//! the seeds. Always the same inputs, so that a run that passed passes again.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use super::TARGETS;

/// Printed the way that one would write it into a test.
#[derive(Clone)]
struct Input(Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = folder().join("corpus").join(target);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a seed").path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).expect("a seed")).collect()
}

/// Names and numbers as wholes, everything else byte by byte.
fn words(seeds: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || *byte >= 0x80;
    let chunks = seeds.iter().flat_map(|seed| seed.chunk_by(move |one, other| inside(one) && inside(other)));
    chunks.map(<[u8]>::to_vec).collect()
}

/// Words in any order, or a seed in which some of it was replaced.
fn inputs(seeds: &[Vec<u8>]) -> impl Strategy<Value = Input> + use<> {
    let lines: Vec<_> =
        seeds.iter().flat_map(|seed| seed.split(|byte| *byte == b'\n')).map(<[u8]>::to_vec).collect();
    let word = prop_oneof![
        8 => select(words(seeds)),
        1 => select::<Vec<u8>>(lines),
        1 => vec(any::<u8>(), 1..4),
    ];
    let some = |most: usize| vec(word.clone(), 0..most).prop_map(|words| words.concat());
    let spliced = (select(seeds.to_vec()), any::<Index>(), 0..24_usize, some(5)).prop_map(
        |(mut seed, at, length, with)| {
            let from = at.index(seed.len() + 1);
            let to = (from + length).min(seed.len());
            seed.splice(from..to, with);
            seed
        },
    );
    prop_oneof![some(24), spliced].prop_map(Input)
}

/// Every input that a property is given holds it. `cases` is chosen so that each takes a second or two.
fn holds(target: &str, cases: u32) {
    let (_, property) = TARGETS.iter().find(|(name, _)| *name == target).expect("a target");
    let seeds = seeds(target);
    seeds.iter().for_each(|seed| property(seed));
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let checked = runner.run(&inputs(&seeds), |input| {
        property(&input.0);
        Ok(())
    });
    assert!(checked.is_ok(), "{target}: {}", checked.unwrap_err());
}

macro_rules! targets {
    ($($target:ident: $cases:literal),* $(,)?) => {
        $(#[test]
        fn $target() {
            holds(stringify!($target), $cases);
        })*

        const TESTED: &[&str] = &[$(stringify!($target)),*];
    };
}

targets! {
    config: 1_500,
    cookies: 6_000,
    entry: 10_000,
    frames: 6_000,
    groups: 8_000,
    hosts: 6_000,
    paths: 6_000,
    requests: 3_000,
    responses: 3_000,
}

#[test]
fn every_target_is_tested_and_has_a_fuzzer_and_seeds() {
    let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, TESTED);
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).expect("the fuzzers' manifest");
    for name in names {
        let fuzzer = fs::read_to_string(folder().join(format!("targets/{name}.rs"))).expect("a fuzzer");
        assert!(fuzzer.contains(&format!("lanyard_gateway::fuzzing::{name}(input)")), "{name}");
        assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"targets/{name}.rs\"")), "{name}");
        assert!(seeds(name).len() >= 3, "{name} has hardly a seed");
    }
}
