//! Colours of all hues and of the extremes stay readable, by arithmetic of our own: that of CSS Color 4 and WCAG.

use super::*;

/// OKLCH to linear sRGB (CSS Color 4, section 18), not clipped.
fn linear(text: &str) -> [f64; 3] {
    let parts = text.strip_prefix("oklch(").and_then(|text| text.strip_suffix(')')).expect("oklch");
    let parts: Vec<f64> = parts.split(' ').map(|part| part.parse().expect("a number")).collect();
    let [lightness, chroma, hue] = parts[..] else { panic!("{text}") };
    let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    let l = (lightness + 0.3963377774 * a + 0.2158037573 * b).powi(3);
    let m = (lightness - 0.1055613458 * a - 0.0638541728 * b).powi(3);
    let s = (lightness - 0.0894841775 * a - 1.2914855480 * b).powi(3);
    [
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    ]
}

/// WCAG's contrast, of the colours as they are and as a screen with eight bits a channel shows them: the lesser.
fn ratio(one: &str, other: &str) -> f64 {
    let encoded =
        |part: f64| if part <= 0.0031308 { 12.92 * part } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 };
    let decoded = |part: f64| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    let exact = |part: f64| part.clamp(0.0, 1.0);
    let shown = |part: f64| decoded((encoded(exact(part)) * 255.0).round() / 255.0);
    let between = |see: &dyn Fn(f64) -> f64| {
        let luminance = |text: &str| {
            let [r, g, b] = linear(text).map(see);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    };
    between(&exact).min(between(&shown))
}

fn corrected_from(text: &str) -> Accent {
    wanted(text).and_then(corrected).unwrap_or_else(|| panic!("{text} is a colour"))
}

/// Every pair that must be read.
fn holds(wanted: &str) {
    let Accent { light, dark } = corrected_from(wanted);
    for (tone, surface) in [(&light, "oklch(0.985 0.002 260)"), (&dark, "oklch(0.19 0.008 260)")] {
        for other in [&tone.text, surface] {
            let ratio = ratio(&tone.accent, other);
            assert!(ratio >= 4.5, "{wanted}: {} beside {other} has {ratio}", tone.accent);
        }
        let shown = linear(&tone.accent);
        assert!(
            shown.iter().all(|part| (-0.002..=1.002).contains(part)),
            "{wanted}: {} {shown:?}",
            tone.accent
        );
    }
}

#[test]
fn every_hue_and_every_extreme_can_be_read_in_both_themes() {
    for hue in 0..360 {
        for (lightness, chroma) in [("0.5", "0.15"), ("0.9", "0.37"), ("0.15", "0.05")] {
            holds(&format!("oklch({lightness} {chroma} {hue})"));
        }
    }
    for extreme in [
        "#000",
        "#fff",
        "#ff0",
        "#0f0",
        "#00f",
        "#f00",
        "#0ff",
        "#f0f",
        "#808080",
        "oklch(0 0 0)",
        "oklch(1 0.4 0)",
        "oklch(100% 100% 720)",
        "oklch(-3 9 -40)",
        "oklch(none none none)",
    ] {
        holds(extreme);
    }
}

#[test]
fn what_can_be_read_stays_as_it_is_and_the_rest_keeps_its_hue() {
    let own = corrected_from("oklch(0.5 0.15 262)").light;
    assert_eq!((own.accent.as_str(), own.text.as_str()), ("oklch(0.5 0.15 262)", "oklch(1 0 0)"));
    let own = corrected_from("oklch(0.76 0.11 262)").dark;
    assert_eq!((own.accent.as_str(), own.text.as_str()), ("oklch(0.76 0.11 262)", "oklch(0.19 0.02 262)"));
    let yellow = corrected_from("#ff0");
    assert!(yellow.light.accent.ends_with(" 110)") && yellow.dark.accent.ends_with(" 110)"), "{yellow:?}");
    assert_eq!(yellow.light.text, "oklch(1 0 0)");
    // A step less, and it could not be read any more.
    let step =
        |text: &str| text[6..].split(' ').next().and_then(|part| part.parse::<f64>().ok()).expect("one");
    let lighter = yellow.light.accent.replacen(&step(&yellow.light.accent).to_string(), "0.57", 1);
    assert!(
        step(&yellow.light.accent) < 0.57 && ratio(&lighter, "oklch(0.985 0.002 260)") < 4.5,
        "{lighter}"
    );
}

#[test]
fn other_words_are_no_colours() {
    for other in [
        "",
        "#",
        "#12",
        "#1234",
        "#12345",
        "#12345678",
        "#ggg",
        "blue",
        "rgb(1 2 3)",
        "oklch(0.5 0.1)",
        "oklch(0.5 0.1 20 / 0.5)",
        "oklch(0.5 0.1 20);color:red",
        " #fff",
        "oklch(",
        "ökl",
    ] {
        assert!(wanted(other).and_then(corrected).is_none(), "{other}");
    }
}
