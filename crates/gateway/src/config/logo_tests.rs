//! What is kept of pictures, and what is refused: files that look like one thing and are another, and SVGs that
//! would do more than draw.

use super::*;

fn kept(svg: &str) -> String {
    let picture = self::svg(svg.as_bytes()).unwrap_or_else(|wrong| panic!("{svg} {wrong}"));
    assert_eq!(picture.media_type, "image/svg+xml");
    String::from_utf8(picture.bytes.to_vec()).expect("UTF-8")
}

/// One element inside a picture, with both namespaces that pictures have.
fn around(inside: &str) -> String {
    let spaces = "xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"";
    format!("<?xml version=\"1.0\"?><svg {spaces} viewBox=\"0 0 9 9\">{inside}<path d=\"M1 2h3\"/></svg>")
}

#[test]
fn of_a_hostile_picture_only_what_draws_is_kept() {
    for hostile in [
        "<script>alert(1)</script>",
        "<script href=\"https://evil.example/a.js\"/>",
        "<h:script xmlns:h=\"http://www.w3.org/1999/xhtml\">alert(1)</h:script>",
        "<g onload=\"alert(1)\" onclick='alert(1)' ONMOUSEOVER=\"alert(1)\"/>",
        "<foreignObject><iframe xmlns=\"http://www.w3.org/1999/xhtml\" src=\"https://evil.example\"/></foreignObject>",
        "<a href=\"javascript:alert(1)\"><text>x</text></a>",
        "<a xlink:href=\"JaVa&#10;Script:alert(1)\"><text>x</text></a>",
        "<use href=\"data:image/svg+xml,&lt;svg onload=alert(1)/&gt;\"/>",
        "<image href=\"https://evil.example/a.png\"/>",
        "<image xlink:href=\"//evil.example/a.png\"/>",
        "<image href=\"data:text/html,&lt;script&gt;alert(1)&lt;/script&gt;\"/>",
        "<animate attributeName=\"onload\" dur=\"1s\"/>",
        "<style>@import \"https://evil.example/a.css\"; path{fill:url(https://evil.example/a)}</style>",
        "<path fill=\"url(https://evil.example/a#b)\" style=\"background:url('//evil.example/c')\"/>",
        "<handler type=\"text/javascript\">alert(1)</handler>",
        "<?xml-stylesheet href=\"https://evil.example/a.css\"?>",
        "<!-- <script>alert(1)</script> -->",
        "<![CDATA[<script>alert(1)</script>]]>",
    ] {
        let kept = kept(&around(hostile)).to_ascii_lowercase();
        assert!(kept.contains("m1 2h3"), "the picture itself is still there: {kept}");
        for word in
            ["<script", "alert(1)", "evil.example", "javascript", "onload", "iframe", "@import", "<!--"]
        {
            // What was text stays text: `&lt;script&gt;`.
            let text = hostile.starts_with("<![CDATA[") && word == "alert(1)";
            assert!(text || !kept.contains(word), "'{word}' of {hostile} in {kept}");
        }
    }
    let escaped = kept(&around("<style>path{fill:u\\72l(https://evil.example/a)}</style>"));
    assert!(!escaped.contains("l(") && !escaped.contains('\\'), "no function is left: {escaped}");
}

#[test]
fn a_plain_picture_keeps_its_shapes_and_its_own_references() {
    let plain = around(
        "<title>Harbour</title><defs><linearGradient id=\"g\"><stop offset=\"0\" stop-color=\"#0b6bcb\"/></linearGradient>\
         </defs><style>.a{fill:url(#g)}</style><rect class=\"a\" width=\"9\" height=\"9\"/><use href=\"#g\"/>\
         <image href=\"data:image/png;base64,iVBORw0KGgo=\"/>",
    );
    let kept = kept(&plain);
    let words = [
        "<title>Harbour</title>",
        "stop-color=\"#0b6bcb\"",
        "fill:url(#g)",
        "href=\"#g\"",
        "data:image/png;base64",
    ];
    for word in words {
        assert!(kept.contains(word), "{word} in {kept}");
    }
    let prefixed = "<s:svg xmlns:s=\"http://www.w3.org/2000/svg\"><s:path d=\"M1 2h3\"/></s:svg>";
    assert!(super::svg(prefixed.as_bytes()).is_ok());
}

