mod bill_laws;
mod bills;
mod usage;
mod usage_errors;
