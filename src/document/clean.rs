//! Text from outside, made harmless in one place: the keys and strings of every TOML file pass here when
//! they are read, and the cells of logs and traces before they are kept, so that nothing further on can
//! steer a terminal or hide what is written.

use std::borrow::Cow;

/// The text with the signs that steer a terminal, turn the direction of writing or cannot be seen
/// shown as pictures.
pub fn visible(text: &str) -> Cow<'_, str> {
    cleaned(text, acts)
}

/// The same, where lines and tabs may stand.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    cleaned(text, |c| acts(c) && !matches!(c, '\n' | '\t'))
}

fn cleaned(text: &str, acts: impl Fn(char) -> bool) -> Cow<'_, str> {
    match text.chars().any(&acts) {
        true => text.chars().map(|c| if acts(c) { picture(c) } else { c }).collect(),
        false => Cow::Borrowed(text),
    }
}

fn acts(c: char) -> bool {
    let unseen = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    // What no XML document may hold, which figures and reports are.
    let no_text = matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{2028}' | '\u{2029}');
    c.is_control() || unseen || no_text
}

fn picture(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\x7f' => '\u{2421}',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_is_left() {
        assert_eq!(visible("a\x1b[31m\u{9b}\u{202e}\0\n"), "a␛[31m\u{fffd}\u{fffd}␀␊");
        assert_eq!(visible_lines("a\tb\nc\r\x07"), "a\tb\nc␍␇");
        assert!(matches!(visible("plain, ö, 漢字 €"), Cow::Borrowed(_)));
    }
}
