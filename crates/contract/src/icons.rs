//! The icons that a dashboard may have: their names, which are those of the symbols in style/icons.svg and in
//! Lucide. Does not draw them.

/// In the order of the alphabet.
pub const ICONS: [&str; 28] = [
    "activity",
    "briefcase",
    "building-2",
    "calendar",
    "chart-column",
    "chart-line",
    "chart-pie",
    "clock",
    "database",
    "factory",
    "file-text",
    "flask-conical",
    "gauge",
    "globe",
    "heart-pulse",
    "leaf",
    "map",
    "package",
    "server",
    "shield",
    "ship",
    "shopping-cart",
    "table",
    "target",
    "truck",
    "users",
    "wallet",
    "zap",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sprite_has_these_symbols_and_no_others() {
        let sprite = include_str!("../../../style/icons.svg");
        let symbols: Vec<_> = sprite
            .split("<symbol id=\"")
            .skip(1)
            .filter_map(|symbol| {
                assert!(symbol.contains("\" viewBox=\"0 0 24 24\"><"), "{symbol}");
                symbol.split('"').next()
            })
            .collect();
        assert_eq!(symbols, ICONS);
        assert!(ICONS.is_sorted(), "{ICONS:?}");
    }
}
