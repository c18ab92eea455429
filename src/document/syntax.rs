//! What is wrong with a text as TOML, in the words of somebody who wrote it: one error for one
//! mistake, where the parser notes all that follows from it.

use super::{Diagnostics, Origin, SourceId};
use std::ops::Range;

/// A syntax error as the parser tells it: where, and what.
pub(super) type Told<'e> = (Range<usize>, &'e str);

/// Notes the errors of a text, each with what to do where that can be told.
pub(super) fn note(text: &str, source: SourceId, errors: &[Told<'_>], diagnostics: &mut Diagnostics) {
    if let Some((span, _)) = errors.first().filter(|_| is_yaml(text)) {
        let help = "hostsim reads TOML: [app.api] in a line of its own, then key = value, with quotes around words";
        return diagnostics.error(Origin::new(source, span.clone()), "this is not TOML, but seems to be YAML", help);
    }
    let mut follows = Follows::default();
    // The parser tells of duplicates last.
    let mut errors = errors.to_vec();
    errors.sort_by_key(|(span, _)| span.start);
    for (span, message) in &errors {
        let line = line_at(text, span.start);
        if follows.follows_an_earlier(text, &line, message) {
            continue;
        }
        let (message, help) = explain(text, &line, span, message);
        diagnostics.error(Origin::new(source, span.clone()), message, help);
    }
}

/// What the errors already told explain.
#[derive(Default)]
struct Follows {
    /// The name of the table that stands twice, and where what belongs to it ends.
    twice: Option<(String, usize)>,
    /// Where the line begins whose escapes or quotes were told.
    line: Option<usize>,
    /// Where the last line ends that cannot be read: a quote or bracket that nobody closes takes all lines after it
    /// along, until one can be read.
    unread: Option<usize>,
}

impl Follows {
    fn follows_an_earlier(&mut self, text: &str, line: &Range<usize>, message: &str) -> bool {
        let carried = self.unread.is_some_and(|end| end >= line.start || nothing_between(&text[end..line.start]));
        if is_duplicate(message) {
            if carried {
                self.unread = Some(line.end);
            }
            return carried || self.in_a_table_told(text, line);
        }
        let again = self.line == Some(line.start);
        self.line = Some(line.start);
        self.unread = Some(line.end);
        // Within what was not closed, the parser takes each line for one more entry of it.
        again || (carried && (message.contains("missing comma") || message.contains("missing key")))
    }

    /// Whether the duplicate stands in a table that itself stands twice, and was told.
    fn in_a_table_told(&mut self, text: &str, line: &Range<usize>) -> bool {
        let name = header(&text[line.clone()]);
        if let Some((twice, end)) = &mut self.twice {
            let inner = name.is_some_and(|name| name.starts_with(&format!("{twice}.")));
            if inner {
                *end = table_end(text, line.end);
            }
            if line.start < *end {
                return true;
            }
        }
        self.twice = name.map(|name| (name.to_string(), table_end(text, line.end)));
        false
    }
}

/// Whether a text is blank lines and comments.
fn nothing_between(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

fn is_duplicate(message: &str) -> bool {
    message.contains("duplicate key")
}

/// The name of the table that a line begins: "case.droplet" of "[case.droplet]".
fn header(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix('[').and_then(|rest| rest.split(']').next()).map(str::trim)
}

/// Where the table ends whose header ends at `from`: at the next header.
fn table_end(text: &str, from: usize) -> usize {
    let mut start = from;
    for line in text[from..].split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            return start;
        }
        start += line.len();
    }
    text.len()
}

fn line_at(text: &str, at: usize) -> Range<usize> {
    let at = at.min(text.len());
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    start..text[at..].find('\n').map_or(text.len(), |end| at + end)
}

