//! The embedded letters and how wide a text is in them. No font of the system is used.

mod measures;

use measures::{BOLD, REGULAR};
use plotters::style::FontFamily;

/// The name under which the letters are known, which is also what an SVG asks a browser for:
/// DejaVu Sans, and where it is missing Verdana, which is as wide.
pub const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";

/// From the top of the highest letter to the bottom of the deepest, in em of DejaVu Sans.
const LINE: f64 = 1.164;
/// plotters' SVG backend divides every size by this to get the em.
const SVG_LINE: f64 = 1.24;

/// The family as plotters knows it, with its letters registered once where a bitmap draws with them.
pub fn family() -> FontFamily<'static> {
    #[cfg(not(target_family = "wasm"))]
    {
        use plotters::style::{FontStyle, register_font};
        use std::sync::OnceLock;
        static REGISTERED: OnceLock<()> = OnceLock::new();
        REGISTERED.get_or_init(|| {
            // The bytes are part of the program: registering fails for all runs or for none, and a
            // test draws with both.
            let _ = register_font(FAMILY, FontStyle::Normal, dejavu::sans::regular());
            let _ = register_font(FAMILY, FontStyle::Bold, dejavu::sans::bold());
        });
    }
    FontFamily::Name(FAMILY)
}

/// How far plotters' backends draw a text above the height they are given, in em: the middle of a
/// digit of DejaVu Sans is to stand there (the bitmap leaves room below the letters as if they
/// were 1 em high; the SVG centres small letters).
pub const BITMAP_LIFT: f64 = 0.17;
/// The same for the SVG.
pub const SVG_LIFT: f64 = 0.09;

/// The size to ask plotters' bitmap for, so that an em is so large.
pub fn bitmap_size(em: f64) -> f64 {
    em * LINE
}

/// The size to ask plotters' SVG for, so that an em is so large.
pub fn svg_size(em: f64) -> f64 {
    em * SVG_LINE
}

/// How wide a text is: advances and kerning.
pub fn width(text: &str, em: f64, bold: bool) -> f64 {
    // Measured large and in whole pixels, as plotters' bitmap does.
    const LARGE: f64 = 200.0;
    let letters = if bold { &BOLD } else { &REGULAR };
    f64::from(letters.width(text, bitmap_size(LARGE) as f32) as i32) / LARGE * em
}

/// The text, cut with an ellipsis where it is wider than `most`.
pub fn fit(text: &str, em: f64, bold: bool, most: f64) -> String {
    if width(text, em, bold) <= most {
        return text.to_string();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let cut: String = kept.iter().collect::<String>().trim_end().to_string() + "…";
        if width(&cut, em, bold) <= most {
            return cut;
        }
    }
    "…".into()
}

/// The size of letters, `em` or smaller but not below `least`, at which the text is no wider than
/// `most`; and the text, cut where it is wider even then.
pub fn shrink(text: &str, (em, least): (f64, f64), bold: bool, most: f64) -> (f64, String) {
    let wide = width(text, em, bold);
    let size = if wide > most { (em * most / wide * 0.995).max(least) } else { em };
    (size, fit(text, size, bold, most))
}

/// The text in at most `lines` lines no wider than `most`, broken after blanks, dashes and
/// underscores; the last line is cut where it must be.
pub fn wrap(text: &str, em: f64, bold: bool, most: f64, lines: usize) -> Vec<String> {
    let mut out: Vec<String> = vec![String::new()];
    let mut rest = text;
    for piece in text.split_inclusive([' ', '-', '_', '/']) {
        let line = format!("{}{piece}", out[out.len() - 1]);
        let fits = width(line.trim_end(), em, bold) <= most;
        if !fits && !out[out.len() - 1].is_empty() {
            if out.len() >= lines {
                break;
            }
            out.push(piece.to_string());
        } else {
            out.pop();
            out.push(line);
        }
        rest = &rest[piece.len()..];
    }
    if let Some(last) = out.last_mut() {
        last.push_str(rest);
    }
    out.iter().map(|line| fit(line.trim_end(), em, bold, most)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_measured_by_the_embedded_font() {
        // Advance widths of DejaVu Sans 2.37 in units of 1/2048 em: i 569, m 1995.
        assert!((width("iiii", 100.0, false) - 4.0 * 100.0 * 569.0 / 2048.0).abs() < 1.0);
        assert!((width("mmmm", 100.0, false) - 4.0 * 100.0 * 1995.0 / 2048.0).abs() < 1.0);
        assert!(width("m", 20.0, true) > width("m", 20.0, false));
    }

    #[test]
    fn what_is_too_wide_is_wrapped_and_then_cut() {
        let text = "a-rather-long-name of a case that goes on";
        let lines = wrap(text, 20.0, false, 150.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| width(line, 20.0, false) <= 150.0), "{lines:?}");
        assert!(lines[1].ends_with('…') && lines[0].starts_with("a-rather-"), "{lines:?}");
        assert_eq!(wrap("short", 20.0, false, 150.0, 2), ["short"]);
        assert_eq!(fit("mmmm", 20.0, false, 1.0), "…");
    }

    #[test]
    fn letters_shrink_before_a_text_is_cut() {
        let wide = width("four words of text", 20.0, true);
        let (size, text) = shrink("four words of text", (20.0, 12.0), true, wide * 0.8);
        assert!((15.0..16.0).contains(&size) && text == "four words of text", "{size} {text}");
        let (size, text) = shrink("four words of text", (20.0, 12.0), true, wide * 0.4);
        assert!(size == 12.0 && text.ends_with('…'), "{size} {text}");
        assert_eq!(shrink("short", (20.0, 12.0), false, 900.0), (20.0, "short".to_string()));
    }
}
