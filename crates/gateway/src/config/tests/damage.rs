//! Files that something happened to. Whatever it was, there is an answer, and it has its lines.

use super::{Problems, repository};

fn example() -> Vec<u8> {
    std::fs::read(repository().join("examples/lanyard.toml")).expect("the example")
}

/// Reads a damaged file, which must neither panic nor fail without a reason.
fn survive(bytes: &[u8], folder: &super::Folder) {
    match folder.load(bytes) {
        Ok((config, _)) => assert!(config.portal.origin.to_string().starts_with("http")),
        Err(Problems::Found(problems)) => {
            assert!(!problems.is_empty(), "refused without a reason: {:?}", String::from_utf8_lossy(bytes));
            for problem in problems {
                assert_eq!(problem.to_string().lines().count(), 1, "{problem}");
                assert!(problem.line >= 1 && problem.column >= 1, "{problem}");
            }
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_file_cut_off_anywhere_is_answered() {
    let (example, folder) = (example(), super::Folder::new());
    for end in (0..example.len()).step_by(3) {
        survive(&example[..end], &folder);
    }
}

#[test]
fn a_file_with_any_byte_changed_is_answered() {
    let (example, folder) = (example(), super::Folder::new());
    let other = [b'"', b'[', b']', b'=', b'\n', b'\\', b'{', b'.', b'\'', b',', 0x00, 0xC3, b'#', b'-', b'9'];
    for at in 0..example.len() {
        let mut damaged = example.clone();
        damaged[at] = other[at % other.len()];
        survive(&damaged, &folder);
    }
}

#[test]
fn a_file_with_any_line_missing_or_twice_is_answered() {
    let (example, folder) = (String::from_utf8(example()).expect("text"), super::Folder::new());
    let lines: Vec<&str> = example.lines().collect();
    for at in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(at);
        survive(fewer.join("\n").as_bytes(), &folder);
        let mut more = lines.clone();
        more.insert(at / 2, lines[at]);
        survive(more.join("\n").as_bytes(), &folder);
    }
}

#[test]
fn deep_nesting_and_thousands_of_slips_are_answered() {
    let folder = super::Folder::new();
    survive("a = [".repeat(5_000).as_bytes(), &folder);
    survive("[".repeat(50_000).as_bytes(), &folder);
    survive("{\n".repeat(5_000).as_bytes(), &folder);
    survive("x\n".repeat(20_000).as_bytes(), &folder);
    survive(format!("x = {}1", "{a = ".repeat(3_000)).as_bytes(), &folder);
}
