package io.gramian.model.export;

import io.gramian.checkpoint.UserException;
import io.gramian.model.BlockWidths;
import io.gramian.model.KeepRatio;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The check before an export: what a format can say of an artifact. */
public final class SayableWidths {

  private final Exporter exporter;

  /** Of a format. */
  public SayableWidths(Exporter exporter) {
    this.exporter = exporter;
  }

  /**
   * Checks that a format can say a width.
   *
   * @throws UserException if not, with the reason and the artifact's widths that it can say
   */
  public void require(ExportSource source) {
    Optional<String> refusal = exporter.refusal(source);
    if (refusal.isPresent()) {
      throw new UserException(refusal.get() + "; " + remedy(source));
    }
  }

  private String remedy(ExportSource source) {
    Map<KeepRatio, Map<Integer, BlockWidths>> known =
        new TreeMap<>(source.artifact().quantisation().widths());
    known.put(KeepRatio.FULL, whole(source));
    String can =
        known.entrySet().stream()
            .filter(width -> exporter.refusal(source.at(width.getValue())).isEmpty())
            .map(width -> width.getKey().toString())
            .collect(Collectors.joining(", "));
    ExportSource padded = new ExportSource(source.artifact(), source.widths(), Padding.ZEROS);
    return (can.isEmpty()
            ? "it can say no width of this artifact as it is"
            : "of this artifact it can say --keep " + can)
        + (exporter.refusal(padded).isEmpty()
            ? "; --pad writes the width asked for, with zeros in place of what it dropped"
            : "");
  }

  private static Map<Integer, BlockWidths> whole(ExportSource source) {
    Map<Integer, BlockWidths> whole = new TreeMap<>();
    source.widths().keySet().forEach(block -> whole.put(block, new BlockWidths(Map.of())));
    return whole;
  }
}
