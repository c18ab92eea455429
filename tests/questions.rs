//! `docs/questions.md`: what people ask, the command that answers it, and the lines that it prints.

use crate::program::run;

/// The texts between ```KIND and ```, in order.
fn blocks<'t>(page: &'t str, kind: &str) -> Vec<&'t str> {
    let begins = format!("```{kind}\n");
    page.split(begins.as_str()).skip(1).filter_map(|rest| rest.split("\n```").next()).collect()
}

#[test]
#[ignore = "ci: a dozen small simulations"]
fn ci_every_question_is_answered_by_its_command() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/questions.md");
    let page = std::fs::read_to_string(path).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let scenarios = blocks(&page, "toml");
    for (name, text) in ["api.toml", "failing.toml", "tenants.toml"].iter().zip(&scenarios) {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let cheaper = scenarios[0].replace("wage = \"55 USD/h\"", "wage = \"20 USD/h\"");
    std::fs::write(directory.path().join("cheaper.toml"), cheaper).unwrap();
    let mut asked = 0;
    let mut missing = String::new();
    for block in blocks(&page, "console") {
        for part in block.split("$ hostsim ").skip(1) {
            let mut lines = part.lines();
            let command = lines.next().unwrap();
            let done = run(directory.path(), &command.split(' ').collect::<Vec<_>>());
            let wanted = if command.contains("--fail-on") { 3 } else { 0 };
            assert_eq!(done.status, Some(wanted), "{command}: {}", done.err);
            for line in lines.filter(|line| !line.is_empty()) {
                let found = done.out.lines().any(|printed| printed.trim_end() == line);
                if !found {
                    missing += &format!("{command} does not print\n{line}\nbut\n{}\n", done.out);
                }
            }
            asked += 1;
        }
    }
    assert!(missing.is_empty(), "{missing}");
    assert!(asked >= 10, "{asked}");
}
