package io.gramian.jobs.notebooks;

import com.fasterxml.jackson.databind.JsonNode;
import io.gramian.jobs.notebooks.Paragraph.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/**
 * How Zeppelin draws the rows of a query: a curve, or a colour of bars, for each value of the
 * groups; the keys along the axis; the values' sum over equal keys and groups upwards.
 *
 * @param mode {@code lineChart}, {@code multiBarChart} or another of Zeppelin's, but not {@code
 *     table}
 */
record Chart(String mode, List<Column> keys, List<Column> groups, List<Column> values) {

  /** Rows that Zeppelin shows, unless its administrator says otherwise. */
  private static final int SHOWN = 1_000;

  private static final Set<String> MODES =
      Set.of("lineChart", "multiBarChart", "stackedAreaChart", "scatterChart", "pieChart");

  Chart {
    keys = List.copyOf(keys);
    groups = List.copyOf(groups);
    values = List.copyOf(values);
  }

  /** The first result's chart; none where it is a table. */
  static Optional<Chart> of(Place place, JsonNode paragraph) {
    JsonNode graph = paragraph.at("/config/results/0/graph");
    String mode = graph.path("mode").asText("table");
    if (mode.equals("table")) {
      return Optional.empty();
    }
    if (!MODES.contains(mode) || !graph.path("setting").has(mode)) {
      throw new NoteFailure(place, "no settings of a chart of mode " + mode);
    }
    return Optional.of(
        new Chart(
            mode,
            columns(graph.path("keys")),
            columns(graph.path("groups")),
            columns(graph.path("values"))));
  }

  private static List<Column> columns(JsonNode json) {
    List<Column> columns = new ArrayList<>();
    json.forEach(
        column ->
            columns.add(new Column(column.path("name").asText(), column.path("index").asInt())));
    return columns;
  }

  /**
   * Whether these rows make the chart.
   *
   * @throws NoteFailure if a column is missing, values are no numbers, or a point would be a sum of
   *     several rows, or would not be shown
   */
  void check(Place place, StructType schema, List<Row> rows) {
    if (keys.isEmpty() || values.isEmpty()) {
      throw new NoteFailure(place, "the chart has no keys or no values");
    }
    Stream.of(keys, groups, values)
        .flatMap(List::stream)
        .forEach(column -> column.check(place, schema));
    for (Column value : values) {
      if (!(schema.apply(value.name()).dataType() instanceof NumericType)) {
        throw new NoteFailure(place, value.name() + " is drawn, but no number");
      }
    }
    if (rows.size() > SHOWN) {
      throw new NoteFailure(place, rows.size() + " rows, of which Zeppelin shows " + SHOWN);
    }
    checkPoints(place, rows);
  }

  private void checkPoints(Place place, List<Row> rows) {
    Set<List<Object>> points = new HashSet<>();
    for (Row row : rows) {
      List<Object> point =
          Stream.of(keys, groups)
              .flatMap(List::stream)
              .map(column -> row.get(column.index()))
              .toList();
      if (!points.add(point)) {
        throw new NoteFailure(place, "several rows at " + point + " would be drawn as their sum");
      }
      for (Column value : values) {
        if (row.isNullAt(value.index())) {
          throw new NoteFailure(place, value.name() + " is null at " + point);
        }
      }
    }
    if (points.size() < 2) {
      throw new NoteFailure(place, "a chart of " + points.size() + " points");
    }
  }

  /** A column of the result, by name and place: Zeppelin goes by the place. */
  record Column(String name, int index) {

    void check(Place place, StructType schema) {
      String[] names = schema.fieldNames();
      if (index >= names.length || !names[index].equals(name)) {
        throw new NoteFailure(
            place,
            "the chart wants " + name + " as column " + index + " of " + String.join(", ", names));
      }
    }
  }
}
