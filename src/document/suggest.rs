//! The names that somebody who wrote another may have meant.

/// The most names that are listed.
const MOST_LISTED: usize = 24;
/// The most names that are offered as near.
const MOST_NEAR: usize = 8;
/// A name of more letters than this is no slip of any other, and is not compared.
const LONGEST: usize = 200;

/// Among more names than this none is looked for: each mistake would cost as much as all names.
const MOST_COMPARED: usize = 2_000;

/// "did you mean `x`?" where names hold what was found or are near it, and else the names there are.
pub fn suggest<'a>(found: &str, names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let meant = meant(found, &names);
    match meant.as_slice() {
        [] if names.is_empty() => String::new(),
        [] if names.len() > MOST_LISTED => format!("there are {} names; none is near", names.len()),
        [] => format!("expected one of: {}", names.join(", ")),
        near => asked(near),
    }
}

/// What to do about a hosting model that there is not.
pub fn suggest_model<'a>(found: &str, names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let own = "a model of your own is read with `--models DIR`, or stands in [model.NAME]";
    match meant(found, &names).as_slice() {
        [] => format!("`hostsim models` lists the {} there are; {own}", names.len()),
        near => format!("{}; {own}", asked(near)),
    }
}

fn asked(near: &[&str]) -> String {
    let quoted: Vec<String> = near.iter().take(MOST_NEAR).map(|name| format!("`{name}`")).collect();
    let more = near.len().saturating_sub(MOST_NEAR);
    match quoted.as_slice() {
        [only] => format!("did you mean {only}?"),
        all if more > 0 => format!("did you mean one of {} (and {more} more with it in their names)?", all.join(", ")),
        [first @ .., last] => format!("did you mean {} or {last}?", first.join(", ")),
        [] => String::new(),
    }
}

/// The names that may be meant: the one that differs in capitals alone, those that hold what was
/// found, the nearest one, those that hold each or most of its words.
fn meant<'a>(found: &str, names: &[&'a str]) -> Vec<&'a str> {
    let lower = found.trim().to_lowercase();
    if lower.is_empty() || lower.len() > LONGEST || names.len() > MOST_COMPARED {
        return Vec::new();
    }
    let holding = |part: &str| -> Vec<&'a str> {
        names.iter().copied().filter(|name| name.to_lowercase().contains(part)).collect()
    };
    if let Some(same) = names.iter().find(|name| name.to_lowercase() == lower) {
        return vec![same];
    }
    let close = nearest(&lower, names, |_| 1);
    if let Some((_, name)) = close {
        return vec![name];
    }
    let whole = if lower.chars().count() >= 3 { holding(&lower) } else { Vec::new() };
    if !whole.is_empty() {
        return whole;
    }
    if let Some((_, name)) = nearest(&lower, names, |length| 1 + length / 4) {
        return vec![name];
    }
    by_words(&lower, names)
}

/// The nearest name, where it is at most as far as `most` allows at the greater length.
fn nearest<'a>(found: &str, names: &[&'a str], most: fn(usize) -> usize) -> Option<(usize, &'a str)> {
    let distance = |name: &&'a str| {
        let length = name.len().max(found.len());
        // Names of very different lengths are far apart, whatever they hold.
        (name.len().abs_diff(found.len()) <= most(length))
            .then(|| (strsim::damerau_levenshtein(found, &name.to_lowercase()), *name))
            .filter(|(distance, _)| *distance <= most(length))
    };
    names.iter().filter_map(distance).min()
}

/// The names that hold the most of the words found, where they hold any that says something.
fn by_words<'a>(found: &str, names: &[&'a str]) -> Vec<&'a str> {
    let words: Vec<&str> = found.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() >= 3).collect();
    let count = |name: &str| {
        let name = name.to_lowercase();
        words.iter().filter(|word| name.contains(**word)).count()
    };
    let most = names.iter().map(|name| count(name)).max().unwrap_or(0);
    let held: Vec<&str> = names.iter().copied().filter(|name| most > 0 && count(name) == most).collect();
    // A word that most names have (a year, a unit) tells nothing.
    if held.len() * 2 > names.len() && names.len() > MOST_NEAR { Vec::new() } else { held }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODELS: [&str; 10] = [
        "aws-lambda-2017",
        "aws-lambda-now",
        "aws-ec2-2017",
        "digitalocean-2017",
        "heroku-2017",
        "gce-2017",
        "textbook-vps",
        "azure-functions-2017",
        "hetzner-now",
        "linode-2017",
    ];

    #[test]
    fn names_that_hold_the_word_are_named() {
        let near = |found: &str| meant(found, &MODELS);
        assert_eq!(near("aws"), ["aws-lambda-2017", "aws-lambda-now", "aws-ec2-2017"]);
        assert_eq!(near("EC2"), ["aws-ec2-2017"]);
        assert_eq!(near("lambda"), ["aws-lambda-2017", "aws-lambda-now"]);
        assert_eq!(near("aws-lambda"), ["aws-lambda-2017", "aws-lambda-now"]);
        assert_eq!(near("Amazon Lambda"), ["aws-lambda-2017", "aws-lambda-now"]);
        assert_eq!(near("digital-ocean-2017"), ["digitalocean-2017"]);
        assert_eq!(near("heruku-2017"), ["heroku-2017"]);
        assert_eq!(near("Heroku-2017"), ["heroku-2017"]);
        assert_eq!(near("mycloud"), Vec::<&str>::new());
        assert_eq!(near("mycloud-2017"), Vec::<&str>::new());
        assert_eq!(near(&"x".repeat(1_000_000)), Vec::<&str>::new());
    }

    #[test]
    fn a_model_of_ones_own_is_named_as_a_way() {
        for found in ["mycloud", "aws", "heroku"] {
            assert!(suggest_model(found, MODELS.into_iter()).contains("--models DIR"), "{found}");
        }
    }

    #[test]
    fn few_names_are_listed_and_a_slip_is_asked_for() {
        assert_eq!(suggest("zzz", ["cpu", "wait"].into_iter()), "expected one of: cpu, wait");
        assert_eq!(suggest("mem", ["cpu", "memory"].into_iter()), "did you mean `memory`?");
        assert_eq!(suggest("x", [].into_iter()), "");
    }
}
