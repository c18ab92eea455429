//! The two streams: the result alone on the standard output, everything else on the other.

use super::early;
use super::failure::Failure;
use hostsim::document::{Diagnostics, visible_lines};
use hostsim::report::{Screen, colour_wanted};
use hostsim::units::format::{seen, wrap_at_blanks, wrap_words};
use std::borrow::Cow;
use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

/// Writes a result to the standard output.
///
/// # Errors
/// A standard output that cannot be written to: a full disk, a reader that has gone away, none at all.
pub fn print(text: &str) -> Result<(), Failure> {
    if early::output_was_closed() {
        return Err(Failure::Running("the result cannot be written: the standard output is closed".into()));
    }
    let mut out = std::io::stdout().lock();
    let text = steered(text, colour_out());
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::Unread),
        Err(error) => Err(Failure::Running(format!("the result cannot be written: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// A result without signs that steer a terminal: of those that stand in it our own colours are left, where there are
/// to be any. (What users wrote was cleaned when it was read; this holds whatever was forgotten.)
fn steered(text: &str, colour: bool) -> Cow<'_, str> {
    if !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
        return Cow::Borrowed(text);
    }
    let lines = |part: &str| part.split('\r').map(visible_lines).collect::<Vec<_>>().join("\r");
    if !colour {
        return Cow::Owned(lines(text));
    }
    let mut parts = text.split('\x1b');
    let first = parts.next().map(lines).unwrap_or_default();
    let rest = parts.map(|part| {
        let end = part.strip_prefix('[').and_then(|rest| rest.find(|c: char| !c.is_ascii_digit() && c != ';'));
        match end {
            Some(end) if part[1 + end..].starts_with('m') => format!("\x1b{}", lines(part)),
            _ => format!("\u{241b}{}", lines(part)),
        }
    });
    Cow::Owned(std::iter::once(first).chain(rest).collect())
}

/// Whether the standard output is to be coloured.
pub fn colour_out() -> bool {
    colour_wanted(std::io::stdout().is_terminal())
}

/// How wide the terminal is: what `COLUMNS` says, or what the terminal itself does; `None` where the
/// output goes elsewhere.
pub fn width() -> Option<usize> {
    #[cfg(not(target_family = "wasm"))]
    let measured = || terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    #[cfg(target_family = "wasm")]
    let measured = || None;
    stated_width().or_else(measured).filter(|width| *width > 0)
}

fn stated_width() -> Option<usize> {
    std::env::var("COLUMNS").ok().and_then(|text| text.trim().parse::<usize>().ok())
}

/// How results are shown on the standard output.
pub fn screen() -> Screen {
    Screen { columns: width(), colour: colour_out() }
}

/// A text whose lines are broken at words where they are wider than the terminal; what goes on stands under it, indented.
pub fn fitted(text: &str) -> String {
    let Some(columns) = width() else { return text.to_string() };
    let fit = |line: &str| {
        let words = line.trim_start_matches(' ');
        let indent = line.len() - words.len();
        // What goes on stands four blanks further in, so that the first line is broken as if it were that much longer.
        let lines = wrap_words(words, columns.saturating_sub(indent + 4));
        match line.chars().count() <= columns {
            true => format!("{line}\n"),
            false => format!("{:indent$}{}\n", "", lines.join(&format!("\n{:1$}", "", indent + 4))),
        }
    };
    text.lines().map(fit).collect()
}

/// Whether a person watches the standard error.
pub fn watched() -> bool {
    std::io::stderr().is_terminal()
}

/// How wide the terminal is that the standard error goes to, as [`width`].
fn width_of_errors() -> Option<usize> {
    #[cfg(not(target_family = "wasm"))]
    let measured = || terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| usize::from(width.0));
    #[cfg(target_family = "wasm")]
    let measured = || None;
    stated_width().or_else(measured).filter(|width| *width > 0)
}

/// What is told, its lines broken at blanks where they are wider than the terminal; what goes on stands so much further in.
fn told(text: &str, further: usize) -> String {
    let Some(columns) = width_of_errors() else { return text.to_string() };
    let fit = |line: &str| {
        let words = line.trim_start_matches(' ');
        let (indent, blanks) = (line.len() - words.len(), " ".repeat(line.len() - words.len() + further));
        match seen(line) <= columns {
            true => line.to_string(),
            // The first line has more room, which is left, so that all are broken alike.
            false => format!(
                "{:indent$}{}",
                "",
                wrap_at_blanks(words, columns.saturating_sub(indent + further)).join(&format!("\n{blanks}"))
            ),
        }
    };
    text.split('\n').map(fit).collect::<Vec<_>>().join("\n")
}

/// Says something to the person who is waiting.
pub fn say(text: &str) {
    write_error(&format!("{}\n", told(&steered(text, colour_wanted(watched())), 2)));
}

/// Says what went wrong.
pub fn error(message: &str) {
    let head = if colour_wanted(watched()) { "\x1b[1;31merror\x1b[0m" } else { "error" };
    write_error(&told(&format!("{head}: {}\n", shortened(&visible_lines(message.trim_end()))), 7));
}

/// Says what is wrong with files, each mistake with its place, and how many there are.
pub fn diagnostics(diagnostics: &Diagnostics) {
    write_error(&diagnostics.render_within(width_of_errors(), colour_wanted(watched())));
    let count = diagnostics.count();
    error(&format!("{count} mistake{} found", if count == 1 { "" } else { "s" }));
}

/// Shows clap's help, version or error where each belongs, and gives the exit status.
pub fn show_usage(error: &clap::Error) -> ExitCode {
    let styled = error.render();
    let colour = colour_wanted(if error.use_stderr() { watched() } else { std::io::stdout().is_terminal() });
    let text = if colour { styled.ansi().to_string() } else { styled.to_string() };
    if error.use_stderr() {
        write_error(&told(&text, 2));
        return ExitCode::from(2);
    }
    match print(&text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}

/// The most letters of a message.
const LONGEST: usize = 4_000;

/// A message with what is longer than a page left out.
fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

fn write_error(text: &str) {
    // Where the standard error is gone there is nobody left to tell.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