fn explain(text: &str, line: &Range<usize>, span: &Range<usize>, told: &str) -> (String, String) {
    let written = &text[line.clone()];
    if is_duplicate(told) {
        return match header(written) {
            Some(name) => {
                let first = text[..line.start].lines().position(|line| header(line) == Some(name));
                let first = first.map_or(String::new(), |line| format!(", first in line {}", line + 1));
                (format!("[{name}] stands twice{first}"), "give one of the two another name, or leave it out".into())
            }
            None => ("this key stands twice in its table".into(), "leave one of the two out".into()),
        };
    }
    let message = format!("this is not TOML: {told}");
    if written.contains(['“', '”', '„', '‘', '’', '«', '»']) {
        return (message, "use straight quotes: \"10 ms\"".into());
    }
    if is_escape(told) && written.contains('\\') {
        let path = quoted_around(text, line, span.start).filter(|path| !path.contains('\''));
        let example = path.unwrap_or("C:\\traces\\a.csv");
        let help = format!(
            "in \"double quotes\" a backslash begins an escape: write '{example}' in single quotes, or / for each \\"
        );
        return (message, help);
    }
    if let Some(name) = header(written).filter(|name| name.contains(' ') && !name.contains(['"', '\''])) {
        let parts: Vec<String> = name.split('.').map(|part| part.trim().replace(' ', "-")).collect();
        return (message, format!("a name with a blank stands in quotes; or write [{}]", parts.join(".")));
    }
    if told.contains("invalid basic string") || told.contains("invalid literal string") {
        return (message, "a text is closed by the quote that opened it, in the same line".into());
    }
    if let Some(line) = opened_before(&text[..line.start]).filter(|_| told.contains("missing comma")) {
        return (message, format!("a bracket that is opened in line {line} is not closed there"));
    }
    if told.contains("must be quoted") {
        let value = written.split_once('=').map_or("", |(_, value)| value.trim());
        let bare = !value.is_empty() && !value.contains(['"', '\'', '{', '[', '#']);
        return (message, if bare { format!("write \"{value}\"") } else { String::new() });
    }
    (message, String::new())
}

/// The line, from 1, that says something last, where it opens more brackets than it closes.
fn opened_before(text: &str) -> Option<usize> {
    let (number, line) = text.lines().enumerate().filter(|(_, line)| !nothing_between(line)).last()?;
    let count = |signs: [char; 2]| line.matches(signs).count();
    (count(['{', '[']) > count(['}', ']'])).then_some(number + 1)
}

fn is_escape(told: &str) -> bool {
    told.contains("unicode") || told.contains("escape")
}

/// What stands between the double quotes around a place of the line.
fn quoted_around<'t>(text: &'t str, line: &Range<usize>, at: usize) -> Option<&'t str> {
    let open = text.get(line.start..at)?.rfind('"')? + line.start + 1;
    let close = text.get(open..line.end)?.find('"')? + open;
    text.get(open..close)
}

/// Whether the first line that says something is `key:`, which TOML does not have.
pub(super) fn is_yaml(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| {
        let key = line.split_once(':').map(|(key, _)| key);
        line == "---"
            || key
                .is_some_and(|key| !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_'))
    })
}

#[cfg(test)]
mod tests {
    use crate::document::{Diagnostics, Node};

    fn told(text: &str) -> String {
        let mut diagnostics = Diagnostics::default();
        let source = diagnostics.sources.add("scenario", text);
        Node::parse(source, &mut diagnostics);
        diagnostics.render(false)
    }

    #[test]
    fn what_nobody_closes_is_one_mistake() {
        let rest = "memory = \"1 MiB\"\n\n# a comment\n[case.a]\nhosting = \"x\"\nsize = \"y\"\n[case.b]\nhosting = \"x\"\nsize = \"y\"\n";
        for line in ["rate = { a = \"2 /s }", "rate = { a = \"2 /s\"", "rate = \"2 /s", "rate = '2 /s"] {
            let said = told(&format!("[app.a]\n{line}\n{rest}"));
            assert_eq!(said.matches("error: ").count(), 1, "{line}\n{said}");
            assert!(said.contains("scenario:2:") || said.contains("in line 2"), "{line}\n{said}");
        }
    }

