package io.gramian.spark.report;

import io.gramian.checkpoint.RunManifest;
import io.gramian.spark.report.Table.Column;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where the numbers come from: recipe, command line, versions, phases, checksums. */
final class Provenance {

  private static final Column SHA_256 = Column.code("SHA-256");

  private final RunManifest manifest;

  Provenance(RunManifest manifest) {
    this.manifest = manifest;
  }

  /** The arguments of the last verb that worked on the run, as they are typed in a shell. */
  String commandLine() {
    return "gramian "
        + String.join(" ", manifest.commandLine().stream().map(Provenance::quoted).toList());
  }

  private static String quoted(String argument) {
    return argument.matches("[\\w@%+=:,./-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }

  /** What the run was made with and of. */
  List<Table> tables() {
    return List.of(phases(), versions(), recipe());
  }

  /** Long lists, for those who ask. */
  List<Table> checksums() {
    return List.of(inputs(), outputs());
  }

  private Table phases() {
    List<List<String>> rows = new ArrayList<>();
    for (RunManifest.Phase phase : manifest.phases()) {
      double seconds = Duration.between(phase.start(), phase.end()).toMillis() / 1000.0;
      long bytes = phase.outputs().stream().mapToLong(RunManifest.Output::bytes).sum();
      rows.add(
          List.of(
              phase.name(),
              phase.start().truncatedTo(ChronoUnit.SECONDS).toString(),
              Numerals.fixed(seconds, 1),
              Numerals.count(phase.sparkJobs().size()),
              Numerals.count(phase.outputs().size()),
              Numerals.bytes(bytes)));
    }
    return Table.of(
        "Phases",
        List.of(
            Column.text("Phase"),
            Column.text("Start, UTC"),
            Column.number("Seconds"),
            Column.number("Spark jobs"),
            Column.number("Files"),
            Column.number("Written")),
        rows);
  }

  private Table versions() {
    List<List<String>> rows = new ArrayList<>();
    manifest.versions().forEach((component, version) -> rows.add(List.of(component, version)));
    return Table.of("Versions", List.of(Column.text("Component"), Column.text("Version")), rows);
  }

  private Table recipe() {
    List<List<String>> rows = new ArrayList<>();
    manifest.recipe().forEach((key, value) -> flatten("", key, value, rows));
    return Table.of(
        "Recipe",
        List.of(Column.text("Phase"), Column.text("Setting"), Column.code("Value")),
        rows);
  }

  private static void flatten(String phase, String key, Object value, List<List<String>> rows) {
    if (value instanceof Map<?, ?> nested) {
      String within = phase.isEmpty() ? key : phase + "." + key;
      nested.forEach((name, inner) -> flatten(within, String.valueOf(name), inner, rows));
    } else {
      rows.add(List.of(phase, key, brief(String.valueOf(value))));
    }
  }

  /** Digests are told apart by their first digits; whole ones are in the lists of files. */
  private static String brief(String value) {
    return value.matches("[0-9a-f]{64}") ? value.substring(0, 12) : value;
  }

  private Table inputs() {
    List<List<String>> rows = new ArrayList<>();
    manifest.inputs().forEach((path, digest) -> rows.add(List.of(path, digest)));
    return Table.of("Inputs", List.of(Column.code("File"), SHA_256), rows);
  }

  private Table outputs() {
    return Table.of(
        "Outputs",
        List.of(Column.code("File"), Column.number("Bytes"), SHA_256),
        manifest.outputs().stream()
            .map(o -> List.of(o.file(), Numerals.count(o.bytes()), o.sha256()))
            .toList());
  }
}
