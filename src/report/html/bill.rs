//! What a case costs, line by line.

use super::page::{Bill, Cell, Column, Row, Table};
use crate::billing::{Invoice, Line};
use crate::experiment::invoices::AccountInvoice;
use crate::metrics::{Estimate, Figures};
use crate::report::format::{UNDEFINED, grouped, half_width, level, money_decimals, money_with, percent, significant};
use crate::units::{Exact, decimal_text};
use num_traits::{ToPrimitive, Zero};

/// Accounts whose invoices are shown; a fleet of tenants has many that are alike.
const MOST_ACCOUNTS: usize = 3;

/// What is billed: a case, and what is known of it.
pub struct Billed<'a> {
    /// The case's index.
    pub case: usize,
    /// Its name.
    pub name: &'a str,
    /// What it is hosted on.
    pub hosting: &'a str,
    /// Its figures.
    pub figures: &'a Figures,
    /// The accounts' invoices in the first replication.
    pub invoices: &'a [AccountInvoice],
}

/// The bill of a case: the lines of its invoices, servers of one's own, labour, and their sums.
pub fn bill(billed: &Billed<'_>) -> Bill {
    let figures = billed.figures;
    let total = figures.estimate(&["tco_usd"]).mean;
    let mut rows = lines(figures, &["invoice_usd", "lines"], total);
    rows.push(sum("Invoice", figures.estimate(&["invoice_usd", "total"]), total));
    let owned = figures.estimate(&["owned_usd"]);
    if owned.mean.is_some_and(|mean| mean != 0.0) {
        rows.push(sum("Servers of one's own", owned, total));
    }
    rows.extend(lines(figures, &["labour_usd", "slices"], total));
    let hours = figures.estimate(&["labour_usd", "hours"]).mean.map(|hours| format!("Labour, {} h", level(hours)));
    rows.push(sum(&hours.unwrap_or("Labour".into()), figures.estimate(&["labour_usd", "total"]), total));
    rows.push(sum("Total cost of ownership", figures.estimate(&["tco_usd"]), total));
    let mut columns = vec![Column::of_words("Line"), Column::of_numbers("A month")];
    // The half-widths have a column of their own, so that amounts stand in line.
    if rows.iter().any(|row| !row.cells[2].text.is_empty()) {
        columns.push(Column::of_numbers("±"));
    } else {
        rows.iter_mut().for_each(|row| drop(row.cells.remove(2)));
    }
    columns.push(Column::of_numbers("Share"));
    let title = format!("Cost of {} a month, line by line", billed.name);
    let left = billed.invoices.len().saturating_sub(MOST_ACCOUNTS);
    Bill {
        case: billed.case,
        name: billed.name.into(),
        hosting: billed.hosting.into(),
        table: Table { title, sortable: false, columns, rows },
        accounts: billed.invoices.iter().take(MOST_ACCOUNTS).map(|one| account(billed.name, one)).collect(),
        remark: if left > 0 { format!("{left} other invoices are not shown.") } else { String::new() },
    }
}

fn lines(figures: &Figures, under: &[&str], total: Option<f64>) -> Vec<Row> {
    let names: Vec<&str> = figures.names_under(under).collect();
    let row = |name: &str| {
        let path: Vec<&str> = under.iter().copied().chain([name]).collect();
        Row { cells: cells(name, figures.estimate(&path), total), ..Row::default() }
    };
    names.into_iter().map(row).collect()
}

fn sum(name: &str, amount: Estimate, total: Option<f64>) -> Row {
    Row { sum: true, cells: cells(name, amount, total), ..Row::default() }
}

fn cells(name: &str, amount: Estimate, total: Option<f64>) -> Vec<Cell> {
    // In cents, as bills are; tiny amounts with two digits.
    let decimals = money_decimals(amount.mean.unwrap_or(0.0)).max(2);
    let half = amount.ci95.zip(amount.mean).and_then(|(half, mean)| half_width(half, mean, decimals));
    let share = amount.mean.zip(total).filter(|(_, total)| *total > 0.0).map(|(mean, total)| mean / total);
    vec![
        Cell::word(name),
        Cell::number(amount.mean.map_or(UNDEFINED.into(), |mean| money_with(mean, decimals)), amount.mean),
        Cell::number(half.unwrap_or_default(), amount.ci95),
        Cell::number(share.map(percent).unwrap_or_default(), share),
    ]
}

/// An account's invoice as its provider counts it.
fn account(case: &str, account: &AccountInvoice) -> Table {
    let whose = if account.hosting.is_empty() { "costs of the user's own" } else { &account.hosting };
    let alike = match account.tenants {
        0 | 1 => String::new(),
        tenants => format!(", one of {} alike", grouped(f64::from(tenants), 0)),
    };
    let currency = account.invoice.currency;
    let title =
        format!("{case}: {whose}, account of {}{alike}; first replication, in {currency}", account.apps.join(", "));
    let used = |of: fn(&Line) -> &Exact| account.invoice.lines.iter().any(|line| !of(line).is_zero());
    let (free, covered) = (used(|line| &line.free), used(|line| &line.covered));
    let mut columns = vec![Column::of_words("Line"), Column::of_numbers("Used")];
    columns.extend(free.then(|| Column::of_numbers("Free")));
    columns.extend(covered.then(|| Column::of_numbers("Committed")));
    columns.extend(["Paid for", "Price of one", "Amount"].map(Column::of_numbers));
    let mut rows: Vec<Row> = account.invoice.lines.iter().map(|line| account_row(line, free, covered)).collect();
    rows.push(account_sum(&account.invoice, columns.len()));
    Table { title, sortable: false, columns, rows }
}

fn account_row(line: &Line, free: bool, covered: bool) -> Row {
    let mut cells = vec![Cell::word(&line.name).below(&line.meter), quantity(&line.quantity)];
    cells.extend(free.then(|| quantity(&line.free)));
    cells.extend(covered.then(|| quantity(&line.covered)));
    let price = line.unit_price.as_ref().map_or("by tier".to_string(), price);
    cells.extend([quantity(&line.billable), Cell::word(price), amount(&line.amount)]);
    Row { cells, ..Row::default() }
}

/// A price to four significant digits, but never fewer than it has after ten places.
fn price(price: &Exact) -> String {
    let value = price.to_f64().unwrap_or(f64::NAN);
    let exact = decimal_text(price, 10);
    if exact.len() <= 12 { exact } else { significant(value, 4) }
}

fn account_sum(invoice: &Invoice, columns: usize) -> Row {
    let mut cells = vec![Cell::default(); columns];
    cells[0] = Cell::word("Total");
    cells[columns - 1] = amount(&invoice.total);
    Row { sum: true, cells, ..Row::default() }
}

fn quantity(exact: &Exact) -> Cell {
    let value = exact.to_f64().unwrap_or(f64::NAN);
    let text = if value.abs() >= 1000.0 { grouped(value, 0) } else { significant(value, 4) };
    Cell::number(text, Some(value))
}

fn amount(exact: &Exact) -> Cell {
    let value = exact.to_f64().unwrap_or(f64::NAN);
    Cell::number(grouped(value, money_decimals(value).max(2)), Some(value))
}
