//! `points.parquet`: the rows of `points.csv` with typed columns, for polars, DuckDB and the like.
//!
//! Behind the cargo feature `parquet`; without it [`AVAILABLE`] is false.

/// Whether this build can write it.
pub const AVAILABLE: bool = cfg!(feature = "parquet");

/// What to do where it cannot.
pub const HOW_TO_BUILD: &str =
    "this program was built without Parquet: build it with `cargo build --release --features parquet`";

#[cfg(feature = "parquet")]
pub use writing::write;

/// Without the feature there is nothing to write with.
///
/// # Errors
/// Always: [`HOW_TO_BUILD`].
#[cfg(not(feature = "parquet"))]
pub fn write(_directories: &[std::path::PathBuf], _output: &std::path::Path) -> std::io::Result<()> {
    Err(std::io::Error::new(std::io::ErrorKind::Unsupported, HOW_TO_BUILD))
}

#[cfg(feature = "parquet")]
mod writing {
    use crate::metrics::flat_name;
    use crate::sweep::store::{RunRecord, file_in};
    use crate::sweep::table::{Table, is_flag, readable};
    use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
    use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
    use parquet::errors::ParquetError;
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
    use parquet::schema::types::Type;
    use std::io::{Error, Result};
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    /// Rows that are held in memory, and written together.
    const ROWS: usize = 16_384;

    /// A column's values so far.
    enum Column {
        Whole(Vec<Option<i64>>),
        Decimal(Vec<Option<f64>>),
        Flag(Vec<Option<bool>>),
        Text(Vec<Option<String>>),
    }

    /// Writes `points.parquet` into `output`, from the stores in some directories. Axes are whole
    /// or decimal numbers where every cell is one, and else text, as in `points.csv`.
    ///
    /// # Errors
    /// Where a store cannot be read or the file not be written.
    pub fn write(directories: &[PathBuf], output: &Path) -> Result<()> {
        let files: Vec<PathBuf> = directories.iter().map(|directory| file_in(directory)).collect();
        let mut table = Table::read(&files)?;
        let figures = table.figures();
        let names: Vec<String> = std::iter::once("point".into())
            .chain(table.axes())
            .chain(["case", "replication", "seed"].map(String::from))
            .chain(figures.iter().map(|path| flat_name(path)))
            .collect();
        let mut columns = columns_of_axes(&mut table)?;
        columns.insert(0, Column::Whole(Vec::new()));
        columns.extend([Column::Text(Vec::new()), Column::Whole(Vec::new()), Column::Whole(Vec::new())]);
        let of_figure = |flag| if flag { Column::Flag(Vec::new()) } else { Column::Decimal(Vec::new()) };
        columns.extend(figures.iter().map(|path| of_figure(is_flag(path))));
        let schema = schema(&names, &columns).map_err(Error::other)?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let mut file = tempfile::NamedTempFile::new_in(output)?;
        let mut writer = SerializedFileWriter::new(file.as_file_mut().try_clone()?, schema, properties.into())
            .map_err(Error::other)?;
        let mut held = 0;
        table.each_row(&figures, |run, values| {
            add(&mut columns, run, values);
            held += 1;
            if held % ROWS == 0 { flush(&mut writer, &mut columns).map_err(Error::other) } else { Ok(()) }
        })?;
        flush(&mut writer, &mut columns).map_err(Error::other)?;
        writer.close().map_err(Error::other)?;
        file.as_file().sync_all()?;
        readable(&file.persist(output.join("points.parquet")).map_err(|error| error.error)?)
    }

    /// The columns of the axes, empty: of numbers where every cell is one.
    fn columns_of_axes(table: &mut Table) -> Result<Vec<Column>> {
        let mut kinds = vec![(true, true); table.axes().len()];
        table.each_row(&[], |run, _| {
            for ((whole, decimal), cell) in kinds.iter_mut().zip(&run.cells).filter(|(_, cell)| !cell.is_empty()) {
                *whole &= cell.parse::<i64>().is_ok();
                *decimal &= cell.parse::<f64>().is_ok();
            }
            Ok(())
        })?;
        let column = |(whole, decimal)| match (whole, decimal) {
            (true, _) => Column::Whole(Vec::new()),
            (_, true) => Column::Decimal(Vec::new()),
            _ => Column::Text(Vec::new()),
        };
        Ok(kinds.into_iter().map(column).collect())
    }

    fn schema(names: &[String], columns: &[Column]) -> std::result::Result<Arc<Type>, ParquetError> {
        let field = |(name, column): (&String, &Column)| {
            let (physical, logical) = match column {
                Column::Whole(_) => (Physical::INT64, None),
                Column::Decimal(_) => (Physical::DOUBLE, None),
                Column::Flag(_) => (Physical::BOOLEAN, None),
                Column::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            };
            let builder = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
            builder.with_logical_type(logical).build().map(Arc::new)
        };
        let fields = names.iter().zip(columns).map(field).collect::<std::result::Result<Vec<_>, _>>()?;
        Type::group_type_builder("points").with_fields(fields).build().map(Arc::new)
    }

    fn add(columns: &mut [Column], run: &RunRecord, values: &[f64]) {
        let own = [run.case_name.clone(), run.replication.to_string(), run.seed.to_string()];
        let cells = std::iter::once(run.point.to_string()).chain(run.cells.iter().cloned()).chain(own);
        let (texts, figures) = columns.split_at_mut(columns.len() - values.len());
        for (column, cell) in texts.iter_mut().zip(cells) {
            match column {
                Column::Whole(column) => column.push(cell.parse().ok()),
                Column::Decimal(column) => column.push(cell.parse().ok()),
                Column::Text(column) => column.push(Some(cell).filter(|cell| !cell.is_empty())),
                Column::Flag(_) => {}
            }
        }
        for (column, value) in figures.iter_mut().zip(values) {
            let value = Some(*value).filter(|value| value.is_finite());
            match column {
                Column::Decimal(column) => column.push(value),
                Column::Flag(column) => column.push(value.map(|value| value != 0.0)),
                Column::Whole(_) | Column::Text(_) => {}
            }
        }
    }

    /// Writes the rows that are held.
    fn flush(
        writer: &mut SerializedFileWriter<std::fs::File>,
        columns: &mut [Column],
    ) -> std::result::Result<(), ParquetError> {
        let mut group = writer.next_row_group()?;
        for column in columns {
            let Some(out) = group.next_column()? else { break };
            match column {
                Column::Whole(values) => put::<Int64Type>(out, values.drain(..)),
                Column::Decimal(values) => put::<DoubleType>(out, values.drain(..)),
                Column::Flag(values) => put::<BoolType>(out, values.drain(..)),
                Column::Text(values) => put::<ByteArrayType>(
                    out,
                    values.drain(..).map(|text| text.map(|text| ByteArray::from(text.into_bytes()))),
                ),
            }?;
        }
        group.close().map(|_| ())
    }

    fn put<T: DataType>(
        mut out: SerializedColumnWriter<'_>,
        values: impl Iterator<Item = Option<T::T>>,
    ) -> std::result::Result<(), ParquetError> {
        let (mut there, mut levels) = (Vec::new(), Vec::new());
        for value in values {
            levels.push(i16::from(value.is_some()));
            there.extend(value);
        }
        out.typed::<T>().write_batch(&there, Some(&levels), None)?;
        out.close()
    }
}
