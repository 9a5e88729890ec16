package io.gramian.spark.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A table as text.
 *
 * @param caption what it lists; not empty
 * @param columns from left to right
 * @param rows each with a cell a column
 */
record Table(String caption, List<Column> columns, List<Row> rows) {

  /** What stands where there is no value. */
  static final String NONE = "–";

  /**
   * A column's head.
   *
   * @param name with the unit
   * @param look {@code text}, {@code number} or {@code code}: a class of the style sheet
   */
  record Column(String name, String look) {

    static Column text(String name) {
      return new Column(name, "text");
    }

    static Column number(String name) {
      return new Column(name, "number");
    }

    static Column code(String name) {
      return new Column(name, "code");
    }
  }

  /** Cells from left to right. */
  record Row(List<Cell> cells) {}

  /** A value with its column's look. */
  record Cell(String text, String look) {}

  Table {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /**
   * A table of these texts.
   *
   * @throws IllegalArgumentException if a row has more or fewer texts than there are columns
   */
  static Table of(String caption, List<Column> columns, List<List<String>> texts) {
    return new Table(caption, columns, texts.stream().map(row -> row(columns, row)).toList());
  }

  private static Row row(List<Column> columns, List<String> texts) {
    if (texts.size() != columns.size()) {
      throw new IllegalArgumentException(texts.size() + " cells for " + columns.size());
    }
    List<Cell> cells = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      cells.add(new Cell(texts.get(i), columns.get(i).look()));
    }
    return new Row(cells);
  }
}