    #[test]
    fn what_goes_over_lines_is_told_where_it_begins() {
        let rest = "memory = \"1 MiB\"\n[case.a]\nhosting = \"x\"\n[[model.m.charge]]\nname = \"y\"\nsizes = [\"s\", [\"t\"]]\n";
        let opened = [
            ("list = [\n  \"a\",\n  \"b\",\n\n", "2:8", "list"),
            ("list = [\n  \"a\",\n  \"b\"\n# a comment\n", "2:8", "list"),
            ("list = [ \"[\",\n  [ \"b\", \"c\",\n  [1.5]\n]", "2:8", "list"),
            ("list = [\n  { a = 1 },\n  { b = 2\n]", "4:3", "table"),
            ("list = [\n  { a = [1, 2 },\n  { b = 2 }\n]", "3:9", "list"),
            ("table = {\n  a = 1,\n  b = [2]\n", "2:9", "table"),
            ("table = { a = 1, b = \"}\"\n", "2:9", "table"),
            ("list = [\"größer\", {}\n", "2:8", "list"),
            ("text = \"one\n  two\n  three\"\n", "2:8", "text"),
            ("text = { a = 'one\ntwo [ three' }\n", "2:14", "text"),
            ("list = [\n\"one\ntwo [ three\",\n]\n", "3:1", "text"),
        ];
        for (wrong, place, what) in opened {
            let said = told(&format!("a = 1\n{wrong}\n{rest}"));
            assert_eq!(said.matches("error: ").count(), 1, "{wrong}\n{said}");
            assert!(said.contains(&format!("the {what} that begins here is not closed")), "{wrong}\n{said}");
            assert!(said.contains(&format!("scenario:{place}\n")), "{wrong}\n{said}");
        }
        for quotes in ["\"\"\"", "'''"] {
            let said = told(&format!("a = 1\ntext = {quotes}\nno end [\n{rest}"));
            assert!(said.matches("error: ").count() == 1 && said.contains("scenario:2:8\n"), "{said}");
        }
        // To the last line of a file, which need not end.
        assert!(told("list = [\n  1,\n  2").contains("scenario:1:8\n"));
    }

    #[test]
    fn what_is_wrong_beside_it_is_told_too() {
        let said = told("a = ]\nlist = [\n  1,\n\nb = 1\nb = 2\n[c]\ntext = \"one\ntwo\"\nd = \n");
        for place in ["scenario:1:5", "scenario:2:8", "scenario:6:1", "scenario:8:8", "scenario:10:5"] {
            assert!(said.contains(&format!("{place}\n")), "{place}\n{said}");
        }
        assert_eq!(said.matches("error: ").count(), 5, "{said}");
    }

    /// Whatever is cut off, put in or taken out: places are signs of the text, and nothing is found in sound text.
    #[test]
    fn any_text_can_be_looked_at() {
        let sound = "a = [1, # [\n [2, \"]\"],\n]\nt = { k = '{', l = [\"é\", {}] }\nm = \"\"\"x\n[\"\"\"\"\nn = '''\n'\n'''\n[x.\"y z\"] # ]\n";
        assert_eq!(told(sound), "");
        assert!(super::super::unclosed::find(sound).is_empty());
        let places: Vec<usize> = (0..=sound.len()).filter(|at| sound.is_char_boundary(*at)).collect();
        for pair in places.windows(2) {
            let (before, after) = (&sound[..pair[0]], &sound[pair[0]..]);
            for text in [before.to_string(), format!("{before}{}", &sound[pair[1]..])] {
                told(&text);
            }
            for sign in ["[", "]", "{", "}", "\"", "'", "\n", "=", "\"\"\"", "ü"] {
                told(&format!("{before}{sign}{after}"));
            }
        }
    }

    #[test]
    fn mistakes_with_sound_lines_between_are_all_told() {
        let said = told("a = \nb = 1\nc = \"x\nd = 2\ne = ]\nf = 1\nf = 2\n");
        for place in ["scenario:1:", "scenario:3:", "scenario:5:", "scenario:7:"] {
            assert!(said.contains(place), "{place}\n{said}");
        }
    }
}
