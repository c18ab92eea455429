pub mod expect;
