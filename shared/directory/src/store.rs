//! In transition: the old name of the table.
pub use table::Table as Store;
