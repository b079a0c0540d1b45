//! In transition: the table under its former name.

pub use table::Table as Store;
