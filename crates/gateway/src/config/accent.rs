//! `[portal] accent`: a colour of somebody's own, made readable. Hue and chroma stay; lightness moves, no further
//! than it must, until text on the accent and the accent on the page can both be read, in each theme.

use color::{ColorSpaceTag, Oklch, OpaqueColor, Srgb, parse_color};
use lanyard_contract::wire::{Accent, Tone};

use super::value::Value;

/// 4.5 (WCAG 2.2, 1.4.3), and what may be lost when a screen rounds to eight bits a channel.
const CONTRAST: f32 = 4.53;
/// What the page is painted with, as in style/tokens.css.
const LIGHT_SURFACE: [f32; 3] = [0.985, 0.002, 260.0];
const DARK_SURFACE: [f32; 3] = [0.19, 0.008, 260.0];
/// Text on an accent, as there: white, and nearly black.
const TEXTS: [([f32; 3], &str); 2] =
    [([1.0, 0.0, 0.0], "oklch(1 0 0)"), ([0.19, 0.02, 262.0], "oklch(0.19 0.02 262)")];
/// Lightness and chroma are written in thousandths. No colour of sRGB has a larger chroma.
const STEPS: u16 = 1_000;
const LARGEST_CHROMA: f32 = 0.4;

pub fn read(value: &Value<'_>) -> Option<Accent> {
    let accent = wanted(value.string()?).and_then(corrected);
    accent.or_else(|| {
        value.refuse(
            "is not a colour: write '#0b6bcb', '#06c' or 'oklch(0.55 0.17 255)', without transparency",
        )
    })
}

/// The three spellings that are taken, as OKLCH.
fn wanted(text: &str) -> Option<[f32; 3]> {
    let hex = matches!(text.len(), 4 | 7) && text.starts_with('#');
    let oklch = text.starts_with("oklch(") && text.ends_with(')') && !text.contains('/');
    let color = if hex || oklch { parse_color(text).ok()? } else { return None };
    let [lightness, chroma, hue, _] = color.convert(ColorSpaceTag::Oklch).components;
    let finite = [lightness, chroma, hue].iter().all(|part| part.is_finite());
    finite.then(|| [lightness.clamp(0.0, 1.0), chroma.clamp(0.0, LARGEST_CHROMA), hue.rem_euclid(360.0)])
}

fn corrected(wanted: [f32; 3]) -> Option<Accent> {
    Some(Accent { light: tone(wanted, LIGHT_SURFACE)?, dark: tone(wanted, DARK_SURFACE)? })
}

/// The nearest lightness at which everything can be read.
fn tone([lightness, chroma, hue]: [f32; 3], surface: [f32; 3]) -> Option<Tone> {
    let surface = luminance(surface);
    let mut steps: Vec<u16> = (0..=STEPS).collect();
    steps.sort_by(|one, other| {
        let far = |step: &u16| (part(*step) - lightness).abs();
        far(one).total_cmp(&far(other))
    });
    let hue = hue.round();
    steps.into_iter().find_map(|step| {
        let chroma = within_srgb(part(step), chroma, hue);
        let accent = luminance([part(step), part(chroma), hue]);
        if contrast(accent, surface) < CONTRAST {
            return None;
        }
        let (_, text) = TEXTS.iter().find(|(text, _)| contrast(luminance(*text), accent) >= CONTRAST)?;
        let accent = format!("oklch({} {} {hue})", part(step), part(chroma));
        Some(Tone { accent, text: (*text).to_owned() })
    })
}

fn part(step: u16) -> f32 {
    f32::from(step) / f32::from(STEPS)
}

/// The largest chroma, up to the one wanted, that sRGB has at this lightness and hue.
fn within_srgb(lightness: f32, chroma: f32, hue: f32) -> u16 {
    let fits = |step: u16| {
        let color = OpaqueColor::<Oklch>::new([lightness, part(step), hue]).convert::<Srgb>();
        color.components.iter().all(|part| (-0.0005..=1.0005).contains(part))
    };
    // Inside sRGB there is no gap on the way from grey to the edge.
    let (mut inside, mut outside) = (0, (chroma * f32::from(STEPS)).round() as u16 + 1);
    while outside - inside > 1 {
        let middle = inside.midpoint(outside);
        if fits(middle) { inside = middle } else { outside = middle }
    }
    inside
}

fn luminance(oklch: [f32; 3]) -> f32 {
    OpaqueColor::<Oklch>::new(oklch).relative_luminance()
}

/// WCAG 2.2, "contrast ratio".
fn contrast(one: f32, other: f32) -> f32 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[cfg(test)]
#[path = "accent_tests.rs"]
mod tests;
