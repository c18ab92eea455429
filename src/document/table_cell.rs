//! Cells of CSV files that programs for calculating open: what they would take for a formula gets an
//! apostrophe in front, by which they show it as text.

/// The cells of a row, none of which is a formula.
pub fn harmless<I>(row: I) -> impl Iterator<Item = String>
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    row.into_iter().map(|cell| harmless_cell(cell.as_ref()))
}

/// A cell that is no formula. Numbers, of either sign, are left as they are.
pub fn harmless_cell(cell: &str) -> String {
    let active = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if active && cell.parse::<f64>().is_err() { format!("'{cell}") } else { cell.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_shown_as_text_and_numbers_stay_numbers() {
        let row = ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "-2.5", "+1e-3", "a=b", "", "-inf"];
        let found: Vec<String> = harmless(row).collect();
        assert_eq!(found, ["'=cmd|'/C calc'!A0", "'+1+1", "'-2+3", "'@SUM(1)", "-2.5", "+1e-3", "a=b", "", "-inf"]);
    }
}
