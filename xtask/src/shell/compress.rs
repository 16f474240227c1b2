//! Writes `.br` and `.gz` beside each file of the built shell that gets smaller by it, as tightly as possible:
//! it happens once a build, and every first visit waits for these bytes.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};

use crate::{interrupt, report::Progress};

const KINDS: [&str; 8] = ["css", "html", "js", "json", "svg", "txt", "wasm", "webmanifest"];
const BROTLI_QUALITY: i32 = 11;
/// Brotli's largest window that every browser accepts: 2^22 bytes.
const BROTLI_WINDOW: i32 = 22;

pub(crate) fn folder(dist: &Path) -> Result<()> {
    let mut files = Vec::new();
    collect(dist, &mut files)?;
    let mut progress = Progress::start("compressing the shell");
    for (done, file) in files.iter().enumerate() {
        interrupt::check()?;
        progress.update(&format!("{done} of {} files", files.len()));
        let content = fs::read(file).with_context(|| file.display().to_string())?;
        keep_if_smaller(&beside(file, "br"), &brotli(&content)?, content.len())?;
        keep_if_smaller(&beside(file, "gz"), &gzip(&content)?, content.len())?;
    }
    progress.finish("done");
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().and_then(|kind| kind.to_str()).is_some_and(|kind| KINDS.contains(&kind)) {
            files.push(path);
        }
    }
    Ok(())
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn keep_if_smaller(path: &Path, compressed: &[u8], plain: usize) -> Result<()> {
    if compressed.len() < plain {
        return fs::write(path, compressed).with_context(|| path.display().to_string());
    }
    // A copy from an earlier build would be served in place of the new file.
    if path.exists() { fs::remove_file(path).with_context(|| path.display().to_string()) } else { Ok(()) }
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: content.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*content, &mut compressed, &params).context("brotli")?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).context("gzip")?;
    encoder.finish().context("gzip")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn both_copies_unpack_to_the_file_and_tiny_files_get_none() {
        let dist = std::env::temp_dir().join(format!("lanyard-compress-{}", std::process::id()));
        fs::create_dir_all(dist.join("deep")).unwrap();
        let text = "the shell, ".repeat(500);
        fs::write(dist.join("deep/app.css"), &text).unwrap();
        fs::write(dist.join("index.html"), "x").unwrap();
        fs::write(dist.join("index.html.br"), "of an earlier build").unwrap();
        fs::write(dist.join("logo.png"), &text).unwrap();
        folder(&dist).unwrap();

        let mut unpacked = Vec::new();
        let packed = fs::read(dist.join("deep/app.css.br")).unwrap();
        brotli::BrotliDecompress(&mut &packed[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, text.as_bytes());

        let mut unpacked = String::new();
        let packed = fs::File::open(dist.join("deep/app.css.gz")).unwrap();
        flate2::read::GzDecoder::new(packed).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, text);

        assert!(!dist.join("index.html.br").exists());
        assert!(!dist.join("logo.png.gz").exists());
        fs::remove_dir_all(dist).unwrap();
    }
}
