//! How wide the letters of DejaVu Sans 2.37 are: a table of their advances and kerning, so that a browser's build
//! measures as this one does and need not carry the letters themselves. A test holds it against the font.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The regular letters.
pub static REGULAR: LazyLock<Measures> = LazyLock::new(|| Measures::read(include_str!("regular.txt")));
/// The bold ones.
pub static BOLD: LazyLock<Measures> = LazyLock::new(|| Measures::read(include_str!("bold.txt")));

/// The height of a line in the font's units: its ascent and descent, 1,901 and 483.
const LINE: f32 = 2384.0;

/// Advances and kerning in the font's units, 2,048 an em.
pub struct Measures {
    advances: HashMap<char, i16>,
    pairs: HashMap<(char, char), i16>,
    /// Of what the font has no letter for.
    missing: i16,
}

impl Measures {
    /// Lines: `missing ADVANCE`; `CODE ADVANCE …`, of one letter and those after it; `kern CODE CODE UNITS …`, of one
    /// letter before others. Codes are hexadecimal.
    fn read(text: &str) -> Measures {
        let letter = |word: &str| u32::from_str_radix(word, 16).ok().and_then(char::from_u32);
        let mut read = Measures { advances: HashMap::new(), pairs: HashMap::new(), missing: 0 };
        for line in text.lines() {
            let mut words = line.split(' ');
            match words.next() {
                Some("missing") => read.missing = words.next().and_then(|word| word.parse().ok()).unwrap_or_default(),
                Some("kern") => {
                    let Some(before) = words.next().and_then(letter) else { continue };
                    while let (Some(after), Some(units)) = (words.next().and_then(letter), words.next()) {
                        read.pairs.insert((before, after), units.parse().unwrap_or_default());
                    }
                }
                Some(first) => {
                    let first = u32::from_str_radix(first, 16).unwrap_or_default();
                    let letters = (first..).map_while(char::from_u32);
                    read.advances.extend(letters.zip(words.filter_map(|word| word.parse().ok())));
                }
                None => {}
            }
        }
        read
    }

    /// How wide a text is at a height of lines, both in pixels.
    pub fn width(&self, text: &str, line: f32) -> f32 {
        let scale = line / LINE;
        let mut wide = 0_f32;
        let mut before = None;
        for letter in text.chars() {
            wide += scale * f32::from(self.advances.get(&letter).copied().unwrap_or(self.missing));
            let pair = before.and_then(|before| self.pairs.get(&(before, letter)));
            wide += scale * f32::from(pair.copied().unwrap_or_default());
            before = Some(letter);
        }
        wide
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ab_glyph::{Font, FontRef, ScaleFont};
    use std::fmt::Write as _;

    fn font(bytes: &'static [u8]) -> FontRef<'static> {
        FontRef::try_from_slice(bytes).unwrap()
    }

    /// The table of a font.
    fn written(font: &FontRef<'_>) -> String {
        let mut letters: Vec<char> = font.codepoint_ids().map(|(_, letter)| letter).collect();
        letters.sort_unstable();
        letters.dedup();
        let units = |id| font.h_advance_unscaled(id) as i32;
        let mut text = format!("missing {}", units(ab_glyph::GlyphId(0)));
        let mut before = None;
        for letter in &letters {
            let follows = before.is_some_and(|before: char| u32::from(before) + 1 == u32::from(*letter));
            if !follows {
                write!(text, "\n{:x}", u32::from(*letter)).unwrap();
            }
            write!(text, " {}", units(font.glyph_id(*letter))).unwrap();
            before = Some(*letter);
        }
        // What people write: the Latin letters, and signs.
        let common: Vec<char> = letters.into_iter().filter(|letter| u32::from(*letter) < 0x180).collect();
        for before in &common {
            let kern = |after: &char| font.kern_unscaled(font.glyph_id(*before), font.glyph_id(*after)) as i32;
            let pairs: Vec<(char, i32)> =
                common.iter().map(|after| (*after, kern(after))).filter(|(_, k)| *k != 0).collect();
            if !pairs.is_empty() {
                write!(text, "\nkern {:x}", u32::from(*before)).unwrap();
                for (after, units) in pairs {
                    write!(text, " {:x} {units}", u32::from(after)).unwrap();
                }
            }
        }
        text + "\n"
    }

    #[test]
    fn the_table_is_the_font_s() {
        let fonts = [("regular", dejavu::sans::regular()), ("bold", dejavu::sans::bold())];
        for ((name, bytes), kept) in fonts.into_iter().zip([include_str!("regular.txt"), include_str!("bold.txt")]) {
            let now = written(&font(bytes));
            if std::env::var_os("UPDATE_EXPECT").is_some() {
                let path = format!("{}/src/report/figure/letters/{name}.txt", env!("CARGO_MANIFEST_DIR"));
                std::fs::write(path, &now).unwrap();
            } else {
                assert!(now == kept, "{name}.txt is not the font's: write it anew with UPDATE_EXPECT=1");
            }
        }
    }

    #[test]
    fn a_text_is_as_wide_as_in_the_font() {
        for (bytes, table) in [(dejavu::sans::regular(), &*REGULAR), (dejavu::sans::bold(), &*BOLD)] {
            let font = font(bytes);
            let scaled = font.as_scaled(232.8);
            for text in ["AVATAR, To. Ye", "$1,234 – 5 %", "naïve Ωμέγα Жук ≤ 3 ×", "iiii", "漢字"] {
                let ids: Vec<_> = text.chars().map(|letter| scaled.glyph_id(letter)).collect();
                let advances: f32 = ids.iter().map(|id| scaled.h_advance(*id)).sum();
                let kerning: f32 = ids.windows(2).map(|pair| scaled.kern(pair[0], pair[1])).sum();
                let (found, right) = (table.width(text, 232.8), advances + kerning);
                assert!((found - right).abs() < 0.01, "{text}: {found} and not {right}");
            }
        }
    }
}
