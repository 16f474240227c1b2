//! `[portal] logo` and `logo_dark`: pictures of somebody's own beside the portal's name. A file is what its bytes
//! say, PNG or SVG; of an SVG only what draws is kept. Does not serve them.

use std::{fmt, io};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::{secret::Around, section::Section, value::Value};

/// No logo is larger, in bytes.
const LARGEST: u64 = 256 * 1024;
/// What is left of an SVG may be larger by its indentation, and no more.
const LARGEST_KEPT: usize = 2 * LARGEST as usize;
/// Of a PNG, in pixels.
const WIDEST: u32 = 4096;
/// Each `use` draws a part again, with the `use`s in it: a few levels of them would draw for hours.
const MOST_USES: usize = 16;

/// The portal's pictures, one a theme.
#[derive(Debug, Clone)]
pub struct Logo {
    pub light: Picture,
    pub dark: Picture,
}

/// A picture that may be shown to everybody.
#[derive(Clone)]
pub struct Picture {
    /// Its path at the portal. Holds a hash, so that it may be kept for ever.
    pub path: String,
    pub media_type: &'static str,
    pub bytes: Bytes,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

impl Logo {
    pub fn at(&self, path: &str) -> Option<&Picture> {
        [&self.light, &self.dark].into_iter().find(|picture| picture.path == path)
    }
}

pub fn read(section: &Section<'_>, around: &Around<'_>) -> Option<Logo> {
    let (light, dark) = (section.get("logo"), section.get("logo_dark"));
    if let (None, Some(dark)) = (&light, &dark)
        && !section.has_or_lost(&["logo"])
    {
        dark.refuse_key("is the picture for dark pages: 'logo' must be there too, for the light ones");
    }
    let light = light.and_then(|value| picture(&value, around));
    let dark = dark.map(|value| picture(&value, around));
    let light = light?;
    Some(Logo { dark: dark.unwrap_or_else(|| Some(light.clone()))?, light })
}

fn picture(value: &Value<'_>, around: &Around<'_>) -> Option<Picture> {
    let path = around.path(value.text()?);
    if around.alone {
        return None;
    }
    let shown = path.display().to_string().escape_debug().to_string();
    let bytes = match (around.read)(&path, LARGEST) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            return value
                .refuse(format!("'{shown}' is larger than 256 KB; make it smaller, it is drawn small"));
        }
        Err(error) => {
            return value.refuse(format!(
                "'{shown}' cannot be read: {error}; a path begins at this file's folder, and the gateway's own \
                 user reads it"
            ));
        }
    };
    let kept = if bytes.starts_with(PNG) { png(bytes) } else { svg(&bytes) };
    match kept {
        Ok(picture) => Some(picture),
        Err(wrong) => value.refuse(format!("'{shown}' {wrong}")),
    }
}

/// Why a file cannot be a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Wrong {
    #[error("is neither a PNG nor an SVG: export the logo as one of them")]
    Unknown,
    #[error("is a damaged PNG: export it again")]
    Damaged,
    #[error("is a PNG of more than {WIDEST} pixels in width or height: make it smaller, it is drawn small")]
    Wide,
    #[error("is an SVG that defines entities, which are not read: export it as plain SVG")]
    Entities,
    #[error("is an SVG that cannot be read: its XML is broken or deeper than a picture's; export it again")]
    Broken,
    #[error("is an SVG that draws parts again more than {MOST_USES} times: export it without `use`")]
    Repetitive,
    #[error("is an SVG that loads other files or runs scripts: export it as plain SVG")]
    Active,
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The first chunk is IHDR and begins with width and height (PNG, section 11.2.1).
fn png(bytes: Vec<u8>) -> Result<Picture, Wrong> {
    let header = bytes.get(PNG.len()..).and_then(|rest| rest.strip_prefix(b"\0\0\0\rIHDR"));
    let size = |at: usize| {
        let four = header.and_then(|header| header.get(at..at + 4)).and_then(|four| four.try_into().ok());
        four.map(u32::from_be_bytes).ok_or(Wrong::Damaged)
    };
    match (size(0)?, size(4)?) {
        (0, _) | (_, 0) => Err(Wrong::Damaged),
        (width, height) if width.max(height) > WIDEST => Err(Wrong::Wide),
        _ => Ok(named(bytes, "png", "image/png")),
    }
}

/// What draws, of an SVG in UTF-8. Other encodings would be a way around what is looked for here.
fn svg(bytes: &[u8]) -> Result<Picture, Wrong> {
    let text = std::str::from_utf8(bytes).map_err(|_| Wrong::Unknown)?;
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    if text.contains(control) || !text.contains("<svg") && !text.contains(":svg") {
        return Err(Wrong::Unknown);
    }
    if text.contains("<!ENTITY") {
        return Err(Wrong::Entities);
    }
    let mut filter = svg_hush::Filter::new();
    filter.set_data_url_filter(svg_hush::data_url_filter::allow_standard_images);
    let mut kept = Kept::default();
    filter.filter(text.as_bytes(), &mut kept).map_err(|_| Wrong::Broken)?;
    let lower = String::from_utf8_lossy(&kept.0).to_ascii_lowercase();
    if active(&lower) {
        return Err(Wrong::Active);
    }
    if tags(&lower).filter(|tag| tag.name == "use").count() > MOST_USES {
        return Err(Wrong::Repetitive);
    }
    Ok(named(kept.0, "svg", "image/svg+xml"))
}

/// What the filter leaves and must not: CSS has more ways to name a file than the `url()` that it knows, behind a
/// child of `style` it does not look at all, it leaves the values of animations, and names of one namespace may come
/// out as those of another.
fn active(kept: &str) -> bool {
    let words = ["image-set(", "image(", "src(", "javascript:", "@import", "1999/xhtml"];
    // The filter makes an address one of this place, whose path is all that is left of it.
    let elsewhere = |rest: &str| {
        let target = rest.split(')').next().unwrap_or_default();
        let target = target.trim_start().trim_start_matches(['"', '\'']).trim_start_matches("&quot;");
        !target.starts_with("data:image/") && (target.contains(':') || target.contains("//"))
    };
    words.iter().any(|word| kept.contains(word))
        || kept.split("url(").skip(1).any(elsewhere)
        || tags(kept).any(|tag| tag.name == "style" && !tag.closed && !tag.after.starts_with("</"))
}

struct Tag<'a> {
    /// Without its prefix.
    name: &'a str,
    closed: bool,
    /// The next tag and all that follows.
    after: &'a str,
}

/// The tags that open elements. In what the filter writes, each `<` is one of a tag or an instruction.
fn tags(kept: &str) -> impl Iterator<Item = Tag<'_>> {
    kept.match_indices('<').filter_map(|(at, _)| {
        let (tag, rest) = kept.get(at + 1..)?.split_once('>')?;
        let name = tag.split([' ', '\t', '\n', '\r', '/']).next()?;
        let name = name.rsplit(':').next()?;
        let after = rest.get(rest.find('<').unwrap_or(rest.len())..)?;
        (!name.is_empty()).then_some(Tag { name, closed: tag.ends_with('/'), after })
    })
}

fn named(bytes: Vec<u8>, ending: &str, media_type: &'static str) -> Picture {
    let hash: String = Sha256::digest(&bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Picture { path: format!("/logo-{hash}.{ending}"), media_type, bytes: bytes.into() }
}

/// What was written so far, unless it is too much: elements within elements are indented further and further.
#[derive(Default)]
struct Kept(Vec<u8>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST_KEPT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[path = "logo_tests.rs"]
mod tests;
