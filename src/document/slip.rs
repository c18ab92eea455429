//! What a value of the wrong kind was meant to be: a list of one without its brackets, a number in quotes.

use super::{Node, Value};

/// What to write instead; empty where that cannot be told. `expected` is the kind in words: "a list".
pub(super) fn meant(node: &Node, expected: &str) -> String {
    let instead = match (expected, &node.value) {
        ("a list", Value::Table(_) | Value::Array(_)) => None,
        ("a list", _) => Some(format!("[{}]", node.to_toml())),
        ("true or false", Value::String(text)) => match text.to_lowercase().as_str() {
            word @ ("true" | "false") => Some(word.to_string()),
            "yes" | "on" => Some("true".into()),
            "no" | "off" => Some("false".into()),
            _ => None,
        },
        ("true or false", Value::Integer(Some(0))) => Some("false".into()),
        ("true or false", Value::Integer(Some(1))) => Some("true".into()),
        ("a whole number", Value::String(text)) => text.trim().parse::<u64>().ok().map(|number| number.to_string()),
        ("a whole number", Value::Float(value, _)) if value.fract() == 0.0 && (0.0..1e15).contains(value) => {
            Some(format!("{value:.0}"))
        }
        ("a number", Value::String(text)) => {
            text.trim().parse::<f64>().ok().filter(|number| number.is_finite()).map(|_| text.trim().to_string())
        }
        _ => None,
    };
    let in_quotes =
        matches!((expected, &node.value), ("a whole number" | "a number" | "true or false", Value::String(_)));
    match instead {
        Some(text) if in_quotes => format!("write {text}, without quotes"),
        Some(text) => format!("write {text}"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Diagnostics, Node, read};

    #[test]
    fn a_value_of_another_kind_is_answered_with_the_one_that_was_meant() {
        let mut d = Diagnostics::default();
        let text = "a = \"api-gateway\"\nb = \"12\"\nc = 3.0\nd = 7\ne = \"yes\"\nf = 1\ng = \"0.5\"\nh = 4\ni = \"some\"\nj = 2.5\n";
        let source = d.sources.add("values", text);
        let node = Node::parse(source, &mut d);
        let at = |key: &str| node.get(key).unwrap();
        read::list(at("a"), &mut d, read::text);
        read::count(at("b"), &mut d);
        read::count(at("c"), &mut d);
        read::text(at("d"), &mut d);
        read::boolean(at("e"), &mut d);
        read::boolean(at("f"), &mut d);
        read::number(at("g"), &mut d);
        read::list(at("h"), &mut d, read::count);
        read::count(at("i"), &mut d);
        read::count(at("j"), &mut d);
        let helps: Vec<&str> = d.errors().map(|(_, _, help)| help).collect();
        let expected = [
            "write [\"api-gateway\"]",
            "write 12, without quotes",
            "write 3",
            "",
            "write true, without quotes",
            "write true",
            "write 0.5, without quotes",
            "write [4]",
            "",
            "",
        ];
        assert_eq!(helps, expected);
    }
}
