//! Names that people give become names of files by one rule.

/// The longest name of a file, in bytes; longer ones are cut, and told apart by a hash.
const LONGEST: usize = 100;
/// Names that Windows keeps for devices, whatever their ending.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The name of a file or directory for what is called so: no separators, no signs that a shell or a file system
/// takes for something else, no dots at either end, not reserved, not longer than systems have it.
pub fn file_name(name: &str) -> String {
    let sign = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c };
    let shown: String = name.chars().map(sign).collect();
    let trimmed = shown.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let trimmed = if trimmed.is_empty() { "unnamed" } else { trimmed };
    let head = trimmed.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let port = |kind: &str| head.strip_prefix(kind).is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']));
    let reserved = RESERVED.contains(&head.as_str()) || port("com") || port("lpt");
    let safe = if reserved { format!("{trimmed}-") } else { trimmed.to_string() };
    if safe.len() <= LONGEST {
        return safe;
    }
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let end = (0..=LONGEST - 9).rev().find(|end| safe.is_char_boundary(*end)).unwrap_or(0);
    format!("{}-{hash:08x}", &safe[..end])
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn every_name_is_one_of_a_file_within_the_directory() {
        let names = ["..", "", " . ", "a/b", "..\\x", "con", "LPT1.x", "a\0b\n", "five-dollar-vps", "größe 2", "-"];
        let found: Vec<String> = names.into_iter().map(file_name).collect();
        let expected = [
            "unnamed",
            "unnamed",
            "unnamed",
            "a-b",
            "-x",
            "con-",
            "LPT1.x-",
            "a-b-",
            "five-dollar-vps",
            "größe 2",
            "-",
        ];
        assert_eq!(found, expected);
        let (one, other) = (file_name(&"é".repeat(300)), file_name(&"é".repeat(301)));
        assert!(one.len() <= 100 && other.len() <= 100 && one != other);
    }
}
