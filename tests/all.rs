mod bill_laws;
mod bills;
mod browser_report;
mod usage;
mod usage_errors;