#[test]
fn what_is_no_picture_is_refused_with_the_reason() {
    let laughs = "<!DOCTYPE svg [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><svg>&b;</svg>";
    let outside = "<!DOCTYPE svg [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><svg>&a;</svg>";
    let deep = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{}", "<g>".repeat(40_000));
    let closed = format!("{deep}{}</svg>", "</g>".repeat(40_000));
    let animated = around("<a><set attributeName=\"href\" to=\"javascript:alert(1)\"/></a>");
    let behind =
        |inside: &str| around(&format!("<style>{inside}@import url(https://evil.example/a.css);</style>"));
    let (child, nested) = (behind("<g/>"), behind("a{} <g><path d=\"M0 0\"/></g> b{}"));
    let quiet = around("<style><g/>path{fill:u\\72l(https://evil.example/a)}</style>");
    let spaces =
        "<x:svg xmlns:x=\"http://www.w3.org/2000/svg\" xmlns=\"http://www.w3.org/1999/xhtml\"><x:g/></x:svg>";
    let mut again = String::from("<g id=\"a0\"><path d=\"M0 0\"/></g>");
    for level in 1..8 {
        let uses = format!("<use href=\"#a{}\"/>", level - 1).repeat(10);
        again.push_str(&format!("<g id=\"a{level}\">{uses}</g>"));
    }
    let again = around(&again);
    let images = around("<style>path{background:image-set('https://evil.example/a' 1x)}</style>");
    for (bytes, wrong) in [
        (&b""[..], Wrong::Unknown),
        (b"GIF89a", Wrong::Unknown),
        (b"<html><body>no</body></html>", Wrong::Unknown),
        (b"\xff\xfe<\0s\0v\0g\0", Wrong::Unknown),
        (b"<svg>\0</svg>", Wrong::Unknown),
        (laughs.as_bytes(), Wrong::Entities),
        (outside.as_bytes(), Wrong::Entities),
        (b"<!DOCTYPE svg [<!ENTITY % a SYSTEM \"http://evil.example/a.dtd\">%a;]><svg/>", Wrong::Entities),
        (b"<svg", Wrong::Broken),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><g></svg>", Wrong::Broken),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\">&undefined;</svg>", Wrong::Broken),
        (b"<svg>of no namespace</svg>", Wrong::Broken),
        (closed.as_bytes(), Wrong::Broken),
        (images.as_bytes(), Wrong::Active),
        (child.as_bytes(), Wrong::Active),
        (nested.as_bytes(), Wrong::Active),
        (quiet.as_bytes(), Wrong::Active),
        (spaces.as_bytes(), Wrong::Active),
        (again.as_bytes(), Wrong::Repetitive),
        (animated.as_bytes(), Wrong::Active),
    ] {
        let found = super::svg(bytes).err();
        let shown = String::from_utf8_lossy(bytes);
        assert_eq!(found, Some(wrong), "{}", shown.chars().take(200).collect::<String>());
    }
}

#[test]
fn a_png_has_its_signature_and_a_sane_size() {
    let file = |width: u32, height: u32| {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
        bytes.extend(b"\x08\x06\0\0\0\0\0\0\0");
        bytes
    };
    let good = png(file(4096, 1)).expect("a PNG");
    assert_eq!(good.media_type, "image/png");
    let name = good.path.strip_prefix("/logo-").and_then(|rest| rest.strip_suffix(".png")).expect("its path");
    assert!(name.len() == 16 && name.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
    assert_ne!(png(file(4096, 2)).expect("a PNG").path, good.path, "another file has another path");
    for (bytes, wrong) in [
        (file(4097, 1), Wrong::Wide),
        (file(1, u32::MAX), Wrong::Wide),
        (file(0, 1), Wrong::Damaged),
        (PNG.to_vec(), Wrong::Damaged),
        (file(1, 1)[..22].to_vec(), Wrong::Damaged),
        ([PNG, b"\0\0\0\rIDAT\0\0\0\x01\0\0\0\x01"].concat(), Wrong::Damaged),
    ] {
        assert_eq!(png(bytes).err(), Some(wrong));
    }
}
